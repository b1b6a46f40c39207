"""The search as it is put together from the folder of words: what was written later counts at once."""

import shutil
from pathlib import Path

import pytest

import locales
from handlers.knowledge import make_search, read_weights
from locales.catalogue import Words
from locales.faults import WordsFault

SHIPPED = Path(locales.__file__).parent
QUESTION = "намордник бумажный куда девать"


@pytest.fixture(scope="module")
def loaded() -> Words:
    return Words.load(strict=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what the search is made from."""
    shutil.copy(SHIPPED / "search.bin", tmp_path)
    for path in SHIPPED.glob("*/*.toml"):
        (tmp_path / path.parent.name).mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.parent.name)
    return tmp_path


def test_a_question_that_was_added_is_answered_without_learning_anew(folder: Path, loaded: Words):
    before = make_search(loaded, folder=folder).ask(QUESTION).topics[0]
    path = folder / "ru/questions.toml"
    text = path.read_text(encoding="utf-8").replace("masks = [", f'masks = [\n  "{QUESTION}",', 1)
    path.write_text(text, encoding="utf-8")

    after = make_search(loaded, folder=folder).ask(QUESTION).topics[0]

    assert before.score < 1
    assert (after.topic, after.score) == ("masks", 1)


def test_a_language_of_its_own_is_a_folder_of_its_own(folder: Path, loaded: Words):
    (folder / "ky").mkdir()
    (folder / "ky/questions.toml").write_text('masks = ["бет кап тагынышым керекпи"]', encoding="utf-8")

    finding = make_search(loaded, folder=folder).ask("бет кап тагынышым керекпи")

    assert finding.confident
    assert finding.topics[0].topic == "masks"


def test_weights_that_cannot_be_used_are_told_in_one_sentence(folder: Path):
    (folder / "search.bin").write_bytes(b"broken")

    with pytest.raises(WordsFault, match=r"search\.bin.*run `make model`"):
        read_weights(folder / "search.bin")
    with pytest.raises(WordsFault, match="No such file"):
        read_weights(folder / "gone.bin")
