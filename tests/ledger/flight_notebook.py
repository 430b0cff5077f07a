"""What a careful person would write down of one event with two flights, apart from the ledger.

No accounts and no postings. Entries cost 80.00 for the pool, 10.00 fee and 10.00 bounty, a rebuy 50.00 for
the pool. Half of a flight is in the money there and gets 20.00; the event pays 65/35, from ten entries
50/30/20, each at least 20.00, and guarantees 300.00.
"""

from dataclasses import dataclass, field
from typing import Any

Command = dict[str, Any]
MIN_CASH, GUARANTEE, FLOAT = 2_000, 30_000, 1_000_000


@dataclass
class Life:
    player: str
    flight: str
    rebuys: int = 0


@dataclass
class FlightNotebook:
    lives: dict[str, Life] = field(default_factory=dict)
    shut: set[str] = field(default_factory=set)
    told: dict[str, dict[tuple[int, str], list[int]]] = field(default_factory=dict)  # due, paid
    cashed: set[str] = field(default_factory=set)
    state: str = "selling"
    overlay: int = 0
    prizes: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    def stakes(self) -> int:
        return sum(8_000 + 5_000 * life.rebuys for life in self.lives.values())

    def of(self, flight: str) -> list[Life]:
        return [life for life in self.lives.values() if life.flight == flight]

    def objections(self, c: Command) -> set[str]:
        """Empty: it may be done, and is written down."""
        found: set[str] = getattr(self, f"why_not_{c['kind']}")(c)
        if not found:
            getattr(self, f"note_{c['kind']}")(c)
        return found

    def why_not_buy_in(self, c: Command) -> set[str]:
        mine = [life for life in self.lives.values() if life.player == c["player"]]
        there = [life for life in mine if life.flight == c["flight"]]
        found = {"registration_closed"} if self.state != "selling" or c["flight"] in self.shut else set()
        if c["flight"] not in ("a", "b"):
            found.add("unknown_flight")
        if c["entry"] in self.lives or len(there) >= 2 or len(mine) >= 3 or (c["kind"] == "buy_in" and mine):
            found.add("entries_used")
        if c["kind"] == "re_entry" and not mine:
            found.add("unknown_player_entry")
        return found

    why_not_re_entry = why_not_buy_in

    def note_buy_in(self, c: Command) -> None:
        self.lives[c["entry"]] = Life(c["player"], c["flight"])

    note_re_entry = note_buy_in

    def why_not_rebuy(self, c: Command) -> set[str]:
        life = self.lives.get(c["entry"])
        if life is None or life.player != c["player"]:
            return {"unknown_player_entry"}
        return {"registration_closed"} if self.state != "selling" or life.flight in self.shut else set()

    def note_rebuy(self, c: Command) -> None:
        self.lives[c["entry"]].rebuys += 1

    def why_not_unregister(self, c: Command) -> set[str]:
        life = self.lives.get(c["entry"])
        if life is None:
            return {"unknown_player_entry"}
        found = {"registration_closed"} if self.state != "selling" or life.flight in self.shut else set()
        if self.pool_left() < 8_000 + 5_000 * life.rebuys:
            found.add("over_due")
        return found

    def note_unregister(self, c: Command) -> None:
        del self.lives[c["entry"]]

    def why_not_close_flight(self, c: Command) -> set[str]:
        return {"registration_closed"} if c["flight"] in self.shut else set()

    def note_close_flight(self, c: Command) -> None:
        self.shut.add(c["flight"])

    def why_not_confirm_flight(self, c: Command) -> set[str]:
        flight = c["flight"]
        found = set() if flight in self.shut else {"registration_open"}
        if flight in self.told or self.state == "confirmed":
            found.add("already_confirmed")
        for player, entry, _ in c["places"]:
            if entry not in self.lives or self.lives[entry] != Life(player, flight, self.lives[entry].rebuys):
                found.add("unknown_player_entry")
        if len({player for player, *_ in c["places"]}) < len(c["places"]):
            found.add("places_wrong")
        first, last = c["places"][0][2], c["places"][-1][2]
        if first < 2 or last != len(self.of(flight)) // 2:
            found.add("places_wrong")
        if MIN_CASH * len(c["places"]) > self.pool_left():
            found.add("over_due")
        return found

    def note_confirm_flight(self, c: Command) -> None:
        self.cashed |= {entry for _, entry, _ in c["places"]}
        self.told[c["flight"]] = {(place, player): [MIN_CASH, 0] for player, _, place in c["places"]}

    def why_not_close_registration(self, _: Command) -> set[str]:
        if self.state != "selling":
            return {"registration_closed"}
        return set() if self.shut == {"a", "b"} else {"flight_open"}

    def note_close_registration(self, _: Command) -> None:
        self.overlay = max(0, GUARANTEE - self.stakes())
        self.state = "closed"

    def paid_in_flights(self) -> list[tuple[str, int]]:
        return [(player, due) for told in self.told.values() for (_, player), (due, _) in told.items()]

    def pool_left(self) -> int:
        if self.state == "confirmed":
            return 0
        return self.stakes() + self.overlay - sum(due for _, due in self.paid_in_flights())

    def table(self) -> list[int]:
        """By place: the table of all entries, less its last places, which flights had; first has the rest."""
        pool = self.stakes() + self.overlay
        shares = [6_500, 3_500] if len(self.lives) <= 9 else [5_000, 3_000, 2_000]
        all_places = [pool * share // 10_000 // 100 * 100 for share in shares]
        all_places[0] += pool - sum(all_places)
        lower = all_places[1 : max(1, len(shares) - len(self.paid_in_flights()))]
        players = len({life.player for life in self.lives.values()})
        lower = lower[: max(0, players - 1)]
        return [self.pool_left() - sum(lower), *lower]

    def why_not_confirm_result(self, c: Command) -> set[str]:
        if self.state != "closed":
            return {"registration_open"} if self.state == "selling" else {"already_confirmed"}
        found = set()
        for player, entry, _ in c["places"]:
            if entry not in self.lives or self.lives[entry].player != player:
                found.add("unknown_player_entry")
            elif entry in self.cashed:
                found.add("places_wrong")
        if len({player for player, *_ in c["places"]}) < len(c["places"]):
            found.add("places_wrong")
        players = len({life.player for life in self.lives.values()})
        if len(c["places"]) != min(len(self.table()), players):
            found.add("places_wrong")
        return found

    def note_confirm_result(self, c: Command) -> None:
        self.prizes = {
            (place, player): [cents, 0]
            for (player, _, place), cents in zip(c["places"], self.table(), strict=True)
        }
        self.state = "confirmed"

    def due(self, c: Command) -> list[int]:
        prizes = self.told.get(c["flight"], {}) if c.get("flight") else self.prizes
        return prizes.get((c["place"], c["player"]), [0, 0])

    def why_not_pay_prize(self, c: Command) -> set[str]:
        due, paid = self.due(c)
        if due - paid <= 0:
            return {"nothing_due", "not_confirmed"}
        return {"over_due"} if c["amount"] > due - paid else set()

    def note_pay_prize(self, c: Command) -> None:
        self.due(c)[1] += c["amount"]

    def balances(self) -> dict[str, int]:
        """As the ledger would name them, zeros left out."""
        flights = [prize for told in self.told.values() for prize in told.values()]
        prizes = [*flights, *self.prizes.values()]
        paid = sum(paid for _, paid in prizes)
        found = {
            "3000": -FLOAT, "1010/d": FLOAT + self.stakes() + 2_000 * len(self.lives) - paid,
            "2010/t": -self.pool_left(), "2020/t": -1_000 * len(self.lives),
            "2070/t": paid - sum(due for due, _ in prizes), "4000": -1_000 * len(self.lives),
            "5000": self.overlay,
        }  # fmt: skip
        return {account: cents for account, cents in found.items() if cents}
