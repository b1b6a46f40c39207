"""Say what is still to be done of what a former life left: nobody gets a third copy of a reply.

A reply that had begun to leave counts as one copy more. What it brings into other chats has a mark of its
own: once that had begun it is never sent again, and who wrote hears so. Such a reply stays open, without its
own part, until all of it was brought or told.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.relaying import apart
from bot.sendings import Sendings, to_others
from handlers.screens import from_json
from storage import updates
from storage.engine import Database
from storage.updates import MOST_SENDS, Open
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Left:
    """A row that is still to be done."""

    row: Open
    own: bool = True  # who wrote may get (another) copy of what they are shown
    passed: bool = False  # what goes into other chats may have arrived there


async def take_over(
    database: Database, vault: Vault, sendings: Sendings, rows: Sequence[Open], *, now: datetime
) -> list[Left]:
    """Return what is still to be done of `rows`, and count what a former life had begun to send."""
    begun = sendings.former
    answered = [row for row in rows if row.reply is not None]
    tried = {row.update_id for row in answered if begun is None or row.update_id in begun}
    passed = {row.update_id for row in answered if begun is None or to_others(row.update_id) in begun}
    sends = {row.update_id: row.sends + (row.update_id in tried) for row in answered}
    last = {row.update_id for row in answered if sends[row.update_id] >= _most(row, sends, vault)}
    async with database.writing() as store:
        if tried:
            await updates.sent_before(store, sorted(tried))
        if last:
            await updates.done(store, sorted(last), now=now)
    sendings.forget_former(keep={to_others(update_id) for update_id in passed - last})
    return [
        Left(row, own=sends.get(row.update_id, 0) < MOST_SENDS, passed=row.update_id in passed)
        for row in rows
        if row.update_id not in last
    ]


def _most(row: Open, sends: dict[int, int], vault: Vault) -> int:
    """Return at how many copies a reply is done: one more where its own part is not all that is left."""
    if sends[row.update_id] < MOST_SENDS:
        return MOST_SENDS
    own, others = apart(from_json(json.loads(vault.open(row.reply or b""))["reply"]))
    return MOST_SENDS + bool(others and own.steps)
