"""Taking back over the API of a running leaf: acts whole, reasons, all of a device, rights, history."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from crdt_models.facts import Json
from serving import take_back
from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.fix_tablet import Tablet, tablet

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]

EVENT = "tournament/friday"
SETUP: Json = {"kind": "tournament", "name": "Friday 55", "starts_ms": 0, "seats_per_table": 9,
               "starting_stack": 20_000, "late_until_level": 9}  # fmt: skip


def seat(table: str, number: int) -> Json:
    return {"table": table, "seat": number}


def hand(leaf: Leaf, headers: dict[str, str]) -> AbstractAsyncContextManager[Tablet]:
    """Ben's, on the floor tablet."""
    device = leaf.devices["floor"]["device"]
    return tablet(leaf, EVENT, token=headers["authorization"][7:], device=device, person="ben")


async def begin(tablet: Tablet) -> None:
    await tablet.act(
        ("setup", SETUP),
        ("table/t2", {"open": True, "order": 1}),
        ("table/t4", {"open": True, "order": 2}),
        ("entry/e1", {"player": "ben", "number": 1}),
        ("seat/ben", seat("t2", 7)),
    )


async def newest(leaf: Leaf, headers: dict[str, str], **query: str | int) -> list[dict[str, Any]]:
    answer = await leaf.http.get(f"/api/v1/documents/{EVENT}/history", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    changes: list[dict[str, Any]] = answer.json()["changes"]
    return changes


async def test_an_act_is_taken_back_whole_shows_as_that_and_can_be_done_again(leaf: Leaf) -> None:
    """[DO66] [DO67]"""
    ben = await leaf.token("ben")
    async with hand(leaf, ben) as one:
        await begin(one)
        await one.act(("bust/e1", {"player": "ben", "at_ms": 9, "hand": "h"}), ("seat/ben", None))
        await one.is_accepted()
        bust = (await newest(leaf, ben, name="bust/e1"))[0]
        path = f"/api/v1/documents/{EVENT}/take-back"
        dry = await leaf.http.post(path, json={"stamps": [bust["stamp"]], "dry_run": True}, headers=ben)
        assert dry.json() == {
            "written": False,
            "documents": [
                {
                    "document": EVENT,
                    "taken": [
                        {
                            "stamp": bust["stamp"],
                            "person": "ben",
                            "edits": [
                                {"name": "bust/e1", "now": bust["after"], "afterwards": None},
                                {"name": "seat/ben", "now": None, "afterwards": seat("t2", 7)},
                            ],
                        }
                    ],
                    "stays": [],
                }
            ],
        }
        seat_row = (await newest(leaf, ben, name="seat/ben"))[0]
        done = await leaf.http.post(path, json={"stamps": [seat_row["stamp"]]}, headers=ben)
        assert (done.status_code, done.json()["written"]) == (200, True)
        await one.sees("seat/ben", seat("t2", 7))
        await one.sees("bust/e1", None)
        told = await newest(leaf, ben, limit=2)
        assert {(c["name"], c["takes_back"], c["person"], c["via"]) for c in told} == {
            ("seat/ben", bust["stamp"], "ben", "leaf"),
            ("bust/e1", bust["stamp"], "ben", "leaf"),
        }
        assert len({c["act"] for c in told}) == 1
        again = await leaf.http.post(path, json={"stamps": [told[0]["stamp"]]}, headers=ben)
        assert again.status_code == 200
        await one.sees("seat/ben", None)
        await one.sees("bust/e1", bust["after"])


async def test_what_others_depend_on_stays_and_it_is_said_why(leaf: Leaf) -> None:
    """[DO67]"""
    ben = await leaf.token("ben")
    async with hand(leaf, ben) as one:
        await begin(one)
        await one.act(("seat/ben", seat("t4", 4)))
        await one.act(("seat/ana", seat("t2", 7)))
        await one.is_accepted()
        moved = (await newest(leaf, ben, name="seat/ben"))[0]
        path = f"/api/v1/documents/{EVENT}/take-back"
        refused = await leaf.http.post(path, json={"stamps": [moved["stamp"]]}, headers=ben)
        assert refused.status_code == 409
        error = refused.json()["error"]
        (stays,) = error["details"]["stays"]
        assert (stays["before"], stays["after"]) == (seat("t2", 7), seat("t4", 4))
        assert (error["code"], stays["code"], stays["fact"], stays["person"]) == (
            "not_taken_back", "seat_taken", "seat/ana", "ben",
        )  # fmt: skip
        assert stays["at_ms"] == (await newest(leaf, ben, name="seat/ana"))[0]["written_ms"]
        await one.act(("seat/ana", None))
        await one.act(("seat/ben", seat("t4", 5)))
        await one.is_accepted()
        changed = await leaf.http.post(path, json={"stamps": [moved["stamp"]]}, headers=ben)
        assert changed.json()["error"]["details"]["stays"][0]["code"] == "changed"
        forced = {"stamps": [moved["stamp"]], "all_the_same": True}
        assert (await leaf.http.post(path, json=forced, headers=ben)).status_code == 200
        await one.sees("seat/ben", seat("t2", 7))
        unknown = await leaf.http.post(path, json={"stamps": ["1.1.x-1"]}, headers=ben)
        assert (unknown.status_code, unknown.json()["error"]["code"]) == (410, "no_change")


async def test_all_of_a_tablet_since_then_goes_back_but_what_was_changed_on_another(leaf: Leaf) -> None:
    """[DO67]"""
    ben, cat, manager = await leaf.token("ben"), await leaf.token("cat", "cage"), await leaf.token("ana")
    floor, cage = (leaf.devices[kind]["device"] for kind in ("floor", "cage"))
    async with hand(leaf, ben) as one:
        await begin(one)
        await one.is_accepted()
        since = (await newest(leaf, ben, limit=1))[0]["at_ms"] + 1
        await one.act(("seat/ben", seat("t4", 4)))
        await one.act(("seat/cyd", seat("t4", 1)))
        await one.act(("seat/dan", seat("t4", 2)))
        await one.is_accepted()
    async with tablet(leaf, "roster", token=cat["authorization"][7:], device=cage, person="cat") as till:
        await till.act(("setup", {"kind": "roster"}), ("player/p9", {"name": "Eve"}))
        await till.is_accepted()
    moved = (await newest(leaf, ben, name="seat/dan"))[0]
    await leaf.http.post(
        f"/api/v1/documents/{EVENT}/take-back", json={"stamps": [moved["stamp"]]}, headers=ben
    )

    asked = {"since": since, "device": floor}
    assert (await leaf.http.post("/api/v1/take-back", json=asked, headers=ben)).status_code == 403
    everything = await leaf.http.post("/api/v1/take-back", json={"since": 0}, headers=manager)
    assert everything.status_code == 422
    dry = (await leaf.http.post("/api/v1/take-back", json={**asked, "dry_run": True}, headers=manager)).json()
    done = (await leaf.http.post("/api/v1/take-back", json=asked, headers=manager)).json()
    assert (dry["documents"], dry["written"], done["written"]) == (done["documents"], False, True)
    (event,) = done["documents"]
    assert [[edit["name"] for edit in one["edits"]] for one in event["taken"]] == [["seat/ben"], ["seat/cyd"]]
    assert [(one["name"], one["code"]) for one in event["stays"]] == [("seat/dan", "changed")]
    facts = (await leaf.http.get(f"/api/v1/documents/{EVENT}/facts", headers=ben)).json()["facts"]
    assert {name: fact["value"] for name, fact in facts.items() if name.startswith("seat/")} == {
        "seat/ben": seat("t2", 7)
    }
    undone = await newest(leaf, ben, person="ana")
    assert sorted((change["name"], change["takes_back"] is not None) for change in undone) == [
        ("seat/ben", True),
        ("seat/cyd", True),
    ]


async def test_what_says_nothing_is_left_aside_and_what_was_erased_stays(leaf: Leaf) -> None:
    """Null over null, as of an act whose first row was erased, once had no author here."""
    ben = await leaf.token("ben")
    async with hand(leaf, ben) as one:
        await begin(one)
        await one.act(("stack/ben", None), ("seat/ben", seat("t4", 4)))
        await one.act(("stack/ben", None))
        await one.is_accepted()
        nothing, moved = [(await newest(leaf, ben, name=name))[0] for name in ("stack/ben", "seat/ben")]
        path = f"/api/v1/documents/{EVENT}/take-back"
        assert (await leaf.http.post(path, json={"stamps": [moved["stamp"]]}, headers=ben)).status_code == 200
        await one.sees("seat/ben", seat("t2", 7))
        asked = {"stamps": [nothing["stamp"]], "dry_run": True}
        (told,) = (await leaf.http.post(path, json=asked, headers=ben)).json()["documents"]
        assert (told["taken"], [one["code"] for one in told["stays"]]) == ([], ["erased"])


async def test_who_may_not_write_a_document_takes_nothing_back_in_it(leaf: Leaf) -> None:
    ben, cat = await leaf.token("ben"), await leaf.token("cat", "cage")
    async with hand(leaf, ben) as one:
        await begin(one)
        await one.is_accepted()
    stamp = (await newest(leaf, cat, limit=1))[0]["stamp"]
    path = f"/api/v1/documents/{EVENT}/take-back"
    assert (await leaf.http.post(path, json={"stamps": [stamp]}, headers=cat)).status_code == 403
    assert (await leaf.http.post(path, json={"stamps": []}, headers=ben)).status_code == 422


async def test_one_request_takes_back_so_much_and_no_more(
    leaf: Leaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[DO67]"""
    ben, manager = await leaf.token("ben"), await leaf.token("ana")
    async with hand(leaf, ben) as one:
        await begin(one)
        await one.is_accepted()
    monkeypatch.setattr(take_back, "CHANGES_MAX", 4)
    asked = {"since": 0, "device": leaf.devices["floor"]["device"], "dry_run": True}
    refused = await leaf.http.post("/api/v1/take-back", json=asked, headers=manager)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_much")
    path = f"/api/v1/documents/{EVENT}/take-back"
    many = {"stamps": [f"1.{n}.a-1" for n in range(1, take_back.STAMPS_MAX + 2)]}
    assert (await leaf.http.post(path, json=many, headers=ben)).status_code == 422


async def test_the_history_of_all_documents_is_told_by_rights(leaf: Leaf) -> None:
    """[DO65]"""
    ben = await leaf.token("ben")
    async with hand(leaf, ben) as one:
        await begin(one)
        await one.is_accepted()
    code = (await leaf.http.post("/api/v1/players/ben/claim", headers=ben)).json()["code"]
    phone = (await leaf.http.post("/api/v1/players/claim", json={"code": code})).json()
    leaf.http.cookies.clear()
    async with tablet(leaf, "phone/ben", token=phone["token"], device=phone["device"], person="ben") as mine:
        await mine.act(("setup", {"kind": "phone", "until_ms": 9_000_000_000_000}))
        await mine.is_accepted()
    told = (await leaf.http.get("/api/v1/history", headers=ben)).json()
    assert {change["document"] for change in told["changes"]} == {EVENT, "config", "displays"}
    with_money = (await leaf.http.get("/api/v1/history?money=1", headers=ben)).json()
    told_too = {change["document"] for change in with_money["changes"]} - {EVENT, "config", "displays"}
    assert told_too == {"cage"}
    about = (await leaf.http.get("/api/v1/history?about=t4&document=tournament/", headers=ben)).json()
    assert [change["name"] for change in about["changes"]] == ["table/t4"]
    for document, code in (("phone/", 403), ("phone/ben", 403), ("nonsense", 404)):
        assert (await leaf.http.get(f"/api/v1/history?document={document}", headers=ben)).status_code == code
    for names in ("people", "devices"):
        told = (await leaf.http.get(f"/api/v1/{names}/names", headers=ben)).json()
        assert {"Ben", "Floor 1"} & {one["name"] for one in told}
    as_player = {"authorization": f"Bearer {phone['token']}"}
    for path in ("history", "people/names", "devices/names"):
        assert (await leaf.http.get(f"/api/v1/{path}", headers=as_player)).status_code == 403
