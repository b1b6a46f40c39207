"""Read one person's card as staff see it: where they stand, what is to be done, what has happened so far.

Never a result, an answer of the symptom check, or who it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Texts
from care.outcomes import Kind
from care.person import StaffMember
from care.roles import Role
from storage.caseload import Case, case_columns, case_of
from storage.reach import OVERSEERS, by_office
from storage.schema import areas, cities, outcomes, people, referrals, relays, tasks
from storage.task_lists import of_workers

TOLD = (  # what of the outcomes a card tells; never their details
    Kind.CONSENTED,
    Kind.CHECKED,
    Kind.BOOKED,
    Kind.MOVED,
    Kind.CANCELLED,
    Kind.CAME,
    Kind.MISSED,
    Kind.EXAMINED,
    Kind.RESULT_READY,
    Kind.RESULT_GIVEN,
    Kind.SAID_WENT,
    Kind.SAID_MISSED,
    Kind.REASON_GIVEN,
    Kind.TALK_ASKED,
    Kind.TALK_DONE,
    Kind.TASK_DONE,
    Kind.PERSON_HANDED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One person."""

    case: Case
    referral_id: int
    opened_at: datetime  # aware, UTC
    staff_id: int | None = None  # the owner
    area_names: Texts | None = None
    zone: str | None = None  # IANA name of where they are
    relay_id: int | None = None  # the talk through the bot that is open
    without_telegram: bool = False


async def card(
    connection: AsyncConnection, roles: Sequence[StaffMember], person_id: int, *, now: datetime
) -> Card | None:
    """Return somebody's card, or None when these roles do not look after them.

    Everybody sees their own people, and those about whom they have something to do; coordinators and admins
    also whom they oversee (`storage.reach`).
    """
    talking = (
        select(relays.c.id)
        .where(relays.c.person_id == people.c.id, relays.c.closed_at.is_(None))
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(
            *case_columns(now),
            referrals.c.id.label("referral_id"),
            referrals.c.opened_at,
            referrals.c.staff_id,
            areas.c.names,
            cities.c.zone,
            talking.label("relay_id"),
            people.c.telegram_hash.is_(None).label("without"),
        )
        .select_from(
            referrals.join(people, people.c.id == referrals.c.person_id)
            .outerjoin(areas, areas.c.id == func.coalesce(people.c.area_id, referrals.c.area_id))
            .outerjoin(cities, cities.c.id == areas.c.city_id)
        )
        .where(referrals.c.person_id == person_id, referrals.c.closed_at.is_(None))
    )
    mine = [member.id for member in roles if member.role in {Role.WORKER, *OVERSEERS}]
    busy = exists().where(
        tasks.c.person_id == people.c.id, tasks.c.done_at.is_(None), tasks.c.staff_id.in_(mine)
    )
    office = by_office(roles, referrals.c.staff_id)
    seen = or_(of_workers(mine), busy, *([office] if office is not None else []))
    row = (await connection.execute(statement.where(seen))).first()
    if row is None:
        return None
    return Card(
        case=case_of(row),
        referral_id=row.referral_id,
        opened_at=row.opened_at,
        staff_id=row.staff_id,
        area_names=row.names,
        zone=row.zone,
        relay_id=row.relay_id,
        without_telegram=bool(row.without),
    )


async def history(
    connection: AsyncConnection, referral_id: int, *, first: int, most: int
) -> Sequence[tuple[Kind, datetime]]:
    """Return what has happened in a referral from number `first` (0 …) on, the newest first (aware, UTC)."""
    statement = (
        select(outcomes.c.kind, outcomes.c.at)
        .where(outcomes.c.referral_id == referral_id, outcomes.c.kind.in_(TOLD))
        .order_by(outcomes.c.at.desc(), outcomes.c.id.desc())
        .offset(first)
        .limit(most)
    )
    return [(Kind(kind), at) for kind, at in (await connection.execute(statement)).all()]
