"""A talk that goes to another organisation leaves the staff group: what is said then is not read there."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from care.roles import Role
from storage import people, relays, schema, staff
from storage.people import random_id

GROUP = -1_001_234_567_890


@pytest.mark.parametrize(
    ("to", "stays"), [("colleague", True), ("elsewhere", False), ("nowhere", False), (None, True)]
)
async def test_a_topic_stays_with_colleagues_of_the_group_alone(
    any_database: Any, vault: Any, now: Any, to: str | None, stays: bool
) -> None:
    async with any_database.writing() as store:
        relay_id, ids = await in_a_group(store, vault, now)
        assert await relays.move(store, relay_id, ids[to] if to else None, now=now)
        moved = await relays.by_id(store, relay_id)
        pairs = (await store.execute(select(schema.relay_messages.c.id))).all()

    assert moved is not None
    assert (moved.forum_chat, moved.thread_id) == ((GROUP, 7) if stays else (None, None))
    assert bool(pairs) is stays


async def test_who_takes_a_talk_that_waits_reads_it_alone(any_database: Any, vault: Any, now: Any) -> None:
    async with any_database.writing() as store:
        relay_id, ids = await in_a_group(store, vault, now)
        await relays.move(store, relay_id, None, now=now)
        assert await relays.take(store, relay_id, ids["elsewhere"])
        taken = await relays.by_id(store, relay_id)

    assert taken is not None
    assert (taken.forum_chat, taken.thread_id) == (None, None)


async def in_a_group(store: Any, vault: Any, now: Any) -> tuple[int, dict[str, int]]:
    """Return a talk in the group of an organisation, and staff: of the group, of another, of none."""
    ids, consent = {}, {"locale": "ru", "consent_version": "1", "link_id": None, "area_id": None}
    for number, chat in ((1, GROUP), (2, None)):
        await store.execute(
            insert(schema.organisations).values(id=number, code=f"o{number}", names={}, forum_chat=chat)
        )
    of = {"owner": 1, "colleague": 1, "elsewhere": 2, "nowhere": None}
    for number, (name, organisation) in enumerate(of.items()):
        person = await people.add(store, vault, 7000 + number, now=now, **consent)
        ids[name] = await staff.add(store, person.id, Role.WORKER, now=now, organisation_id=organisation)
    somebody = await people.add(store, vault, 7999, now=now, **consent)
    relay = await relays.begin(
        store, person_id=somebody.id, promised_at=now, now=now, staff_id=ids["owner"], forum_chat=GROUP
    )
    await store.execute(update(schema.relays).values(thread_id=7))
    await store.execute(
        insert(schema.relay_messages).values(
            id=random_id() % 1000, relay_id=relay.id, side="person", message_id=1, copy_id=2, at=now
        )
    )
    return relay.id, ids
