"""Read the codes of links: what a person types by hand, from a card, on any keyboard.

A link has a code of at least 80 random bits for `t.me/…?start=CODE`, and a short code for those whose
Telegram loses it on the way. A short code is written in Crockford's Base32 (crockford.com/base32.html): no I,
L, O or U, so that none of them can be taken for 1, 0 or V.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT_LENGTH = 8  # 40 random bits: ten tries an hour need twelve million years to go through them
CODE_BYTES = 15  # 120 random bits, 20 letters
_LOOKS_LIKE = str.maketrans(
    {
        **dict(zip("OIL", "011", strict=True)),
        **dict(zip("АВЕКМНОРСТХЗ", "ABEKMH0PCTX3", strict=True)),  # Cyrillic
        **dict.fromkeys(" \t\n-–—_.·"),
    }
)
_SHORT = re.compile(f"[{ALPHABET}]{{6,12}}")
MOST_PAYLOAD = 64  # Bot API, deep linking: A-Z a-z 0-9 _ and -
BESIDE = "__"  # between a link's code and a topic, which has no such mark in it
NOTHING = "ask"  # in place of a topic, where there is nothing to say
_PAYLOAD = re.compile(r"[?&]start=([A-Za-z0-9_-]{1,64})")


class LinkKind(StrEnum):
    """Whose or what a link is."""

    WORKER = "worker"  # a worker's own
    SITE = "site"  # hangs where people work, eat or live
    EVENT = "event"
    COLLEAGUE = "colleague"  # somebody else hands it on for the worker
    CAMPAIGN = "campaign"  # an announcement, nobody's
    FRIEND = "friend"  # passed on by a person who was helped
    HOUSEHOLD = "household"  # passed on by a person to those who live with them


class Closed(StrEnum):
    """Why a link leads to nobody in particular any more."""

    ENDED = "ended"
    LEFT = "left"  # its worker has left the team
    LATE = "late"  # it is over its date
    FULL = "full"  # as many came as should


UNDO = timedelta(minutes=10)  # as long a link that was ended can be taken up again
CAPS = (10, 25, 50, 100)  # people


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way into the bot that belongs to somebody or something."""

    id: int
    code: str
    short_code: str
    kind: str  # LinkKind
    label: str | None = None  # what its worker calls it
    staff_id: int | None = None  # whose it is; of a friend's: who looks after the friend; None: nobody's
    area_id: int | None = None  # its own, else its site's, else its friend's, else its worker's
    site_id: int | None = None
    ends_at: datetime | None = None  # aware, UTC
    most_people: int | None = None
    ended_at: datetime | None = None  # aware, UTC
    closed: Closed | None = None  # at the moment it was read for

    @property
    def ended(self) -> bool:
        """Whether it leads to nobody in particular any more."""
        return self.closed is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an episode of somebody begins: who looks after it, and where."""

    link_id: int | None = None
    staff_id: int | None = None
    area_id: int | None = None
    site_id: int | None = None


def closing(link: Link, *, now: datetime, gone: bool = False, people: int = 0) -> Closed | None:
    """Return why a link is closed at `now`, or None. `gone`: its worker has left; `people`: who came."""
    if link.ended_at is not None:
        return Closed.ENDED
    if gone:
        return Closed.LEFT
    if link.ends_at is not None and link.ends_at <= now:
        return Closed.LATE
    if link.most_people is not None and people >= link.most_people:
        return Closed.FULL
    return None


def may_reopen(link: Link, *, now: datetime) -> bool:
    """Return whether a link that was ended can still be taken up again."""
    return link.ended_at is not None and now - link.ended_at <= UNDO


def last_day(word: str, *, today: date) -> date | None:
    """Return the last day that a word names: d(ay), w(eek: until Sunday), m(onth); None for another word."""
    month = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return {"d": today, "w": today + timedelta(days=6 - today.weekday()), "m": month}.get(word)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the end of a day on the clock of `zone`, aware UTC."""
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)


def origin(link: Link | None, *, area_id: int | None = None) -> Origin:
    """Return where an episode begins: by the person's link, and in their own area where they have one.

    Whoever comes through a closed link belongs to its area, and to nobody in particular.
    """
    if link is None:
        return Origin(area_id=area_id)
    return Origin(
        link_id=link.id,
        staff_id=None if link.closed else link.staff_id,
        area_id=link.area_id if area_id is None else area_id,
        site_id=link.site_id,
    )


def short_code_in(typed: str) -> str | None:
    """Return the short code that somebody typed, as it is stored, or None when it cannot be one."""
    code = typed.strip().upper().translate(_LOOKS_LIKE)
    return code if _SHORT.fullmatch(code) else None


def payload_in(typed: str) -> str:
    """Return the code of a link that was pasted whole, or else the text itself."""
    found = _PAYLOAD.search(typed)
    return found[1] if found else typed.strip()


@dataclass(frozen=True, slots=True)
class Opening:
    """What a start payload says: who sent the person, and what they want to read."""

    code: str = ""  # of a link or an invite
    topic: str | None = None


def payload(code: str | None, topic: str | None) -> str:
    """Write a start payload; a topic that does not fit beside the code is left out. Never empty."""
    if code and (topic is None or len(code) + len(BESIDE) + len(topic) > MOST_PAYLOAD):
        return code
    return f"{code or ''}{BESIDE}{topic or NOTHING}"


def opening(payload: str, *, topics: Collection[str]) -> Opening:
    """Read a start payload; what names no topic after the mark is a code as a whole.

    Only what the mark begins is surely no code: a code is random, and may hold the mark.
    """
    code, mark, topic = payload.rpartition(BESIDE)
    if mark and topic in topics:
        return Opening(code, topic)
    return Opening() if payload == BESIDE + NOTHING else Opening(payload)


def new_code() -> str:
    """Return a fresh code for a link."""
    return secrets.token_urlsafe(CODE_BYTES)


def new_short_code() -> str:
    """Return a fresh short code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SHORT_LENGTH))


MOST_LABEL = 40  # letters
_LABEL = re.compile(r"[\w ,.()№#&+/'’ʻʼ«»\"–-]*", re.UNICODE)


def label_in(typed: str) -> str | None:
    """Return what a worker wants to call a link, on one line, or None when it does not do.

    It says a place or an occasion, so it holds no address, no @name and nothing as long as a phone number.
    """
    label = " ".join(typed.split())
    fits = 0 < len(label) <= MOST_LABEL and _LABEL.fullmatch(label) and any(map(str.isalpha, label))
    digits = sum(map(str.isdigit, label))
    return label if fits and digits < 7 and "//" not in label else None


def spoken(short_code: str) -> str:
    """Write a short code in groups of four, as it stands on a card."""
    return " ".join(short_code[start : start + 4] for start in range(0, len(short_code), 4))
