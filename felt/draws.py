"""`felt draws`: tell the draws of an event, and check them as a stranger would."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from crdt_models.documents.seating import Draw, Series
from crdt_models.rules.seating.draw import check_draw
from crdt_models.rules.seating.draw_series import proof_of
from felt.documents import Data, index_of
from felt.failure import CommandFailed

__all__ = ["app"]

app = typer.Typer(help="Seat draws: tell them, check them.", no_args_is_help=True, rich_markup_mode=None)
_WORDS = {
    "sealed": "the seed is not told yet",
    "other_seed": "the seed is not the one whose hash was told before",
    "other_seats": "the seed makes other seats",
    "unreadable": "its pool can't be read",
}


@app.command(epilog="Example: felt draws export friday --data /var/lib/felt/leaf > draws.json")
def export(event: Annotated[str, typer.Argument(help="Id of the event.")], data: Data) -> None:
    """All draws of an event as JSON, without names: what `felt draws check` and any stranger reads."""
    print(json.dumps(proof_of(event, index_of(data, f"tournament/{event}")), ensure_ascii=False, indent=1))


@app.command(epilog="Example: felt draws check draws.json --player 7f3a")
def check(
    file: Annotated[Path, typer.Argument(help="What export wrote, or the leaf answers at …/draws.")],
    player: Annotated[str, typer.Option(help="Only the draws of this player.")] = "",
) -> None:
    """Recompute every draw from the seeds told; exit code 1 where one does not match."""
    event, series, draws = _read(file)
    matching = sealed = 0
    wrong: list[str] = []
    for ident, draw in draws.items():
        if player and player not in draw.players:
            continue
        of = series.get(ident.partition(".")[0])
        verdict = check_draw(event, ident, draw, of) if of else "unreadable"
        matching, sealed = matching + (verdict == "matches"), sealed + (verdict == "sealed")
        if player:
            seat = draw.seats[draw.players.index(player)]
            print(f"draw {ident}: seat {seat}, {_WORDS.get(verdict, 'this matches')}")
        if verdict not in {"matches", "sealed"}:
            wrong.append(f"draw {ident}: {_WORDS[verdict]}")
    print(f"{matching} match, {sealed} sealed, {len(wrong)} do not match")
    if wrong:
        raise CommandFailed("\n".join(wrong[:20]))


def _read(file: Path) -> tuple[str, dict[str, Series], dict[str, Draw]]:
    try:
        told: dict[str, Any] = json.loads(file.read_bytes())
        series = {number: Series.model_validate(one) for number, one in told["series"].items()}
        draws = {ident: Draw.model_validate(one) for ident, one in told["draws"].items()}
        return str(told["event"]), series, draws
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise CommandFailed(f"{file} holds no draws: {type(error).__name__}") from error
