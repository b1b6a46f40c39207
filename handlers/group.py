"""Keep silent in groups, where everybody reads along, except when somebody calls the bot by name.

Then it says one neutral line in each language, since nobody chose one there, and shows the way to the private
chat.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from care.outcomes import Kind
from care.roles import Actor
from handlers.incoming import Incoming
from handlers.screens import SILENCE, Key, Reply, screen
from locales.catalogue import N_, Html, Words
from storage import outcomes

INVITATION = N_("Write to me in a private chat: there nobody else reads it.")


@dataclass(frozen=True, kw_only=True)
class Group:
    """What is said in groups."""

    words: Words
    username: str  # of the bot, without the @

    async def show(self, store: AsyncConnection, message: Incoming, now: datetime) -> Reply:
        """Invite whoever called the bot by its name to the private chat."""
        if not self._is_called(message):
            return SILENCE
        await outcomes.append(store, Kind.GROUP_INVITED, now=now, role=Actor.PERSON)
        codes = [code for code in self.words if code != "en"] or ["en"]
        lines = [self.words[code](INVITATION) for code in codes]
        return screen(Html("\n".join(lines)), [[Key("➡️ Hamroh", url=f"https://t.me/{self.username}")]])

    def _is_called(self, message: Incoming) -> bool:
        """Return whether a command or a mention carries the bot's own name."""
        return any(text.rpartition("@")[2].lower() == self.username.lower() for text in message.called)
