"""What a careful person with a notebook would say: an oracle written apart from the ledger.

Plain dictionaries and additions, no accounts and no postings. It judges commands of one event `t`
(prices of `till.PRICES`), three drawers and the vault, and answers "posted" or a refusal code.
"""

from dataclasses import dataclass, field
from typing import Any

PARTS = {"buy_in": (8_000, 1_000, 1_000, 0), "rebuy": (5_000, 0, 0, 0), "add_on": (4_000, 0, 0, 1_000)}
PARTS["re_entry"] = PARTS["buy_in"]
Command = dict[str, Any]


@dataclass
class Notebook:
    vault: int = 0
    owner: int = 0
    drawers: dict[str, int] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    pool: int = 0
    fees: int = 0
    bounties: int = 0
    staff: int = 0
    overlay: int = 0
    chips: int = 0
    short: int = 0
    lives: dict[str, tuple[str, list[str]]] = field(default_factory=dict)  # entry → player, what was sold
    state: str = "selling"
    due: dict[tuple[int, str], int] = field(default_factory=dict)
    guarantee: int = 30_000

    def judge(self, command: Command) -> str:
        """Writes it down if it may be done."""
        verdict: str = getattr(self, command["kind"])(command)
        return verdict

    def vault_in(self, c: Command) -> str:
        self.vault += c["amount"]
        self.owner += c["amount"]
        return "posted"

    def open_drawer(self, c: Command) -> str:
        if c["drawer"] in self.opened:
            return "drawer_open"
        if c["amount"] > self.vault:
            return "not_enough_cash"
        self.vault -= c["amount"]
        self._cash(c, c["amount"])
        self.opened.add(c["drawer"])
        return "posted"

    def drop_to_vault(self, c: Command) -> str:
        if c["drawer"] not in self.opened:
            return "drawer_closed"
        if c["amount"] > self.drawers.get(c["drawer"], 0):
            return "not_enough_cash"
        self.vault += c["amount"]
        self._cash(c, -c["amount"])
        return "posted"

    def close_drawer(self, c: Command) -> str:
        if c["drawer"] not in self.opened:
            return "drawer_closed"
        counted = sum(int(cents) * pieces for cents, pieces in c["counted"].items())
        self.short += self.drawers.get(c["drawer"], 0) - counted
        self.drawers[c["drawer"]] = counted
        self.opened.remove(c["drawer"])
        return "posted"

    def buy_in(self, c: Command) -> str:
        if self.state != "selling":
            return "registration_closed"
        if c["drawer"] not in self.opened:
            return "drawer_closed"
        mine = [entry for entry, (player, _) in self.lives.items() if player == c["player"]]
        if c["entry"] in self.lives or (c["kind"] == "buy_in" and mine):
            return "entries_used"
        if c["kind"] == "re_entry" and not mine:
            return "unknown_player_entry"
        if len(mine) >= 2:
            return "entries_used"
        self.lives[c["entry"]] = (c["player"], [])
        self._sell(c, c["entry"], 1)
        return "posted"

    re_entry = buy_in

    def rebuy(self, c: Command) -> str:
        if self.lives.get(c["entry"], ("", []))[0] != c["player"]:
            return "unknown_player_entry"
        if self.state != "selling":
            return "registration_closed"
        if c["drawer"] not in self.opened:
            return "drawer_closed"
        self._sell(c, c["entry"], 1)
        return "posted"

    add_on = rebuy

    def unregister(self, c: Command) -> str:
        if c["entry"] not in self.lives:
            return "unknown_player_entry"
        if c["drawer"] not in self.opened:
            return "drawer_closed"
        if self.state != "selling":
            return "registration_closed"
        sold = list(self.lives[c["entry"]][1])
        if sum(sum(PARTS[kind]) for kind in sold) > self.drawers[c["drawer"]]:
            return "not_enough_cash"
        for kind in sold:
            self._sell({**c, "kind": kind}, c["entry"], -1)
        del self.lives[c["entry"]]
        return "posted"

    def close_registration(self, c: Command) -> str:
        if self.state != "selling":
            return "registration_closed"
        missing = max(0, self.guarantee - self.pool)
        self.pool += missing
        self.overlay += missing
        self.state = "closed"
        return "posted"

    def confirm_result(self, c: Command) -> str:
        if self.state == "confirmed":
            return "already_confirmed"
        if self.state == "selling":
            return "registration_open"
        players = [player for player, _, _ in c["places"]]
        if len(set(players)) != len(players):
            return "places_wrong"
        for player, entry, _ in c["places"]:
            if self.lives.get(entry, ("", []))[0] != player:
                return "unknown_player_entry"
        paid = min(2, len({player for player, _ in self.lives.values()}))
        if len(self.lives) > 9 or [place for _, _, place in c["places"]] != list(range(1, paid + 1)):
            return "places_wrong"
        second = self.pool * 3_500 // 10_000 // 100 * 100 if paid == 2 else 0
        for (player, _, place), cents in zip(c["places"], (self.pool - second, second), strict=False):
            self.due[place, player] = cents
        self.pool = 0
        self.state = "confirmed"
        return "posted"

    def pay_prize(self, c: Command) -> str:
        if self.state != "confirmed":
            return "not_confirmed"
        if c["drawer"] not in self.opened:
            return "drawer_closed"
        due = self.due.get((c["place"], c["player"]), 0)
        if due == 0:
            return "nothing_due"
        if c["amount"] > due:
            return "over_due"
        if c["amount"] > self.drawers[c["drawer"]]:
            return "not_enough_cash"
        self.due[c["place"], c["player"]] -= c["amount"]
        self._cash(c, -c["amount"])
        return "posted"

    def cash_buy_in(self, c: Command) -> str:
        if c["drawer"] not in self.opened:
            return "drawer_closed"
        self.chips += c["amount"]
        self._cash(c, c["amount"])
        return "posted"

    def cash_out(self, c: Command) -> str:
        if c["drawer"] not in self.opened:
            return "drawer_closed"
        if c["amount"] > self.chips:
            return "over_due"
        if c["amount"] > self.drawers[c["drawer"]]:
            return "not_enough_cash"
        self.chips -= c["amount"]
        self._cash(c, -c["amount"])
        return "posted"

    def balances(self) -> dict[str, int]:
        """As the ledger would name them, zeros left out."""
        found = {
            "1000": self.vault, "3000": -self.owner, "2010/t": -self.pool, "4000": -self.fees,
            "2020/t": -self.bounties, "2040": -self.staff, "5000": self.overlay, "2000": -self.chips,
            "5020": self.short, "2070/t": -sum(self.due.values()),
            **{f"1010/{name}": cents for name, cents in self.drawers.items()},
        }  # fmt: skip
        return {account: cents for account, cents in found.items() if cents}

    def _cash(self, c: Command, cents: int) -> None:
        self.drawers[c["drawer"]] = self.drawers.get(c["drawer"], 0) + cents

    def _sell(self, c: Command, entry: str, sign: int) -> None:
        prize, fee, bounty, staff = PARTS[c["kind"]]
        self.pool += sign * prize
        self.fees += sign * fee
        self.bounties += sign * bounty
        self.staff += sign * staff
        self._cash(c, sign * (prize + fee + bounty + staff))
        if sign > 0:
            self.lives[entry][1].append(c["kind"])
