"""Say the roles of staff, and lead back to their home screen."""

from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import Person, StaffMember
from care.roles import Role
from handlers.buttons import Verb
from handlers.screens import Key, key
from handlers.written import written
from locales.catalogue import N_, Locale
from storage.directory import area, clinic

NAMES = {
    Role.WORKER: N_("outreach worker"),
    Role.REGISTRAR: N_("registrar"),
    Role.CLINICIAN: N_("clinic doctor or nurse"),
    Role.COORDINATOR: N_("coordinator"),
    Role.ADMIN: N_("administrator"),
}
WORKER = frozenset({Role.WORKER})
OVERSEERS = frozenset({Role.COORDINATOR, Role.ADMIN})
HELPERS = WORKER | OVERSEERS  # who looks after people


def role_name(t: Locale, role: Role) -> str:
    """Return the role's name, plain text."""
    return t.label(NAMES[role])


def work_key(t: Locale) -> Key:
    """Return the button to the home screen of staff."""
    return key(t.label("🧰 Work"), Verb.STAFF)


def menu(t: Locale, person: Person | None) -> str:
    """Return which commands the chat of this person, or of a stranger, has, as `Reply.menu` takes it."""
    return f"{t.code}:{','.join(member.role for member in person.roles) if person else ''}"


async def place_name(
    store: AsyncConnection, t: Locale, *, area_id: int | None = None, clinic_id: int | None = None
) -> str:
    """Return the name of the area or clinic that a role is bound to, plain text; empty when to none."""
    if clinic_id is not None:
        found_clinic = await clinic(store, clinic_id, also_retired=True)
        return written(t, found_clinic.names) if found_clinic else ""
    if area_id is not None:
        found_area = await area(store, area_id, also_retired=True)
        return written(t, found_area.names) if found_area else ""
    return ""


async def post(store: AsyncConnection, t: Locale, member: StaffMember) -> str:
    """Return a role with its place, plain text: "registrar, Clinic A"."""
    place = await place_name(store, t, area_id=member.area_id, clinic_id=member.clinic_id)
    return ", ".join(part for part in (role_name(t, member.role), place) if part)
