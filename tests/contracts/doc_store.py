"""What every `crdt_models.update_log.DocStore` must do; run by each implementation's own test file.

    class TestSqlite(DocStoreContract):
        @pytest.fixture
        async def store(self, tmp_path): ...      # an empty store of one venue

and, for what must outlive the process, `reopen(store)`: the same data in a new object.
"""

from collections.abc import Sequence

import pytest

from crdt_models.update_log import HISTORY_WINDOW, Change, DocStore, HistoryPage, HistoryQuery, LogRow

__all__ = ["DocStoreContract", "change", "row"]


def row(document: str = "floor", update: bytes = b"u", epoch: int = 0, **more: object) -> LogRow:
    return LogRow(document=document, epoch=epoch, update=update, **more)  # type: ignore[arg-type]


def change(stamp: str, name: str = "seat/p1", after: str | None = '{"seat":1}') -> Change:
    return Change(stamp, name, None, after, "tab1-x", "ana", 1_234, "device", claimed=False, act="a1")


@pytest.mark.anyio
class DocStoreContract:
    """Inherit, give `store` and `reopen`."""

    @pytest.fixture
    async def store(self) -> DocStore:
        raise NotImplementedError

    async def reopen(self, store: DocStore) -> DocStore:
        """The same data, as after a restart."""
        raise NotImplementedError

    async def test_nothing_is_there_at_first(self, store: DocStore) -> None:
        assert await store.load("floor") is None
        assert await store.last() == 0
        assert list(await store.names()) == []
        assert await store.count("") == 0
        assert list(await store.since(0, 1_000)) == []
        assert await store.history(HistoryQuery(["floor"]), None, 10) == HistoryPage([], None)
        assert await store.cursor("core") == 0

    async def test_a_document_loads_as_it_was_appended(self, store: DocStore) -> None:
        await store.append([row(update=b"one"), row("config", b"other"), row(update=b"two"), row(update=b"")])
        stored = await (await self.reopen(store)).load("floor")
        assert stored is not None
        assert (stored.document, stored.epoch, stored.snapshot) == ("floor", 0, b"")
        assert [update for update in stored.updates if update] == [b"one", b"two"]

    async def test_rows_are_numbered_one_by_one_over_all_documents(self, store: DocStore) -> None:
        assert await store.append([row(), row("config"), row()]) == 3
        assert await store.append([row("config")]) == 4
        assert await (await self.reopen(store)).last() == 4
        rows = await store.since(1, 1 << 20)
        assert [(numbered.n, numbered.row.document) for numbered in rows] == [
            (2, "config"), (3, "floor"), (4, "config"),
        ]  # fmt: skip

    async def test_an_empty_append_gives_no_number(self, store: DocStore) -> None:
        await store.append([row()])
        assert await store.append([]) == 1
        assert await store.last() == 1

    async def test_a_row_comes_back_whole(self, store: DocStore) -> None:
        whole = LogRow(
            document="tournament/00ff",
            epoch=3,
            update=bytes(range(256)),
            vector={"tab1-x": 7, "Tab1-x": 1},
            bound={1: "tab1", 4_294_967_295: ""},
            refused={"1.1.tab1-x": ["0.1.tab2-y", "0.2.tab2-y"], "1.2.tab1-x": []},
            history=[change("z.2.tab1-x"), change("z.1.tab1-x", after=None)],
            leaf_vector={"tab1-x": 5},
            origin="core",
        )
        await store.append([whole])
        (numbered,) = await (await self.reopen(store)).since(0, 10)
        read = numbered.row
        assert (read.document, read.epoch, read.update, read.origin) == (
            "tournament/00ff",
            3,
            bytes(range(256)),
            "core",
        )
        assert (dict(read.vector), dict(read.bound)) == (dict(whole.vector), dict(whole.bound))
        assert dict(read.leaf_vector) == dict(whole.leaf_vector)
        assert _lists(read.refused) == _lists(whole.refused)
        assert list(read.history) == list(whole.history)

    async def test_what_rows_say_of_a_document_adds_up(self, store: DocStore) -> None:
        await store.append([
            row(vector={"a-1": 4, "b-1": 1}, bound={1: "a"}, refused={"1.1.a-1": ["0.1.a-1"]}),
            row(leaf_vector={"a-1": 2}),
            row("config", vector={"a-1": 9}, bound={9: "z"}),
            row(vector={"a-1": 3, "b-1": 2}, bound={2: "b", 3: ""}, leaf_vector={"a-1": 1}),
            row(refused={"1.2.a-1": []}),
        ])  # fmt: skip
        stored = await (await self.reopen(store)).load("floor")
        assert stored is not None
        assert dict(stored.vector) == {"a-1": 4, "b-1": 2}  # the greater stays
        assert dict(stored.leaf_vector) == {"a-1": 2}
        assert dict(stored.bound) == {1: "a", 2: "b", 3: ""}
        assert _lists(stored.refused) == {"1.1.a-1": ["0.1.a-1"], "1.2.a-1": []}

    async def test_a_snapshot_takes_the_place_of_the_updates_before_it(self, store: DocStore) -> None:
        await store.append([row(update=b"one", vector={"a-1": 1}), row("config", b"c"), row(update=b"two")])
        await store.save_snapshot("floor", 0, b"one and two")
        await store.append([row(update=b"three", vector={"a-1": 2})])
        stored = await (await self.reopen(store)).load("floor")
        assert stored is not None
        assert (stored.snapshot, list(stored.updates), dict(stored.vector)) == (
            b"one and two",
            [b"three"],
            {"a-1": 2},
        )
        other = await store.load("config")
        assert other is not None
        assert (other.snapshot, list(other.updates)) == (b"", [b"c"])
        await store.save_snapshot("floor", 0, b"all three")
        stored = await store.load("floor")
        assert stored is not None
        assert (stored.snapshot, list(stored.updates)) == (b"all three", [])

    async def test_a_later_epoch_is_a_new_beginning(self, store: DocStore) -> None:
        """[DO50]"""
        await store.append([
            row(update=b"one", epoch=1, vector={"a-1": 2}, bound={1: "a", 9: ""}, refused={"1.1.a-1": []}),
            row(update=b"two", epoch=1, bound={2: "b"}),
        ])  # fmt: skip
        await store.save_snapshot("floor", 1, b"one and two")
        await store.append([row(update=b"three", epoch=1, bound={3: "c"}, vector={"c-1": 1})])
        await store.append([row(update=b"all", epoch=2, bound={10: ""})])
        await store.append([row(update=b"more", epoch=2, bound={4: "a"}, vector={"a-1": 3})])
        await store.save_snapshot("floor", 1, b"late, of the past")
        stored = await (await self.reopen(store)).load("floor")
        assert stored is not None
        assert (stored.epoch, stored.snapshot, list(stored.updates)) == (2, b"", [b"all", b"more"])
        assert dict(stored.bound) == {10: "", 4: "a"}
        assert stored.former == {1, 2, 3, 9}
        assert dict(stored.vector) == {"a-1": 3, "c-1": 1}
        assert _lists(stored.refused) == {"1.1.a-1": []}
        assert [numbered.n for numbered in await store.since(0, 1 << 20)] == [1, 2, 3, 4, 5]
        await store.save_snapshot("floor", 2, b"all and more")
        stored = await (await self.reopen(store)).load("floor")
        assert stored is not None
        assert (stored.snapshot, list(stored.updates), stored.former) == (b"all and more", [], {1, 2, 3, 9})

    async def test_the_other_server_still_gets_what_a_snapshot_covers(self, store: DocStore) -> None:
        await store.append([row(update=b"one"), row(update=b"two")])
        await store.save_snapshot("floor", 0, b"both")
        assert [numbered.row.update for numbered in await store.since(0, 1 << 20)] == [b"one", b"two"]

    async def test_since_stops_near_its_bound_but_never_at_nothing(self, store: DocStore) -> None:
        await store.append([row(update=bytes(1_000)) for _ in range(10)])
        assert [numbered.n for numbered in await store.since(0, 1)] == [1]
        few = await store.since(2, 3_000)
        assert few[0].n == 3
        assert 1 <= len(few) <= 4
        assert [numbered.n for numbered in await store.since(9, 1 << 20)] == [10]
        assert list(await store.since(10, 1 << 20)) == []

    async def test_names_are_sorted_and_found_by_prefix(self, store: DocStore) -> None:
        await store.append([row("phone/b"), row("floor"), row("phone/a"), row("phone_x"), row("phone/a")])
        assert list(await store.names()) == ["floor", "phone/a", "phone/b", "phone_x"]
        assert list(await store.names("phone/")) == ["phone/a", "phone/b"]
        assert await store.count("phone/") == 2
        assert await store.count("") == 4
        assert await store.count("tournament/") == 0
        assert list(await store.names("phone%")) == []  # a prefix, not a pattern

    async def test_sizes_say_what_a_load_would_read(self, store: DocStore) -> None:
        assert list(await store.sizes()) == []
        await store.append(
            [row(update=b"12345", history=[change("1.1.a-1"), change("2.2.a-1")]), row("config")]
        )
        assert list(await store.sizes()) == [("config", 0, 1, 0), ("floor", 0, 5, 2)]
        await store.save_snapshot("floor", 0, b"123")
        await store.append([row(update=b"1", history=[change("3.3.a-1")])])
        assert list(await store.sizes()) == [("config", 0, 1, 0), ("floor", 0, 4, 3)]

    async def test_history_is_newest_first_of_a_document_or_of_one_fact(self, store: DocStore) -> None:
        one, two, three, other = (
            change("1.1.a-1"), change("2.2.a-1", "seat/p2"), change("3.3.a-1"), change("4.1.b-1"),
        )  # fmt: skip
        await store.append([row(history=[one, two]), row("config", history=[other])])
        await store.append([row(history=[three])])
        assert await _changes(store, "floor") == [three, two, one]
        assert await _changes(store, "floor", "seat/p1") == [three, one]
        assert await _changes(store, "config") == [other]
        assert await _changes(await self.reopen(store), "floor", "seat/p2") == [two]

    async def test_pages_of_history_meet_without_a_gap(self, store: DocStore) -> None:
        changes = [change(f"{n}.{n}.a-1") for n in range(1, 8)]
        await store.append([row(history=changes[:5]), row("config", history=[change("1.1.b-1")])])
        await store.append([row(history=changes[5:])])
        pages, before = [], None
        while before is not None or not pages:
            page = await store.history(HistoryQuery(["floor"]), before, 3)
            pages.append([numbered.change for numbered in page.changes])
            numbers = [numbered.n for numbered in page.changes]
            assert numbers == sorted(numbers, reverse=True)
            before = page.next
        assert pages == [changes[:3:-1], changes[3:0:-1], changes[:1]]

    async def test_history_is_told_by_what_is_asked(self, store: DocStore) -> None:
        """[DO65]"""
        moved = change("1.1.a-1", "seat/ben", '{"table":"t4","seat":4}')._replace(person="bea", via="core")
        out = change("2.2.a-1", "bust/e1", '{"player":"ben"}')._replace(replica="tab10-x", at_ms=2_000)
        other = change("3.3.a-1", "seat/cy", '{"table":"t9","seat":1}')._replace(act="", at_ms=3_000)
        freed = other._replace(stamp="4.4.a-1", before='{"table":"t4","seat":4}', after=None)
        room = change("1.1.b-1", "table/t4", '{"number":4}')
        await store.append(
            [row("tournament/f", history=[moved, out, other, freed]), row("config", history=[room])]
        )
        await store.append([row("tournament/g", history=[moved])])

        async def told(*documents: str, **narrowed: object) -> list[str]:
            query = HistoryQuery(list(documents) or ["tournament/f"], **narrowed)  # type: ignore[arg-type]
            return [one.change.stamp for one in (await store.history(query, None, 10)).changes]

        assert await told() == ["4.4.a-1", "3.3.a-1", "2.2.a-1", "1.1.a-1"]
        assert await told(name="seat/") == ["4.4.a-1", "3.3.a-1", "1.1.a-1"]
        assert await told(name="seat/ben") == ["1.1.a-1"]
        assert await told(about="ben") == ["2.2.a-1", "1.1.a-1"]
        assert await told(about="t4") == ["4.4.a-1", "1.1.a-1"]
        assert await told(about="be") == []
        assert await told(person="bea") == ["1.1.a-1"]
        assert await told(device="tab1") == ["4.4.a-1", "3.3.a-1", "1.1.a-1"]
        assert await told(via="core") == ["1.1.a-1"]
        assert await told(since_ms=2_000) == ["4.4.a-1", "3.3.a-1", "2.2.a-1"]
        assert await told(since_ms=2_000, until_ms=3_000) == ["2.2.a-1"]
        assert await told(act="") == ["4.4.a-1", "3.3.a-1"]
        assert await told(stamps=["1.1.a-1", "3.3.a-1"], name="seat/") == ["3.3.a-1", "1.1.a-1"]
        assert await told("tournament/", via="core") == ["1.1.a-1", "1.1.a-1"]
        assert await told("config", "tournament/", about="t4") == ["1.1.a-1", "1.1.b-1", "4.4.a-1", "1.1.a-1"]
        assert await told("tourn") == []

    async def test_a_question_looks_at_a_bounded_part_of_the_history(self, store: DocStore) -> None:
        """[DO65]"""
        rare = change("0.1.a-1", "seat/rare")
        many = [change(f"1.{n}.a-1") for n in range(1, HISTORY_WINDOW + 1)]
        await store.append([row(history=[rare, *many])])
        asked = HistoryQuery(["floor"], about="rare")
        page = await store.history(asked, None, 10)
        assert page.changes == []
        assert page.next is not None
        last = await store.history(asked, page.next, 10)
        assert ([one.change for one in last.changes], last.next) == ([rare], None)

    async def test_cursors_are_kept_by_key(self, store: DocStore) -> None:
        await store.set_cursor("core", 7)
        await store.set_cursor("projector", 1)
        await store.set_cursors({"core": 8, "projector": 1})
        again = await self.reopen(store)
        assert (await again.cursor("core"), await again.cursor("projector"), await again.cursor("x")) == (
            8,
            1,
            0,
        )

    async def test_a_large_batch_is_one_commit(self, store: DocStore) -> None:
        rows = [row(f"phone/p{n % 50}", bytes([n % 256]) * 200) for n in range(2_000)]
        assert await store.append(rows) == 2_000
        assert await store.count("phone/") == 50
        stored = await store.load("phone/p7")
        assert stored is not None
        assert len(stored.updates) == 40


async def _changes(store: DocStore, document: str, name: str | None = None) -> list[Change]:
    page = await store.history(HistoryQuery([document], name=name or ""), None, 10)
    return [numbered.change for numbered in page.changes]


def _lists(refused: object) -> dict[str, Sequence[str]]:
    assert hasattr(refused, "items")
    return {stamp: list(named) for stamp, named in refused.items()}
