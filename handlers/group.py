"""Keep silent in groups, where everybody reads along, except when somebody calls the bot or answers it.

Then it says what it says to anybody, in the language of the question, and shows the way to the private chat;
nothing about a person is looked up. Without a question that is clear it says one neutral line, in each
language unless the question's is known. Where the bot is a guest, only mentions reach it.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from care.danger import DangerRule
from care.outcomes import Kind
from care.roles import Actor
from care.search import Search
from care.topics import TOPICS
from care.topics import Kind as TopicKind
from handlers import emergency
from handlers.elsewhere import general, private_key
from handlers.incoming import Incoming, What
from handlers.screens import SILENCE, Key, Reply, screen
from locales.catalogue import N_, Html, Locale, Words
from storage import outcomes

INVITATION = N_("Write to me in a private chat: there nobody else reads it.")


@dataclass(frozen=True, kw_only=True)
class Group:
    """What is said in groups."""

    words: Words
    search: Search
    danger: DangerRule
    username: str  # of the bot, without the @

    async def show(self, store: AsyncConnection, message: Incoming, now: datetime) -> Reply:
        """Answer whoever called the bot by its name or answered it, and invite them to the private chat."""
        if not self._is_called(message):
            return SILENCE
        question = self._question(message)
        if self.danger(question) is not None:
            return await self._danger(store, message, question, now)
        finding = self.search.ask(question)
        best = finding.topics[0].topic if finding.confident and finding.topics else None
        if best is None or TOPICS[best].kind is TopicKind.ACTION:
            return await self._invite(store, message, now)
        if best == emergency.TOPIC:
            return await self._danger(store, message, question, now)
        t = self._language(finding.language, message, question)
        return await self._answer(store, message, now, t, best) or await self._invite(store, message, now)

    async def _answer(
        self, store: AsyncConnection, message: Incoming, now: datetime, t: Locale, topic: str
    ) -> Reply | None:
        text = await general(store, t, topic)
        if text is None:
            return None
        await self._record(store, Kind.GROUP_ANSWERED, message, now, detail=topic, locale=t.code)
        return screen(Html(f"{text}\n\n{t(INVITATION)}"), [[private_key(t, self.username, topic=topic)]])

    async def _danger(self, store: AsyncConnection, message: Incoming, question: str, now: datetime) -> Reply:
        """Say whom to call, in the language of the question, and nothing else."""
        t = self._language(self.search.ask(question).language, message, question)
        text = await general(store, t, emergency.TOPIC) or f"🚨 {t(emergency.CALL)}"
        await self._record(store, Kind.GROUP_ANSWERED, message, now, detail=emergency.TOPIC, locale=t.code)
        return screen(Html(text), [[private_key(t, self.username, topic=emergency.TOPIC)]])

    async def _invite(self, store: AsyncConnection, message: Incoming, now: datetime) -> Reply:
        await self._record(store, Kind.GROUP_INVITED, message, now)
        codes = [code for code in self.words if code != "en"] or ["en"]
        lines = [self.words[code](INVITATION) for code in codes]
        return screen(Html("\n".join(lines)), [[Key("➡️ Hamroh", url=f"https://t.me/{self.username}")]])

    async def _record(
        self,
        store: AsyncConnection,
        kind: Kind,
        message: Incoming,
        now: datetime,
        *,
        detail: str | None = None,
        locale: str | None = None,
    ) -> None:
        await outcomes.append(
            store,
            kind,
            now=now,
            role=Actor.PERSON,
            update_id=message.update_id,
            detail=detail,
            locale=locale,
        )

    def _language(self, found: str | None, message: Incoming, question: str) -> Locale:
        """Return the language of the question, else the one of the sender's phone; never a chosen one."""
        asked = self.words.written_in(found, question) if found else ""
        guess = self.words.preselect(message.language_code) or self.words.choices[0][0]
        return self.words[asked or guess]

    def _question(self, message: Incoming) -> str:
        """Return what was said to the bot, without its name and the command."""
        name = re.escape(self.username)
        return re.sub(rf"(/\w+)?@{name}\b", " ", message.text, flags=re.IGNORECASE).strip(" ,:;—-\n")

    def _is_called(self, message: Incoming) -> bool:
        """Return whether a command or a mention carries the bot's own name, or its message was answered."""
        own = self.username.lower()
        if message.what is What.GUEST or message.answered_to.lower() == own:
            return bool(message.text) or message.what is What.GUEST
        return any(text.rpartition("@")[2].lower() == own for text in message.called)
