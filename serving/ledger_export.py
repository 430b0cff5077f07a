"""What `GET /api/v1/ledger/export` asks for, at leaf and core alike."""

from collections.abc import Mapping
from typing import Final

from ledger.bookkeeping import FORMATS, Exporter

from .operations import Call
from .problems import Problem

__all__ = ["EXPORT_QUERY", "exporter_of", "file_headers"]

EXPORT_QUERY: Final[Mapping[str, str]] = {"format": f"{', '.join(FORMATS)}; jsonl if not given"}


def exporter_of(call: Call) -> Exporter:
    """In the format that was asked for. Raises Problem 422 `invalid`."""
    made = FORMATS.get(call.request.query_params.get("format", "jsonl"))
    if made is None:
        why = f"format is one of {', '.join(FORMATS)}."
        raise Problem(422, "invalid", why, {"fields": {"format": why}})
    return made()


def file_headers(venue: str, exporter: Exporter) -> dict[str, str]:
    """A browser saves it under the venue's id."""
    name = f"ledger-{venue}.{exporter.suffix}"
    return {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
