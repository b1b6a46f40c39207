"""Keep people: only after consent, found by keyed hash, deleted whole."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    RowMapping,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import Episode, Person, StaffMember
from care.places import Use
from care.roles import Role
from care.wellbeing import closed_weeks
from storage import locking
from storage.schema import (
    area_posts,
    bookings,
    brigade_places,
    brigades,
    drafts,
    due,
    examinations,
    inbox,
    links,
    lone_visits,
    moods,
    ownerships,
    people,
    referrals,
    relays,
    shifts,
    staff,
    tasks,
    waiting,
    waits,
)
from storage.vault import Vault

_WITH_ROLES = select(
    people,
    staff.c.id.label("staff_id"),
    staff.c.role,
    staff.c.area_id.label("staff_area_id"),
    staff.c.clinic_id.label("staff_clinic_id"),
    staff.c.organisation_id.label("staff_organisation_id"),
    *(
        referrals.c[name].label(f"episode_{name}")
        for name in ("id", "link_id", "staff_id", "area_id", "site_id")
    ),
).select_from(
    people.outerjoin(
        staff,
        (staff.c.person_id == people.c.id) & staff.c.ended_at.is_(None) & staff.c.paused_at.is_(None),
    ).outerjoin(referrals, (referrals.c.person_id == people.c.id) & referrals.c.closed_at.is_(None))
)
_OF_THEMSELVES = (  # what somebody of the team said of themselves
    "name",
    "photo",
    "voice",
    "languages",
    "gender",
    "here_until",
    "away_until",
    "digest_at",
    "quiet_from",
    "quiet_until",
)
_BY_HASH = _WITH_ROLES.where(people.c.telegram_hash == bindparam("hash"))
_BY_ID = _WITH_ROLES.where(people.c.id == bindparam("id"))


def random_id() -> int:
    """Return a random id of 63 bits: it carries no meaning and no order."""
    return secrets.randbits(62) + 1


async def by_hash(connection: AsyncConnection, hashes: Sequence[bytes]) -> Person | None:
    """Return the person with one of these keyed hashes of a Telegram id, with the roles held now."""
    for one in hashes:  # one under each key, the newest first: nearly always the first
        person = _person((await connection.execute(_BY_HASH, {"hash": one})).mappings().all())
        if person is not None:
            return person
    return None


async def by_id(connection: AsyncConnection, person_id: int) -> Person | None:
    """Return a person with the roles held now."""
    rows = (await connection.execute(_BY_ID, {"id": person_id})).mappings().all()
    return _person(rows)


async def add(
    connection: AsyncConnection,
    vault: Vault,
    telegram_id: int,
    *,
    locale: str,
    consent_version: str,
    link_id: int | None,
    area_id: int | None,
    now: datetime,
) -> Person:
    """Remember a person who has just agreed. Raises IntegrityError when they are known already."""
    key = vault.new_person_key()
    person_id = random_id()
    sealed = vault.seal_for(key, str(telegram_id).encode())
    await connection.execute(
        insert(people).values(
            id=person_id,
            telegram_hash=vault.hash(str(telegram_id)),
            telegram_id=sealed,
            key=key,
            locale=locale,
            consent_version=consent_version,
            consent_locale=locale,
            consented_at=now,
            link_id=link_id,
            area_id=area_id,
            seen_on=now.date(),
            created_at=now,
        )
    )
    return Person(
        id=person_id,
        locale=locale,
        telegram_id=sealed,
        key=key,
        link_id=link_id,
        area_id=area_id,
        seen_on=now.date(),
    )


async def change(connection: AsyncConnection, person_id: int, **values: Any) -> None:
    """Change columns of a person: locale, area_id, blocked_at, seen_on."""
    await connection.execute(update(people).where(people.c.id == person_id).values(**values))


async def forget(
    connection: AsyncConnection, person: Person, hashes: Sequence[bytes], *, now: datetime
) -> None:
    """Delete the person and all that is about them; outcomes stay, and say nothing about whom.

    The key goes with the row, and so do updates of theirs that wait in the inbox. Booked places are free
    again. Notices to staff about them are not sent. Staff roles and links end, without the person, and what
    they owned belongs to nobody, so that somebody else of the area takes it up.
    """
    await locking.all_visits_of(connection, person.id)
    await connection.execute(
        update(inbox)
        .where(inbox.c.person_hash.in_(list(hashes)), inbox.c.done_at.is_(None))
        .values(person_hash=None, payload=None, reply=None, done_at=now)
    )
    await connection.execute(
        update(inbox).where(inbox.c.person_hash.in_(list(hashes))).values(person_hash=None, payload=None)
    )
    await _give_back(connection, person.id, now=now)
    visits = select(bookings.c.id).where(bookings.c.person_id == person.id)
    asked = (await connection.scalars(select(tasks.c.id).where(tasks.c.person_id == person.id))).all()
    notices = [f"{kind}:{task_id}" for task_id in asked for kind in ("talk", "talk-late")]
    await connection.execute(delete(due).where(due.c.booking_id.in_(visits) | due.c.key.in_(notices)))
    await connection.execute(delete(examinations).where(examinations.c.booking_id.in_(visits)))
    for task_id in asked:  # each time that the owner was told of it
        await connection.execute(delete(due).where(due.c.key.startswith(f"task:{task_id}:")))
    for table in (due, tasks, bookings, referrals, waiting, waits):
        await connection.execute(delete(table).where(table.c.person_id == person.id))
    await _forget_mentions(connection, person.id)
    await _leave_staff(connection, person.id, now=now)
    await connection.execute(
        update(links).where(links.c.person_id == person.id).values(person_id=None, ended_at=now)
    )
    await connection.execute(delete(people).where(people.c.id == person.id))


async def _give_back(connection: AsyncConnection, person_id: int, *, now: datetime) -> None:
    """Give back what the person keeps for a brigade, and what is kept for them; nothing names it any more.

    Who said yes to a place keeps the visit. The link by which they themselves came to one stays used.
    """
    own = bookings.alias("own")
    mine = select(own.c.id).where(own.c.person_id == person_id)
    kept_for = {
        Use.DISPLACED: mine,
        Use.WAIT: select(waits.c.id).where(waits.c.person_id == person_id),
        Use.BRIGADE: select(brigades.c.id).where(brigades.c.person_id == person_id),
    }
    over = func.coalesce(bookings.c.cancelled_at, literal(now, bookings.c.cancelled_at.type))
    for use, ids in kept_for.items():
        kept = (bookings.c.use == use.value, bookings.c.use_id.in_(ids), bookings.c.person_id.is_(None))
        await connection.execute(update(bookings).where(*kept).values(cancelled_at=over, use_id=None))
    came_by = brigade_places.c.booking_id.in_(mine)
    await connection.execute(update(brigade_places).where(came_by).values(booking_id=0))


async def _forget_mentions(connection: AsyncConnection, person_id: int) -> None:
    """Delete what others were to be told about the person, and for whom a worker was acting."""
    number = str(person_id)  # 63 random bits: nothing else holds these digits
    in_notice = cast(due.c.params, Text).contains(number) | due.c.key.contains(number)
    await connection.execute(delete(due).where(in_notice))
    await connection.execute(delete(drafts).where(cast(drafts.c.content, Text).contains(number)))


async def _leave_staff(connection: AsyncConnection, person_id: int, *, now: datetime) -> None:
    roles = select(staff.c.id).where(staff.c.person_id == person_id)
    await connection.execute(
        update(links).where(links.c.staff_id.in_(roles), links.c.ended_at.is_(None)).values(ended_at=now)
    )
    await connection.execute(
        update(links).where(links.c.staff_id.in_(roles)).values(label=None)  # in their own words
    )
    await connection.execute(delete(shifts).where(shifts.c.staff_id.in_(roles)))
    for column in (area_posts.c.owner_id, area_posts.c.cover_id):
        await connection.execute(update(area_posts).where(column.in_(roles)).values({column.name: null()}))
    await connection.execute(delete(lone_visits).where(lone_visits.c.staff_id.in_(roles)))
    running = moods.c.week > closed_weeks(now)[0]  # in those that were shown an average would tell who left
    await connection.execute(delete(moods).where(moods.c.staff_id.in_(roles), running))
    await connection.execute(update(tasks).where(tasks.c.staff_id.in_(roles)).values(staff_id=None))
    await connection.execute(
        update(referrals)
        .where(referrals.c.staff_id.in_(roles), referrals.c.closed_at.is_(None))
        .values(staff_id=None)
    )
    await connection.execute(
        update(ownerships)
        .where(ownerships.c.staff_id.in_(roles), ownerships.c.until.is_(None))
        .values(until=now)
    )
    await connection.execute(
        update(relays).where(relays.c.staff_id.in_(roles), relays.c.closed_at.is_(None)).values(staff_id=None)
    )
    await connection.execute(
        update(staff).where(staff.c.person_id == person_id).values(dict.fromkeys(_OF_THEMSELVES, null()))
    )
    await connection.execute(
        update(staff).where(staff.c.person_id == person_id, staff.c.ended_at.is_(None)).values(ended_at=now)
    )


def telegram_id(vault: Vault, person: Person) -> int:
    """Return the Telegram id to write to. Raises LookupError when the person has no Telegram."""
    if person.telegram_id is None:
        raise LookupError("this person has no Telegram: see `reminders_to`")
    return int(vault.open_for(person.key, person.telegram_id))


def _person(rows: Sequence[RowMapping]) -> Person | None:
    if not rows:
        return None
    first = rows[0]
    return Person(
        id=first["id"],
        locale=first["locale"],
        telegram_id=first["telegram_id"],
        key=first["key"],
        registered_by=first["registered_by"],
        reminders_to=first["reminders_to"],
        link_id=first["link_id"],
        area_id=first["area_id"],
        blocked_at=first["blocked_at"],
        seen_on=first["seen_on"],
        roles=tuple(
            StaffMember(
                id=row["staff_id"],
                role=Role(row["role"]),
                person_id=row["id"],
                area_id=row["staff_area_id"],
                clinic_id=row["staff_clinic_id"],
                organisation_id=row["staff_organisation_id"],
            )
            for row in rows
            if row["staff_id"] is not None
        ),
        episode=_episode(first),
    )


def _episode(row: RowMapping) -> Episode | None:
    if row["episode_id"] is None:
        return None
    return Episode(
        referral_id=row["episode_id"],
        link_id=row["episode_link_id"],
        staff_id=row["episode_staff_id"],
        area_id=row["episode_area_id"],
        site_id=row["episode_site_id"],
    )
