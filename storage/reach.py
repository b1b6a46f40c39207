"""Say whom coordinators and administrators reach.

Administrators and coordinators without an organisation reach everybody. A coordinator of an organisation
reaches whom its members look after, and who is nobody's or with somebody of no organisation, so that nobody
is overlooked.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import StaffMember
from care.roles import Role
from storage.schema import people, referrals, staff

OVERSEERS = (Role.COORDINATOR, Role.ADMIN)


def by_office(roles: Sequence[StaffMember], owner: ColumnElement[Any]) -> ColumnElement[bool] | None:
    """Match what is of a staff id `owner` (NULL: nobody's) whom these roles oversee; None: no office."""
    offices = [member for member in roles if member.role in OVERSEERS]
    if not offices:
        return None
    if any(member.organisation_id is None or member.role is Role.ADMIN for member in offices):
        return true()
    own = [member.organisation_id for member in offices]
    in_reach = select(staff.c.id).where(
        or_(staff.c.organisation_id.in_(own), staff.c.organisation_id.is_(None))
    )
    return or_(owner.is_(None), owner.in_(in_reach))


async def overseen(
    connection: AsyncConnection, roles: Sequence[StaffMember], person_ids: Collection[int]
) -> frozenset[int]:
    """Return which of these people these roles oversee; none where they oversee nobody."""
    office = by_office(roles, referrals.c.staff_id)
    if office is None or not person_ids:
        return frozenset()
    is_open = and_(referrals.c.person_id == people.c.id, referrals.c.closed_at.is_(None))
    statement = (
        select(people.c.id)
        .select_from(people.outerjoin(referrals, is_open))
        .where(people.c.id.in_(list(person_ids)), office)
    )
    return frozenset((await connection.execute(statement)).scalars())


async def overseers_of(connection: AsyncConnection, person_id: int) -> Sequence[int]:
    """Return the person ids of those of the team who work now and oversee somebody else."""
    owner = staff.alias("owner")
    organisation = (
        select(owner.c.organisation_id)
        .join(referrals, referrals.c.staff_id == owner.c.id)
        .where(referrals.c.person_id == person_id, referrals.c.closed_at.is_(None))
        .scalar_subquery()
    )
    everybodys = or_(staff.c.role == Role.ADMIN.value, staff.c.organisation_id.is_(None))
    statement = select(staff.c.person_id).where(
        staff.c.role.in_([role.value for role in OVERSEERS]),
        staff.c.ended_at.is_(None),
        staff.c.paused_at.is_(None),
        staff.c.person_id.is_not(None),
        staff.c.person_id != person_id,
        or_(everybodys, organisation.is_(None), staff.c.organisation_id == organisation),
    )
    return [one for one in (await connection.execute(statement.distinct())).scalars() if one is not None]
