"""`/api/v1/devices/…`: a manager makes a key, a tablet or screen comes in with it, once."""

from typing import Annotated, Any

from pydantic import Field
from starlette.responses import JSONResponse, Response

from crdt_models.documents.catalogue import MANAGERS
from leaf_server.identity import Identity
from leaf_server.identity.devices import Device, Kind, NewDevice
from serving.operations import Answer, Call, Operation
from serving.problems import Body
from serving.rooms import Rooms

from .answers import LINE, put_device, signed_in

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


class OneTimeKey(Answer):
    key: str
    expires_ms: int


def device_operations(identity: Identity, rooms: Rooms, *, venue: str, start_ms: int) -> list[Operation]:
    """Enrolment. A display is told to the floor's tablets by its fact in `displays`."""

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
    ]  # fmt: skip


def _told(device: Device, secret: str, venue: str) -> dict[str, Any]:
    told = Enrolled(
        device=device.device, device_secret=secret, kind=device.kind, name=device.name, venue=venue
    )
    return told.model_dump()
