import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

import bot.cli
from storage.vault import Vault

ROOT = Path(bot.cli.__file__).parents[1]
TOKEN = "7123456789:AAF-canaryCanaryCanaryCanaryCanary1"
PASSWORD = "canaryPassword77"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the command runs: its database is made here."""
    return tmp_path


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


class Hamroh(Protocol):
    """Run the command in the folder, in an environment of its own."""

    def __call__(self, *arguments: str, given: str = "", **environment: str) -> Done: ...


@pytest.fixture
def hamroh(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    logs_put_back: None,
) -> Hamroh:
    """Run the command as an operator does, in a thread of this process: that is quicker."""
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.upper().startswith("HAMROH_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, given: str = "", **environment: str) -> Done:
        with monkeypatch.context() as settings, ThreadPoolExecutor(max_workers=1) as threads:
            settings.setattr(sys, "stdin", io.StringIO(given))
            for name, value in environment.items():
                settings.setenv(name, value)
            code = threads.submit(bot.cli.main, arguments).result()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Done(code, said.out, said.err)

    return run


def outside(folder: Path, *arguments: str) -> Done:
    """Run the command in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.upper().startswith("HAMROH_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "bot.cli", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def complaints(done: Done) -> list[str]:
    """What the command complained about: it says nothing else there."""
    lines = done.stderr.splitlines()
    assert all(line.startswith("hamroh: ") for line in lines), done.stderr
    return [line.removeprefix("hamroh: ") for line in lines]


def test_the_version_is_told_without_importing_the_program(folder, hamroh):
    done = outside(folder, "version")

    assert done.returncode == 0
    assert done.stdout.startswith("hamroh")
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, bot.cli; bot.cli.main(['version']); print('sqlalchemy' in sys.modules)",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert loaded.stdout.endswith("False\n")


def test_a_key_can_be_used_and_is_another_every_time(folder, hamroh):
    one, other = (hamroh("key").stdout.strip() for _ in range(2))

    assert one != other
    assert Vault([one, other]).open(Vault([other]).seal(b"x")) == b"x"


@pytest.mark.parametrize("command", ["run", "migrate", "compact"])
def test_all_faults_of_the_settings_are_told_at_once(folder, command, hamroh):
    done = hamroh(
        command,
        HAMROH_BOT_TOKEN=f"{TOKEN} x",
        HAMROH_TIMEZONE=TOKEN,
        HAMROH_LOGLEVEL="info",
        HAMROH_DATABASE_URL=f"postgres://me:{PASSWORD}@host/db",
    )

    assert done.returncode == 2
    assert len(complaints(done)) == 4
    assert "anary" not in done.stderr
    assert list(folder.iterdir()) == []


def test_webhook_mode_needs_its_settings(folder, hamroh):
    done = hamroh("run", "--webhook", HAMROH_BOT_TOKEN=TOKEN)

    assert done.returncode == 2
    assert "HAMROH_WEBHOOK_URL is missing" in done.stderr


def test_migrating_makes_the_database_once(folder, hamroh):
    first, second = hamroh("migrate"), hamroh("migrate")

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.startswith("Migrated from nothing")
    assert second.stdout == "The database is up to date.\n"


def test_what_was_taught_is_written_on_the_screen_or_into_a_file(folder, hamroh):
    assert hamroh("export", "questions").stdout == "# Nobody taught anything yet.\n"
    with closing(sqlite3.connect(folder / "hamroh.db")) as connection:
        connection.execute("INSERT INTO decisions VALUES (1, 'masks', '2026-11-21 10:00:00')")
        connection.execute("INSERT INTO taught VALUES (1, 1, 'молоко', 'uz_Cyrl', 'молоко')")
        connection.commit()

    shown, written = hamroh("export", "questions"), hamroh("export", "questions", "--to", "taught.toml")

    assert tomllib.loads(shown.stdout) == {"uz": {"masks": ["молоко"]}}
    assert written.stdout == ""
    assert (folder / "taught.toml").read_text(encoding="utf-8") == shown.stdout
    refused = hamroh("export", "questions", "--to", "gone/taught.toml")
    assert refused.returncode == 2
    assert "gone/taught.toml cannot be written" in complaints(refused)[0]


@pytest.mark.parametrize("command", ["migrate", "compact", "check"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"minutes of a meeting" * 100, "is not a SQLite database"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "is damaged"),
    ],
)
def test_a_broken_database_is_told_in_a_sentence_and_kept(folder, command, content, reason, hamroh):
    (folder / "hamroh.db").write_bytes(content)

    done = hamroh(command)

    assert done.returncode == (1 if command == "check" else 2)
    assert reason in done.stdout + done.stderr
    assert (folder / "hamroh.db").read_bytes() == content
    assert [path.name for path in folder.iterdir()] == ["hamroh.db"]


def test_a_missing_folder_is_told_and_not_made(folder, hamroh):
    done = hamroh("migrate", HAMROH_DATABASE_URL="sqlite+aiosqlite:///gone/hamroh.db")

    assert done.returncode == 2
    assert "gone of the database does not exist" in complaints(done)[0]
    assert list(folder.iterdir()) == []


def test_a_database_that_vanished_is_not_made_anew(folder, hamroh):
    assert hamroh("compact").returncode == 0
    (folder / "hamroh.db").unlink()

    done = hamroh("compact")

    assert done.returncode == 2
    assert "restore the database" in complaints(done)[0]
    assert not (folder / "hamroh.db").exists()


def test_a_newer_schema_is_told(folder, hamroh):
    hamroh("migrate")
    with closing(sqlite3.connect(folder / "hamroh.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    done = hamroh("migrate")

    assert done.returncode == 2
    assert "newer Hamroh" in complaints(done)[0]


def test_a_postgresql_that_is_not_there_is_told_without_its_password(folder, hamroh):
    done = hamroh(
        "migrate",
        HAMROH_DATABASE_URL=f"postgresql+asyncpg://me:{PASSWORD}@127.0.0.1:1/hamroh",
        HAMROH_SECRET_KEYS=hamroh("key").stdout.strip(),
    )

    assert done.returncode == 2
    assert "does not let us in" in complaints(done)[0]
    assert PASSWORD not in done.stderr


def test_the_invented_city_is_imported_and_importing_again_changes_nothing(folder, hamroh):
    first = hamroh("import", str(ROOT / "examples" / "demo-city"))
    second = hamroh("import", str(ROOT / "examples" / "demo-city"))

    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("Imported: ")
    assert second.stdout == "Imported: 0 added, 0 changed, 0 retired.\n"


def test_an_address_that_tells_too_much_on_a_lock_screen_is_noticed(folder, hamroh):
    city = folder / "city"
    shutil.copytree(ROOT / "examples" / "demo-city", city)
    clinics = city / "clinics.yaml"
    text = clinics.read_text(encoding="utf-8")
    clinics.write_text(re.sub(r"(address:.*?en: )", r"\1TB centre ", text, count=1, flags=re.DOTALL), "utf-8")

    done = hamroh("import", str(city))

    assert done.returncode == 0, done.stderr
    notes = [line for line in done.stdout.splitlines() if line.startswith("note: ")]
    assert len(notes) == 1
    assert '(en) says "TB"' in notes[0]


def test_a_directory_with_faults_is_refused_with_all_of_them_and_nothing_is_made(folder, hamroh):
    city = folder / "city"
    city.mkdir()
    (city / "regions.yaml").write_text("regions: [\n")

    done = hamroh("import", str(city))

    assert done.returncode == 2
    assert len(complaints(done)) > 1
    assert any("regions.yaml" in line for line in complaints(done))
    assert not (folder / "hamroh.db").exists()


def test_checking_tells_everything_and_makes_nothing(folder, hamroh):
    done = hamroh("check", HAMROH_TIMEZONE="Asia/Nowhere", HAMROH_LISTEN="here")

    assert done.returncode == 1
    assert "wrong: HAMROH_TIMEZONE is no IANA time zone" in done.stdout
    assert "wrong: HAMROH_LISTEN must be HOST:PORT" in done.stdout
    assert list(folder.iterdir()) == []


def test_checking_finds_keys_that_others_can_read(folder, hamroh):
    assert hamroh("compact").returncode == 0
    (folder / "hamroh.db.key").chmod(0o644)

    done = hamroh("check")

    assert done.returncode == 1
    assert "others can read the keys" in done.stdout


def test_questions_are_answered_a_line_each(folder, hamroh):
    lines = [
        {"id": "a", "lang": "ru", "text": "сколько стоит рентген"},
        {"id": 7, "lang": "ru", "text": "кашляю кровью, не могу дышать"},
        {"id": None, "lang": "uz", "text": "zzzz qqqq"},
    ]

    done = hamroh("ask", "--jsonl", given="\n".join(map(json.dumps, lines)) + "\n\n")

    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [row["id"] for row in rows] == ["a", 7, None]
    assert rows[1]["topics"][0] == "emergency"
    assert rows[2]["topics"] == []
    assert all(set(row) == {"id", "topics", "ms"} and row["ms"] >= 0 for row in rows)


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": 5}'])
def test_a_line_that_is_no_question_is_told_with_its_number(line, hamroh):
    done = hamroh("ask", "--jsonl", given='{"id": 1, "text": "x"}\n' + line + "\n")

    assert done.returncode == 2
    assert "line 2: expected" in complaints(done)[0]


def test_a_fault_of_the_program_itself_is_told_without_its_text(capsys, monkeypatch):
    def broken(_: object) -> int:
        """Break."""
        raise KeyError(TOKEN)

    monkeypatch.setattr(bot.cli, "version", broken)

    assert bot.cli.main(["version"]) == bot.cli.BROKEN
    told = capsys.readouterr().err
    assert "KeyError" in told
    assert "test_cli.py" in told
    assert TOKEN not in told


def test_an_unknown_command_is_refused(folder, hamroh):
    done = outside(folder, "fly")

    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_check_names_the_answers_that_nobody_has_reviewed(hamroh):
    done = hamroh("check")

    assert "note: uz: nobody has reviewed " in done.stdout
