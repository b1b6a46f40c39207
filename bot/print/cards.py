"""A sheet of ten pocket cards with marks to cut along: small enough to disappear in a hand."""

from bot.print.leaflet import Leaflet, Said
from bot.print.sheet import A4, ACCENT, CENTRE, Sheet
from bot.print.text import Box, by_sentence

WIDTH, HEIGHT = 85.0, 54.0  # mm; a bank card is 85.6 x 54 (ISO/IEC 7810, ID-1)
COLUMNS, ROWS = 2, 5
PADDING = 4.0
QR_SIDE = 36.0  # mm, with its quiet zone, which reaches into the padding
QUIET = 3.0  # of it, about
MARK = 5.0  # length of a cut mark, outside the cards
MOST_FACTS = 3
READABLE_PT = 6.0


def cards(leaflet: Leaflet) -> bytes:
    """Return the sheet as PDF; several languages take turns."""
    sheet = Sheet("Hamroh")
    left, top = (A4.width - COLUMNS * WIDTH) / 2, (A4.height - ROWS * HEIGHT) / 2
    _marks(sheet, left, top)
    for number in range(COLUMNS * ROWS):
        row, column = divmod(number, COLUMNS)
        box = Box(left + column * WIDTH, top + row * HEIGHT, WIDTH, HEIGHT)
        _card(sheet, leaflet, leaflet.said[number % len(leaflet.said)], box.inner(PADDING))
    return sheet.content()


def _card(sheet: Sheet, leaflet: Leaflet, said: Said, box: Box) -> None:
    """Draw one card: what it is, and below that the words and the way in."""
    headline = Box(box.x, box.y - 0.5, box.width, 9.6)
    y = sheet.fit(by_sentence(said.headline), headline, most_pt=11, bold=True) + 0.8
    bottom = box.y + box.height
    right, width = box.x + box.width - QR_SIDE + QUIET, box.width - QR_SIDE + QUIET
    scan = sheet.lay(said.scan, QR_SIDE - 2 * QUIET + 2, 5.4, most_pt=6.5)
    sheet.write(
        scan, right + QUIET - 1, bottom - scan.height + 1, width=QR_SIDE - 2 * QUIET + 2, align=CENTRE
    )
    sheet.qr(leaflet.address, right, bottom + 1 - scan.height - QR_SIDE + QUIET - 0.8, QR_SIDE)
    foot = _foot(sheet, leaflet, said, box, width)
    room = Box(box.x, y, width, foot - y - 0.8)
    sheet.ticked(said.facts[:MOST_FACTS], room, most_pt=7.5, least_pt=READABLE_PT)


def _foot(sheet: Sheet, leaflet: Leaflet, said: Said, box: Box, width: float) -> float:
    """Draw who is here and the code, from the lower edge up; return where they begin (mm)."""
    code = sheet.lay(leaflet.code, width, 6.5, most_pt=15, bold=True)
    bottom = box.y + box.height - code.height + 1
    sheet.write(code, box.x, bottom, bold=True)
    how = sheet.lay(said.type, width, 5.8, most_pt=6.5)
    bottom -= how.height + 0.2
    sheet.write(how, box.x, bottom)
    if said.person:
        person = sheet.lay(said.person, width, 4, most_pt=8.5, bold=True)
        bottom -= person.height + 0.6
        sheet.write(person, box.x, bottom, bold=True, colour=ACCENT)
    return bottom


def _marks(sheet: Sheet, left: float, top: float) -> None:
    """Draw where to cut, outside the cards, so that no line is left on one."""
    right, bottom = left + COLUMNS * WIDTH, top + ROWS * HEIGHT
    for column in range(COLUMNS + 1):
        x = left + column * WIDTH
        sheet.line(x, top - 1 - MARK, x, top - 1)
        sheet.line(x, bottom + 1, x, bottom + 1 + MARK)
    for row in range(ROWS + 1):
        y = top + row * HEIGHT
        sheet.line(left - 1 - MARK, y, left - 1, y)
        sheet.line(right + 1, y, right + 1 + MARK, y)
