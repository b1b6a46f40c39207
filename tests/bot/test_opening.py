import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.opening import Store, open_store
from bot.settings import Settings
from storage import files, keys, people
from storage.engine import StoreFault, open_database
from storage.migrate import migrate
from storage.schema import inbox, metadata
from storage.vault import Vault, new_key


def settings_for(file: Path, *secret_keys: str) -> Settings:
    return Settings(database_url=f"sqlite+aiosqlite:///{file}", secret_keys=secret_keys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hamroh.db"


async def remember_somebody(store: Store, now: object) -> None:
    async with store.database.writing() as connection:
        await people.add(
            connection,
            store.vault,
            5,
            locale="ru",
            consent_version="1",
            link_id=None,
            area_id=None,
            now=now,  # type: ignore[arg-type]
        )


async def test_a_first_start_makes_a_database_and_keys_for_its_owner_only(file):
    store = await open_store(settings_for(file))
    await store.database.close()

    for made in (file, files.key_file(file)):
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert {path.name for path in file.parent.iterdir()} == {"hamroh.db", "hamroh.db.key"}


async def test_a_second_start_opens_what_the_first_one_sealed(file, now):
    first = await open_store(settings_for(file))
    await remember_somebody(first, now)
    sealed = first.vault.seal(b"text")
    await first.database.close()

    second = await open_store(settings_for(file))
    await second.database.close()

    assert second.vault.open(sealed) == b"text"


async def test_keys_of_the_settings_are_used_and_none_are_made(file):
    key = new_key()
    store = await open_store(settings_for(file, key))
    await store.database.close()

    assert store.vault.open(Vault([key]).seal(b"text")) == b"text"
    assert not files.key_file(file).exists()


async def test_keys_that_vanished_are_not_made_anew_while_somebody_is_stored(file, now):
    store = await open_store(settings_for(file))
    await remember_somebody(store, now)
    await store.database.close()
    files.key_file(file).unlink()

    with pytest.raises(StoreFault, match="keys of the database are missing"):
        await open_store(settings_for(file))

    assert not files.key_file(file).exists()


async def test_keys_that_vanished_are_not_made_anew_while_an_update_waits(file, now):
    store = await open_store(settings_for(file))
    async with store.database.writing() as connection:
        payload = store.vault.seal(b"update")
        await connection.execute(insert(inbox).values(update_id=1, received_at=now, payload=payload))
    await store.database.close()
    files.key_file(file).unlink()

    with pytest.raises(StoreFault, match="keys of the database are missing"):
        await open_store(settings_for(file))


async def test_a_database_that_vanished_is_not_made_anew_beside_its_keys(file):
    assert await opened_after_it_vanished(file) == (False, False)


async def opened_after_it_vanished(file: Path) -> tuple[bool, bool]:
    """Take the database away from its keys; return whether it opens, and whether a file is there."""
    store = await open_store(settings_for(file))
    await store.database.close()
    file.unlink()
    try:
        store = await open_store(settings_for(file))
    except StoreFault as fault:
        return "restore the database" not in str(fault), file.exists()
    await store.database.close()
    return True, file.exists()


async def test_whoever_does_not_look_for_traces_begins_with_an_empty_database(file, monkeypatch):
    """The negative control: that the file is missing is all that is asked."""
    monkeypatch.setattr(files, "exists", Path.exists)

    assert await opened_after_it_vanished(file) == (True, True)


async def test_other_keys_are_refused(file, now):
    store = await open_store(settings_for(file))
    await remember_somebody(store, now)
    await store.database.close()

    with pytest.raises(StoreFault, match="keys do not fit"):
        await open_store(settings_for(file, new_key()))


async def test_a_new_key_before_the_old_one_is_accepted(file, now):
    old = new_key()
    store = await open_store(settings_for(file, old))
    await remember_somebody(store, now)
    await store.database.close()

    store = await open_store(settings_for(file, new_key(), old))
    await store.database.close()


@pytest.mark.parametrize("content", ["", "nonsense\n", "ключ\n"])
async def test_damaged_keys_are_refused_and_kept(file, content):
    store = await open_store(settings_for(file))
    await store.database.close()
    files.key_file(file).write_text(content)

    with pytest.raises(StoreFault, match="are damaged"):
        await open_store(settings_for(file))

    assert files.key_file(file).read_text() == content


async def test_only_postgresql_asks_the_operator_to_migrate(any_url):
    database = open_database(any_url)
    async with database.writing() as connection:
        cascade = "" if database.is_sqlite else " CASCADE"
        for table in reversed(metadata.sorted_tables):
            await connection.execute(text(f"DROP TABLE {table.name}{cascade}"))
        await connection.execute(text("DELETE FROM alembic_version"))
    await database.close()
    settings = Settings(database_url=any_url, secret_keys=(new_key(),))

    if any_url.startswith("postgresql"):
        with pytest.raises(StoreFault, match="run `hamroh migrate`"):
            await open_store(settings)
        await migrate(any_url)

    store = await open_store(settings)
    await store.database.close()


def test_two_programs_that_make_keys_get_the_same(tmp_path):
    file = tmp_path / "hamroh.db.key"

    assert keys.make(file) == keys.make(file) == keys.read(file)
    assert [path.name for path in tmp_path.iterdir()] == ["hamroh.db.key"]


def test_keys_that_others_can_read_are_noticed(tmp_path):
    file = tmp_path / "hamroh.db.key"
    keys.make(file)
    assert keys.is_private(file)

    file.chmod(0o644)

    assert not keys.is_private(file)


async def test_a_copy_of_database_and_keys_opens_elsewhere(file, tmp_path, now):
    store = await open_store(settings_for(file))
    await remember_somebody(store, now)
    await store.database.close()
    other = tmp_path / "elsewhere"
    other.mkdir()
    for one in (file, files.key_file(file)):
        shutil.copy(one, other / one.name)

    store = await open_store(settings_for(other / file.name))
    await store.database.close()
