"""The operator's page tells everything there is."""

import re
from pathlib import Path

import bot.cli
from bot.settings import Settings

ROOT = Path(bot.cli.__file__).parents[1]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_table_and_no_other():
    told = set(re.findall(r"^\| `HAMROH_([A-Z_]+)` \|", PAGE, re.MULTILINE))

    assert told == {name.upper() for name in Settings.model_fields}


def test_every_command_is_in_the_table_and_no_other(capsys):
    told = set(re.findall(r"^\| `hamroh ([a-z]+)", PAGE, re.MULTILINE))

    usage = bot.cli._parser().format_help()
    listed = set(re.findall(r"^    ([a-z]+)(?:  |$)", usage, re.MULTILINE))
    assert told == listed


def test_every_job_is_in_the_table_and_no_other():
    part = re.search(r"^## What runs by itself\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    jobs = re.findall(r'Job\(name="([a-z]+)"', (ROOT / "bot" / "timetable.py").read_text(encoding="utf-8"))

    assert part is not None
    assert re.findall(r"^\| `([a-z]+)` \|", part[1], re.MULTILINE) == jobs


def test_the_unit_of_systemd_stays_down_when_the_settings_are_wrong():
    unit = (ROOT / "deploy" / "hamroh.service").read_text(encoding="utf-8")

    assert f"RestartPreventExitStatus={bot.cli.CANNOT_RUN}\n" in unit
    assert "ExecStart=/opt/hamroh/bin/hamroh run\n" in unit
