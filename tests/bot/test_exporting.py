"""What coordinators taught is written so that it can be put among the example questions."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exporting import as_toml
from care.examples import spell_out
from storage.questions import Taught


def taught(topic: str, text: str, locale: str = "ru") -> Taught:
    return Taught(topic=topic, locale=locale, text=text)


def test_examples_stand_by_language_and_topic():
    written = as_toml(
        [
            taught("masks", "нужна маска"),
            taught("none", "кто выиграл"),
            taught("masks", "niqob kerakmi", "uz"),
            taught("masks", "ниқоб керакми", "uz_Cyrl"),
            taught("masks", "маска нужна ли"),
        ]
    )

    assert tomllib.loads(written) == {
        "ru": {"masks": ["нужна маска", "маска нужна ли"], "none": ["кто выиграл"]},
        "uz": {"masks": ["niqob kerakmi", "ниқоб керакми"]},
    }
    assert "locales/uz/questions.toml" in written


def test_a_new_topic_that_is_needed_is_told_in_comments():
    written = as_toml([taught("new", "молоко верблюда"), taught("masks", "нужна маска")])

    assert '#   "молоко верблюда"' in written
    assert tomllib.loads(written) == {"ru": {"masks": ["нужна маска"]}}


@pytest.mark.parametrize("text", ["маска (синяя|белая)", "маска) ((", "a|b"])
def test_brackets_of_people_are_no_alternatives(text: str):
    [line] = tomllib.loads(as_toml([taught("masks", text)]))["ru"]["masks"]

    assert spell_out(line) == (line,)


def test_without_examples_it_says_so():
    assert tomllib.loads(as_toml([])) == {}
    assert "Nobody" in as_toml([])


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), max_size=8))
def test_any_wording_comes_back_from_the_file(texts: list[str]):
    found = tomllib.loads(as_toml(taught("masks", one) for one in texts))

    lines = found.get("ru", {}).get("masks", [])
    assert len(lines) <= len(texts)
    assert all(spell_out(line) for line in lines)


def test_a_sign_that_toml_does_not_take_is_written_as_its_code():
    assert tomllib.loads(as_toml([taught("masks", 'a\x7f"\\b')])) == {"ru": {"masks": ['a\x7f"\\b']}}
