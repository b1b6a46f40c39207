"""See whether somebody changed the audit log: every night, and in `hamroh check`.

The chain finds what was changed, put in, cut out or put elsewhere, but not that its end was cut off: for that
the newest row's number and mark are written outside the database, into the program's log every night.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settings import Settings
from care.audit import Anchor, anchor_in, anchor_of
from storage import audit, due, files, keys
from storage.engine import Database, StoreFault, open_database
from storage.vault import Vault

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of the log."""

    broken: int | None  # the first row that does not fit
    newest: Anchor | None  # None: the log is empty


async def look(connection: AsyncConnection, vault: Vault) -> Seen:
    """Go through the whole log."""
    rows = await audit.newest(connection, most=1)
    return Seen(await audit.first_broken(connection, vault), anchor_of(rows[0]) if rows else None)


async def look_at_night(database: Database, vault: Vault, *, now: datetime) -> None:
    """Write the anchor into the program's log; tell coordinators and administrators of a broken chain."""
    async with database.reading() as connection:
        seen = await look(connection, vault)
    if seen.broken is not None:
        log.error("audit log changed by somebody", row=seen.broken)
        async with database.writing() as connection:
            await due.tell_overseers_of_a_changed_log(connection, now=now)
    elif seen.newest is not None:
        log.info("audit log whole", row=seen.newest.row, mark=seen.newest.mark)


async def judged(settings: Settings, anchor: str | None) -> tuple[Sequence[str], Sequence[str]]:
    """Return the faults and the notes of the log, a sentence each; the database has the newest schema.

    `anchor` is what the operator wrote down earlier, if they give it.
    """
    known = anchor_in(anchor) if anchor else None
    if anchor and known is None:
        return [f'"{anchor}" is no anchor: it looks like 12:abcdefghijklmnop'], []
    vault = _vault(settings, settings.sqlite_file)
    if vault is None:
        return [], []
    database = open_database(settings.database_url)
    try:
        async with database.reading() as connection:
            seen = await look(connection, vault)
            cut = known is not None and not await audit.holds(connection, known)
    finally:
        await database.close()
    faults = []
    if seen.broken is not None:
        faults.append(
            f"somebody changed the audit log: row {seen.broken} does not fit the one before it; keep a copy "
            "of the database, and compare it with your backups"
        )
    if known is not None and cut:
        faults.append(
            f"the audit log does not hold row {known.row} as it was written down: its end was cut off or "
            "written anew; compare it with your backups"
        )
    if seen.newest is None or faults:
        return faults, []
    note = (
        f"the audit log is whole, up to row {seen.newest.row}; write this down outside, and compare it later "
        f"with `hamroh check --anchor {seen.newest}`"
    )
    return [], [note]


def _vault(settings: Settings, file: Path | None) -> Vault | None:
    """Return what seals the log, or None when there are no keys: that is a fault told elsewhere."""
    try:
        found = settings.secret_keys or (keys.read(files.key_file(file)) if file else ())
    except StoreFault:
        return None
    return Vault(found) if found else None
