"""Let go of what is not needed any more, and make it true on disk."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Delete, Update, delete, func, or_, update

from care.directory import DataKind
from storage.directory import programme
from storage.engine import Database, StoreFault
from storage.schema import bookings, drafts, due, inbox, invites, metadata, outcomes, questions, referrals

UPDATE_IDS = timedelta(days=7)  # as long as Telegram could send an update again, and much longer
FINISHED = timedelta(days=30)  # messages that were sent, and drafts that nobody went on with
QUESTIONS_DAYS = 90  # where the programme names no other term


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
    aside, after 7 days, the update ids of outcomes too; finished messages and left drafts after 30 days;
    unanswered questions after 90 days or the programme's term; invites that nobody used in time; visits and
    the advice of symptom checks after the programme's terms.
    """
    gone: dict[str, int] = {}
    async with database.writing() as connection:
        for name, statement in _statements(now, kept_days or {}):
            gone[name] = gone.get(name, 0) + (await connection.execute(statement)).rowcount
    return gone


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
    asked = now - timedelta(days=kept_days.get(DataKind.QUESTIONS, QUESTIONS_DAYS))
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
            "due",
            delete(due).where(
                due.c.state.not_in(("pending", "sending")),
                func.coalesce(due.c.finished_at, due.c.useful_until) < finished,
            ),
        ),
        ("drafts", delete(drafts).where(drafts.c.changed_at < finished)),
        ("invites", delete(invites).where(invites.c.expires_at < now, invites.c.used_at.is_(None))),
    ]
    if DataKind.VISITS in kept_days:
        visited = now - timedelta(days=kept_days[DataKind.VISITS])
        statements.append(("bookings", delete(bookings).where(bookings.c.starts_at < visited)))
    if DataKind.CHECKS in kept_days:
        checked = now - timedelta(days=kept_days[DataKind.CHECKS])
        statements.append(
            (
                "referrals",
                update(referrals)
                .where(referrals.c.checked_at < checked)
                .values(advice=None, checked_at=None),
            )
        )
    return statements
