"""Keep staff roles, invites and tasks: roles act and end at once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, exists, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.invites import EVERYWHERE, Bound
from care.roles import MAY_INVITE, Role
from storage.people import random_id
from storage.schema import invites, staff

_INVITERS = tuple(role.value for role in MAY_INVITE)


async def add(
    connection: AsyncConnection,
    person_id: int,
    role: Role,
    *,
    now: datetime,
    area_id: int | None = None,
    clinic_id: int | None = None,
    organisation_id: int | None = None,
    languages: Sequence[str] | None = None,
) -> int:
    """Give a person a role and return its id. Raises IntegrityError when they hold it already, or it rests.

    `languages` are codes of what they speak; None: that of their own screens.
    """
    staff_id = random_id()
    await connection.execute(
        insert(staff).values(
            id=staff_id,
            person_id=person_id,
            role=role,
            area_id=area_id,
            clinic_id=clinic_id,
            organisation_id=organisation_id,
            languages=list(languages) if languages else null(),
            started_at=now,
        )
    )
    return staff_id


async def give_admin(connection: AsyncConnection, person_id: int, *, now: datetime) -> None:
    """Let an admin of the settings be one: the settings win over whoever paused the role in the chat."""
    mine = (staff.c.person_id == person_id, staff.c.role == Role.ADMIN, staff.c.ended_at.is_(None))
    if (await connection.execute(update(staff).where(*mine).values(paused_at=None))).rowcount == 0:
        await add(connection, person_id, Role.ADMIN, now=now)


def code_hash(code: str) -> bytes:
    """Return what is stored of an invite's code: with 128 random bits a fast hash is enough."""
    return hashlib.sha256(code.encode()).digest()


async def invite(
    connection: AsyncConnection,
    code: str,
    role: Role,
    *,
    now: datetime,
    expires_at: datetime,
    created_by: int | None,
    bound: Bound = EVERYWHERE,
) -> int:
    """Keep an invite, only the hash of its code, and return its id."""
    invite_id = random_id()
    await connection.execute(
        insert(invites).values(
            id=invite_id,
            code_hash=code_hash(code),
            role=role,
            area_id=bound.area_id,
            clinic_id=bound.clinic_id,
            organisation_id=bound.organisation_id,
            languages=list(bound.languages) or null(),
            created_by=created_by,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return invite_id


async def open_invite(connection: AsyncConnection, code: str, *, now: datetime) -> RowMapping | None:
    """Return an invite that can still be used, or None; it ends and rests with the role of who made it."""
    maker_may = or_(
        invites.c.created_by.is_(None),  # an admin of the settings
        exists().where(
            staff.c.id == invites.c.created_by,
            staff.c.role.in_(_INVITERS),
            staff.c.ended_at.is_(None),
            staff.c.paused_at.is_(None),
        ),
    )
    statement = select(invites).where(
        invites.c.code_hash == code_hash(code),
        invites.c.used_at.is_(None),
        invites.c.expires_at > now,
        maker_may,
    )
    return (await connection.execute(statement)).mappings().first()


async def use_invite(connection: AsyncConnection, invite_id: int, staff_id: int, *, now: datetime) -> bool:
    """Use an invite up; return False when somebody else was first."""
    used = await connection.execute(
        update(invites)
        .where(invites.c.id == invite_id, invites.c.used_at.is_(None), invites.c.expires_at > now)
        .values(used_at=now, used_by=staff_id)
    )
    return used.rowcount == 1
