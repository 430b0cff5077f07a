"""`/api/v1/receipts`, `/api/v1/printers`, `/api/v1/print-jobs`: receipts on screen, as PDF and on paper."""

from dataclasses import asdict
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints
from starlette.responses import Response

from ledger.commands import TILLS, is_key
from serving.operations import Call, Operation
from serving.problems import Body, Problem

from ..paper.press import Press
from ..paper.print_jobs import PrintJob
from ..receipts import Receipts

__all__ = ["receipt_operations"]

PDF: Final = "application/pdf"
_JOB: Final = {
    "type": "object",
    "required": ["device", "key", "seq", "copy", "printer", "person", "asked_ms", "state", "why"],
}
_Seq = Annotated[int, Field(ge=1, le=2**53 - 1)]


class AskPrint(Body):
    """`printer`: its name; none: the first."""

    seq: _Seq
    printer: Annotated[str, StringConstraints(max_length=36)] | None = None


class PrintOutcome(Body):
    """What somebody who looked at the printer saw."""

    device: Annotated[str, StringConstraints(max_length=64)]
    key: Annotated[str, StringConstraints(max_length=64)]
    on_paper: bool


def receipt_operations(receipts: Receipts, press: Press) -> list[Operation]:
    """Receipts, printers and what became of print jobs."""

    async def one(call: Call) -> Any:
        seq = _seq(call.path("seq"))
        if call.request.query_params.get("as", "json") == "json":
            return await receipts.receipt(seq, copy=True)
        if call.request.query_params["as"] != "pdf":
            raise Problem(422, "invalid", "as is json or pdf.", {"fields": {"as": "json or pdf"}})
        from ..paper.pdf import slip_pdf  # here: a leaf starts sooner without its library

        slip = await receipts.slip(seq, copy=True)
        name = f'inline; filename="receipt-{seq:05d}.pdf"'
        headers = {"cache-control": "no-store", "content-disposition": name}
        return Response(slip_pdf(slip), media_type=PDF, headers=headers)

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
            "GET", "/api/v1/receipts/{seq}", "The receipt of an entry, marked as a copy.", one, TILLS,
            problems={404: "no_entry"}, query={"as": "json (as it is) or pdf"},
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


def _seq(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else 0


def _told(job: PrintJob) -> dict[str, Any]:
    return asdict(job)
