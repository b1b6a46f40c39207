"""A link to pass on: a chain that is counted and shown to nobody."""

from datetime import timedelta
from typing import Any

import pytest

from care.message_kinds import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.notice import Notice
from handlers.pass_on import pass_on
from handlers.routes import Routes
from handlers.screens import Way
from handlers.strangers import Strangers
from locales.catalogue import Words
from storage import links, people, referrals, schema
from storage.vault import Vault
from tests.handlers.worker.link_routes import link_routes


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    return link_routes(words, vault, strangers, make_table)


async def friend_of(world: Any, staff_id: int | None) -> tuple[Any, Any]:
    """Return a person whom a member of staff looks after, and the link that they pass on."""
    friend = world.somebody()
    person = await friend.agree()
    async with world.database.writing() as store:
        await referrals.open_for(store, person.id, now=world.now, staff_id=staff_id)
    await friend.command("/share")
    [link] = await world.rows(schema.links, person_id=person.id)
    return friend, link


async def arrive(world: Any, code: str) -> Any:
    someone = world.somebody()
    await someone.command(f"/start {code}")
    await someone.press("English")
    await someone.tap(f"agree:home~en~{code}")
    return someone


async def owner_of(world: Any, someone: Any) -> int | None:
    person = await someone.person()
    [row] = await world.rows(schema.referrals, person_id=person.id)
    return row["staff_id"]


async def test_everybody_who_agreed_has_one_link_to_pass_on(world: Any) -> None:
    friend, link = await friend_of(world, None)
    await friend.command("/share")

    assert (await world.count(schema.links), link["kind"], link["staff_id"]) == (1, "friend", None)
    text, picture, letter = friend.shown.steps
    assert "Nobody is told" in text.text
    assert (picture.way, picture.content) == (Way.QR, f"https://t.me/hamroh_bot?start={link['code']}")
    assert link["code"] in letter.text
    await friend.press("Қазақша")
    assert friend.text.startswith("kk‧")


async def test_a_stranger_is_asked_for_consent_first(world: Any) -> None:
    someone = world.somebody()
    await someone.tap("share~en")

    assert not await world.rows(schema.links)


async def test_who_comes_through_a_friend_belongs_to_who_looks_after_the_friend(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    _, link = await friend_of(world, staff_id)

    someone = await arrive(world, link["code"])

    assert await owner_of(world, someone) == staff_id
    assert "was helped here" not in worker.text


async def test_the_worker_sees_only_how_many_came_through_people_they_brought(world: Any) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    _, link = await friend_of(world, staff_id)
    second = await arrive(world, link["code"])
    await second.command("/share")
    [chained] = [row for row in await world.rows(schema.links, kind="friend") if row["id"] != link["id"]]
    await arrive(world, chained["code"])

    await worker.command("/links")

    assert "2 more people came through people you brought." in worker.text
    assert "0 people came through it." in worker.text
    assert await world.count(schema.people) == 4
    await worker.tap(f"link:{link['id']}")
    assert worker.text == "This is not here any more."


async def test_a_friend_is_told_nothing_of_who_came(world: Any) -> None:
    friend, link = await friend_of(world, None)
    await arrive(world, link["code"])

    await friend.command("/share")

    said = friend.shown.steps[0].text.replace("they came through you, and you are not told who came", "")
    assert "came" not in said.replace("You came here", "")  # what everybody reads who opens such a link


async def test_when_the_friends_worker_left_the_newcomer_is_somebody_elses(world: Any) -> None:
    worker, other = world.somebody(), world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    office = await other.hire(Role.COORDINATOR)
    _, link = await friend_of(world, staff_id)
    async with world.database.writing() as store:
        left = schema.staff.c.id == staff_id
        await store.execute(schema.staff.update().where(left).values(ended_at=world.now))

    someone = await arrive(world, link["code"])

    assert await owner_of(world, someone) == office


async def test_the_link_ends_when_the_friend_erases_themselves(world: Any) -> None:
    friend, link = await friend_of(world, None)
    async with world.database.writing() as store:
        await people.forget(store, await friend.person(), [], now=world.now)

    [row] = await world.rows(schema.links)
    assert (row["person_id"], row["ended_at"]) == (None, world.now)
    someone = world.somebody()
    await someone.command(f"/start {link['code']}")
    await someone.press("English")
    assert "not in use any more" in someone.text


async def test_a_person_ends_the_link_and_may_have_a_new_one(world: Any) -> None:
    friend, link = await friend_of(world, None)
    await friend.press("End my link")
    assert (await world.rows(schema.links))[0]["ended_at"] is None
    await friend.press("Yes, end it")
    await friend.tap("shend:y")
    assert "no link" in friend.text

    await friend.command("/share")

    codes = {row["code"]: row["ended_at"] for row in await world.rows(schema.links)}
    assert len(codes) == 2
    assert codes[link["code"]] == world.now


async def test_a_worker_is_led_to_the_links_that_they_have(world: Any) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER)

    await worker.command("/share")

    assert Verb.LINKS in worker.wishes
    assert not await world.rows(schema.links)


async def offered(world: Any, friend: Any, booking_id: int | None) -> Any:
    """Word the offer as it would be sent now."""
    async with world.database.writing() as store:
        notice = Notice(
            row={"booking_id": booking_id, "params": {}, "kind": Kind.PASSING_ON},
            person=await friend.person(),
            t=world.words["en"],
            store=store,
            now=world.now,
        )
        return await pass_on(notice)


async def came(world: Any, friend: Any, **values: Any) -> int:
    clinic = await world.clinic(await world.area())
    person = await friend.person()
    async with world.database.writing() as store:
        referral = await referrals.open_for(store, person.id, now=world.now)
    row = {
        "id": 5,
        "person_id": person.id,
        "referral_id": referral,
        "clinic_id": clinic,
        "starts_at": world.now - timedelta(hours=2),
        "local_start": "2026-11-23T10:00",
        "local_day": "2026-11-23",
        "zone": "Asia/Almaty",
        "place": 0,
        "created_at": world.now,
    }
    return await world.add(schema.bookings, **{**row, **values})


async def test_after_a_kept_visit_a_link_to_pass_on_is_offered_once(world: Any) -> None:
    friend = world.somebody()
    await friend.agree()
    booking = await came(world, friend, came_at=world.now)

    reply = await offered(world, friend, booking)

    assert reply.steps[0].rows[0][0].data == "share"
    assert not any(word in reply.steps[0].text.lower() for word in ("tb", "clinic", "doctor", "examination"))
    await friend.tap("share")
    assert await offered(world, friend, booking) is None


async def test_nothing_is_offered_when_it_was_a_mistake_that_they_came(world: Any) -> None:
    friend = world.somebody()
    await friend.agree()

    assert await offered(world, friend, await came(world, friend)) is None
    assert await offered(world, friend, None) is None


async def test_what_an_area_has_is_kept_for_a_friends_link(world: Any) -> None:
    area = await world.area()
    friend = world.somebody()
    await friend.agree(area_id=area)
    await friend.command("/share")
    async with world.database.reading() as store:
        link = await links.of_friend(store, (await friend.person()).id, now=world.now)

    assert link.area_id == area
