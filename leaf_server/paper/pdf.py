"""Slips and sheets as PDF. Pure: the same content gives the same bytes.

The fonts that come along know Latin letters; of any other letter the plain form, or a question mark, stands.
"""

import io
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from leaf_server.paper.sheet import Cell, Sheet, Table
from leaf_server.paper.slip import RULE, Row, Slip, amount, laid_out

__all__ = ["sheet_pdf", "slip_pdf"]

_PLAIN: Final = "Vera"
_STRONG: Final = "VeraBd"
_COLUMNS: Final = 42
_WIDTH: Final = 80 * mm
_EDGE: Final = 4 * mm
_LINE: Final = 4.2 * mm
_QR: Final = 44 * mm


def slip_pdf(slip: Slip) -> bytes:
    """One page, as wide as the paper of a till and as long as it takes."""
    _fonts()
    rows = [(line, row) for row in slip.rows for line in _lines(row)]
    height = sum(_height(row) for _, row in rows) + (_QR if slip.qr else 0) + 2 * _EDGE
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(_WIDTH, height), invariant=1)
    y = height - _EDGE
    for line, row in rows:
        y -= _height(row)
        _draw(canvas, line, row, y)
    if slip.qr:
        _draw_qr(canvas, slip.qr, y - _QR)
    canvas.save()
    return out.getvalue()


def sheet_pdf(sheet: Sheet) -> bytes:
    """A4; tables go over as many pages as they need, heads repeated, pages numbered."""
    _fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=15 * mm, rightMargin=15 * mm, topMargin=15 * mm, bottomMargin=15 * mm,
        title=_known(sheet.title), invariant=1,
    )  # fmt: skip
    story: list[Any] = [Paragraph(_escaped(sheet.title), _style(15, strong=True)), Spacer(1, 4 * mm)]
    story += [Paragraph(f"{_escaped(what)}: {_escaped(is_)}", _style(8)) for what, is_ in sheet.notes]
    for table in sheet.tables:
        if table.rows:
            story += [Spacer(1, 6 * mm), Paragraph(_escaped(table.title), _style(10, strong=True))]
            story += [Spacer(1, 2 * mm), _grid(table, sheet.currency)]
    document.build(story, onFirstPage=_number_page, onLaterPages=_number_page)
    return out.getvalue()


def _lines(row: Row) -> list[str]:
    return laid_out(row, _COLUMNS // 2 if row.large else _COLUMNS) if not row.right else [row.text]


def _height(row: Row) -> float:
    return float(_LINE * (1.6 if row.large else 1))


def _draw(canvas: Canvas, line: str, row: Row, y: float) -> None:
    size = 12 if row.large else 7.5
    canvas.setFont(_STRONG if row.strong else _PLAIN, size)
    if row.text == RULE:
        canvas.line(_EDGE, y + 1.5 * mm, _WIDTH - _EDGE, y + 1.5 * mm)
    elif row.centred:
        canvas.drawCentredString(_WIDTH / 2, y, _known(line.strip()))
    else:
        canvas.drawString(_EDGE, y, _known(line))
        canvas.drawRightString(_WIDTH - _EDGE, y, _known(row.right))


def _draw_qr(canvas: Canvas, text: str, y: float) -> None:
    code = QrCodeWidget(text, barWidth=_QR, barHeight=_QR, barLevel="L")
    drawing = Drawing(_QR, _QR)
    drawing.add(code)
    renderPDF.draw(drawing, canvas, (_WIDTH - _QR) / 2, y)


def _grid(table: Table, currency: str) -> Grid:
    heads = [Paragraph(_escaped(head), _style(7, strong=True)) for head in table.heads]
    rows = [[_cell(cell, currency) for cell in row] for row in table.rows]
    grid = Grid([heads, *rows], repeatRows=1, colWidths=_widths(table))
    grid.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.7, colors.black),
                ("LINEBELOW", (0, 1), (-1, -1), 0.2, colors.grey),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return grid


def _widths(table: Table) -> list[float]:
    each = 180 * mm / len(table.heads)
    return [float(each)] * len(table.heads)


def _cell(cell: Cell, currency: str) -> Paragraph:
    if isinstance(cell, int):
        return Paragraph(amount(cell, currency), _style(7, right=True))
    return Paragraph(_escaped(cell or ""), _style(7))


def _number_page(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(_PLAIN, 7)
    canvas.drawRightString(A4[0] - 15 * mm, 9 * mm, f"{document.page}")


@lru_cache(maxsize=16)
def _style(size: int, *, strong: bool = False, right: bool = False) -> ParagraphStyle:
    font = _STRONG if strong else _PLAIN
    return ParagraphStyle(
        f"{font}{size}{right}", fontName=font, fontSize=size, leading=size * 1.3, alignment=2 if right else 0
    )


def _escaped(text: str) -> str:
    return _known(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _known(text: str) -> str:
    """`text` in the letters the fonts have."""
    glyphs: Sequence[int] = _fonts()
    return "".join(one if ord(one) in glyphs else _plain(one) for one in text)


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() and base.isprintable() else "?"


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Registers both, once; answers the letters of the plain one."""
    for name in (_PLAIN, _STRONG):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    return pdfmetrics.getFont(_PLAIN).face.charToGlyph
