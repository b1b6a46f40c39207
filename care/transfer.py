"""Decide about people who go home or move on: where to, when, what their card may say, when they are asked.

The card is for the clinic that receives the person. What stands on it the person allows field by field. Its
code has 128 random bits, of which only the hash is stored; it opens the card once, for 60 days. Whoever has
arrived says so themselves: the end of the referral follows from their answer and never from a date, since
plans change.
"""

import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.message_kinds import Kind
from care.reminders import Planned, local_minute
from care.talk import phone_in
from care.typed import plain

CODE_BYTES = 16  # 128 random bits
CODE_MARK = "tc-"  # in front of the code: so that a card's code is known before it is looked up
VALID = timedelta(days=60)
ASKED_AT = time(10)  # local
ARRIVED_AFTER = timedelta(days=7)
WENT_ON_AFTER = timedelta(days=30)
AGAIN_AFTER = timedelta(days=7)  # after 'not yet'
THERE_FOR = timedelta(days=21)  # before somebody is asked whether they could go on there
ASKING_USEFUL = timedelta(days=14)
OPENED_USEFUL = timedelta(days=7)
FARTHEST = timedelta(days=90)  # a journey is planned at most so long ahead
TWO_WEEKS = timedelta(days=14)
NAME_LENGTH, NOTE_LENGTH = 60, 200  # characters
EARLIEST_BIRTH = 1900
_CODE = re.compile(r"tc-[A-Za-z0-9_-]{22}")
_PRINTED = frozenset("LMNPZ")  # of Unicode's categories: letters, marks, digits, punctuation, spaces


class Country(StrEnum):
    """Where somebody goes: ISO 3166-1 alpha-2; ZZ, which ISO leaves to users, is any other country."""

    UZ = "UZ"
    TJ = "TJ"
    KG = "KG"
    KZ = "KZ"  # another city of the same country
    RU = "RU"
    OTHER = "ZZ"


GOALS = (Country.UZ, Country.TJ, Country.KG, Country.KZ, Country.OTHER)  # as they are offered
LISTED = tuple(one for one in Country if one is not Country.OTHER)  # a directory may list centres there
PAPER_LANGUAGES: Mapping[Country, tuple[str, ...]] = {  # the bot speaks no Kyrgyz
    Country.UZ: ("ru", "uz"),
    Country.TJ: ("ru", "tg"),
    Country.KG: ("ru",),
    Country.KZ: ("ru", "kk"),
    Country.RU: ("ru",),
    Country.OTHER: ("ru", "en"),
}


class Field(StrEnum):
    """What a person may allow on the card."""

    NAME = "name"  # typed
    BORN = "born"  # typed: the year
    PHONE = "phone"  # typed or shared
    LANGUAGE = "language"
    CITY = "city"  # that they come from
    CLINIC = "clinic"  # that looked after them, with its phone
    VISITS = "visits"  # the days on which they came
    EXAMINED = "examined"  # the day
    RESULT = "result"  # what the clinic said, once it was given, and since when it looks after them
    MEDICINE = "medicine"  # since when, and until when
    NOTE = "note"  # typed: an allergy, a danger
    ILLNESS = "illness"  # its name may stand on the paper


TYPED = (Field.NAME, Field.BORN, Field.PHONE, Field.NOTE)
PRIVATE = frozenset({Field.RESULT, Field.MEDICINE, Field.ILLNESS})  # never allowed beforehand …
NOT_FOR_HELPERS = PRIVATE  # … nor by a worker who acts for somebody: workers see no result


class Arrived(StrEnum):
    """The answer to 'have you arrived?'."""

    YES = "y"
    NOT_YET = "n"
    STAYING = "s"


class WentOn(StrEnum):
    """The answer to 'could you go on there?'."""

    YES = "y"
    NEEDS_HELP = "n"
    FINISHED = "f"


class Why(StrEnum):
    """Why something that was typed cannot stand on the card."""

    EMPTY = "empty"
    LONG = "long"
    NO_YEAR = "no-year"
    NO_PHONE = "no-phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A journey of one person, and the card for it."""

    id: int
    person_id: int
    country: Country
    created_at: datetime  # aware, UTC
    referral_id: int | None = None  # the episode that it ends
    leaves_on: date | None = None  # None: not known yet
    centre_id: int | None = None  # where they want to go there
    allowed: frozenset[Field] = frozenset()
    has_chosen: bool = False  # the person has looked at what may stand on the card
    written: bytes | None = None  # sealed with the person's key
    has_code: bool = False  # a card was made, and not taken back
    expires_at: datetime | None = None  # aware, UTC
    opened_at: datetime | None = None
    arrived: bool | None = None
    went_on: bool | None = None
    ended_at: datetime | None = None


def new_code() -> str:
    """Return a fresh code for a card: 25 letters, safe in an address."""
    return f"{CODE_MARK}{secrets.token_urlsafe(CODE_BYTES)}"


def is_code(text: str) -> bool:
    """Return whether a text looks like the code of a card."""
    return _CODE.fullmatch(text) is not None


def opens(transfer: Transfer, *, now: datetime) -> bool:
    """Return whether the code of a card still opens it at `now` (aware)."""
    if not transfer.has_code or transfer.opened_at is not None or transfer.ended_at is not None:
        return False
    return transfer.expires_at is not None and now < transfer.expires_at


def leaving_day(word: str, *, today: date) -> date | None:
    """Return the day that a word names, or None for 'not sure' and for what names none.

    "week" is the coming Sunday, "two" two weeks from today, "20261130" that day; all on one clock.
    """
    if word == "week":
        return today + timedelta(days=6 - today.weekday())
    if word == "two":
        return today + TWO_WEEKS
    try:
        day = datetime.strptime(word, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return day if today <= day <= today + FARTHEST else None


def at_first(offered: Collection[Field]) -> frozenset[Field]:
    """Return what is ticked when the person looks at the card first: nothing typed, nothing private."""
    return frozenset(one for one in offered if one not in PRIVATE and one not in TYPED)


def typed(field: Field, text: str, *, today: date) -> str | Why:
    """Return what was typed for a field as it is kept, or why it cannot be."""
    said = plain(text) if field in {Field.BORN, Field.PHONE} else text
    cleaned = " ".join("".join(map(_printed, said)).split())
    if not cleaned:
        return Why.EMPTY
    if field is Field.BORN:
        is_year = re.fullmatch(r"[0-9]{4}", cleaned, re.ASCII) is not None
        return cleaned if is_year and EARLIEST_BIRTH <= int(cleaned) <= today.year else Why.NO_YEAR
    if field is Field.PHONE:
        return _phone(cleaned)
    longest = NOTE_LENGTH if field is Field.NOTE else NAME_LENGTH
    return cleaned if len(cleaned) <= longest else Why.LONG


def _phone(text: str) -> str | Why:
    if re.fullmatch(r"\+?[0-9 ()–-]{7,30}", text, re.ASCII) is None:
        return Why.NO_PHONE
    dialled = phone_in(text)
    if dialled is None:
        return Why.NO_PHONE
    return dialled if text.startswith("+") else dialled.removeprefix("+")


def _printed(letter: str) -> str:
    """Return a letter that our fonts can print, or a space."""
    return letter if unicodedata.category(letter)[0] in _PRINTED or letter in "+=№" else " "


def arrived_key(transfer_id: int) -> str:
    """Return the key of the question whether somebody has arrived."""
    return f"{Kind.ARRIVED}:{transfer_id}"


def went_on_key(transfer_id: int) -> str:
    """Return the key of the question whether somebody could go on."""
    return f"{Kind.WENT_ON}:{transfer_id}"


def opened_key(transfer_id: int, code_hash: bytes) -> str:
    """Return the key of the message that a card was opened: once for each code."""
    return f"{Kind.TRANSFER_OPENED}:{transfer_id}:{code_hash.hex()[:12]}"


def questions(transfer: Transfer, *, zone: str, now: datetime) -> tuple[Planned, ...]:
    """Return the questions after 7 and 30 days: from the day of leaving, else from when it was told."""
    begin = transfer.leaves_on or transfer.created_at.astimezone(ZoneInfo(zone)).date()
    asked = (
        (arrived_key(transfer.id), Kind.ARRIVED, ARRIVED_AFTER),
        (went_on_key(transfer.id), Kind.WENT_ON, WENT_ON_AFTER),
    )
    planned = (_question(transfer, key, kind, begin + after, zone=zone) for key, kind, after in asked)
    return tuple(one for one in planned if one.due_at > now)


def left_by(transfer: Transfer, *, zone: str) -> datetime:
    """Return the end (aware, UTC) of the day on which somebody left who has arrived: as they planned it, else
    the day on which they told of the journey."""
    day = transfer.leaves_on or transfer.created_at.astimezone(ZoneInfo(zone)).date()
    return datetime.combine(day, time.max, ZoneInfo(zone)).astimezone(UTC)


def asked_again(transfer: Transfer, *, zone: str, now: datetime) -> Planned:
    """Return the question whether somebody has arrived, a week after they said 'not yet'."""
    day = (now + AGAIN_AFTER).astimezone(ZoneInfo(zone)).date()
    return _question(transfer, arrived_key(transfer.id), Kind.ARRIVED, day, zone=zone)


def asked_later(transfer: Transfer, *, arrival: datetime, zone: str) -> Planned:
    """Return the question whether somebody could go on: not before the month, and three weeks after
    `arrival` (aware), as they say it or may say it."""
    clock = ZoneInfo(zone)
    begin = transfer.leaves_on or transfer.created_at.astimezone(clock).date()
    day = max(begin + WENT_ON_AFTER, (arrival + THERE_FOR).astimezone(clock).date())
    return _question(transfer, went_on_key(transfer.id), Kind.WENT_ON, day, zone=zone)


def opened(transfer: Transfer, code_hash: bytes, *, now: datetime) -> Planned:
    """Tell the person that their card was opened: now, or in the morning."""
    return Planned(
        key=opened_key(transfer.id, code_hash),
        kind=Kind.TRANSFER_OPENED,
        person_id=transfer.person_id,
        due_at=now,
        useful_until=now + OPENED_USEFUL,
        params={"transfer": transfer.id},
    )


def _question(transfer: Transfer, key: str, kind: Kind, day: date, *, zone: str) -> Planned:
    at = datetime.combine(day, ASKED_AT, ZoneInfo(zone)).astimezone(UTC)
    return Planned(
        key=key,
        again=True,
        kind=kind,
        person_id=transfer.person_id,
        due_at=at,
        useful_until=at + ASKING_USEFUL,
        local_due=local_minute(at, zone),
        zone=zone,
        params={"transfer": transfer.id},
    )
