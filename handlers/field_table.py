"""List the conversations in the field: sites, pins, visits, and care for who works there."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.roles import Role
from handlers.buttons import Verb
from handlers.coordinator.wellbeing import TeamWellbeing
from handlers.parts import Parts
from handlers.pins import Pins
from handlers.place import NewPlace
from handlers.roles import HELPERS, OVERSEERS, WORKER
from handlers.routes import Attempt, Route
from handlers.worker.lone import Lone
from handlers.worker.mood import Mood
from handlers.worker.sites import Sites
from handlers.worker.visit import SiteVisit
from handlers.worker.wellbeing import Wellbeing

STAFF = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Field:
    """What the field adds to the table of conversations."""

    buttons: Mapping[Verb, Route]
    locations: tuple[Attempt, ...]  # each answers only the location that it asked for
    texts: tuple[Attempt, ...]  # each answers only the text that it asked for
    pins: Pins


def field(parts: Parts, zone: ZoneInfo) -> Field:
    """Make the conversations in the field."""
    pins = Pins()
    new_place = NewPlace(words=parts.words, vault=parts.vault, pins=pins)
    sites, visit = Sites(vault=parts.vault), SiteVisit()
    wellbeing, lone = Wellbeing(zone=zone), Lone(vault=parts.vault, zone=zone)
    buttons = {
        Verb.PLACE: Route(new_place.show),
        Verb.SITES: Route(sites.show, HELPERS),
        Verb.SITES_NEAR: Route(sites.near, HELPERS),
        Verb.SITE: Route(sites.site, HELPERS),
        Verb.SITE_MAP: Route(sites.map, HELPERS),
        Verb.SITE_EDIT: Route(sites.edit, HELPERS),
        Verb.SITE_RETIRE: Route(sites.retire, HELPERS),
        Verb.SITE_OK: Route(sites.judge, HELPERS),
        Verb.SITE_VISIT: Route(visit.show, HELPERS),
        Verb.SITE_VISIT_YES: Route(visit.keep, HELPERS),
        Verb.SITE_VISIT_UNDO: Route(visit.undo, HELPERS),
        Verb.WELLBEING: Route(wellbeing.show, STAFF),
        Verb.QUIET: Route(wellbeing.hours, STAFF),
        Verb.MOOD: Route(Mood(zone=zone).show, WORKER),
        Verb.TEAM_MOOD: Route(TeamWellbeing().show, OVERSEERS),
        Verb.LONE: Route(lone.show, HELPERS),
        Verb.LONE_AT: Route(lone.at, HELPERS),
        Verb.LONE_PLACE: Route(lone.ask_place, HELPERS),
        Verb.LONE_MORE: Route(lone.more, HELPERS),
        Verb.LONE_END: Route(lone.end, HELPERS),
    }
    return Field(
        buttons=buttons,
        locations=(new_place.located, sites.located, visit.located, lone.located),
        texts=(new_place.typed, sites.typed),
        pins=pins,
    )
