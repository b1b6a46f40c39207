"""Keep what clinics write of visits: examined, result ready, given; the result itself is in `result_codes`.

Everything is found by the visit *and* by the clinics that the sender works for; whoever writes has locked the
visit, and each change asks for the step before it, so that it happens once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.places import SEEN_AT_THE_DESK
from care.results import LOOKED_BACK, Examination, Stage
from care.ticket import DIGITS, remainder
from storage.people import random_id
from storage.schema import bookings, examinations, people, referrals

_NAMES = (
    "booking_id",
    "clinic_id",
    "examined_at",
    "person_id",
    "referral_id",
    "ready_at",
    "given_at",
    "earlier_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A visit to which somebody came, as the clinic sees it."""

    booking_id: int  # of the ticket
    clinic_id: int
    local: datetime  # naive: what the clock at the clinic shows
    zone: str  # IANA name
    locale: str | None = None  # the language to speak with them
    person_id: int | None = None  # who is told: of a child the adult; None: nobody whom the bot knows
    referral_id: int | None = None  # of a person's own visit
    is_child: bool = False
    examination: Examination | None = None


def of_stage(which: Stage) -> ColumnElement[bool]:
    """Match visits whose examination is so far."""
    steps: dict[Stage, ColumnElement[bool]] = {
        Stage.ARRIVED: examinations.c.id.is_(None),
        Stage.EXAMINED: and_(examinations.c.id.is_not(None), examinations.c.ready_at.is_(None)),
        Stage.READY: and_(examinations.c.ready_at.is_not(None), examinations.c.given_at.is_(None)),
        Stage.GIVEN: examinations.c.given_at.is_not(None),
    }
    return steps[which]


async def counts(
    connection: AsyncConnection, clinic_ids: Collection[int], *, now: datetime
) -> dict[Stage, int]:
    """Return how many visits of these clinics stand at each stage."""
    columns = [func.count().filter(of_stage(one)).label(one.name) for one in Stage]
    statement = _arrived(clinic_ids, now=now).with_only_columns(*columns)
    row = (await connection.execute(statement)).one()
    return {one: int(row._mapping[one.name] or 0) for one in Stage}


async def page(
    connection: AsyncConnection,
    clinic_ids: Collection[int],
    *,
    now: datetime,
    first: int,
    most: int,
    which: Stage | None = None,
) -> Sequence[Arrived]:
    """Return visits to which somebody came from number `first` (0 …) on, the newest first.

    Those of the stage `which`, or of all stages.
    """
    statement = _arrived(clinic_ids, now=now)
    if which is not None:
        statement = statement.where(of_stage(which))
    statement = statement.order_by(bookings.c.starts_at.desc(), bookings.c.id).offset(first).limit(most)
    return [_of_row(row) for row in (await connection.execute(statement)).all()]


async def by_number(
    connection: AsyncConnection, clinic_ids: Collection[int], number: str, *, now: datetime
) -> Arrived | None:
    """Return the newest visit with this ticket number, as `care.ticket.read_ticket` returns it, or None."""
    same = bookings.c.id % 10**DIGITS == remainder(number)
    statement = _arrived(clinic_ids, now=now).where(same).order_by(bookings.c.starts_at.desc()).limit(1)
    row = (await connection.execute(statement)).first()
    return _of_row(row) if row is not None else None


async def lock(
    connection: AsyncConnection, booking_id: int, clinic_ids: Collection[int], *, now: datetime
) -> Arrived | None:
    """Return a visit of these clinics in order to write of it; None when it is not theirs or not there."""
    locked = select(bookings.c.id).where(bookings.c.id == booking_id).with_for_update()
    await connection.execute(locked)  # PostgreSQL only: SQLite has one writer
    row = (await connection.execute(_arrived(clinic_ids, now=now).where(bookings.c.id == booking_id))).first()
    return _of_row(row) if row is not None else None


async def own(connection: AsyncConnection, examination_id: int, person_id: int) -> Arrived | None:
    """Return the visit of an examination of which this person is told; None when it is not theirs."""
    statement = _joined().where(examinations.c.id == examination_id, examinations.c.person_id == person_id)
    row = (await connection.execute(statement)).first()
    return _of_row(row) if row is not None else None


async def by_id(connection: AsyncConnection, examination_id: int) -> Examination | None:
    """Return any examination: for messages that the program sends by itself, never for a button."""
    statement = select(examinations).where(examinations.c.id == examination_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return from_row(row) if row is not None else None


async def own_visit(connection: AsyncConnection, booking_id: int, person_id: int) -> Arrived | None:
    """Return a visit of whose examination this person would be told; None when it is not theirs."""
    told = func.coalesce(bookings.c.person_id, bookings.c.guardian_id)
    statement = _joined().where(bookings.c.id == booking_id, told == person_id)
    row = (await connection.execute(statement)).first()
    return _of_row(row) if row is not None else None


async def begin(
    connection: AsyncConnection, visit: Arrived, *, staff_id: int, now: datetime
) -> Examination | None:
    """Write that somebody was examined, or return None when that was written before."""
    if visit.examination is not None:
        return None
    values = {
        "id": random_id(),
        "booking_id": visit.booking_id,
        "clinic_id": visit.clinic_id,
        "person_id": visit.person_id,
        "referral_id": visit.referral_id,
        "examined_at": now,
        "written_by": staff_id,
    }
    made = await connection.execute(insert(examinations).values(**values).returning(*examinations.c))
    return from_row(made.mappings().one())


async def change(
    connection: AsyncConnection, one: Examination, *conditions: ColumnElement[bool], **values: Any
) -> Examination | None:
    """Change an examination where all `conditions` hold; None when they do not."""
    statement = update(examinations).where(examinations.c.id == one.id, *conditions).values(**values)
    row = (await connection.execute(statement.returning(*examinations.c))).mappings().one_or_none()
    return from_row(row) if row is not None else None


async def remove(connection: AsyncConnection, one: Examination) -> bool:
    """Take back that somebody was examined; False when more was written since."""
    unwritten = and_(examinations.c.ready_at.is_(None), examinations.c.given_at.is_(None))
    gone = await connection.execute(delete(examinations).where(examinations.c.id == one.id, unwritten))
    return gone.rowcount == 1


async def referral_of(connection: AsyncConnection, referral_id: int | None) -> RowMapping | None:
    """Return a referral, also a closed one, with `referral_id` beside its columns; in order to move it."""
    statement = (
        select(referrals, referrals.c.id.label("referral_id"))
        .where(referrals.c.id == referral_id)
        .with_for_update(key_share=True)  # PostgreSQL only: SQLite has one writer
    )
    return (await connection.execute(statement)).mappings().one_or_none()


async def earlier_stood(connection: AsyncConnection, examination_id: int) -> dict[str, str | None] | None:
    """Return where the referral stood when another result was written, or None when none was."""
    statement = select(examinations.c.earlier_stood).where(examinations.c.id == examination_id)
    found: dict[str, str | None] | None = (await connection.execute(statement)).scalar_one_or_none()
    return found


def from_row(row: RowMapping) -> Examination:
    """Return a row of `examinations` without the result."""
    return Examination(id=row["id"], **{name: row[name] for name in _NAMES})


def _joined() -> Select[*tuple[Any, ...]]:
    told = func.coalesce(bookings.c.person_id, bookings.c.guardian_id)
    return select(
        bookings.c.id.label("visit_id"),
        bookings.c.clinic_id.label("at_clinic"),
        bookings.c.local_start,
        bookings.c.zone,
        bookings.c.guardian_id,
        told.label("told"),
        bookings.c.referral_id.label("own_referral"),
        func.coalesce(people.c.locale, bookings.c.locale).label("locale"),
        examinations.c.id.label("examination_id"),
        *(examinations.c[name] for name in _NAMES),
    ).select_from(
        bookings.outerjoin(people, people.c.id == told).outerjoin(
            examinations, examinations.c.booking_id == bookings.c.id
        )
    )


def _arrived(clinic_ids: Collection[int], *, now: datetime) -> Select[*tuple[Any, ...]]:
    since = (now - LOOKED_BACK).date().isoformat()
    return _joined().where(
        bookings.c.clinic_id.in_(list(clinic_ids)),
        bookings.c.local_day >= since,
        bookings.c.cancelled_at.is_(None),
        bookings.c.use.in_([use.value for use in SEEN_AT_THE_DESK]),
        or_(bookings.c.came_at.is_not(None), examinations.c.id.is_not(None)),
    )


def _of_row(row: Row[*tuple[Any, ...]]) -> Arrived:
    is_child = row.guardian_id is not None
    values = {name: getattr(row, name) for name in _NAMES}
    written = Examination(id=row.examination_id, **values) if row.examination_id is not None else None
    return Arrived(
        booking_id=row.visit_id,
        clinic_id=row.at_clinic,
        local=datetime.fromisoformat(row.local_start),
        zone=row.zone,
        locale=row.locale,
        person_id=row.told,
        referral_id=None if is_child else row.own_referral,
        is_child=is_child,
        examination=written,
    )
