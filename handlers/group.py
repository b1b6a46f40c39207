"""Keep silent in groups, where everybody reads along, except when somebody calls the bot by name.

Then it says one neutral line in each language, since nobody chose one there, and shows the way to the private
chat.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Message, MessageEntity

from care.outcomes import Kind
from care.roles import Actor
from handlers.screens import SILENCE, Key, Reply, screen
from locales.catalogue import Html, Words
from storage import outcomes

_CALLS = (MessageEntity.BOT_COMMAND, MessageEntity.MENTION)


@dataclass(frozen=True, kw_only=True)
class Group:
    """What is said in groups."""

    words: Words
    username: str  # of the bot, without the @

    async def show(self, store: AsyncConnection, message: Message, now: datetime) -> Reply:
        """Invite whoever called the bot to the private chat; not channels, anonymous admins and bots."""
        sender = message.from_user
        if sender is None or sender.is_bot or message.sender_chat is not None or message.via_bot is not None:
            return SILENCE
        if not self._is_called(message):
            return SILENCE
        await outcomes.append(store, Kind.GROUP_INVITED, now=now, role=Actor.PERSON)
        codes = [code for code in self.words if code != "en"] or ["en"]
        lines = [
            self.words[code]("Write to me in a private chat: there nobody else reads it.") for code in codes
        ]
        return screen(Html("\n".join(lines)), [[Key("➡️ Hamroh", url=f"https://t.me/{self.username}")]])

    def _is_called(self, message: Message) -> bool:
        """Return whether a command or a mention carries the bot's own name."""
        called = message.parse_entities(list(_CALLS)) | message.parse_caption_entities(list(_CALLS))
        return any(text.rpartition("@")[2].lower() == self.username.lower() for text in called.values())
