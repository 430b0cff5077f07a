"""What a careful person with purses would say of cash games and the house's own money.

Written apart from the ledger: purses with an amount each, moves between them, and for every command all
objections there are. The ledger may name any one of them; where there is none it must post.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.ledger.purses import account_of, is_cash, sign_of

PROFILE: Final[dict[str, Any]] = {
    "name": "House", "cash": True, "cash_games": True, "reverse_limit_cents": 20_000,
    "payout_limit_cents": 30_000, "payout_day_limit_cents": 40_000, "over_short_limit_cents": 2_000,
    "own_drawers": True, "two_names": True, "markers": True, "marker_limit_cents": 20_000,
    "comp_limit_cents": 1_000, "age_min": 18,
}  # fmt: skip
JACKPOT: Final[dict[str, Any]] = {
    "name": "Bad beat", "reserve_basis_points": 1_500, "award_max_basis_points": 8_000,
    "shares": [{"name": "loser", "basis_points": 6_000}, {"name": "table", "basis_points": 4_000}],
}  # fmt: skip
TWO: Final = {
    "open_drawer", "fill_drawer", "drop_to_vault", "lend_cash", "send_cash", "sign_over_drawer", "vault_out",
    "count_drop", "seed_jackpot", "pay_jackpot", "adopt_credit_line", "write_off_marker", "fill_tray",
    "credit_tray", "count_chips", "bank_out",
}  # fmt: skip
TWO_TO_UNDO: Final = {
    "vault_out",
    "bank_out",
    "count_drop",
    "seed_jackpot",
    "pay_jackpot",
    "write_off_marker",
}
UNDOABLE: Final = TWO_TO_UNDO | {
    "vault_in", "fill_drawer", "drop_to_vault", "cash_buy_in", "cash_out", "collect_time", "issue_marker",
    "repay_marker", "redeem_comp", "take_tip", "pay_staff", "other_income", "pay_expense", "settle_clearing",
    "bank_in",
}  # fmt: skip
BY_MANAGERS: Final = {
    "vault_in", "vault_out", "seed_jackpot", "adopt_credit_line", "write_off_marker", "pay_expense",
    "settle_clearing", "bank_in", "bank_out",
}  # fmt: skip
OWED: Final = ("chips", "fund", "reserve", "staff")
Asked = dict[str, Any]
Moves = dict[str, int]


@dataclass
class Shift:
    person: str
    number: int


@dataclass
class HouseNotebook:
    """`purses` are what people speak of: cash there is, what is owed to players, what was earned or spent."""

    purses: Moves = field(default_factory=dict)
    shifts: dict[str, Shift] = field(default_factory=dict)  # open drawers
    openings: dict[str, int] = field(default_factory=dict)
    couriers: dict[int, tuple[str, str, int]] = field(default_factory=dict)  # seq → to, who, cents
    boxes: dict[tuple[str, str], int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    markers: dict[str, dict[int, int]] = field(default_factory=dict)  # player → seq → due
    paid: dict[str, int] = field(default_factory=dict)  # payee → cents today
    adults: dict[int, str] = field(default_factory=dict)  # seq of the sale at which it was seen → player
    trays: dict[str, int] = field(default_factory=dict)
    made: int = 50_000
    missing: int = 0
    done: dict[int, tuple[Asked, Moves, list[tuple[str, int, int]]]] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)
    person: str = ""
    role: str = ""
    second: str = ""
    seq: int = 0  # of the entry this command would become

    def judge(self, seq: int, person: str, role: str, second: str, asked: Asked) -> set[str]:
        """All objections; without any it is written down as entry `seq`."""
        self.seq, self.person, self.role, self.second = seq, person, role, second
        rule: Callable[[Asked], tuple[set[str], Moves]] = getattr(self, asked["kind"])
        no, moves = rule(asked)
        if asked["kind"] in TWO and not second:
            no.add("needs_second")
        moves, repaid, more = self._set_off(asked, moves)
        no |= more | self._emptied(moves) | self._not_my_drawer(asked, moves) | self._too_much(asked, moves)
        if no:
            return no
        self._write(moves)
        for player, marker, cents in repaid:
            self._due(player, marker, -cents)
        self.done[seq] = (asked, moves, repaid)
        self._after(asked, moves)
        return set()

    # --- cash of the house ---------------------------------------------------------------------------

    def vault_in(self, c: Asked) -> tuple[set[str], Moves]:
        source = "clearing" if c.get("source") == "bank" else "owner"
        return set(), {"vault": c["amount"], source: -c["amount"] if source == "clearing" else c["amount"]}

    def vault_out(self, c: Asked) -> tuple[set[str], Moves]:
        if c["to"] == "bank":
            return set(), {"vault": -c["amount"], "clearing": c["amount"]}
        return self._uncovered(c["amount"]), {"vault": -c["amount"], "owner": -c["amount"]}

    def bank_in(self, c: Asked) -> tuple[set[str], Moves]:
        return set(), {"bank": c["amount"], "owner": c["amount"]}

    def bank_out(self, c: Asked) -> tuple[set[str], Moves]:
        no = {"not_in_bank"} if c["amount"] > self._in("bank") else set()
        return no | self._uncovered(c["amount"]), {"bank": -c["amount"], "owner": -c["amount"]}

    def _uncovered(self, cents: int) -> set[str]:
        """What the owner may not take: cash, cards and bank must stay as much as is owed."""
        there = sum(held for purse, held in self.purses.items() if is_cash(purse))
        there += self._in("clearing") + self._in("bank")
        owed = sum(self._in(purse) for purse in OWED if purse != "reserve") + self._balances()
        return {"not_covered"} if there - cents < owed else set()

    def open_drawer(self, c: Asked) -> tuple[set[str], Moves]:
        no = {"drawer_open"} if c["drawer"] in self.shifts else set()
        return no, {f"drawer {c['drawer']}": c["amount"], "vault": -c["amount"]}

    def fill_drawer(self, c: Asked) -> tuple[set[str], Moves]:
        return self._closed(c["drawer"]), {f"drawer {c['drawer']}": c["amount"], "vault": -c["amount"]}

    def drop_to_vault(self, c: Asked) -> tuple[set[str], Moves]:
        return self._closed(c["drawer"]), {f"drawer {c['drawer']}": -c["amount"], "vault": c["amount"]}

    def lend_cash(self, c: Asked) -> tuple[set[str], Moves]:
        no = self._closed(c["drawer"]) | self._closed(c["to"])
        return no, {f"drawer {c['drawer']}": -c["amount"], f"drawer {c['to']}": c["amount"]}

    def count_drawer(self, c: Asked) -> tuple[set[str], Moves]:
        return self._closed(c["drawer"]), {}

    def close_drawer(self, c: Asked) -> tuple[set[str], Moves]:
        over = _counted(c) - self._in(f"drawer {c['drawer']}")
        no = self._closed(c["drawer"]) | self._differs(c, over)
        return no, {f"drawer {c['drawer']}": over, "short": -over}

    def sign_over_drawer(self, c: Asked) -> tuple[set[str], Moves]:
        no, moves = self.close_drawer(c)
        return no | ({"limit"} if abs(moves["short"]) > 2_000 else set()), moves

    def send_cash(self, c: Asked) -> tuple[set[str], Moves]:
        no = self._closed(c["drawer"]) if "drawer" in c else set()
        return no, {_place(c.get("drawer")): -c["amount"], "courier": c["amount"]}

    def receive_cash(self, c: Asked) -> tuple[set[str], Moves]:
        if c["of"] not in self.couriers:
            return {"nothing_due"}, {}
        to, courier, sent = self.couriers[c["of"]]
        over = _counted(c) - sent
        no = self._differs(c, over) | (self._closed(to) if to else set())
        no |= {"wrong_second"} if courier in (self.person, self.second) else set()
        return no, {_place(to): _counted(c), "courier": -sent, "short": -over}

    def settle_clearing(self, c: Asked) -> tuple[set[str], Moves]:
        fee = c.get("fee_cents", 0)
        if c["side"] == "paid":
            return set(), {"clearing": c["amount"], "bank": -c["amount"]}
        return set(), {"clearing": -c["amount"], "bank": c["amount"] - fee, "fees": fee}

    def other_income(self, c: Asked) -> tuple[set[str], Moves]:
        return self._comes(c, "income")

    def pay_expense(self, c: Asked) -> tuple[set[str], Moves]:
        no, moves = self._comes(c, "spent")
        return no, {purse: cents if purse == "spent" else -cents for purse, cents in moves.items()}

    # --- chips and what players own ------------------------------------------------------------------

    def cash_buy_in(self, c: Asked) -> tuple[set[str], Moves]:
        no, moves = self._comes(c, "chips")
        is_known = "age_seen" in c or c["player"] in self.adults.values()
        return no | (set() if is_known else {"age_not_seen"}), moves

    def cash_out(self, c: Asked) -> tuple[set[str], Moves]:
        return self._goes(c, "chips")

    def collect_time(self, c: Asked) -> tuple[set[str], Moves]:
        return self._comes(c, "time")

    def take_tip(self, c: Asked) -> tuple[set[str], Moves]:
        return self._comes(c, "staff")

    def pay_staff(self, c: Asked) -> tuple[set[str], Moves]:
        return self._goes(c, "staff")

    def redeem_comp(self, c: Asked) -> tuple[set[str], Moves]:
        purse, sign = self._means(c)
        no = self._closed(c["drawer"]) if c.get("method") == "cash" else set()
        if c["amount"] > 1_000 and not self.second:
            no.add("needs_second")
        return no, {purse: -sign * c["amount"], "comps": c["amount"]}

    def count_drop(self, c: Asked) -> tuple[set[str], Moves]:
        no = {"already_counted"} if (c["table"], c["box"]) in self.boxes else set()
        cents, cash = _counted(c), _worth(c.get("cash", {}))
        bought = {"vault": cash, "chips": cash - cents}
        if "jackpot" not in c:
            return no, {**bought, "rake": cents}
        reserve = cents * 15 // 100
        return no, {**bought, "fund": cents - reserve, "reserve": reserve}

    def seed_jackpot(self, c: Asked) -> tuple[set[str], Moves]:
        if c["source"] == "house":
            return set(), {"fund": c["amount"], "comps": c["amount"]}
        return set(), {"fund": c["amount"], "reserve": -c["amount"]}

    def pay_jackpot(self, c: Asked) -> tuple[set[str], Moves]:
        no = {"over_due"} if c["amount"] > self._in("fund") * 8 // 10 else set()
        loser = c["amount"] - c["amount"] * 4 // 10
        moves = {"fund": -c["amount"]}
        for player, cents in ((c["winners"][0][1], loser), (c["winners"][1][1], c["amount"] - loser)):
            purse, sign = self._means({**c, "player": player})
            moves[purse] = moves.get(purse, 0) - sign * cents
            if c.get("method") == "cash":
                no |= self._closed(c["drawer"]) | ({"marker_due"} if self._owes(player) else set())
        return no, moves

    # --- credit --------------------------------------------------------------------------------------

    def adopt_credit_line(self, c: Asked) -> tuple[set[str], Moves]:
        return set(), {}

    def issue_marker(self, c: Asked) -> tuple[set[str], Moves]:
        beyond = self._owes(c["player"]) + c["amount"] > self.lines.get(c["player"], 0)
        no = {"limit"} if beyond else set()
        if c["amount"] > 20_000 and not self.second:
            no.add("needs_second")
        return no, {"chips": c["amount"], f"marker {c['player']}": c["amount"]}

    def repay_marker(self, c: Asked) -> tuple[set[str], Moves]:
        no, moves = self._comes(c, f"marker {c['player']}")
        moves[f"marker {c['player']}"] = -c["amount"]
        owes = self._owes(c["player"])
        return no | ({"nothing_due"} if not owes else {"over_due"} if c["amount"] > owes else set()), moves

    def write_off_marker(self, c: Asked) -> tuple[set[str], Moves]:
        due = self.markers.get(c["player"], {}).get(c["marker"], 0)
        return set() if due else {"nothing_due"}, {f"marker {c['player']}": -due, "bad": due}

    # --- chips as things -----------------------------------------------------------------------------

    def fill_tray(self, c: Asked) -> tuple[set[str], Moves]:
        cage = self.made - sum(self.trays.values()) - self._in("chips") - self.missing
        return {"not_enough_chips"} if _chips(c) > min(cage, self.made) else set(), {}

    def credit_tray(self, c: Asked) -> tuple[set[str], Moves]:
        return {"not_enough_chips"} if _chips(c) > self.trays.get(c["table"], 0) else set(), {}

    def count_chips(self, c: Asked) -> tuple[set[str], Moves]:
        held = {table for table, cents in self.trays.items() if cents}
        return {"trays_missing"} if held - c["trays"].keys() else set(), {}

    # --- taking back ---------------------------------------------------------------------------------

    def reverse(self, c: Asked) -> tuple[set[str], Moves]:
        if c["seq"] not in self.done or self.done[c["seq"]][0]["kind"] not in UNDOABLE:
            return {"not_reversible"}, {}
        old, moves, _ = self.done[c["seq"]]
        no = {"already_reversed"} if c["seq"] in self.undone else set()
        if old["kind"] in TWO_TO_UNDO and not self.second:
            no.add("needs_second")
        if self.role == "cashier":
            no |= {"limit"} if old["kind"] in BY_MANAGERS else set()
            no |= {"needs_second"} if not self.second and _moved(moves) > 20_000 else set()
        if old["kind"] == "issue_marker":
            due = self.markers.get(old["player"], {}).get(c["seq"], 0)
            no |= {"not_reversible"} if due != old["amount"] else set()
        for purse in moves:
            if purse.startswith("drawer "):
                no |= self._closed(purse.removeprefix("drawer "))
        return no, {purse: -cents for purse, cents in moves.items()}

    # --- what holds for all --------------------------------------------------------------------------

    def _after(self, c: Asked, moves: Moves) -> None:
        kind = c["kind"]
        if kind == "open_drawer":
            self._opened(c["drawer"], self.person)
        elif kind == "sign_over_drawer":
            self._opened(c["drawer"], self.second)
        elif kind == "close_drawer":
            del self.shifts[c["drawer"]]
        elif kind == "send_cash":
            self.couriers[self.seq] = (c.get("to", ""), c["courier"], c["amount"])
        elif kind == "receive_cash":
            del self.couriers[c["of"]]
        elif "age_seen" in c and c["player"] not in self.adults.values():
            self.adults[self.seq] = c["player"]
        elif kind == "count_drop":
            self.boxes[c["table"], c["box"]] = self.seq
        elif kind == "adopt_credit_line":
            self.lines[c["player"]] = c["amount"]
        elif kind == "issue_marker":
            self._due(c["player"], self.seq, c["amount"])
        elif kind in ("fill_tray", "credit_tray"):
            sign = 1 if kind == "fill_tray" else -1
            self.trays[c["table"]] = self.trays.get(c["table"], 0) + sign * _chips(c)
        elif kind == "count_chips":
            self.trays = {table: _worth(pieces) for table, pieces in c["trays"].items()}
            self.missing = self.made - _worth(c["cage"]) - sum(self.trays.values()) - self._in("chips")
        elif kind == "reverse":
            self._took_back(c["seq"])
        if kind in ("cash_out", "redeem_comp", "pay_staff", "pay_jackpot"):
            for payee, cents in self._payees(c, moves):
                self.paid[payee] = self.paid.get(payee, 0) + cents

    def _took_back(self, seq: int) -> None:
        self.undone.add(seq)
        self.adults.pop(seq, None)
        old, _, repaid = self.done[seq]
        if old["kind"] == "count_drop":
            del self.boxes[old["table"], old["box"]]
        elif old["kind"] == "issue_marker":
            del self.markers[old["player"]][seq]
        for player, marker, cents in repaid:
            self._due(player, marker, cents)

    def _set_off(self, c: Asked, moves: Moves) -> tuple[Moves, list[tuple[str, int, int]], set[str]]:
        """What is repaid: by name, or out of what a player is paid if so chosen."""
        if c["kind"] == "repay_marker":
            return moves, self._oldest(c["player"], c["amount"]), set()
        if c["kind"] == "write_off_marker":
            return moves, [(c["player"], c["marker"], moves["bad"])], set()
        left = _left(moves)
        if c["kind"] not in ("cash_out", "redeem_comp") or not left or not self._owes(c["player"]):
            return moves, [], set()
        if "set_off" not in c:
            return moves, [], {"marker_due"}
        if c["set_off"] == "leave":
            return moves, [], set() if self.second else {"needs_second"}
        repaid = self._oldest(c["player"], left)
        cents = sum(part for _, _, part in repaid)
        purse = self._means(c)[0]
        return {**moves, purse: moves[purse] + cents, f"marker {c['player']}": -cents}, repaid, set()

    def _oldest(self, player: str, cents: int) -> list[tuple[str, int, int]]:
        found = []
        for marker, due in sorted(self.markers.get(player, {}).items()):
            part = min(due, cents)
            cents -= part
            if part:
                found.append((player, marker, part))
        return found

    def _too_much(self, c: Asked, moves: Moves) -> set[str]:
        """One payout, and a person's payouts of the day, that nobody else has seen."""
        if self.second or c["kind"] not in ("cash_out", "redeem_comp", "pay_staff", "pay_expense"):
            return set()
        if _left(moves) > 30_000:
            return {"needs_second"}
        over = any(self.paid.get(payee, 0) + cents > 40_000 for payee, cents in self._payees(c, moves))
        return {"needs_second"} if over else set()

    def _payees(self, c: Asked, moves: Moves) -> list[tuple[str, int]]:
        if c["kind"] == "pay_jackpot" and c.get("method") == "cash":
            loser = c["amount"] - c["amount"] * 4 // 10
            return [(c["winners"][0][1], loser), (c["winners"][1][1], c["amount"] - loser)]
        payee = c.get("player") or c.get("dealer")
        return [(payee, _left(moves))] if payee and _left(moves) else []

    def _not_my_drawer(self, c: Asked, moves: Moves) -> set[str]:
        if self.role != "cashier":
            return set()
        mine = {f"drawer {name}" for name, shift in self.shifts.items() if shift.person == self.person}
        others = {f"drawer {name}" for name in self.shifts} - mine
        touched = {purse for purse, cents in moves.items() if cents}
        if "drawer" in c:
            touched.add(f"drawer {c['drawer']}")
        if c["kind"] == "lend_cash":
            touched.discard(f"drawer {c['to']}")
        return {"other_cashier"} if touched & others else set()

    def _emptied(self, moves: Moves) -> set[str]:
        no = set()
        for purse, cents in moves.items():
            if cents >= 0 or self._in(purse) + cents >= 0:
                continue
            if is_cash(purse):
                no.add("not_enough_cash")
            elif purse.startswith("balance "):
                no.add("not_enough_balance")
            elif purse in OWED:
                no.add("over_due")
        return no

    def _comes(self, c: Asked, to: str) -> tuple[set[str], Moves]:
        purse, sign = self._means(c)
        no = self._closed(c["drawer"]) if purse.startswith("drawer ") else set()
        return no, _added({purse: sign * c["amount"]}, to, c["amount"])

    def _goes(self, c: Asked, source: str) -> tuple[set[str], Moves]:
        purse, sign = self._means(c)
        no = self._closed(c["drawer"]) if purse.startswith("drawer ") else set()
        no |= {"over_due"} if c["amount"] > self._in(source) else set()
        return no, _added({purse: -sign * c["amount"]}, source, -c["amount"])

    def _means(self, c: Asked) -> tuple[str, int]:
        """The purse, and whether money that comes in raises it (1) or lowers what is owed there (−1)."""
        usual = "chips" if c["kind"] in ("collect_time", "take_tip", "redeem_comp") else "cash"
        match c.get("method", usual):
            case "cash":
                return f"drawer {c['drawer']}", 1
            case "card" | "bank":
                return "clearing", 1
            case "balance":
                return f"balance {c['player']}", -1
            case _:
                return "chips", -1

    def _differs(self, c: Asked, over: int) -> set[str]:
        no = set()
        if over and "reason" not in c:
            no.add("reason_missing")
        if abs(over) > 2_000 and not self.second:
            no.add("needs_second")
        return no

    def _closed(self, drawer: str) -> set[str]:
        return set() if drawer in self.shifts else {"drawer_closed"}

    def _opened(self, drawer: str, person: str) -> None:
        self.openings[drawer] = self.openings.get(drawer, 0) + 1
        self.shifts[drawer] = Shift(person, self.openings[drawer])

    def _owes(self, player: str) -> int:
        return sum(self.markers.get(player, {}).values())

    def _due(self, player: str, marker: int, cents: int) -> None:
        due = self.markers.setdefault(player, {})
        due[marker] = due.get(marker, 0) + cents
        if not due[marker]:
            del due[marker]

    def _balances(self) -> int:
        return sum(cents for purse, cents in self.purses.items() if purse.startswith("balance "))

    def _in(self, purse: str) -> int:
        return self.purses.get(purse, 0)

    def _write(self, moves: Moves) -> None:
        for purse, cents in moves.items():
            self.purses[purse] = self._in(purse) + cents

    def balances(self) -> dict[str, int]:
        """As the ledger would name them, zeros left out."""
        found = {account_of(purse): sign_of(purse) * cents for purse, cents in self.purses.items()}
        return {account: cents for account, cents in found.items() if cents}


def _left(moves: Moves) -> int:
    """What leaves the house."""
    return -sum(
        cents for purse, cents in moves.items() if cents < 0 and purse.startswith(("drawer ", "clearing"))
    )


def _moved(moves: Moves) -> int:
    """One side of it: what comes to places of debit."""
    return sum(max(sign_of(purse) * cents, 0) for purse, cents in moves.items())


def _added(moves: Moves, purse: str, cents: int) -> Moves:
    return {**moves, purse: moves.get(purse, 0) + cents}


def _place(drawer: str | None) -> str:
    return f"drawer {drawer}" if drawer else "vault"


def _counted(c: Asked) -> int:
    return _worth(c["counted"])


def _chips(c: Asked) -> int:
    return _worth(c["chips"])


def _worth(pieces: dict[str, int]) -> int:
    return sum(int(cents) * count for cents, count in pieces.items())
