"""Printed once: whatever printer, line or leaf do, no receipt comes out twice by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from leaf_server.box.database import Database
from leaf_server.paper import press as press_module
from leaf_server.paper.press import WAITING_MAX, Press
from leaf_server.paper.print_jobs import JOBS_MAX, KEPT_MS, PrintJob, PrintJobs
from leaf_server.paper.slip import Row, Slip
from serving.printer_places import PrinterPlace
from serving.problems import Problem
from tests.leaf_server.paper.virtual_printer import COVER_OPEN, PAPER_OUT, VirtualPrinter, printing

pytestmark = pytest.mark.anyio
NOW = 1_700_000_000_000


@dataclass
class Bench:
    """A press with one printer, and a database that outlives it."""

    press: Press
    printer: VirtualPrinter
    database: Database
    clock: list[int]

    async def print(self, key: str, seq: int = 7, *, booked_ms: int = NOW, device: str = "till1") -> PrintJob:
        async def slip(copy: bool) -> Slip:
            return Slip((Row("COPY" if copy else "ORIGINAL"), Row("Receipt", str(seq))))

        place = self.press.place(None)
        return await self.press.print(
            place, slip, device=device, key=key, seq=seq, booked_ms=booked_ms, person="ola"
        )

    @property
    def on_paper(self) -> list[str]:
        return [slip.texts[0] for slip in self.printer.slips]


@asynccontextmanager
async def bench(folder: Path, **place: Any) -> AsyncIterator[Bench]:
    database, clock = Database(folder / "leaf.db"), [NOW]
    await database.open()
    try:
        async with printing() as printer, anyio.create_task_group() as tasks:
            jobs = PrintJobs(database, lambda: clock[0])
            await jobs.load()
            where = PrinterPlace("cage", **(place or {"host": "127.0.0.1", "port": printer.port}))
            press = Press(jobs, [where])
            await tasks.start(press.run)
            yield Bench(press, printer, database, clock)
            tasks.cancel_scope.cancel()
    finally:
        await database.close()


async def code_of(asking: Any) -> str:
    with pytest.raises(Problem) as raised:
        await asking
    return raised.value.code


async def test_the_first_is_the_original_and_all_further_ones_are_copies(tmp_path: Path) -> None:  # [LE121]
    async with bench(tmp_path) as one:
        assert (await one.print("a")).state == "printed"
        assert (await one.print("b")).copy is True
        await one.print("c", device="till2")
        assert one.on_paper == ["ORIGINAL", "COPY", "COPY"]


async def test_the_same_ask_is_the_same_print(tmp_path: Path) -> None:  # [LE121]
    async with bench(tmp_path) as one:
        first = await one.print("a")
        assert [await one.print("a") for _ in range(3)] == [first] * 3
        assert one.on_paper == ["ORIGINAL"]
        assert await code_of(one.print("a", seq=8)) == "key_reused"


@pytest.mark.parametrize(
    ("state", "why"),
    [(PAPER_OUT, "printer_paper"), (COVER_OPEN, "printer_cover"), (b"\x1a\x12\x12", "printer_fault")],
)
async def test_a_printer_that_can_not_print_says_why_and_the_next_try_is_the_original(
    tmp_path: Path, state: bytes, why: str
) -> None:  # [LE122]
    async with bench(tmp_path) as one:
        ready, one.printer.state = one.printer.state, state
        failed = await one.print("a")
        assert (failed.state, failed.why, one.on_paper) == ("failed", why, [])
        one.printer.state = ready
        assert (await one.print("b")).copy is False
        assert one.on_paper == ["ORIGINAL"]


async def test_no_printer_at_that_address_is_said(tmp_path: Path) -> None:  # [LE122]
    async with bench(tmp_path, host="127.0.0.1", port=1) as one:
        job = await one.print("a")
        assert (job.state, job.why) == ("failed", "printer_off")


async def test_a_mute_printer_prints_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE122]
    monkeypatch.setattr("leaf_server.paper.printers.STATE_S", 0.05)
    async with bench(tmp_path) as one:
        one.printer.state = b""
        assert (await one.print("a")).state == "printed"
        await one.printer.wait()
        assert one.on_paper == ["ORIGINAL"]


async def test_a_print_that_broke_off_waits_for_a_person(tmp_path: Path) -> None:  # [LE121]
    async with bench(tmp_path) as one:
        one.printer.dies_after = 60
        job = await one.print("a")
        assert (job.state, job.why) == ("unsure", "printer_silent")
        one.printer.dies_after = None
        assert await code_of(one.print("b")) == "print_unsure"
        assert await one.press.jobs.unsure() == [job]
        await one.press.jobs.settle("till1", "a", on_paper=False, by="ola")
        assert (await one.print("c")).copy is False
        assert await code_of(one.press.jobs.settle("till1", "a", on_paper=True, by="ola")) == "not_unsure"
        assert one.on_paper[-1:] == ["ORIGINAL"]


async def test_what_a_person_saw_on_paper_makes_the_next_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE121]
    monkeypatch.setattr("leaf_server.paper.printers.DONE_S", 0.2)
    async with bench(tmp_path) as one:
        one.printer.says_done = False  # it printed, but the word was lost
        assert (await one.print("a")).state == "unsure"
        one.printer.says_done = True
        await one.press.jobs.settle("till1", "a", on_paper=True, by="ola")
        await one.print("b")
        assert one.on_paper == ["ORIGINAL", "COPY"]


async def test_a_leaf_that_dies_between_printing_and_noting_asks_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE121]
    async with bench(tmp_path) as one:
        one.printer.says_done = False
        monkeypatch.setattr(press_module, "PATIENCE_S", 0.1)
        assert (await one.print("a")).state == "printing"
        assert await code_of(one.print("b")) == "print_running"
        await one.printer.wait()
    async with bench(tmp_path) as one:
        (job,) = await one.press.jobs.unsure()
        assert (job.key, job.why) == ("a", "leaf_stopped")
        assert (await one.print("a")).state == "unsure"
        assert await code_of(one.print("b")) == "print_unsure"
        assert one.on_paper == []


async def test_two_tills_at_once_get_one_original(tmp_path: Path) -> None:  # [LE121]
    answers: list[str] = []

    async def ask(one: Bench, device: str) -> None:
        try:
            answers.append((await one.print("a", device=device)).state)
        except Problem as problem:
            answers.append(problem.code)

    async with bench(tmp_path) as one:
        async with anyio.create_task_group() as tasks:
            for n in range(8):
                tasks.start_soon(ask, one, f"till{n}")
        assert one.on_paper.count("ORIGINAL") == 1
        assert set(answers) <= {"printed", "print_running"}


async def test_an_old_receipt_is_a_copy_whatever_is_known_of_it(tmp_path: Path) -> None:  # [LE121]
    async with bench(tmp_path) as one:
        await one.print("a", seq=1)
        one.clock[0] += KEPT_MS + 1
        assert (await one.print("b", seq=2, booked_ms=one.clock[0])).copy is False
        assert await one.press.jobs.find("till1", "a") is None
        assert (await one.print("c", seq=1)).copy is True


async def test_a_printer_has_so_many_waiting_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE122]
    monkeypatch.setattr(press_module, "PATIENCE_S", 0.0)
    async with bench(tmp_path) as one:
        one.printer.says_done = False
        for n in range(WAITING_MAX + 1):
            assert (await one.print(f"k{n}", seq=n + 1)).state == "printing"
        await one.printer.wait()  # one is at the printer, the others wait
        assert await code_of(one.print("x", seq=999)) == "too_many"


async def test_so_many_jobs_are_kept_and_no_more(tmp_path: Path) -> None:  # [LE122]
    async with bench(tmp_path) as one:
        row = "('d', 'k' || value, value, 0, 'cage', 'ola', ?, 'printed', '', '')"
        await one.database.write(
            lambda db: db.execute(
                "WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?) "
                f"INSERT INTO print_job SELECT {row[1:-1]} FROM n",
                (JOBS_MAX, NOW),
            )
        )
        assert await code_of(one.print("a", seq=JOBS_MAX + 9)) == "too_many"


async def test_a_file_gets_one_slip_behind_the_other(tmp_path: Path) -> None:  # [LE122]
    paper = tmp_path / "paper"
    async with bench(tmp_path, path=paper) as one:
        await one.print("a", seq=1)
        await one.print("b", seq=2)
        one.printer.decoder.feed(paper.read_bytes())
        assert [slip.said("Receipt") for slip in one.printer.slips] == ["1", "2"]


async def test_a_device_that_is_not_there_is_never_made(tmp_path: Path) -> None:  # [LE122]
    async with bench(tmp_path, path=Path("/dev/felt-no-printer")) as one:
        assert (await one.print("a")).why == "printer_off"
        assert not await anyio.Path("/dev/felt-no-printer").exists()


async def test_a_slip_that_can_not_be_laid_out_is_said(tmp_path: Path) -> None:  # [LE122]
    async def broken(_copy: bool) -> Slip:
        raise ValueError("a bug in a layout")

    async with bench(tmp_path) as one:
        place = one.press.place("cage")
        asked = {"device": "till1", "seq": 7, "booked_ms": NOW, "person": "ola"}
        job = await one.press.print(place, broken, key="a", **asked)  # type: ignore[arg-type]
        assert (job.state, job.why, one.on_paper) == ("failed", "not_laid_out", [])
        assert (await one.print("b")).copy is False
