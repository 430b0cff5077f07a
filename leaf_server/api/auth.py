"""`/api/v1/auth/…`: staff sign in by PIN on an enrolled device; tokens are refreshed and ended."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints
from starlette.responses import Response

from crdt_models.documents.catalogue import MANAGERS
from leaf_server.api.answers import ID, SIGNED_IN, forget_session, signed_in
from leaf_server.identity import Identity
from leaf_server.identity.devices import Device
from leaf_server.identity.people import PIN, ROLES_OF_DEVICES
from leaf_server.identity.pins import refused
from serving.operations import ANYONE, Answer, Call, Operation
from serving.problems import Body, Problem

__all__ = ["auth_operations"]

Id = Annotated[str, StringConstraints(pattern=ID)]
Secret = Annotated[str, Field(max_length=200)]


class Login(Body):
    method: Literal["pin"]
    person: Id
    pin: Annotated[str, StringConstraints(pattern=f"^{PIN}$")]
    device: Id | None = None
    device_secret: Secret | None = None


class Methods(Answer):
    methods: list[str]


class Staff(Answer):
    person: str
    name: str
    role: str


class WhoAmI(Answer):
    person: str
    name: str
    role: str
    device: str
    venue: str
    expires_ms: int


class Refresh(Body):
    refresh: Secret


_LOGIN_PROBLEMS: Final = {
    401: "no_device, wrong_pin", 403: "forbidden", 423: "locked", 429: "wait, too_many",
}  # fmt: skip


def auth_operations(identity: Identity) -> list[Operation]:
    """Sign-ins of this leaf."""

    async def methods(_: Call) -> Methods:
        return Methods(methods=["pin"])

    async def people(call: Call) -> list[dict[str, Any]]:
        device = identity.devices.at(call.request)
        if device is None:
            raise _no_device()
        return [
            Staff(person=one.person, name=one.name, role=one.role).model_dump()
            for one in identity.people.on(device.kind)
        ]

    async def login(call: Call) -> Response:
        body = call.of(Login)
        device = _device(identity, call, body)
        person = identity.people.get(body.person)
        if person is not None and person.role not in ROLES_OF_DEVICES[device.kind]:
            raise Problem(
                403, "forbidden", "This role does not sign in on this device.", {"role": person.role}
            )
        check = await identity.people.check(body.person, body.pin)
        if check.answer != "right":
            raise refused(check)
        opened = await identity.sign_ins.open(body.person, check.role, device.device)
        return signed_in(call.request, opened, check.name)

    async def refresh(call: Call) -> Response:
        opened = await identity.sign_ins.refresh(call.of(Refresh).refresh)
        return signed_in(call.request, opened, _name(identity, opened.sign_in.person))

    async def logout(call: Call) -> Response:
        await identity.sign_ins.end(call.sign_in.session)
        return forget_session(call.request)

    async def whoami(call: Call) -> WhoAmI:
        one = call.sign_in
        return WhoAmI(
            person=one.person,
            name=_name(identity, one.person),
            role=one.role,
            device=one.device,
            venue=one.venue,
            expires_ms=one.expires_s * 1000,
        )

    async def unlock(call: Call) -> None:
        if not await identity.people.unlock(call.path("person")):
            raise Problem(404, "no_person", "There is nobody of this id.")

    return [
        Operation("GET", "/api/v1/auth/methods", "How to sign in here", methods, None, answer=Methods),
        Operation(
            "GET", "/api/v1/auth/people", "Staff who may sign in on this device", people, None,
            answer={"type": "array", "items": Staff.model_json_schema()}, problems={401: "no_device"},
        ),
        Operation(
            "POST", "/api/v1/auth/login", "Sign in by PIN on an enrolled device", login, None, Login,
            SIGNED_IN,
            problems=_LOGIN_PROBLEMS,
        ),
        Operation(
            "POST", "/api/v1/auth/refresh", "A new token for a refresh token, once", refresh, None,
            Refresh, SIGNED_IN, problems={401: "signed_out, refresh_reused"},
        ),
        Operation("POST", "/api/v1/auth/logout", "End this sign-in", logout, ANYONE, status=204),
        Operation("GET", "/api/v1/auth/whoami", "Who is signed in", whoami, ANYONE,
            answer=WhoAmI, elsewhere=True),
        Operation(
            "POST", "/api/v1/auth/people/{person}/unlock", "Let a locked person try again", unlock, MANAGERS,
            status=204, problems={404: "no_person"},
        ),
    ]  # fmt: skip


def _device(identity: Identity, call: Call, body: Login) -> Device:
    if body.device is not None and body.device_secret is not None:
        device = identity.devices.known(body.device, body.device_secret)
    else:
        device = identity.devices.at(call.request)
    if device is None:
        raise _no_device()
    return device


def _no_device() -> Problem:
    return Problem(401, "no_device", "This device is not enrolled here.")


def _name(identity: Identity, person: str) -> str:
    """A staff member's name; players' names are in the roster, screens have none."""
    known = identity.people.get(person)
    return known.name if known is not None else ""
