"""Find the visit that a button of the desk names, when the sender works at its clinic now."""

from collections.abc import Collection

from care.outcomes import Kind
from care.person import Person, StaffMember
from care.roles import AT_CLINICS, Actor, Role
from handlers.buttons import Verb
from handlers.registrar import desk
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import Locale
from storage import examinations
from storage.examinations import Arrived

CLINICIAN = (Role.CLINICIAN,)


def clinics_of(person: Person, roles: Collection[Role] = AT_CLINICS) -> list[int]:
    """Return the clinics at which somebody has one of these roles now."""
    found = [member.clinic_id for member in person.roles if member.role in roles]
    return sorted({clinic_id for clinic_id in found if clinic_id is not None})


def member_at(person: Person, clinic_id: int) -> StaffMember | None:
    """Return in which of their roles somebody works at a clinic: as a clinician first."""
    here = [one for one in person.roles if one.role in AT_CLINICS and one.clinic_id == clinic_id]
    return min(here, key=lambda one: one.role is not Role.CLINICIAN, default=None)


def is_clinician(person: Person, clinic_id: int) -> bool:
    """Return whether somebody may see and write results of a clinic."""
    return clinic_id in clinics_of(person, CLINICIAN)


async def pressed(turn: Turn, roles: Collection[Role] = AT_CLINICS) -> Arrived | None:
    """Return the visit that the button names, locked, or None: not theirs and not there are the same."""
    booking_id = turn.press.number(0) if turn.press else None
    if booking_id is None:
        return None
    clinic_ids = clinics_of(turn.known(), roles)
    return await examinations.lock(turn.store, booking_id, clinic_ids, now=turn.now)


async def gone(turn: Turn) -> Reply:
    """Give the same answer for 'not yours' and 'not there'."""
    await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
    return screen(turn.t("This visit is not in the list."), [[list_key(turn.t)], [work_key(turn.t)]])


async def record(
    turn: Turn, visit: Arrived, kind: Kind, *, detail: str | None = None, role: Actor | None = None
) -> None:
    """Record a step as the desk does, in the role that the sender has at the clinic of the visit."""
    await desk.record(turn, visit, kind, detail=detail, role=role or actor_at(turn, visit))


async def record_alone(turn: Turn, visit: Arrived, kind: Kind) -> None:
    """Record what depends on a result: with the clinic, and nothing that leads to whose it is."""
    names = ("referral_id", "link_id", "staff_id", "area_id", "site_id", "locale")
    await turn.record(kind, role=actor_at(turn, visit), clinic_id=visit.clinic_id, **dict.fromkeys(names))


def actor_at(turn: Turn, visit: Arrived) -> Actor:
    """Return in which role the sender writes at the clinic of a visit, whatever else they are."""
    member = member_at(turn.known(), visit.clinic_id)
    return Actor(member.role.value) if member is not None else turn.staff_actor()


def list_key(t: Locale) -> Key:
    """Return the button to the list."""
    return key(t.label("⬅️ All results"), Verb.RESULTS)
