"""Name what is written down of changes in the team, and seal each row with the one before it.

A row says who (an id that tells nothing), in which role, did what, to what. Rows are chained by an HMAC: one
that is changed, cut out or put elsewhere no longer fits the next.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from care.roles import Actor


class Act(StrEnum):
    """What was done. The comment says what `detail` holds, where it holds something."""

    INVITED = "invited"  # role
    JOINED = "joined"  # role
    PAUSED = "paused"
    RESUMED = "resumed"
    MOVED = "moved"  # area or clinic id
    ENDED = "ended"
    LEFT = "left"  # by themselves
    AREA_OWNER = "area-owner"  # staff id
    AREA_COVER = "area-cover"  # staff id
    HANDED_OVER = "handed-over"  # staff id: one referral, or a whole caseload
    AWAY = "away"
    BACK = "back"
    LINK_MADE = "link-made"  # kind
    LINK_ENDED = "link-ended"
    SITE_ADDED = "site-added"
    SITE_CHANGED = "site-changed"
    SITE_RETIRED = "site-retired"
    FORUM_CHOSEN = "forum-chosen"
    FORUM_LEFT = "forum-left"
    PHONE_SEEN = "phone-seen"
    REGISTERED = "registered"  # somebody without Telegram
    CLAIMED = "claimed"
    EPISODE_CLOSED = "episode-closed"  # declined, lost-to-follow-up
    EPISODE_REOPENED = "episode-reopened"
    CLOSED = "closed"  # closed, down, fewer, and the day
    REOPENED = "reopened"  # likewise
    AUDIT_SEEN = "audit-seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did."""

    act: Act
    role: Actor  # in which role
    about: str  # staff, referral, area, site, link, invite, relay, person …
    actor_id: int | None = None  # staff id; None: an admin of the settings, or the program
    about_id: int | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the log, as it is stored."""

    id: int  # 1, 2, 3 …
    at: datetime  # aware, UTC
    act: str
    role: str
    about: str
    actor_id: int | None = None
    about_id: int | None = None
    detail: str | None = None
    mac: bytes = b""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest row at some moment, written down where nobody who can change the database can change it.

    The chain alone cannot tell that its end was cut off.
    """

    row: int
    mark: str  # the beginning of the row's HMAC, in letters: it goes through logs that hide numbers

    def __str__(self) -> str:
        """Return the anchor as it is written down: "123:gbkafmpc…"."""
        return f"{self.row}:{self.mark}"


MARK_LETTERS = 16  # 64 bits: nobody without the keys finds another row that fits
_ANCHOR = re.compile(r"([0-9]{1,18}):([a-p]{16})", re.ASCII)
_LETTERS = str.maketrans("0123456789", "ghijklmnop")  # hexadecimal without digits


def anchor_of(row: Row) -> Anchor:
    """Return a row as an anchor."""
    return Anchor(row.id, row.mac.hex()[:MARK_LETTERS].translate(_LETTERS))


def anchor_in(text: str) -> Anchor | None:
    """Return the anchor that somebody typed, or None when it is none."""
    found = _ANCHOR.fullmatch(text.strip().lower())
    return Anchor(int(found[1]), found[2]) if found else None


def sealed_text(row: Row, before: bytes) -> str:
    """Return what a row's HMAC is taken over: the row itself, and the HMAC of the one before it.

    JSON keeps nothing and the word for nothing, and one value and its neighbour, apart.
    """
    at = row.at.astimezone(UTC).isoformat()
    parts = (row.id, at, row.actor_id, row.role, row.act, row.about, row.about_id, row.detail, before.hex())
    return "audit" + json.dumps(parts)
