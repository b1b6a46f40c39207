"""Give somebody's people to colleagues, and back: whoever leaves, rests or is away loses nobody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import RowMapping, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.handover import Moved, Stretch, goes_back_to, handed, handed_key, taken_over
from care.ownership import Colleague, Reason, Wish, choose
from storage import due, ownership
from storage.schema import companies, links, ownerships, people, referrals, relays, tasks


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
    deal = _Deal(
        team={one.staff_id: one for one in await ownership.team(connection, now=now, zone=zone)},
        posts=await ownership.posts(connection),
        leaving=staff_id,
        to=to,
    )
    moved = []
    for row in await _concerned(connection, staff_id):
        target = deal.target(row)
        theirs = row["owner_id"] == staff_id
        if theirs:
            await ownership.assign(connection, row["referral_id"], target, reason, now=now)
        await _give_the_rest(connection, row, deal, target)
        moved.append(
            Moved(
                person_id=row["person_id"],
                referral_id=row["referral_id"] if theirs else None,
                from_staff_id=staff_id,
                to_staff_id=target,
            )
        )
    await _tell(connection, moved, deal.team, reason, now=now)
    return moved


async def give_back(connection: AsyncConnection, staff_id: int, *, now: datetime, zone: str) -> list[Moved]:
    """Return to somebody who is back whom covers have only because they were away.

    Talks that a cover has answered already and company that is agreed stay with the cover. Whoever does not
    work any more, or is away still, gets nobody. `zone` is as for `ownership.team`.
    """
    found = await ownership.team(connection, now=now, zone=zone, staff_ids=[staff_id])
    if not found or found[0].away:
        return []
    moved = []
    for row in await _covered(connection, staff_id):
        await ownership.assign(connection, row["id"], staff_id, Reason.BACK, now=now)
        waits = and_(relays.c.closed_at.is_(None), relays.c.answered_at.is_(None))
        await connection.execute(
            update(relays)
            .where(relays.c.person_id == row["person_id"], relays.c.staff_id == row["staff_id"], waits)
            .values(staff_id=staff_id)
        )
        unsent = await due.cancel(connection, key=handed_key(row["person_id"], row["staff_id"]), now=now)
        if not unsent:
            await due.schedule(connection, handed(row["person_id"], staff_id, now=now), now=now)
        moved.append(
            Moved(
                person_id=row["person_id"],
                referral_id=row["id"],
                from_staff_id=row["staff_id"],
                to_staff_id=staff_id,
            )
        )
    return moved


@dataclass(slots=True, kw_only=True)
class _Deal:
    """Who gets the next person; each one counts at once, so that a caseload is spread."""

    team: dict[int, Colleague]
    posts: Mapping[int, tuple[int | None, int | None]]
    leaving: int
    to: int | None

    def target(self, row: RowMapping) -> int | None:
        """Return to whom a person goes, or None when there is nobody."""
        chosen = self._named(row) or self._owner(row) or self.by_rule(row, row["wanted_gender"])
        if chosen is not None and row["owner_id"] == self.leaving:
            before = self.team[chosen]
            self.team[chosen] = replace(before, open_referrals=before.open_referrals + 1)
        return chosen

    def by_rule(self, row: RowMapping, gender: str | None) -> int | None:
        """Return whom the rules name."""
        wish = Wish(
            person_id=row["person_id"],
            locale=row["locale"],
            area_id=row["area_id"],
            gender=gender,
            link_staff_id=row["link_staff_id"],
            not_these=frozenset({self.leaving}),
        )
        found = choose(list(self.team.values()), ownership.with_posts(wish, self.posts))
        return found[0].staff_id if found else None

    def _named(self, row: RowMapping) -> int | None:
        named = self.team.get(self.to) if self.to is not None else None
        return named.staff_id if named and named.person_id != row["person_id"] else None

    def _owner(self, row: RowMapping) -> int | None:
        """Return whose the referral is, where only a task, a talk or company was with somebody else."""
        owner = self.team.get(row["owner_id"] or 0)
        return owner.staff_id if owner and not owner.away and owner.staff_id != self.leaving else None


async def _concerned(connection: AsyncConnection, staff_id: int) -> Sequence[RowMapping]:
    """Return the people of whom anything open is with a member of staff, longest known first."""
    with_them = [
        people.c.id.in_(select(table.c.person_id).where(table.c.staff_id == staff_id, ended.is_(None)))
        for table, ended in (
            (tasks, tasks.c.done_at),
            (relays, relays.c.closed_at),
            (companies, companies.c.ended_at),
        )
    ]
    statement = (
        select(
            people.c.id.label("person_id"),
            people.c.locale,
            func.coalesce(referrals.c.area_id, people.c.area_id).label("area_id"),
            referrals.c.id.label("referral_id"),
            referrals.c.staff_id.label("owner_id"),
            referrals.c.wanted_gender,
            links.c.staff_id.label("link_staff_id"),
        )
        .select_from(
            people.outerjoin(
                referrals, and_(referrals.c.person_id == people.c.id, referrals.c.closed_at.is_(None))
            ).outerjoin(links, links.c.id == referrals.c.link_id)
        )
        .where(or_(referrals.c.staff_id == staff_id, *with_them))
        .order_by(people.c.created_at, people.c.id)
    )
    return (await connection.execute(statement)).mappings().all()


async def _give_the_rest(
    connection: AsyncConnection, row: RowMapping, deal: _Deal, target: int | None
) -> None:
    """Give a person's open tasks, talk and company, as far as they were with whoever leaves."""
    for table, ended in ((tasks, tasks.c.done_at), (relays, relays.c.closed_at)):
        await connection.execute(
            update(table)
            .where(table.c.person_id == row["person_id"], table.c.staff_id == deal.leaving, ended.is_(None))
            .values(staff_id=target)
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


async def _tell(
    connection: AsyncConnection,
    moved: Sequence[Moved],
    team: Mapping[int, Colleague],
    reason: Reason,
    *,
    now: datetime,
) -> None:
    """Tell the people who looks after them now, and each new owner how many came."""
    came: Counter[int] = Counter()
    for one in moved:
        if one.to_staff_id is not None:
            came[one.to_staff_id] += 1
            await due.schedule(connection, handed(one.person_id, one.to_staff_id, now=now), now=now)
    for staff_id, number in came.items():
        planned = taken_over(
            team[staff_id].person_id, moved[0].from_staff_id, people=number, reason=reason, now=now
        )
        await due.schedule(connection, planned, now=now)


async def _covered(connection: AsyncConnection, staff_id: int) -> list[RowMapping]:
    """Return the open referrals that go back to somebody who was away."""
    once = select(ownerships.c.referral_id).where(ownerships.c.staff_id == staff_id)
    statement = (
        select(
            referrals.c.id,
            referrals.c.person_id,
            referrals.c.staff_id,
            ownerships.c.staff_id.label("was"),
            ownerships.c.reason,
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
