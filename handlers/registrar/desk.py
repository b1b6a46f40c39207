"""Say whose desk somebody sits at, and which visits they may touch there."""

from typing import Any

from care.outcomes import Kind
from care.register import Attendance
from care.roles import AT_CLINICS
from handlers.roles import OVERSEERS
from handlers.turn import Turn
from storage import register


def clinics_of(turn: Turn) -> list[int] | None:
    """Return the clinics whose register the sender may touch now; None means all."""
    person = turn.known()
    if person.holds(*OVERSEERS):
        return None
    members = [member for member in person.roles if member.role in AT_CLINICS]
    return [member.clinic_id for member in members if member.clinic_id is not None]


def is_desk(turn: Turn) -> bool:
    """Return whether the sender works at a desk now, or over all of them."""
    return turn.person is not None and clinics_of(turn) != []


async def locked(turn: Turn, *, also_cancelled: bool = False) -> Attendance | None:
    """Return the visit that a button names, locked, when it is of a clinic of the sender's; else None."""
    booking_id = turn.press.number(0) if turn.press else None
    if booking_id is None:
        return None
    return await register.lock(turn.store, booking_id, clinics_of(turn), also_cancelled=also_cancelled)


async def record(turn: Turn, visit: Attendance, kind: Kind, *, detail: str | None = None) -> None:
    """Record the outcome with the referral of whose visit it is, in their language, not the desk's."""
    about = await register.referral_of(turn.store, visit)
    names = ("referral_id", "link_id", "staff_id", "area_id", "site_id")
    origin: dict[str, Any] = {name: about[name] if about else None for name in names}
    await turn.record(
        kind,
        role=turn.staff_actor(),
        detail=detail,
        locale=visit.locale or None,
        clinic_id=visit.clinic_id,
        **origin,
    )
