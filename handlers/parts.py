"""Name what conversations are made of."""

from dataclasses import dataclass, field

from handlers.strangers import Strangers
from locales.catalogue import Words
from locales.recordings import Recordings
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What conversations are made of."""

    words: Words
    vault: Vault
    strangers: Strangers
    zone: str  # IANA name, where a place names none
    username: str  # of the bot, without the @
    admin_ids: frozenset[int] = frozenset()  # Telegram ids: admins of the settings
    recordings: Recordings = field(default_factory=Recordings)
