"""CSV that no spreadsheet computes, and text that the real `bean-check` takes with our balances in it."""

import csv
import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bookkeeping import FORMATS, cell
from ledger.chain import Tip, extend
from ledger.entry import Entry, Posting
from tests.ledger.till import Till, sale

BEAN_CHECK = Path(sys.executable).with_name("bean-check")


@pytest.fixture
def till(tmp_path: Path) -> Till:
    till = Till(tmp_path)
    till.open_house()
    till.post(**sale("buy_in", "ann", "a_1"))
    till.post(**sale("buy_in", "bob", "b-1"))
    till.post(**sale("rebuy", "bob", "b-1"))
    till.post("drop_to_vault", drawer="d", amount=7_531)
    till.post("reverse", seq=6, reason="=HYPERLINK(1)")
    return till


def exported(till: Till, form: str) -> bytes:
    exporter = FORMATS[form]()
    rows = till.journal.stored_after(0, 100)
    parts = [exporter.entry(body, hash_) for _, body, hash_ in rows]
    return b"".join([exporter.start(), *parts, exporter.end(till.journal.head())])


def checked(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BEAN_CHECK, path], capture_output=True, text=True)


def test_bean_check_takes_it_with_every_balance(till: Till, tmp_path: Path) -> None:
    """[LE94] It says at the end what each account must hold; one cent else, and the tool says no."""
    text = exported(till, "beancount")
    assert text.count(b" balance ") == len({*till.journal.book.balances(), "2020/t", "2010/t"} | {"3000"})
    path = tmp_path / "ledger.beancount"
    path.write_bytes(text)
    told = checked(path)
    assert (told.returncode, told.stderr) == (0, "")
    path.write_bytes(text.replace(b"Assets:1010-d  ", b"Assets:1010-d  1", 1))
    assert checked(path).returncode == 1


def test_days_are_those_of_the_calendar() -> None:
    """[LE94]"""
    for at_ms in [*range(0, 2**42, 86_400_000 * 97), 951_782_400_000, 4_107_542_399_999]:
        entry = Entry(
            venue="v", term=1, seq=1, at_ms=at_ms, kind="adopt_profile", key="k", person="p", device="d",
            content="", rules={}, postings=(), data={},
        )  # fmt: skip
        link = extend(Tip("v", 1, 0, bytes(32), 0), entry)
        told = FORMATS["csv"]().entry(link.body, link.hash).decode().split(",")[1]
        assert told == datetime.fromtimestamp(at_ms / 1_000, UTC).date().isoformat()


def test_csv_sums_to_the_balances_and_names_nobody(till: Till) -> None:
    """[LE95]"""
    rows = list(csv.DictReader(io.StringIO(exported(till, "csv").decode(), newline="")))
    sums: dict[str, int] = {}
    for row in filter(lambda row: row["account"], rows):
        cents = round(float(row["debit"] or 0) * 100) - round(float(row["credit"] or 0) * 100)
        sums[row["account"]] = sums.get(row["account"], 0) + cents
    assert {account: cents for account, cents in sums.items() if cents} == till.journal.book.balances()
    assert sorted({int(row["seq"]) for row in rows}) == list(range(1, till.journal.tip.seq + 1))
    assert b"mia" not in exported(till, "csv") + exported(till, "beancount")
    assert b"HYPERLINK" not in exported(till, "csv") + exported(till, "beancount")


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_none_is_lost(text: str) -> None:
    """[LE95]"""
    line = cell(text)
    (row,) = (
        list(csv.reader([line], strict=True)) if text and "\n" not in text and "\r" not in text else [[text]]
    )
    assert row[0].removeprefix("'") == text.removeprefix("'")
    assert not line.removeprefix('"').startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.text("abAB-_.:/=", min_size=1, max_size=8), min_size=2, max_size=2, unique=True))
def test_two_accounts_are_never_one_for_beancount(names: list[str]) -> None:
    """[LE94]"""
    told = set()
    for name in names:
        exporter = FORMATS["beancount"]()
        account = f"2030/{name}".replace("=", "-3D")
        if account.count("/") > 2 or account.endswith("/") or "//" in account:
            return
        postings = (Posting(account, 1), Posting("1000", -1))
        entry = Entry(
            venue="v", term=1, seq=1, at_ms=0, kind="buy_in", key="k", person="p", device="d", content="",
            rules={}, postings=postings, data={},
        )  # fmt: skip
        link = extend(Tip("v", 1, 0, bytes(32), 0), entry)
        told.add(exporter.entry(link.body, link.hash).split(b"open ")[1].split()[0])
    assert len(told) == len({name.replace("=", "-3D") for name in names})
