"""Put text, lines and QR codes on sheets of paper, A4 unless somebody says so.

The fonts are our own (DejaVu Sans has every letter of our languages; no emoji), so that a PDF looks the same
everywhere and its letters can be copied out of it. fpdf2 is imported here, when the first sheet is made: it
costs half a second and 58 MB.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from bot.print.text import LEAST_PT, POINT_MM, Box, Laid, lay

A4, A5 = Box(0, 0, 210, 297), Box(0, 0, 148, 210)
QUIET = 4  # modules around a QR code that stay white (ISO/IEC 18004, 9.1)
BLACK, GREY, ACCENT = (0, 0, 0), (90, 90, 90), (0, 92, 92)
LEFT, CENTRE = "left", "centre"
_FONT = "hamroh"
_BASELINE = 0.93  # of the font's size below the top of a line: DejaVu's ascent
_MEASURED_PT = 100.0
_TICK = "✓"
_STEP_PT = 0.5
_OVERLAP_MM = 0.02  # modules of a QR code overlap so that no white hair is left between rows


class Sheet:
    """A document of pages of one size."""

    def __init__(self, title: str, page: Box = A4) -> None:
        """Begin with one empty page."""
        from fpdf import FPDF

        self._pdf: Any = FPDF(format=(page.width, page.height), unit="mm")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_title(title)
        fonts = files("bot") / "fonts"
        self._pdf.add_font(_FONT, "", str(fonts / "DejaVuSans.ttf"))
        self._pdf.add_font(_FONT, "B", str(fonts / "DejaVuSans-Bold.ttf"))
        self._pdf.add_page()
        self._widths: dict[tuple[str, bool], float] = {}

    def lay(self, text: str, width: float, height: float, *, most_pt: float, bold: bool = False) -> Laid:
        """Return the text as it fits into `width` x `height` mm; nothing is drawn."""
        return lay(text, width, height, most_pt=most_pt, measure=lambda part: self._width(part, bold=bold))

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
        self._pdf.set_font(_FONT, "B" if bold else "", laid.size_pt)
        self._pdf.set_text_color(*colour)
        for number, line in enumerate(laid.lines):
            free = width - self._width(line, bold=bold) * laid.size_pt if align == CENTRE else 0.0
            baseline = y + number * laid.line_mm + laid.size_pt * POINT_MM * _BASELINE
            self._pdf.text(x + free / 2, baseline, line)
        return y + laid.height

    def fit(
        self,
        text: str,
        box: Box,
        *,
        most_pt: float,
        bold: bool = False,
        align: str = LEFT,
        colour: tuple[int, int, int] = BLACK,
    ) -> float:
        """Draw a text as large as it fits into `box`, from its top; return where it ends (mm)."""
        laid = self.lay(text, box.width, box.height, most_pt=most_pt, bold=bold)
        return self.write(laid, box.x, box.y, width=box.width, bold=bold, align=align, colour=colour)

    def ticked(self, facts: Sequence[str], box: Box, *, most_pt: float, least_pt: float = LEAST_PT) -> float:
        """List facts with ticks, all in the largest size in which they fit; return where they end (mm).

        Where even `least_pt` is too large the last ones are left out: better none than one nobody can read.
        """
        size, shown = most_pt, list(facts)
        while shown:
            indent, gap = size * 0.45, size * 0.09
            laid = [self.lay(fact, box.width - indent, box.height, most_pt=size) for fact in shown]
            fits = sum(one.height + gap for one in laid) - gap <= box.height
            if fits and all(one.size_pt == size for one in laid):
                return self._list(laid, box, indent, gap)
            if size > least_pt:
                size -= _STEP_PT
            else:
                size = most_pt
                shown.pop()
        return box.y

    def _list(self, facts: Sequence[Laid], box: Box, indent: float, gap: float) -> float:
        y = box.y
        for fact in facts:
            self.write(Laid(fact.size_pt, (_TICK,)), box.x, y, bold=True, colour=ACCENT)
            y = self.write(fact, box.x + indent, y) + gap
        return y - gap

    def qr(self, content: str, x: float, y: float, side: float, *, error: str = "m") -> None:
        """Draw a QR code, its quiet zone within `side` mm."""
        rows = modules(content, error)
        module = side / (len(rows) + 2 * QUIET)
        self._pdf.set_fill_color(*BLACK)
        for number, row in enumerate(rows):
            top = y + (number + QUIET) * module
            for start, length in _runs(row):
                left = x + (start + QUIET) * module
                self._pdf.rect(left, top, length * module, module + _OVERLAP_MM, style="F")

    def line(self, x1: float, y1: float, x2: float, y2: float, *, thick: float = 0.2) -> None:
        """Draw a line."""
        self._pdf.set_draw_color(*GREY)
        self._pdf.set_line_width(thick)
        self._pdf.line(x1, y1, x2, y2)

    def frame(self, box: Box, *, thick: float = 0.6, round_mm: float = 3.0) -> None:
        """Draw a frame with round corners."""
        self._pdf.set_draw_color(*ACCENT)
        self._pdf.set_line_width(thick)
        self._pdf.rect(
            box.x, box.y, box.width, box.height, style="D", round_corners=True, corner_radius=round_mm
        )

    def content(self) -> bytes:
        """Return the document as PDF."""
        return bytes(self._pdf.output())

    def _width(self, text: str, *, bold: bool) -> float:
        """Return the width of a text at one point, mm."""
        if (text, bold) not in self._widths:
            self._pdf.set_font(_FONT, "B" if bold else "", _MEASURED_PT)
            self._widths[text, bold] = self._pdf.get_string_width(text) / _MEASURED_PT
        return self._widths[text, bold]


@lru_cache(maxsize=8)
def modules(content: str, error: str) -> tuple[tuple[bool, ...], ...]:
    """Return the dark modules of a QR code, row by row."""
    import segno

    code = segno.make(content, error=error, micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Return where dark modules stand side by side: first one, how many."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((place, 1))
    return runs
