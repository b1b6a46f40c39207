"""The audit log is looked at every night and by `hamroh check`; its end is held by an anchor outside."""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from bot import logs
from bot.auditing import judged, look_at_night
from bot.settings import Settings, load
from care.audit import Act, Deed, anchor_in
from care.message_kinds import Kind
from care.roles import Actor, Role
from storage import audit, files, keys, people, schema, staff
from storage.engine import Database, open_database
from storage.vault import Vault


async def written(database: Database, vault: Vault, now: datetime, *, rows: int = 5) -> None:
    for number in range(rows):
        async with database.writing() as store:
            deed = Deed(act=Act.PAUSED, role=Actor.ADMIN, about="staff", actor_id=1, about_id=number)
            await audit.append(store, vault, deed, now=now + timedelta(minutes=number))


async def logged(database: Database, vault: Vault, now: datetime) -> list[dict[str, object]]:
    """Return what a night writes into the program's log."""
    stream = io.StringIO()
    logs.configure(style="json", stream=stream)
    await look_at_night(database, vault, now=now)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def told(database: Database) -> list[str]:
    async with database.reading() as store:
        return list((await store.execute(schema.due.select())).mappings().all())


async def test_a_night_writes_an_anchor_outside_the_database(
    any_database: Database, vault: Vault, now: datetime, logs_put_back: None
) -> None:
    await written(any_database, vault, now)

    [line] = await logged(any_database, vault, now)

    anchor = anchor_in(f"{line['row']}:{line['mark']}")
    assert anchor is not None
    async with any_database.writing() as store:
        assert await audit.holds(store, anchor)
        await store.execute(delete(schema.audit).where(schema.audit.c.id == 5))
        assert not await audit.holds(store, anchor)


async def test_a_night_over_an_empty_log_says_nothing(
    any_database: Database, vault: Vault, now: datetime, logs_put_back: None
) -> None:
    assert await logged(any_database, vault, now) == []


async def test_coordinators_and_admins_hear_of_a_changed_log_once_a_day(
    any_database: Database, vault: Vault, now: datetime, logs_put_back: None
) -> None:
    await written(any_database, vault, now)
    async with any_database.writing() as store:
        for number, role in enumerate([Role.WORKER, Role.COORDINATOR, Role.ADMIN], start=1):
            given = {"consent_version": "test", "link_id": None, "area_id": None}
            person = await people.add(store, vault, number, locale="ru", now=now, **given)
            await staff.add(store, person.id, role, now=now)
        await store.execute(update(schema.audit).where(schema.audit.c.id == 2).values(about_id=99))

    for hours in (0, 1, 24):
        [line] = await logged(any_database, vault, now + timedelta(hours=hours))
        assert (line["level"], line["row"]) == ("error", 2)

    kinds = [row["kind"] for row in await told(any_database)]
    assert kinds == [Kind.LOG_CHANGED.value] * 4


@pytest.fixture
async def settings(
    sqlite_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Settings:
    """The settings of an installation with five rows in its log and keys beside its file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HAMROH_DATABASE_URL", sqlite_url)
    found = load()
    assert found.sqlite_file is not None
    database = open_database(sqlite_url)
    await written(database, Vault(keys.make(files.key_file(found.sqlite_file))), now)
    await database.close()
    return found


async def test_check_says_what_to_write_down_and_takes_it_back(settings: Settings) -> None:
    faults, [note] = await judged(settings, None)
    anchor = note.rpartition("--anchor ")[2].rstrip("`")

    assert faults == []
    assert "whole, up to row 5" in note
    assert await judged(settings, anchor) == ([], [note])


@pytest.mark.parametrize(("rows", "fault"), [(5, "does not hold row 5"), (3, "row 3 does not fit")])
async def test_check_finds_a_cut_end_and_a_changed_row(settings: Settings, rows: int, fault: str) -> None:
    _, [note] = await judged(settings, None)
    anchor = note.rpartition("--anchor ")[2].rstrip("`")
    database = open_database(settings.database_url)
    async with database.writing() as store:
        await store.execute(delete(schema.audit).where(schema.audit.c.id == rows))
    await database.close()

    faults, notes = await judged(settings, anchor)

    assert fault in " ".join(faults)
    assert notes == []


async def test_check_without_the_anchor_does_not_see_a_cut_end(settings: Settings) -> None:
    """The negative control: what nobody wrote down outside, nobody misses."""
    database = open_database(settings.database_url)
    async with database.writing() as store:
        await store.execute(delete(schema.audit).where(schema.audit.c.id == 5))
    await database.close()

    faults, [note] = await judged(settings, None)

    assert faults == []
    assert "up to row 4" in note


async def test_check_says_what_an_anchor_looks_like(settings: Settings) -> None:
    [fault], _ = await judged(settings, "12")

    assert "is no anchor" in fault
