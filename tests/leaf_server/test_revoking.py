"""A device that was revoked: its tokens, sockets and streams end at once, and it does not come back."""

import anyio
import httpx
import pytest
from anyio import Event
from websockets.exceptions import ConnectionClosed

from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.fix_tablet import line_to
from tests.leaf_server.test_identity import code

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]


async def revoke(leaf: Leaf, kind: str, by: dict[str, str]) -> httpx.Response:
    return await leaf.http.delete(f"/api/v1/devices/{leaf.devices[kind]['device']}", headers=by)


async def close_code(leaf: Leaf, token: str, opened: Event, by_http: bool) -> int | None:
    """Reads the floor to the end, answers the close code."""
    async with line_to(leaf, "floor", token, by_http=by_http) as line:
        try:
            async for _ in line:
                opened.set()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else None
        return line.close_code


async def test_tokens_and_sockets_of_a_revoked_device_end_at_once(leaf: Leaf) -> None:
    manager = await leaf.token("ana", "cage")
    ben = await leaf.token("ben", "floor")
    codes: list[int | None] = []

    async def listen(opened: Event, by_http: bool) -> None:
        codes.append(await close_code(leaf, ben["authorization"].split()[1], opened, by_http))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for by_http in (False, True):
                opened = Event()
                tasks.start_soon(listen, opened, by_http)
                await opened.wait()
            assert (await revoke(leaf, "floor", manager)).status_code == 204
    assert codes == [4401, 4401]
    assert code(await leaf.http.get("/api/v1/auth/whoami", headers=ben)) == (401, "signed_out")
    device = {name: leaf.devices["floor"][name] for name in ("device", "device_secret")}
    again = {"method": "pin", "person": "ben", "pin": "2222", **device}
    assert code(await leaf.http.post("/api/v1/auth/login", json=again)) == (401, "no_device")
    listed = (await leaf.http.get("/api/v1/devices", headers=manager)).json()
    assert {one["kind"] for one in listed} == {"cage", "display"}
    assert code(await revoke(leaf, "floor", manager)) == (404, "unknown_device")


async def test_a_revoked_screen_goes_dark_and_off_the_list_of_screens(leaf: Leaf) -> None:
    manager = await leaf.token("ana")
    wall = leaf.devices["display"]
    headers = {"authorization": f"Device {wall['device']}.{wall['device_secret']}"}
    url = f"/events/display/{wall['device']}"
    with anyio.fail_after(20):
        async with leaf.http.stream("GET", url, headers=headers) as stream:
            assert stream.status_code == 200
            chunks = stream.aiter_text()
            await anext(chunks)
            assert (await revoke(leaf, "display", manager)).status_code == 204
            async for _ in chunks:
                pass
    assert code(await leaf.http.get(url, headers=headers)) == (401, "signed_out")
    facts = (await leaf.http.get("/api/v1/documents/displays/facts", headers=manager)).json()["facts"]
    assert f"device/{wall['device']}" not in facts


async def test_who_is_signed_in_where_is_listed_for_managers_only(leaf: Leaf) -> None:
    manager = await leaf.token("ana", "cage")
    ben = await leaf.token("ben", "floor")
    listed = (await leaf.http.get("/api/v1/devices", headers=manager)).json()
    people = {one["kind"]: one["people"] for one in listed}
    assert (people["floor"], people["cage"]) == (["ben"], ["ana"])
    assert "secret" not in str(listed)
    assert code(await leaf.http.get("/api/v1/devices", headers=ben)) == (403, "forbidden")
    assert code(await revoke(leaf, "cage", ben)) == (403, "forbidden")


async def test_nobody_locks_the_room_from_their_own_tablet(leaf: Leaf) -> None:
    assert code(await revoke(leaf, "floor", await leaf.token("ana"))) == (409, "own_device")
