"""Keep the codes on tickets of people without Telegram: only their hashes, good once, for a time."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.claims import MOST_OPEN, VALID, Claim, Kind, works
from storage.people import random_id
from storage.schema import claims, people
from storage.staff import code_hash


async def add(connection: AsyncConnection, person_id: int, kind: Kind, code: str, *, now: datetime) -> None:
    """Keep a new code of somebody; the oldest of too many open ones end."""
    await connection.execute(
        insert(claims).values(
            id=random_id(),
            person_id=person_id,
            kind=kind.value,
            code_hash=code_hash(code),
            created_at=now,
            expires_at=now + VALID,
        )
    )
    mine = (claims.c.person_id == person_id, claims.c.kind == kind.value, claims.c.used_at.is_(None))
    statement = select(claims.c.id).where(*mine).order_by(claims.c.created_at.desc(), claims.c.id.desc())
    old = (await connection.execute(statement.offset(MOST_OPEN))).scalars().all()
    await connection.execute(delete(claims).where(claims.c.id.in_(old)))


async def by_code(connection: AsyncConnection, code: str, *, now: datetime) -> Claim | None:
    """Return what a code is good for, locked for its use; used, late and unknown ones look the same."""
    statement = (
        select(claims)
        .join(people, people.c.id == claims.c.person_id)
        .where(claims.c.code_hash == code_hash(code), people.c.telegram_hash.is_(None))
        .with_for_update(of=claims)
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    claim = Claim(
        id=row["id"],
        person_id=row["person_id"],
        kind=Kind(row["kind"]),
        expires_at=row["expires_at"],
        used_at=row["used_at"],
    )
    return claim if works(claim, now=now) else None


async def use(connection: AsyncConnection, claim_id: int, *, now: datetime) -> bool:
    """Use a code up; return False when it was used before."""
    used = await connection.execute(
        update(claims).where(claims.c.id == claim_id, claims.c.used_at.is_(None)).values(used_at=now)
    )
    return used.rowcount == 1


async def end_all(connection: AsyncConnection, person_id: int) -> None:
    """End every code of a person that was not used: they have Telegram now."""
    await connection.execute(
        delete(claims).where(claims.c.person_id == person_id, claims.c.used_at.is_(None))
    )
