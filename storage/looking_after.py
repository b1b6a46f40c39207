"""Read who looks after a person: for what the bot sends by itself."""

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.ownership import Reason
from storage.ownership import works
from storage.schema import ownerships, people, referrals, relays, staff, tasks
from storage.vault import Vault


async def looks_after(connection: AsyncConnection, staff_id: int, person_id: int) -> bool:
    """Return whether somebody of the team has a person's open referral, talk or request, and works still."""
    theirs = [
        exists().where(table.c.person_id == person_id, table.c.staff_id == staff_id, ended.is_(None))
        for table, ended in (
            (referrals, referrals.c.closed_at),
            (relays, relays.c.closed_at),
            (tasks, tasks.c.done_at),
        )
    ]
    statement = select(staff.c.id).where(staff.c.id == staff_id, works(), or_(*theirs))
    return (await connection.execute(statement)).first() is not None


async def told_of_visits(connection: AsyncConnection, person_id: int) -> int | None:
    """Return the person id of who hears of a person's visits, or None.

    That is whose the open referral is, unless an office has it because nobody else was there. Nobody hears of
    their own.
    """
    statement = (
        select(staff.c.person_id)
        .join(referrals, referrals.c.staff_id == staff.c.id)
        .outerjoin(ownerships, and_(ownerships.c.referral_id == referrals.c.id, ownerships.c.until.is_(None)))
        .where(
            referrals.c.person_id == person_id,
            referrals.c.closed_at.is_(None),
            works(),
            staff.c.person_id != person_id,
            func.coalesce(ownerships.c.reason, "") != Reason.OFFICE.value,
        )
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def name_of(connection: AsyncConnection, vault: Vault, staff_id: int) -> str | None:
    """Return the first name or nickname on somebody's card, or None when they gave none.

    Raises VaultFault when it was changed.
    """
    statement = select(staff.c.name, people.c.key).join(people, people.c.id == staff.c.person_id)
    row = (await connection.execute(statement.where(staff.c.id == staff_id))).first()
    return vault.open_for(row.key, row.name).decode() if row is not None and row.name is not None else None
