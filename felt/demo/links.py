"""Links that let a browser in: an enrolment key for a device, a one-time code for a player's phone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio

from felt.demo.demo_file import read_demo_file, runs
from felt.demo.desk import Answered, Http
from felt.failure import CommandFailed

__all__ = ["KINDS", "Claim", "claim_code", "device_link", "new_link"]

KINDS: Final = ("floor", "floor2", "cage", "display", "dealer", "phone")


@dataclass(frozen=True)
class Claim:
    """A one-time code for one player's phone, six digits to type, and the link that carries the code."""

    player: str
    code: str
    digits: str
    url: str


async def claim_code(staff: Http, player: str) -> Claim:
    """Asked for by floor or cage."""
    made = await staff.post(f"/api/v1/players/{player}/claim", {})
    return Claim(player, made["code"], made["digits"], made["url"])


async def device_link(manager: Http, address: str, kind: str) -> str:
    """A link that enrols the browser that opens it; `floor2` is a second floor tablet in the same browser."""
    page = "/auth?tablet=2" if kind == "floor2" else "/auth"
    body = {"kind": kind.rstrip("2"), "name": f"Browser ({kind})"}
    made = await manager.post("/api/v1/devices/keys", body)
    return f"{address}{page}#key={made['key']}"


def new_link(data: Path, kind: str) -> str:
    """A fresh link of a running demo. Raises CommandFailed."""
    demo = read_demo_file(data)
    if demo is None or not runs(demo) or "tokens" not in demo:
        raise CommandFailed(f"no demo runs in {data}, or it is not healthy yet")
    if kind not in KINDS:
        raise CommandFailed(f"there are links for {', '.join(KINDS)}, not for {kind!r}", exit_code=2)

    async def ask() -> str:
        http = Http(demo["leaf_url"], demo["tokens"]["manager"])
        try:
            if kind == "phone":
                return (await claim_code(http, demo["players"]["guest"])).url
            return await device_link(http, demo["leaf_url"], kind)
        finally:
            await http.close()

    try:
        return anyio.run(ask)
    except (Answered, TimeoutError) as error:
        raise CommandFailed(f"the leaf said no: {error}") from error
