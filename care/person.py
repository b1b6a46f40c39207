"""Say who writes to the bot: a person, and the staff roles they hold."""

from dataclasses import dataclass
from datetime import date, datetime

from care.roles import Role

ANIMALS = "🦊🐢🦉🐬🦌🐼🦔🐘🦒🐧🐳🦋🐝🦜🐫🦅🐿🦢🐎🐏🦩🦘🐐🐞"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """One role that a person holds now."""

    id: int
    role: Role
    person_id: int | None = None
    area_id: int | None = None
    clinic_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Which referral of a person is open, and to whom it belongs."""

    referral_id: int
    link_id: int | None = None
    staff_id: int | None = None
    area_id: int | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who agreed to be remembered."""

    id: int  # random
    locale: str
    key: bytes  # wrapped
    telegram_id: bytes | None = None  # encrypted with `key`; None: without Telegram
    registered_by: int | None = None  # staff id of who registered somebody without Telegram
    reminders_to: int | None = None  # person whose Telegram takes the reminders of somebody without
    link_id: int | None = None
    area_id: int | None = None
    blocked_at: datetime | None = None  # aware, UTC
    seen_on: date | None = None  # UTC day of the last message or press
    roles: tuple[StaffMember, ...] = ()
    episode: Episode | None = None  # the open referral, when it was opened before this update

    def holds(self, *roles: Role) -> StaffMember | None:
        """Return the first of the person's roles that is one of `roles`."""
        return next((member for member in self.roles if member.role in roles), None)


def pseudonym(person_id: int) -> str:
    """Return what staff call a person: an animal and a number, the same every time, telling nothing.

    A picture needs no translation. The number has four digits, so two people of one worker rarely
    share a pseudonym.
    """
    return f"{ANIMALS[person_id % len(ANIMALS)]} {(person_id // len(ANIMALS)) % 9000 + 1000}"
