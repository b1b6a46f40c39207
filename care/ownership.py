"""Decide whose a referral is: a named person stands behind each one.

The link's worker, else the owner of the area when on shift, else the cover, else the coordinator. Among
equals the one who speaks the person's language and has the fewest open referrals. A woman or a man where the
person asked for one, as long as there is any.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from care.roles import Role


class Reason(StrEnum):
    """Why a referral became somebody's."""

    LINK = "link"  # the person came through their link
    OWNER = "owner"  # the area is theirs
    COVER = "cover"  # they stand in for the area's owner
    OFFICE = "office"  # nobody of the area was there: a coordinator
    HANDED = "handed"  # a colleague gave it to them
    TAKEN = "taken"  # they took it themselves
    LEFT = "left"  # whose it was has left the team, or rests
    AWAY = "away"  # whose it was is away
    BACK = "back"  # whose it was is back
    WISH = "wish"  # the person asked for a woman or a man


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody of the team to whom a referral may go."""

    staff_id: int
    person_id: int
    role: Role
    since: datetime  # aware, UTC: when they began
    area_id: int | None = None
    organisation_id: int | None = None
    languages: frozenset[str] = frozenset()
    gender: str | None = None  # f, m
    open_referrals: int = 0
    on_shift: bool = True
    away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is known of a person who needs somebody."""

    person_id: int  # nobody looks after themselves
    locale: str
    area_id: int | None = None
    gender: str | None = None  # f, m: asked for
    link_staff_id: int | None = None
    owner_id: int | None = None  # staff id of whose the area is
    cover_id: int | None = None  # and of who stands in
    not_these: frozenset[int] = frozenset()  # staff ids: who leaves, or has refused


def choose(team: Sequence[Colleague], wish: Wish) -> tuple[Colleague, Reason] | None:
    """Return whose the person is and why, or None when there is nobody at all."""
    able = [
        one
        for one in team
        if one.person_id != wish.person_id and one.staff_id not in wish.not_these and not one.away
    ]
    if wish.gender is not None:
        alike = [one for one in able if one.gender == wish.gender]
        chosen = _in_order(alike, replace(wish, gender=None))
        if chosen is not None:
            return chosen
    return _in_order(able, wish)


def _in_order(able: Sequence[Colleague], wish: Wish) -> tuple[Colleague, Reason] | None:
    stages: tuple[tuple[Iterable[Colleague], Reason], ...] = (
        ((one for one in able if one.staff_id == wish.link_staff_id), Reason.LINK),
        (_of_area(able, wish), Reason.OWNER),
        ((one for one in able if one.staff_id == wish.cover_id and one.on_shift), Reason.COVER),
        ((one for one in able if one.role is Role.COORDINATOR), Reason.OFFICE),
        ((one for one in able if one.role is Role.ADMIN), Reason.OFFICE),
    )
    for candidates, reason in stages:
        best = best_of(candidates, locale=wish.locale)
        if best is not None:
            return best, reason
    return None


def _of_area(able: Sequence[Colleague], wish: Wish) -> list[Colleague]:
    """Return the owner of the area on shift; where none is named its workers on shift are equals."""
    on_shift = [one for one in able if one.on_shift]
    if wish.owner_id is not None:
        return [one for one in on_shift if one.staff_id == wish.owner_id]
    if wish.area_id is None:
        return []
    return [one for one in on_shift if one.role is Role.WORKER and one.area_id == wish.area_id]


def best_of(candidates: Iterable[Colleague], *, locale: str) -> Colleague | None:
    """Return who of equals comes first: speaks the language, has the fewest open, has been there longest."""
    return min(
        candidates,
        key=lambda one: (locale not in one.languages, one.open_referrals, one.since, one.staff_id),
        default=None,
    )
