"""Put text, lines and QR codes on a picture (PNG), in millimetres like `bot/print/sheet.py` does on paper.

The fonts are those of the paper. Pillow is imported when the first picture is made.
"""

import io
from functools import lru_cache
from importlib.resources import files
from typing import Any

from bot.print.sheet import ACCENT, BLACK, CENTRE, GREY, LEFT, QUIET, modules
from bot.print.text import POINT_MM, Box, Laid, lay

DOTS = 8  # pixels of a millimetre, about 200 dots an inch
_BASELINE = 0.93  # of the font's size below the top of a line: DejaVu's ascent
_MEASURED_PX = 200


class Picture:
    """A white picture of a page."""

    def __init__(self, page: Box) -> None:
        """Begin with nothing on it."""
        from PIL import Image, ImageDraw

        self._image: Any = Image.new("RGB", (round(page.width * DOTS), round(page.height * DOTS)), "white")
        self._draw: Any = ImageDraw.Draw(self._image)

    def lay(self, text: str, width: float, height: float, *, most_pt: float, bold: bool = False) -> Laid:
        """Return the text as it fits into `width` x `height` mm; nothing is drawn."""
        return lay(text, width, height, most_pt=most_pt, measure=lambda part: _width(part, bold=bold))

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
        """Draw a laid text with its top at `y`, and return where it ends (mm)."""
        font = _font(round(laid.size_pt * POINT_MM * DOTS), bold=bold)
        for number, line in enumerate(laid.lines):
            free = width - _width(line, bold=bold) * laid.size_pt if align == CENTRE else 0.0
            baseline = y + number * laid.line_mm + laid.size_pt * POINT_MM * _BASELINE
            at = ((x + free / 2) * DOTS, baseline * DOTS)
            self._draw.text(at, line, font=font, fill=colour, anchor="ls")
        return y + laid.height

    def qr(self, content: str, x: float, y: float, side: float, *, error: str = "m") -> None:
        """Draw a QR code, its quiet zone within `side` mm; its modules are whole pixels."""
        rows = modules(content, error)
        module = int(side * DOTS / (len(rows) + 2 * QUIET))
        spare = (round(side * DOTS) - module * len(rows)) // 2
        left, top = round(x * DOTS) + spare, round(y * DOTS) + spare
        for number, row in enumerate(rows):
            for place, dark in enumerate(row):
                if dark:
                    corner = (left + place * module, top + number * module)
                    edge = (corner[0] + module - 1, corner[1] + module - 1)
                    self._draw.rectangle((corner, edge), fill=BLACK)

    def line(self, x1: float, y1: float, x2: float, y2: float, *, thick: float = 0.2) -> None:
        """Draw a line."""
        self._draw.line(
            (x1 * DOTS, y1 * DOTS, x2 * DOTS, y2 * DOTS), fill=GREY, width=max(1, round(thick * DOTS))
        )

    def frame(self, box: Box, *, thick: float = 0.6, round_mm: float = 3.0) -> None:
        """Draw a frame with round corners."""
        corners = (box.x * DOTS, box.y * DOTS, (box.x + box.width) * DOTS, (box.y + box.height) * DOTS)
        wide = max(1, round(thick * DOTS))
        self._draw.rounded_rectangle(corners, radius=round_mm * DOTS, outline=ACCENT, width=wide)

    def content(self) -> bytes:
        """Return the picture as PNG."""
        written = io.BytesIO()
        self._image.save(written, format="PNG", optimize=True)
        return written.getvalue()


@lru_cache(maxsize=64)
def _font(size_px: int, *, bold: bool) -> Any:
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(files("bot") / "fonts" / name), size_px)


@lru_cache(maxsize=1024)
def _width(text: str, *, bold: bool) -> float:
    """Return the width of a text at one point, mm."""
    return float(_font(_MEASURED_PX, bold=bold).getlength(text)) / _MEASURED_PX * POINT_MM
