"""Our own words are whole: nothing missing, nothing broken, nothing behind the code."""

from pathlib import Path

import pytest

from locales.catalogue import HERE, Words, words_faults
from locales.update import changes

CODES = sorted(path.parent.name for path in HERE.glob("*/language.toml"))


@pytest.mark.parametrize("code", CODES)
def test_every_language_is_complete_and_sound(code):
    faults = [
        fault for fault in words_faults(HERE) if not fault.notice and (HERE / code) in fault.path.parents
    ]

    assert "\n".join(map(str, faults)) == ""


def test_the_catalogues_hold_just_the_texts_of_the_code():
    behind = [str(path.relative_to(HERE)) for path in changes(Path(HERE).parent)]

    assert behind == [], "run `make words`"


def test_our_own_languages_are_offered_in_their_order():
    words = Words.load(HERE)

    assert [name for _, name in words.choices] == [
        "Русский",
        "Oʻzbekcha",
        "Ўзбекча",
        "Тоҷикӣ",
        "Қазақша",
        "English",
    ]
