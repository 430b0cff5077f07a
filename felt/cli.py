"""`felt`: one command line for a venue's leaf, the core, the demo and what an operator needs around them.

Data goes to stdout (`--json` where it is data), everything else to stderr. Exit codes: 0 done, 1 it could not
be done, 2 asked in a wrong way. A person never sees a traceback for something they typed.
"""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from felt.backup import make_backup, restore_backup
from felt.benches import BENCHES, run_benches
from felt.demo.command import demo_app
from felt.doctor import examine
from felt.documents import app as docs_app
from felt.draws import app as draws_app
from felt.enrolment import enrol
from felt.erasing import write_down_erasure
from felt.failure import CommandFailed
from felt.history import history, take_back
from felt.ledger import app as ledger_app
from felt.ledger_boxes import By, VenueKey, Why, open_term, promote, set_aside
from felt.servers import run_core, run_leaf
from serving.settings import SettingInvalid, core_settings, leaf_settings

__all__ = ["app", "main"]

app = typer.Typer(
    name="felt",
    help="Runs a live poker venue: leaf (the box in the room), core (the cloud), demo, tools.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(demo_app, name="demo")
app.add_typer(ledger_app, name="ledger")
app.add_typer(docs_app, name="docs")
app.add_typer(draws_app, name="draws")
docs_app.command(epilog="Example: felt docs history --about 'Ben K.' --since 21:00 --data demo-data/leaf")(
    history
)
docs_app.command(
    "take-back", epilog="Example: felt docs take-back --via core --since 2h --data demo-data/leaf"
)(take_back)
app.command(
    epilog="Example: felt enrol --data /var/lib/felt/leaf --name 'The Felt Room' --time-zone Europe/Vienna"
)(enrol)

app.command(
    epilog="Example: felt promote --data /var/lib/felt/spare --by mia --why 'it burnt' --venue-key usb/key"
)(promote)
ledger_app.command(
    epilog="Example: felt ledger set-aside --after 812 --by mia --why 'two boxes' --data /var/lib/felt/leaf"
)(set_aside)
ledger_app.command(
    epilog="Example: felt ledger open-term --data /srv/leaf --by mia --why 'it burnt' --override 'no line'"
)(open_term)

Text = str | None

DataFolder = Annotated[Path, typer.Option("--data", envvar="FELT_DATA", help="Data folder of the leaf.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def main(arguments: list[str] | None = None) -> None:
    """The entry point of the installed command; ends the process with the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every request
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Runs one command and answers its exit code; tells on stderr what was wrong."""
    try:
        app(arguments)
    except SystemExit as ended:  # typer's own way out, after it told what was asked wrongly
        return ended.code if isinstance(ended.code, int) else 0
    except SettingInvalid as error:
        print(f"felt: {error}", file=sys.stderr)
        return 2
    except CommandFailed as error:
        print(f"felt: {error}", file=sys.stderr)
        return error.exit_code
    return 0


@app.command(
    epilog="Example: felt leaf --data /var/lib/felt/leaf --port 8700 --core-url https://core.example"
)
def leaf(
    data: Annotated[Path | None, typer.Option(help="Data folder. [FELT_DATA]")] = None,
    host: Annotated[Text, typer.Option(help="Where to listen. [FELT_HOST]")] = None,
    port: Annotated[Text, typer.Option(help="HTTP and sync. [FELT_PORT, 8700]")] = None,
    sync_port: Annotated[
        Text, typer.Option(help="Sync alone, faster; 0: none. [FELT_SYNC_PORT, port + 6]")
    ] = None,
    sync_url: Annotated[Text, typer.Option(help="The sync port behind a proxy. [FELT_SYNC_URL]")] = None,
    nats_url: Annotated[Text, typer.Option(help="Own NATS node; none: started here. [FELT_NATS_URL]")] = None,
    nats_hub: Annotated[Text, typer.Option(help="Leaf-node addresses of the hub. [FELT_NATS_HUB]")] = None,
    core_url: Annotated[Text, typer.Option(help="The core, as clients reach it. [FELT_CORE_URL]")] = None,
    core_sync_url: Annotated[Text, typer.Option(help="The core's sync port. [FELT_CORE_SYNC_URL]")] = None,
    public_urls: Annotated[Text, typer.Option(help="Own addresses of pages. [FELT_PUBLIC_URLS]")] = None,
    printers: Annotated[
        Text, typer.Option(help="cage=tcp://10.0.0.9:9100,bar=file:/dev/usb/lp0?columns=32 [FELT_PRINTERS]")
    ] = None,
    web: Annotated[Text, typer.Option(help="Folder of the built web apps. [FELT_WEB]")] = None,
) -> None:
    """Run the venue's server."""
    given = {
        "nats_url": nats_url,
        "nats_hub": nats_hub,
        "core_url": core_url,
        "core_sync_url": core_sync_url,
        "public_urls": public_urls,
        "sync_port": sync_port,
        "sync_url": sync_url,
        "printers": printers,
    }
    run_leaf(leaf_settings(os.environ, data=data, host=host, port=port, web=web, **given))


@app.command(epilog="Example: felt core --data /var/lib/felt/core --port 8701")
def core(
    data: Annotated[Path | None, typer.Option(help="Data folder. [FELT_DATA]")] = None,
    host: Annotated[Text, typer.Option(help="Where to listen. [FELT_HOST]")] = None,
    port: Annotated[Text, typer.Option(help="HTTP and sync. [FELT_PORT, 8701]")] = None,
    sync_port: Annotated[
        Text, typer.Option(help="Sync alone, faster; 0: none. [FELT_SYNC_PORT, port + 7]")
    ] = None,
    sync_url: Annotated[Text, typer.Option(help="The sync port behind a proxy. [FELT_SYNC_URL]")] = None,
    nats_url: Annotated[Text, typer.Option(help="NATS hub; none: started here. [FELT_NATS_URL]")] = None,
    public_urls: Annotated[Text, typer.Option(help="Own addresses of pages. [FELT_PUBLIC_URLS]")] = None,
    web: Annotated[Text, typer.Option(help="Folder of the built web apps. [FELT_WEB]")] = None,
) -> None:
    """Run the core. PostgreSQL is the one of DATABASE_URL (it may hold a password, so it is no option)."""
    given = {
        "nats_url": nats_url,
        "public_urls": public_urls,
        "sync_port": sync_port,
        "sync_url": sync_url,
        "web": web,
    }
    run_core(core_settings(os.environ, data=data, host=host, port=port, **given))


@app.command(epilog="Example: felt backup --data /var/lib/felt/leaf --to /mnt/backups/friday")
def backup(
    data: DataFolder,
    to: Annotated[Path, typer.Option("--to", help="New folder for the copies.")],
    as_json: AsJson = False,
) -> None:
    """Copy a leaf's data, also while it runs; the folder holds its keys, so keep it as safe as the box."""
    manifest = make_backup(data, to)
    print(json.dumps(manifest) if as_json else f"Backed up {data} to {to}.")


@app.command(epilog="Example: felt restore --from /mnt/backups/friday --data /var/lib/felt/leaf")
def restore(
    source: Annotated[Path, typer.Option("--from", help="Folder that `felt backup` made.")],
    data: DataFolder,
    by: By = "",
    why: Why = "The box was restored from a backup.",
    venue_key: VenueKey = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup into a new, empty data folder. Money waits there until a manager has opened its term."""
    manifest = restore_backup(source, data, by=by, why=why, venue_key=venue_key)
    told = f"Restored {source} to {data}. Start it; at the cage, a manager opens its term."
    print(json.dumps(manifest) if as_json else told)


@app.command(epilog="Example: felt erase 0197a3c2 --data /var/lib/felt/leaf")
def erase(
    player: Annotated[str, typer.Argument(help="The player's id.")],
    data: DataFolder,
) -> None:
    """Erase a player's name for ever: roster, history, log, core, tablets; at once where the leaf runs."""
    write_down_erasure(data, player)
    print(f"{player} is erased within seconds, or when the leaf of {data} starts.")


@app.command(epilog="Example: felt doctor --data /var/lib/felt/leaf --json")
def doctor(
    data: Annotated[Path, typer.Option("--data", envvar="FELT_DATA", help="Data folder to be.")] = Path(),
    port: Annotated[int, typer.Option(min=1, max=65_527, help="First of the ports to be.")] = 8700,
    as_json: AsJson = False,
) -> None:
    """Look at this machine and say what Felt would miss here; exit code 1 if anything."""
    findings = examine(data, port)
    if as_json:
        print(json.dumps([vars(finding) for finding in findings]))
    else:
        for finding in findings:
            mark = "ok " if finding.well else "NO "
            print(f"{mark} {finding.name}: {finding.seen}" + ("" if finding.well else f" ({finding.advice})"))
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


@app.command(epilog="Example: felt bench ledger")
def bench(
    which: Annotated[str, typer.Argument(help=f"One of: all, {', '.join(BENCHES)}.")] = "all",
) -> None:
    """Measure speed against named peers; needs a checkout, for the scripts are in its folder `bench`."""
    raise typer.Exit(run_benches(which))
