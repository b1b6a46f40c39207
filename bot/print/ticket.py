"""Draw the ticket of a visit as a picture for a phone: the number large, its QR code, when and where.

Pillow is imported here, when the first ticket is drawn. The fonts are our own (DejaVu Sans has every letter
of our languages; no emoji).
"""

import io
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from bot.print.text import lay

WIDTH, HEIGHT, MARGIN = 1080, 1440, 72  # pixels: 3 to 4, as phones show it
BLACK, GREY, ACCENT, WHITE = (0, 0, 0), (90, 90, 90), (0, 92, 92), (255, 255, 255)
QUIET = 4  # modules around a QR code that stay white (ISO/IEC 18004, 9.1)
QR_SIDE = 720  # with the quiet zone, at most
_POINT = 25.4 / 72  # bot.print.text counts in mm and points: here both are pixels, and a line of 1.22 sizes
_BAND = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What stands on a ticket, plain text."""

    title: str
    number: str
    opens: str  # the address in the QR code
    day: str
    time: str
    address: str  # may be empty
    foot: str


def ticket_png(content: str) -> bytes:
    """Return the picture made from what `handlers.my_ticket.picture_of` wrote, as PNG.

    Takes some tens of milliseconds: not for the event loop. Raises TypeError for anything else.
    """
    from PIL import Image, ImageDraw

    said = Ticket(**json.loads(content))
    picture = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, WIDTH, _BAND), fill=ACCENT)
    _fit(draw, said.title, top=30, height=90, most=64, colour=WHITE, bold=True)
    y = _fit(draw, said.number, top=_BAND + 30, height=170, most=150, bold=True)
    code = _qr(said.opens)
    picture.paste(code, ((WIDTH - code.width) // 2, int(y)))
    y += code.height
    y = _fit(draw, f"{said.day}, {said.time}", top=y - 16, height=130, most=60, bold=True) + 8
    if said.address:
        y = _fit(draw, said.address, top=y, height=150, most=46)
    _fit(draw, said.foot, top=HEIGHT - 100, height=64, most=40, colour=GREY)
    made = io.BytesIO()
    picture.save(made, format="PNG")
    return made.getvalue()


def _fit(
    draw: Any,
    text: str,
    *,
    top: float,
    height: float,
    most: float,
    bold: bool = False,
    colour: tuple[int, int, int] = BLACK,
) -> float:
    """Draw a text in the middle, as large as it fits, and return where it ends."""
    laid = lay(
        text, WIDTH - 2 * MARGIN, height, most_pt=most / _POINT, measure=lambda part: _width(part, bold=bold)
    )
    size = laid.size_pt * _POINT
    font = _font(round(size), bold=bold)
    for number, line in enumerate(laid.lines):
        middle = top + (number + 0.5) * laid.line_mm
        draw.text((WIDTH / 2, middle), line, font=font, fill=colour, anchor="mm")
    return top + laid.height


def _qr(content: str) -> Any:
    """Return the QR code as a picture, its quiet zone within QR_SIDE."""
    import segno
    from PIL import Image

    code = segno.make(content, error="q", micro=False)
    scale = max(1, QR_SIDE // code.symbol_size(border=QUIET)[0])
    made = io.BytesIO()
    code.save(made, kind="png", scale=scale, border=QUIET)
    return Image.open(made).convert("RGB")


def _width(text: str, *, bold: bool) -> float:
    """Return the width of a text at one point, pixels."""
    return float(_font(100, bold=bold).getlength(text)) / 100 * _POINT


@lru_cache(maxsize=32)
def _font(pixels: int, *, bold: bool) -> Any:
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(files("bot") / "fonts" / name), pixels)
