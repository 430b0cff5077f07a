"""`/api/v1/players/…`: a player's phone is claimed by a code that the floor shows as a QR."""

import re
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from crdt_models.documents.catalogue import FLOOR
from leaf_server.api.answers import ID, SIGNED_IN, put_device, signed_in
from leaf_server.identity import Identity
from serving.operations import Answer, Call, Operation
from serving.problems import Body, Problem

__all__ = ["player_operations"]


class Claim(Body):
    code: Annotated[str, Field(min_length=1, max_length=80)]


class MadeCode(Answer):
    """`digits` for who types; `phones` of the player, whose place the new one takes."""

    code: str
    digits: str
    url: str
    expires_ms: int
    phones: int


def player_operations(identity: Identity, *, page_url: str, start_ms: int) -> list[Operation]:
    """`page_url` is the phone page's address; the code follows as a fragment, which browsers never send."""

    async def make(call: Call) -> MadeCode:
        player = call.path("player")
        if not re.fullmatch(ID, player):
            raise Problem(422, "invalid", "This is no player's id.", {"fields": {"player": "not an id"}})
        made = await identity.claims.make(player)
        return MadeCode(
            code=made.code,
            digits=made.digits,
            url=f"{page_url}#claim={made.code}",
            expires_ms=start_ms + made.until_ms,
            phones=made.phones,
        )

    async def claim(call: Call) -> Response:
        claimed = await identity.claims.claim(call.of(Claim).code)
        told = {"player": claimed.opened.sign_in.person, "device_secret": claimed.device_secret}
        response = signed_in(call.request, claimed.opened, "", told, status=201)
        put_device(response, call.request, claimed.device, claimed.device_secret)
        return response

    return [
        Operation(
            "POST", "/api/v1/players/{player}/claim", "A one-time code for that player's phone", make,
            FLOOR | {"cashier"}, answer=MadeCode, status=201, problems={429: "too_many"},
        ),
        Operation(
            "POST", "/api/v1/players/claim", "Make this phone that player's", claim, None, Claim, SIGNED_IN,
            status=201,
            problems={401: "unknown_code", 409: "code_used", 410: "code_expired", 429: "wrong_codes"},
        ),
    ]  # fmt: skip
