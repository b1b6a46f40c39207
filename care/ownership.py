"""Decide whose a referral is: a named person stands behind each one.

The link's worker, else the owner of the area when on shift, else the cover, else the coordinator. Where no
owner or cover is named the area's workers on shift are equals. Nobody is lost: where none of these is there
it is whoever is on shift, else a coordinator, else anybody. Among equals it is the one who speaks the
person's language and has the fewest open referrals. A woman or a man where the person asked for one, as long
as there is any.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from care.roles import Role

OFFICE = (Role.COORDINATOR, Role.ADMIN)  # who takes what nobody else is there for, in order


class Reason(StrEnum):
    """Why a referral became somebody's."""

    LINK = "link"  # the person came through their link
    OWNER = "owner"  # the area is theirs
    COVER = "cover"  # they stand in for the area's owner, or for everybody
    OFFICE = "office"  # nobody of the area was there: a coordinator
    HANDED = "handed"  # a colleague gave it to them
    TAKEN = "taken"  # they took it themselves
    LEFT = "left"  # whose it was has left the team
    PAUSED = "paused"  # whose it was rests
    AWAY = "away"  # whose it was is away
    BACK = "back"  # whose it was is back
    WISH = "wish"  # the person asked for a woman or a man


_BY_RULE = frozenset({Reason.OWNER, Reason.COVER, Reason.OFFICE})


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
    """Return whose the person is and why, or None when there is nobody who is not away.

    Only the worker of the link may be off shift, unless everybody is.
    """
    able = [
        one
        for one in team
        if one.person_id != wish.person_id and one.staff_id not in wish.not_these and not one.away
    ]
    alike = [one for one in able if wish.gender is not None and one.gender == wish.gender]
    return _in_order(alike, wish) or _in_order(able, wish)


def _in_order(able: Sequence[Colleague], wish: Wish) -> tuple[Colleague, Reason] | None:
    there = [one for one in able if one.on_shift]
    stages: tuple[tuple[Iterable[Colleague], Reason], ...] = (
        (_named(able, wish.link_staff_id), Reason.LINK),
        (_named(there, wish.owner_id) if wish.owner_id is not None else _of_area(there, wish), Reason.OWNER),
        (_named(there, wish.cover_id) if wish.cover_id is not None else _of_area(there, wish), Reason.COVER),
        *((_holding(there, role), Reason.OFFICE) for role in OFFICE),
        *((some, Reason.COVER) for some in (_of_area(there, wish), there)),
        *((_holding(able, role), Reason.OFFICE) for role in OFFICE),
        *((_named(able, staff_id), Reason.COVER) for staff_id in (wish.owner_id, wish.cover_id)),
        *((some, Reason.COVER) for some in (_of_area(able, wish), able)),
    )
    for candidates, reason in stages:
        best = best_of(candidates, locale=wish.locale)
        if best is not None:
            return best, reason
    return None


def _named(those: Sequence[Colleague], staff_id: int | None) -> list[Colleague]:
    return [one for one in those if one.staff_id == staff_id]


def _of_area(those: Sequence[Colleague], wish: Wish) -> list[Colleague]:
    """Return the workers of the area: equals, where nobody is named."""
    if wish.area_id is None:
        return []
    return [one for one in those if one.role is Role.WORKER and one.area_id == wish.area_id]


def _holding(those: Sequence[Colleague], role: Role) -> list[Colleague]:
    return [one for one in those if one.role is role]


def best_of(candidates: Iterable[Colleague], *, locale: str) -> Colleague | None:
    """Return who of equals comes first: speaks the language, has the fewest open, has been there longest."""
    return min(
        candidates,
        key=lambda one: (not speaks(one.languages, locale), one.open_referrals, one.since, one.staff_id),
        default=None,
    )


def language_of(locale: str) -> str:
    """Return the language behind a locale: one language may be written in several scripts."""
    return locale.partition("_")[0]


def speaks(languages: Iterable[str], locale: str) -> bool:
    """Return whether somebody with these languages speaks that of a locale, in whichever script it is."""
    return language_of(locale) in {language_of(one) for one in languages}


def gives_way(held: Reason | None, found: Reason) -> bool:
    """Return whether whose a referral is, for the reason `held`, gives way to somebody the rules found.

    Nobody does, and whoever has it only because nobody brought the person gives way to who did.
    """
    return held is None or (held in _BY_RULE and found is Reason.LINK)
