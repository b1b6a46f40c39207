"""The page about the directory: its example can be loaded as it stands, and nothing is left out."""

import re
from pathlib import Path

import pytest

from bot.directory import read_directory
from care.directory import DataKind, Payer, ServiceKind, SiteKind
from care.topics import PROMISES

PAGE = (Path(__file__).parents[2] / "docs" / "directory.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_can_be_loaded(tmp_path: Path):
    for name, content in re.findall(
        r"^`([a-z]+\.yaml)`:\n\n```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")

    data = read_directory(tmp_path, known_promises=PROMISES)

    assert [clinic.code for clinic in data.clinics] == ["polyclinic"]


def test_the_spreadsheet_of_the_page_can_be_loaded(tmp_path: Path):
    for name, content in re.findall(
        r"^`([a-z]+\.yaml)`:\n\n```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    ):
        if name != "sites.yaml":
            (tmp_path / name).write_text(content, encoding="utf-8")
    [table] = re.findall(r"^```\n(code,.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "sites.csv").write_text(table, encoding="utf-8")

    assert [site.code for site in read_directory(tmp_path, known_promises=PROMISES).sites] == ["bazaar"]


@pytest.mark.parametrize("kind", [*SiteKind, *ServiceKind, *Payer, *DataKind])
def test_every_word_of_the_format_is_explained(kind: SiteKind | ServiceKind | Payer | DataKind):
    assert f"`{kind.value}`" in PAGE


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_is_explained_in_its_own_words(promise: str):
    assert f"| `{promise}` | {PROMISES[promise]} |" in PAGE
