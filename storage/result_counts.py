"""Let results into the statistics without leading to anybody: several at a time, with the clinic alone.

A result that was counted and then replaced by another one is taken out of the numbers again in the same way:
with others of its kind, never alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.outcomes import Kind
from care.results import Result, counted_together
from care.roles import Actor
from storage import outcomes, result_codes
from storage.schema import clinics
from storage.schema import examinations as table
from storage.schema import outcomes as outcomes_table
from storage.vault import Vault

Counts = dict[int | None, dict[Result, int]]  # by clinic; None: of several clinics together


async def waiting(connection: AsyncConnection) -> list[tuple[int, int, datetime]]:
    """Return the id, the clinic and when it was given of results that are not counted yet."""
    statement = select(table.c.id, table.c.clinic_id, table.c.given_at).where(
        table.c.given_at.is_not(None), table.c.counted_at.is_(None), table.c.outcome.is_not(None)
    )
    return [(row.id, row.clinic_id, row.given_at) for row in (await connection.execute(statement)).all()]


async def replaced(connection: AsyncConnection) -> list[tuple[int, int, datetime]]:
    """Return the same of results in whose place another one stands in the statistics."""
    statement = select(table.c.id, table.c.clinic_id, table.c.given_at).where(
        table.c.given_at.is_not(None), table.c.counted.is_not(None), table.c.outcome.is_not(None)
    )
    return [(row.id, row.clinic_id, row.given_at) for row in (await connection.execute(statement)).all()]


async def count(connection: AsyncConnection, vault: Vault, *, now: datetime) -> int:
    """Count what can be counted now, each result once; return how many.

    Raises VaultFault when a result was changed.
    """
    done = 0
    for clinic_id, ids in counted_together(await waiting(connection), now=now):
        done += await _batch(connection, vault, clinic_id, ids, now=now)
    for clinic_id, ids in counted_together(await replaced(connection), now=now):
        done += await _corrected(connection, vault, clinic_id, ids, now=now)
    return done


async def _batch(
    connection: AsyncConnection, vault: Vault, clinic_id: int | None, ids: Sequence[int], *, now: datetime
) -> int:
    marked = await connection.execute(
        update(table)
        .where(table.c.id.in_(ids), table.c.counted_at.is_(None), table.c.given_at.is_not(None))
        .values(counted_at=now)
        .returning(table.c.id)
    )
    taken = marked.scalars().all()
    found = [await result_codes.result(connection, vault, one) for one in taken]
    await _write(connection, Kind.RESULT, found, clinic_id, now=now)
    return len(taken)


async def _corrected(
    connection: AsyncConnection, vault: Vault, clinic_id: int | None, ids: Sequence[int], *, now: datetime
) -> int:
    """Take what was counted out of the numbers, and count what stands in its place."""
    locked = select(table.c.id).where(table.c.id.in_(ids), table.c.counted.is_not(None)).with_for_update()
    taken = (await connection.execute(locked)).scalars().all()
    before = [await result_codes.counted(connection, vault, one) for one in taken]
    found = [await result_codes.result(connection, vault, one) for one in taken]
    settled = update(table).where(table.c.id.in_(taken))
    await connection.execute(settled.values(counted=None, counted_at=now))
    await _write(connection, Kind.RESULT_REPLACED, before, clinic_id, now=now)
    await _write(connection, Kind.RESULT, found, clinic_id, now=now)
    return len(taken)


async def _write(
    connection: AsyncConnection,
    kind: Kind,
    found: Iterable[Result | None],
    clinic_id: int | None,
    *,
    now: datetime,
) -> None:
    """Write one outcome for each result, sorted by code: neither order nor time tells whose it is."""
    area = select(clinics.c.area_id).where(clinics.c.id == clinic_id)
    area_id = (await connection.execute(area)).scalar_one_or_none()
    for result in sorted(one for one in found if one is not None):
        await outcomes.append(
            connection,
            kind,
            now=now,
            role=Actor.JOB,
            clinic_id=clinic_id,
            area_id=area_id,
            detail=result.value,
        )


async def of_period(connection: AsyncConnection, begin: datetime, end: datetime) -> Counts:
    """Return how often each result was counted from `begin` to before `end` (aware, UTC), by clinic.

    Less those that were replaced: below nothing, where they were counted before `begin` or elsewhere.
    """
    columns = (outcomes_table.c.clinic_id, outcomes_table.c.detail)
    number = func.sum(case((outcomes_table.c.kind == Kind.RESULT.value, 1), else_=-1))
    statement = (
        select(*columns, number.label("number"))
        .where(
            outcomes_table.c.kind.in_([Kind.RESULT.value, Kind.RESULT_REPLACED.value]),
            outcomes_table.c.at >= begin,
            outcomes_table.c.at < end,
        )
        .group_by(*columns)
    )
    found: Counts = defaultdict(dict)
    for clinic_id, detail, number in (await connection.execute(statement)).all():
        found[clinic_id][Result(detail)] = int(number)
    return dict(found)
