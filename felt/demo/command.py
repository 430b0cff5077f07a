"""`felt demo`, `felt demo line cut|restore`, `felt demo link`."""

import logging
from pathlib import Path
from typing import Annotated, Final

import anyio
import typer

from felt.demo import relay
from felt.demo.links import KINDS, new_link
from felt.demo.pace import DEFAULT_SPEED
from felt.demo.ports import COUNT, FIRST_PORT
from felt.demo.telling import qr_text
from felt.failure import CommandFailed

__all__ = ["demo_app"]

DATA: Final = Path("demo-data")
PORT_MAX: Final = 65_536 - COUNT

demo_app = typer.Typer(
    help="A whole poker room on this machine, with an evening in it.",
    epilog="Example: felt demo --headless --data /tmp/room --speed 60",
    invoke_without_command=True,
    rich_markup_mode=None,
)
line_app = typer.Typer(help="Cut or restore the line between leaf and core.", no_args_is_help=True)
demo_app.add_typer(line_app, name="line", epilog="Example: felt demo line cut --data demo-data")

Data = Annotated[Path, typer.Option("--data", help="Data folder of the demo.")]


@demo_app.callback()
def demo(
    context: typer.Context,
    data: Data = DATA,
    port: Annotated[int, typer.Option(min=1, max=PORT_MAX, help=f"First of {COUNT} ports.")] = FIRST_PORT,
    speed: Annotated[
        float, typer.Option(min=0.1, max=2_000, help="How much faster than published the evening goes.")
    ] = DEFAULT_SPEED,
    seed: Annotated[int, typer.Option(help="The same seed, the same evening.")] = 1,
    headless: Annotated[bool, typer.Option("--headless", help="Only lines of progress.")] = False,
    local: Annotated[bool, typer.Option("--local", help="Listen on 127.0.0.1 only.")] = False,
    exit_when_over: Annotated[
        bool, typer.Option("--exit-when-over", help="End when the evening is over.")
    ] = False,
    evening: Annotated[bool, typer.Option(help="Play the evening, or only open the room.")] = True,
    cores: Annotated[int, typer.Option(min=1, max=2, help="Core processes that share the work.")] = 1,
) -> None:
    """Start leaf, core, NATS and PostgreSQL, play an evening, write demo.json; Ctrl-C ends everything."""
    if context.invoked_subcommand is None:
        from felt.demo.run import Wish, run_demo  # no other command of `felt` waits for a whole room's code

        logging.getLogger().setLevel(logging.WARNING)  # its own lines are enough; servers have their logs
        logging.getLogger("core_server.postgres_node").setLevel(logging.INFO)  # says where its data lives
        wish = Wish(data.absolute(), port, speed, seed, headless, local, exit_when_over, evening, cores)
        run_demo(wish)


@line_app.command(epilog="Example: felt demo line cut --data demo-data")
def cut(
    data: Data = DATA,
    silent: Annotated[
        bool, typer.Option("--silent", help="Half open: all stays connected, nothing passes.")
    ] = False,
) -> None:
    """Cut the line: leaf and core cannot reach each other any more."""
    _ask(data, "silent" if silent else "cut")


@line_app.command(epilog="Example: felt demo line restore --data demo-data")
def restore(data: Data = DATA) -> None:
    """Restore the line."""
    _ask(data, "up")


@demo_app.command(epilog="Example: felt demo link floor --data demo-data")
def link(
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join(KINDS)}.")],
    data: Data = DATA,
) -> None:
    """Print a fresh link (and QR code) that enrols a browser, or claims the guest's phone."""
    made = new_link(data.absolute(), kind)
    print(f"{qr_text(made)}{made}")


def _ask(data: Path, state: relay.LineState) -> None:
    try:
        anyio.run(relay.ask, data.absolute(), state)
    except relay.NoDemo as error:
        raise CommandFailed(str(error)) from error
    print(f"The line is {state}.")
