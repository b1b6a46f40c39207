"""The people in a worker's care: where each one stands, and never who it is."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.person import pseudonym
from care.referral import State, shown_to_workers
from care.roles import Role
from handlers.buttons import Verb
from handlers.parts import Parts
from handlers.routes import Routes
from handlers.strangers import Strangers
from handlers.worker.caseload_table import caseload_buttons
from handlers.worker.people import FILTERS, STATES
from locales.catalogue import Words
from storage import people, referrals, schema, tasks
from storage.caseload import Filter
from storage.vault import Vault


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    buttons = caseload_buttons(parts, ZoneInfo("Asia/Almaty"))
    return make_table(buttons=buttons, commands={"people": Verb.PEOPLE})


async def hired(world: Any) -> tuple[Any, int, int]:
    """Return a worker, their role and their link."""
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    number = await world.count(schema.links)
    link = await world.link(code=f"{number:020}", short_code=f"ABCDEFG{number}", staff_id=staff_id)
    return worker, staff_id, link


async def came(world: Any, **owner: Any) -> Any:
    """Add somebody who came through a link, or belongs to a worker."""
    someone = world.somebody()
    person = await someone.agree(locale="uz")
    async with world.database.writing() as store:
        await referrals.open_for(store, person.id, now=world.now, **owner)
    return person


async def stands(world: Any, person: Any, **values: Any) -> None:
    async with world.database.writing() as store:
        await store.execute(
            update(schema.referrals).where(schema.referrals.c.person_id == person.id).values(**values)
        )


def test_every_state_has_plain_words():
    assert {shown_to_workers(state) for state in State} <= set(STATES)
    assert set(FILTERS) == set(Filter)


async def test_before_anybody_came_the_worker_is_told_what_to_do(world: Any) -> None:
    worker, _, _ = await hired(world)

    await worker.command("/people")

    assert "Nobody has come through your link yet." in worker.text
    await worker.press(Verb.LINKS)


async def test_people_stand_under_a_picture_with_language_state_and_next_visit(world: Any) -> None:
    worker, staff_id, link = await hired(world)
    person = await came(world, link_id=link, staff_id=staff_id)
    [referral] = await world.rows(schema.referrals)
    clinic = await world.clinic(await world.area())
    await stands(world, person, state="booked", advice="urgent")
    for booking, day, cancelled in ((1, "2026-11-25", None), (2, "2026-11-24", world.now)):
        await world.add(
            schema.bookings,
            id=booking,
            person_id=person.id,
            referral_id=referral["id"],
            clinic_id=clinic,
            starts_at=world.now + timedelta(days=1),
            local_start=f"{day}T18:30",
            local_day=day,
            zone="Asia/Almaty",
            place=0,
            created_at=world.now,
            cancelled_at=cancelled,
        )

    await worker.command("/people")

    assert f"<b>{pseudonym(person.id)}</b> · Oʻzbekcha\nhas booked a visit" in worker.text
    assert "📅 Wednesday, 25 November, 18:30" in worker.text
    for secret in ("Aziz", "urgent", str(person.id), str(worker.world.people[1].telegram_id)):
        assert secret not in worker.text


async def test_people_of_others_are_not_shown(world: Any) -> None:
    worker, staff_id, link = await hired(world)
    _, other_id, other_link = await hired(world)
    by_link = await came(world, link_id=link)
    by_hand = await came(world, staff_id=staff_id)
    strange = await came(world, link_id=other_link, staff_id=other_id)
    nobodys = await came(world)
    closed = await came(world, link_id=link)
    await stands(world, closed, closed_at=world.now)
    async with world.database.writing() as store:  # the worker came through a link, too
        await referrals.open_for(store, (await worker.person()).id, now=world.now, link_id=link)

    await worker.command("/people")

    assert "2 people" in worker.text
    assert all(pseudonym(each.id) in worker.text for each in (by_link, by_hand))
    assert not any(pseudonym(each.id) in worker.text for each in (strange, nobodys, closed))


async def test_eight_stand_on_a_page_the_newest_change_first(world: Any) -> None:
    worker, _, link = await hired(world)
    everybody = []
    for _ in range(10):
        everybody.append(await came(world, link_id=link))
        world.wait(minutes=1)
    await stands(world, everybody[0], state="informed", changed_at=world.now)

    await worker.command("/people")
    first = worker.text
    await worker.press("Older")
    second = worker.text

    newest_first = [everybody[0], *reversed(everybody[1:])]
    assert [pseudonym(each.id) in first for each in newest_first] == [True] * 8 + [False] * 2
    assert [pseudonym(each.id) in second for each in newest_first] == [False] * 8 + [True] * 2
    await worker.press("Newer")
    assert worker.text == first


@pytest.mark.parametrize("data", ["ppl:99", "ppl:-1", "ppl:x", "ppl:9223372036854775807"])
async def test_a_forged_page_is_one_that_exists(world: Any, data: str) -> None:
    worker, _, link = await hired(world)
    person = await came(world, link_id=link)

    await worker.tap(data)

    assert pseudonym(person.id) in worker.text


async def test_a_forgotten_person_is_gone_from_the_list(world: Any) -> None:
    worker, _, link = await hired(world)
    person = await came(world, link_id=link)
    async with world.database.writing() as store:
        await people.forget(store, person, [b""], now=world.now)

    await worker.command("/people")

    assert "Nobody has come" in worker.text


async def test_who_was_given_to_a_colleague_is_with_the_colleague_alone(world: Any) -> None:
    worker, _, link = await hired(world)
    other, other_id, _ = await hired(world)
    person = await came(world, link_id=link, staff_id=other_id)  # came through the worker's link

    await worker.command("/people")
    await other.command("/people")

    assert "Nobody has come" in worker.text
    assert pseudonym(person.id) in other.text


async def test_a_line_says_what_is_next_the_late_in_red(world: Any) -> None:
    worker, staff_id, _ = await hired(world)
    for hours in (2, -2):
        person = await came(world, staff_id=staff_id)
        async with world.database.writing() as store:
            await tasks.add(
                store,
                person_id=person.id,
                promised_at=world.now + timedelta(hours=hours),
                now=world.now,
                kind="unbooked",
                staff_id=staff_id,
            )

    await worker.command("/people")

    assert "📌 📅 has not booked a visit" in worker.text
    assert "🔴 📅 has not booked a visit" in worker.text


async def test_each_filter_shows_its_own(world: Any) -> None:
    worker, staff_id, _ = await hired(world)
    clinic = await world.clinic(await world.area())
    busy, booked, silent = [await came(world, staff_id=staff_id) for _ in range(3)]
    async with world.database.writing() as store:
        await tasks.add(
            store, person_id=busy.id, promised_at=world.now, now=world.now, kind="missed", staff_id=staff_id
        )
        await people.change(store, silent.id, seen_on=(world.now - timedelta(days=14)).date())
    [referral] = await world.rows(schema.referrals, person_id=booked.id)
    await world.add(
        schema.bookings,
        id=1,
        person_id=booked.id,
        referral_id=referral["id"],
        clinic_id=clinic,
        starts_at=world.now + timedelta(days=1),
        local_start="2026-11-24T12:00",
        local_day="2026-11-24",
        zone="Asia/Almaty",
        place=0,
        created_at=world.now,
    )
    await worker.command("/people")

    for label, shown in (("Need me: 1", busy), ("Booked: 1", booked), ("Silent: 1", silent)):
        await worker.press(label)
        assert [pseudonym(one.id) in worker.text for one in (busy, booked, silent)] == [
            one is shown for one in (busy, booked, silent)
        ]
        assert f"✓ {label}" in " ".join(worker.labels).replace("✓ 📌 ", "✓ ").replace("✓ 📅 ", "✓ ").replace(
            "✓ 🔕 ", "✓ "
        )
    await worker.press("All: 3")
    assert all(pseudonym(one.id) in worker.text for one in (busy, booked, silent))


async def test_a_filter_without_anybody_says_so(world: Any) -> None:
    worker, staff_id, _ = await hired(world)
    await came(world, staff_id=staff_id)
    await worker.command("/people")

    await worker.press("Booked: 0")

    assert "Nobody here now." in worker.text
    await worker.press("All: 1")
