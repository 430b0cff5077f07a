"""Two contents under one number: told across the office's first page until a box has gone on with one."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.play import entries, sell
from tests.fix_room import Room, Tablets, until


def copied(ledger: Path, to: Path) -> None:
    """As an administrator copies a file of a running box: whole, but a moment old."""
    with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)


def set_back(room: Room, saved: Path) -> None:
    """The box runs on from an old copy of its ledger, and nobody has told it so."""
    watchman = room.pid("demo")
    os.kill(watchman, signal.SIGSTOP)  # else it starts the box before the file is there
    try:
        leaf = room.pid("leaf")
        os.kill(leaf, signal.SIGKILL)
        until(lambda: is_dead(leaf), "it writes no more")
        ledger = room.data / "leaf" / "ledger.db"
        for beside in ledger.parent.glob("ledger.db-*"):
            beside.unlink()
        shutil.copyfile(saved, ledger)
    finally:
        before = room.pid("leaf")
        os.kill(watchman, signal.SIGCONT)
    until(lambda: room.pid("leaf") != before, "the box is started again")
    room.healthy()


def is_dead(pid: int) -> bool:
    """Its parent, that stands still, has not buried it yet."""
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "Z"


def fork(room: Room, folder: Path) -> int:
    """Makes one, with real processes; answers the first number that has two contents."""
    saved = folder / "saved.db"
    copied(room.data / "leaf" / "ledger.db", saved)
    first = len(entries(room)) + 1
    sell(room, ["Ada Byron"])
    until(lambda: len(entries(room, room.core_url)) == first, "the core has it")
    room.line("cut")
    set_back(room, saved)
    sell(room, ["Carl Gauss", "Emmy Noether"])
    room.line("restore")
    until(lambda: room.get("/api/v1/ledger/forks", at=room.core_url)["stopped"], "the core has seen it")
    return first


def name_of(room: Room, role: str) -> str:
    people = room.get("/api/v1/people")
    return str(next(one["name"] for one in people if one["person"] == room.demo["people"][role]))


def test_a_fork_stands_across_the_page_until_it_is_cleared(
    room: Room, tablets: Tablets, tmp_path: Path
) -> None:
    """[LE146] [LE160] Nothing puts it away: a manager only says by name that they know of it."""
    room.prepare()
    number = f"{fork(room, tmp_path):05}"
    page = tablets.office("Office")
    block = page.get_by_test_id("fork-block")
    expect(block).to_contain_text(number)
    expect(block.get_by_role("button")).to_have_count(1)  # to say that one knows of it, and no other
    page.keyboard.press("Escape")
    page.get_by_test_id("nav-people").click()
    expect(block).to_have_count(0)
    page.get_by_test_id("nav-tonight").click()
    expect(block).to_be_visible()

    block.get_by_role("link").click()
    expect(page.get_by_test_id("fork-row")).to_contain_text(number)
    expect(page.get_by_test_id("forks")).to_contain_text(f"felt ledger set-aside --after {int(number) - 1}")
    page.get_by_test_id("nav-tonight").click()

    page.get_by_test_id("fork-seen").click()
    seen = page.get_by_test_id("fork-seen-by")
    expect(seen).to_contain_text(f"{name_of(room, 'manager')} knows of it since")
    expect(page.get_by_test_id("fork-seen")).to_have_count(0)
    page.reload()
    expect(seen).to_be_visible()
    expect(block.get_by_role("button")).to_have_count(0)
    expect(block).to_contain_text(number)
