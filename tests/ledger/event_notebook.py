"""What a careful person would write down of two events and people's money, apart from the ledger.

No accounts and no postings: purses, heads and lists. `objections` says why a command may not be done; with
none, `noted` writes it down. Event `t` is progressive and pays 65/35 (`till.RULES`), `s` a satellite for it.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Command = dict[str, Any]
PARTS = {"buy_in": (8_000, 1_000, 1_000), "re_entry": (8_000, 1_000, 1_000), "rebuy": (4_000, 0, 1_000)}
SEAT = 10_000


@dataclass
class Life:
    player: str
    bought: list[tuple[str, str, str]]  # kind, method, ticket
    head: int = 0
    out: bool = False

    def worth(self) -> int:
        return sum(sum(PARTS[kind]) for kind, _, _ in self.bought)


@dataclass
class Event:
    state: str = "selling"
    lives: dict[str, Life] = field(default_factory=dict)
    pool: int = 0
    played_for: int = 0
    prizes: dict[str, list[int]] = field(default_factory=dict)  # player → place, due in all, paid
    won: dict[str, int] = field(default_factory=dict)  # bounties not paid
    first: list[str] = field(default_factory=list)
    first_took: bool = False

    def people(self) -> set[str]:
        return {life.player for life in self.lives.values()}


@dataclass
class EventNotebook:
    cash: int = 0
    bank: int = 0
    comps: int = 0
    purses: dict[str, int] = field(default_factory=dict)  # balances
    fees: int = 0
    kept: int = 0
    staff: int = 0
    tax: int = 0
    waiting: dict[int, list[Any]] = field(default_factory=dict)  # number → key, left
    tickets: dict[str, list[Any]] = field(default_factory=dict)  # owner, target, worth, state
    given: set[str] = field(default_factory=set)  # tickets that the house gave
    events: dict[str, Event] = field(default_factory=lambda: {"t": Event(), "s": Event()})

    def objections(self, c: Command) -> set[str]:
        """Empty: it may be done."""
        found: set[str] = getattr(self, f"why_not_{c['kind']}")(c)
        return found

    def noted(self, c: Command, seq: int, key: str) -> "EventNotebook":
        """A new page with it on; `seq` and `key` are what the ledger called it."""
        page = deepcopy(self)
        getattr(page, f"note_{c['kind']}")(c, seq, key)
        return page

    # people's money

    def why_not_deposit(self, _c: Command) -> set[str]:
        return set()

    def note_deposit(self, c: Command, _seq: int, _key: str) -> None:
        self._take(c, c["amount"])
        self._purse(c["player"], c["amount"])

    def why_not_withdraw(self, c: Command) -> set[str]:
        short = c["amount"] > self.purses.get(c["player"], 0)
        return self._no_cash(c, c["amount"]) | ({"not_enough_balance"} if short else set())

    def note_withdraw(self, c: Command, _seq: int, _key: str) -> None:
        self._purse(c["player"], -c["amount"])
        self._take(c, -c["amount"])

    def why_not_settle(self, c: Command) -> set[str]:
        left = self.waiting.get(c["received"], ["", 0])[1]
        if left == 0:
            return {"nothing_received"}
        return {"over_due"} if c["amount"] > left else self._no_cash(c, c["amount"] * (c["to"] == "back"))

    def note_settle(self, c: Command, _seq: int, _key: str) -> None:
        self.waiting[c["received"]][1] -= c["amount"]
        if c["to"] == "balance":
            self._purse(c["player"], c["amount"])
        elif c["to"] == "income":
            self.kept += c["amount"]
        else:
            self.cash -= c["amount"]

    def note_suspense(self, c: Command, seq: int, key: str) -> None:
        self.cash += c["amount"]
        self.waiting[seq] = [key, c["amount"]]

    # entries

    def why_not_buy_in(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        mine = [life for life in event.lives.values() if life.player == c["player"]]
        found = {"registration_closed"} if event.state != "selling" else set()
        if c["entry"] in event.lives or len(mine) >= 2 or (c["kind"] == "buy_in" and mine):
            found.add("entries_used")
        if c["kind"] == "re_entry" and not mine:
            found.add("unknown_player_entry")
        return found | self._can_not_pay(c, 10_000)

    why_not_re_entry = why_not_buy_in

    def why_not_rebuy(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        life = event.lives.get(c["entry"])
        found = {"registration_closed"} if event.state != "selling" else set()
        if life is None or life.player != c["player"]:
            found.add("unknown_player_entry")
        return found | self._can_not_pay(c, 5_000)

    def note_buy_in(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        life = event.lives.setdefault(c["entry"], Life(c["player"], []))
        prize, fee, bounty = PARTS[c["kind"]]
        life.bought.append((c["kind"], c["method"], c.get("ticket") or ""))
        life.head, life.out = life.head + bounty, False
        event.pool += prize
        self.fees += fee
        self._pay_with(c, prize + fee + bounty)

    note_re_entry = note_rebuy = note_buy_in

    def why_not_unregister(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        life = event.lives.get(c["entry"])
        if life is None:
            return {"unknown_player_entry"}
        found = {"registration_closed"} if event.state != "selling" else set()
        if life.out or life.head != sum(PARTS[kind][2] for kind, _, _ in life.bought):
            found.add("is_out")
        cash = sum(sum(PARTS[kind]) for kind, how, _ in life.bought if how in ("cash", "received"))
        return found | self._no_cash({"method": "cash"}, cash)

    def note_unregister(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        life = event.lives.pop(c["entry"])
        for kind, how, ticket in life.bought:
            prize, fee, bounty = PARTS[kind]
            event.pool -= prize
            self.fees -= fee
            back = {"method": "cash" if how == "received" else how, "player": life.player, "ticket": ticket}
            self._pay_with(back, -prize - fee - bounty)

    # heads

    def why_not_knock_out(self, c: Command) -> set[str]:
        event, lives = self.events[c["tournament"]], self.events[c["tournament"]].lives
        if c["entry"] not in lives or any(by not in lives for by in c["by"]):
            return {"unknown_player_entry"}
        life = lives[c["entry"]]
        found = {"is_out"} if life.out else {"no_bounty"} if life.head == 0 else set()
        same = any(lives[by].player == life.player for by in c["by"])
        if same != (c["entry"] in event.first) or (same and c["by"] != [c["entry"]]):
            found.add("own_head")
        paid = self._heads(c)[0][1] if not found and c.get("method") else 0
        return found | self._no_cash(c, paid)

    def _heads(self, c: Command) -> list[tuple[str, int, int]]:
        """(entry, cash, onto) of each winner."""
        event = self.events[c["tournament"]]
        head, n = event.lives[c["entry"]].head, len(c["by"])
        cash = head // 2
        found = []
        for at, by in enumerate(c["by"]):
            won = cash // n + (at < cash % n)
            grown = (head - cash) // n + (at < (head - cash) % n)
            gone = event.state == "confirmed" or event.lives[by].out
            found.append((by, won + grown, 0) if gone else (by, won, grown))
        return found

    def note_knock_out(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        shares = self._heads(c)
        event.lives[c["entry"]].head, event.lives[c["entry"]].out = 0, True
        for by, won, grown in shares:
            life = event.lives[by]
            life.head += grown
            if not c.get("method"):
                event.won[life.player] = event.won.get(life.player, 0) + won
            else:
                self._take({**c, "player": life.player}, -won)
        event.first_took |= c["by"] == [c["entry"]]

    def why_not_pay_bounty(self, c: Command) -> set[str]:
        due = self.events[c["tournament"]].won.get(c["player"], 0)
        over = {"nothing_due"} if due == 0 else {"over_due"} if c["amount"] > due else set()
        return over | self._no_cash(c, c["amount"])

    def note_pay_bounty(self, c: Command, _seq: int, _key: str) -> None:
        self.events[c["tournament"]].won[c["player"]] -= c["amount"]
        self._take(c, -c["amount"])

    def why_not_end_bounties(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if event.state != "confirmed":
            return {"not_confirmed"}
        return set() if any(life.head for life in event.lives.values()) else {"no_bounty"}

    def note_end_bounties(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        total = sum(life.head for life in event.lives.values())
        for life in event.lives.values():
            life.head = 0
        for at, entry in enumerate(event.first):
            player = event.lives[entry].player
            share = total // len(event.first) + (at < total % len(event.first))
            event.won[player] = event.won.get(player, 0) + share
        event.first_took = True

    # the result

    def why_not_close_registration(self, c: Command) -> set[str]:
        return set() if self.events[c["tournament"]].state == "selling" else {"registration_closed"}

    def note_close_registration(self, c: Command, _seq: int, _key: str) -> None:
        self.events[c["tournament"]].state = "closed"

    def why_not_withhold(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if event.state != "closed":
            return {"registration_open"} if event.state == "selling" else {"already_confirmed"}
        return {"limit"} if c["amount"] > event.pool else set()

    def note_withhold(self, c: Command, _seq: int, _key: str) -> None:
        self.events[c["tournament"]].pool -= c["amount"]
        if c["part"] == "staff":
            self.staff += c["amount"]
        else:
            self.kept += c["amount"]

    def why_not_confirm_result(self, c: Command) -> set[str]:
        event = self.events["t"]
        if event.state != "closed":
            return {"registration_open"} if event.state == "selling" else {"already_confirmed"}
        return self._places_wrong(c, event.pool)

    def _places_wrong(self, c: Command, pool: int) -> set[str]:
        event, players = self.events["t"], [player for player, _, _ in c["places"]]
        found = {"places_wrong"} if len(set(players)) < len(players) else set()
        if any(entry not in event.lives or event.lives[entry].player != who for who, entry, _ in c["places"]):
            found.add("unknown_player_entry")
        if len(players) != min(2, len(event.people())):
            found.add("places_wrong")
        if c.get("deal") and (sum(cents for _, cents in c["deal"]) != pool or len(players) < 2):
            found.add("deal_wrong")
        return found

    @staticmethod
    def _due(c: Command, pool: int) -> dict[str, int]:
        second = pool * 35 // 100 // 100 * 100 if len(c["places"]) == 2 else 0
        if c.get("deal"):
            return dict(c["deal"])
        return dict(zip([player for player, _, _ in c["places"]], (pool - second, second), strict=False))

    def note_confirm_result(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events["t"]
        due, event.played_for, event.pool, event.state = self._due(c, event.pool), event.pool, 0, "confirmed"
        event.prizes = {who: [place, due[who], 0] for who, _, place in c["places"]}
        event.first = [c["places"][0][1]]

    def why_not_correct_result(self, c: Command) -> set[str]:
        event = self.events["t"]
        if event.state != "confirmed":
            return {"not_confirmed"}
        found = self._places_wrong(c, event.played_for)
        turned = event.first_took and event.first != [c["places"][0][1]]
        return found | ({"not_reversible"} if turned else set())

    def note_correct_result(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events["t"]
        due, before = self._due(c, event.played_for), event.prizes
        event.prizes = {
            who: [place, due[who], before.get(who, [0, 0, 0])[2]] for who, _, place in c["places"]
        }
        for who, (place, _, cents) in before.items():
            if who not in event.prizes and cents:
                event.prizes[who] = [place, 0, cents]
        event.first = [c["places"][0][1]]

    def why_not_pay_prize(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if event.state != "confirmed":
            return {"not_confirmed"}
        place, due, paid = event.prizes.get(c["player"], [0, 0, 0])
        if place != c["place"] or due - paid <= 0:
            return {"nothing_due"}
        over = {"over_due"} if c["amount"] > due - paid else set()
        return over | self._no_cash(c, c["amount"] - c.get("tax_cents", 0))

    def note_pay_prize(self, c: Command, _seq: int, _key: str) -> None:
        self.events[c["tournament"]].prizes[c["player"]][2] += c["amount"]
        self.tax += c.get("tax_cents", 0)
        self._take(c, c.get("tax_cents", 0) - c["amount"])

    def why_not_return_prize(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if event.state != "confirmed":
            return {"not_confirmed"}
        _, due, paid = event.prizes.get(c["player"], [0, 0, 0])
        return {"nothing_due"} if paid <= due else {"over_due"} if c["amount"] > paid - due else set()

    def note_return_prize(self, c: Command, _seq: int, _key: str) -> None:
        self.events[c["tournament"]].prizes[c["player"]][2] -= c["amount"]
        self._take(c, c["amount"])

    # seats

    def why_not_confirm_seats(self, c: Command) -> set[str]:
        event = self.events["s"]
        if event.state != "closed":
            return {"registration_open"} if event.state == "selling" else {"already_confirmed"}
        named = [*c["seats"], *([c["next"]] if c["next"] else [])]
        found = {"places_wrong"} if len({player for player, _ in named}) < len(named) else set()
        if any(entry not in event.lives or event.lives[entry].player != player for player, entry in named):
            found.add("unknown_player_entry")
        people = len(event.people())
        seats = min(event.pool // SEAT, people)
        left = event.pool > seats * SEAT and seats < people
        if not people or len(c["seats"]) != seats or bool(c["next"]) != left:
            found.add("places_wrong")
        return found

    def note_confirm_seats(self, c: Command, seq: int, _key: str) -> None:
        event = self.events["s"]
        rest = event.pool - SEAT * len(c["seats"])
        event.pool, event.state, event.first = 0, "confirmed", [entry for _, entry in c["seats"]]
        for n, (player, _) in enumerate(c["seats"], start=1):
            self.tickets[f"{seq}-{n}"] = [player, "t", SEAT, "open"]
        if c["next"]:
            event.prizes[c["next"][0]] = [len(c["seats"]) + 1, rest, 0]
            event.first = event.first or [c["next"][1]]
            return
        for at, (player, _) in enumerate(c["seats"]):
            share = rest // len(c["seats"]) + (at < rest % len(c["seats"]))
            if share:
                event.prizes[player] = [1, share, 0]

    def why_not_issue_ticket(self, c: Command) -> set[str]:
        return self._can_not_pay(c, c["amount"])

    def note_issue_ticket(self, c: Command, seq: int, _key: str) -> None:
        self._pay_with(c, c["amount"])
        self.tickets[f"{seq}-1"] = [c["player"], c["target"], c["amount"], "open"]
        self.given |= {f"{seq}-1"} if c["method"] == "comp" else set()

    def why_not_cash_ticket(self, c: Command) -> set[str]:
        found = self._bad_ticket(c) or ({"not_cashable"} if c["ticket"] in self.given else set())
        return found or self._no_cash(c, self.tickets[c["ticket"]][2])

    def note_cash_ticket(self, c: Command, _seq: int, _key: str) -> None:
        ticket = self.tickets[c["ticket"]]
        ticket[3] = "cashed"
        self._take(c, -ticket[2])

    # how money moves

    def _bad_ticket(self, c: Command) -> set[str]:
        ticket = self.tickets.get(c["ticket"])
        if ticket is None:
            return {"unknown_ticket"}
        if ticket[3] != "open":
            return {"ticket_used"}
        return set() if ticket[0] == c["player"] else {"other_ticket"}

    def _can_not_pay(self, c: Command, price: int) -> set[str]:
        if c["method"] == "balance":
            return {"not_enough_balance"} if self.purses.get(c["player"], 0) < price else set()
        if c["method"] == "received":
            left = self.waiting.get(c["received"], ["", 0])[1]
            return {"nothing_received"} if left == 0 else {"over_due"} if left < price else set()
        if c["method"] == "ticket":
            found = self._bad_ticket(c)
            if not found and self.tickets[c["ticket"]][1] != c["tournament"]:
                return {"other_ticket"}
            return found or ({"wrong_amount"} if self.tickets[c["ticket"]][2] != price else set())
        return set()

    def _no_cash(self, c: Command, cents: int) -> set[str]:
        return {"not_enough_cash"} if c.get("method", "cash") == "cash" and cents > self.cash else set()

    def _purse(self, player: str, cents: int) -> None:
        self.purses[player] = self.purses.get(player, 0) + cents

    def _take(self, c: Command, cents: int) -> None:
        if c["method"] == "cash":
            self.cash += cents
        elif c["method"] == "balance":
            self._purse(c["player"], -cents)
        elif c["method"] == "comp":
            self.comps += cents
        else:
            self.bank += cents

    def _pay_with(self, c: Command, cents: int) -> None:
        if c["method"] == "ticket":
            self.tickets[c["ticket"]][3] = "used" if cents > 0 else "open"
        elif c["method"] == "received":
            self.waiting[c["received"]][1] -= cents
        else:
            self._take(c, cents)

    def balances(self) -> dict[str, int]:
        """As the ledger would name them, zeros left out."""
        good = sum(worth for _, _, worth, state in self.tickets.values() if state == "open")
        found = {
            "1010/d": self.cash, "1015": self.bank, "5010": self.comps, "4000": -self.fees,
            "4030": -self.kept, "2040": -self.staff, "2080": -self.tax, "2060": -good,
            **{f"2030/{player}": -cents for player, cents in self.purses.items()},
            **{f"2090/till1/{key}": -left for key, left in self.waiting.values()},
        }  # fmt: skip
        for name, event in self.events.items():
            due = sum(due - paid for _, due, paid in event.prizes.values()) + sum(event.won.values())
            heads = sum(life.head for life in event.lives.values())
            found |= {f"2010/{name}": -event.pool, f"2020/{name}": -heads, f"2070/{name}": -due}
        return {account: cents for account, cents in found.items() if cents}
