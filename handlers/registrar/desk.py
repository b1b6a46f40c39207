"""Say whose desk somebody sits at, and which visits they may touch there."""

from collections.abc import Sequence
from typing import Any, Protocol

from care.directory import Clinic
from care.outcomes import Kind
from care.register import Attendance
from care.roles import AT_CLINICS, Actor
from handlers import chosen, clinic_list
from handlers.buttons import Verb
from handlers.roles import OVERSEERS, work_key
from handlers.screens import Reply, screen
from handlers.turn import Turn
from storage import directory, examinations, register


class Whose(Protocol):
    """What is recorded of a visit: the desk's `Attendance` and a clinician's `Arrived` both say it."""

    @property
    def clinic_id(self) -> int:
        """Where."""

    @property
    def locale(self) -> str | None:
        """The language to speak with them."""

    @property
    def referral_id(self) -> int | None:
        """Of a person's own visit."""


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


async def clinic_of(turn: Turn, position: int = 0) -> Clinic | None:
    """Return the clinic that the button names there, or the only one of the sender; None when it is not
    theirs, or none was chosen."""
    mine, wanted = clinics_of(turn), chosen.directory_id(turn, position)
    if wanted is None and mine is not None and len(mine) == 1:
        wanted = mine[0]
    if wanted is None or (mine is not None and wanted not in mine):
        return None
    return await directory.clinic(turn.store, wanted, also_retired=True)


async def choose(turn: Turn, verb: Verb, *, head: str, after: str = "", toast: str = "") -> Reply:
    """Let the sender choose one of their clinics; `verb` takes it first, and then `after`."""
    t, found = turn.t, await _theirs(turn)
    page = chosen.page(turn, 2) if chosen.word(turn, 0) is None else 0
    text = head if found else t("There is no clinic yet. Ask the operator to import the directory.")
    rows = [*clinic_list.choice(t, found, page, verb, after=after), [work_key(t)]]
    return screen(text, rows, toast=toast)


async def _theirs(turn: Turn) -> Sequence[Clinic]:
    mine = clinics_of(turn)
    every = await directory.clinics_of(turn.store, also_retired=mine is not None)
    return [one for one in every if mine is None or one.id in mine]


async def locked(turn: Turn, *, also_cancelled: bool = False) -> Attendance | None:
    """Return the visit that a button names, locked, when it is of a clinic of the sender's; else None."""
    booking_id = turn.press.number(0) if turn.press else None
    if booking_id is None:
        return None
    return await register.lock(turn.store, booking_id, clinics_of(turn), also_cancelled=also_cancelled)


async def record(
    turn: Turn, visit: Whose, kind: Kind, *, detail: str | None = None, role: Actor | None = None
) -> None:
    """Record a step with the referral of whose visit it is, in their language, not the desk's."""
    about = await examinations.referral_of(turn.store, visit.referral_id)
    names = ("referral_id", "link_id", "staff_id", "area_id", "site_id")
    origin: dict[str, Any] = {name: about[name] if about else None for name in names}
    await turn.record(
        kind,
        role=role or turn.staff_actor(),
        detail=detail,
        locale=visit.locale or None,
        clinic_id=visit.clinic_id,
        **origin,
    )
