"""Give somebody's people to colleagues, and back: whoever leaves, rests or is away loses nobody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.handover import Moved, Stretch, goes_back_to, handed, handed_key, taken_over
from care.ownership import Colleague, Reason
from storage import due, ownership
from storage import relays as moving
from storage.dealing import Deal, concerned, deal_for
from storage.schema import companies, ownerships, referrals, relays, tasks


async def hand_over(
    connection: AsyncConnection,
    staff_id: int,
    *,
    reason: Reason,
    now: datetime,
    zone: str,
    to: int | None = None,
) -> list[Moved]:
    """Give all that is open of a member of staff to `to`, or to whom the rules name for each person.

    That is: open referrals and tasks, talks through the bot, company to the clinic; links stay. Nobody looks
    after themselves, and where `to` does not work any more the rules name somebody. Where there is nobody at
    all it is nobody's, and coordinators see it. The people are told, and each new owner once. A second call
    moves nothing. `zone` is as for `ownership.team`. Raises ValueError when `to` is the same member of staff.
    """
    if to == staff_id:
        raise ValueError("a caseload goes to somebody else")
    deal = await deal_for(connection, staff_id, reason=reason, now=now, zone=zone, to=to)
    moved = []
    for row in await concerned(connection, staff_id):
        target = deal.target(row)
        theirs = row["owner_id"] == staff_id
        if theirs:
            await ownership.assign(connection, row["referral_id"], target, reason, now=now)
        await _give_the_rest(connection, row, deal, target, now=now)
        moved.append(
            Moved(
                person_id=row["person_id"],
                referral_id=row["referral_id"] if theirs else None,
                to_staff_id=target,
            )
        )
    await _tell(connection, moved, deal.team, staff_id, reason=reason, now=now)
    return moved


async def preview(
    connection: AsyncConnection, staff_id: int, *, reason: Reason, now: datetime, zone: str
) -> dict[int | None, int]:
    """Return to whom how many people would go, without changing anything; None: to nobody."""
    deal = await deal_for(connection, staff_id, reason=reason, now=now, zone=zone, to=None)
    return dict(Counter([deal.target(row) for row in await concerned(connection, staff_id)]))


async def hand_one(
    connection: AsyncConnection, person_id: int, to: Colleague, *, reason: Reason, now: datetime
) -> Moved | None:
    """Give one person to a colleague, with tasks and talk; None when nothing changes.

    Company that is agreed stays. The colleague is told, and so is the person, unless they wished for it.
    """
    statement = select(referrals.c.id, referrals.c.staff_id).where(
        referrals.c.person_id == person_id, referrals.c.closed_at.is_(None)
    )
    before = (await connection.execute(statement)).first()
    if before is None or to.person_id == person_id:
        return None
    if not await ownership.assign(connection, before.id, to.staff_id, reason, now=now):
        return None
    if before.staff_id is not None:
        talks = relays.c.closed_at.is_(None)
        await _move_talks(connection, person_id, before.staff_id, to.staff_id, talks, now=now)
    if reason is Reason.WISH:
        await due.cancel(connection, key=handed_key(person_id, to.staff_id), now=now)
    else:
        await due.schedule(connection, handed(person_id, to.staff_id, now=now), now=now)
    told = taken_over(to.person_id, person_id, people=1, reason=reason, now=now)
    await due.schedule(connection, told, now=now)
    return Moved(
        person_id=person_id,
        referral_id=before.id,
        to_staff_id=to.staff_id,
    )


async def give_back(connection: AsyncConnection, staff_id: int, *, now: datetime, zone: str) -> list[Moved]:
    """Return to somebody who is back whom covers have only because they were away or paused.

    Talks in which the cover has written and company that is agreed stay with the cover. Whoever does not
    work any more, or is away still, gets nobody. `zone` is as for `ownership.team`.
    """
    found = await ownership.team(connection, now=now, zone=zone, staff_ids=[staff_id])
    if not found or found[0].away:
        return []
    moved = []
    for row in await _covered(connection, staff_id):
        await ownership.assign(connection, row["id"], staff_id, Reason.BACK, now=now)
        unanswered = or_(relays.c.staff_wrote_at.is_(None), relays.c.staff_wrote_at <= row["since"])
        waits = and_(relays.c.closed_at.is_(None), unanswered)
        await _move_talks(connection, row["person_id"], row["staff_id"], staff_id, waits, now=now)
        unsent = await due.cancel(connection, key=handed_key(row["person_id"], row["staff_id"]), now=now)
        if unsent:
            await due.cancel(connection, key=handed_key(row["person_id"], staff_id), now=now)
        else:
            await due.schedule(connection, handed(row["person_id"], staff_id, now=now), now=now)
        moved.append(
            Moved(
                person_id=row["person_id"],
                referral_id=row["id"],
                to_staff_id=staff_id,
            )
        )
    return moved


async def _give_the_rest(
    connection: AsyncConnection, row: RowMapping, deal: Deal, target: int | None, *, now: datetime
) -> None:
    """Give a person's open tasks, talk and company, as far as they were with whoever leaves."""
    await connection.execute(
        update(tasks)
        .where(
            tasks.c.person_id == row["person_id"], tasks.c.staff_id == deal.leaving, tasks.c.done_at.is_(None)
        )
        .values(staff_id=target)
    )
    await _move_talks(
        connection, row["person_id"], deal.leaving, target, relays.c.closed_at.is_(None), now=now
    )
    open_ones = select(companies.c.id, companies.c.wanted_gender).where(
        companies.c.person_id == row["person_id"],
        companies.c.staff_id == deal.leaving,
        companies.c.ended_at.is_(None),
    )
    for company in (await connection.execute(open_ones)).all():
        known = deal.team.get(target or 0)
        fits = company.wanted_gender is None or (known is not None and known.gender == company.wanted_gender)
        along = target if fits else deal.by_rule(row, company.wanted_gender)
        await connection.execute(update(companies).where(companies.c.id == company.id).values(staff_id=along))


async def _move_talks(
    connection: AsyncConnection,
    person_id: int,
    from_staff_id: int,
    to_staff_id: int | None,
    which: ColumnElement[bool],
    *,
    now: datetime,
) -> None:
    """Move a person's talks; which message is which goes with the old chat."""
    found = select(relays.c.id).where(
        relays.c.person_id == person_id, relays.c.staff_id == from_staff_id, which
    )
    for relay_id in (await connection.execute(found)).scalars().all():
        await moving.move(connection, relay_id, to_staff_id, now=now)


async def _tell(
    connection: AsyncConnection,
    moved: Sequence[Moved],
    team: Mapping[int, Colleague],
    leaving: int,
    *,
    reason: Reason,
    now: datetime,
) -> None:
    """Tell the people who looks after them now, and each new owner how many came."""
    came: Counter[int] = Counter()
    for one in moved:
        if one.to_staff_id is not None:
            came[one.to_staff_id] += 1
            await due.schedule(connection, handed(one.person_id, one.to_staff_id, now=now), now=now)
    for staff_id, number in came.items():
        planned = taken_over(team[staff_id].person_id, leaving, people=number, reason=reason, now=now)
        await due.schedule(connection, planned, now=now)


async def _covered(connection: AsyncConnection, staff_id: int) -> list[RowMapping]:
    """Return the open referrals that go back to somebody who was away or paused."""
    once = select(ownerships.c.referral_id).where(ownerships.c.staff_id == staff_id)
    statement = (
        select(
            referrals.c.id,
            referrals.c.person_id,
            referrals.c.staff_id,
            ownerships.c.staff_id.label("was"),
            ownerships.c.reason,
            ownerships.c.since,
        )
        .join(ownerships, ownerships.c.referral_id == referrals.c.id)
        .where(referrals.c.id.in_(once), referrals.c.closed_at.is_(None))
        .order_by(referrals.c.opened_at, referrals.c.id, ownerships.c.since, ownerships.c.until.is_(None))
    )
    histories: dict[int, list[Stretch]] = {}
    newest: dict[int, RowMapping] = {}
    for row in (await connection.execute(statement)).mappings():
        histories.setdefault(row["id"], []).append(Stretch(staff_id=row["was"], reason=Reason(row["reason"])))
        newest[row["id"]] = row
    return [newest[number] for number, history in histories.items() if goes_back_to(history, staff_id)]
