"""Keep staff roles, invites and tasks: roles act and end at once."""

import hashlib
from datetime import datetime

from sqlalchemy import RowMapping, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

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
) -> int:
    """Give a person a role and return its id. Raises IntegrityError when they hold it already."""
    staff_id = random_id()
    await connection.execute(
        insert(staff).values(
            id=staff_id, person_id=person_id, role=role, area_id=area_id, clinic_id=clinic_id, started_at=now
        )
    )
    return staff_id


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
    area_id: int | None = None,
    clinic_id: int | None = None,
) -> None:
    """Keep an invite; only the hash of its code."""
    await connection.execute(
        insert(invites).values(
            id=random_id(),
            code_hash=code_hash(code),
            role=role,
            area_id=area_id,
            clinic_id=clinic_id,
            created_by=created_by,
            created_at=now,
            expires_at=expires_at,
        )
    )


async def open_invite(connection: AsyncConnection, code: str, *, now: datetime) -> RowMapping | None:
    """Return an invite that can still be used, or None; it ends with the role of whoever made it."""
    maker_may = or_(
        invites.c.created_by.is_(None),  # an admin of the settings
        exists().where(
            staff.c.id == invites.c.created_by, staff.c.role.in_(_INVITERS), staff.c.ended_at.is_(None)
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
