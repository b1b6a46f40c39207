"""A folder of languages for a test."""

import pytest

from tests.locales.samples import ANSWERS, BOT, ENGLISH_ANSWERS, RUSSIAN, Folder


@pytest.fixture
def folder(tmp_path):
    """English and a complete Russian."""
    made = Folder(tmp_path / "locales")
    made.describe("en")
    made.write("en", "answers", ENGLISH_ANSWERS)
    made.describe("ru")
    made.write("ru", "bot", BOT, RUSSIAN)
    made.write("ru", "answers", ANSWERS, RUSSIAN)
    return made
