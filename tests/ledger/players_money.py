"""People's money in the events' notebook: cash, bank, balances, tickets, what waits, and paying with them."""

from dataclasses import dataclass, field
from typing import Any

Command = dict[str, Any]


@dataclass
class PlayersMoney:
    cash: int = 0
    bank: int = 0
    comps: int = 0
    kept: int = 0
    purses: dict[str, int] = field(default_factory=dict)  # balances
    waiting: dict[int, list[Any]] = field(default_factory=dict)  # number → key, left
    tickets: dict[str, list[Any]] = field(default_factory=dict)  # owner, target, worth, state
    given: set[str] = field(default_factory=set)  # tickets that the house gave
    least: int = 0  # years that the house asks for
    shown: dict[str, int] = field(default_factory=dict)  # player → years that somebody saw

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
        self._look(c)
        self.cash += c["amount"]
        self.waiting[seq] = [key, c["amount"]]

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

    def _too_young(self, c: Command) -> set[str]:
        seen = max(self.shown.get(c["player"], 0), c.get("age_seen", 0))
        return {"age_not_seen"} if seen < self.least else set()

    def _look(self, c: Command) -> None:
        if "age_seen" in c:
            self.shown[c["player"]] = max(self.shown.get(c["player"], 0), c["age_seen"])

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
        self._look(c)
        if c["method"] == "ticket":
            self.tickets[c["ticket"]][3] = "used" if cents > 0 else "open"
        elif c["method"] == "received":
            self.waiting[c["received"]][1] -= cents
        else:
            self._take(c, cents)
