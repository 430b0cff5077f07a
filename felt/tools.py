"""The commands of `felt` beside its servers, added to its command line when one of them is asked for."""

import json
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
from felt.history import history, take_back
from felt.ledger import app as ledger_app
from felt.ledger_boxes import By, VenueKey, Why, open_term, promote, set_aside
from felt.server_commands import app

__all__ = ["app"]

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

DataFolder = Annotated[Path, typer.Option("--data", envvar="FELT_DATA", help="Data folder of the leaf.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


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
