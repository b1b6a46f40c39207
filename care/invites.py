"""Make the codes of invites to the staff, and the addresses that carry a code into the chat.

An invite's code has 22 letters and a link's code 20, so neither can be taken for the other; a short code has
eight.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

CODE_BYTES = 16  # 128 random bits
VALID = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Where the invited person will work, for whom, and what they speak."""

    area_id: int | None = None
    clinic_id: int | None = None
    organisation_id: int | None = None
    languages: tuple[str, ...] = ()  # codes; none: that of their own screens


EVERYWHERE = Bound()


def new_code() -> str:
    """Return a fresh code for an invite: 22 letters, safe in an address."""
    return secrets.token_urlsafe(CODE_BYTES)


def deep_link(username: str, code: str) -> str:
    """Return the address that opens the private chat with the bot and brings a code along."""
    return f"https://t.me/{username}?start={code}"
