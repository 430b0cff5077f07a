"""`/api/v1/receipts`, `/api/v1/printers`, `/api/v1/print-jobs`: receipts on screen, as PDF and on paper."""

from dataclasses import asdict
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints
from starlette.responses import Response

from leaf_server.money.cage import Cage
from leaf_server.money.chain_check import check_chain
from leaf_server.money.gaming_dates import date_of, day_of
from leaf_server.money.receipt_search import Wanted, search
from leaf_server.money.receipts import Receipts
from leaf_server.paper.press import Press
from leaf_server.paper.print_jobs import PrintJob
from ledger.commands import TILLS, is_key
from ledger.receipts import short_hash
from serving.operations import Call, Operation
from serving.problems import Body, Problem

__all__ = ["receipt_operations"]

PDF: Final = "application/pdf"
LIMIT_MAX: Final = 100
ANY_OF_MAX: Final = 32
_SEQ_MAX: Final = 2**53 - 1
_JOB: Final = {
    "type": "object",
    "required": ["device", "key", "seq", "copy", "printer", "person", "asked_ms", "state", "why"],
}
_Seq = Annotated[int, Field(ge=1, le=_SEQ_MAX)]


class AskPrint(Body):
    """`printer`: its name; none: the first."""

    seq: _Seq
    printer: Annotated[str, StringConstraints(max_length=36)] | None = None


class PrintOutcome(Body):
    """What somebody who looked at the printer saw."""

    device: Annotated[str, StringConstraints(max_length=64)]
    key: Annotated[str, StringConstraints(max_length=64)]
    on_paper: bool


def receipt_operations(cage: Cage, receipts: Receipts, press: Press) -> list[Operation]:
    """Receipts, printers and what became of print jobs."""

    async def find(call: Call) -> dict[str, Any]:
        days = await cage.gaming_days()
        today = days.of(cage.now_ms())
        asked = call.request.query_params.get("day", "")
        day = None if not asked else today if asked == "today" else day_of(asked)
        cents = call.whole("amount", -1, 0, _SEQ_MAX)
        wanted = Wanted(
            players=_any_of(call, "players"), kinds=_any_of(call, "kinds"),
            amount_cents=None if cents < 0 else cents,
            drawer=call.request.query_params.get("drawer", ""),
        )  # fmt: skip
        found = await search(
            cage, wanted, day=day,
            before=call.whole("before", _SEQ_MAX, 1, _SEQ_MAX), after=call.whole("after", 0, 0, _SEQ_MAX),
            limit=call.whole("limit", 40, 1, LIMIT_MAX),
        )  # fmt: skip
        return {
            "receipts": found.rows, "before": found.before, "back_to_ms": found.back_to_ms,
            "seq": found.seq, "today": date_of(today),
        }  # fmt: skip

    async def one(call: Call) -> Any:
        seq = _seq(call.path("seq"))
        if call.request.query_params.get("as", "json") == "json":
            return await receipts.receipt(seq, copy=True)
        if call.request.query_params["as"] != "pdf":
            raise Problem(422, "invalid", "as is json or pdf.", {"fields": {"as": "json or pdf"}})
        from leaf_server.paper.pdf import slip_pdf  # here: a leaf starts sooner without its library

        slip = await receipts.slip(seq, copy=True)
        name = f'inline; filename="receipt-{seq:05d}.pdf"'
        headers = {"cache-control": "no-store", "content-disposition": name}
        return Response(slip_pdf(slip), media_type=PDF, headers=headers)

    async def chain(call: Call) -> dict[str, Any]:
        seq = _seq(call.path("seq"))
        found = await check_chain(cage, seq)
        return {
            "seq": seq, "hash_short": short_hash(found.hash), "to_seq": found.to_seq,
            "head": found.head.as_json(),
        }  # fmt: skip

    async def printers(_: Call) -> dict[str, Any]:
        return {"printers": [{"name": name} for name in press.places]}

    async def print_(call: Call) -> dict[str, Any]:
        asked, key = call.of(AskPrint), call.request.headers.get("idempotency-key", "")
        if not is_key(key):
            raise Problem(400, "key_missing", "A print needs an Idempotency-Key.")
        place, booked_ms = press.place(asked.printer), await receipts.booked_ms(asked.seq)
        job = await press.print(
            place, lambda copy: receipts.slip(asked.seq, copy=copy), device=call.sign_in.device, key=key,
            seq=asked.seq, booked_ms=booked_ms, person=call.sign_in.person,
        )  # fmt: skip
        return _told(job)

    async def job(call: Call) -> dict[str, Any]:
        found = await press.jobs.find(call.sign_in.device, call.path("key"))
        if found is None:
            raise Problem(404, "no_print_job", "This device asked for no such print.")
        return _told(found)

    async def unsure(_: Call) -> dict[str, Any]:
        return {"jobs": [_told(one) for one in await press.jobs.unsure()]}

    async def settle(call: Call) -> dict[str, Any]:
        seen = call.of(PrintOutcome)
        settled = await press.jobs.settle(
            seen.device, seen.key, on_paper=seen.on_paper, by=call.sign_in.person
        )
        return _told(settled)

    return [
        Operation(
            "GET", "/api/v1/receipts", "Receipts found again, newest first.", find, TILLS,
            problems={404: "no_day", 422: "invalid"},
            query={
                "before": "only below this number: where the last search stopped",
                "after": "only above this number",
                "day": "of a gaming day (2026-11-28, or today)",
                "players": f"of one of these players, up to {ANY_OF_MAX} with commas between",
                "kinds": f"of one of these kinds, up to {ANY_OF_MAX} with commas between",
                "amount": "that moved so much, in cents",
                "drawer": "that this drawer had to do with",
                "limit": f"at most so many, 1 to {LIMIT_MAX}",
            },
        ),
        Operation(
            "GET", "/api/v1/receipts/{seq}", "The receipt of an entry, marked as a copy.", one, TILLS,
            problems={404: "no_entry"}, query={"as": "json (as it is) or pdf"},
        ),
        Operation(
            "GET", "/api/v1/receipts/{seq}/chain", "Whether it stands where it was booked.", chain, TILLS,
            problems={404: "no_entry", 500: "chain_broken"},
        ),
        Operation("GET", "/api/v1/printers", "Printers here, the usual one first.", printers, TILLS),
        Operation(
            "POST", "/api/v1/print-jobs", "Print a receipt: the original once, then copies.", print_, TILLS,
            body=AskPrint, answer=_JOB, status=201,
            problems={
                400: "key_missing", 404: "no_entry", 409: "no_printer, print_running, print_unsure",
                422: "key_reused", 429: "too_many",
            },
            headers={"Idempotency-Key": "this print's own name; asked again, nothing is printed again"},
        ),
        Operation("GET", "/api/v1/print-jobs", "Prints somebody has to look at.", unsure, TILLS),
        Operation(
            "POST", "/api/v1/print-jobs/outcome", "Somebody looked: it is on paper, or not.", settle, TILLS,
            body=PrintOutcome, answer=_JOB, problems={404: "no_print_job", 409: "not_unsure"},
        ),
        Operation(
            "GET", "/api/v1/print-jobs/{key}", "What became of a print this device asked for.", job, TILLS,
            answer=_JOB, problems={404: "no_print_job"},
        ),
    ]  # fmt: skip


def _any_of(call: Call, name: str) -> frozenset[str]:
    """Raises Problem 422 `invalid` where more are asked for than one search takes."""
    said = call.request.query_params.get(name, "")
    found = frozenset(said.split(",")) if said else frozenset()
    if len(found) > ANY_OF_MAX:
        why = f"At most {ANY_OF_MAX} of them are looked for at once."
        raise Problem(422, "invalid", why, {"fields": {name: why}})
    return found


def _seq(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else 0


def _told(job: PrintJob) -> dict[str, Any]:
    return asdict(job)
