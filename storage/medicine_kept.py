"""Say what is kept of plans and of the visits beside them, and let go of it in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Delete, RowMapping, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import care_visits, dose_plans, doses

DAYS = 90  # after the end, where the programme names no term for visits
ANSWERS = 30  # newest answers that /mydata shows


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineKept:
    """All rows about one person, as they stand."""

    plans: Sequence[RowMapping]  # oldest first
    doses: Sequence[RowMapping]  # the last answers, newest first
    visits: Sequence[RowMapping]  # soonest first


async def about(connection: AsyncConnection, person_id: int) -> MedicineKept:
    """Return what is kept of somebody's plans and visits."""
    plans = select(dose_plans).where(dose_plans.c.person_id == person_id).order_by(dose_plans.c.created_at)
    answers = (
        select(doses)
        .join(dose_plans, dose_plans.c.id == doses.c.plan_id)
        .where(dose_plans.c.person_id == person_id, doses.c.answer != "asked")
        .order_by(doses.c.day.desc(), doses.c.hour.desc())
        .limit(ANSWERS)
    )
    visits = (
        select(care_visits)
        .where(care_visits.c.person_id == person_id)
        .order_by(care_visits.c.local_start, care_visits.c.id)
    )
    return MedicineKept(
        plans=(await connection.execute(plans)).mappings().all(),
        doses=(await connection.execute(answers)).mappings().all(),
        visits=(await connection.execute(visits)).mappings().all(),
    )


def over(*, now: datetime, days: int | None) -> list[tuple[str, Delete]]:
    """Return what is past its term: plans that ended, with all that was said, and visits that are over."""
    before = now - timedelta(days=DAYS if days is None else days)
    past = care_visits.c.local_start < f"{before:%Y-%m-%dT%H:%M}"
    return [
        ("dose_plans", delete(dose_plans).where(dose_plans.c.ended_at < before)),
        ("care_visits", delete(care_visits).where(or_(past, care_visits.c.ended_at < before))),
    ]
