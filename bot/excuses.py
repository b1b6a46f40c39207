"""Say sorry: when an update was given up, or when more came from one person than can be answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from handlers.buttons import Verb
from handlers.incoming import Incoming
from handlers.screens import Reply, key, screen
from handlers.strangers import Strangers
from locales.catalogue import N_, Html, Words
from storage import people
from storage.engine import Database
from storage.vault import Vault

APOLOGY = N_("Something went wrong on our side. Please try again in a minute.")
SLOW_DOWN = N_("That was too much at once. I answer your last messages.")


@dataclass(frozen=True, kw_only=True)
class Excuses:
    """What a person sees instead of an answer, in their own language."""

    database: Database
    vault: Vault
    words: Words
    strangers: Strangers
    now: Callable[[], datetime]

    async def apologise(self, update: Incoming) -> Reply:
        """Say that it was our fault."""
        return await self._say(update, APOLOGY)

    async def slow_down(self, update: Incoming) -> Reply:
        """Say that not everything will be answered."""
        return await self._say(update, SLOW_DOWN)

    async def _say(self, update: Incoming, message: str) -> Reply:
        """Return one sentence: in the language chosen, or else a line in each."""
        locale = await self._locale(update.sender_id) if update.sender_id is not None else None
        if locale is None or locale not in self.words:
            return screen(Html("\n".join(self.words[code](message) for code in self.words if code != "en")))
        t = self.words[locale]
        return screen(t(message), [[key(t.label("🏠 Home"), Verb.HOME)]])

    async def _locale(self, telegram_id: int) -> str | None:
        async with self.database.reading() as store:
            person = await people.by_hash(store, self.vault.hashes(str(telegram_id)))
        return person.locale if person else self.strangers.hint(telegram_id, now=self.now()).locale
