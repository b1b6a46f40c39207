"""The translator's page names every topic, which `hamroh check` sends people to."""

import re
from pathlib import Path

from bot.checking_questions import DANGER_KINDS
from care.examples import NOT_OURS
from care.topics import TOPICS

PAGE = (Path(__file__).parents[2] / "docs" / "translating.md").read_text(encoding="utf-8")
TOLD = re.search(r"^## Topics\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)


def test_every_topic_is_named_and_no_other():
    assert TOLD is not None

    assert set(re.findall(r"`([a-z-]+)`", TOLD[1])) == {*TOPICS, NOT_OURS}


def test_both_lists_of_danger_are_named():
    assert [kind for kind in DANGER_KINDS if f"`{kind}`" not in PAGE] == []
