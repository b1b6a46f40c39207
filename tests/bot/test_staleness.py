"""Coordinators and administrators hear once a week that answers about law wait for a lawyer."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.checking import everything_wrong
from bot.staleness import stale_topics, tell_of_stale_answers
from care.roles import Role
from locales.catalogue import Words
from locales.faults import Fault
from storage import people, staff
from storage.schema import due
from storage.vault import Vault, new_key

WORDS = Words.load(strict=False)
CHECKED = max(datetime.fromisoformat(a.checked) for a in WORDS["en"].answers.values() if a.checked)
MONDAY = CHECKED.replace(tzinfo=UTC) + timedelta(days=188 - (CHECKED.weekday() + 188) % 7)


async def hired(database, *roles: Role) -> None:
    vault = Vault([new_key()])
    async with database.writing() as store:
        for number, role in enumerate(roles, start=1):
            given = {"consent_version": "test", "link_id": None, "area_id": None}
            person = await people.add(store, vault, number, locale="ru", now=MONDAY, **given)
            await staff.add(store, person.id, role, now=MONDAY)


async def test_overseers_hear_once_a_week(any_database):
    await hired(any_database, Role.COORDINATOR, Role.ADMIN, Role.WORKER, Role.REGISTRAR)
    for days in range(9):
        await tell_of_stale_answers(any_database, WORDS, now=MONDAY + timedelta(days=days))

    async with any_database.reading() as store:
        kinds = [row.kind for row in await store.execute(select(due))]
    assert kinds == ["stale"] * 4  # two people, two weeks


async def test_while_everything_is_fresh_nobody_is_told(any_database):
    await hired(any_database, Role.COORDINATOR)
    now = CHECKED.replace(tzinfo=UTC) + timedelta(days=1)

    await tell_of_stale_answers(any_database, WORDS, now=now)

    assert stale_topics(WORDS, now=now) == ()
    async with any_database.reading() as store:
        assert (await store.execute(select(due))).first() is None


async def test_the_check_names_them(monkeypatch, tmp_path):
    monkeypatch.setenv("HAMROH_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/hamroh.db")
    wrong = await everything_wrong(now=MONDAY)
    [told] = [notice for notice in wrong.notices if "180 days" in notice]

    assert "deportation" in told
    assert not [
        notice
        for notice in (await everything_wrong(now=CHECKED.replace(tzinfo=UTC))).notices
        if "180 days" in notice
    ]


async def test_the_check_names_recordings_that_telegram_would_not_play(monkeypatch, tmp_path):
    fault = Fault(tmp_path / "uz" / "voice" / "x.ogg", "this is not OGG", "make it again")
    monkeypatch.setattr("bot.checking.recording_faults", lambda folder, topics: [fault])

    wrong = await everything_wrong(now=MONDAY)

    assert str(fault) in wrong.faults
