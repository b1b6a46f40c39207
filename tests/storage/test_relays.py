"""Talks in the store: one a person, moved, taken once, rated once, and let go; of what is said only ids."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from care.relay import ASLEEP, KEPT_AFTER, LEFT, Side, Tag
from care.roles import Actor, Role
from storage import erasing, people, relay_copies, relay_groups, relay_messages, relay_tasks, relays, staff
from storage.engine import Database
from storage.relays import Relay
from storage.schema import due, organisations
from storage.schema import relay_messages as messages_table
from storage.schema import relays as relays_table
from storage.schema import staff as staff_table
from storage.schema import tasks as tasks_table
from storage.vault import Vault, new_key

NOON = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()])


async def person(store: Any, vault: Vault, telegram_id: int) -> int:
    given = {"locale": "en", "consent_version": "1", "link_id": None, "area_id": None}
    return (await people.add(store, vault, telegram_id, now=NOON, **given)).id


async def worker(store: Any, vault: Vault, telegram_id: int) -> int:
    return await staff.add(store, await person(store, vault, telegram_id), Role.WORKER, now=NOON)


async def begun(store: Any, person_id: int, staff_id: int | None, **values: Any) -> Relay:
    promised_at = NOON + timedelta(hours=2)
    given = {"person_id": person_id, "staff_id": staff_id, "promised_at": promised_at, "now": NOON}
    return await relays.begin(store, **{**given, **values})


async def count(store: Any, table: Any) -> int:
    return int((await store.execute(select(func.count()).select_from(table))).scalar_one())


async def test_a_person_has_one_talk_at_a_time(any_database: Database, vault: Vault) -> None:
    async with any_database.writing() as store:
        somebody = await person(store, vault, 1)
        first = await begun(store, somebody, None)
        with pytest.raises(IntegrityError):
            async with store.begin_nested():
                await begun(store, somebody, None)
        assert await relays.close(store, first.id, Actor.PERSON, now=NOON)
        assert not await relays.close(store, first.id, Actor.PERSON, now=NOON)
        second = await begun(store, somebody, None)

        assert await relays.open_of(store, somebody) == second


async def test_messages_find_each_other_from_both_sides(any_database: Database, vault: Vault) -> None:
    async with any_database.writing() as store:
        somebody, staff_id = await person(store, vault, 1), await worker(store, vault, 2)
        relay = await begun(store, somebody, staff_id)
        row = await relay_messages.keep(store, relay.id, Side.PERSON, 10, now=NOON)
        assert await relay_messages.keep(store, relay.id, Side.PERSON, 10, now=NOON) == row
        assert await relay_messages.beyond(store, relay.id, Side.PERSON, 10) == 0  # not known to have arrived
        await relay_copies.arrived(store, row, 77, NOON)

        assert await relay_messages.beyond(store, relay.id, Side.PERSON, 10) == 77
        assert await relay_messages.beyond(store, relay.id, Side.STAFF, 77) == 10
        assert await relay_messages.beyond(store, relay.id, Side.STAFF, 10) == 0
        assert await relay_messages.relay_of(store, Side.STAFF, 77, among=[staff_id]) == relay.id
        assert await relay_messages.relay_of(store, Side.STAFF, 77, among=[staff_id + 1]) is None
        assert await relay_messages.relay_of(store, Side.PERSON, 10, among=[somebody]) == relay.id
        assert set(messages_table.c.keys()) == {"id", "relay_id", "side", "message_id", "copy_id", "at"}


async def test_moving_forgets_ids_of_the_other_chat_moves_tasks_and_tells_the_person(
    any_database: Database, vault: Vault
) -> None:
    async with any_database.writing() as store:
        somebody, staff_id = await person(store, vault, 1), await worker(store, vault, 2)
        colleague = await worker(store, vault, 3)
        relay = await begun(store, somebody, staff_id)
        await relay_tasks.begin(store, relay, now=NOON)
        await relay_messages.keep(store, relay.id, Side.PERSON, 10, now=NOON)

        assert await relays.move(store, relay.id, colleague, now=NOON)
        assert not await relays.move(store, relay.id, colleague, now=NOON)

        assert [one.id for one in await relays.open_of_staff(store, [colleague])] == [relay.id]
        assert await relays.open_of_staff(store, [staff_id]) == []
        assert not await relay_messages.any_of(store, relay.id)
        owner = (await store.execute(select(tasks_table.c.staff_id))).scalar_one()
        assert owner == colleague
        told = (await store.execute(select(due.c.kind, due.c.person_id))).all()
        assert [tuple(row) for row in told] == [("handed", somebody)]


async def test_who_waits_is_taken_once_in_order(any_database: Database, vault: Vault) -> None:
    async with any_database.writing() as store:
        staff_id, colleague = await worker(store, vault, 2), await worker(store, vault, 3)
        later = await begun(store, await person(store, vault, 1), None, now=NOON + timedelta(minutes=1))
        first = await begun(store, await person(store, vault, 4), None)

        assert [one.id for one in await relays.queue(store)] == [first.id, later.id]
        assert await relays.take(store, first.id, staff_id)
        assert not await relays.take(store, first.id, colleague)
        assert [one.id for one in await relays.queue(store)] == [later.id]


async def test_a_talk_in_which_nobody_wrote_for_long_takes_nobodys_place(
    any_database: Database, vault: Vault
) -> None:
    async with any_database.writing() as store:
        staff_id = await worker(store, vault, 2)
        relay = await begun(store, await person(store, vault, 1), staff_id)
        later = NOON + ASLEEP

        assert await relays.busy(store, now=NOON) == {staff_id: 1}
        assert await relays.busy(store, now=later) == {}
        await relays.wrote(store, relay, Side.PERSON, now=later)
        assert await relays.busy(store, now=later) == {staff_id: 1}


async def test_the_first_words_of_the_team_are_the_answer(any_database: Database, vault: Vault) -> None:
    async with any_database.writing() as store:
        relay = await begun(store, await person(store, vault, 1), await worker(store, vault, 2))
        await relays.wrote(store, relay, Side.STAFF, now=NOON)
        answered = await relays.by_id(store, relay.id)
        assert answered is not None
        await relays.wrote(store, answered, Side.STAFF, now=NOON + timedelta(hours=1))
        again = await relays.by_id(store, relay.id)

        assert again is not None
        assert (again.answered_at, again.staff_wrote_at) == (NOON, NOON + timedelta(hours=1))


async def test_only_a_talk_that_is_over_is_rated_by_its_person_and_once(
    any_database: Database, vault: Vault
) -> None:
    async with any_database.writing() as store:
        somebody = await person(store, vault, 1)
        relay = await begun(store, somebody, None)

        assert not await relays.rate(store, relay.id, somebody, helped=True)
        await relays.close(store, relay.id, Actor.WORKER, now=NOON)
        assert not await relays.rate(store, relay.id, somebody + 1, helped=True)
        assert await relays.rate(store, relay.id, somebody, helped=True)
        assert not await relays.rate(store, relay.id, somebody, helped=False)


async def test_a_tag_is_set_once_and_its_task_made_once(any_database: Database, vault: Vault) -> None:
    async with any_database.writing() as store:
        relay = await begun(store, await person(store, vault, 1), await worker(store, vault, 2))
        assert await relays.add_tag(store, relay, Tag.LAWYER)
        tagged = await relays.by_id(store, relay.id)
        assert tagged is not None
        assert tagged.tags == (Tag.LAWYER,)
        assert not await relays.add_tag(store, tagged, Tag.LAWYER)
        for _ in range(2):
            await relay_tasks.need(store, relay, Tag.LAWYER, staff_id=None, now=NOON)

        assert await count(store, tasks_table) == 1


async def test_a_second_number_takes_the_place_of_the_first_and_goes_with_the_talk(
    any_database: Database, vault: Vault
) -> None:
    async with any_database.writing() as store:
        somebody = await person(store, vault, 1)
        relay = await begun(store, somebody, await worker(store, vault, 2))
        for sealed in (b"one", b"two"):
            await relay_tasks.call(store, relay, sealed, promised_at=NOON, now=NOON)
        kept = (await store.execute(select(tasks_table.c.contact, tasks_table.c.key))).all()
        assert [tuple(row) for row in kept] == [(b"two", None)]
        assert await relay_tasks.waits_for_call(store, somebody) == NOON
        await relay_tasks.end(store, relay, by=None, now=NOON)

        assert await relay_tasks.waits_for_call(store, somebody) is None
        assert (await store.execute(select(tasks_table.c.contact))).scalar_one() is None


async def test_ids_of_messages_go_48_hours_after_the_end_and_the_talk_after_thirty_days(
    any_database: Database, vault: Vault
) -> None:
    async with any_database.writing() as store:
        staff_id = await worker(store, vault, 9)
        over = await begun(store, await person(store, vault, 1), staff_id)
        await relay_messages.keep(store, over.id, Side.PERSON, 10, now=NOON)
        await relays.close(store, over.id, Actor.PERSON, now=NOON)
        going_on = await begun(store, await person(store, vault, 2), staff_id)
        await relay_messages.keep(store, going_on.id, Side.PERSON, 10, now=NOON)

    left = []
    for later in (KEPT_AFTER - timedelta(hours=1), KEPT_AFTER + timedelta(hours=1), LEFT + timedelta(days=1)):
        await erasing.retention(any_database, now=NOON + later)
        async with any_database.reading() as store:
            left.append((await count(store, messages_table), await count(store, relays_table)))

    assert left == [(2, 2), (1, 2), (1, 1)]
    async with any_database.reading() as store:
        silent = (await store.execute(select(relays_table.c.closed_by))).scalar_one()
    assert silent == "job"  # nobody wrote for thirty days


async def test_a_group_is_an_organisations_and_open_talks_leave_it(
    any_database: Database, vault: Vault
) -> None:
    async with any_database.writing() as store:
        organisation = (
            await store.execute(
                insert(organisations).values(code="o", names={"en": "O"}).returning(organisations.c.id)
            )
        ).scalar_one()
        staff_id = await worker(store, vault, 2)
        await store.execute(
            staff_table.update().where(staff_table.c.id == staff_id).values(organisation_id=organisation)
        )
        assert await relay_groups.of_staff(store, staff_id) is None
        await relay_groups.begin(store, organisation, -100)
        assert await relay_groups.of_staff(store, staff_id) == -100
        relay = await begun(store, await person(store, vault, 1), staff_id, forum_chat=-100)
        await relay_copies.topic_made(store, relay.id, 5)
        found = await relays.of_topic(store, -100, 5)
        assert found is not None
        assert found.id == relay.id

        assert await relay_groups.leave(store, organisation)
        assert not await relay_groups.leave(store, organisation)
        assert await relays.of_topic(store, -100, 5) is None
        assert not await relay_groups.is_one(store, -100)
