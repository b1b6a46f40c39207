"""The pages of workers, coordinators and clinics name each button as the bot does; each command exists."""

import re
from pathlib import Path

import pytest

from handlers.table import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = ("outreach.md", "coordinating.md", "clinic.md")
CODE = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "handlers").rglob("*.py")))
SAID = set(re.findall(r'"((?:[^"\\\n]|\\.)*)"', CODE))
PICTURE = re.compile(r"[^\w\s/`*…(-]")


def page(name: str) -> str:
    """Return a page."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def buttons(text: str) -> list[str]:
    """Return what stands in bold and begins with a picture, as every button does."""
    bold = (" ".join(found.split()) for found in re.findall(r"\*\*([^*]+)\*\*", text))
    return [label for label in bold if PICTURE.match(label)]


@pytest.mark.parametrize("name", PAGES)
def test_every_button_is_called_as_in_the_bot(name: str):
    found = buttons(page(name))
    forms = {label: {label, f"{label}: {{n}}", label.replace("…", "{name}")} for label in found}

    assert found
    assert [label for label, known in forms.items() if not known & SAID] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_command_is_one(name: str):
    assert set(re.findall(r"`/([a-z]+)", page(name))) - set(COMMANDS) == set()
