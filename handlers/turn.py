"""Hold one update of one person: all that a conversation needs to answer it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from care.outcomes import Kind
from care.person import Person, StaffMember
from care.roles import Actor, Role
from handlers.buttons import Press
from handlers.incoming import Incoming
from handlers.screens import Reply
from locales.catalogue import Locale
from storage import outcomes, people, referrals

_ACTORS = (
    (Role.ADMIN, Actor.ADMIN),
    (Role.COORDINATOR, Actor.COORDINATOR),
    (Role.CLINICIAN, Actor.CLINICIAN),
    (Role.REGISTRAR, Actor.REGISTRAR),
    (Role.WORKER, Actor.WORKER),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One update of one person in their private chat, inside its one writing transaction."""

    update_id: int
    now: datetime  # aware, UTC
    store: AsyncConnection
    t: Locale  # the words of the language the person chose
    telegram_id: int  # only to remember the person with, or to forget; never to log
    person: Person | None = None  # None until they agreed to be remembered
    link: str | None = None  # code of the link a stranger came through (for a person: see `person.link_id`)
    admin: bool = False  # the settings name the sender as an admin
    chosen: bool = (
        True  # whether a language was chosen yet; else `t` is a guess from Telegram's language_code
    )
    press: Press | None = None
    command: str | None = None  # without the slash
    words: str = ""  # what follows the command, or the text itself
    asked: str = ""  # text of the person's own message that the pressed screen replied to
    sent: str = ""  # what kind of message came, in Telegram's words: text, sticker, voice, photo …
    location: tuple[float, float] | None = None  # latitude, longitude in degrees
    phone: str = ""  # the sender's own number, when they shared it; somebody else's is never looked at
    edited: bool = False  # the person edited an earlier message
    behalf_of: StaffMember | None = None  # of the team, who acts for `person`, who has no Telegram
    message_id: int | None = None  # of the message, or of the one under whose text a button was pressed
    replied_to: int | None = None  # message_id of the message that this one answers
    file_id: str = ""  # of a photo, voice, video_note or sticker, as `sent` says; its caption is `words`
    forwarded: bool = False  # first written elsewhere, perhaps by somebody else
    album: str = ""  # what photos that were sent together have in common
    quoted: Incoming | None = None  # the person's own message that the pressed screen replied to
    thread_id: int | None = None  # topic of a group; None in a private chat

    async def record(self, kind: Kind, **fields: Any) -> None:
        """Write the outcome of this turn, with the referral's link, owner and area. `fields` win."""
        about = self.person.episode if self.person else None
        if self.person is not None and about is None:  # perhaps it was opened a moment ago
            about = await referrals.episode_of(self.store, self.person.id)
        await outcomes.append(
            self.store,
            kind,
            now=self.now,
            role=fields.pop("role", self.actor),
            update_id=self.update_id,
            about=about,
            **{"locale": self._locale(), **fields},
        )

    async def record_of(self, kind: Kind, person_id: int, **fields: Any) -> None:
        """Write the outcome of what the sender did for somebody: with that person's referral and language.

        Never with the sender's own referral, who may have been a person themselves. `fields` win.
        """
        person = await people.by_id(self.store, person_id)
        await outcomes.append(
            self.store,
            kind,
            now=self.now,
            role=self.staff_actor(),
            update_id=self.update_id,
            about=await referrals.episode_of(self.store, person_id),
            **{"locale": person.locale if person else None, **fields},
        )

    def _locale(self) -> str | None:
        """Return the person's language: also where a worker reads the screens in another one."""
        if self.behalf_of is not None and self.person is not None:
            return self.person.locale
        return self.t.code if self.chosen else None

    @property
    def actor(self) -> Actor:
        """In which role the sender acts where the conversation does not say."""
        return Actor(self.behalf_of.role.value) if self.behalf_of is not None else Actor.PERSON

    def staff_actor(self) -> Actor:
        """Return the sender's highest role."""
        if self.person is not None:
            for role, actor in _ACTORS:
                if self.person.holds(role):
                    return actor
        return Actor.PERSON

    def known(self) -> Person:
        """Return the person. Raises LookupError where a route forgot to ask for consent."""
        if self.person is None:
            raise LookupError("this conversation needs a person who agreed to be remembered")
        return self.person

    def pressing(self, press: Press) -> "Turn":
        """Return this turn as if another button had been pressed: to go on where consent interrupted."""
        return replace(self, press=press)


Conversation = Callable[[Turn], Awaitable[Reply]]
