"""A slip as bytes of ESC/POS, the language of thermal printers, and what such a printer says of itself. Pure.

Letters a printer has no page for are printed without their accents, or as a question mark.
What is no letter at all becomes one too: to a printer it would be a command.
"""

import unicodedata
from typing import TYPE_CHECKING, Final

from leaf_server.paper.slip import Row, Slip, laid_out

if TYPE_CHECKING:
    from escpos.printer import Dummy

__all__ = ["ASK_DONE", "ASK_STATE", "STATE_BYTES", "slip_bytes", "why_not_done", "why_not_ready"]

ASK_STATE: Final = b"\x10\x04\x01\x10\x04\x02\x10\x04\x04"
"""Asks for three bytes, answered at once whatever the printer does: state, why off line, paper."""

STATE_BYTES: Final = 3
ASK_DONE: Final = b"\x1d\x72\x01"
"""Asks for one byte, answered in turn: when all before it is on the paper."""

_OFF_LINE: Final = 0x08
_COVER, _STOPPED, _FAULT = 0x04, 0x20, 0x40
_PAPER_OUT: Final = 0x60
_PAPER_OUT_DONE: Final = 0x0C
_PAGES: Final = {
    "CP437": 0, "CP850": 2, "CP857": 13, "CP737": 14, "CP1252": 16, "CP866": 17, "CP852": 18, "CP858": 19
}  # fmt: skip
"""Pages of letters and their numbers, as nearly all printers have them."""

_QR_SIZE: Final = 5  # dots a module; a signed head is about 300 characters


def slip_bytes(slip: Slip, columns: int) -> bytes:
    """All of the slip, cut. `columns` is how many characters the paper is wide."""
    # Here: reading its tables of all printers takes a third of a second.
    from escpos.magicencode import Encoder, MagicEncode
    from escpos.printer import Dummy

    printer = Dummy()
    printer.magic = MagicEncode(printer, encoder=Encoder({page: str(at) for page, at in _PAGES.items()}))
    printer.hw("INIT")
    for row in slip.rows:
        _print(printer, row, columns)
    if slip.qr:
        printer.set_with_default(align="center")
        printer.qr(slip.qr, native=True, size=_QR_SIZE)
    if slip.opens_drawer:
        printer.cashdraw(2)
    printer.cut()
    return bytes(printer.output)


def why_not_ready(state: bytes) -> str | None:
    """From the answer to ASK_STATE: the code of what keeps it from printing, None if nothing does."""
    one, cause, paper = state[:STATE_BYTES]
    if paper & _PAPER_OUT or cause & _STOPPED:
        return "printer_paper"
    if cause & _COVER:
        return "printer_cover"
    if cause & _FAULT or one & _OFF_LINE:
        return "printer_fault"
    return None


def why_not_done(answer: bytes) -> str | None:
    """From the answer to ASK_DONE."""
    return "printer_paper" if answer[0] & _PAPER_OUT_DONE else None


def _print(printer: "Dummy", row: Row, columns: int) -> None:
    printer.set_with_default(bold=row.strong, double_height=row.large, double_width=row.large)
    for line in laid_out(row, columns // 2 if row.large else columns):
        printer.textln(_writable(printer, line))


def _writable(printer: "Dummy", text: str) -> str:
    encoder = printer.magic.encoder
    return "".join(
        one if one.isprintable() and encoder.find_suitable_encoding(one) else _plain(one) for one in text
    )


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() and base.isprintable() else "?"
