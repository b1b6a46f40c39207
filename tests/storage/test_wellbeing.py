"""Care for the worker in the store, on both databases."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from care.person import StaffMember
from care.reminders import Quiet
from care.roles import Role
from care.wellbeing import Load, closed_weeks, week_of
from storage import lone, people, staff, tasks, wellbeing
from storage.engine import Database
from storage.erasing import retention
from storage.schema import due, lone_visits, moods
from storage.schema import staff as staff_table

ALMATY = "Asia/Almaty"


@pytest.fixture
async def team(any_database: Database, vault, now: datetime) -> list[StaffMember]:
    """Two workers and a coordinator."""
    made = []
    async with any_database.writing() as store:
        for number, role in enumerate((Role.WORKER, Role.WORKER, Role.COORDINATOR)):
            person = await people.add(
                store,
                vault,
                number + 1,
                locale="ru",
                consent_version="1",
                link_id=None,
                area_id=None,
                now=now,
            )
            staff_id = await staff.add(store, person.id, role, now=now)
            made.append(StaffMember(id=staff_id, role=role, person_id=person.id))
    return made


async def test_hours_are_kept_and_read_back(any_database, team, now):
    async with any_database.writing() as store:
        before = await wellbeing.hours_of(store, team[0].person_id)
        await wellbeing.keep_hours(store, [team[0]], Quiet(time(22), time(7)))
        after = await wellbeing.hours_of(store, team[0].person_id)
        others = await wellbeing.hours_of(store, team[1].person_id)

        assert await wellbeing.hours_of(store, 5) is None
    assert before == others == wellbeing.Hours(None, None)
    assert after == wellbeing.Hours(None, Quiet(time(22), time(7)))


async def test_the_load_counts_what_is_open_and_what_was_done_this_week(any_database, team, now):
    member, other, _ = team
    async with any_database.writing() as store:
        for days in (None, 1, 6, 8):
            task = await tasks.add(
                store,
                person_id=other.person_id,
                promised_at=now,
                now=now,
                kind=f"k{days}",
                staff_id=member.id,
            )
            if days is not None:
                await tasks.done(store, task.id, [member], now=now - timedelta(days=days))
        loads = await wellbeing.loads(store, now=now)

    assert loads == {member.id: Load(tasks=1, done=2), other.id: Load()}


async def test_answers_are_one_a_week_and_come_without_whose_they_are(any_database, team):
    async with any_database.writing() as store:
        for member in team[:2]:
            for answer in (1, 3):
                await wellbeing.keep_mood(store, member.id, "2026-W47", {"rest": answer})
        own = await wellbeing.moods_of(store, team[0].id, ["2026-W46", "2026-W47"])
        every = await wellbeing.moods_of_team(store, ["2026-W46", "2026-W47"])

    assert own == {"2026-W47": {"rest": 3}}
    assert every == {"2026-W46": [], "2026-W47": [{"rest": 3}, {"rest": 3}]}


async def test_of_a_forgotten_worker_only_weeks_that_were_shown_stay_without_them(
    any_database, vault, team, now
):
    """Without an answer a shown average would change, and the change would tell that answer."""
    member = team[0]
    weeks = [week_of(now.date()), *closed_weeks(now)]
    async with any_database.writing() as store:
        person = await people.by_id(store, member.person_id)
        for week in weeks:
            await wellbeing.keep_mood(store, member.id, week, {"rest": 1})
        await lone.begin(store, member, ends_at=now, site_id=None, now=now)
        await people.forget(store, person, vault.hashes("1"), now=now)

        assert (await store.execute(select(lone_visits.c.id))).all() == []
        kept = (await store.execute(select(moods.c.week).order_by(moods.c.week.desc()))).scalars().all()
        row = (
            await store.execute(select(staff_table.c.person_id).where(staff_table.c.id == member.id))
        ).one()
    assert list(kept) == weeks[1:]
    assert row.person_id is None


async def test_old_answers_and_ended_timers_are_let_go(any_database, team, now):
    old = week_of((now - timedelta(weeks=13)).date())
    async with any_database.writing() as store:
        for week in (old, week_of(now.date())):
            await wellbeing.keep_mood(store, team[0].id, week, {"rest": 1})
        for days in (31, 29):
            visit = await lone.begin(store, team[0], ends_at=now, site_id=None, now=now)
            await lone.end(store, visit, now=now - timedelta(days=days), by_person=team[0].person_id)
    gone = await retention(any_database, now=now)

    assert (gone["moods"], gone["lone_visits"]) == (1, 1)


async def test_a_lone_visit_alarms_ends_and_calms_on_both_databases(any_database, team, now):
    worker = team[0]
    async with any_database.writing() as store:
        visit = await lone.begin(store, worker, ends_at=now + timedelta(minutes=30), site_id=None, now=now)
        later = visit.ends_at
        assert not await lone.anything_late(store, now=now)
        assert await lone.anything_late(store, now=later)
        first = await lone.tell_of_late(store, now=later, zone=ALMATY)
        again = await lone.tell_of_late(store, now=later, zone=ALMATY)
        escalated = await lone.tell_of_late(store, now=later + timedelta(minutes=15), zone=ALMATY)
        keys = (await store.execute(select(due.c.key).where(due.c.kind == "lone-late"))).scalars().all()
        found = await lone.by_id(store, visit.id)

        assert (first, again, escalated) in {(1, 0, 1), (1, 0, 0)}  # without an area the office is first
        assert found is not None
        assert found.alerted_at == later
        assert all(key.startswith(f"lone-late:{visit.id}:") for key in keys)
        assert await lone.end(store, found, now=later, by_person=worker.person_id)
        assert not await lone.end(store, found, now=later, by_person=worker.person_id)
        [row] = (await store.execute(select(lone_visits))).mappings()
    assert row["ended_at"] == later
