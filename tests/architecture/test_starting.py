"""A start costs little: what is heavy is imported when it is used."""

import json
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

NEVER_AT_START = ("matplotlib", "fpdf", "openpyxl", "numpy", "PIL", "alembic", "segno")
LIGHT = (*NEVER_AT_START, "telegram", "sqlalchemy", "aiohttp", "uvicorn", "babel", "apscheduler", "simulator")


def loaded_by(code: str) -> set[str]:
    """Return all modules that a fresh interpreter has loaded after `code`."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(told.stdout.splitlines()[-1]))


@pytest.mark.parametrize("code", ["import bot.cli", "import bot.cli; bot.cli.main(['version'])"])
def test_the_command_line_itself_loads_nothing_heavy(code: str):
    assert loaded_by(code) & set(LIGHT) == set()


def test_the_bot_starts_without_what_only_some_messages_need():
    assert loaded_by("import bot.application") & {*NEVER_AT_START, "simulator"} == set()


def test_a_heavy_import_is_noticed():
    assert "sqlite3" in loaded_by("import storage.writer")
