"""Turn one record of the directory into one thing: a site, a clinic with its sessions, the programme.

What a record refers to, and whether its code is new, is judged by `bot/directory.py`.
"""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import combinations
from zoneinfo import ZoneInfo

from bot.fields import Record, one_of
from care.directory import (
    Area,
    Centre,
    City,
    Clinic,
    ClosedDay,
    DataKind,
    Payer,
    Position,
    Programme,
    Service,
    ServiceKind,
    Session,
    Site,
    SiteKind,
    Texts,
    distance_m,
    session_minutes,
    sessions_overlap,
)
from care.transfer import LISTED

NAME_LENGTH = 80  # characters: a button or the heading of a screen
TEXT_LENGTH = 600  # characters: several texts make one message of at most 4,096
PHONE_LENGTH = 40
FAR_M = 150_000  # what is farther from the middle of its area was mistyped: most often swapped numbers
MAX_CAPACITY = 500  # people per slot
MIN_SLOT_MINUTES = 5
MAX_RETENTION_DAYS = 3650
NOWHERE = Position(0.0, 0.0)  # in the sea, where no clinic is
WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
}
PROGRAMME_KEYS = ("name", "operator", "contact", "purpose", "retention_days", "promises")
CLINIC_KEYS = ("code", "area", "position", "name", "address", "directions", "hours", "bring", "phone")
CLINIC_LISTS = ("services", "sessions", "closed_days")


def names_of(record: Record, languages: Sequence[str]) -> Texts:
    """Return the name of a thing in every language."""
    return record.texts("name", languages, longest=NAME_LENGTH)


def zone_of(record: Record, default: str) -> str:
    """Return the IANA zone of a city, or `default` when it names none."""
    if not record.has("timezone"):
        return default
    name = record.text("timezone", longest=NAME_LENGTH, expected="the name of a time zone")
    try:
        ZoneInfo(name or default)
    except (LookupError, ValueError, OSError):
        record.fault(f'there is no time zone "{name}"', "an IANA name such as Asia/Almaty", key="timezone")
    return name


def position_of(record: Record) -> Position:
    """Return the position of a thing, or NOWHERE after a fault."""
    expected = "latitude and longitude, in degrees"
    inner = record.child("position", expected)
    if inner is None:
        return NOWHERE
    inner.only("latitude", "longitude")
    latitude = inner.number("latitude", least=-90, most=90)
    longitude = inner.number("longitude", least=-180, most=180)
    return Position(latitude, longitude) if inner.sound else NOWHERE


def site_of(record: Record, languages: Sequence[str], *, code: str, area: str) -> Site:
    """Return a site."""
    record.only("code", "area", "kind", "name", "position")
    return Site(
        code=code,
        area=area,
        kind=record.choice("kind", SiteKind),
        names=names_of(record, languages),
        position=position_of(record) if record.has("position") else None,
    )


def clinic_of(record: Record, languages: Sequence[str], *, code: str, area: str, city: City) -> Clinic:
    """Return a clinic with its services, sessions and closed days."""
    record.only(*CLINIC_KEYS, *CLINIC_LISTS)
    return Clinic(
        code=code,
        city=city.code,
        area=area,
        timezone=city.timezone,
        position=position_of(record),
        names=names_of(record, languages),
        address=record.texts("address", languages, longest=TEXT_LENGTH),
        directions=record.texts("directions", languages, longest=TEXT_LENGTH),
        hours=record.texts("hours", languages, longest=TEXT_LENGTH),
        bring=record.texts("bring", languages, longest=TEXT_LENGTH),
        phone=record.text("phone", longest=PHONE_LENGTH) if record.has("phone") else None,
        services=tuple(_service(each, languages) for each in record.children("services", least=1)),
        sessions=_sessions(record.children("sessions", least=1)),
        closed_days=_closed_days(record.children("closed_days"), languages),
    )


def centre_of(record: Record, languages: Sequence[str], *, code: str) -> Centre:
    """Return a centre that receives people in another country or city."""
    record.only("code", "country", "region", "name", "address", "phone", "hours", "source")
    countries = {one.value: one.value for one in LISTED}
    return Centre(
        code=code,
        country=record.look_up("country", countries, LISTED[0].value),
        region=_texts(record, "region", languages, longest=NAME_LENGTH),
        names=names_of(record, languages),
        address=record.texts("address", languages, longest=TEXT_LENGTH),
        phone=record.text("phone", longest=PHONE_LENGTH) if record.has("phone") else None,
        hours=_texts(record, "hours", languages, longest=TEXT_LENGTH),
        source=record.text("source", longest=TEXT_LENGTH) if record.has("source") else None,
    )


def _texts(record: Record, key: str, languages: Sequence[str], *, longest: int) -> Texts | None:
    """Return a text that may be left out."""
    return record.texts(key, languages, longest=longest) if record.has(key) else None


def refuse_far(record: Record, position: Position | None, area: Area | None) -> None:
    """Note a fault when a thing lies too far from the middle of its area to be in it."""
    if position in {None, NOWHERE} or area is None or area.position in {None, NOWHERE}:
        return
    metres = distance_m(position, area.position)
    if metres > FAR_M:
        wrong = f'it lies {metres / 1000:.0f} km from the middle of its area "{area.code}"'
        record.fault(wrong, "a place near its area: are latitude and longitude swapped?", key="position")


def programme_of(record: Record, languages: Sequence[str], known_promises: Collection[str]) -> Programme:
    """Return the programme; only the promises that it confirmed are in it."""
    record.only(*PROGRAMME_KEYS)
    return Programme(
        names=names_of(record, languages),
        operator=record.texts("operator", languages, longest=TEXT_LENGTH),
        contact=record.texts("contact", languages, longest=TEXT_LENGTH),
        purpose=record.texts("purpose", languages, longest=TEXT_LENGTH),
        retention_days=_retention(record),
        promises=_promises(record, known_promises),
    )


def _service(record: Record, languages: Sequence[str]) -> Service:
    record.only("kind", "payer", "note")
    payer = record.choice("payer", Payer)
    if not payer.is_free and not record.has("note"):
        record.fault(f'"note" is missing, and the payer is "{payer.value}"', "what to know before the visit")
    return Service(
        kind=record.choice("kind", ServiceKind),
        payer=payer,
        note=record.texts("note", languages, longest=TEXT_LENGTH) if record.has("note") else None,
    )


def _sessions(records: list[Record]) -> tuple[Session, ...]:
    """Return the sessions of a clinic, Monday first; two at the same time are a fault of the later one."""
    read = [(record, _session(record)) for record in records]
    sound = [(record, session) for record, session in read if record.sound]
    for (record, session), (other_record, other) in combinations(sound, 2):
        if sessions_overlap(session, other):
            wrong = f"the session overlaps the one at line {record.line}"
            other_record.fault(wrong, "sessions one after the other, or on other days")
    return tuple(sorted((session for _, session in read), key=lambda each: (each.weekday, each.start)))


def _session(record: Record) -> Session:
    record.only("weekday", "start", "end", "slot_minutes", "capacity", "valid_from", "valid_until")
    session = Session(
        weekday=record.look_up("weekday", WEEKDAYS, 0),
        start=record.clock("start"),
        end=record.clock("end"),
        slot_minutes=record.whole("slot_minutes", least=MIN_SLOT_MINUTES, most=24 * 60),
        capacity=record.whole("capacity", least=1, most=MAX_CAPACITY),
        valid_from=record.day("valid_from") if record.has("valid_from") else None,
        valid_until=record.day("valid_until") if record.has("valid_until") else None,
    )
    if record.sound:
        _judge_session(record, session)
    return session


def _judge_session(record: Record, session: Session) -> None:
    minutes = session_minutes(session)
    if minutes <= 0:
        end, start = f"{session.end:%H:%M}", f"{session.start:%H:%M}"
        record.fault(f"the session ends at {end} and starts at {start}", "an end after the start", key="end")
    elif session.slot_minutes > minutes:
        wrong = f"a slot of {session.slot_minutes} minutes in a session of {minutes}"
        record.fault(wrong, "slots that fit into the session", key="slot_minutes")
    if session.valid_from and session.valid_until and session.valid_until < session.valid_from:
        wrong = f'"valid_until" is {session.valid_until}, before {session.valid_from}'
        record.fault(wrong, 'the day of "valid_from" or a later one', key="valid_until")


def _closed_days(records: list[Record], languages: Sequence[str]) -> tuple[ClosedDay, ...]:
    found: dict[date, ClosedDay] = {}
    for record in records:
        record.only("day", "reason")
        day = record.day("day")
        if day in found and record.sound:
            record.fault(f"the day {day} stands twice", "each day once", key="day")
        found[day] = ClosedDay(day=day, reason=record.texts("reason", languages, longest=TEXT_LENGTH))
    return tuple(found[day] for day in sorted(found))


def _retention(record: Record) -> dict[DataKind, int]:
    inner = record.child("retention_days", "days for each kind of data")
    if inner is None:
        return {}
    inner.only(*(kind.value for kind in DataKind))
    return {kind: inner.whole(kind.value, least=1, most=MAX_RETENTION_DAYS) for kind in DataKind}


def _promises(record: Record, known: Collection[str]) -> frozenset[str]:
    inner = record.child("promises", "true or false for each promise")
    if inner is None:
        return frozenset()
    for promise in inner.nodes.keys() - set(known):
        expected = one_of(sorted(known), near=promise)
        inner.fault(f'there is no promise "{promise}"', expected, key=promise)
    return frozenset(each for each in sorted(inner.nodes) if each in known and inner.flag(each))
