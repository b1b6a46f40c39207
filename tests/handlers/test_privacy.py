"""What is kept is said, shown and erased."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.message_kinds import Kind as Notice
from care.referral import State
from care.reminders import Planned
from care.roles import Role
from care.symptoms import Advice
from handlers import data_words
from handlers.answering import Answering
from handlers.buttons import Verb
from handlers.help import Help
from handlers.home import Home
from handlers.privacy import Privacy
from handlers.routes import Route, Routes
from handlers.screens import Reply, Way
from handlers.strangers import Strangers
from handlers.talk import Talk
from handlers.turn import Turn
from locales.catalogue import Words
from storage import drafts, due, referrals, schema
from storage.vault import Vault

ALMATY = ZoneInfo("Asia/Almaty")


@pytest.fixture
def routes(vault: Vault, words: Words, strangers: Strangers, make_table: Callable[..., Routes]) -> Routes:
    async def nowhere(turn: Turn) -> Reply:
        raise AssertionError("no language is asked for here")

    privacy = Privacy(vault=vault, strangers=strangers, zone=ALMATY)
    home = Home(ask_language=nowhere)
    talk = Talk(answering=Answering(words=words, vault=vault, zone=ALMATY))
    free = {
        Verb.HOME: home.show,
        Verb.HELP: Help().show,
        Verb.PRIVACY: privacy.show,
        Verb.DATA: privacy.data,
        Verb.FORGET: privacy.ask_forget,
        Verb.FORGET_YES: privacy.erase,
    }
    buttons = {verb: Route(each, consent=False) for verb, each in free.items()}
    commands = {"privacy": Verb.PRIVACY, "mydata": Verb.DATA, "forget": Verb.FORGET, "help": Verb.HELP}
    return make_table(buttons=buttons | {Verb.TALK_YES: Route(talk.ask)}, commands=commands)


async def somebody_with_everything(world: Any) -> tuple[Any, Any]:
    """Return a person about whom every table holds something, and the row of the person."""
    area = await world.area(name="Green Bazaar")
    clinic = await world.clinic(area, name="Clinic North")
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=area)
    link = await world.link(staff_id=staff_id, area_id=area)
    someone = world.somebody()
    person = await someone.agree(link_id=link, area_id=area)
    async with world.database.writing() as store:
        referral = await referrals.open_for(
            store, person.id, now=world.now, link_id=link, staff_id=staff_id, area_id=area
        )
        await drafts.put(store, person.id, "booking", {"clinic": clinic}, now=world.now)
    booking = await world.add(
        schema.bookings,
        id=77,
        person_id=person.id,
        referral_id=referral,
        clinic_id=clinic,
        starts_at=world.now + timedelta(days=2),
        local_start="2026-11-25T12:00",
        local_day="2026-11-25",
        zone="Asia/Almaty",
        place=0,
        created_at=world.now,
    )
    async with world.database.writing() as store:
        for key, about in (("visit-eve:77", person.id), ("booked:77", (await worker.person()).id)):
            planned = Planned(
                key=key,
                kind=Notice.VISIT_EVE,
                person_id=about,
                due_at=world.now + timedelta(days=1),
                useful_until=world.now + timedelta(days=2),
                booking_id=booking,
            )
            await due.schedule(store, planned, now=world.now)
    await someone.tap("talky:deportation")
    return someone, person


async def test_privacy_lists_what_is_kept_and_how_to_erase_it(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.command("/privacy")

    assert "What I keep" in someone.text
    assert "/forget" in someone.text
    assert {Verb.DATA, Verb.FORGET, Verb.HOME} <= set(someone.wishes)


async def test_privacy_names_who_runs_the_bot_and_for_how_many_days_what_is_kept(world: Any) -> None:
    days = {"person": 365, "visits": 1, "checks": 30, "contacts": 30, "questions": 90}
    content = {
        "names": {"en": "Hamroh"},
        "operator": {"en": "Org <North>"},
        "contact": {"en": "+7 000"},
        "purpose": {"en": "help"},
        "retention_days": days,
        "promises": [],
    }
    await world.add(schema.programme, id=1, content=content, changed_at=world.now)
    someone = world.somebody()
    await someone.agree()

    await someone.command("/privacy")

    assert "Org &lt;North&gt;" in someone.text
    assert "365 days" in someone.text
    assert "1 day\n" in someone.text


async def test_my_data_is_a_file_with_everything(world: Any) -> None:
    someone, _ = await somebody_with_everything(world)

    await someone.command("/mydata")

    file = someone.shown.steps[0]
    assert file.way is Way.FILE
    for said in (
        "Language: English",
        "You agreed: Monday, 23 November 2026, 12:00 (text test)",
        "You came through a link: yes",
        "Area: Green Bazaar",
        "you began to talk with the bot",
        "Wednesday, 25 November, 12:00, Clinic North",
        "a reminder of a visit, not sent yet",
        "a booking clinic 1",
        "promised by Monday, 23 November 2026, 14:00",
    ):
        assert said in file.content, f"{said} is missing in:\n{file.content}"
    assert str(someone.telegram_id) not in file.content


async def test_my_data_is_in_the_persons_language(world: Any) -> None:
    someone = world.somebody()
    await someone.agree(locale="kk")

    await someone.command("/mydata")

    assert someone.shown.steps[0].content.startswith("kk‧EVERYTHING I KEEP ABOUT YOU")


@pytest.mark.parametrize("command", ["/mydata", "/forget", "/privacy"])
async def test_a_stranger_hears_that_nothing_is_kept(world: Any, command: str) -> None:
    someone = world.somebody()
    world.strangers.note(someone.telegram_id, now=world.now, locale="en")

    await someone.command(command)

    assert "I keep nothing about you" in someone.text


async def test_forgetting_asks_first(world: Any) -> None:
    someone, _ = await somebody_with_everything(world)

    await someone.command("/forget")

    assert "Your booked visits are cancelled" in someone.text
    assert "numbers without you" in someone.text
    assert await someone.person() is not None


async def test_forgetting_erases_everything_at_once(world: Any) -> None:
    someone, person = await somebody_with_everything(world)
    world.strangers.note(someone.telegram_id, now=world.now, locale="en")
    theirs = world.vault.hash(str(someone.telegram_id))
    for update_id in (1, 2):
        await world.add(
            schema.inbox,
            update_id=update_id,
            received_at=world.now,
            payload=b"sealed",
            person_hash=theirs,
            done_at=world.now if update_id == 1 else None,
        )
    await someone.command("/forget")

    await someone.press("Yes, delete everything")

    assert "Everything about you is erased" in someone.text
    assert await someone.person() is None
    tables = (schema.referrals, schema.bookings, schema.drafts, schema.tasks)
    assert [await world.count(table) for table in tables] == [0, 0, 0, 0]
    assert await world.rows(schema.due) == []  # not the worker's notices about them, either
    rows = await world.rows(schema.inbox)
    assert [(row["payload"], row["person_hash"], row["done_at"]) for row in rows] == [
        (None, None, world.now)
    ] * 2
    forgotten = (await world.rows(schema.outcomes, kind="forgotten"))[0]
    assert (forgotten["referral_id"], forgotten["link_id"]) == (None, person.link_id)
    assert world.strangers.hint(someone.telegram_id, now=world.now).locale is None


async def test_a_forgotten_persons_place_can_be_booked_again(world: Any) -> None:
    someone, _ = await somebody_with_everything(world)
    await someone.command("/forget")
    await someone.press("Yes, delete everything")
    other = await world.somebody().agree()
    async with world.database.writing() as store:
        referral = await referrals.open_for(store, other.id, now=world.now)

    await world.add(
        schema.bookings,
        id=78,
        person_id=other.id,
        referral_id=referral,
        clinic_id=1,
        starts_at=world.now,
        local_start="2026-11-25T12:00",
        local_day="2026-11-25",
        zone="Asia/Almaty",
        place=0,
        created_at=world.now,
    )

    standing = [row for row in await world.rows(schema.bookings) if row["cancelled_at"] is None]
    assert [row["id"] for row in standing] == [78]


async def test_an_old_yes_button_does_not_erase_who_came_back(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()
    await someone.command("/forget")
    yes = someone.keys[0].data
    await someone.tap(yes)
    await someone.agree()

    await someone.tap(yes)

    assert await someone.person() is not None
    assert "Delete everything about me?" in someone.text


async def test_a_stranger_who_presses_yes_breaks_nothing(world: Any) -> None:
    someone = world.somebody()

    await someone.tap("erase:12345~en")

    assert "I keep nothing about you" in someone.text


async def test_a_forgotten_worker_leaves_roles_links_and_work_to_others(world: Any) -> None:
    _, _ = await somebody_with_everything(world)
    worker = world.people[0]
    await worker.command("/forget")
    assert "Your work here ends" in worker.text

    await worker.press("Yes, delete everything")

    role = (await world.rows(schema.staff))[0]
    assert (role["person_id"], role["ended_at"]) == (None, world.now)
    assert (await world.rows(schema.links))[0]["ended_at"] == world.now
    assert (await world.rows(schema.tasks))[0]["staff_id"] is None
    assert (await world.rows(schema.referrals))[0]["staff_id"] is None


async def test_nothing_of_the_person_is_left_in_any_table(world: Any) -> None:
    someone, person = await somebody_with_everything(world)
    await someone.command("/forget")

    await someone.press("Yes, delete everything")

    for table in schema.metadata.sorted_tables:
        for row in await world.rows(table):
            assert person.id not in row.values(), table.name
            assert person.key not in row.values(), table.name


async def test_help_says_the_numbers_that_were_verified(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.command("/help")

    assert "🇰🇿 Kazakhstan: 103, 112" in someone.text
    assert "🇹🇯 Tajikistan: 112" in someone.text
    assert "free for you" not in someone.text  # nobody confirmed it


async def test_what_the_directory_says_cannot_change_our_message(world: Any) -> None:
    someone, _ = await somebody_with_everything(world)
    async with world.database.writing() as store:
        await store.execute(update(schema.areas).values(names={"en": "<b>Bazaar & sons"}))

    await someone.command("/mydata")

    assert "<b>Bazaar & sons" in someone.shown.steps[0].content  # a text file


def test_every_word_of_the_closed_lists_has_a_name() -> None:
    assert set(data_words.STATES) == set(State)
    assert set(data_words.ROLES) == set(Role)
    assert set(data_words.MESSAGES) == set(Notice)
    assert set(data_words.SENDING) == set(due.State)
    assert set(data_words.ADVICE) == {advice.name.lower() for advice in Advice}
