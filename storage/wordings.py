"""Read what came of visits that people were reminded of, for the test of two wordings."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care import wording
from care.outcomes import Kind
from care.wording import KNOWN_WITHIN, READ, Happened, Results, Variant
from storage.cascade import of_people
from storage.schema import outcomes


async def results(connection: AsyncConnection, begin: datetime, end: datetime) -> Mapping[Variant, Results]:
    """Count, from the outcomes alone, the visits reminded of from `begin` to before `end` (aware, UTC).

    What became of them may be known later, for a week.
    """
    statement = (
        select(outcomes.c.referral_id, outcomes.c.at, outcomes.c.kind, outcomes.c.detail)
        .where(
            outcomes.c.at >= begin,
            or_(
                and_(outcomes.c.kind == Kind.REMINDED, outcomes.c.at < end),
                and_(
                    outcomes.c.kind.in_([one for one in READ if one is not Kind.REMINDED]),
                    outcomes.c.at < end + KNOWN_WITHIN,
                ),
            ),
            of_people(),
        )
        .order_by(outcomes.c.referral_id, outcomes.c.at, outcomes.c.id)
    )
    rows = (await connection.execute(statement)).all()
    each = groupby(rows, key=lambda row: row.referral_id)
    return wording.results([Happened(row.at, Kind(row.kind), row.detail) for row in one] for _, one in each)
