"""Terms of the ledger over HTTP: what a till kept is handed in, a manager opens the next term."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from leaf_server.money.new_term import ENTRIES_MAX, HEADS_MAX, NewTerm
from ledger.canonical import canonical
from ledger.commands import MANAGERS, TILLS
from ledger.errors import EntryInvalid
from ledger.heads import Head
from serving.operations import Call, Operation
from serving.problems import Body, Problem

__all__ = ["ledger_term_operations"]

_Text = Annotated[str, StringConstraints(max_length=500)]


class Kept(Body):
    """As the answer to its command had them: an entry, and the head signed at that very entry."""

    entry: dict[str, Any]
    head: dict[str, Any]


class HandIn(Body):
    """What a till kept: heads it has seen, and entries above what the core is known to have."""

    heads: Annotated[list[dict[str, Any]], Field(max_length=HEADS_MAX)] = []
    entries: Annotated[list[Kept], Field(max_length=ENTRIES_MAX)] = []


class OpenTerm(Body):
    """Why; and, where nobody was asked what they hold, why it can't wait."""

    why: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    override: _Text = ""


def ledger_term_operations(new_term: NewTerm, core_seq: Callable[[], int]) -> list[Operation]:
    """`/api/v1/ledger/term` and what comes back to it. `core_seq`: how far the core has it durably, now."""

    async def told(_: Call) -> dict[str, Any]:
        found = new_term.told()
        return found if found["state"] != "open" else {**found, "core": {**found["core"], "seq": core_seq()}}

    async def hand_in(call: Call) -> dict[str, Any]:
        said = call.of(HandIn)
        try:
            heads = [Head.from_json(head) for head in said.heads]
            kept = [(canonical(one.entry), Head.from_json(one.head)) for one in said.entries]
        except EntryInvalid as error:
            raise Problem(422, "invalid", str(error), {"fields": {"entries": str(error)}}) from None
        return await new_term.hand_in(call.sign_in.device, heads, kept) | {"standing": new_term.told()}

    async def opened(call: Call) -> dict[str, Any]:
        said = call.of(OpenTerm)
        link = await new_term.open(call.sign_in.person, said.why, said.override)
        return {"term": link.entry.term, "seq": link.entry.seq, "lost": link.entry.data["lost"]}

    async def proposals(_: Call) -> dict[str, Any]:
        return {"proposals": await new_term.proposals()}

    term = "/api/v1/ledger/term"
    return [
        Operation("GET", term, "Whether this box takes money, and what a new term waits for.", told, TILLS),
        Operation(
            "POST", term, "Open the next term at this box.", opened, MANAGERS, body=OpenTerm, status=201,
            problems={409: "no_term_needed, nobody_asked, fork"},
        ),
        Operation(
            "POST", f"{term}/tail", "Hand in heads and entries that a till kept.", hand_in, TILLS,
            body=HandIn,
        ),
        Operation(
            "GET", f"{term}/proposals", "Entries of a branch that was left behind.", proposals, MANAGERS
        ),
    ]  # fmt: skip
