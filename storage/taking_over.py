"""Make one of two records: what a worker kept for somebody without Telegram goes to who they are already.

One open referral per person and one visit a day stay true; what was encrypted with the old key is encrypted
with the new one; the old record is deleted.
"""

from datetime import datetime

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking
from care.claims import further, given_back
from care.person import Person
from care.referral import State
from storage import (
    bookings,
    checklists,
    children,
    company_offers,
    due,
    locking,
    offering,
    referrals,
    transfers,
)
from storage.schema import bookings as bookings_table
from storage.schema import companies, examinations, people, tasks
from storage.schema import due as due_table
from storage.schema import referrals as referrals_table
from storage.schema import transfers as transfers_table
from storage.vault import Vault


async def take_over(
    connection: AsyncConnection, vault: Vault, old: Person, person: Person, *, now: datetime
) -> None:
    """Give everything of `old`, who has no Telegram, to `person`, and delete `old`."""
    await locking.all_visits_of(connection, old.id, person.id)
    await _one_visit_a_day(connection, old, person, now=now)
    await _visits(connection, old, person, await _referral(connection, old, person, now=now))
    await transfers.taken_over(connection, old.id, person.id)
    await _sealed(connection, vault, old, person)
    await children.taken_over(connection, old.id, person.id)
    await checklists.taken_over(connection, old.id, person.id)
    await offering.taken_over(connection, old.id, person.id, now=now)
    await connection.execute(
        update(due_table)
        .where(due_table.c.person_id == old.id, due_table.c.booking_id.is_not(None))
        .values(person_id=person.id)
    )
    await connection.execute(delete(people).where(people.c.id == old.id))


async def _one_visit_a_day(
    connection: AsyncConnection, old: Person, person: Person, *, now: datetime
) -> None:
    own, theirs = await _all(connection, person.id), await _all(connection, old.id)
    for booking_id in given_back(own, theirs):
        await bookings.cancel(connection, booking_id, now=now)
        await due.cancel(connection, booking_id=booking_id, now=now)
        await company_offers.visit_cancelled(connection, booking_id, now=now)
        await children.visit_cancelled(connection, booking_id, now=now)


async def _all(connection: AsyncConnection, person_id: int) -> list[Booking]:
    statement = select(bookings_table).where(bookings_table.c.person_id == person_id)
    return [bookings.from_row(row) for row in (await connection.execute(statement)).mappings()]


async def _referral(
    connection: AsyncConnection, old: Person, person: Person, *, now: datetime
) -> tuple[int, int] | None:
    """Let one open referral be left; return which one became which, where there were two."""
    taken, own = await referrals.of(connection, old.id), await referrals.of(connection, person.id)
    both = None
    if taken is not None and own is not None:
        await _join(connection, own, taken, now=now)
        both = (taken["id"], own["id"])
    await connection.execute(
        update(referrals_table).where(referrals_table.c.person_id == old.id).values(person_id=person.id)
    )
    return both


async def _join(connection: AsyncConnection, own: RowMapping, taken: RowMapping, *, now: datetime) -> None:
    """Close the referral that is taken over; their own one stands where the further of the two stood."""
    newer = max((own, taken), key=lambda row: (row["checked_at"] is not None, str(row["checked_at"])))
    await connection.execute(
        update(referrals_table).where(referrals_table.c.id == taken["id"]).values(closed_at=now)
    )
    await connection.execute(
        update(referrals_table)
        .where(referrals_table.c.id == own["id"])
        .values(
            state=further(State(own["state"]), State(taken["state"])),
            advice=newer["advice"],
            checked_at=newer["checked_at"],
            staff_id=own["staff_id"] if own["staff_id"] is not None else taken["staff_id"],
            area_id=own["area_id"] if own["area_id"] is not None else taken["area_id"],
            changed_at=now,
        )
    )


async def _visits(
    connection: AsyncConnection, old: Person, person: Person, both: tuple[int, int] | None
) -> None:
    await connection.execute(
        update(bookings_table).where(bookings_table.c.person_id == old.id).values(person_id=person.id)
    )
    if both is None:
        return
    taken, own = both
    come_anew = (tasks.c.referral_id == taken, tasks.c.key.is_not(None), tasks.c.done_at.is_(None))
    await connection.execute(delete(tasks).where(*come_anew))
    for table in (bookings_table, tasks, examinations):
        await connection.execute(update(table).where(table.c.referral_id == taken).values(referral_id=own))


async def _sealed(connection: AsyncConnection, vault: Vault, old: Person, person: Person) -> None:
    """Move what is encrypted with the old record's key: places, phones, results, cards."""
    sealed = (
        (companies, ("place", "phone")),
        (tasks, ("contact",)),
        (examinations, ("outcome", "counted", "earlier")),
        (transfers_table, ("written",)),
    )
    for table, columns in sealed:
        rows = (await connection.execute(select(table).where(table.c.person_id == old.id))).mappings().all()
        for row in rows:
            values = {name: _again(vault, old, person, row[name]) for name in columns}
            await connection.execute(
                update(table).where(table.c.id == row["id"]).values(person_id=person.id, **values)
            )


def _again(vault: Vault, old: Person, person: Person, sealed: bytes | None) -> bytes | None:
    if sealed is None:
        return None
    return vault.seal_for(person.key, vault.open_for(old.key, sealed))
