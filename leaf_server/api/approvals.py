"""`/api/v1/approvals`: a second person approves one command of a till on their own tablet, by their PIN."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from leaf_server.identity import Identity
from leaf_server.identity.pins import refused
from leaf_server.money.approvals import Asking
from leaf_server.money.cage import Cage
from ledger.commands import TILLS, AnyCommand, Reverse, read_command
from ledger.commands.pieces import worth_cents
from ledger.errors import CommandInvalid
from ledger.journal import Journal
from serving.operations import Call, Operation
from serving.problems import Body, Problem

__all__ = ["approval_operations"]

_Pin = Annotated[str, StringConstraints(min_length=1, max_length=32)]
_PIECES = ("counted", "cash", "chips", "cage")


class Answered(Body):
    """`yes` with the PIN of who is signed in; a no needs none."""

    yes: bool
    pin: Annotated[_Pin | None, Field()] = None


def approval_operations(cage: Cage, identity: Identity) -> list[Operation]:
    """Nobody approves their own; a leaf that was started anew knows of no question."""
    approvals = cage.approvals

    async def ask(call: Call) -> dict[str, Any]:
        try:
            read = read_command(call.raw)
        except CommandInvalid as error:
            status = 400 if error.code == "malformed" else 422
            raise Problem(status, error.code, error.message, error.details) from None
        if read.command.second is not None:
            raise Problem(422, "invalid", "Ask without `second`.", {"fields": {"second": "not here"}})
        command, data = read.command, read.data
        cents = await cage.look(lambda journal: _amount_cents(journal, command, data))
        asking = approvals.ask(call.sign_in.device, call.sign_in.person, read, cents)
        return {"id": asking.ident, "until_ms": asking.until_ms}

    async def state(call: Call) -> dict[str, Any]:
        asking = approvals.of_device(call.sign_in.device, call.path("id"))
        return {"state": asking.state, "by": asking.by, "until_ms": asking.until_ms}

    async def waiting(call: Call) -> dict[str, Any]:
        names = await _names(identity)
        found = approvals.open_for(call.sign_in.person)
        return {"approvals": [_told(asking, names) for asking in found], "now_ms": cage.now_ms()}

    async def answer(call: Call) -> dict[str, Any]:
        said, person = call.of(Answered), call.sign_in.person
        asking = approvals.to_answer(person, call.path("id"))
        role = call.sign_in.role
        if said.yes:
            role = await _checked(identity.people.check, person, said.pin or "")
            asking = approvals.to_answer(person, call.path("id"))  # a PIN takes a while
        approvals.answer(asking, said.yes, person, role)
        return {"state": asking.state}

    path = "/api/v1/approvals"
    return [
        Operation(
            "POST", path, "Ask for a second person on another tablet, with the command as it will be sent.",
            ask, TILLS, body=AnyCommand, reads_itself=True, status=201,
            problems={422: "invalid", 429: "too_many"},
        ),
        Operation("GET", path, "What waits for a second person that you may be.", waiting, TILLS),
        Operation(
            "GET", path + "/{id}", "What became of this device's question.", state, TILLS,
            problems={404: "no_approval"},
        ),
        Operation(
            "POST", path + "/{id}/answer", "Approve by your PIN, or say no.", answer, TILLS, body=Answered,
            problems={
                401: "wrong_pin", 403: "own_command", 404: "no_approval", 409: "answered", 423: "locked",
                429: "wait, too_many",
            },
        ),
    ]  # fmt: skip


async def _checked(check: Callable[[str, str], Awaitable[Any]], person: str, pin: str) -> str:
    """The role of who is signed in, by their PIN. Raises Problem."""
    found = await check(person, pin)
    if found.answer != "right":
        raise refused(found)
    role: str = found.role
    return role


async def _names(identity: Identity) -> Mapping[str, str]:
    return {one.person: one.name for one in await identity.office.people()}


def _told(asking: Asking, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": asking.ident,
        "person": asking.person,
        "name": names.get(asking.person, asking.person),
        "command": asking.command,
        "amount_cents": asking.amount_cents,
        "asked_ms": asking.asked_ms,
        "until_ms": asking.until_ms,
    }


def _amount_cents(journal: Journal, command: Any, data: Mapping[str, Any]) -> int:
    """What it is about, in minor units: its amount, what it would take back, or what was counted."""
    if isinstance(command, Reverse):
        link = journal.link(command.seq)
        return sum(one.amount for one in link.entry.postings if one.amount > 0) if link else 0
    if "amount" in data:
        return int(data["amount"]["amount"])
    return sum(worth_cents(data[name]) for name in _PIECES if isinstance(data.get(name), dict))
