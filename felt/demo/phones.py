"""Players' phones: claimed with a one-time code, they join lists, by the leaf or the core."""

from typing import Final

from crdt_models.edits import Json
from felt.demo import structure
from felt.demo.crew import Crew, new_id
from felt.demo.desk import Desk, Device, Http, SignedIn
from felt.demo.links import Claim

__all__ = ["claim_phone", "join_list", "wait_for_answer"]

CLAIM_MINUTES_MS: Final = 24 * 3_600_000
REQUEST_MS: Final = 15 * 60_000


async def claim_phone(url: str, claim: Claim) -> SignedIn:
    """Makes this program the player's phone."""
    http = Http(url)
    try:
        made = await http.post("/api/v1/players/claim", {"code": claim.code})
    finally:
        await http.close()
    device = Device(made["device"], made["device_secret"])
    return SignedIn(made["player"], "player", made["token"], device)


async def join_list(crew: Crew, phone: Desk, ident: str) -> str:
    """The phone asks for a place on a cash list; answers the request's id, which is the answer's too."""
    copy = await phone.open(f"phone/{phone.who.person}")
    now = phone.clock.now()
    if copy.facts.get("setup") is None:
        await copy.write(("setup", {"kind": "phone", "version": 1, "until_ms": now + CLAIM_MINUTES_MS}))
    request = new_id(crew.chance)
    wish: Json = {"kind": "join_list", "list": ident, "tournament": None, "until_ms": now + REQUEST_MS}
    await copy.write((f"request/{request}", wish))
    crew.say(f"A phone asks for a seat at {structure.CASH_LISTS[ident]}.")
    return request


async def wait_for_answer(crew: Crew, phone: Desk, request: str) -> None:
    """The phone sees what the floor answered."""
    answers = await phone.open(f"answers/{phone.who.person}")
    await answers.until(lambda: answers.facts.get(f"answer/{request}") is not None)
    crew.say("The phone was answered.")
