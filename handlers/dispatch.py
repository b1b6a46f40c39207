"""Turn an update of Telegram into a reply: who wrote, in which language, which conversation answers.

Runs inside the one writing transaction of the update; nothing is sent here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from care.outcomes import Kind
from care.person import Person
from care.roles import Actor, Role
from handlers.buttons import Press, Verb, parse, remember
from handlers.incoming import Incoming, What
from handlers.routes import Routes
from handlers.screens import SILENCE, Key, Reply, Step
from handlers.strangers import Strangers
from handlers.turn import Turn
from locales.catalogue import Words
from storage import outcomes, people, staff
from storage.coming_back import come_back
from storage.vault import Vault

_IN_FORUM = (What.MESSAGE, What.EDITED, What.PRESS)


async def no_forum(_: AsyncConnection, __: Incoming, ___: datetime) -> Reply | None:
    """Answer in no group of the team: there is none."""
    return None


@dataclass(frozen=True, kw_only=True, repr=False)
class Dispatch:
    """Answer any update."""

    vault: Vault
    words: Words
    routes: Routes
    strangers: Strangers
    admin_ids: frozenset[int]
    in_group: Callable[[AsyncConnection, Incoming, datetime], Awaitable[Reply]]
    card_chosen: Callable[[AsyncConnection, Incoming, datetime], Awaitable[None]]
    in_forum: Callable[[AsyncConnection, Incoming, datetime], Awaitable[Reply | None]] = no_forum

    async def answer(self, update: Incoming, store: AsyncConnection, now: datetime) -> Reply:
        """Return what `update` is answered with, after its effects were written to `store`."""
        if update.what is What.MEMBERSHIP:
            return await self._membership(update, store, now)
        if update.what is What.OTHER or update.sender_id is None or update.by_program:
            return SILENCE  # a channel, an anonymous admin, another bot, a kind that we did not ask for
        if update.what is What.CHOSEN:
            await self.card_chosen(store, update, now)
            return SILENCE
        if not update.private:
            return await self._public(update, store, now)
        if update.what is What.EDITED and not update.text and not update.file_id:
            return SILENCE  # a place that moves
        return await self._private(update, update.sender_id, store, now)

    async def _public(self, update: Incoming, store: AsyncConnection, now: datetime) -> Reply:
        """Answer in a group: in one of the team's as it says, else nothing personal, and to edits nothing."""
        if update.what in _IN_FORUM:
            reply = await self.in_forum(store, update, now)
            if reply is not None:
                return reply
        answered = update.what in (What.MESSAGE, What.GUEST)
        return await self.in_group(store, update, now) if answered else SILENCE

    async def _private(
        self, update: Incoming, telegram_id: int, store: AsyncConnection, now: datetime
    ) -> Reply:
        person = await self._person(store, telegram_id, now)
        turn = self._turn(update, telegram_id, person, store, now)
        reply = await self.routes.answer(turn)
        if person is not None:
            return reply
        still_stranger = await people.by_hash(store, self.vault.hashes(str(telegram_id))) is None
        return self._remembering(reply, turn) if still_stranger else reply

    async def _person(self, store: AsyncConnection, telegram_id: int, now: datetime) -> Person | None:
        person = await people.by_hash(store, self.vault.hashes(str(telegram_id)))
        if person is None:
            return None
        if telegram_id in self.admin_ids and not person.holds(Role.ADMIN):
            await staff.give_admin(store, person.id, now=now)
            person = await people.by_id(store, person.id)
        if person is not None and person.blocked_at is not None:
            await come_back(store, person.id, now=now)  # whoever writes can be written to
        if person is not None and person.seen_on != now.date():
            await people.change(store, person.id, seen_on=now.date())
        return person

    def _turn(
        self, update: Incoming, telegram_id: int, person: Person | None, store: AsyncConnection, now: datetime
    ) -> Turn:
        press = (parse(update.data) or NOWHERE) if update.what is What.PRESS else None
        hint = self.strangers.hint(telegram_id, now=now)
        remembered = (person.locale if person else None) or (press.locale if press else None) or hint.locale
        chosen = remembered is not None and remembered in self.words
        guess = self.words.preselect(update.language_code) or self.words.choices[0][0]
        command, words = _command(update.text)
        return Turn(
            update_id=update.update_id,
            now=now,
            store=store,
            t=self.words[remembered if remembered and chosen else guess],
            telegram_id=telegram_id,
            admin=telegram_id in self.admin_ids,
            person=person,
            link=(press.link if press else None) or hint.link,
            chosen=chosen,
            press=press,
            command=command,
            words=words,
            asked=update.asked,
            sent=update.sent,
            location=update.location,
            phone=_own_phone(update),
            edited=update.what is What.EDITED,
            message_id=update.message_id,
            replied_to=update.replied_to,
            file_id=update.file_id,
            forwarded=update.forwarded,
            album=update.album,
            quoted=update.quoted,
            thread_id=update.thread_id,
        )

    def _remembering(self, reply: Reply, turn: Turn) -> Reply:
        """Let a stranger's buttons remember the language and the link: the store may not."""
        hint = self.strangers.hint(turn.telegram_id, now=turn.now)
        locale, link = hint.locale or (turn.t.code if turn.chosen else None), hint.link or turn.link
        if locale is None and link is None:
            return reply
        steps = tuple(_with_memory(step, locale or turn.t.code, link) for step in reply.steps)
        return replace(reply, steps=steps)

    async def _membership(self, update: Incoming, store: AsyncConnection, now: datetime) -> Reply:
        if not update.private:
            return await self.in_forum(store, update, now) or SILENCE
        if update.sender_id is None:
            return SILENCE
        person = await people.by_hash(store, self.vault.hashes(str(update.sender_id)))
        if person is None:
            return SILENCE
        if update.gone:
            await people.change(store, person.id, blocked_at=now)
        else:
            await come_back(store, person.id, now=now)
        await outcomes.append(
            store,
            Kind.BLOCKED if update.gone else Kind.RETURNED,
            now=now,
            role=Actor.PERSON,
            update_id=update.update_id,
            locale=person.locale,
            link_id=person.link_id,
        )
        return SILENCE


NOWHERE = Press(Verb.NOTHING)  # what an unreadable button wishes for: the present screen


def _command(text: str) -> tuple[str | None, str]:
    """Return a text's command and what follows it, or no command and the text."""
    text = text.strip()
    if not text.startswith("/"):
        return None, text
    first, _, rest = text[1:].partition(" ")
    return first.partition("@")[0].lower(), rest.strip()


def _own_phone(update: Incoming) -> str:
    """Return the number that was shared, when it is the sender's own: anybody can share anybody's."""
    contact = update.contact
    return contact.phone if contact and contact.telegram_id == update.sender_id else ""


def _with_memory(step: Step, locale: str, link: str | None) -> Step:
    rows = tuple(tuple(_key_with_memory(item, locale, link) for item in row) for row in step.rows)
    return replace(step, rows=rows)


def _key_with_memory(item: Key, locale: str, link: str | None) -> Key:
    if item.data is None or "~" in item.data:
        return item
    return replace(item, data=remember(item.data, locale, link))
