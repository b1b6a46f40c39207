import asyncio
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, make_url, text

import storage.migrate
from storage import files
from storage.engine import StoreFault, open_database
from storage.migrate import KNOWN, NEEDED, migrate, state
from storage.schema import marks, metadata
from tests.storage.versions import older

PASSWORD = "canaryPassword77"


@pytest.fixture
async def empty_url(any_url: str) -> str:
    """The URL of a store without tables: on SQLite without a file."""
    if any_url.startswith("sqlite"):
        file_of(any_url).unlink()
        return any_url
    database = open_database(any_url)
    async with database.writing() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await database.close()
    return any_url


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can enter, without tmp_path's private parents."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Be somebody whom the rights of files hold back: they do not hold root."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def file_of(url: str) -> Path:
    return Path(str(make_url(url).database))


def differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def contents(folder: Path) -> dict[str, bytes]:
    """Everything in the folder but SQLite's index of its log, which comes and goes."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


async def refused(url: str, **options: float) -> str:
    with pytest.raises(StoreFault) as looking:
        await state(url, **options)
    with pytest.raises(StoreFault) as migrating:
        await migrate(url, **options)
    assert str(looking.value) == str(migrating.value)
    return str(looking.value)


async def test_migrating_an_empty_store_makes_the_tables_of_the_schema(empty_url):
    before = await migrate(empty_url)

    database = open_database(empty_url)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()
    assert before.current is None
    assert (await state(empty_url)).is_ready


async def test_all_migrations_one_after_the_other_make_the_tables_of_the_schema(tmp_path):
    file = tmp_path / "hamroh.db"
    sqlite3.connect(file).close()
    database = open_database(url_of(file))
    async with database.writing() as connection:
        await connection.run_sync(storage.migrate._walk)

        assert await connection.run_sync(differences) == []
    await database.close()


async def test_a_table_that_no_migration_makes_is_found_by_the_comparison(any_database):
    async with any_database.writing() as connection:
        await connection.execute(text("DROP TABLE questions"))

        assert await connection.run_sync(differences) != []


async def test_a_column_that_no_migration_makes_is_found_by_the_comparison(any_database):
    async with any_database.writing() as connection:
        await connection.execute(text("ALTER TABLE questions DROP COLUMN locale"))

        assert await connection.run_sync(differences) != []


def test_the_version_that_the_program_needs_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(Path(storage.migrate.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)

    assert scripts.get_heads() == [NEEDED]
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == KNOWN


async def test_migrating_again_changes_nothing(any_url):
    assert (await migrate(any_url)).is_ready


async def test_two_programs_that_migrate_at_once_do_it_once(empty_url):
    await asyncio.wait_for(asyncio.gather(migrate(empty_url), migrate(empty_url)), 60)

    assert (await state(empty_url)).is_ready


async def test_migrating_leaves_the_logs_alone(tmp_path):
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.getLogger("alembic").handlers[:]

    await migrate(url_of(tmp_path / "hamroh.db"))

    assert (root.handlers[:], root.level, logging.getLogger("alembic").handlers[:]) == before


def test_alembic_is_not_loaded_when_there_is_nothing_to_migrate(sqlite_url):
    look = (
        "import asyncio, sys; from storage.migrate import migrate; asyncio.run(migrate(sys.argv[1]));"
        "sys.exit('alembic' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", look, sqlite_url],
        cwd=Path(storage.migrate.__file__).parents[1],
        check=False,
        timeout=60,
    )

    assert done.returncode == 0


async def test_a_migration_that_fails_half_way_leaves_everything_as_it_was(tmp_path):
    file = tmp_path / "hamroh.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.execute("CREATE TABLE questions (id INTEGER)")

    with pytest.raises(StoreFault):
        await migrate(url_of(file))

    with closing(sqlite3.connect(file)) as connection:
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    assert tables == {"alembic_version", "questions"}


async def test_a_new_file_can_be_read_by_its_owner_only(tmp_path):
    await migrate(url_of(tmp_path / "hamroh.db"))

    assert (tmp_path / "hamroh.db").stat().st_mode & 0o077 == 0


async def test_looking_at_a_store_that_is_not_there_makes_nothing(tmp_path):
    assert (await state(url_of(tmp_path / "hamroh.db"))).current is None
    assert list(tmp_path.iterdir()) == []


async def test_a_missing_folder_is_refused_and_not_made(tmp_path):
    with pytest.raises(StoreFault, match=r"the folder .* does not exist"):
        await migrate(url_of(tmp_path / "gone" / "hamroh.db"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("trace", ["hamroh.db.key", "hamroh.db-wal"])
@pytest.mark.parametrize("left", [None, b""])
async def test_a_file_that_vanished_is_not_made_anew(tmp_path, trace, left):
    (tmp_path / trace).write_bytes(b"something")
    if left is not None:
        (tmp_path / "hamroh.db").write_bytes(left)
    before = contents(tmp_path)

    assert "restore" in await refused(url_of(tmp_path / "hamroh.db"))
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "content", [b"These are the minutes of a meeting. " * 500, b"PK\x03\x04", b"\0" * 8192]
)
async def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path, content):
    (tmp_path / "hamroh.db").write_bytes(content)

    assert "is not a SQLite database" in await refused(url_of(tmp_path / "hamroh.db"))
    assert contents(tmp_path) == {"hamroh.db": content}


async def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    assert "cannot be read" in await refused(url_of(tmp_path))


async def damage_a_page(sqlite_url: str, now: datetime) -> bytes:
    """Fill a page of the file with nonsense; return what is in the file then."""
    database = open_database(sqlite_url)
    async with database.writing() as connection:
        rows = [{"name": f"{n:040}", "value": "x" * 300, "changed_at": now} for n in range(500)]
        await connection.execute(insert(marks), rows)
    await database.close()
    file = file_of(sqlite_url)
    content = bytearray(file.read_bytes())
    at = content.rindex(b"x" * 300) // 4096 * 4096
    content[at : at + 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    return bytes(content)


async def test_a_damaged_page_is_found_at_start(sqlite_url, now):
    content = await damage_a_page(sqlite_url, now)

    assert "is damaged" in await refused(sqlite_url)
    assert file_of(sqlite_url).read_bytes() == content


async def test_a_damaged_page_that_nobody_looks_for_is_not_found(sqlite_url, now, monkeypatch):
    """The negative control: the file is opened, and its pages are not looked through."""
    await damage_a_page(sqlite_url, now)
    monkeypatch.setattr("storage.files.examine", lambda *_, **__: None)

    assert (await state(sqlite_url)).is_ready


async def test_a_file_cut_in_half_is_found_at_start(sqlite_url):
    file = file_of(sqlite_url)
    file.write_bytes(file.read_bytes()[:30_000])

    assert "is damaged" in await refused(sqlite_url)


async def test_a_read_only_file_is_refused(open_folder, nobody):
    file = open_folder / "hamroh.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    file.chmod(0o444)

    assert "cannot be written" in await refused(url_of(file))


async def test_a_folder_in_which_nothing_can_be_written_is_refused(open_folder, nobody):
    folder = open_folder / "closed"
    folder.mkdir()
    folder.chmod(0o555)

    with pytest.raises(StoreFault, match="cannot be made"):
        await migrate(url_of(folder / "hamroh.db"))


async def test_a_file_that_others_own_is_refused(open_folder, nobody):
    file = open_folder / "hamroh.db"
    file.write_bytes(b"SQLite format 3\0")
    file.chmod(0o000)

    assert "cannot be read" in await refused(url_of(file))


async def test_a_file_that_stays_locked_is_refused(sqlite_url):
    with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert "locked by another program" in await refused(sqlite_url, wait_s=0.1)


async def test_a_file_that_is_locked_for_a_moment_is_waited_for(sqlite_url):
    with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        looking = asyncio.create_task(state(sqlite_url, wait_s=20))
        done, _ = await asyncio.wait([looking], timeout=0.3)
        assert not done
        other.execute("ROLLBACK")

    assert (await asyncio.wait_for(looking, 20)).is_ready


async def test_a_database_of_another_program_is_refused(empty_url):
    if empty_url.startswith("sqlite"):
        files.make(file_of(empty_url))
    database = open_database(empty_url)
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE wordpress (id INTEGER)"))
    await database.close()

    assert "tables of another program" in await refused(empty_url)


async def test_a_schema_newer_than_the_program_is_refused(any_url):
    database = open_database(any_url)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()

    assert "newer Hamroh (schema 9999" in await refused(any_url)


async def test_a_postgresql_that_cannot_be_reached_is_told_without_the_password():
    told = await refused(f"postgresql+asyncpg://me:{PASSWORD}@127.0.0.1:1/hamroh")

    assert "127.0.0.1:1 does not let us in" in told
    assert PASSWORD not in told


async def test_people_and_their_referrals_survive_the_step_to_the_team(tmp_path: Path) -> None:
    """Tables that are rebuilt keep their rows, and what was owned begins its history."""
    file = tmp_path / "hamroh.db"
    older(file, "0003")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO people (id, telegram_hash, telegram_id, key, locale, consent_version, "
            "consent_locale, consented_at, seen_on, created_at) VALUES "
            "(1, x'01', x'02', x'03', 'uz', '1', 'uz', '2026-11-01', '2026-11-01', '2026-11-01')"
        )
        connection.execute(
            "INSERT INTO staff (id, person_id, role, started_at) VALUES (5, 1, 'worker', '2026-11-01')"
        )
        connection.execute(
            "INSERT INTO referrals (id, person_id, staff_id, state, opened_at, changed_at) "
            "VALUES (9, 1, 5, 'reached', '2026-11-02', '2026-11-02')"
        )

    await migrate(f"sqlite+aiosqlite:///{file}")

    with closing(sqlite3.connect(file)) as connection:
        known = connection.execute("SELECT id, telegram_hash, locale FROM people").fetchall()
        working = connection.execute("SELECT person_id, role, paused_at FROM staff").fetchall()
        owned = connection.execute("SELECT referral_id, staff_id, reason, until FROM ownerships").fetchall()
    assert (known, working) == ([(1, b"\x01", "uz")], [(1, "worker", None)])
    assert owned == [(9, 5, "link", None)]
