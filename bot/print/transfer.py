"""A transfer card: one page of A5, or the same as a picture, for the clinic that receives somebody.

All lines are in one size, the largest in which they fit, so that nothing is cut however much was allowed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.print.picture import Picture
from bot.print.sheet import A5, ACCENT, BLACK, GREY, LEFT, Sheet
from bot.print.text import Box, Laid

TITLE = "Medical transfer"  # of the file: it names no illness
MARGIN = 11.0
QR_SIDE = 52.0  # mm, with the quiet zone
QUIET = 5.0  # of it, about
LARGEST_PT, LEAST_PT, STEP_PT = 12.0, 5.0, 0.5
LABEL = 0.72  # of the size of the values
GAP = 0.16  # mm between lines, for each point
BETWEEN = " · "


class Surface(Protocol):
    """Paper, or a picture of it."""

    def lay(self, text: str, width: float, height: float, *, most_pt: float, bold: bool = False) -> Laid:
        """Return the text as it fits."""

    def write(
        self,
        laid: Laid,
        x: float,
        y: float,
        *,
        width: float = 0.0,
        bold: bool = False,
        align: str = LEFT,
        colour: tuple[int, int, int] = BLACK,
    ) -> float:
        """Draw a laid text and return where it ends."""

    def qr(self, content: str, x: float, y: float, side: float, *, error: str = "m") -> None:
        """Draw a QR code."""

    def line(self, x1: float, y1: float, x2: float, y2: float, *, thick: float = 0.2) -> None:
        """Draw a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: each in one language or two."""

    label: tuple[str, ...]
    value: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything that is printed."""

    address: str  # that opens the card
    title: tuple[str, ...]
    rows: tuple[Row, ...]
    scan: tuple[str, ...]
    lost: tuple[str, ...]


def read(content: str) -> Card:
    """Read what `handlers.transfer_paper.content` wrote. Raises KeyError or TypeError for anything else."""
    values = json.loads(content)
    rows = tuple(Row(label=tuple(one["label"]), value=tuple(one["value"])) for one in values["rows"])
    parts = {name: tuple(values[name]) for name in ("title", "scan", "lost")}
    return Card(address=values["address"], rows=rows, **parts)


def paper(card: Card) -> bytes:
    """Return the card as PDF."""
    sheet = Sheet(TITLE, A5)
    draw(sheet, card)
    return sheet.content()


def picture(card: Card) -> bytes:
    """Return the card as PNG."""
    drawn = Picture(A5)
    draw(drawn, card)
    return drawn.content()


def draw(surface: Surface, card: Card) -> None:
    """Draw a card: what it is, what it says, and at the foot how it is opened."""
    page = A5.inner(MARGIN)
    y = _title(surface, card.title, page) + 3
    surface.line(page.x, y, page.x + page.width, y, thick=0.5)
    foot = _foot(surface, card, page)
    _rows(surface, card.rows, Box(page.x, y + 3, page.width, foot - y - 5))


def _title(surface: Surface, title: Sequence[str], page: Box) -> float:
    first = surface.lay(title[0], page.width, 9, most_pt=19, bold=True)
    y = surface.write(first, page.x, page.y, bold=True, colour=ACCENT)
    for other in title[1:]:
        y = surface.write(surface.lay(other, page.width, 6, most_pt=12), page.x, y, colour=GREY)
    return y


def _foot(surface: Surface, card: Card, page: Box) -> float:
    """Draw the code and what it is for; return where that begins (mm)."""
    bottom = page.y + page.height
    lost = surface.lay("\n".join(card.lost), page.width, 9, most_pt=7.5)
    surface.write(lost, page.x, bottom - lost.height, colour=GREY)
    top = bottom - lost.height - QR_SIDE + 1
    surface.line(page.x, top, page.x + page.width, top)
    surface.qr(card.address, page.x - QUIET, top, QR_SIDE)
    beside = page.x + QR_SIDE - QUIET
    room = Box(beside, top + QUIET, page.width - QR_SIDE + QUIET, QR_SIDE - 2 * QUIET)
    each = room.height / len(card.scan) - 2
    y = room.y
    for number, text in enumerate(card.scan):
        laid = surface.lay(text, room.width, each, most_pt=11, bold=number == 0)
        y = surface.write(laid, room.x, y, bold=number == 0, colour=GREY if number else BLACK) + 3
    return top


def _rows(surface: Surface, rows: Sequence[Row], room: Box) -> None:
    """Draw all lines in the largest size in which they fit."""
    size = LARGEST_PT
    while size > LEAST_PT and _height(surface, rows, room, size) > room.height:
        size -= STEP_PT
    y = room.y
    for row in rows:
        label, values = _laid(surface, row, room, size)
        y = surface.write(label, room.x, y, colour=GREY)
        for number, value in enumerate(values):
            y = surface.write(value, room.x, y, bold=number == 0)
        y += size * GAP


def _height(surface: Surface, rows: Sequence[Row], room: Box, size: float) -> float:
    heights = [_laid(surface, row, room, size) for row in rows]
    return sum(label.height + sum(one.height for one in values) + size * GAP for label, values in heights)


def _laid(surface: Surface, row: Row, room: Box, size: float) -> tuple[Laid, list[Laid]]:
    """Return a line in this size: the label in all languages, and each value below it."""
    label = surface.lay(BETWEEN.join(row.label), room.width, room.height, most_pt=size * LABEL)
    values = [
        surface.lay(value, room.width, room.height, most_pt=size, bold=number == 0)
        for number, value in enumerate(row.value)
    ]
    return label, values
