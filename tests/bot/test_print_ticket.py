"""The picture of a ticket: its code is read back, and nothing runs over its edges."""

import io
import json

import pytest
import zxingcpp
from PIL import Image, ImageChops

from bot.calls import calls
from bot.print.ticket import HEIGHT, MARGIN, WIDTH, ticket_png
from care.ticket import payload
from handlers.screens import Reply, Step, Way

OPENS = f"https://t.me/hamroh_bot?start={payload(2**61 + 5)}"
LONG = "Алматы облысы, Іле ауданы, Өтеген батыр кенті, Гагарин көшесі, 17-үй, үшінші кіреберіс " * 2


def content(**said: str) -> str:
    plain = {
        "title": "Талон",
        "number": "4829 1573",
        "opens": OPENS,
        "day": "Чоршанба, 25 ноябр",
        "time": "18:30",
        "address": "кӯчаи Намуна, 12",
        "foot": "Buni registraturada koʻrsating",
    }
    return json.dumps(plain | said, ensure_ascii=False)


def picture(**said: str) -> Image.Image:
    return Image.open(io.BytesIO(ticket_png(content(**said)))).convert("RGB")


@pytest.mark.parametrize("address", ["", "1 Example Street", LONG])
def test_the_code_is_read_back_also_from_a_small_copy(address: str):
    drawn = picture(address=address)

    for image in (drawn, drawn.resize((WIDTH // 3, HEIGHT // 3))):
        assert [found.text for found in zxingcpp.read_barcodes(image)] == [OPENS]


def test_a_long_address_stays_within_the_margins_and_above_the_last_line():
    drawn = picture(address=LONG, day="бейсенбі, 26 қараша", foot="")

    below_the_band = drawn.crop((0, 160, WIDTH, HEIGHT))
    left, _, right, bottom = ImageChops.invert(below_the_band).getbbox()
    assert left >= MARGIN - 4
    assert right <= WIDTH - MARGIN + 4
    assert 160 + bottom <= HEIGHT - 100


def test_what_is_no_ticket_is_refused():
    with pytest.raises(TypeError):
        ticket_png('{"title": "x"}')


def test_it_goes_as_a_photo_with_its_caption():
    [call] = calls(
        Reply((Step(way=Way.TICKET, content=content(), name="t.png", text="<b>4829</b>"),)), pressed=1
    )

    assert (call.method, call.params["caption"], call.edits) == ("sendPhoto", "<b>4829</b>", False)
    assert call.printed is not None
