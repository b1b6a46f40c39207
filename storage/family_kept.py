"""Say what is kept of children, checklists and places for others, and let go of it in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Delete, RowMapping, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.places import Use
from storage.schema import bookings, brigade_places, brigades, checklists, clinics

FINISHED = timedelta(days=30)
LEFT = timedelta(days=365)  # a checklist that nobody ticked any more


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyKept:
    """All rows about one person, as they stand."""

    children: Sequence[RowMapping]  # places for children, with `clinic_names`, soonest first
    checklists: Sequence[RowMapping]  # oldest first
    brigades: Sequence[RowMapping]  # with `clinic_names` and `places`: how many; oldest first


async def about(connection: AsyncConnection, person_id: int) -> FamilyKept:
    """Return what is kept of somebody's children and of places that they keep for others."""
    children = (
        select(bookings, clinics.c.names.label("clinic_names"))
        .join(clinics, clinics.c.id == bookings.c.clinic_id)
        .where(bookings.c.guardian_id == person_id, bookings.c.use == Use.CHILD.value)
        .order_by(bookings.c.starts_at)
    )
    lists = select(checklists).where(checklists.c.person_id == person_id).order_by(checklists.c.created_at)
    counted = (
        select(func.count())
        .select_from(brigade_places)
        .where(brigade_places.c.brigade_id == brigades.c.id)
        .scalar_subquery()
    )
    kept = (
        select(brigades, clinics.c.names.label("clinic_names"), counted.label("places"))
        .join(clinics, clinics.c.id == brigades.c.clinic_id)
        .where(brigades.c.person_id == person_id)
        .order_by(brigades.c.created_at)
    )
    return FamilyKept(
        children=(await connection.execute(children)).mappings().all(),
        checklists=(await connection.execute(lists)).mappings().all(),
        brigades=(await connection.execute(kept)).mappings().all(),
    )


def over(*, now: datetime) -> list[tuple[str, Delete]]:
    """Return what is past its term: brigades and checklists 30 days after their end, left ones after a year.

    With a brigade goes which place was behind which link.
    """
    ended, left = now - FINISHED, now - LEFT
    return [
        ("brigades", delete(brigades).where(brigades.c.ended_at < ended)),
        ("checklists", delete(checklists).where(checklists.c.ended_at < ended)),
        ("checklists", delete(checklists).where(checklists.c.changed_at < left)),
    ]
