"""Keep the register of a clinic: who is expected, who came; only that clinic's own visits can be touched.

What the desk sees is a person's visit, a child's, or of somebody who came without a booking
(`care.places.SEEN_AT_THE_DESK`); places that are kept or blocked are none of these.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from care.company import TAKEN
from care.failures import not_seen
from care.pass_on import pass_on, pass_on_key
from care.places import OVERFLOW, SEEN_AT_THE_DESK, Use
from care.referral import Refusal, State
from care.register import AHEAD, BACK, Attendance, Mark, Standing
from care.reminders import Visit, visit_reminders
from care.roles import Actor
from care.tasks import remedy_key
from care.ticket import DIGITS, remainder
from storage import appointments, children, company_offers, due, no_shows, referrals, tasks
from storage import bookings as bookings_of
from storage.schema import bookings, clinics, companies, examinations, people
from storage.schema import referrals as referrals_table

_GUARDIANS = people.alias("guardians")
_CHILDREN = bookings.alias("children")
_COMES_ALONG = or_(
    exists().where(companies.c.booking_id == bookings.c.id, companies.c.state.in_(sorted(TAKEN))),
    exists().where(
        _CHILDREN.c.guardian_id == bookings.c.person_id,
        _CHILDREN.c.clinic_id == bookings.c.clinic_id,
        _CHILDREN.c.local_day == bookings.c.local_day,
        _CHILDREN.c.cancelled_at.is_(None),
    ),
)
_WRITTEN = exists().where(examinations.c.booking_id == bookings.c.id)
_SEEN = bookings.c.use.in_(sorted(use.value for use in SEEN_AT_THE_DESK))
_STANDS: Mapping[Standing, ColumnElement[bool]] = {
    Standing.EXPECTED: and_(bookings.c.came_at.is_(None), bookings.c.missed_at.is_(None)),
    Standing.ARRIVED: bookings.c.came_at.is_not(None),
    Standing.MISSING: and_(bookings.c.came_at.is_(None), bookings.c.missed_at.is_not(None)),
}
_ORDER = (bookings.c.local_start, bookings.c.place)


async def counts(connection: AsyncConnection, clinic_id: int, day: date) -> dict[Standing, int]:
    """Return how many visits of a clinic on its local day stand how, without cancelled ones."""
    columns = [func.sum(case((stands, 1), else_=0)).label(name) for name, stands in _STANDS.items()]
    row = (await connection.execute(select(*columns).where(*_on(clinic_id, day)))).one()
    return {name: int(value or 0) for name, value in zip(_STANDS, row, strict=True)}


async def page(
    connection: AsyncConnection,
    clinic_id: int,
    day: date,
    *,
    which: Standing | None = None,
    first: int = 0,
    most: int,
) -> Sequence[Attendance]:
    """Return visits of a clinic's local day from number `first` (0 …) on, soonest first, without cancelled
    ones; `which`: only those that stand so."""
    stands = [_STANDS[which]] if which is not None else []
    statement = _visits().where(*_on(clinic_id, day), *stands).order_by(*_ORDER).offset(first).limit(most)
    return [_from_row(row) for row in (await connection.execute(statement)).mappings()]


async def before(connection: AsyncConnection, visit: Attendance, *, which: Standing | None = None) -> int:
    """Return how many visits of its day stand before a visit in the list of `page`."""
    stands = [_STANDS[which]] if which is not None else []
    own = select(bookings.c.local_start, bookings.c.place).where(bookings.c.id == visit.id)
    place = (await connection.execute(own)).one_or_none()
    if place is None:
        return 0
    statement = select(func.count()).where(
        *_on(visit.clinic_id, visit.local.date()), *stands, tuple_(*_ORDER) < tuple_(*place)
    )
    return int((await connection.execute(statement)).scalar_one())


async def lock(
    connection: AsyncConnection,
    booking_id: int,
    clinic_ids: Collection[int] | None,
    *,
    also_cancelled: bool = False,
) -> Attendance | None:
    """Return a visit of one of these clinics (None: of any) in order to mark it; None when there is none."""
    statement = (
        _visits()
        .where(bookings.c.id == booking_id, _SEEN)
        .with_for_update(of=bookings)  # PostgreSQL only: SQLite has one writer
    )
    if clinic_ids is not None:
        statement = statement.where(bookings.c.clinic_id.in_(list(clinic_ids)))
    if not also_cancelled:
        statement = statement.where(bookings.c.cancelled_at.is_(None))
    row = (await connection.execute(statement)).mappings().one_or_none()
    return _from_row(row) if row is not None else None


async def whose(connection: AsyncConnection, booking_id: int) -> Attendance | None:
    """Return any visit, cancelled or not: to see whose the code of a ticket is, never to show it."""
    statement = _visits().where(bookings.c.id == booking_id, _SEEN)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return _from_row(row) if row is not None else None


async def by_number(
    connection: AsyncConnection, clinic_ids: Collection[int] | None, number: str, day: date
) -> Sequence[Attendance]:
    """Return the visits of these clinics (None: of all) whose ticket has this number, cancelled ones too.

    `number` is as `care.ticket.read_ticket` returns it. Those of the local `day`, else those around it that
    the desk can look at; the nearest day first, and what is not cancelled before what is.
    """
    where = [_SEEN, bookings.c.id % 10**DIGITS == remainder(number)]
    if clinic_ids is not None:
        where.append(bookings.c.clinic_id.in_(list(clinic_ids)))
    else:
        where.append(bookings.c.clinic_id.in_(select(clinics.c.id)))  # the index begins with the clinic
    for first, last in ((day, day), (day - BACK, day + AHEAD)):
        within = bookings.c.local_day.between(first.isoformat(), last.isoformat())
        rows = (await connection.execute(_visits().where(within, *where))).mappings()
        found = [_from_row(row) for row in rows]
        if found:
            return sorted(
                found, key=lambda one: (one.cancelled_at is not None, abs(one.local.date() - day), one.id)
            )
    return []


async def replaced_by(connection: AsyncConnection, visit: Attendance) -> int | None:
    """Return the id of the visit to which a cancelled one was moved at the same clinic, or None."""
    following = visit.id
    while True:
        statement = select(bookings.c.id, bookings.c.cancelled_at).where(
            bookings.c.moved_from == following, bookings.c.clinic_id == visit.clinic_id
        )
        row = (await connection.execute(statement)).first()
        if row is None:
            return None
        if row.cancelled_at is None:
            return int(row.id)
        following = row.id


async def mark(
    connection: AsyncConnection, visit: Attendance, what: Mark, *, by: Actor, now: datetime
) -> bool | Refusal:
    """Say what became of a visit, which the caller has locked: the referral moves, reminders have no use.

    Whoever is missing is still asked in the evening whether they went: the answer leads to another visit.
    Returns False where somebody would be missing of whom a clinician has written, or why the referral stays.
    """
    before = await no_shows.is_one(connection, visit.id)
    column = bookings.c.came_at if what is Mark.CAME else bookings.c.missed_at
    unwritten = [] if what is Mark.CAME else [~_WRITTEN]
    marks = update(bookings).where(bookings.c.id == visit.id, *unwritten).values({column: now})
    row = (await connection.execute(marks.returning(bookings.c.failure))).one_or_none()
    if row is None:
        return False
    if what is Mark.CAME:
        await due.cancel(connection, booking_id=visit.id, now=now)
        if (reminded := _visit(visit)) is not None:
            await due.schedule(connection, pass_on(reminded, now=now), now=now)
        await tasks.needless(connection, remedy_key(visit.id), now=now)  # something has helped
    refused: Refusal | None = None
    if what is Mark.CAME or not not_seen(row.failure):  # whom the clinic did not see has missed nothing
        to = State.CAME if what is Mark.CAME else State.MISSED
        refused = await _move(connection, visit, to, by=by, now=now)
    await no_shows.changed(connection, visit.id, before=before, by=by, now=now)
    return True if refused is None else refused


async def undo(connection: AsyncConnection, visit: Attendance, *, by: Actor, now: datetime) -> bool:
    """Take back what was said about a visit, which the caller has locked; its reminders wait again.

    Who came without a booking is taken out of the list, with what hangs on it, also where somebody has made
    the visit theirs. Returns False, and changes nothing, once a clinician has written of the visit: whoever
    was examined was there.
    """
    before = await no_shows.is_one(connection, visit.id)
    taken_back: dict[str, Any] = {"came_at": None, "missed_at": None}
    if visit.walked_in:
        taken_back |= {"cancelled_at": now}
    undone = update(bookings).where(bookings.c.id == visit.id, ~_WRITTEN).values(**taken_back)
    if (await connection.execute(undone)).rowcount != 1:
        return False
    await _move(connection, visit, State.BOOKED, by=by, now=now)  # who is further on stays there
    if (reminded := _visit(visit)) is not None:
        await due.cancel(connection, key=pass_on_key(reminded.person_id), now=now)
        for planned in () if visit.walked_in else visit_reminders(reminded, now=now):
            await due.schedule(connection, planned, now=now)
    if visit.walked_in:
        await _taken_out(connection, visit, by=by, now=now)
    await no_shows.changed(connection, visit.id, before=before, by=by, now=now)
    return True


async def _taken_out(connection: AsyncConnection, visit: Attendance, *, by: Actor, now: datetime) -> None:
    """Let nothing be left of a visit that was none: messages, company, children, the referral's state."""
    await due.cancel(connection, booking_id=visit.id, now=now)
    await company_offers.visit_cancelled(connection, visit.id, now=now)
    await children.visit_cancelled(connection, visit.id, now=now)
    own = await bookings_of.by_id(connection, visit.id) if visit.person_id is not None else None
    if own is not None:
        await appointments.step_back(connection, own, by=by, now=now)


def _visit(visit: Attendance) -> Visit | None:
    """Return what reminders need to know; None where there is nobody to remind."""
    if visit.person_id is None:
        return None
    return Visit(booking_id=visit.id, person_id=visit.person_id, starts_at=visit.starts_at, zone=visit.zone)


async def referral_of(connection: AsyncConnection, visit: Attendance) -> RowMapping | None:
    """Return the referral of a visit, with `referral_id` beside its columns, also when it is closed."""
    statement = select(referrals_table, referrals_table.c.id.label("referral_id")).where(
        referrals_table.c.id == visit.referral_id
    )
    return (await connection.execute(statement)).mappings().one_or_none()


async def _move(
    connection: AsyncConnection, visit: Attendance, to: State, *, by: Actor, now: datetime
) -> Refusal | None:
    """Move the referral of a person's own visit; whoever came after the team had given up goes on."""
    referral = await referral_of(connection, visit) if visit.person_id is not None else None
    if referral is None or (referral["closed_at"] is not None and to is not State.CAME):
        return Refusal.OVER if referral is not None else None
    return await referrals.go_on(connection, referral, to, by=by, now=now)


def _on(clinic_id: int, day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        bookings.c.clinic_id == clinic_id,
        bookings.c.local_day == day.isoformat(),
        bookings.c.cancelled_at.is_(None),
        _SEEN,
    )


def _visits() -> Select[*tuple[Any, ...]]:
    """Select visits with what the desk needs; a child and a walk-in have no row of `people` of their own."""
    locale = func.coalesce(people.c.locale, _GUARDIANS.c.locale, bookings.c.locale, "")
    marks = (_COMES_ALONG.label("accompanied"), _WRITTEN.label("examined"))
    return select(bookings, locale.label("speaks"), *marks).select_from(
        bookings.outerjoin(people, people.c.id == bookings.c.person_id).outerjoin(
            _GUARDIANS, _GUARDIANS.c.id == bookings.c.guardian_id
        )
    )


def _from_row(row: RowMapping) -> Attendance:
    return Attendance(
        id=row["id"],
        use=Use(row["use"]),
        clinic_id=row["clinic_id"],
        local=datetime.fromisoformat(row["local_start"]),
        zone=row["zone"],
        starts_at=row["starts_at"],
        locale=row["speaks"],
        person_id=row["person_id"],
        guardian_id=row["guardian_id"],
        referral_id=row["referral_id"],
        advice=row["advice"],
        child_under_5=row["child_under_5"],
        child_age=row["child_age"],
        walked_in=row["place"] >= OVERFLOW,
        accompanied=bool(row["accompanied"]),
        examined=bool(row["examined"]),
        on_way_at=row["on_way_at"],
        came_at=row["came_at"],
        missed_at=row["missed_at"],
        cancelled_at=row["cancelled_at"],
    )
