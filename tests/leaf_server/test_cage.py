"""The cage's door: who may ask, how much at once, what is an outcome and what is none."""

from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import anyio
import apsw
import pytest

from leaf_server.money.cage import WAITING_MAX, Cage
from ledger.book import Book
from ledger.commands import Asked
from ledger.errors import LedgerLocked, Refusal
from ledger.journal import Posted, Refused
from ledger.posting_rules import Draft
from serving.problems import Problem
from tests.leaf_server.fix_cage import new_cage, open_house, post, running, signed_in
from tests.leaf_server.test_full_disk import no_file_may_grow_beyond
from tests.ledger.till import body, sale

pytestmark = pytest.mark.anyio


@pytest.fixture
async def cage(tmp_path: Path) -> AsyncIterator[Cage]:
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        yield cage


async def problem(asking: Awaitable[object]) -> tuple[int, str]:
    with pytest.raises(Problem) as raised:
        await asking
    return raised.value.status, raised.value.code


async def test_a_buy_in_is_posted_and_stays_so(cage: Cage) -> None:  # [LE9]
    asked = body(**sale("buy_in", "ann", "a1"))
    outcome = await cage.command(signed_in("cashier"), "k1", asked)
    assert isinstance(outcome, Posted)
    assert (cage.seq, cage.term) == (6, 1)
    assert outcome.link.entry.person == "mia"
    assert await cage.command(signed_in("cashier", person="bea"), "k1", asked) == outcome
    assert cage.head_at(outcome.link).hash == outcome.link.hash.hex()


async def test_a_refusal_is_an_outcome_too(cage: Cage) -> None:  # [LE9]
    asked = body(**sale("rebuy", "ann", "a1"))
    outcome = await cage.command(signed_in(), "k1", asked)
    assert isinstance(outcome, Refused)
    await post(cage, "k2", **sale("buy_in", "ann", "a1"))
    assert await cage.command(signed_in(), "k1", asked) == outcome


@pytest.mark.parametrize(
    ("who", "key", "data", "expected"),
    [
        ({}, None, body("vault_in", amount=1), (400, "key_missing")),
        ({}, "", body("vault_in", amount=1), (400, "key_missing")),
        ({}, "a b", body("vault_in", amount=1), (422, "invalid")),
        ({}, "x" * 65, body("vault_in", amount=1), (422, "invalid")),
        ({}, "k", b"{", (400, "malformed")),
        ({}, "k", body("vault_in", amount=1, more=1), (422, "unknown_field")),
        ({}, "k", body("vault_in", amount=-1), (422, "invalid")),
        ({"role": "cashier"}, "k", body("vault_in", amount=1), (403, "forbidden")),
        ({"role": "floor"}, "k", body(**sale("buy_in", "a", "b")), (403, "forbidden")),
        ({"role": "player"}, "k", body(**sale("buy_in", "a", "b")), (403, "forbidden")),
        ({"opened_by": "core"}, "k", body("vault_in", amount=1), (403, "other_leaf")),
        ({"venue": "other"}, "k", body("vault_in", amount=1), (403, "other_leaf")),
    ],
)
async def test_what_is_no_outcome_stores_nothing(
    cage: Cage, who: dict[str, Any], key: str | None, data: bytes, expected: tuple[int, str]
) -> None:  # [LE10] [LE17]
    assert await problem(cage.command(signed_in(**who), key, data)) == expected
    assert cage.seq == 5
    if key:
        assert await cage.look(lambda journal: journal.outcome("till1", key)) is None


async def test_a_key_used_for_something_else_is_an_error(cage: Cage) -> None:  # [LE10]
    await post(cage, "k", "vault_in", amount=1)
    assert await problem(cage.command(signed_in(), "k", body("vault_in", amount=2))) == (422, "key_reused")


async def test_fifty_tills_sell_one_entry_once(cage: Cage) -> None:  # [LE11] [LE20]
    outcomes: list[object] = []

    async def sell(n: int) -> None:
        who = signed_in("cashier", device=f"till{n}")
        asked = body(**sale("buy_in", "ann", f"a{n}", expects={"entries": 0}))
        outcomes.append(await cage.command(who, f"k{n}", asked))

    async with anyio.create_task_group() as tasks:
        for n in range(50):
            tasks.start_soon(sell, n)
    refused = [outcome.refusal.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused == ["changed"] * 49
    assert cage.statistics()["commits"] < 50


async def test_a_line_that_is_full_turns_away(cage: Cage) -> None:
    turned_away: list[str] = []

    async def ask(n: int) -> None:
        try:
            await cage.command(signed_in(), f"k{n}", body("vault_in", amount=1))
        except Problem as error:
            turned_away.append(error.code)

    async with anyio.create_task_group() as tasks:
        for n in range(WAITING_MAX + 100):
            tasks.start_soon(ask, n)
    assert set(turned_away) == {"too_many"}
    assert cage.seq == 5 + WAITING_MAX + 100 - len(turned_away)


async def test_a_second_person_is_asked_for_their_pin(cage: Cage) -> None:  # [LE16]
    await post(cage, "k0", "cash_buy_in", player="bob", drawer="d", amount=60_000)
    chips: dict[str, Any] = {"player": "bob", "drawer": "d", "amount": 50_001}

    async def cash_out(key: str, **second: str) -> str:
        asked = body("cash_out", **chips, **({"second": second} if second else {}))
        outcome = await cage.command(signed_in("cashier"), key, asked)
        return "posted" if isinstance(outcome, Posted) else outcome.refusal.code

    assert await cash_out("k1") == "needs_second"
    assert await cash_out("k2", person="zoe", pin="9999") == "wrong_second"
    assert await cash_out("k2", person="zoe", pin="73915531") == "wrong_second"
    assert await cash_out("k3", person="flo", pin="4444") == "wrong_second"
    assert await cash_out("k4", person="mia", pin="1111") == "wrong_second"
    assert await cash_out("k5", person="zoe", pin="73915531") == "posted"


async def test_no_pin_is_written_down(cage: Cage) -> None:  # [LE9]
    second = {"person": "zoe", "pin": "73915531"}
    await cage.command(signed_in(), "k", body("vault_in", amount=5, second=second))
    image = await cage.look(lambda journal: journal._db.serialize("main"))
    assert b"zoe" in image
    assert b"73915531" not in image


async def test_a_caller_who_hangs_up_is_booked_all_the_same(cage: Cage) -> None:  # [LE9]
    asked = body("vault_in", amount=5)
    with anyio.move_on_after(0) as scope:
        await cage.command(signed_in(), "k", asked)
    assert scope.cancelled_caught
    await cage.command(signed_in(), "k2", body("vault_in", amount=6))
    first = await cage.command(signed_in(), "k", asked)
    assert isinstance(first, Posted)
    assert first.link.entry.seq <= 7


async def test_a_restart_answers_what_was_answered(tmp_path: Path) -> None:  # [LE9] [LE12]
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        outcome = await post(cage, "k", **sale("buy_in", "ann", "a1"))
    async with running(new_cage(tmp_path)) as cage:
        assert cage.seq == 6
        assert await post(cage, "k", **sale("buy_in", "ann", "a1")) == outcome


async def test_two_cages_cannot_have_one_ledger(cage: Cage, tmp_path: Path) -> None:  # [LE30]
    with pytest.raises(ExceptionGroup) as raised:
        async with running(new_cage(tmp_path)):
            pass
    assert raised.group_contains(LedgerLocked)


async def test_a_ledger_that_does_not_verify_takes_no_money_and_says_why(tmp_path: Path) -> None:  # [LE33]
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
    db = apsw.Connection(str(tmp_path / "ledger.db"))
    db.execute("DROP TRIGGER entries_stay; UPDATE entries SET hash = zeroblob(32) WHERE seq = 2")
    db.close()
    async with running(new_cage(tmp_path)) as cage:
        assert "entry 2" in (cage.why_not_ready() or "")
        assert await problem(cage.command(signed_in(), "k", body("vault_in", amount=1))) == (503, "not_ready")


async def test_a_stranger_who_writes_stops_all_money(cage: Cage, tmp_path: Path) -> None:  # [LE31]
    db = apsw.Connection(str(tmp_path / "ledger.db"))
    db.execute("INSERT INTO entries VALUES (6, zeroblob(32), '{}')")
    db.close()
    for key in ("k1", "k2"):
        assert await problem(cage.command(signed_in(), key, body("vault_in", amount=1))) == (503, "not_ready")
    assert "the file ends at entry 6" in (cage.why_not_ready() or "")


async def test_a_full_disk_is_not_ready_and_passes(cage: Cage) -> None:  # [LE32]
    def limit(pages: int) -> Awaitable[object]:
        return cage.look(lambda journal: journal._db.pragma("max_page_count", pages))

    pages = await cage.look(lambda journal: journal._db.pragma("page_count"))
    await limit(pages)
    codes = set()
    for n in range(60):
        asked = body("cash_buy_in", player="p" * 36, table="t" * 36, drawer="d", amount=1, names="n" * 64)
        try:
            await cage.command(signed_in(), f"k{n}", asked)
        except Problem as error:
            codes.add((error.status, error.code))
    assert codes == {(503, "not_ready")}
    assert cage.why_not_ready() == "the disk is full: nothing is booked"
    await limit(1 << 30)
    await post(cage, "more", "vault_in", amount=5)
    assert cage.why_not_ready() is None


async def test_a_ledger_that_starts_on_a_full_disk_opens_by_itself_when_there_is_room(tmp_path: Path) -> None:
    """[LE32]"""
    async with running(new_cage(tmp_path)) as cage:
        await post(cage, "before", "vault_in", amount=5)
    with no_file_may_grow_beyond(0):
        begun = running(new_cage(tmp_path))
        cage = await begun.__aenter__()
        assert (cage.why_not_ready() or "").startswith("the ledger does not open: the disk takes nothing now")
        with pytest.raises(Problem) as refused:
            await cage.command(signed_in(), "k", body("vault_in", amount=5))
        assert (refused.value.status, refused.value.code) == (503, "not_ready")
    try:
        with anyio.fail_after(60):
            while True:
                if cage.why_not_ready() is None:
                    break
                await anyio.sleep(0.01)
        again = await cage.command(signed_in(), "before", body("vault_in", amount=5))
        assert isinstance(again, Posted)
        assert (again.link.entry.seq, (await post(cage, "k", "vault_in", amount=5)).link.entry.seq) == (2, 3)
    finally:
        await begun.__aexit__(None, None, None)


async def test_a_stopping_cage_answers_those_who_wait(tmp_path: Path) -> None:
    answers: list[object] = []

    async def ask(cage: Cage, n: int) -> None:
        try:
            answers.append(await cage.command(signed_in(), f"k{n}", body("vault_in", amount=1)))
        except Problem as error:
            answers.append(error.code)

    async with anyio.create_task_group() as askers, running(new_cage(tmp_path)) as cage:
        for n in range(600):
            askers.start_soon(ask, cage, n)
        await anyio.lowlevel.checkpoint()
    assert len(answers) == 600
    assert {answer for answer in answers if isinstance(answer, str)} <= {"not_ready"}


async def test_a_look_that_breaks_is_its_askers_alone(cage: Cage) -> None:
    with pytest.raises(ZeroDivisionError):
        await cage.look(lambda _: 1 // 0)
    await post(cage, "more", "vault_in", amount=5)
    assert cage.why_not_ready() is None


async def test_a_command_that_breaks_takes_no_other_with_it(
    cage: Cage, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE9]
    decide = Book.decide

    def or_break(book: Book, asked: Asked) -> Draft | Refusal:
        if asked.key == "bad":
            raise RuntimeError("a bug in a rule")
        return decide(book, asked)

    monkeypatch.setattr(Book, "decide", or_break)
    answers: dict[str, object] = {}

    async def ask(key: str) -> None:
        try:
            answers[key] = await cage.command(signed_in(), key, body("vault_in", amount=1))
        except RuntimeError as error:
            answers[key] = error

    async with anyio.create_task_group() as tasks:
        for key in ("k1", "bad", "k2"):
            tasks.start_soon(ask, key)
    assert isinstance(answers["bad"], RuntimeError)
    assert isinstance(answers["k1"], Posted)
    assert isinstance(answers["k2"], Posted)
