"""Hold a lock of PostgreSQL's own: it ends with the session or the transaction, however that ends."""

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import bookings, people

PLACES = 0x4F66666572  # held by who closes or opens a clinic, or offers places: by one at a time


async def try_lock(connection: AsyncConnection, number: int) -> bool:
    """Take the advisory lock `number`, or return False when another session holds it.

    It belongs to the session, so the transaction ends here.
    """
    locked = await connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": number})
    await connection.commit()
    return bool(locked.scalar())


async def try_until_commit(connection: AsyncConnection, number: int) -> bool:
    """Take the advisory lock `number` for this transaction, or return False when another one holds it.

    On SQLite there is one writer: whoever writes is alone.
    """
    if connection.dialect.name != "postgresql":
        return True
    locked = await connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": number})
    return bool(locked.scalar())


async def hold_until_commit(connection: AsyncConnection, number: int) -> None:
    """Wait for the advisory lock `number` and keep it for this transaction.

    Only for who holds nothing yet that somebody with the lock may wait for.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": number})


async def person(connection: AsyncConnection, person_id: int) -> None:
    """Let nobody else who asks for the same write down anything of this person until the transaction ends.

    For who counts or looks first and then adds a row: no row is there yet that could be locked, so two
    presses at once would both add one. Rows that only refer to the person are not kept waiting.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        locked = select(people.c.id).where(people.c.id == person_id)
        await connection.execute(locked.with_for_update(key_share=True))


async def all_visits_of(connection: AsyncConnection, *person_ids: int) -> None:
    """Keep closings, offers and who changes a visit of these people away until the transaction ends.

    For who erases a person or makes one of two records: else a clinic would keep places for somebody who is
    gone. It comes before everything that hangs on a visit.
    """
    if connection.dialect.name != "postgresql":
        return
    await hold_until_commit(connection, PLACES)
    theirs = or_(bookings.c.person_id.in_(person_ids), bookings.c.guardian_id.in_(person_ids))
    await connection.execute(select(bookings.c.id).where(theirs).order_by(bookings.c.id).with_for_update())
