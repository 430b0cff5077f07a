"""`/api/v1/documents/hand-in`: whether devices may hand in what a restored box forgot; ending it."""

from crdt_models.documents.catalogue import MANAGERS, STAFF
from leaf_server.terms import NoWindow, Terms
from serving.operations import Answer, Call, Operation
from serving.problems import Problem

__all__ = ["hand_in_operations"]


class HandInTold(Answer):
    """`why` the term was opened; `core_asked`: all the core holds of earlier terms is here."""

    term: int
    opened_ms: int
    why: str
    open: bool
    core_asked: bool


def hand_in_operations(terms: Terms) -> list[Operation]:
    async def tell(_: Call) -> HandInTold:
        now = terms.current
        return HandInTold(
            term=now.number, opened_ms=now.opened_ms, why=now.why, open=now.hand_in, core_asked=now.core_asked
        )

    async def close(call: Call) -> None:
        try:
            await terms.close(call.sign_in.person)
        except NoWindow as error:
            raise Problem(409, "no_window", str(error)) from error

    return [
        Operation(
            "GET", "/api/v1/documents/hand-in", "The documents' term, and whether handing in is open", tell,
            STAFF, answer=HandInTold,
        ),
        Operation(
            "POST", "/api/v1/documents/hand-in/close", "Nothing more is handed in", close, MANAGERS,
            status=204, problems={409: "no_window"},
        ),
    ]  # fmt: skip
