"""A poster for a wall: one sheet of A4 that is read from two steps away, in one language or several."""

from bot.print.leaflet import Leaflet, Said
from bot.print.sheet import A4, ACCENT, CENTRE, GREY, Sheet
from bot.print.text import Box, by_sentence

NAME = "Hamroh"
MARGIN = 15.0
LARGEST_QR = 140.0  # mm, with the quiet zone
COLUMNS, GAP = 2, 7.0  # of the blocks where there are several languages
TIED = "\u00a0"  # a space at which no line ends


def poster(leaflet: Leaflet) -> bytes:
    """Return the poster as PDF."""
    sheet = Sheet(NAME)
    if len(leaflet.said) == 1:
        _one(sheet, leaflet, leaflet.said[0])
    else:
        _several(sheet, leaflet)
    return sheet.content()


def _one(sheet: Sheet, leaflet: Leaflet, said: Said) -> None:
    """Fill the sheet with one language, from the top: what, how, whom."""
    page = A4.inner(MARGIN)
    x, width = page.x, page.width
    headline = Box(x, page.y, width, 46)
    y = sheet.fit(by_sentence(said.headline), headline, most_pt=34, bold=True, align=CENTRE) + 4
    y = sheet.fit(said.about, Box(x, y, width, 16), most_pt=17, align=CENTRE, colour=GREY) + 6
    y = sheet.ticked(said.facts, Box(x + 6, y, width - 12, 46), most_pt=19)
    foot = _foot(sheet, leaflet, said, page)
    scan = sheet.lay(said.scan, width, 10, most_pt=16, bold=True)
    side = min(foot - y - scan.height, LARGEST_QR)
    top = y + (foot - y - scan.height - side) / 2
    sheet.qr(leaflet.address, A4.width / 2 - side / 2, top, side, error="q")
    sheet.write(scan, x, top + side - 3, width=width, bold=True, align=CENTRE)


def _foot(sheet: Sheet, leaflet: Leaflet, said: Said, page: Box) -> float:
    """Draw the code, and above the lower edge who is here for the reader; return where that begins (mm)."""
    bottom = page.y + page.height
    if said.person:
        person = sheet.lay(said.person, page.width, 12, most_pt=24, bold=True)
        bottom -= person.height
        sheet.write(person, page.x, bottom, width=page.width, bold=True, align=CENTRE, colour=ACCENT)
        bottom -= 4
    how = sheet.lay(said.type, page.width - 20, 12, most_pt=13)
    code = sheet.lay(leaflet.code, page.width - 20, 16, most_pt=34, bold=True)
    box = Box(page.x + 4, bottom - how.height - code.height - 6, page.width - 8, how.height + code.height + 6)
    sheet.frame(box)
    y = sheet.write(how, box.x, box.y + 3, width=box.width, align=CENTRE)
    sheet.write(code, box.x, y, width=box.width, bold=True, align=CENTRE)
    return box.y - 2


def _several(sheet: Sheet, leaflet: Leaflet) -> None:
    """Put the way in at the top, and below it the languages, two beside each other."""
    page, side = A4.inner(12), 96.0
    sheet.qr(leaflet.address, page.x - 4, page.y - 6, side, error="q")
    beside = Box(page.x + side - 4, page.y, page.width - side + 4, side - 12)
    name = sheet.lay(NAME, beside.width, 20, most_pt=38, bold=True)
    code = sheet.lay(leaflet.code, beside.width - 8, 20, most_pt=32, bold=True)
    frame_height = code.height + 10
    y = beside.y + (beside.height - name.height - 8 - frame_height) / 2
    y = sheet.write(name, beside.x, y, width=beside.width, bold=True, align=CENTRE) + 8
    sheet.frame(Box(beside.x, y, beside.width, frame_height))
    sheet.write(code, beside.x, y + 5, width=beside.width, bold=True, align=CENTRE)
    top = page.y + side - 8
    rows = -(-len(leaflet.said) // COLUMNS)
    width = (page.width - GAP * (COLUMNS - 1)) / COLUMNS
    height = (page.y + page.height - top - GAP * (rows - 1)) / rows
    for number, said in enumerate(leaflet.said):
        row, column = divmod(number, COLUMNS)
        box = Box(page.x + column * (width + GAP), top + row * (height + GAP), width, height)
        sheet.frame(box, thick=0.4)
        _block(sheet, leaflet, said, box.inner(4))


def _block(sheet: Sheet, leaflet: Leaflet, said: Said, box: Box) -> None:
    """Say everything in one language within a box."""
    x, width, height = box.x, box.width, box.height
    headline = Box(x, box.y, width, height * 0.27)
    y = sheet.fit(by_sentence(said.headline), headline, most_pt=17, bold=True) + 1
    y = sheet.fit(said.about, Box(x, y, width, height * 0.15), most_pt=10, colour=GREY) + 1.5
    code = leaflet.code.replace(" ", TIED)
    how = sheet.lay(f"{said.type} {code}", width, height * 0.12, most_pt=9.5)
    scan = sheet.lay(said.scan, width, height * 0.12, most_pt=10, bold=True)
    person = sheet.lay(said.person, width, height * 0.1, most_pt=13, bold=True) if said.person else None
    foot = box.y + height - how.height
    sheet.write(how, x, foot)
    foot -= scan.height + 0.5
    sheet.write(scan, x, foot, bold=True)
    if person:
        foot -= person.height + 1
        sheet.write(person, x, foot, bold=True, colour=ACCENT)
    sheet.ticked(said.facts, Box(x, y, width, foot - y - 1), most_pt=12)
