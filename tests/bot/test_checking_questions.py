"""`hamroh check` on the example questions: unknown topics, broken lines, a question under two topics."""

from pathlib import Path

import pytest

import locales
from bot.checking_questions import learned_notices, long_answers, questions_faults
from care.topics import TOPICS
from locales.catalogue import Words

SHIPPED = Path(locales.__file__).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ru").mkdir()
    (tmp_path / "tg").mkdir()
    return tmp_path


def test_what_is_shipped_is_right():
    assert questions_faults(SHIPPED, topics=TOPICS) == []
    assert learned_notices(SHIPPED) == []
    assert long_answers(Words.load()) == []


@pytest.mark.parametrize(
    ("ru", "tg", "said"),
    [
        ('mask = ["нужна ли маска"]', "", "mask is not known"),
        ('masks = ["нужна (ли маска"]', "", "mend the brackets"),
        ('masks = "нужна ли маска"', "", "masks is not a list of questions"),
        ("masks = [", "", "this is not TOML"),
        ('masks = ["Маска?"]\nhiv-test = ["маска"]', "", "stands under hiv-test, and in ru under masks"),
        ('masks = ["маска"]', 'hiv-test = ["maska"]', "stands under hiv-test, and in ru under masks"),
    ],
)
def test_each_fault_is_one_sentence(folder: Path, ru: str, tg: str, said: str):
    (folder / "ru/questions.toml").write_text(ru, encoding="utf-8")
    (folder / "tg/questions.toml").write_text(tg, encoding="utf-8")

    [fault] = questions_faults(folder, topics=TOPICS)

    assert said in fault
    assert "\n" not in fault


def test_more_concepts_than_there_are_numbers_for_are_told(folder: Path):
    lines = "\n".join(f'c{number} = "слово"' for number in range(257))
    (folder / "ru/concepts.toml").write_text(lines, encoding="utf-8")

    [fault] = questions_faults(folder, topics=TOPICS)

    assert "257 concepts" in fault


def test_an_unknown_kind_of_danger_is_told(folder: Path):
    (folder / "ru/danger.toml").write_text('dangerous = ["кровь"]', encoding="utf-8")

    [fault] = questions_faults(folder, topics=TOPICS)

    assert "dangerous is not known" in fault


def test_questions_that_were_written_later_and_a_missing_file_are_told(folder: Path):
    assert "run `make model`" in learned_notices(folder)[0]
    (folder / "search.bin").write_bytes((SHIPPED / "search.bin").read_bytes())
    (folder / "ru/questions.toml").write_text('masks = ["маска"]', encoding="utf-8")

    [notice] = learned_notices(folder)

    assert "ru/questions.toml" in notice
    (folder / "search.bin").write_bytes(b"broken")
    assert "cannot be used" in learned_notices(folder)[0]
