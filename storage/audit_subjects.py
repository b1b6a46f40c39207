"""Read what rows of the audit log are about: whose referral or talk, which area, site or clinic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.audit import Row
from care.directory import Texts
from storage.schema import areas, clinics, people, referrals, relays, sites

_PEOPLE = {  # what a row may be about: where its person stands
    "referral": (referrals.c.id, referrals.c.person_id),
    "relay": (relays.c.id, relays.c.person_id),
    "person": (people.c.id, people.c.id),
}
_PLACES = {
    "area": (areas.c.id, areas.c.names),
    "site": (sites.c.id, sites.c.names),
    "clinic": (clinics.c.id, clinics.c.names),
}


@dataclass(frozen=True, slots=True)
class Subjects:
    """What some rows are about, by kind and id; who was forgotten is not among them."""

    people: Mapping[tuple[str, int], int]  # person ids: for pseudonyms
    places: Mapping[tuple[str, int], Texts]


async def of(connection: AsyncConnection, rows: Iterable[Row]) -> Subjects:
    """Return what `rows` are about."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.about_id is not None:
            wanted.setdefault(row.about, set()).add(row.about_id)
    people_found: dict[tuple[str, int], int] = {}
    places_found: dict[tuple[str, int], Texts] = {}
    for about, ids in wanted.items():
        if about in _PEOPLE:
            key, person = _PEOPLE[about]
            found = await connection.execute(select(key, person).where(key.in_(ids)))
            people_found |= {(about, row[0]): row[1] for row in found.all()}
        if about in _PLACES:
            number, names = _PLACES[about]
            listed = await connection.execute(select(number, names).where(number.in_(ids)))
            places_found |= {(about, row[0]): row[1] for row in listed.all()}
    return Subjects(people_found, places_found)
