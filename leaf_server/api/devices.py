"""`/api/v1/devices/…`: a manager makes a key, a tablet or screen comes in with it, until it is revoked."""

from typing import Annotated, Any

from pydantic import Field
from starlette.responses import JSONResponse, Response

from crdt_models.documents.catalogue import MANAGERS, STAFF
from leaf_server.api.answers import LINE, put_device, signed_in
from leaf_server.identity import Identity
from leaf_server.identity.devices import Device, Kind, NewDevice
from serving.operations import Answer, Call, Operation
from serving.problems import Body, Problem
from serving.rooms import Rooms

__all__ = ["device_operations"]

Name = Annotated[str, Field(min_length=1, max_length=LINE)]


class Enrol(Body):
    key: Annotated[str, Field(min_length=1, max_length=80)]
    name: Name | None = None  # else as the key was made for


class NewKey(Body):
    kind: Kind
    name: Name


class Enrolled(Answer):
    """Of a display also `token`, `refresh`, `expires_ms`, `person`, `role`: it is signed in by that."""

    device: str
    device_secret: str
    kind: str
    name: str
    venue: str


class DeviceAnswer(Answer):
    """`people`: signed in on it now."""

    device: str
    kind: str
    name: str
    player: str | None
    made_ms: int
    people: list[str]


class DeviceName(Answer):
    device: str
    kind: str
    name: str


class OneTimeKey(Answer):
    key: str
    expires_ms: int


def device_operations(identity: Identity, rooms: Rooms, *, venue: str, start_ms: int) -> list[Operation]:
    """Enrolment and its end. A display is told to the floor's tablets by its fact in `displays`."""

    async def enrol(call: Call) -> Response:
        body = call.of(Enrol)
        device, secret = await identity.devices.enrol(body.key, body.name or "")
        told = _told(device, secret, venue)
        if device.kind == "display":
            await rooms.write("displays", [(f"device/{device.device}", {"name": device.name})])
            opened = await identity.sign_ins.open(device.device, "display", device.device)
            response = signed_in(call.request, opened, device.name, told, status=201)
        else:
            response = JSONResponse(told, 201, {"cache-control": "no-store"})
        put_device(response, call.request, device, secret)
        return response

    async def keys(call: Call) -> OneTimeKey:
        body = call.of(NewKey)
        key, until_ms = await identity.devices.make_key(NewDevice(body.kind, body.name))
        return OneTimeKey(key=key, expires_ms=start_ms + until_ms)

    async def devices(_: Call) -> list[dict[str, Any]]:
        return [
            DeviceAnswer(
                device=one.device, kind=one.kind, name=one.name, player=one.player,
                made_ms=start_ms + one.made_ms, people=one.people,
            ).model_dump()
            for one in await identity.office.devices()
        ]  # fmt: skip

    async def names(_: Call) -> list[dict[str, Any]]:
        return [
            DeviceName(device=one.device, kind=one.kind, name=one.name).model_dump()
            for one in await identity.office.devices()
            if one.kind != "phone"
        ]

    async def revoke(call: Call) -> None:
        device = call.path("device")
        if device == call.sign_in.device:  # else a venue with one tablet could lock itself out
            raise Problem(409, "own_device", "This is the device you are on; revoke it from another.")
        if await identity.office.revoke(device) == "display":
            shown = await rooms.facts("displays")
            names = (f"device/{device}", f"show/{device}")
            gone = [(name, None) for name in names if shown.get(name) is not None]
            if gone:
                await rooms.write("displays", gone)

    return [
        Operation(
            "POST", "/api/v1/devices/enrol", "Let this device in, with a one-time key", enrol, None, Enrol,
            Enrolled, 201,
            problems={401: "unknown_key", 409: "key_used", 410: "key_expired", 429: "too_many"},
        ),
        Operation(
            "POST", "/api/v1/devices/keys", "A one-time key, good for 15 minutes", keys, MANAGERS,
            NewKey, OneTimeKey, 201, problems={429: "too_many"},
        ),
        Operation(
            "GET", "/api/v1/devices", "All devices that were let in", devices, MANAGERS,
            answer={"type": "array", "items": DeviceAnswer.model_json_schema()},
        ),
        Operation(
            "GET", "/api/v1/devices/names", "How tablets and screens are called", names, STAFF,
            answer={"type": "array", "items": DeviceName.model_json_schema()},
        ),
        Operation(
            "DELETE", "/api/v1/devices/{device}", "Let a device in no more; what is open on it ends", revoke,
            MANAGERS, status=204, problems={404: "unknown_device", 409: "own_device"},
        ),
    ]  # fmt: skip


def _told(device: Device, secret: str, venue: str) -> dict[str, Any]:
    told = Enrolled(
        device=device.device, device_secret=secret, kind=device.kind, name=device.name, venue=venue
    )
    return told.model_dump()
