"""Keep the links that people pass on to those who live with them, and who came through one."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.links import Link, LinkKind
from care.referral import BEFORE_EXAMINED
from care.symptoms import Advice
from storage import links
from storage.schema import links as table
from storage.schema import referrals

LESS = tuple(one.name.lower() for one in Advice if one < Advice.CONTACT)
"""Advice that gives way: whoever lived close to somebody with TB should be examined, signs or none."""


async def link_of(connection: AsyncConnection, person_id: int, *, now: datetime) -> Link | None:
    """Return the link that a person passes on to those who live with them, or None when there is none."""
    statement = select(table.c.id).where(
        table.c.person_id == person_id, table.c.kind == LinkKind.HOUSEHOLD, table.c.ended_at.is_(None)
    )
    link_id = (await connection.execute(statement.order_by(table.c.id))).scalars().first()
    return await links.by_id(connection, link_id, now=now) if link_id is not None else None


async def add_link(
    connection: AsyncConnection, person_id: int, *, now: datetime, area_id: int | None
) -> Link:
    """Make such a link. Raises LookupError when it cannot be read back."""
    link_id = await links.add(
        connection, now=now, kind=LinkKind.HOUSEHOLD, person_id=person_id, area_id=area_id
    )
    made = await links.by_id(connection, link_id, now=now)
    if made is None:
        raise LookupError("the link that was just made is not there")
    return made


async def end_link(connection: AsyncConnection, person_id: int, *, now: datetime) -> None:
    """End the link of somebody whose result does not concern those who live with them, where there is one."""
    theirs = (table.c.person_id == person_id, table.c.kind == LinkKind.HOUSEHOLD, table.c.ended_at.is_(None))
    await connection.execute(update(table).where(*theirs).values(ended_at=now))


async def link_goes_on(connection: AsyncConnection, person_id: int, *, ended_at: datetime) -> None:
    """Let the link go on that `end_link` ended at this moment, when what ended it is taken back."""
    theirs = (
        table.c.person_id == person_id,
        table.c.kind == LinkKind.HOUSEHOLD,
        table.c.ended_at == ended_at,
    )
    await connection.execute(update(table).where(*theirs).values(ended_at=None))


async def came_through(connection: AsyncConnection, person_id: int, link: Link) -> None:
    """Let a booking know that somebody is a contact, when they came through such a link, and not their own.

    More urgent advice stays; whoever was examined already is not asked again. They checked nothing by coming,
    so advice without the moment of a check stands for an invitation.
    """
    if link.kind != LinkKind.HOUSEHOLD:
        return
    own = select(table.c.id).where(table.c.id == link.id, table.c.person_id == person_id)
    await connection.execute(
        update(referrals)
        .where(
            referrals.c.person_id == person_id,
            referrals.c.closed_at.is_(None),
            referrals.c.state.in_(sorted(BEFORE_EXAMINED)),
            or_(referrals.c.advice.is_(None), referrals.c.advice.in_(LESS)),
            ~own.exists(),
        )
        .values(advice=Advice.CONTACT.name.lower(), checked_at=None)
    )
