"""Bring a message that is due into a staff group, as what a person causes is brought there."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.delivery import Courier, Destination
from bot.relaying import Relaying, apart
from handlers.screens import Reply
from storage.engine import Database
from storage.vault import Vault


class Tools(Protocol):
    """What is needed of `bot.due.Tools`."""

    @property
    def database(self) -> Database:
        """The store."""

    @property
    def vault(self) -> Vault:
        """Opens and hashes what is in it."""

    @property
    def courier(self) -> Courier:
        """Makes the calls."""

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock."""


class _Rows:
    """Remember nothing: that a message is leaving stands in its row."""

    def begin(self, update_id: int) -> None:
        """Note nothing."""

    def end(self, update_id: int) -> None:
        """Note nothing."""


async def passed_into_group(tools: Tools, reply: Reply, to: Destination, *, before: bool) -> bool:
    """Bring what belongs into a group there; False where all of it is for the reader.

    `before`: a former try may have brought it. Then it is not brought again: a second topic is worse than one
    that the person's first words make.
    """
    others = apart(reply)[1]
    if not others:
        return False
    relaying = Relaying(
        database=tools.database,
        vault=tools.vault,
        courier=tools.courier,
        sendings=_Rows(),
        now=tools.now,
    )
    await relaying.pass_on(0, others, own_chat=to.chat_id, before=before)
    return True
