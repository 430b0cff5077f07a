"""`felt demo`: a whole poker room on one machine, and an evening in it, until told to stop."""

import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.abc

from felt.demo import structure
from felt.demo.crew import DEVICES, Crew, enrol_all, new_id, sign_in_staff
from felt.demo.demo_file import DemoFile, devices_of, read_demo_file, runs
from felt.demo.desk import Answered, Desk, Device, SignedIn
from felt.demo.evening import play_evening
from felt.demo.host import lan_address
from felt.demo.links import claim_code, device_link
from felt.demo.office import setup, write
from felt.demo.pace import Pace
from felt.demo.people import PINS, STAFF, STAFF_BY_ROLE
from felt.demo.phones import claim_phone
from felt.demo.ports import Ports
from felt.demo.registration import write_down_player
from felt.demo.system import Founding, System
from felt.demo.telling import page_urls, welcome
from felt.failure import CommandFailed, telling
from felt.free_ports import port_fault
from felt.servers import CANNOT_START, core_faults, stop_on_signal

__all__ = ["Wish", "run_demo"]

LINKS: Final = ("floor", "floor2", "cage", "display")
GUEST_NUMBER: Final = 900


@dataclass(frozen=True)
class Wish:
    """What the person asked for."""

    data: Path
    port: int
    speed: float
    seed: int
    headless: bool = False
    local: bool = False  # listen on this machine only
    exit_when_over: bool = False
    evening: bool = True
    cores: int = 1


def run_demo(wish: Wish) -> None:
    """Runs until stopped. Raises CommandFailed when it cannot start or the evening broke."""
    before = read_demo_file(wish.data)
    if before is not None and runs(before):
        raise CommandFailed(f"a demo runs in {wish.data} already (pid {before['pids']['demo']})")
    wish.data.mkdir(parents=True, exist_ok=True)
    for name, port in Ports.from_first(wish.port).named(wish.cores).items():
        if port_fault(port):
            raise CommandFailed(f"port {port} ({name}) is taken: choose others with --port")
    with telling((*CANNOT_START, *core_faults(), Answered, TimeoutError, CommandFailed)):
        anyio.run(_run, wish, before, backend_options={"use_uvloop": True})


async def _run(wish: Wish, before: Mapping[str, Any] | None) -> None:
    address = "127.0.0.1" if wish.local else lan_address()
    ports = Ports.from_first(wish.port)
    file = DemoFile(wish.data, {"devices": (before or {}).get("devices", {})})
    host = "127.0.0.1" if wish.local else "0.0.0.0"
    system = System(wish.data, ports, host, address, file.tell_pids, wish.cores)
    file.tell(state="starting", started_ms=_unix_ms(), ports=ports.named(wish.cores), **_places(system))
    founding = Founding(
        "The Felt Room", structure.CURRENCY, "Europe/Vienna", STAFF, [device for _, device in DEVICES]
    )
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stop_on_signal, tasks.cancel_scope)
            keys: list[str] = await tasks.start(system.run, founding)
            await _in_the_room(wish, system, file, before or {}, keys)
            tasks.cancel_scope.cancel()
    finally:
        file.tell(state="stopped")
        _say("The demo has ended; everything it started is stopped.")


async def _in_the_room(
    wish: Wish, system: System, file: DemoFile, before: Mapping[str, Any], keys: list[str]
) -> None:
    """Signs everybody in, tells the world, plays."""
    devices, display_token = devices_of(before), before.get("tokens", {}).get("display", "")
    if keys:
        devices, display_token = await enrol_all(system.leaf_url, keys)
    if not devices:
        raise CommandFailed(f"the demo in {wish.data} was stopped before its devices were let in: remove it")
    people = await sign_in_staff(system.leaf_url, devices)
    chance = random.Random(wish.seed)
    async with AsyncExitStack() as stack:
        venue = await _venue(people["own_manager"], system)

        async def desk(role: str) -> Desk:
            return await stack.enter_async_context(Desk(system.leaf_url, venue, people[role]))

        manager, floor, floor2, cashier = [
            await desk(f"own_{role}") for role in ("manager", "floor", "floor2", "cashier")
        ]
        crew = Crew(
            venue=venue,
            tournament=new_id(chance),
            manager=manager,
            floor=floor,
            floor2=floor2,
            cashier=cashier,
            pace=Pace(wish.speed),
            chance=chance,
            say=_say,
        )
        await write(manager, "roster", [setup("roster")])
        guest = await _guest(crew, "Gil Guest", GUEST_NUMBER)
        player = await _guest(crew, "Pia Phone", GUEST_NUMBER + 1)
        crew.guests += [guest, player]
        phone = await claim_phone(system.leaf_url, await claim_code(crew.floor.http, player))
        devices["player"] = phone.device
        tokens = {role: who.token for role, who in people.items() if not role.startswith("own_")}
        file.tell(
            state="healthy",
            venue=venue,
            tournament=crew.tournament,
            devices={role: _device(device) for role, device in devices.items()},
            players={"player": player, "guest": guest},
            tokens={**tokens, "player": phone.token, "display": display_token},
        )
        await _greet(wish, crew, system, guest)
        if not wish.evening:
            await anyio.sleep_forever()
        async with anyio.create_task_group() as evening:

            def over() -> None:
                file.tell(state="evening over")
                _say("The evening is over. The room stays open until you stop it (Ctrl-C).")
                if wish.exit_when_over:
                    evening.cancel_scope.cancel()

            await play_evening(crew, system.core_url, over)


async def _greet(wish: Wish, crew: Crew, system: System, guest: str) -> None:
    links = {name: await device_link(crew.manager.http, system.leaf_url, name) for name in LINKS}
    claim = await claim_code(crew.floor.http, guest)
    if wish.headless:
        _say(f"healthy: {system.leaf_url}, {system.data / 'demo.json'}")
    else:
        print(welcome(system, links, claim.url, system.watchman.pids), flush=True)


async def _guest(crew: Crew, name: str, number: int) -> str:
    """A player who is in the roster from the start."""
    player = await write_down_player(crew.floor, crew, name, number)
    await (await crew.floor.open("roster")).settled()
    return player


async def _venue(who: SignedIn, system: System) -> str:
    desk = Desk(system.leaf_url, "", who)
    async with desk:
        return str((await desk.http.get("/api/v1/venue"))["id"])


def _places(system: System) -> dict[str, object]:
    return {
        "leaf_url": system.leaf_url,
        "core_url": system.core_url,
        **({"core2_url": system.core2_url} if system.core2_url else {}),
        "sync_url": f"ws://127.0.0.1:{system.ports.sync}",
        "data": str(system.data),
        "leaf_data": str(system.leaf_data),
        "core_data": str(system.core_data),
        "urls": page_urls("127.0.0.1", system.ports.leaf),
        "pins": PINS,
        "people": STAFF_BY_ROLE,
    }


def _device(device: Device) -> dict[str, str]:
    return {"device": device.device, "device_secret": device.secret}


def _say(line: str) -> None:
    print(f"{datetime.now():%H:%M:%S}  {line}", flush=True)


def _unix_ms() -> int:
    return round(datetime.now().timestamp() * 1_000)
