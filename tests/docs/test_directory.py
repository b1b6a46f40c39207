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


def test_the_spreadsheets_of_the_page_can_be_loaded(tmp_path: Path):
    for name, content in re.findall(
        r"^`([a-z]+\.yaml)`:\n\n```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    ):
        if name != "sites.yaml":
            (tmp_path / name).write_text(content, encoding="utf-8")
    tables = re.findall(r"^```\n(code,.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for table in tables:
        name = "sites.csv" if table.startswith("code,area") else "organisations.csv"
        (tmp_path / name).write_text(table, encoding="utf-8")

    data = read_directory(tmp_path, known_promises=PROMISES)

    assert len(tables) == 2
    assert [site.code for site in data.sites] == ["bazaar"]
    assert [each.region for each in data.organisations] == ["steppe"]


@pytest.mark.parametrize("kind", [*SiteKind, *ServiceKind, *Payer, *DataKind])
def test_every_word_of_the_format_is_explained(kind: SiteKind | ServiceKind | Payer | DataKind):
    assert f"`{kind.value}`" in PAGE


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_is_explained_in_its_own_words(promise: str):
    assert f"| `{promise}` | {PROMISES[promise]} |" in PAGE
