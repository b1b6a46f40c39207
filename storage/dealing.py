"""Find who takes the people of somebody who leaves, rests or is away: one by one, by the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import RowMapping, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.ownership import Colleague, Reason, Wish, choose
from storage import ownership
from storage.schema import companies, links, people, referrals, relays, tasks


@dataclass(slots=True, kw_only=True)
class Deal:
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


async def deal_for(
    connection: AsyncConnection, staff_id: int, *, reason: Reason, now: datetime, zone: str, to: int | None
) -> Deal:
    """Read who could take people; whoever is away is so in all their roles."""
    found = await ownership.team(connection, now=now, zone=zone)
    away = {one.person_id for one in found if one.staff_id == staff_id and reason is Reason.AWAY}
    return Deal(
        team={one.staff_id: one for one in found if one.person_id not in away},
        posts=await ownership.posts(connection),
        leaving=staff_id,
        to=to,
    )


async def concerned(connection: AsyncConnection, staff_id: int) -> Sequence[RowMapping]:
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
