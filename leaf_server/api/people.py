"""`/api/v1/people`: a manager keeps the staff list: who there is, with which role and PIN, and who left."""

from dataclasses import asdict
from typing import Annotated, Any, Final, Literal
from uuid import uuid4

from pydantic import Field, StringConstraints

from crdt_models.documents.catalogue import MANAGERS, STAFF
from leaf_server.api.answers import ID
from leaf_server.identity import Identity
from leaf_server.identity.office import PersonChange
from leaf_server.identity.people import PIN, Person
from serving.operations import Answer, Call, Operation
from serving.problems import Body

__all__ = ["people_operations"]

_NAME_MAX: Final = 60
Id = Annotated[str, StringConstraints(pattern=ID)]
Name = Annotated[str, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=_NAME_MAX)]
Pin = Annotated[str, StringConstraints(pattern=f"^{PIN}$")]
Role = Literal["manager", "floor", "cashier", "dealer"]  # an admin is nobody's to make


class NewPerson(Body):
    person: Id | None = None  # made here, if not given
    name: Name
    role: Role
    pin: Pin


class ChangePerson(Body):
    """What is not given stays."""

    name: Name | None = None
    role: Role | None = None
    pin: Pin | None = None
    active: bool | None = None


class PersonAnswer(Answer):
    """`sign_ins`: open now."""

    person: str
    name: str
    role: str
    active: bool
    locked: bool
    sign_ins: int


class PersonName(Answer):
    person: str
    name: str


class PersonMade(Answer):
    person: str


def people_operations(identity: Identity) -> list[Operation]:
    """The staff list. PINs go in and never come out."""
    office = identity.office

    async def people(_: Call) -> list[dict[str, Any]]:
        return [PersonAnswer(**asdict(one)).model_dump() for one in await office.people()]

    async def names(_: Call) -> list[dict[str, Any]]:
        return [PersonName(person=one.person, name=one.name).model_dump() for one in await office.people()]

    async def add(call: Call) -> PersonMade:
        body = call.of(NewPerson)
        person = body.person or uuid4().hex
        await office.add(Person(person, body.name, body.role), body.pin)
        return PersonMade(person=person)

    async def change(call: Call) -> None:
        change = PersonChange(**call.of(ChangePerson).model_dump())
        await office.change(call.path("person"), change, by_role=call.sign_in.role)

    async def sign_out(call: Call) -> None:
        await office.sign_out(call.path("person"))

    return [
        Operation(
            "GET", "/api/v1/people", "All staff, those who left too", people, MANAGERS,
            answer={"type": "array", "items": PersonAnswer.model_json_schema()},
        ),
        Operation(
            "GET", "/api/v1/people/names", "How the staff is called, those who left too", names, STAFF,
            answer={"type": "array", "items": PersonName.model_json_schema()},
        ),
        Operation(
            "POST", "/api/v1/people", "A new member of staff", add, MANAGERS, NewPerson, PersonMade, 201,
            problems={409: "person_exists", 429: "too_many"},
        ),
        Operation(
            "PATCH", "/api/v1/people/{person}", "Another name, role or PIN, leaving, coming back", change,
            MANAGERS, ChangePerson, status=204, problems={404: "no_person", 409: "last_manager"},
        ),
        Operation(
            "POST", "/api/v1/people/{person}/sign-out", "End all sign-ins of a person", sign_out, MANAGERS,
            status=204, problems={404: "no_person"},
        ),
    ]  # fmt: skip
