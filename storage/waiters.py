"""Read who waits with what matters of them, and what is free where they wait."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Slot, free_slots, window
from care.directory import Clinic
from care.offer_round import only_wanted
from care.waiting_list import Ahead, Waiter, standing
from storage import bookings as bookings_of
from storage import directory
from storage.schema import areas, bookings, cities, people, referrals, waits
from storage.waits import from_row

_OPEN = waits.c.ended_at.is_(None)
_WAITERS = (
    select(
        waits,
        people.c.telegram_id.is_(None).label("without_telegram"),
        people.c.blocked_at,
        cities.c.zone,
        cities.c.code.label("city"),
    )
    .select_from(waits)
    .join(people, people.c.id == waits.c.person_id)
    .outerjoin(referrals, and_(referrals.c.person_id == people.c.id, referrals.c.closed_at.is_(None)))
    .outerjoin(areas, areas.c.id == func.coalesce(people.c.area_id, referrals.c.area_id))
    .outerjoin(cities, cities.c.id == areas.c.city_id)
    .where(_OPEN)
)


async def reachable(connection: AsyncConnection, clinics: Sequence[Clinic], *, now: datetime) -> list[Waiter]:
    """Return who waits and can be written to; whoever blocked the bot is passed over until they are back."""
    by_city: dict[str, frozenset[int]] = {}
    for clinic in clinics:
        by_city[clinic.city] = by_city.get(clinic.city, frozenset()) | {clinic.id}
    ahead = await _ahead(connection, now=now)
    rows = (await connection.execute(_WAITERS.where(people.c.blocked_at.is_(None)))).mappings()
    return [
        Waiter(
            wait=standing(from_row(row), now=now),
            clinics=by_city.get(row["city"], frozenset()) if row["city"] is not None else None,
            visits=ahead.get(row["person_id"], ()),
            zone=row["zone"],
            without_telegram=row["without_telegram"],
        )
        for row in rows
    ]


async def blocked(connection: AsyncConnection) -> frozenset[int]:
    """Return the ids of the people who wait and cannot be written to."""
    statement = select(people.c.id).join(waits).where(_OPEN, people.c.blocked_at.is_not(None))
    return frozenset((await connection.execute(statement)).scalars())


async def free(
    connection: AsyncConnection, clinics: Sequence[Clinic], waiters: Sequence[Waiter], *, now: datetime
) -> list[Slot]:
    """Return the free slots of the clinics, as far as anybody waits for such."""
    wanted = [only_wanted(clinic, waiters) for clinic in clinics]
    return await free_at(connection, [clinic for clinic in wanted if clinic.sessions], now=now)


async def free_at(connection: AsyncConnection, clinics: Sequence[Clinic], *, now: datetime) -> list[Slot]:
    """Return the free slots of these clinics, each clinic's soonest first."""
    if not clinics:
        return []
    windows = [window(now, clinic.timezone) for clinic in clinics]
    first, last = min(one[0] for one in windows), max(one[1] for one in windows)
    taken = await bookings_of.taken_in(connection, [clinic.id for clinic in clinics], first, last)
    return [slot for clinic in clinics for slot in free_slots(clinic, taken.get(clinic.id, {}), now=now)]


async def near(connection: AsyncConnection, person_id: int, clinics: Sequence[Clinic]) -> Sequence[Clinic]:
    """Return the clinics of the person's city, or all where it is not known."""
    statement = (
        select(cities.c.code)
        .select_from(people)
        .outerjoin(referrals, and_(referrals.c.person_id == people.c.id, referrals.c.closed_at.is_(None)))
        .join(areas, areas.c.id == func.coalesce(people.c.area_id, referrals.c.area_id))
        .join(cities, cities.c.id == areas.c.city_id)
        .where(people.c.id == person_id)
    )
    city = (await connection.execute(statement)).scalar_one_or_none()
    return [clinic for clinic in clinics if city in (None, clinic.city)]


async def clinics_of(connection: AsyncConnection, clinic_id: int | None = None) -> Sequence[Clinic]:
    """Return all clinics, or the one."""
    if clinic_id is None:
        return await directory.clinics_of(connection)
    clinic = await directory.clinic(connection, clinic_id)
    return [clinic] if clinic is not None else []


async def _ahead(connection: AsyncConnection, *, now: datetime) -> dict[int, list[Ahead]]:
    """Return the visits ahead of all who wait, by person."""
    statement = (
        select(bookings)
        .join(waits, and_(waits.c.person_id == bookings.c.person_id, _OPEN))
        .where(bookings.c.cancelled_at.is_(None), bookings.c.starts_at > now)
    )
    found: dict[int, list[Ahead]] = {}
    for row in (await connection.execute(statement)).mappings():
        visit = Ahead(
            clinic_id=row["clinic_id"],
            local=datetime.fromisoformat(row["local_start"]),
            starts_at=row["starts_at"],
            made_at=row["created_at"],
        )
        found.setdefault(row["person_id"], []).append(visit)
    return found
