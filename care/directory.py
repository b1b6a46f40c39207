"""The directory: which regions, cities, areas, sites and clinics exist, and who runs the programme.

An operator writes it as a folder of YAML files: `docs/directory.md` describes them, `bot/directory.py` reads
them and `storage/directory.py` keeps them. One thing refers to another by the code that the operator gave it.
The `id` of a thing is its row in the store: 0 until the thing was stored, and without a part in comparing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from math import asin, cos, radians, sin, sqrt
from typing import TypeAlias

EARTH_RADIUS_M = 6_371_009  # mean radius (2a + b) / 3; H. Moritz, Geodetic Reference System 1980, IUGG
LANGUAGES = ("ru", "uz", "tg", "kk", "en")  # every text has all of them; Cyrillic Uzbek is made from "uz"
SHARED_LANGUAGE = "ru"  # what people from different countries speak with each other

Texts: TypeAlias = Mapping[str, str]  # language code → words


class SiteKind(Enum):
    """What kind of place an outreach worker visits."""

    BUILDING_SITE = "building-site"
    MARKET = "market"
    CANTEEN = "canteen"
    HOSTEL = "hostel"
    OTHER = "other"


class ServiceKind(Enum):
    """What a clinic does for a person."""

    CONSULTATION = "consultation"  # a talk with a TB doctor
    CHEST_XRAY = "chest-xray"
    SPUTUM_TEST = "sputum-test"
    MOLECULAR_TEST = "molecular-test"  # Xpert
    SKIN_TEST = "skin-test"
    BLOOD_TEST = "blood-test"
    HIV_TEST = "hiv-test"
    TREATMENT = "treatment"
    PREVENTIVE_TREATMENT = "preventive-treatment"


class Payer(Enum):
    """Who pays for a service: said before the visit, not at the desk."""

    FREE_STATE = "free-state"  # nothing to pay: the state pays
    FREE_PROGRAMME = "free-programme"  # nothing to pay: the programme that runs this bot pays
    SELF = "self"  # the person pays
    INSURANCE = "insurance"  # free with medical insurance only
    UNKNOWN = "unknown"  # nobody could say: to be asked before the visit

    @property
    def is_free(self) -> bool:
        """Whether nobody is asked for money or papers of an insurer."""
        return self in {Payer.FREE_STATE, Payer.FREE_PROGRAMME}


class DataKind(Enum):
    """What is kept about people; the programme says for how many days."""

    PERSON = "person"  # language, city, consent: after the last message
    VISITS = "visits"  # bookings: after the visit
    CHECKS = "checks"  # the advice of a symptom check, never its answers: after the check
    CONTACTS = "contacts"  # a name or a phone given for company or a call: after its use
    QUESTIONS = "questions"  # what the bot could not answer, without the person: after the question


@dataclass(frozen=True, slots=True)
class Position:
    """A point on the map."""

    latitude: float  # degrees north, WGS 84
    longitude: float  # degrees east, WGS 84


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the country."""

    id: int = field(default=0, compare=False)
    code: str
    names: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whose people work here."""

    id: int = field(default=0, compare=False)
    code: str
    region: str | None = None  # code; None: it works in all of them
    names: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city of a region."""

    id: int = field(default=0, compare=False)
    code: str
    region: str  # code
    names: Texts
    timezone: str  # IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of a city that belongs to one outreach worker or a few."""

    id: int = field(default=0, compare=False)
    code: str
    city: str  # code
    names: Texts
    position: Position | None = None  # about its middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where migrants work, eat or live."""

    id: int = field(default=0, compare=False)
    code: str
    area: str  # code
    kind: SiteKind
    names: Texts
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something a clinic does, and who pays for it."""

    kind: ServiceKind
    payer: Payer
    note: Texts | None = None  # what to know before the visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Hours in which a clinic sees booked people, on one weekday of every week."""

    weekday: int  # 0 = Monday … 6 = Sunday
    start: time  # local
    end: time  # local, the same day
    slot_minutes: int
    capacity: int  # people per slot
    valid_from: date | None = None  # first day
    valid_until: date | None = None  # last day


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDay:
    """A day without any session."""

    day: date  # local
    reason: Texts | None = None


class ClosureKind(Enum):
    """What a clinic says of some hours."""

    CLOSED = "closed"  # nobody is seen
    DOWN = "down"  # the X-ray does not work: nobody can be examined
    FEWER = "fewer"  # fewer people are seen on that day
    GONE = "gone"  # it left the directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Hours of which the clinic's own people said that they see nobody, or fewer."""

    id: int = field(default=0, compare=False)
    kind: ClosureKind
    begins: datetime  # naive: the clinic's clock
    ends: datetime  # naive, not included
    places: int | None = None  # FEWER: how many people fewer on that day
    also_begun: bool = False  # who had come by then, or should have, and was not examined goes, too

    def shuts(self, local: datetime) -> bool:
        """Return whether nobody is seen at a local time because of it."""
        return self.kind is not ClosureKind.FEWER and self.begins <= local < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """A clinic that examines the people whom the programme sends."""

    id: int = field(default=0, compare=False)
    code: str
    city: str  # code; the city of its area
    area: str  # code
    timezone: str  # IANA name; the zone of its city
    position: Position
    names: Texts
    address: Texts
    directions: Texts
    hours: Texts
    bring: Texts
    phone: str | None = None
    services: tuple[Service, ...] = ()  # in the order of the screen
    sessions: tuple[Session, ...] = ()  # Monday first
    closed_days: tuple[ClosedDay, ...] = ()  # soonest first
    closures: tuple[Closure, ...] = ()  # told by the clinic's own people; those in force


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Where somebody is received who goes to another country, or another city."""

    id: int = field(default=0, compare=False)
    code: str
    country: str  # ISO 3166-1 alpha-2
    names: Texts
    address: Texts
    region: Texts | None = None  # of that country
    phone: str | None = None
    hours: Texts | None = None
    source: str | None = None  # where the entry was found


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Who runs this bot, what for, how long what is kept, and what is promised here."""

    names: Texts
    operator: Texts  # the organisation that answers for it
    contact: Texts  # how to reach that organisation
    purpose: Texts
    retention_days: Mapping[DataKind, int]
    promises: frozenset[str]  # ids of the promises that the organisation confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryData:
    """Everything that one folder says."""

    regions: tuple[Region, ...]
    cities: tuple[City, ...]
    areas: tuple[Area, ...]
    sites: tuple[Site, ...]
    clinics: tuple[Clinic, ...]
    programme: Programme
    organisations: tuple[Organisation, ...] = ()
    centres: tuple[Centre, ...] = ()  # of the countries people go to


def distance_m(one: Position, other: Position) -> float:
    """Return the metres between two points along the ground, as the crow flies.

    Haversine formula on a sphere, within 0.6 % of the ellipsoid: R. W. Sinnott, "Virtues of the Haversine",
    Sky and Telescope 68 (1984), no. 2, p. 159.
    """
    latitude, other_latitude = radians(one.latitude), radians(other.latitude)
    across = sin(radians(other.longitude - one.longitude) / 2) ** 2
    haversine = sin((other_latitude - latitude) / 2) ** 2 + cos(latitude) * cos(other_latitude) * across
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(haversine)))


def nearest_clinics(clinics: Iterable[Clinic], position: Position) -> list[tuple[Clinic, float]]:
    """Return the clinics with their distance from `position` in metres, nearest first."""
    measured = [(clinic, distance_m(clinic.position, position)) for clinic in clinics]
    return sorted(measured, key=lambda pair: (pair[1], pair[0].code))


def text_in(texts: Texts, language: str) -> str:
    """Return the words for a person who chose `language`; "uz_Cyrl" gets "uz", which locales transliterate.

    A language that joined after the directory was written gets Russian, which most people share, not English.
    """
    chosen = language.partition("_")[0]
    return texts[chosen if chosen in texts else SHARED_LANGUAGE]


def sessions_overlap(one: Session, other: Session) -> bool:
    """Return whether on some day both sessions run at the same time."""
    return (
        one.weekday == other.weekday
        and one.start < other.end
        and other.start < one.end
        and (one.valid_from or date.min) <= (other.valid_until or date.max)
        and (other.valid_from or date.min) <= (one.valid_until or date.max)
    )


def session_minutes(session: Session) -> int:
    """Return how many minutes the session lasts; negative when it ends before it starts."""
    start, end = session.start, session.end
    return (end.hour - start.hour) * 60 + end.minute - start.minute
