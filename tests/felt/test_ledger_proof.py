"""A ledger proved in slices, over processes too: what one reader in one go finds, they find."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from felt import ledger_proof
from felt.cli import run
from felt.ledger_files import open_ledger, own_faults, proof
from felt.ledger_proof import (
    chain_of_export,
    chain_of_file,
    proof_of_export,
    proof_of_file,
    proof_of_rows,
)
from ledger import ranges
from ledger.audit import Audit, Stored, audit
from ledger.chain import ZERO_HASH, Tip, entry_hash, extend
from ledger.entry import ENTRY_BYTES_MAX, entry_bytes, read_entry
from ledger.journal_file import all_stored, open_read_only
from ledger.slices import add_up, begin, go_on_chained, prove
from serving import cores
from tests.ledger.till import VENUE, Till, sale

Rows = list[Stored]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slices")
    with Till(path) as till:
        till.open_house()
        for n in range(6):
            till.post(**sale("buy_in", f"p{n}", f"e{n}"))
            till.post("deposit", player=f"p{n}", method="cash", drawer="d", amount=700)
        till.post("reverse", seq=till.journal.tip.seq, reason="wrong player")
        till.post("drop_to_vault", drawer="d", amount=5_000)
    return path / "ledger.db"


@pytest.fixture(scope="module")
def rows(ledger: Path) -> Rows:
    db, _ = open_read_only(ledger)
    found = list(all_stored(db))
    db.close()
    return found


def in_slices(rows: Rows, size: int) -> Audit:
    starts = range(0, len(rows), size)
    return add_up(prove(rows[at - 1] if at else None, rows[at : at + size]) for at in starts)


def chained(rows: Rows, size: int) -> Audit:
    """By the hash chain alone."""
    found = []
    for at in range(0, len(rows), size):
        slice_ = begin(rows[at - 1] if at else None, rows[at])
        if not slice_.fault:
            go_on_chained(slice_, *zip(*rows[at : at + size], strict=True))
        found.append(slice_)
    return add_up(found)


def told(found: Audit) -> tuple[object, ...]:
    whole = (found.tip, found.entries) if found.ok else None
    return found.faults, found.venue, found.unvouched, found.book.state.terms, whole


def chained_anew(rows: Rows) -> Rows:
    """As a box that forges its ledger would: every number, hash and time fits."""
    tip, forged = Tip.start(VENUE), []
    for body, _ in rows:
        link = extend(tip, replace(read_entry(body), seq=tip.seq + 1))
        forged.append((link.body, link.hash))
        tip = link.tip
    return forged


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_slices_add_up_to_the_whole(rows: Rows, size: int) -> None:  # [LE126]
    whole, found = audit(rows), in_slices(rows, size)
    assert whole.ok
    assert told(found) == told(whole)
    assert found.book.balances() == whole.book.balances()
    assert found.book.state.tournaments == whole.book.state.tournaments
    assert found.book.state.reversed == whole.book.state.reversed


def test_slices_know_what_an_entry_of_another_branch_became(tmp_path: Path) -> None:  # [LE126]
    with Till(tmp_path) as till:
        till.open_house()
        till.post("vault_in", amount=700, rebooks="ab" * 32)
        rows = list(all_stored(open_read_only(till.path)[0]))
    whole, found = audit(rows), in_slices(rows, 2)
    assert found.book.state.dealt_with == whole.book.state.dealt_with == {"ab" * 32: len(rows)}


@given(st.data(), st.integers(1, 6))
def test_what_is_tampered_with_is_told_in_the_same_words(
    rows: Rows, data: st.DataObject, size: int
) -> None:  # [LE126]
    at = data.draw(st.integers(0, len(rows) - 1))
    body, hash_ = rows[at]
    byte = data.draw(st.integers(0, len(body) - 1))
    changed = bytes([*body[:byte], body[byte] ^ data.draw(st.integers(1, 127)), *body[byte + 1 :]])
    ways: list[Rows] = [
        [*rows[:at], (changed, hash_), *rows[at + 1 :]],
        [*rows[:at], (body, bytes(32)), *rows[at + 1 :]],
        [*rows[:at], *rows[at + 1 :]],
        [*rows[: at + 1], *rows[at:]],
        [*rows[:at], *reversed(rows[at:])],
        chained_anew([*rows[: max(at, 1)], *rows[at + 1 :]]),  # what followed from it may fit no more
    ]
    for tampered in ways:
        assert told(in_slices(tampered, size)) == told(audit(tampered))
    for tampered in ways[:-1]:
        assert chained(tampered, size).faults == audit(tampered).faults


def hashed_anew(bodies: list[bytes]) -> Rows:
    """As somebody forges a ledger who puts into it what the ledger's own code would not."""
    before, forged = ZERO_HASH, []
    for body in bodies:
        before = entry_hash(before, body)
        forged.append((body, before))
    return forged


MISSHAPEN: dict[str, tuple[bytes, bytes]] = {
    "a blank": (b'"data":{', b'"data": {'),
    "a blank among legs": (b'"postings":[{', b'"postings":[ {'),
    "a blank among rules": (b'"rules":{"', b'"rules":{ "'),
    "a break of the line": (b'"data":{', b'"data":\n{'),
    "an escape": (b'"player":"p', b'"player":"\\u0070'),
    "an escape in a name": (b'"player":', b'"\\u0070layer":'),
    "a name twice": (b'"term":1', b'"term":1,"term":1'),
    "a name twice in its data": (b'"method":"cash"', b'"method":"cash","method":"cash"'),
    "a name too many": (b'"v":1', b'"u":1,"v":1'),
    "another order": (b'"term":1,"v":1', b'"v":1,"term":1'),
    "no version": (b'"v":1,', b""),
    "another version": (b'"v":1', b'"v":2'),
    "a float": (b'"amount":700', b'"amount":700.0'),
    "an exponent": (b'"amount":700', b'"amount":7e2'),
    "a zero in front": (b'"amount":700', b'"amount":0700'),
    "less than nothing": (b'"at_ms":', b'"at_ms":-'),
    "a number too large": (b'"amount":700,', b'"amount":9007199254740992,'),
    "a truth": (b'"amount":700,', b'"amount":true,'),
    "nothing at all": (b'"amount":700,', b'"amount":null,'),
    "one leg": (b'[{"account":"1010/d","amount":700},', b"["),
    "legs that do not sum": (b'"account":"1010/d","amount":700', b'"account":"1010/d","amount":701'),
    "a leg of zero": (b'[{"account":"1010/d"', b'[{"account":"1000","amount":0},{"account":"1010/d"'),
    "an account of no chart": (b'"account":"1010/d"', b'"account":"1011/d"'),
    "an account without its drawer": (b'"account":"1010/d"', b'"account":"1010"'),
    "no kind": (b'"kind":"deposit"', b'"kind":""'),
    "another venue": (b'"venue":"', b'"venue":"x'),
    "another term": (b'"term":1', b'"term":2'),
    "no term": (b'"term":1', b'"term":0'),
    "a person of no kind": (b'"player":"p', b'"player":[],"q":"p'),
    "a name beyond ASCII": (b'"data":{', '"data":{"\u00e4":1,'.encode()),
    "a text beyond ASCII": (b'"person":"', '"person":"\u00e4'.encode()),
    "half a letter": (b'"person":"', b'"person":"\xc3'),
    "too deep": (b'"data":{', b'"data":{"a":' + b"[" * 9 + b"]" * 9 + b","),
    "too long": (b'"person":"', b'"person":"' + b"x" * ENTRY_BYTES_MAX),
    "no object": (b'{"at_ms"', b'["at_ms"'),
    "two in one": (b'{"at_ms"', b'{}\n{"at_ms"'),
}


@pytest.mark.parametrize("name", MISSHAPEN)
@pytest.mark.parametrize("size", [3, 100])
def test_what_has_another_shape_is_told_in_the_same_words(rows: Rows, name: str, size: int) -> None:
    """[LE126] Proved together they are held to what they are one by one; what is odd here is hashed well."""
    old, new = MISSHAPEN[name]
    bodies = [body for body, _ in rows]
    at = next(n for n, body in enumerate(bodies) if b'"kind":"deposit"' in body and old in body)
    bodies[at] = bodies[at].replace(old, new, 1)
    tampered = hashed_anew(bodies)
    assert told(in_slices(tampered, size)) == told(audit(tampered))


@given(st.data(), st.integers(1, 6))
def test_any_other_byte_that_is_hashed_well_is_told_in_the_same_words(
    rows: Rows, data: st.DataObject, size: int
) -> None:  # [LE126]
    bodies = [body for body, _ in rows]
    at = data.draw(st.integers(1, len(rows) - 1))
    body, byte = bodies[at], data.draw(st.integers(0, len(bodies[at]) - 1))
    bodies[at] = body[:byte] + data.draw(st.binary(max_size=2)) + body[byte + 1 :]
    tampered = hashed_anew(bodies)
    assert told(in_slices(tampered, size)) == told(audit(tampered))


def test_an_entry_that_fits_nothing_before_it_is_told(rows: Rows) -> None:  # [LE126]
    adopted = next(n for n, (body, _) in enumerate(rows) if b'"kind":"adopt_tournament"' in body)
    forged = chained_anew([*rows[:adopted], *rows[adopted + 1 :]])
    found = in_slices(forged, 3)
    assert "does not fit those before it" in found.faults[0]
    assert found.faults == audit(forged).faults


def test_an_entry_that_says_another_sum_than_it_moves_is_told(rows: Rows) -> None:  # [LE181]
    """Balanced, numbered, chained and hashed anew by a box that lies."""
    sold = next(n for n, (body, _) in enumerate(rows) if b'"kind":"buy_in"' in body)
    entry = read_entry(rows[sold][0])
    moved = {"2010/t": 500, "1010/d": -500}
    postings = tuple(replace(leg, amount=leg.amount + moved.get(leg.account, 0)) for leg in entry.postings)
    forged = chained_anew(
        [*rows[:sold], (entry_bytes(replace(entry, postings=postings)), b""), *rows[sold + 1 :]]
    )
    found = in_slices(forged, 3)
    assert found.faults == audit(forged).faults
    assert found.faults == [
        "event t: its prize pool should be 480.00 EUR by its entries, account 2010 holds 475.00 EUR"
    ]


def test_processes_share_out_a_file_and_an_export(
    ledger: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE126]
    monkeypatch.setattr(ledger_proof, "RANGE", 4)
    monkeypatch.setattr(ranges, "RANGE", 4)
    monkeypatch.setattr(cores, "LONG", 0)
    whole = told(audit(rows))
    of_file = proof_of_file(ledger, len(rows))
    assert (told(of_file.found), of_file.kept) == (whole, True)
    assert told(proof_of_rows(iter(rows), 0).found) == whole
    exported = ledger.with_name("shared.jsonl")
    assert run(["ledger", "export", str(ledger), "--to", str(exported)]) == 0
    of_export = proof_of_export(exported)
    assert of_export is not None
    assert told(of_export.found) == whole
    for chain in (chain_of_file(ledger, len(rows), {7}), chain_of_export(exported, {7})):
        assert chain is not None
        assert (told(chain), chain.hashes) == (whole, {7: rows[6][1]})
    broken = [*rows[:9], (rows[9][0], bytes(32)), *rows[10:]]
    assert told(proof_of_rows(iter(broken), 0).found) == told(audit(broken))


def test_an_export_with_anything_odd_in_it_is_read_line_by_line(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE90] [LE126]
    monkeypatch.setattr(ledger_proof, "RANGE", 4)
    path = ledger.with_name("odd.jsonl")
    assert run(["ledger", "export", str(ledger), "--to", str(path)]) == 0
    lines = path.read_bytes().splitlines(keepends=True)
    assert proof_of_export(path) is not None
    for at, line in enumerate(lines):
        for odd in (
            [],
            [line, line],
            [line.replace(b":", b": ", 1)],
            [line.replace(b'"', b"'", 1)],
            [line[:-1]],
        ):
            path.write_bytes(b"".join([*lines[:at], *odd, *lines[at + 1 :]]))
            assert proof_of_export(path) is None or (at, odd) == (len(lines) - 2, [])  # its head tells


def test_what_is_booked_meanwhile_is_left_for_the_next_time(tmp_path: Path) -> None:  # [LE34]
    with Till(tmp_path) as till:
        till.open_house()
        with open_ledger(till.path) as source:
            till.post("vault_in", amount=700)
            proved = proof(source)
            assert (proved.found.faults + own_faults(proved, source), proved.found.entries) == ([], 5)
            assert proved.kept


def test_a_damaged_table_that_names_the_ledger_is_found(ledger: Path, tmp_path: Path) -> None:  # [LE92]
    data = bytearray(ledger.read_bytes())
    data[4_096 + 3] ^= 1  # the second page is that table's: so many rows in it
    path = tmp_path / "damaged.db"
    path.write_bytes(data)
    assert run(["ledger", "verify", str(path)]) == 1
