"""The audit log: whatever is changed, cut, put in or put elsewhere is found."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care.audit import Act, Anchor, Deed, Row, anchor_in, anchor_of, sealed_text
from care.roles import Actor, Role
from storage import audit, people, staff
from storage.engine import Database, open_database
from storage.schema import audit as table
from storage.vault import Vault, new_key

POSTGRES = os.environ.get("HAMROH_TEST_POSTGRES")
ROWS = 7


def deed(number: int = 0) -> Deed:
    return Deed(
        act=Act.MOVED,
        role=Actor.COORDINATOR,
        about="staff",
        actor_id=11,
        about_id=100 + number,
        detail=str(number),
    )


async def write(database: Database, vault: Vault, now: datetime, *, rows: int = ROWS) -> None:
    for number in range(rows):
        async with database.writing() as store:
            await audit.append(store, vault, deed(number), now=now + timedelta(minutes=number))


async def broken(database: Database, vault: Vault) -> int | None:
    async with database.reading() as store:
        return await audit.first_broken(store, vault)


async def newest(database: Database) -> Row:
    async with database.reading() as store:
        return (await audit.newest(store, most=1))[0]


async def change_detail(store: AsyncConnection) -> None:
    await store.execute(update(table).where(table.c.id == 3).values(detail="9"))


async def change_actor(store: AsyncConnection) -> None:
    await store.execute(update(table).where(table.c.id == 3).values(actor_id=None))


async def change_time(store: AsyncConnection) -> None:
    at = (await store.execute(select(table.c.at).where(table.c.id == 3))).scalar_one()
    await store.execute(update(table).where(table.c.id == 3).values(at=at + timedelta(microseconds=1)))


async def cut_middle(store: AsyncConnection) -> None:
    await store.execute(delete(table).where(table.c.id == 3))


async def cut_and_close_the_gap(store: AsyncConnection) -> None:
    await store.execute(delete(table).where(table.c.id == 3))
    for number in range(4, ROWS + 1):
        await store.execute(update(table).where(table.c.id == number).values(id=number - 1))


async def cut_beginning(store: AsyncConnection) -> None:
    await store.execute(delete(table).where(table.c.id < 3))


async def reorder(store: AsyncConnection) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        await store.execute(update(table).where(table.c.id == old).values(id=new))


async def insert_between(store: AsyncConnection) -> None:
    for number in range(ROWS, 2, -1):
        await store.execute(update(table).where(table.c.id == number).values(id=number + 1))
    await copy(store, 2, 3)


async def insert_at_the_end(store: AsyncConnection) -> None:
    await copy(store, ROWS, ROWS + 1)


async def copy(store: AsyncConnection, number: int, to: int) -> None:
    row = (await store.execute(select(table).where(table.c.id == number))).mappings().one()
    await store.execute(insert(table).values(**{**row, "id": to}))


Change = Callable[[AsyncConnection], Awaitable[None]]
CHANGES: list[tuple[Change, int]] = [
    (change_detail, 3),
    (change_actor, 3),
    (change_time, 3),
    (cut_middle, 3),
    (cut_and_close_the_gap, 3),
    (cut_beginning, 1),
    (reorder, 3),
    (insert_between, 3),
    (insert_at_the_end, ROWS + 1),
]
IDS = [change.__name__ for change, _ in CHANGES]


async def test_a_log_that_nobody_touched_is_whole(any_database: Database, vault: Vault, now: datetime):
    await write(any_database, vault, now)

    assert await broken(any_database, vault) is None
    assert (await newest(any_database)).about_id == 100 + ROWS - 1


@pytest.mark.parametrize(("change", "first"), CHANGES, ids=IDS)
async def test_whatever_is_changed_cut_put_in_or_elsewhere_is_found(
    any_database: Database, vault: Vault, now: datetime, change: Change, first: int
):
    await write(any_database, vault, now)

    async with any_database.writing() as store:
        await change(store)

    assert await broken(any_database, vault) == first


@pytest.mark.parametrize(("change", "first"), CHANGES, ids=IDS)
async def test_without_the_seal_only_gaps_are_found(
    database: Database,
    vault: Vault,
    now: datetime,
    change: Change,
    first: int,
    monkeypatch: pytest.MonkeyPatch,
):
    """The negative control: a row's seal says nothing of the row."""
    monkeypatch.setattr(audit, "sealed_text", lambda *_: "audit")
    await write(database, vault, now)

    async with database.writing() as store:
        await change(store)

    gaps = {cut_middle, cut_beginning}
    assert await broken(database, vault) == (first if change in gaps else None)


async def test_without_the_chain_a_closed_gap_stays_unseen(
    database: Database, vault: Vault, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    """The negative control: each row is sealed by itself, without its number and the row before."""
    monkeypatch.setattr(audit, "sealed_text", lambda row, _: f"{row.at}{row.about_id}{row.detail}")
    await write(database, vault, now)

    async with database.writing() as store:
        await cut_and_close_the_gap(store)

    assert await broken(database, vault) is None


@pytest.mark.parametrize(("since", "found"), [(-5, 3), (1, 3), (3, 3), (4, None), (5, None), (99, None)])
async def test_from_a_row_on_only_what_comes_after_is_looked_at(
    any_database: Database, vault: Vault, now: datetime, since: int, found: int | None
):
    await write(any_database, vault, now)
    async with any_database.writing() as store:
        await change_detail(store)
        assert await audit.first_broken(store, vault, since=since) == found


async def test_a_long_log_is_read_in_parts(
    any_database: Database, vault: Vault, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    await write(any_database, vault, now)
    assert await broken(any_database, vault) is None

    async with any_database.writing() as store:
        await cut_middle(store)

    assert await broken(any_database, vault) == 3


async def test_a_cut_end_is_found_by_an_anchor_kept_outside_and_only_by_it(
    any_database: Database, vault: Vault, now: datetime
):
    await write(any_database, vault, now)
    anchor = anchor_in(str(anchor_of(await newest(any_database))))
    assert anchor is not None
    await write(any_database, vault, now, rows=2)
    async with any_database.reading() as store:
        assert await audit.holds(store, anchor)

    async with any_database.writing() as store:
        await store.execute(delete(table).where(table.c.id >= ROWS))

    assert await broken(any_database, vault) is None
    async with any_database.reading() as store:
        assert not await audit.holds(store, anchor)


async def test_an_end_that_was_cut_and_written_anew_does_not_fit_the_anchor(
    any_database: Database, vault: Vault, now: datetime
):
    await write(any_database, vault, now)
    anchor = anchor_of(await newest(any_database))
    async with any_database.writing() as store:
        await store.execute(delete(table).where(table.c.id == ROWS))
    await write(any_database, vault, now, rows=1)

    assert await broken(any_database, vault) is None
    async with any_database.reading() as store:
        assert not await audit.holds(store, anchor)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1",
        "1:",
        "1:xyz",
        "-1:abcdefghijklmnop",
        "1:abcdefghijklmnoq",
        "1:abcdefghijklmno",
        "١:abcdefghijklmnop",
    ],
)
def test_what_is_no_anchor_is_not_taken_for_one(typed: str):
    assert anchor_in(typed) is None


def test_an_anchor_is_read_as_it_was_written_down():
    assert anchor_in(" 12:ABCDEFGHIJKLMNOP\n") == Anchor(12, "abcdefghijklmnop")


async def test_a_new_key_breaks_nothing_and_a_foreign_one_everything(any_database: Database, now: datetime):
    old, new = new_key(), new_key()
    await write(any_database, Vault([old]), now)
    rotated = Vault([new, old])
    await write(any_database, rotated, now, rows=2)

    assert await broken(any_database, rotated) is None
    assert await broken(any_database, Vault([new])) == 1


async def test_rows_that_are_written_at_once_make_one_chain(
    any_database: Database, vault: Vault, now: datetime
):
    await asyncio.gather(*(write(any_database, vault, now, rows=3) for _ in range(8)))

    assert await broken(any_database, vault) is None
    assert (await newest(any_database)).id == 24


@pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer")
@pytest.mark.parametrize("guard", [True, False])
async def test_of_two_writers_on_postgresql_one_waits_for_the_other(
    request: pytest.FixtureRequest,
    vault: Vault,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    guard: bool,
):
    """With the guard off, the negative control, both take the same number and one of them fails."""
    database = open_database(request.getfixturevalue("postgres_url"))
    if not guard:
        monkeypatch.setattr(audit, "_LOCK_NOW", text("SELECT CAST(:lock AS BIGINT)"))
    async with database.writing() as store:
        await audit.append(store, vault, deed(), now=now)
        second = asyncio.create_task(write(database, vault, now, rows=1))
        while not await waiting(database):
            await asyncio.sleep(0)

    if guard:
        await second
        assert await broken(database, vault) is None
        assert (await newest(database)).id == 2
    else:
        with pytest.raises(IntegrityError):
            await second
    await database.close()


async def waiting(database: Database) -> bool:
    """Return whether somebody waits for a lock in this database."""
    blocked = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with database.reading() as store:
        return bool((await store.execute(text(blocked))).scalar_one())


async def test_what_was_not_committed_leaves_no_gap(any_database: Database, vault: Vault, now: datetime):
    async def fails() -> None:
        async with any_database.writing() as store:
            await audit.append(store, vault, deed(), now=now)
            raise ZeroDivisionError

    await write(any_database, vault, now, rows=2)
    with pytest.raises(ZeroDivisionError):
        await fails()
    await write(any_database, vault, now, rows=1)

    assert await broken(any_database, vault) is None


async def test_the_log_outlives_who_is_in_it_and_does_not_know_them(
    any_database: Database, vault: Vault, now: datetime
):
    async with any_database.writing() as store:
        person = await people.add(
            store, vault, 77_123_456, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
        )
        staff_id = await staff.add(store, person.id, Role.COORDINATOR, now=now)
        done = Deed(act=Act.JOINED, role=Actor.COORDINATOR, about="staff", actor_id=staff_id)
        await audit.append(store, vault, done, now=now)
    async with any_database.writing() as store:
        await people.forget(store, person, vault.hashes("77123456"), now=now)

    row = await newest(any_database)

    assert row.actor_id == staff_id
    assert str(person.id) not in str(row)
    assert "77123456" not in str(row)
    assert await broken(any_database, vault) is None


async def test_pages_go_back_in_time_and_an_organisation_sees_its_own(
    any_database: Database, vault: Vault, now: datetime
):
    async with any_database.writing() as store:
        await store.execute(text("INSERT INTO organisations (id, code, names) VALUES (5, 'lamp', '{}')"))
        person = await people.add(
            store, vault, 5, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
        )
        own = await staff.add(store, person.id, Role.WORKER, now=now, organisation_id=5)
        for number, (actor, about) in enumerate([(1, 2), (own, 2), (1, own), (1, 3)]):
            done = Deed(act=Act.PAUSED, role=Actor.ADMIN, about="staff", actor_id=actor, about_id=about)
            await audit.append(store, vault, done, now=now + timedelta(minutes=number))

    async with any_database.reading() as store:
        assert [row.id for row in await audit.newest(store, most=2)] == [4, 3]
        assert [row.id for row in await audit.newest(store, most=2, before=3)] == [2, 1]
        assert [row.id for row in await audit.newest(store, most=9, organisation_id=5)] == [3, 2]


_WORD = st.none() | st.text(max_size=5)
_ROWS = st.builds(
    Row,
    id=st.integers(1, 99),
    at=st.just(datetime.fromisoformat("2026-11-21T04:30:00+00:00")),
    act=st.text(max_size=5),
    role=st.text(max_size=5),
    about=st.text(max_size=5),
    actor_id=st.none() | st.integers(1, 99),
    about_id=st.none() | st.integers(1, 99),
    detail=_WORD,
)


@given(one=_ROWS, other=_ROWS)
def test_two_rows_that_differ_are_never_sealed_alike(one: Row, other: Row):
    assert (sealed_text(one, b"") == sealed_text(other, b"")) is (one == other)
