"""The profiles to start from: Denmark's numbers hold before anything is posted; thresholds only tell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.commands import Second
from ledger.gaming_days import DAY_MS
from ledger.journal import Posted
from ledger.profiles import PROFILES, profile
from tests.ledger.till import PROFILE, RULES, Till, sale

BANK = {"method": "bank", "reference": "TX-1", "drawer": None}
CASH = {"method": "cash", "drawer": "d"}
TABLE = [{"entries_min": 1, "entries_max": 1_000, "basis_points": [6_000, 4_000]}]


@pytest.fixture
def dane(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.post("adopt_profile", profile=PROFILES["denmark"])
        yield till


def event(till: Till, name: str, *, prize: int = 40_000, **rules: Any) -> None:
    prices = {"buy_in": {"prize_cents": prize}, "re_entry": {"prize_cents": prize}}
    till.post("adopt_tournament", tournament=name, rules=ruled(prices=prices, **rules))


def ruled(**changes: Any) -> dict[str, Any]:
    return {**RULES, "entries_per_player": 9, "payout": {"unit_cents": 100, "tables": TABLE}, **changes}


def entry(tournament: str, player: str, cents: int = 40_000, **fields: Any) -> dict[str, Any]:
    asked = sale("buy_in", player, f"{tournament}-{player}", tournament=tournament, amount=cents)
    return {**asked, **BANK, "age_seen": 18, **fields}


def filled(till: Till, name: str, players: int, cents: int = 40_000) -> None:
    event(till, name, prize=cents)
    for n in range(players):
        till.post(**entry(name, f"{name}{n}", cents))


def limit(till: Till, **asked: Any) -> str:
    outcome = till.ask(**asked)
    assert not isinstance(outcome, Posted)
    assert outcome.refusal.code == "limit", outcome
    name: str = outcome.refusal.details["limit"]
    return name


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_profile_is_one(name: str) -> None:  # [LE67]
    assert profile(name).name


def test_no_casino_limit_is_reached() -> None:  # [LE67]
    casino = profile("casino")
    limits = ("stake_per_tournament_cents", "stake_per_day_cents", "pool_max_cents", "players_min",
              "cost_share_bp", "sponsor_max_cents", "tournaments_per_day", "methods", "age_min")  # fmt: skip
    assert [getattr(casino, name) for name in limits] == [None] * len(limits)
    assert casino.cash_games
    assert casino.pay_during_play


@pytest.mark.parametrize(("entries", "cents"), [(50, 40_000), (100, 20_000)])
def test_a_pool_of_20_000_is_full(dane: Till, entries: int, cents: int) -> None:  # [LE67]
    filled(dane, "t", entries, cents)
    assert dane.balance("2010/t") == -2_000_000
    assert limit(dane, **entry("t", "one-more", cents)) == "pool_max_cents"


def test_nobody_stakes_more_than_400_on_a_day(dane: Till) -> None:  # [LE67]
    event(dane, "a", prize=25_000)
    event(dane, "b", prize=20_000)
    event(dane, "c", prize=15_000)
    dane.post(**entry("a", "ann", 25_000))
    assert limit(dane, **entry("b", "ann", 20_000)) == "stake_per_day_cents"
    dane.post(**entry("c", "ann", 15_000))
    assert limit(dane, **entry("c", "ann", 15_000, kind="re_entry", entry="x")) == "stake_per_day_cents"


def test_nobody_stakes_more_than_400_in_an_event(dane: Till) -> None:  # [LE67]
    event(dane, "a", prize=30_000)
    dane.post(**entry("a", "ann", 30_000))
    dane.asked += DAY_MS
    again = entry("a", "ann", 30_000, kind="re_entry", entry="x")
    assert limit(dane, **again) == "stake_per_tournament_cents"


def test_seven_players_can_not_start(dane: Till) -> None:  # [LE67]
    filled(dane, "t", 7)
    assert limit(dane, kind="close_registration", tournament="t") == "players_min"
    dane.post(**entry("t", "eighth"))
    dane.post("close_registration", tournament="t")


def test_a_quarter_of_the_pool_covers_costs(dane: Till) -> None:  # [LE67] [LE59]
    filled(dane, "t", 50)
    dane.post("close_registration", tournament="t")
    costs = {"kind": "withhold", "tournament": "t", "part": "costs", "reason": "room"}
    assert limit(dane, **costs, amount=500_001) == "cost_share_bp"
    dane.post(**costs, amount=500_000)
    assert limit(dane, **costs, amount=1) == "cost_share_bp"
    assert limit(dane, **{**costs, "part": "staff"}, amount=1) == "cost_share_bp"


def test_a_fee_is_a_cost_too(dane: Till) -> None:  # [LE67] [LE59]
    for fee, fits in ((10_000, True), (10_001, False)):
        prices = {"buy_in": {"prize_cents": 40_000 - fee, "fee_cents": fee}}
        asked: dict[str, Any] = {"kind": "adopt_tournament", "tournament": "t", "rules": ruled(prices=prices)}
        if fits:
            dane.post(**asked)
        else:
            assert limit(dane, **asked) == "cost_share_bp"


def test_prizes_and_bounties_are_paid_after_the_end_alone(dane: Till) -> None:  # [LE63] [LE67]
    prices = {"buy_in": {"prize_cents": 30_000, "bounty_cents": 10_000}}
    dane.post("adopt_tournament", tournament="t", rules=ruled(prices=prices))
    for n in range(8):
        dane.post(**entry("t", f"p{n}"))
    knocked = {"tournament": "t", "entry": "t-p1", "by": ["t-p0"]}
    assert dane.refuse("knock_out", **knocked, method="balance") == "not_confirmed"
    dane.post("knock_out", **knocked)
    assert dane.balance("2070/t") == -10_000
    prize = {"tournament": "t", "player": "p0", "place": 1, "amount": 1, "method": "bank", "reference": "T1"}
    bounty = {"tournament": "t", "player": "p0", "amount": 10_000, "method": "bank", "reference": "T2"}
    assert dane.refuse("pay_prize", **prize) == "not_confirmed"
    assert dane.refuse("pay_bounty", **bounty) == "not_confirmed"
    dane.post("close_registration", tournament="t")
    assert dane.refuse("pay_bounty", **bounty) == "not_confirmed"
    dane.post("confirm_result", tournament="t", places=[["p0", "t-p0", 1], ["p2", "t-p2", 2]])
    dane.post("pay_prize", **prize)
    dane.post("pay_bounty", **bounty)


def test_a_sponsor_gives_5_000_to_an_event_and_on_a_day(dane: Till) -> None:  # [LE68]
    event(dane, "a")
    event(dane, "b")
    given = {"sponsor": "Brewery", "amount": 300_000}
    dane.post("sponsor_prize", tournament="a", what="a bicycle", **given)
    assert limit(dane, kind="sponsor_prize", tournament="a", what="another", **given) == "sponsor_max_cents"
    assert limit(dane, kind="sponsor_money", tournament="b", **given, **BANK) == "sponsor_max_cents"
    money = dane.post("sponsor_money", tournament="b", **{**given, "amount": 200_000}, **BANK)
    assert [tuple(leg) for leg in money.link.entry.postings] == [("1015", 200_000), ("2010/b", -200_000)]
    dane.post("reverse", seq=money.link.entry.seq, reason="withdrawn")
    assert dane.balance("2010/b") == 0
    dane.asked += DAY_MS
    dane.post("sponsor_prize", tournament="b", what="a bicycle", **given)
    assert limit(dane, kind="sponsor_prize", tournament="a", what="more", **given) == "sponsor_max_cents"


def test_sponsors_are_outside_the_stakes(dane: Till) -> None:  # [LE68]
    event(dane, "t")
    dane.post("sponsor_money", tournament="t", sponsor="Brewery", amount=500_000, **BANK)
    for n in range(50):
        dane.post(**entry("t", f"p{n}"))
    dane.post("close_registration", tournament="t")
    assert (
        dane.refuse("sponsor_prize", tournament="t", sponsor="B", what="x", amount=1) == "registration_closed"
    )


def test_a_day_has_two_events(dane: Till) -> None:  # [LE67]
    for name in ("a", "b", "c"):
        event(dane, name)
        if name != "c":
            dane.post(**entry(name, f"first-{name}"))
    assert limit(dane, **entry("c", "cid")) == "tournaments_per_day"
    dane.post(**entry("b", "second-b"))
    dane.post("unregister", tournament="a", entry="a-first-a", reason="called off")
    dane.post(**entry("c", "cid"))
    assert limit(dane, **entry("a", "ann")) == "tournaments_per_day"
    dane.asked += DAY_MS
    dane.post(**entry("a", "ann"))


def test_no_cash_and_no_cash_games(dane: Till) -> None:  # [LE67]
    event(dane, "t")
    assert dane.refuse(**entry("t", "ann", method="cash", drawer="d", reference=None)) == "no_cash"
    assert dane.refuse(**entry("t", "ann", method="comp", reference=None)) == "no_such_method"
    assert dane.refuse("cash_buy_in", player="ann", drawer="d", amount=100) in ("no_cash", "no_cash_games")


def test_nobody_plays_whose_age_was_not_seen(dane: Till) -> None:  # [LE67] [LE167]
    event(dane, "t", prize=20_000)
    assert dane.refuse(**entry("t", "ann", 20_000, age_seen=None)) == "age_not_seen"
    assert dane.refuse(**entry("t", "ann", 20_000, age_seen=17)) == "age_not_seen"
    dane.post(**entry("t", "ann", 20_000))
    dane.post(**entry("t", "ann", 20_000, kind="re_entry", entry="x", age_seen=None))


def test_rules_beyond_the_profile_are_told_before_anybody_pays(dane: Till) -> None:  # [LE67]
    dear = {"buy_in": {"prize_cents": 40_001}}
    asked: dict[str, Any] = {"kind": "adopt_tournament", "tournament": "t"}
    assert limit(dane, **asked, rules=ruled(prices=dear)) == "stake_per_tournament_cents"
    assert limit(dane, **asked, rules=ruled(guarantee_cents=2_000_001)) == "pool_max_cents"


def test_house_money_counts_towards_the_pool(tmp_path: Path) -> None:  # [LE27]
    with Till(tmp_path) as till:
        till.open_house()
        till.post("adopt_profile", profile={**PROFILE, "pool_max_cents": 15_000})
        till.post("add_money", tournament="t", amount=5_001, reason="anniversary")
        assert limit(till, **sale("buy_in", "ann", "a1")) == "pool_max_cents"


def test_a_gaming_day_begins_as_the_profile_says(tmp_path: Path) -> None:  # [LE27]
    with Till(tmp_path) as till:
        till.open_house()
        till.post("adopt_profile", profile={**PROFILE, "stake_per_day_cents": 10_000, "day_starts_min": 60})
        till.post("adopt_tournament", tournament="u", rules=RULES)
        till.post(**sale("buy_in", "ann", "a1"))  # the clock stands at 00:16 UTC
        till.asked += 30 * 60_000
        again = sale("buy_in", "ann", "u1", tournament="u")
        assert limit(till, **again) == "stake_per_day_cents"
        till.asked += 30 * 60_000
        till.post(**again)


@pytest.fixture
def yank(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.post("adopt_profile", profile={**PROFILES["united_states"], "payout_limit_cents": 10**9})
        till.post("adopt_tournament", tournament="t", rules=RULES)
        till.post("vault_in", amount=10_000_000)
        till.post("open_drawer", drawer="d", amount=5_000_000)
        yield till


def told(posted: Posted) -> list[list[Any]]:
    found: list[list[Any]] = posted.link.entry.data.get("thresholds", [])
    return found


def test_cash_above_10_000_a_day_is_told_each_way_and_never_stopped(yank: Till) -> None:  # [LE69]
    assert told(yank.post("deposit", player="ann", amount=600_000, **CASH)) == []
    assert told(yank.post("cash_buy_in", player="ann", drawer="d", amount=400_000)) == []
    assert told(yank.post("withdraw", player="ann", amount=500_000, **CASH)) == []
    assert told(yank.post("deposit", player="bob", amount=500_000, **CASH)) == []
    assert told(yank.post("deposit", player="ann", amount=1, **CASH)) == [["CTR cash in", 1_000_001]]
    assert told(yank.post("deposit", player="ann", amount=9, method="bank", reference="T")) == []
    assert told(yank.post("cash_out", player="ann", drawer="d", amount=400_000)) == []
    yank.post("deposit", player="ann", amount=500_000, **CASH)
    out = yank.post("withdraw", player="ann", amount=200_000, **CASH)
    assert told(out) == [["CTR cash out", 1_100_000]]
    yank.asked += DAY_MS
    assert told(yank.post("deposit", player="ann", amount=900_000, **CASH)) == []


def test_only_two_days_of_cash_are_kept(yank: Till) -> None:  # [LE69]
    for _ in range(4):
        yank.post("deposit", player="ann", amount=1, **CASH)
        yank.asked += DAY_MS
    assert len(yank.journal.book.state.cash_days) == 2


def test_a_reversal_is_cash_that_moved(yank: Till) -> None:  # [LE69]
    seq = yank.post("deposit", player="ann", amount=900_000, **CASH).link.entry.seq
    zoe = Second("zoe", "manager")
    back = yank.post("reverse", seq=seq, reason="wrong person", approved=zoe)
    assert told(back) == []
    state = yank.journal.book.state
    assert state.cash_of(state.gaming_day(state.tip.at_ms), "ann") == (900_000, 900_000)


def test_winnings_are_told_net_of_what_was_paid_in(tmp_path: Path) -> None:  # [LE69]
    prices = {"buy_in": {"prize_cents": 300_000}}
    with Till(tmp_path) as till:
        till.post("adopt_profile", profile={**PROFILES["united_states"], "payout_limit_cents": 10**9})
        till.post("adopt_tournament", tournament="t", rules=ruled(prices=prices))
        for name in ("ann", "bob", "cid", "dan"):
            till.post(**entry("t", name, 300_000))
        till.post("close_registration", tournament="t")
        till.post("confirm_result", tournament="t", places=[["ann", "t-ann", 1], ["bob", "t-bob", 2]])
        pay = {"tournament": "t", "method": "bank", "reference": "T"}
        first = till.post("pay_prize", **pay, player="ann", place=1, amount=720_000)
        assert told(first) == []  # 720,000 less 300,000 paid in
        second = till.post("pay_prize", **pay, player="bob", place=2, amount=480_000)
        assert told(second) == []
        form = {"name": "W", "measure": "prize", "direction": "out", "above_cents": 419_999, "action": "x"}
        till.post("adopt_profile", profile={**PROFILES["united_states"], "thresholds": [form]})
        till.post("reverse", seq=first.link.entry.seq, reason="bounced", approved=Second("zoe", "manager"))
        again = till.post(
            "pay_prize", **pay, player="ann", place=1, amount=720_000, approved=Second("zoe", "manager")
        )
        assert told(again) == [["W", 420_000]]
