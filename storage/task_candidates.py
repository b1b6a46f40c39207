"""Find which referrals may need a task, or have one whose cause may be gone.

The queries are wider than the rules of `care.tasks` and narrower than the whole store: where nothing has
changed since a task was looked at, nothing comes back, so that a look every minute costs little. They are
built once, for any time: `MOMENTS` says which times each look fills in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from care.absence import Said
from care.closing import OPEN_FOR, UNANSWERED
from care.failures import NOT_SEEN
from care.places import Use
from care.referral import BEFORE_EXAMINED, State
from care.results import TASK_AFTER
from care.tasks import (
    BY_ITSELF,
    NOT_BOOKED,
    NOT_EXAMINED,
    SIGNS,
    WAITING,
    Kind,
)
from storage import task_results
from storage.columns import UtcDateTime
from storage.displaced import is_open
from storage.schema import bookings, companies, referrals, relays, tasks
from storage.task_situations import BEGUN, FOUND, PAUSED

LOOK_BACK = timedelta(days=60)  # a visit that is longer ago brings no task any more
MOST = 400  # referrals read at a time …
MOST_WRITTEN = 50  # … and written in one transaction
_BEFORE_A_VISIT = (State.REACHED, State.INFORMED, State.SCREENED, State.MISSED, State.CAME)
MOMENTS = {  # the times that the queries compare with: how long ago
    "now": timedelta(0),
    "look_back": LOOK_BACK,
    "not_booked": NOT_BOOKED,
    "not_examined": NOT_EXAMINED,
    "open_for": OPEN_FOR,
    "unanswered": UNANSWERED,
    "not_fetched": TASK_AFTER,
}


async def referral_ids(connection: AsyncConnection, *, now: datetime) -> list[int]:
    """Return the referrals to look at, in the order of their ids."""
    found: set[int] = set()
    for statement in STATEMENTS:
        found.update((await connection.execute(statement, moments(now))).scalars())
    return sorted(found)


def moments(now: datetime) -> dict[str, datetime]:
    """Return the parameters of the queries."""
    return {name: now - span for name, span in MOMENTS.items()}


def _moment(name: str) -> BindParameter[datetime]:
    """Stand for a time that is filled in when a query runs."""
    return bindparam(name, type_=UtcDateTime())


def _unbooked() -> Select[tuple[Any]]:
    return select(referrals.c.id).where(
        referrals.c.closed_at.is_(None),
        referrals.c.state.in_(_BEFORE_A_VISIT),
        referrals.c.checked_at <= _moment("not_booked"),
        referrals.c.advice.in_(sorted(SIGNS)),
        ~exists().where(
            bookings.c.person_id == referrals.c.person_id,
            bookings.c.referral_id == referrals.c.id,
            bookings.c.cancelled_at.is_(None),
            bookings.c.starts_at >= referrals.c.checked_at,
        ),
        ~_looked_at(Kind.UNBOOKED, referrals.c.id),
    )


def _missed() -> Select[tuple[Any]]:
    later = bookings.alias("later")
    return (
        select(bookings.c.referral_id)
        .join(referrals, referrals.c.id == bookings.c.referral_id)
        .where(
            _not_come(),
            bookings.c.starts_at <= _moment("now"),
            bookings.c.starts_at > _moment("look_back"),
            or_(bookings.c.said.is_(None), bookings.c.said != Said.WENT, bookings.c.missed_at.is_not(None)),
            referrals.c.closed_at.is_(None),
            ~exists().where(
                later.c.person_id == bookings.c.person_id,
                later.c.cancelled_at.is_(None),
                later.c.starts_at > bookings.c.starts_at,
            ),
            or_(bookings.c.failure.is_(None), _known_miss(bookings)),
            ~_looked_at(Kind.MISSED, bookings.c.id),
            ~_looked_at(Kind.MISSED_TWICE, bookings.c.id),
        )
    )


def _missed_twice() -> Select[tuple[Any]]:
    """Select who was missing twice in a row, also with a visit ahead, and whose last miss is new."""
    before, newer, kept = (bookings.alias(name) for name in ("before", "newer", "kept"))
    same = and_(before.c.person_id == bookings.c.person_id, before.c.referral_id == bookings.c.referral_id)
    since = func.coalesce(bookings.c.missed_at, bookings.c.starts_at)
    key = _key(Kind.MISSED_TWICE, bookings.c.id)
    return (
        select(bookings.c.referral_id)
        .distinct()
        .join(referrals, referrals.c.id == bookings.c.referral_id)
        .join(before, and_(same, before.c.starts_at < bookings.c.starts_at, _known_miss(before)))
        .where(
            referrals.c.closed_at.is_(None),
            _known_miss(bookings),
            bookings.c.starts_at <= _moment("now"),
            bookings.c.starts_at > _moment("look_back"),
            ~exists().where(
                newer.c.person_id == bookings.c.person_id,
                newer.c.referral_id == bookings.c.referral_id,
                newer.c.starts_at > bookings.c.starts_at,
                newer.c.starts_at <= _moment("now"),
                _known_miss(newer),
            ),
            ~exists().where(
                kept.c.person_id == bookings.c.person_id,
                kept.c.referral_id == bookings.c.referral_id,
                kept.c.cancelled_at.is_(None),
                kept.c.starts_at > before.c.starts_at,
                or_(kept.c.came_at.is_not(None), and_(kept.c.said == Said.WENT, kept.c.missed_at.is_(None))),
            ),
            ~exists().where(tasks.c.key == key, or_(tasks.c.done_at.is_(None), tasks.c.done_at >= since)),
        )
    )


def _unexamined() -> Select[tuple[Any]]:
    return (
        select(bookings.c.referral_id)
        .join(referrals, referrals.c.id == bookings.c.referral_id)
        .where(
            _not_come(),
            ~task_results.any_examined(bookings.c.person_id, bookings.c.referral_id),
            bookings.c.starts_at > _moment("look_back"),
            bookings.c.created_at <= _moment("not_examined"),
            referrals.c.closed_at.is_(None),
            referrals.c.state.in_(sorted(BEFORE_EXAMINED)),
            ~_looked_at(Kind.UNEXAMINED, referrals.c.id),
        )
    )


def _displaced() -> Select[tuple[Any]]:
    kept = bookings.alias("kept")
    is_kept = exists().where(
        kept.c.use == Use.DISPLACED.value, kept.c.use_id == bookings.c.id, kept.c.cancelled_at.is_(None)
    )
    return (
        select(bookings.c.referral_id)
        .join(referrals, referrals.c.id == bookings.c.referral_id)
        .where(
            *is_open(since=_moment("open_for")),
            or_(bookings.c.cancelled_at <= _moment("unanswered"), ~is_kept),
            referrals.c.closed_at.is_(None),
            ~_looked_at(Kind.DISPLACED, referrals.c.id),
        )
    )


def _came_only() -> Select[tuple[Any]]:
    """Select referrals of people who came to a clinic that writes examinations, and has written none."""
    came = and_(
        bookings.c.person_id == referrals.c.person_id,
        bookings.c.referral_id == referrals.c.id,
        bookings.c.cancelled_at.is_(None),
        bookings.c.came_at.is_not(None),
        bookings.c.starts_at > _moment("look_back"),
        bookings.c.created_at <= _moment("not_examined"),
    )
    return select(referrals.c.id).where(
        referrals.c.closed_at.is_(None),
        referrals.c.state.in_((State.CAME, State.BOOKED, State.MISSED)),
        exists().where(came),
        ~task_results.any_examined(referrals.c.person_id, referrals.c.id),
        ~_looked_at(Kind.UNEXAMINED, referrals.c.id),
    )


def _companies() -> Select[tuple[Any]]:
    open_wish = and_(companies.c.ended_at.is_(None), companies.c.state.not_in([BEGUN, PAUSED, *FOUND]))
    return select(referrals.c.id).where(
        referrals.c.closed_at.is_(None),
        referrals.c.person_id.in_(select(companies.c.person_id).where(open_wish, ~_open(companies.c.id))),
    )


def _relays() -> Select[tuple[Any]]:
    waits = or_(
        relays.c.answered_at.is_(None),
        relays.c.person_wrote_at > func.coalesce(relays.c.staff_wrote_at, relays.c.answered_at),
    )
    waiting = select(relays.c.person_id).where(relays.c.closed_at.is_(None), waits, ~_open(relays.c.id))
    return select(referrals.c.id).where(referrals.c.closed_at.is_(None), referrals.c.person_id.in_(waiting))


def _perhaps_over() -> Select[tuple[Any]]:
    """Select referrals with an open task and a change since it came; talks and company change elsewhere."""
    went = exists().where(
        bookings.c.person_id == tasks.c.person_id, bookings.c.said == Said.WENT, bookings.c.came_at.is_(None)
    )
    return (
        select(tasks.c.referral_id)
        .join(referrals, referrals.c.id == tasks.c.referral_id)
        .where(
            tasks.c.done_at.is_(None),
            tasks.c.key.is_not(None),
            or_(tasks.c.kind.in_(sorted(BY_ITSELF)), tasks.c.key.startswith(f"{WAITING}:")),
            or_(
                task_results.fetched(),
                referrals.c.changed_at >= tasks.c.created_at,
                referrals.c.closed_at.is_not(None),
                tasks.c.kind.in_([Kind.COMPANY, Kind.TALK, Kind.STOPPING, Kind.DISPLACED]),
                and_(tasks.c.kind.in_([Kind.MISSED, Kind.MISSED_TWICE]), went),
            ),
        )
    )


def _looked_at(kind: Kind, cause: ColumnElement[int]) -> ColumnElement[bool]:
    """Match what has an open task, or one that was over after the referral last changed."""
    over = tasks.c.done_at > referrals.c.changed_at
    return exists().where(tasks.c.key == _key(kind, cause), or_(tasks.c.done_at.is_(None), over))


def _open(cause: ColumnElement[int]) -> ColumnElement[bool]:
    """Match what has an open task of any of the kinds whose cause this can be."""
    keys = [_key(kind, cause) for kind in (Kind.COMPANY, Kind.TALK, Kind.STOPPING)]
    return exists().where(tasks.c.key.in_(keys), tasks.c.done_at.is_(None))


def _key(kind: Kind, cause: ColumnElement[int]) -> ColumnElement[str]:
    """Write `care.tasks.Need.key` in SQL."""
    return literal(f"{kind}:", String) + cast(cause, String)


def _not_come() -> ColumnElement[bool]:
    return and_(bookings.c.cancelled_at.is_(None), bookings.c.came_at.is_(None))


def _known_miss(visit: FromClause) -> ColumnElement[bool]:
    """Match a visit of which the desk, or else the person, says that nobody came; care.absence.was_missed."""
    return and_(
        visit.c.cancelled_at.is_(None),
        visit.c.came_at.is_(None),
        or_(visit.c.failure.is_(None), visit.c.failure.not_in(sorted(NOT_SEEN))),
        or_(visit.c.missed_at.is_not(None), visit.c.said == Said.MISSED),
    )


STATEMENTS: Sequence[Select[tuple[Any]]] = (  # who may need a task, and whose task may be over
    _unbooked(),
    _missed(),
    _missed_twice(),
    _unexamined(),
    _came_only(),
    _displaced(),
    task_results.not_fetched(_moment("not_fetched")),
    _companies(),
    _relays(),
    _perhaps_over(),
)
