"""The page about the conversations: a section per command, in their order, with outcomes that exist."""

import re
from pathlib import Path

import pytest

from care.outcomes import Kind
from handlers.table import COMMANDS

PAGE = (Path(__file__).parents[2] / "docs" / "conversations.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## /([a-z]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def outcomes(section: str) -> set[str]:
    """Return the outcomes that a section names, without their details in brackets."""
    [told] = re.findall(r"^Outcomes: (.*?)\.$", section, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([a-z-]+)", told))


def test_every_command_has_its_section_in_the_order_of_the_table():
    assert list(SECTIONS) == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_section_names_outcomes_that_exist(command: str):
    named = outcomes(SECTIONS[command])

    assert named
    assert named <= set(Kind)


def test_every_outcome_that_a_conversation_records_is_in_some_section():
    handlers = Path(__file__).parents[2] / "handlers"
    code = "".join(path.read_text(encoding="utf-8") for path in handlers.rglob("*.py"))
    recorded = {kind.value for kind in Kind if re.search(rf"\bKind\.{kind.name}\b", code)}
    by_the_program = {"blocked", "returned"}  # when somebody blocks the bot: no conversation

    assert [kind for kind in recorded - by_the_program if f"`{kind}" not in PAGE] == []
