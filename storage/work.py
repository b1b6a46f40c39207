"""Count the work of the team from the outcomes, and from nothing else."""

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.cascade import By
from care.outcomes import Kind
from care.work import KINDS, Work, of, times
from storage.cascade import COLUMNS, of_people
from storage.schema import outcomes


async def count(
    connection: AsyncConnection, begin: datetime, end: datetime, *, by: By | None = None
) -> dict[Hashable, Work]:
    """Count the work done from `begin` to before `end` (aware, UTC); all under None when not grouped.

    It stands where it was done: the site's area, whose talk it was. So the groups add up to the whole.
    """
    nowhere: ColumnElement[Any] = null()
    group = COLUMNS[by] if by else nowhere
    came = and_(outcomes.c.link_id.is_not(None), of_people())
    statement = (
        select(group.label("part"), outcomes.c.kind, outcomes.c.detail, func.count())
        .where(
            outcomes.c.at >= begin,
            outcomes.c.at < end,
            outcomes.c.kind.in_(KINDS),
            or_(outcomes.c.kind != Kind.CONSENTED, came),
        )
        .group_by(*([group] if by else []), outcomes.c.kind, outcomes.c.detail)
    )
    done: dict[Hashable, Work] = {}
    for part, kind, detail, number in (await connection.execute(statement)).all():
        added = times(of(Kind(kind), detail), number)
        done[part] = done.get(part, Work()) + added
    return {part: work.whole() for part, work in done.items() if work.whole() != Work()}
