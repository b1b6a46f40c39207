"""Read the codes of links: what a person types by hand, from a card, on any keyboard.

A link has a code of at least 80 random bits for `t.me/…?start=CODE`, and a short code for those whose
Telegram loses it on the way. A short code is written in Crockford's Base32 (crockford.com/base32.html): no I,
L, O or U, so that none of them can be taken for 1, 0 or V.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way into the bot that belongs to somebody or something."""

    id: int
    code: str
    short_code: str
    kind: str  # worker, campaign
    staff_id: int | None = None  # whose it is; None when they have no role any more
    area_id: int | None = None  # its own, else its site's, else its worker's
    site_id: int | None = None
    ended: bool = False  # it was ended, or its worker's role was


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an episode of somebody begins: who looks after it, and where."""

    link_id: int | None = None
    staff_id: int | None = None
    area_id: int | None = None
    site_id: int | None = None


def origin(link: Link | None, *, area_id: int | None = None) -> Origin:
    """Return where an episode begins: by the person's link, and in their own area where they have one."""
    if link is None:
        return Origin(area_id=area_id)
    return Origin(
        link_id=link.id,
        staff_id=link.staff_id,
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


def spoken(short_code: str) -> str:
    """Write a short code in groups of four, as it stands on a card."""
    return " ".join(short_code[start : start + 4] for start in range(0, len(short_code), 4))
