"""Gather everything that is kept about one person, for /mydata."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import family_kept, medicine_kept
from storage.schema import (
    areas,
    bookings,
    clinics,
    companies,
    drafts,
    due,
    examinations,
    links,
    lone_visits,
    moods,
    people,
    referrals,
    relays,
    staff,
    tasks,
    transfers,
    waiting,
    waits,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All rows about one person, as they stand; texts of the directory by language."""

    person: RowMapping
    area: RowMapping | None  # names
    link: RowMapping | None
    referrals: Sequence[RowMapping]  # oldest first
    bookings: Sequence[RowMapping]  # with `clinic_names`, soonest first; cancelled ones, too
    due: Sequence[RowMapping]  # messages that wait or were sent, soonest first
    drafts: Sequence[RowMapping]
    roles: Sequence[RowMapping]  # also those that ended
    tasks: Sequence[RowMapping]  # what the person asked of staff
    talks: Sequence[RowMapping]  # with somebody of the team, through the bot: when, never what
    friends: int  # without Telegram, whose reminders the person takes
    companies: Sequence[RowMapping]  # who was asked to come along to a visit
    waiting: Sequence[RowMapping]  # answers that the person wants to be told of
    moods: Sequence[RowMapping]  # what somebody of the team said of how they were, week by week
    lone: Sequence[RowMapping]  # where they were alone, with a timer
    waits: Sequence[RowMapping]  # for a place at a clinic, with `clinic_names`
    medicine: medicine_kept.MedicineKept  # plans of reminders, and visits that the person noted
    transfers: Sequence[RowMapping]  # journeys, with the cards for them; what was typed is sealed
    family: family_kept.FamilyKept  # children, checklists, places for others
    passed_on: Sequence[RowMapping]  # links of one's own to pass on
    examinations: Sequence[RowMapping]  # with `clinic_names`, what clinics wrote; the results are sealed


async def about(connection: AsyncConnection, person_id: int) -> Kept | None:
    """Return everything that is kept about a person, or None when there is nothing."""
    person = await _first(connection, select(people).where(people.c.id == person_id))
    if person is None:
        return None
    visits = (
        select(bookings, clinics.c.names.label("clinic_names"))
        .join(clinics, clinics.c.id == bookings.c.clinic_id)
        .where(bookings.c.person_id == person_id)
        .order_by(bookings.c.starts_at)
    )
    return Kept(
        person=person,
        area=await _first(connection, select(areas).where(areas.c.id == person["area_id"])),
        link=await _first(connection, select(links).where(links.c.id == person["link_id"])),
        referrals=await _all(connection, _own(referrals, person_id).order_by(referrals.c.opened_at)),
        bookings=await _all(connection, visits),
        due=await _all(connection, _own(due, person_id).order_by(due.c.due_at, due.c.id)),
        drafts=await _all(connection, _own(drafts, person_id)),
        roles=await _all(connection, _own(staff, person_id).order_by(staff.c.started_at)),
        tasks=await _all(connection, _own(tasks, person_id).order_by(tasks.c.created_at)),
        talks=await _all(connection, _own(relays, person_id).order_by(relays.c.opened_at)),
        friends=await _friends(connection, person_id),
        companies=await _all(connection, _own(companies, person_id).order_by(companies.c.created_at)),
        waiting=await _all(connection, _own(waiting, person_id).order_by(waiting.c.since)),
        moods=await _all(connection, _of_staff(moods, person_id).order_by(moods.c.week)),
        examinations=await _all(connection, _examinations(person_id)),
        medicine=await medicine_kept.about(connection, person_id),
        family=await family_kept.about(connection, person_id),
        transfers=await _all(connection, _own(transfers, person_id).order_by(transfers.c.created_at)),
        passed_on=await _all(connection, _own(links, person_id).order_by(links.c.created_at)),
        waits=await _all(connection, _waits(person_id)),
        lone=await _all(connection, _of_staff(lone_visits, person_id).order_by(lone_visits.c.started_at)),
    )


def _examinations(person_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(examinations, clinics.c.names.label("clinic_names"))
        .join(clinics, clinics.c.id == examinations.c.clinic_id)
        .where(examinations.c.person_id == person_id)
        .order_by(examinations.c.examined_at)
    )


async def _friends(connection: AsyncConnection, person_id: int) -> int:
    counted = select(func.count()).select_from(people).where(people.c.reminders_to == person_id)
    return int((await connection.execute(counted)).scalar_one())


def _own(table: Any, person_id: int) -> Select[*tuple[Any, ...]]:
    return select(table).where(table.c.person_id == person_id)


def _of_staff(table: Any, person_id: int) -> Select[*tuple[Any, ...]]:
    return select(table).where(table.c.staff_id.in_(select(staff.c.id).where(staff.c.person_id == person_id)))


async def _first(connection: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> RowMapping | None:
    return (await connection.execute(statement)).mappings().first()


async def _all(connection: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> Sequence[RowMapping]:
    return (await connection.execute(statement)).mappings().all()


def _waits(person_id: int) -> Select[*tuple[Any, ...]]:
    """Select what a person waits or waited for, oldest first."""
    return (
        select(waits, clinics.c.names.label("clinic_names"))
        .outerjoin(clinics, clinics.c.id == waits.c.clinic_id)
        .where(waits.c.person_id == person_id)
        .order_by(waits.c.created_at)
    )
