"""The staff list: only managers keep it, PINs never come out, and who changes is signed out."""

from typing import Any

import httpx
import pytest

from tests.leaf_server.fix_identity import Desk, desk
from tests.leaf_server.test_identity import bearer, code

pytestmark = pytest.mark.anyio
__all__ = ["desk"]


class Manager:
    """Ana, at the staff list."""

    def __init__(self, desk: Desk, token: str) -> None:
        self.desk = desk
        self.headers = bearer(token)

    async def list(self) -> dict[str, dict[str, Any]]:
        answer = await self.desk.client.get("/api/v1/people", headers=self.headers)
        assert answer.status_code == 200, answer.text
        assert "hash" not in answer.text
        return {one["person"]: one for one in answer.json()}

    async def add(self, **new: Any) -> httpx.Response:
        return await self.desk.client.post("/api/v1/people", json=new, headers=self.headers)

    async def change(self, person: str, **change: Any) -> httpx.Response:
        path = f"/api/v1/people/{person}"
        return await self.desk.client.patch(path, json=change, headers=self.headers)


@pytest.fixture
async def manager(desk: Desk) -> Manager:
    return Manager(desk, (await desk.opened()).token)


async def test_somebody_new_signs_in_with_their_pin(desk: Desk, manager: Manager) -> None:
    assert (await manager.add(person="dan", name=" Dan ", role="cashier", pin="4444")).json() == {
        "person": "dan"
    }
    assert (await desk.login(await desk.device("cage"), "dan", "4444")).json()["role"] == "cashier"
    listed = (await manager.list())["dan"]
    assert listed == {
        "person": "dan", "name": "Dan", "role": "cashier", "active": True, "locked": False, "sign_ins": 1,
    }  # fmt: skip
    await desk.open()  # a restart knows him too
    assert (await desk.login(await desk.device(), "dan", "4444")).status_code == 200


async def test_an_id_is_made_where_none_is_given_and_is_for_one(manager: Manager) -> None:
    made = (await manager.add(name="Eve", role="floor", pin="5555")).json()["person"]
    assert (await manager.list())[made]["name"] == "Eve"
    assert code(await manager.add(person="ben", name="Ben 2", role="floor", pin="5555")) == (
        409, "person_exists",
    )  # fmt: skip


@pytest.mark.parametrize("role", ["floor", "cashier"])
async def test_only_managers_see_and_change_the_list(desk: Desk, role: str) -> None:
    token = (await desk.opened({"floor": "ben", "cashier": "cat"}[role], role)).token
    other = Manager(desk, token)
    assert code(await desk.client.get("/api/v1/people", headers=bearer(token))) == (403, "forbidden")
    assert code(await other.add(name="X", role="manager", pin="1234")) == (403, "forbidden")
    assert code(await other.change("ana", pin="1234")) == (403, "forbidden")


@pytest.mark.parametrize(
    "wrong",
    [{"role": "admin"}, {"role": "king"}, {"pin": "12"}, {"pin": "12a4"}, {"name": "  "}, {"active": "no!"}],
)
async def test_what_is_no_person_is_refused(manager: Manager, wrong: dict[str, Any]) -> None:
    assert code(await manager.change("ben", **wrong)) == (422, "invalid")
    assert (await manager.list())["ben"]["role"] == "floor"


@pytest.mark.parametrize("change", [{"pin": "9999"}, {"role": "cashier"}, {"active": False}])
async def test_another_pin_another_role_and_leaving_end_what_is_open(
    desk: Desk, manager: Manager, change: dict[str, Any]
) -> None:
    opened = await desk.opened("ben", "floor")
    assert (await manager.change("ben", **change)).status_code == 204
    whoami = await desk.client.get("/api/v1/auth/whoami", headers=bearer(opened.token))
    assert code(whoami) == (401, "signed_out")
    again = await desk.client.post("/api/v1/auth/refresh", json={"refresh": opened.refresh})
    assert code(again) == (401, "signed_out")
    assert (await manager.list())["ben"]["sign_ins"] == 0


async def test_another_name_ends_nothing(desk: Desk, manager: Manager) -> None:
    opened = await desk.opened("ben", "floor")
    assert (await manager.change("ben", name="Benjamin")).status_code == 204
    whoami = await desk.client.get("/api/v1/auth/whoami", headers=bearer(opened.token))
    assert whoami.json()["name"] == "Benjamin"


async def test_a_new_pin_replaces_the_old_and_unlocks(desk: Desk, manager: Manager) -> None:
    device = await desk.device()
    for _ in range(10):
        await desk.login(device, "ben", "0000")
        desk.ms += 10**7
    manager.headers = bearer((await desk.opened()).token)  # hers is too old by now
    assert (await manager.list())["ben"]["locked"]
    assert (await manager.change("ben", pin="8888")).status_code == 204
    assert code(await desk.login(device, "ben", "2222")) == (401, "wrong_pin")
    assert (await desk.login(device, "ben", "8888")).status_code == 200


async def test_who_left_is_no_longer_asked_and_may_come_back(desk: Desk, manager: Manager) -> None:
    device = await desk.device()
    await manager.change("ben", active=False)
    assert code(await desk.login(device, "ben", "2222")) == (401, "wrong_pin")
    assert [one.person for one in desk.identity.people.on("floor")] == ["ana", "cat"]
    assert not (await manager.list())["ben"]["active"]
    await manager.change("ben", active=True)
    assert (await desk.login(device, "ben", "2222")).status_code == 200


@pytest.mark.parametrize("change", [{"active": False}, {"role": "floor"}])
async def test_a_venue_keeps_a_manager(desk: Desk, manager: Manager, change: dict[str, Any]) -> None:
    assert code(await manager.change("ana", **change)) == (409, "last_manager")
    assert (await manager.list())["ana"]["role"] == "manager"
    await manager.change("ben", role="manager")
    assert (await manager.change("ana", **change)).status_code == 204


async def test_signing_somebody_out_leaves_them_the_pin(desk: Desk, manager: Manager) -> None:
    opened = await desk.opened("ben", "floor")
    out = await desk.client.post("/api/v1/people/ben/sign-out", headers=manager.headers)
    assert out.status_code == 204
    assert code(await desk.client.get("/api/v1/auth/whoami", headers=bearer(opened.token))) == (
        401, "signed_out",
    )  # fmt: skip
    assert (await desk.login(await desk.device(), "ben", "2222")).status_code == 200


async def test_nobody_of_that_id(desk: Desk, manager: Manager) -> None:
    assert code(await manager.change("nobody", name="X")) == (404, "no_person")
    out = await desk.client.post("/api/v1/people/nobody/sign-out", headers=manager.headers)
    assert code(out) == (404, "no_person")
