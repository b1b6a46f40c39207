"""Questions without an answer stand together when they are alike, whatever their letters."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.unanswered import LONGEST, Asked, grouped, plain, short
from locales.folding import fold

DAY = date(2026, 11, 20)


def asked(*texts: str | tuple[str, int]) -> list[Asked]:
    """Return wordings with their counts, one where none is given."""
    pairs = [(one, 1) if isinstance(one, str) else one for one in texts]
    return [
        Asked(
            id=number,
            newest_id=number,
            text=text,
            locale="ru",
            count=count,
            last_on=DAY + timedelta(days=number),
        )
        for number, (text, count) in enumerate(pairs, start=1)
    ]


def texts(*given_texts: str | tuple[str, int]) -> list[list[str]]:
    return [[one.text for one in group.wordings] for group in grouped(asked(*given_texts), fold=fold)]


def test_the_same_question_in_other_letters_is_one_question():
    assert texts("Где купить лекарство?", "gde kupit lekarstvo", "ГДЕ КУПИТЬ ЛЕКАРСТВО!!!") == [
        ["Где купить лекарство?", "gde kupit lekarstvo", "ГДЕ КУПИТЬ ЛЕКАРСТВО!!!"]
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("можно ли пить молоко верблюда", "можно пить верблюжье молоко ли"),
        ("сколько стоит билет в ташкент", "сколько стоит билет до ташкента"),
        ("qachon ish haqi toʻlanadi", "ish haqi qachon toʻlanadi?"),
        ("do you sell phone cards", "do you sell a phone card"),
    ],
)
def test_the_same_question_in_other_words_is_one_question(one: str, other: str):
    assert len(texts(one, other)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("можно ли пить молоко верблюда", "сколько стоит билет в ташкент"),
        ("где купить телефон", "где купить лекарство от кашля"),
        ("работа есть", "виза есть"),
    ],
)
def test_different_questions_stay_apart(one: str, other: str):
    assert len(texts(one, other)) == 2


def test_what_stands_in_place_of_a_name_makes_nobody_alike():
    assert len(texts("[name] [number] молоко", "[name] [number] билет")) == 2


def test_the_most_frequent_group_comes_first_and_its_most_frequent_wording_leads():
    found = grouped(
        asked(
            "билет в ташкент", ("молоко верблюда", 2), ("молоко верблюдa", 3), ("нужна виза", 4), "нужна визa"
        ),
        fold=fold,
    )

    assert [(group.leader.text, group.count) for group in found] == [
        ("молоко верблюдa", 5),
        ("нужна виза", 5),
        ("билет в ташкент", 1),
    ]
    assert [group.last_on.day for group in found] == [23, 25, 21]


def test_a_group_is_found_by_any_of_its_wordings():
    [group] = grouped(asked("нужна виза", "нужна визa"), fold=fold)

    assert group.holds(1)
    assert group.holds(2)
    assert not group.holds(3)


def test_what_was_scrubbed_is_no_part_of_a_wording():
    assert plain("звоните [number], [name] ждет") == "звоните , ждет"
    assert plain("[name]") == ""


def test_a_long_wording_is_cut():
    assert short("а" * 61) == "а" * (LONGEST - 1) + "…"
    assert short("а" * 60) == "а" * 60


WORDINGS = st.lists(st.tuples(st.text("абвг ☺[]name", max_size=20), st.integers(1, 9)), max_size=30)


@given(WORDINGS)
def test_every_wording_stands_in_exactly_one_group(given_texts: list[tuple[str, int]]):
    found = grouped(asked(*given_texts), fold=fold)

    assert sorted(one.id for group in found for one in group.wordings) == list(range(1, len(given_texts) + 1))
    assert sum(group.count for group in found) == sum(count for _, count in given_texts)
    assert [group.count for group in found] == sorted((group.count for group in found), reverse=True)
    assert all(group.leader.count == max(one.count for one in group.wordings) for group in found)


@given(WORDINGS, st.randoms())
def test_the_order_of_the_questions_does_not_matter(given_texts: list[tuple[str, int]], random):
    ordered = asked(*given_texts)
    mixed = list(ordered)
    random.shuffle(mixed)

    assert grouped(mixed, fold=fold) == grouped(ordered, fold=fold)


@given(WORDINGS)
def test_equal_letters_always_stand_together(given_texts: list[tuple[str, int]]):
    group_of = {
        one.id: number
        for number, group in enumerate(grouped(asked(*given_texts), fold=fold))
        for one in group.wordings
    }
    seen: dict[str, int] = {}
    for one in asked(*given_texts):
        group = seen.setdefault(fold(plain(one.text)), group_of[one.id])
        assert group == group_of[one.id]


@pytest.mark.parametrize("length", [1, 12])
def test_hundreds_of_questions_are_grouped_in_a_moment(length: int):
    words = [f"{a}{b}" for a in ("кни", "пого", "фут", "дене", "мага") for b in ("га", "да", "бол", "жка")]
    many = asked(
        *(f"{words[n % 20]} {words[n // 20 % 20]} {words[n * 7 % 19]} {n % 13}" for n in range(1000))
    )
    begun = time.perf_counter()

    grouped(many, fold=fold)

    assert time.perf_counter() - begun < 2
