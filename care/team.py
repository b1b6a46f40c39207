"""Decide who of the team may change what of whom.

Admins manage everybody; coordinators manage workers and registrars, of their organisation when they have one.
Nobody ends or pauses themselves or the last admin, so that there is always somebody who can let others in.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from care.person import Person
from care.roles import MAY_INVITE, Role
from care.shift import Schedule, is_away, on_shift


class Standing(StrEnum):
    """Whether somebody of the team works now."""

    ON_SHIFT = "on-shift"
    OFF = "off"
    AWAY = "away"
    PAUSED = "paused"


class Refusal(StrEnum):
    """Why a role cannot be paused or ended."""

    YOURSELF = "yourself"
    LAST_ADMIN = "last-admin"
    SETTINGS = "settings"  # an admin of the settings: the operator ends it there


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom somebody manages."""

    person_id: int  # of who manages
    staff_id: int  # in which of their roles
    roles: frozenset[Role]
    organisation_id: int | None = None  # None: of all organisations and of none

    def includes(self, role: Role, organisation_id: int | None) -> bool:
        """Return whether a member with this role and organisation is managed."""
        return role in self.roles and self.organisation_id in {None, organisation_id}


def reach_of(person: Person) -> Reach | None:
    """Return whom a person manages, by the highest of their roles; None: nobody."""
    for role in (Role.ADMIN, Role.COORDINATOR):
        member = person.holds(role)
        if member is not None:
            return Reach(
                person_id=person.id,
                staff_id=member.id,
                roles=MAY_INVITE[role],
                organisation_id=member.organisation_id if role is Role.COORDINATOR else None,
            )
    return None


def may_stop(
    reach: Reach, *, person_id: int | None, role: Role, other_admins: int, in_settings: bool
) -> Refusal | None:
    """Return why somebody's role cannot be paused or ended, or None when it can.

    `other_admins` counts the admins besides them who can work now.
    """
    if person_id == reach.person_id:
        return Refusal.YOURSELF
    if role is Role.ADMIN and in_settings:
        return Refusal.SETTINGS
    if role is Role.ADMIN and other_admins == 0:
        return Refusal.LAST_ADMIN
    return None


def standing(schedule: Schedule, *, paused: bool, now: datetime) -> Standing:
    """Return whether somebody works at `now` (aware)."""
    if paused:
        return Standing.PAUSED
    if is_away(schedule, now=now):
        return Standing.AWAY
    return Standing.ON_SHIFT if on_shift(schedule, now=now) else Standing.OFF
