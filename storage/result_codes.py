"""Seal what an examination found, and open it for the eyes of the clinic and of the person.

A code is encrypted with the key of who is told of it; where nobody is, with the keys of the program.
"""

from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.results import OF_THE_HOUSEHOLD, Result
from storage.examinations import Arrived, change
from storage.schema import examinations, people
from storage.vault import Vault

_SEALED = ("outcome", "counted", "earlier")  # columns, all with the same key


async def adopt(connection: AsyncConnection, vault: Vault, visit: Arrived) -> Arrived:
    """Give what was written of a walk-in to who has made the visit theirs since; return the visit as it is.

    Raises VaultFault when a result was changed.
    """
    one = visit.examination
    if one is None or one.person_id is not None or visit.person_id is None:
        return visit
    codes = {name: await _opened(connection, vault, one.id, name) for name in _SEALED}
    sealed = {
        name: await seal(connection, vault, visit.person_id, code)
        for name, code in codes.items()
        if code is not None
    }
    values = {"person_id": visit.person_id, "referral_id": visit.referral_id, **sealed}
    adopted = await change(connection, one, examinations.c.person_id.is_(None), **values)
    return replace(visit, examination=adopted or one)


async def seal(connection: AsyncConnection, vault: Vault, person_id: int | None, result: Result) -> bytes:
    """Encrypt a result with the key of who is told of it; where nobody is, with the keys of the program."""
    key = await _key(connection, person_id)
    return vault.seal_for(key, result.encode()) if key is not None else vault.seal(result.encode())


async def result(connection: AsyncConnection, vault: Vault, examination_id: int) -> Result | None:
    """Open a result, for the clinic's and the person's own eyes; None before there is one.

    Raises VaultFault when it was changed.
    """
    return await _opened(connection, vault, examination_id, "outcome")


async def earlier(connection: AsyncConnection, vault: Vault, examination_id: int) -> Result | None:
    """Open what another result replaces, until that one cannot be taken back any more; else None.

    Raises VaultFault when it was changed.
    """
    return await _opened(connection, vault, examination_id, "earlier")


async def counted(connection: AsyncConnection, vault: Vault, examination_id: int) -> Result | None:
    """Open which result stands in the statistics, once another one was written since; else None.

    Raises VaultFault when it was changed.
    """
    return await _opened(connection, vault, examination_id, "counted")


async def _opened(connection: AsyncConnection, vault: Vault, examination_id: int, name: str) -> Result | None:
    statement = select(examinations.c[name].label("sealed"), examinations.c.person_id).where(
        examinations.c.id == examination_id
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None or row.sealed is None:
        return None
    key = await _key(connection, row.person_id)
    opened = vault.open_for(key, row.sealed) if key is not None else vault.open(row.sealed)
    return Result(opened.decode())


async def is_of_household(connection: AsyncConnection, vault: Vault, person_id: int) -> bool:
    """Return whether those who live with a person should be examined: by a result that they have."""
    has = or_(examinations.c.given_at.is_not(None), examinations.c.earlier_at.is_not(None))
    statement = select(examinations.c.id, examinations.c.given_at).where(
        examinations.c.person_id == person_id, has
    )
    rows = (await connection.execute(statement)).all()
    found = [await (result if row.given_at else earlier)(connection, vault, row.id) for row in rows]
    return any(one in OF_THE_HOUSEHOLD for one in found)


async def _key(connection: AsyncConnection, person_id: int | None) -> bytes | None:
    if person_id is None:
        return None
    found: bytes | None = (
        await connection.execute(select(people.c.key).where(people.c.id == person_id))
    ).scalar_one_or_none()
    return found
