"""Open the store and the vault together: a database is of no use without its keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from bot.settings import Settings
from storage import files, keys, sealed
from storage.engine import Database, StoreFault, open_database
from storage.migrate import migrate, state
from storage.vault import Vault, VaultFault


@dataclass(frozen=True, slots=True)
class Store:
    """The store and what opens its sealed columns."""

    database: Database
    vault: Vault


async def open_store(settings: Settings) -> Store:
    """Open the store that the settings name, ready for work; close its database at the end.

    A SQLite file is made when there was none, brought to the newest schema, and gets keys of its own when the
    settings have none. On PostgreSQL the operator does all three. Raises StoreFault with one sentence when
    something is wrong: a missing folder, a locked, read-only or damaged file, a newer schema, missing keys.
    """
    if settings.sqlite_file is None:
        found = await state(settings.database_url)
        if not found.is_ready:
            raise StoreFault(
                f"the database has the schema {found.current or 'of nothing'} and this program needs "
                f"{found.needed}: run `hamroh migrate`"
            )
    else:
        await migrate(settings.database_url)
    database = open_database(settings.database_url)
    try:
        return Store(database, await _vault(settings, database))
    except BaseException:
        await database.close()
        raise


async def _vault(settings: Settings, database: Database) -> Vault:
    samples = await _samples(database)
    vault = Vault(settings.secret_keys or _kept_keys(database, needed=bool(samples)))
    for content in samples:
        try:
            vault.open(content)
        except VaultFault:
            raise StoreFault(
                "the keys do not fit the database: put the keys it was written with into HAMROH_SECRET_KEYS, "
                "behind the new one, or restore the key file from your backup"
            ) from None
    return vault


def _kept_keys(database: Database, *, needed: bool) -> Sequence[str]:
    """Return the keys beside the SQLite file; make them when nothing in the database is sealed yet."""
    file = files.key_file(database.file) if database.file else None
    if file is None:
        raise StoreFault("HAMROH_SECRET_KEYS is missing: make a key with `hamroh key`, and keep it")
    found = keys.read(file)
    if found or not needed:
        return found or keys.make(file)
    raise StoreFault(
        f"the keys of the database are missing: restore {file} from your backup, or set HAMROH_SECRET_KEYS; "
        "without them nobody in the database can be reached"
    )


async def _samples(database: Database) -> list[bytes]:
    """Return samples of what the keys must open."""
    try:
        return await sealed.samples(database)
    except DBAPIError as error:
        raise StoreFault(
            f"the database cannot be read ({type(error.orig).__name__}): look at the disk or the server, "
            "or restore the database from your backup"
        ) from error
