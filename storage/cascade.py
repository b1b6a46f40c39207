"""Count the cascade from the outcomes, and from nothing else."""

from collections.abc import Collection, Hashable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.cascade import INFORMED, KINDS, OF_STAFF, PRESUMPTIVE, By, Stages
from care.outcomes import Kind
from care.roles import Actor
from storage.schema import outcomes

COLUMNS: dict[By, ColumnElement[Any]] = {
    By.AREA: outcomes.c.area_id,
    By.WORKER: outcomes.c.staff_id,
    By.CLINIC: outcomes.c.clinic_id,
    By.LANGUAGE: outcomes.c.locale,
    By.SITE: outcomes.c.site_id,
}
_TAKEN_BACK = {"came": Kind.CAME, "examined": Kind.EXAMINED, "given": Kind.RESULT_GIVEN}  # that may be
Groups = dict[Hashable, Stages]  # by the id (or the language) they are grouped by; None: not known


async def count(
    connection: AsyncConnection, begin: datetime, end: datetime, *, by: By | None = None
) -> Groups:
    """Count what happened from `begin` to before `end` (aware, UTC); all under None when not grouped.

    A referral stands in one group: where it was last in the period. So the groups add up to the whole.
    """
    column = COLUMNS[by] if by else None
    within = and_(outcomes.c.at >= begin, outcomes.c.at < end)
    opened = {row[0]: row[1] for row in (await connection.execute(_openings(within, column))).all()}
    rows = (await connection.execute(_stages(within, column))).all()
    staged = {row[0]: row[1:] for row in rows}
    return {key: Stages(opened.get(key, 0), *staged.get(key, ())) for key in {**staged, **opened}}


async def through_links(connection: AsyncConnection, link_ids: Collection[int]) -> dict[int, int]:
    """Return by link how many people have come through it and agreed to be remembered; 0 is left out."""
    statement = (
        select(outcomes.c.link_id, func.count(outcomes.c.referral_id.distinct()))
        .where(outcomes.c.link_id.in_(list(link_ids)), outcomes.c.kind == Kind.CONSENTED, of_people())
        .group_by(outcomes.c.link_id)
    )
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


def _openings(within: ColumnElement[bool], column: ColumnElement[Any] | None) -> Select[Any]:
    """Select how often links were opened, by group; colleagues who try a link do not count."""
    opened = and_(within, outcomes.c.kind == Kind.LINK_OPENED, outcomes.c.role == Actor.PERSON)
    if column is None:
        everything: ColumnElement[Any] = null()
        return select(everything, func.count()).where(opened).having(func.count() > 0)
    return select(column, func.count()).where(opened).group_by(column)


def _stages(within: ColumnElement[bool], column: ColumnElement[Any] | None) -> Select[Any]:
    """Select, by group, how many referrals reached each stage."""
    group = _last_known(column) if column is not None else null()
    read = and_(within, outcomes.c.kind.in_(KINDS), of_people())
    facts = select(
        outcomes.c.referral_id,
        group.label("part"),
        _points(outcomes.c.kind == Kind.CONSENTED).label("reached"),
        _points(outcomes.c.kind.in_(INFORMED)).label("informed"),
        _points(outcomes.c.kind == Kind.CHECKED).label("screened"),
        _points(_is_presumptive()).label("presumptive"),
        _points(outcomes.c.kind == Kind.BOOKED).label("booked"),
        *(
            (_points(outcomes.c.kind == kind) - _points(_is_taken_back(kind))).label(name)
            for name, kind in _TAKEN_BACK.items()
        ),
    ).where(read)
    each = facts.subquery("facts")
    names = ("reached", "informed", "screened", "presumptive", "booked", *_TAKEN_BACK)
    referral = (
        select(each.c.part, *(func.sum(each.c[name]).label(name) for name in names))
        .group_by(each.c.referral_id, each.c.part)
        .subquery("referral")
    )
    return select(referral.c.part, *(func.sum(_points(referral.c[name] > 0)) for name in names)).group_by(
        referral.c.part
    )


def _last_known(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the last value that a referral's outcomes name: a person may change language or clinic."""
    order = (_points(column.is_(None)), outcomes.c.at.desc(), outcomes.c.id.desc())
    return func.first_value(column).over(partition_by=outcomes.c.referral_id, order_by=order)


def of_people() -> ColumnElement[bool]:
    """Match outcomes of referrals that are nobody's of the staff."""
    staff = select(outcomes.c.referral_id).where(
        outcomes.c.kind.in_(OF_STAFF), outcomes.c.referral_id.is_not(None)
    )
    return and_(outcomes.c.referral_id.is_not(None), outcomes.c.referral_id.not_in(staff))


def _is_presumptive() -> ColumnElement[bool]:
    signs = [advice.name.lower() for advice in PRESUMPTIVE]
    return and_(outcomes.c.kind == Kind.CHECKED, outcomes.c.detail.in_(signs))


def _is_taken_back(kind: Kind) -> ColumnElement[bool]:
    return and_(outcomes.c.kind == Kind.UNDONE, outcomes.c.detail == kind)


def _points(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
