"""Transfer cards on paper and as a picture: everything is on them, and a camera reads the code."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from bot.calls import calls
from bot.delivery import Courier, Destination
from bot.print import picture as picture_module
from bot.print import transfer
from bot.print.pdf import pdf
from care.lock_screen import telling
from care.transfer import NAME_LENGTH, NOTE_LENGTH, new_code
from handlers.screens import Reply, Step, Way
from tests.bot.conftest import StubApi

ADDRESS = f"https://t.me/hamroh_bot?start={new_code()}"
MM = 72 / 25.4
TG = {
    "title": ["Медицинское направление", "Роҳхати тиббӣ"],
    "scan": [
        "Для клиники: отсканируйте код телефоном. Он открывается один раз, до 22.01.2027.",
        "Барои муассиса: рамзро бо телефон скан кунед. Он як бор, то 22.01.2027 кушода мешавад.",
    ],
    "lost": [
        "Нашли эту бумагу? Пожалуйста, уничтожьте её: она принадлежит пациенту.",
        "Ин қоғозро ёфтед? Лутфан нобуд кунед: он моли бемор аст.",
    ],
}
UZ = {
    "title": ["Медицинское направление", "Tibbiy yoʻllanma"],
    "scan": [TG["scan"][0], "Klinika uchun: kodni telefon bilan skanerlang. U bir marta ochiladi."],
    "lost": [TG["lost"][0], "Bu qogʻozni topdingizmi? Iltimos, yoʻq qiling: u bemorga tegishli."],
}
FEW = [(["Имя", "Ном"], ["Фарҳод Ӯғузӣ"]), (["Приходил", "Рӯзи омадан"], ["24.11.2026"])]
ADDRESSES = [
    "Поликлиника № 1, Базарная улица, 1, кабинет 12, " * 12,
    "Маркази саломатӣ, Кӯчаи Бозор, 1, " * 14,
]
MANY = [
    (["Имя", "Ном"], ["Ш" * NAME_LENGTH]),
    (["Телефон"], ["+992901234567"]),
    (["Клиника до сих пор", "Муассисаи пештара"], ADDRESSES),
    (["Приходил", "Рӯзҳои омадан"], ["24.11.2026, " * 6]),
    *[([f"Строка {n}", f"Сатри {n}"], [f"значение {n}", f"маънои {n}"]) for n in range(7)],
    (["Важно", "Муҳим"], ["Аллергия " * (NOTE_LENGTH // 9)]),
]


def content(words: dict[str, list[str]], rows: list[tuple[list[str], list[str]]]) -> str:
    said = [{"label": label, "value": value} for label, value in rows]
    return json.dumps({"address": ADDRESS, "rows": said, **words}, ensure_ascii=False)


CARDS = [content(TG, FEW), content(TG, MANY), content(UZ, FEW), content(UZ, [])]


def page_of(made: bytes) -> Any:
    document = pypdfium2.PdfDocument(made)
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((148 * MM, 210 * MM), abs=0.1)
    return document[0]


def letters(made: bytes) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes of all letters, mm from the lower left corner: left, bottom, right, top."""
    page = page_of(made).get_textpage()
    for number in range(page.count_chars()):
        if page.get_text_range(number, 1).strip():
            yield tuple(edge / MM for edge in page.get_charbox(number))


def drawn(made: bytes) -> Any:
    return Image.open(io.BytesIO(made)).convert("L")


@pytest.mark.parametrize("card", CARDS)
def test_the_code_is_read_back_from_the_paper_and_from_the_picture(card: str):
    on_paper = page_of(transfer.paper(transfer.read(card))).render(scale=200 / 72).to_pil().convert("L")
    on_phone = drawn(transfer.picture(transfer.read(card)))

    for seen in (on_paper, on_phone, on_phone.resize((on_phone.width // 2, on_phone.height // 2))):
        assert [found.text for found in zxingcpp.read_barcodes(seen)] == [ADDRESS]


def test_without_a_quiet_zone_the_code_of_a_picture_is_not_read(monkeypatch: pytest.MonkeyPatch):
    """The negative control: the code is wider than its room, and runs over the words beside it."""
    monkeypatch.setattr(picture_module, "QUIET", -9)

    made = drawn(transfer.picture(transfer.read(CARDS[0])))

    assert [found.text for found in zxingcpp.read_barcodes(made)] != [ADDRESS]


@pytest.mark.parametrize("card", CARDS)
def test_every_word_stands_on_the_paper_within_its_margin(card: str):
    made = transfer.paper(transfer.read(card))
    printed = re.sub(r"\s+", "", page_of(made).get_textpage().get_text_range())
    values = json.loads(card)
    parts = [*values["title"], *values["scan"], *values["lost"]]
    parts += [text for row in values["rows"] for text in (*row["label"], *row["value"])]

    assert [text for text in parts if re.sub(r"\s+", "", text) not in printed] == []
    for left, bottom, right, top in letters(made):
        assert left >= 9
        assert bottom >= 9
        assert right <= 148 - 9
        assert top <= 210 - 9


@pytest.mark.parametrize("card", CARDS)
def test_nothing_is_drawn_at_the_edge_of_the_picture(card: str):
    made = drawn(transfer.picture(transfer.read(card)))
    edge = 8 * picture_module.DOTS
    inside = (edge, edge, made.width - edge, made.height - edge)
    made.paste(255, inside)

    assert made.getextrema() == (255, 255)


@pytest.mark.parametrize("card", CARDS)
def test_lines_do_not_run_into_the_foot(card: str):
    """The lines end above the rule over the code; the code begins below it."""
    made = transfer.paper(transfer.read(card))
    words = page_of(made).get_textpage()
    text = words.get_text_range()
    rows = json.loads(card)["rows"]
    if rows:
        last = text.rindex(rows[-1]["value"][0].split()[-1])
        scan = text.index("Для клиники")
        assert words.get_charbox(last)[1] > words.get_charbox(scan)[3]


def test_the_file_and_its_title_name_no_illness():
    made = transfer.paper(transfer.read(CARDS[0]))

    assert pypdfium2.PdfDocument(made).get_metadata_value("Title") == transfer.TITLE
    assert telling(transfer.TITLE) is None
    assert telling("transfer.pdf transfer.png") is None


def test_a_card_goes_as_a_photo_and_as_a_document():
    steps = (
        Step(way=Way.TRANSFER_PICTURE, content=CARDS[0], name="transfer.png", text="Show it"),
        Step(way=Way.TRANSFER, content=CARDS[0], name="transfer.pdf", text="Print it"),
    )

    made = calls(Reply(steps), pressed=None)

    assert [one.method for one in made] == ["sendPhoto", "sendDocument"]
    assert [pdf(step)[:4] for step in steps] == [b"\x89PNG", b"%PDF"]


async def test_both_are_made_when_they_are_sent(bot: Any, api: StubApi):
    steps = (
        Step(way=Way.TRANSFER_PICTURE, content=CARDS[0], name="transfer.png", text="Show it"),
        Step(way=Way.TRANSFER, content=CARDS[0], name="transfer.pdf", text="Print it"),
    )

    await Courier(bot).deliver(Reply(steps), Destination(chat_id=7))

    [photo], [paper] = api.sent("sendPhoto"), api.sent("sendDocument")
    assert (paper["filename"], photo["caption"]) == ("transfer.pdf", "Show it")
    assert [found.text for found in zxingcpp.read_barcodes(drawn(photo["photo"]))] == [ADDRESS]
