"""Let go of what is not needed any more, and make it true on disk."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Delete, Select, Update, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import DataKind
from care.outcomes import Kind
from care.roles import Actor
from care.unanswered import Verdict
from care.wellbeing import week_of
from storage import family_kept, medicine_kept, relays, transfers
from storage import outcomes as outcomes_of
from storage import people as people_of
from storage.directory import programme
from storage.engine import Database, StoreFault
from storage.schema import (
    bookings,
    claims,
    closures,
    companies,
    decisions,
    drafts,
    due,
    examinations,
    inbox,
    invites,
    lone_visits,
    metadata,
    moods,
    outcomes,
    people,
    questions,
    referrals,
    staff,
    tasks,
    waiting,
    waits,
)

UPDATE_IDS = timedelta(days=7)  # as long as Telegram could send an update again, and much longer
MOODS = timedelta(weeks=12)  # longer than anybody is shown them
FINISHED = timedelta(days=30)  # messages sent, requests that are over, drafts that nobody went on with
TOLD = timedelta(days=8)  # after the answer was there: who waited was told, or could not be
QUESTIONS_DAYS = 90  # at most, and where the programme names no term
FORGOTTEN_AT_ONCE = 100  # people in one transaction


async def nightly(database: Database, *, now: datetime) -> dict[str, int]:
    """Do what is promised for every night: `retention` with the programme's terms, then `compact`."""
    async with database.reading() as connection:
        found = await programme(connection)
    gone = await retention(database, now=now, kept_days=found.retention_days if found else None)
    await compact(database)
    return gone


async def retention(
    database: Database, *, now: datetime, kept_days: Mapping[DataKind, int] | None = None
) -> dict[str, int]:
    """Delete what is past its term and return how many rows of each table.

    `kept_days` are the programme's own terms. What goes: ids of handled updates, and updates that were set
    aside, after 7 days, the update ids of outcomes too; finished messages, requests, waits and talks that
    are over and left drafts after 30 days, which message of a talk is which 48 hours after its end;
    plans of reminders that ended, after 90 days or the programme's term for visits;
    journeys 90 days after their end; unanswered questions, who waits for an answer, and wishes for a new
    topic after 90 days or the programme's term, what is shorter, and who was told sooner; invites that
    nobody used in time; visits, the advice of symptom checks, phones given for a call, and people who did
    not write any more, after
    the programme's terms.
    """
    terms = kept_days or {}
    gone: dict[str, int] = {}
    async with database.writing() as connection:
        for name, statement in _statements(now, terms):
            gone[name] = gone.get(name, 0) + (await connection.execute(statement)).rowcount
    if DataKind.PERSON in terms:
        gone["people"] = await _forget_silent(database, now=now, days=terms[DataKind.PERSON])
    return gone


def questions_days(kept_days: Mapping[DataKind, int]) -> int:
    """Return for how many days a question that was not answered is kept."""
    return min(kept_days.get(DataKind.QUESTIONS, QUESTIONS_DAYS), QUESTIONS_DAYS)


async def _forget_silent(database: Database, *, now: datetime, days: int) -> int:
    """Forget people who wrote nothing for `days`, and return how many; few at a time, so that nobody waits.

    Whoever works here or has a visit ahead stays.
    """
    forgotten = 0
    while True:
        async with database.writing() as connection:
            silent = (await connection.execute(_silent(now, days))).all()
            for person_id, telegram_hash in silent:
                await _forget(connection, person_id, telegram_hash, now=now)
        forgotten += len(silent)
        if len(silent) < FORGOTTEN_AT_ONCE:
            return forgotten


def _silent(now: datetime, days: int) -> Select[*tuple[Any, ...]]:
    works = exists().where(staff.c.person_id == people.c.id, staff.c.ended_at.is_(None))
    visits = exists().where(
        bookings.c.person_id == people.c.id, bookings.c.cancelled_at.is_(None), bookings.c.starts_at > now
    )
    return (
        select(people.c.id, people.c.telegram_hash)
        .where(people.c.seen_on < (now - timedelta(days=days)).date(), ~works, ~visits)
        .limit(FORGOTTEN_AT_ONCE)
    )


async def _forget(
    connection: AsyncConnection, person_id: int, telegram_hash: bytes | None, *, now: datetime
) -> None:
    person = await people_of.by_id(connection, person_id)
    if person is None:
        return
    await outcomes_of.append(
        connection,
        Kind.FORGOTTEN,
        now=now,
        role=Actor.JOB,
        link_id=person.link_id,
        area_id=person.area_id,
        locale=person.locale,
    )
    await people_of.forget(connection, person, [telegram_hash] if telegram_hash else [], now=now)


async def compact(database: Database) -> None:
    """Rewrite the files of the store without what was deleted; on SQLite nothing writes meanwhile.

    Raises StoreFault when a reader keeps the old bytes in use for too long: try again.
    """
    if not database.is_sqlite:
        tables = ", ".join(metadata.tables)
        await database.outside_transactions(f"VACUUM (FULL) {tables}")
        return
    _, checkpoint = await database.outside_transactions("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    busy = checkpoint and checkpoint[0]
    if busy:
        raise StoreFault(
            "the database could not be compacted while somebody reads it for long: close other programs that "
            "have it open, then run `hamroh compact` again"
        )


def _statements(now: datetime, kept_days: Mapping[DataKind, int]) -> list[tuple[str, Delete | Update]]:
    old_ids, finished = now - UPDATE_IDS, now - FINISHED
    asked = now - timedelta(days=questions_days(kept_days))
    told = select(decisions.c.id).where(
        decisions.c.topic.not_in([one.value for one in Verdict]), decisions.c.decided_at < now - TOLD
    )
    statements: list[tuple[str, Delete | Update]] = [
        ("inbox", delete(inbox).where(or_(inbox.c.done_at < old_ids, inbox.c.set_aside_at < old_ids))),
        (
            "outcomes",
            update(outcomes)
            .where(outcomes.c.at < old_ids, outcomes.c.update_id.is_not(None))
            .values(update_id=None),
        ),
        ("questions", delete(questions).where(questions.c.asked_on < asked.date())),
        (
            "waiting",
            delete(waiting).where(or_(waiting.c.since < asked.date(), waiting.c.decision_id.in_(told))),
        ),
        (
            "decisions",
            delete(decisions).where(decisions.c.topic == Verdict.NEW.value, decisions.c.decided_at < asked),
        ),
        (
            "due",
            delete(due).where(
                due.c.state.not_in(("pending", "sending")),
                func.coalesce(due.c.finished_at, due.c.useful_until) < finished,
            ),
        ),
        ("tasks", delete(tasks).where(tasks.c.done_at < finished, ~_comes_again())),
        ("claims", delete(claims).where(or_(claims.c.expires_at < now, claims.c.used_at < finished))),
        ("companies", delete(companies).where(companies.c.ended_at < finished)),
        ("waits", delete(waits).where(waits.c.ended_at < finished)),
        *relays.over(now=now),
        *transfers.over(now=now),
        *family_kept.over(now=now),
        *medicine_kept.over(now=now, days=kept_days.get(DataKind.VISITS)),
        ("lone_visits", delete(lone_visits).where(lone_visits.c.ended_at < finished)),
        ("moods", delete(moods).where(moods.c.week < week_of((now - MOODS).date()))),
        ("drafts", delete(drafts).where(drafts.c.changed_at < finished)),
        ("invites", delete(invites).where(invites.c.expires_at < now, invites.c.used_at.is_(None))),
    ]
    if DataKind.VISITS in kept_days:
        visited = now - timedelta(days=kept_days[DataKind.VISITS])
        statements.append(("bookings", delete(bookings).where(bookings.c.starts_at < visited)))
        gone = visited.date().isoformat()
        statements.append(("closures", delete(closures).where(closures.c.local_until < gone)))
        written = func.coalesce(examinations.c.given_at, examinations.c.ready_at, examinations.c.examined_at)
        statements.append(("examinations", delete(examinations).where(written < visited)))
    if DataKind.CHECKS in kept_days:
        checked = now - timedelta(days=kept_days[DataKind.CHECKS])
        statements.append(
            (
                "referrals",
                update(referrals)
                .where(or_(referrals.c.checked_at < checked, _invited_before(checked)))
                .values(advice=None, checked_at=None),
            )
        )
    if DataKind.CONTACTS in kept_days:
        given = now - timedelta(days=kept_days[DataKind.CONTACTS])
        statements.append(
            (
                "tasks",
                update(tasks)
                .where(tasks.c.created_at < given, tasks.c.contact.is_not(None))
                .values(contact=None),
            )
        )
    return statements


def _invited_before(moment: datetime) -> ColumnElement[bool]:
    """Match the advice of who was invited to an examination and checked nothing (`storage.household`)."""
    unchecked = and_(referrals.c.checked_at.is_(None), referrals.c.advice.is_not(None))
    return and_(unchecked, referrals.c.changed_at < moment)


def _comes_again() -> ColumnElement[bool]:
    """Match what would come anew when it was gone: tasks that come by themselves, until the end."""
    going_on = exists().where(referrals.c.id == tasks.c.referral_id, referrals.c.closed_at.is_(None))
    return and_(tasks.c.key.is_not(None), going_on)
