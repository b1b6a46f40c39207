"""The page of promises names tests that exist, and for each promise one that fails without its guard."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| [A-H]\d", line)]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_every_test_that_is_named_exists(file: str):
    text = (ROOT / file).read_text(encoding="utf-8")
    missing = [name for path, name in NAMED if path == file and not re.search(rf"def {name}\b", text)]

    assert missing == []


def test_every_promise_has_a_trial_and_a_control_or_says_why_not():
    assert len(ROWS) >= 30
    for row in ROWS:
        _, name, _, trial, control, _ = row.split("|")
        assert "::test_" in trial, name
        assert "::test_" in control or "none:" in control, name
