"""What a careful person would write down of three events and people's money, apart from the ledger.

No accounts and no postings: purses, heads and lists. `objections` says why a command may not be done; with
none, `noted` writes it down. Event `t` is progressive and pays 65/35 (`till.RULES`), `s` a satellite for it
(what is left in steps of 40.00), `m` has mystery bounties.
"""

from copy import deepcopy
from dataclasses import dataclass, field

from tests.ledger.players_money import Command, PlayersMoney

PARTS = {"buy_in": (8_000, 1_000, 1_000), "re_entry": (8_000, 1_000, 1_000), "rebuy": (4_000, 0, 1_000)}
SEAT, STEP = 10_000, 4_000


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
    deal: dict[str, int] = field(default_factory=dict)  # player → agreed
    aside: int = 0
    envelopes: list[int] = field(default_factory=list)
    sealed: bool = False
    seated: list[str] = field(default_factory=list)  # entries that won a seat in play

    def people(self) -> set[str]:
        return {life.player for life in self.lives.values()}


@dataclass
class EventNotebook(PlayersMoney):
    fees: int = 0
    staff: int = 0
    tax: int = 0
    again: str | None = None  # what a second seat is in `s`
    events: dict[str, Event] = field(default_factory=lambda: {name: Event() for name in "tsm"})

    def objections(self, c: Command) -> set[str]:
        """Empty: it may be done."""
        found: set[str] = getattr(self, f"why_not_{c['kind']}")(c)
        return found

    def noted(self, c: Command, seq: int, key: str) -> "EventNotebook":
        """A new page with it on; `seq` and `key` are what the ledger called it."""
        page = deepcopy(self)
        getattr(page, f"note_{c['kind']}")(c, seq, key)
        return page

    # entries

    def why_not_buy_in(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        mine = [life for life in event.lives.values() if life.player == c["player"]]
        found = {"registration_closed"} if event.state != "selling" else set()
        if c["entry"] in event.lives or len(mine) >= 2 or (c["kind"] == "buy_in" and mine):
            found.add("entries_used")
        if c["kind"] == "re_entry" and not mine:
            found.add("unknown_player_entry")
        return found | self._too_young(c) | self._can_not_pay(c, 10_000)

    why_not_re_entry = why_not_buy_in

    def why_not_rebuy(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        life = event.lives.get(c["entry"])
        found = {"registration_closed"} if event.state != "selling" else set()
        if life is None or life.player != c["player"]:
            found.add("unknown_player_entry")
        return found | self._too_young(c) | self._can_not_pay(c, 5_000)

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
        if c["entry"] in event.seated:
            found.add("is_out")
        if event.pool < sum(PARTS[kind][0] for kind, _, _ in life.bought):
            found.add("over_due")
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
        lives = self.events[c["tournament"]].lives
        if c["entry"] not in lives or any(by not in lives for by in c["by"]):
            return {"unknown_player_entry"}
        life = lives[c["entry"]]
        found = {"is_out"} if life.out else {"no_bounty"} if life.head == 0 else set()
        if c["tournament"] == "m":
            found.add("is_mystery")
        return found | self._not_by(c, found)

    def _not_by(self, c: Command, found: set[str]) -> set[str]:
        event, lives = self.events[c["tournament"]], self.events[c["tournament"]].lives
        life = lives[c["entry"]]
        same = any(lives[by].player == life.player for by in c["by"])
        if same != (c["entry"] in event.first) or (same and c["by"] != [c["entry"]]):
            return {"own_head"}
        paid = self._heads(c)[0][1] if not found and c.get("method") else 0
        return self._no_cash(c, paid)

    def _heads(self, c: Command) -> list[tuple[str, int, int]]:
        """(entry, cash, onto) of each winner."""
        if c["kind"] == "draw_envelope":
            n = len(c["by"])
            return [(by, c["amount"] // n + (at < c["amount"] % n), 0) for at, by in enumerate(c["by"])]
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
        self._give(c, shares)

    def _give(self, c: Command, shares: list[tuple[str, int, int]]) -> None:
        event = self.events[c["tournament"]]
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
        left = event.envelopes or any(life.head for life in event.lives.values())
        return set() if left else {"no_bounty"}

    def note_end_bounties(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        total = sum(life.head for life in event.lives.values()) + sum(event.envelopes)
        event.envelopes = []
        for life in event.lives.values():
            life.head = 0
        for at, entry in enumerate(event.first):
            player = event.lives[entry].player
            share = total // len(event.first) + (at < total % len(event.first))
            event.won[player] = event.won.get(player, 0) + share
        event.first_took = True

    # envelopes

    def why_not_seal_envelopes(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if c["tournament"] != "m":
            return {"no_mystery"}
        if event.state == "selling":
            return {"registration_open"}
        if event.sealed:
            return {"already_sealed"}
        there = sum(life.head for life in event.lives.values())
        return set() if sum(cents * n for cents, n in c["envelopes"]) == there else {"envelopes_wrong"}

    def note_seal_envelopes(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        event.envelopes = [cents for cents, n in c["envelopes"] for _ in range(n)]
        event.sealed = True
        for life in event.lives.values():
            life.head = 0

    def why_not_draw_envelope(self, c: Command) -> set[str]:
        event, lives = self.events[c["tournament"]], self.events[c["tournament"]].lives
        if c["entry"] not in lives or any(by not in lives for by in c["by"]):
            return {"unknown_player_entry"}
        found = {"is_out"} if lives[c["entry"]].out else set()
        if c["tournament"] != "m":
            found.add("no_mystery")
        elif c["amount"] not in event.envelopes:
            found.add("no_envelope")
        return found | self._not_by(c, found)

    def note_draw_envelope(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        event.envelopes.remove(c["amount"])
        event.lives[c["entry"]].out = True
        self._give(c, self._heads(c))

    # the result

    def why_not_close_registration(self, c: Command) -> set[str]:
        return set() if self.events[c["tournament"]].state == "selling" else {"registration_closed"}

    def note_close_registration(self, c: Command, _seq: int, _key: str) -> None:
        self.events[c["tournament"]].state = "closed"

    def why_not_withhold(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if event.state != "closed":
            return {"registration_open"} if event.state == "selling" else {"already_confirmed"}
        found = {"already_agreed"} if event.deal else set()
        return found | ({"limit"} if c["amount"] > event.pool else set())

    def note_withhold(self, c: Command, _seq: int, _key: str) -> None:
        self.events[c["tournament"]].pool -= c["amount"]
        if c["part"] == "staff":
            self.staff += c["amount"]
        else:
            self.kept += c["amount"]

    def why_not_confirm_result(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if event.state != "closed":
            return {"registration_open"} if event.state == "selling" else {"already_confirmed"}
        both = {"already_agreed"} if event.deal and c.get("deal") else set()
        return both | self._places_wrong(c, event.pool)

    def _places_wrong(self, c: Command, pool: int) -> set[str]:
        event, players = self.events[c["tournament"]], [player for player, _, _ in c["places"]]
        found = {"places_wrong"} if len(set(players)) < len(players) else set()
        if any(entry not in event.lives or event.lives[entry].player != who for who, entry, _ in c["places"]):
            found.add("unknown_player_entry")
        if len(players) != max(min(2, len(event.people())), len(event.deal)):
            found.add("places_wrong")
        best = {who for who, _, place in c["places"] if place <= len(event.deal)}
        if event.deal and not c.get("deal") and best != set(event.deal):
            found.add("deal_wrong")
        if c.get("deal") and (sum(cents for _, cents in c["deal"]) != pool or len(players) < 2):
            found.add("deal_wrong")
        return found

    def _due(self, c: Command, pool: int) -> dict[str, int]:
        event, order = self.events[c["tournament"]], [player for player, _, _ in c["places"]]
        second = pool * 35 // 100 // 100 * 100 if len(order) >= 2 else 0
        table = dict(zip(order, (pool - second, second, *[0] * len(order)), strict=False))
        if c.get("deal"):
            return {**table, **dict(c["deal"])}
        if event.deal:
            agreed = {**event.deal, order[0]: event.deal[order[0]] + event.aside}
            return {**table, **agreed}
        return table

    def why_not_agree_deal(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if c["tournament"] == "s":
            return {"is_satellite"}
        if event.state != "closed":
            return {"registration_open"} if event.state == "selling" else {"already_confirmed"}
        found = {"already_agreed"} if event.deal else set()
        who = [player for player, _, _ in c["shares"]]
        if len(set(who)) < len(who):
            found.add("deal_wrong")
        for player, entry, _ in c["shares"]:
            if entry not in event.lives or event.lives[entry].player != player:
                found.add("unknown_player_entry")
            elif event.lives[entry].out:
                found.add("is_out")
        if set(who) != set(c["consents"]):
            found.add("consent_missing")
        if sum(cents for *_, cents in c["shares"]) + c["aside_cents"] != event.pool:
            found.add("deal_wrong")
        return found

    def note_agree_deal(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        event.deal = {player: cents for player, _, cents in c["shares"]}
        event.aside = c["aside_cents"]

    def note_confirm_result(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        due, event.played_for, event.pool, event.state = self._due(c, event.pool), event.pool, 0, "confirmed"
        event.prizes = {who: [place, due[who], 0] for who, _, place in c["places"]}
        event.first = [c["places"][0][1]]

    def why_not_correct_result(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if event.state != "confirmed":
            return {"not_confirmed"}
        found = self._places_wrong(c, event.played_for)
        turned = event.first_took and event.first != [c["places"][0][1]]
        return found | ({"not_reversible"} if turned else set())

    def note_correct_result(self, c: Command, _seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
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
        if event.state != "confirmed" and c["player"] not in event.prizes:
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
        event = self.events[c["tournament"]]
        if event.state != "closed":
            return {"registration_open"} if event.state == "selling" else {"already_confirmed"}
        named = [*c["seats"], *c["rest"]]
        found = {"places_wrong"} if len({player for player, _ in named}) < len(named) else set()
        if any(self._is_seated(event, player, entry) for player, entry in named):
            found.add("places_wrong")
        if any(entry not in event.lives or event.lives[entry].player != player for player, entry in named):
            found.add("unknown_player_entry")
        people = self._can_win(event)
        seats = min(event.pool // SEAT, people)
        steps = self._steps(event.pool - seats * SEAT, people - seats)
        if not event.lives or len(c["seats"]) != seats or len(c["rest"]) != len(steps):
            found.add("places_wrong")
        return found

    def _is_seated(self, event: Event, player: str, entry: str) -> bool:
        if self.again:
            return entry in event.seated
        return player in [event.lives[one].player for one in event.seated]

    def _can_win(self, event: Event) -> int:
        """Without a rule for a second seat: who has none. With one: who came last with a life of theirs."""
        if not self.again:
            return len(event.people()) - len(event.seated)
        last = {life.player: name for name, life in event.lives.items()}
        return len([name for name in last.values() if name not in event.seated])

    def _give_seat(self, event: Event, player: str, ticket: str) -> bool:
        """A ticket, or its worth to who has one that was not cashed and did not expire."""
        has = any(
            who == player and to == "t" and how in ("open", "used")
            for who, to, _, how in self.tickets.values()
        )
        if has and self.again == "cash":
            event.prizes.setdefault(player, [1, 0, 0])[1] += SEAT
            return False
        self.tickets[ticket] = [player, "t", SEAT, "open"]
        return True

    @staticmethod
    def _steps(rest: int, people: int) -> list[int]:
        found: list[int] = []
        while rest and people:
            found.append(min(STEP, rest))
            rest -= found[-1]
            people -= 1
        return [found[0] + rest, *found[1:]] if found else []

    def why_not_award_seat(self, c: Command) -> set[str]:
        event = self.events[c["tournament"]]
        if c["tournament"] != "s":
            return {"no_satellite"}
        if event.state == "confirmed":
            return {"already_confirmed"}
        found = {"places_wrong"} if event.pool < SEAT else set()
        if c["entry"] not in event.lives or event.lives[c["entry"]].player != c["player"]:
            found.add("unknown_player_entry")
        if self._is_seated(event, c["player"], c["entry"]):
            found.add("places_wrong")
        return found

    def note_award_seat(self, c: Command, seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        event.pool -= SEAT
        event.seated.append(c["entry"])
        self._give_seat(event, c["player"], f"{seq}-1")

    def note_confirm_seats(self, c: Command, seq: int, _key: str) -> None:
        event = self.events[c["tournament"]]
        rest, people = event.pool - SEAT * len(c["seats"]), self._can_win(event)
        first = len(event.seated) + len(c["seats"]) + 1
        event.pool, event.state = 0, "confirmed"
        event.first = [*event.seated, *(entry for _, entry in c["seats"])]
        n = 1
        for player, _ in c["seats"]:
            n += self._give_seat(event, player, f"{seq}-{n}")
        if c["rest"]:
            steps = self._steps(rest, people - len(c["seats"]))
            for at, ((player, _), cents) in enumerate(zip(c["rest"], steps, strict=True)):
                event.prizes.setdefault(player, [first + at, 0, 0])[1] += cents
            event.first = event.first or [c["rest"][0][1]]
            return
        seated = [player for player, _ in c["seats"]] or [event.lives[one].player for one in event.seated]
        for at, player in enumerate(seated):
            share = rest // len(seated) + (at < rest % len(seated))
            if share:
                event.prizes.setdefault(player, [1, 0, 0])[1] += share

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

    # all of it

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
            heads = sum(life.head for life in event.lives.values()) + sum(event.envelopes)
            found |= {f"2010/{name}": -event.pool, f"2020/{name}": -heads, f"2070/{name}": -due}
        return {account: cents for account, cents in found.items() if cents}
