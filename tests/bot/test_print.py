"""Posters and cards: what a reader, a camera and a pair of scissors need is on the paper."""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from bot.delivery import Courier, Destination
from bot.print import cards as cards_module
from bot.print import sheet as sheet_module
from bot.print.cards import cards
from bot.print.leaflet import Leaflet, read
from bot.print.pdf import pdf
from bot.print.poster import poster
from bot.print.text import Laid, by_sentence, lay, tied, wrapped
from care.links import Link, new_code, new_short_code
from care.topics import PROMISES
from handlers.screens import Reply, Step, Way
from handlers.worker import leaflet
from locales.catalogue import Words
from tests.bot.conftest import StubApi
from tests.bot.leaflets import ADDRESS, FOUR, LETTERS, content, texts

EVERY = ("ru", "uz", "uz_Cyrl", "tg", "kk", "en")
MM = 72 / 25.4
Maker = Callable[[Leaflet], bytes]


def page_of(made: bytes) -> Any:
    document = pypdfium2.PdfDocument(made)
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((210 * MM, 297 * MM), abs=0.1)
    return document[0]


def codes(made: bytes) -> list[str]:
    """Read the QR codes as a camera would, from the page as it is printed at 200 dots an inch."""
    picture = page_of(made).render(scale=200 / 72).to_pil().convert("L")
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def words(made: bytes) -> str:
    return re.sub(r"\s+", " ", page_of(made).get_textpage().get_text_range())


def letters(made: bytes) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes of all letters, mm from the lower left corner: left, bottom, right, top."""
    page = page_of(made).get_textpage()
    for number in range(page.count_chars()):
        if page.get_text_range(number, 1).strip():
            yield tuple(edge / MM for edge in page.get_charbox(number))


@pytest.mark.parametrize("made_in", [*[(code,) for code in EVERY], FOUR, EVERY])
def test_the_code_of_a_poster_is_read_back(made_in: tuple[str, ...]):
    assert codes(poster(read(content(*made_in)))) == [ADDRESS]


@pytest.mark.parametrize("made_in", [*[(code,) for code in EVERY], FOUR])
def test_the_code_of_each_card_is_read_back(made_in: tuple[str, ...]):
    assert codes(cards(read(content(*made_in)))) == [ADDRESS] * 10


def test_without_a_quiet_zone_the_codes_of_cards_are_not_all_read(monkeypatch: pytest.MonkeyPatch):
    """The negative control: text up to the edge of the code, and none of its corners is white around."""
    monkeypatch.setattr(sheet_module, "QUIET", -6)

    assert codes(cards(read(content(*FOUR)))) != [ADDRESS] * 10


@pytest.mark.parametrize("code", EVERY)
@pytest.mark.parametrize("make", [poster, cards])
def test_every_word_can_be_copied_in_its_own_letters(code: str, make: Maker):
    printed = words(make(read(content(code)))).split()
    left_out = {texts(code)[2], texts(code)[6]} if make is cards else set()
    wanted = [word for text in texts(code) if text not in left_out for word in text.split()]

    assert [word for word in wanted if word not in printed] == []


@pytest.mark.parametrize("make", [poster, cards])
def test_a_sheet_in_all_languages_has_the_letters_of_each(make: Maker):
    printed = words(make(read(content(*FOUR)))).lower()

    for code in FOUR:
        left_out = {texts(code)[2], texts(code)[6]} if make is cards else set()
        there = "".join(text.lower() for text in texts(code) if text not in left_out)
        wanted = [letter for letter in LETTERS[code] if letter in there]
        assert len(wanted) > 1
        assert [letter for letter in wanted if letter not in printed] == []
        assert texts(code)[1].lower() in printed


@pytest.mark.parametrize("made_in", [*[(code,) for code in EVERY], FOUR, EVERY])
def test_no_letter_of_a_poster_stands_outside_the_margin(made_in: tuple[str, ...]):
    for left, bottom, right, top in letters(poster(read(content(*made_in)))):
        assert left >= 10
        assert bottom >= 10
        assert right <= 200
        assert top <= 287


@pytest.mark.parametrize("code", EVERY)
def test_every_letter_of_a_card_stands_on_the_card(code: str):
    across, down = (210 - 2 * cards_module.WIDTH) / 2, (297 - 5 * cards_module.HEIGHT) / 2
    for left, bottom, right, top in letters(cards(read(content(code)))):
        column, row = (left - across) // cards_module.WIDTH, (bottom - down) // cards_module.HEIGHT
        assert (column, row) == (
            (right - across) // cards_module.WIDTH,
            (top - down) // cards_module.HEIGHT,
        )
        assert 0 <= column < 2
        assert 0 <= row < 5


@pytest.mark.parametrize("code", EVERY)
def test_no_two_lines_stand_in_each_others_way(code: str):
    assert overlaps(list(letters(poster(read(content(code)))))) == []
    assert overlaps(list(letters(cards(read(content(code)))))) == []


def overlaps(boxes: list[tuple[float, float, float, float]]) -> list[tuple[object, object]]:
    """Return letters that lie over each other by more than a hair."""
    ordered = sorted(boxes)
    found: list[tuple[object, object]] = []
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            hair = max(0.25, 0.15 * (other[2] - other[0]))  # a tail may reach below its neighbour
            if other[0] >= one[2]:
                break
            beside = other[0] >= one[2] - hair
            if not beside and other[1] < one[3] - hair and one[1] < other[3] - hair and other != one:
                found.append((one, other))
    return found


def test_letters_in_each_others_way_are_noticed():
    assert overlaps([(10, 10, 14, 15), (11, 13, 15, 18)])
    assert not overlaps([(10, 10, 14, 15), (13.8, 10, 17, 15), (10, 15.2, 14, 19)])


def test_a_poster_without_a_name_and_with_few_facts_is_whole():
    made = poster(read(content("ru", person=False, facts=1)))

    assert codes(made) == [ADDRESS]
    assert "Нилуфар" not in words(made)


@pytest.mark.parametrize(("way", "name"), [(Way.POSTER, "poster"), (Way.CARDS, "cards")])
def test_a_step_becomes_a_pdf(way: Way, name: str):
    made = pdf(Step(way=way, content=content("en"), name=f"{name}.pdf"))

    assert made.startswith(b"%PDF-")
    assert len(made) < 100_000
    assert ADDRESS in codes(made)


def real(name: str) -> dict[str, str]:
    """Return what is printed in each language that is offered, and on a sheet of all, with every promise."""
    words = Words.load(strict=False)
    link = Link(id=1, code=new_code(), short_code=new_short_code(), kind="worker")
    sheets = {code: [locale] for code, locale in words.items()}
    sheets["all"] = [words[code] for code in leaflet.all_languages(words)] or [words["en"]]
    promised = frozenset(PROMISES)
    return {
        code: leaflet.content(locales, link, username="hamroh_bot", name=name, promises=promised)
        for code, locales in sheets.items()
    }


def test_our_own_words_fit_on_paper_in_every_language():
    name = "Ҷамшедҷон Абдураҳмонқулов Ғайр"  # as long as one may be
    for code, words_on_it in real(name).items():
        on_wall, in_pocket = poster(read(words_on_it)), cards(read(words_on_it))

        assert len(codes(on_wall)) == 1, code
        assert len(codes(in_pocket)) == 10, code
        assert overlaps(list(letters(on_wall))) == [], code
        assert overlaps(list(letters(in_pocket))) == [], code
        assert name.split(maxsplit=1)[0] in words(in_pocket), code
        assert min(bottom for _, bottom, _, _ in letters(on_wall)) >= 10, code


async def test_the_pdf_is_made_in_a_thread_and_sent_as_a_document(
    bot: Any, api: StubApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_in: list[threading.Thread] = []

    def making(step: Step) -> bytes:
        made_in.append(threading.current_thread())
        return pdf(step)

    monkeypatch.setattr("bot.print.pdf.pdf", making)
    step = Step(way=Way.POSTER, content=content("kk"), name="poster.pdf", text="Print it")

    await Courier(bot).deliver(Reply((step,)), Destination(chat_id=5))

    [sent] = api.sent("sendDocument")
    assert (sent["filename"], sent["caption"]) == ("poster.pdf", "Print it")
    assert codes(sent["document"]) == [ADDRESS]
    assert made_in != [threading.main_thread()]
    assert len(made_in) == 1


def one_each(text: str) -> float:
    return float(len(text))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three four", ("one two", "three four")),
        ("работа в городе и дома", ("работа", "в городе", "и дома")),
        ("a", ("a",)),
        ("", ("",)),
    ],
)
def test_lines_are_equally_long_and_none_ends_with_a_short_word(text: str, lines: tuple[str, ...]):
    assert wrapped(tied(text), 11, one_each) == lines


def test_a_text_is_as_large_as_it_fits():
    laid = lay("word " * 10, 40, 20, most_pt=30, measure=lambda text: 0.25 * len(text))

    assert laid.height <= 20
    assert max(len(line) for line in laid.lines) * 0.25 * laid.size_pt <= 40
    assert laid.size_pt > 10


def test_a_long_word_makes_the_text_smaller_and_is_not_broken():
    assert lay("x" * 40, 40, 40, most_pt=30, measure=one_each).lines == ("x" * 40,)


def test_a_sentence_begins_a_line():
    assert by_sentence("Одно? Другое. Третье") == "Одно?\nДругое.\nТретье"
    assert lay("One?\nTwo", 100, 100, most_pt=10, measure=one_each) == Laid(10, ("One?", "Two"))
