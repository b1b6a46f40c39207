"""List where somebody with a role can work: areas for workers, clinics for registrars."""

from collections.abc import Sequence
from dataclasses import dataclass

from care.directory import Area, Clinic
from care.roles import AT_CLINICS, Role
from handlers.screens import Key, pairs
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Locale
from storage import directory
from storage.posts import areas_of

WHERE = {Role.WORKER: N_("In which area?"), **dict.fromkeys(AT_CLINICS, N_("At which clinic?"))}
PAGE = 24  # places on one screen
SHORT = 18  # letters: so many fit where two buttons stand side by side


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody of the team works."""

    name: str = ""  # plain
    zone: str | None = None  # IANA name
    area_id: int | None = None
    clinic_id: int | None = None

    @property
    def id(self) -> int:
        """The id of the area or the clinic; 0: bound to no place."""
        return self.clinic_id or self.area_id or 0


def side_by_side(keys: Sequence[Key]) -> list[list[Key]]:
    """Lay the keys of places out: two in a row where all of their names fit."""
    return pairs(keys, 2 if all(len(one.label) <= SHORT for one in keys) else 1)


async def places(turn: Turn, role: Role, *, organisation_id: int | None) -> list[Place]:
    """Return where somebody with this role can work now: in the region of an organisation, or anywhere."""
    within = frozenset(await areas_of(turn.store, organisation_id))
    areas = [one for one in await directory.areas(turn.store) if one.id in within]
    if role in AT_CLINICS:
        codes = {one.code for one in areas}
        return [
            _at_clinic(turn.t, one) for one in await directory.clinics_of(turn.store) if one.area in codes
        ]
    zones = {one.code: one.timezone for one in await directory.cities(turn.store)}
    return [_in_area(turn.t, one, zones.get(one.city)) for one in areas]


def _at_clinic(t: Locale, clinic: Clinic) -> Place:
    return Place(written(t, clinic.names), clinic.timezone, clinic_id=clinic.id)


def _in_area(t: Locale, area: Area, zone: str | None) -> Place:
    return Place(written(t, area.names), zone, area_id=area.id)
