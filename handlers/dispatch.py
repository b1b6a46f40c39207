"""Turn an update of Telegram into a reply: who wrote, in which language, which conversation answers.

Runs inside the one writing transaction of the update; nothing is sent here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Chat, ChatMember, Message, Update, User
from telegram.helpers import effective_message_type

from care.outcomes import Kind
from care.person import Person
from care.roles import Actor, Role
from handlers.buttons import Press, Verb, parse, remember
from handlers.routes import Routes
from handlers.screens import SILENCE, Key, Reply, Step
from handlers.strangers import Strangers
from handlers.turn import Turn
from locales.catalogue import Words
from storage import outcomes, people, staff
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """Answer any update."""

    vault: Vault
    words: Words
    routes: Routes
    strangers: Strangers
    admin_ids: frozenset[int]
    in_group: Callable[[AsyncConnection, Message, datetime], Awaitable[Reply]]

    async def answer(self, update: Update, store: AsyncConnection, now: datetime) -> Reply:
        """Return what `update` is answered with, after its effects were written to `store`."""
        if update.my_chat_member is not None:
            return await self._membership(update, store, now)
        message, user = update.effective_message, update.effective_user
        if update.inline_query or update.channel_post or update.edited_channel_post:
            return SILENCE
        if update.callback_query is not None:
            return await self._private(update, update.callback_query.from_user, store, now)
        if message is None or user is None or user.is_bot:
            return SILENCE  # a channel, an anonymous admin, another bot, a kind that we did not ask for
        if message.chat.type != Chat.PRIVATE:
            return SILENCE if update.edited_message else await self.in_group(store, message, now)
        if update.edited_message is not None and not message.text:
            return SILENCE
        return await self._private(update, user, store, now)

    async def _private(self, update: Update, user: User, store: AsyncConnection, now: datetime) -> Reply:
        person = await self._person(store, user, now)
        turn = self._turn(update, user, person, store, now)
        reply = await self.routes.answer(turn)
        if person is not None:
            return reply
        still_stranger = await people.by_hash(store, self.vault.hashes(str(user.id))) is None
        return self._remembering(reply, turn) if still_stranger else reply

    async def _person(self, store: AsyncConnection, user: User, now: datetime) -> Person | None:
        person = await people.by_hash(store, self.vault.hashes(str(user.id)))
        if person is None:
            return None
        if user.id in self.admin_ids and not person.holds(Role.ADMIN):
            await staff.add(store, person.id, Role.ADMIN, now=now)
            person = await people.by_id(store, person.id)
        if person is not None and person.blocked_at is not None:
            await people.change(store, person.id, blocked_at=None)  # whoever writes can be written to
        return person

    def _turn(
        self, update: Update, user: User, person: Person | None, store: AsyncConnection, now: datetime
    ) -> Turn:
        query, message = update.callback_query, update.effective_message
        press = parse(query.data or "") if query else None
        if query and press is None:
            press = NOWHERE
        hint = self.strangers.hint(user.id, now=now)
        remembered = (person.locale if person else None) or (press.locale if press else None) or hint.locale
        guess = self.words.preselect(user.language_code) or self.words.choices[0][0]
        command, words = _command(message) if query is None else (None, "")
        return Turn(
            update_id=update.update_id,
            now=now,
            store=store,
            t=self.words[remembered if remembered and remembered in self.words else guess],
            telegram_id=user.id,
            person=person,
            link=(press.link if press else None) or hint.link,
            chosen=remembered in self.words,
            press=press,
            command=command,
            words=words,
            asked=_asked(query.message if query else None),
            sent=(effective_message_type(message) or "") if message and query is None else "",
            location=_location(message) if query is None else None,
            edited=update.edited_message is not None,
        )

    def _remembering(self, reply: Reply, turn: Turn) -> Reply:
        """Let a stranger's buttons remember the language and the link: the store may not."""
        hint = self.strangers.hint(turn.telegram_id, now=turn.now)
        locale, link = hint.locale or (turn.t.code if turn.chosen else None), hint.link or turn.link
        if locale is None and link is None:
            return reply
        steps = tuple(_with_memory(step, locale or turn.t.code, link) for step in reply.steps)
        return Reply(steps, reply.toast, reply.alert)

    async def _membership(self, update: Update, store: AsyncConnection, now: datetime) -> Reply:
        change = update.my_chat_member
        if change is None or change.chat.type != Chat.PRIVATE:
            return SILENCE
        person = await people.by_hash(store, self.vault.hashes(str(change.from_user.id)))
        if person is None:
            return SILENCE
        blocked = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
        await people.change(store, person.id, blocked_at=now if blocked else None)
        await outcomes.append(
            store,
            Kind.BLOCKED if blocked else Kind.RETURNED,
            now=now,
            role=Actor.PERSON,
            update_id=update.update_id,
            locale=person.locale,
            link_id=person.link_id,
        )
        return SILENCE


NOWHERE = Press(Verb.NOTHING)  # what an unreadable button wishes for: the present screen


def _command(message: Message | None) -> tuple[str | None, str]:
    """Return a message's command and what follows it, or no command and the text."""
    text = (message.text or "").strip() if message else ""
    if not text.startswith("/"):
        return None, text
    first, _, rest = text[1:].partition(" ")
    return first.partition("@")[0].lower(), rest.strip()


def _asked(pressed: object) -> str:
    """Return the text of the person's own message that the pressed screen replied to."""
    answered = pressed.reply_to_message if isinstance(pressed, Message) else None
    return (answered.text or "") if answered and answered.from_user and not answered.from_user.is_bot else ""


def _location(message: Message | None) -> tuple[float, float] | None:
    place = message.location or (message.venue.location if message.venue else None) if message else None
    return (place.latitude, place.longitude) if place else None


def _with_memory(step: Step, locale: str, link: str | None) -> Step:
    rows = tuple(tuple(_key_with_memory(item, locale, link) for item in row) for row in step.rows)
    return replace(step, rows=rows)


def _key_with_memory(item: Key, locale: str, link: str | None) -> Key:
    if item.data is None or "~" in item.data:
        return item
    return replace(item, data=remember(item.data, locale, link))
