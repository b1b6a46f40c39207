"""What the bot sends by itself is true when it is sent, and tells a lock screen nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from care.message_kinds import TO_STAFF, Kind
from care.person import pseudonym
from care.reminders import answered, fault, stale_answers
from care.roles import Role
from care.ticket import ticket
from care.wording import Variant, variant
from handlers.book import Book
from handlers.buttons import Verb, build
from handlers.missed import Missed
from handlers.notices import MESSAGES, VISITS, Notices
from handlers.plan import PlanVisit
from handlers.routes import Route, Routes
from handlers.screens import Reply, Way
from handlers.visits import Visits
from locales.catalogue import Locale, Words
from storage import due, people, schema, tasks

FORBIDDEN = re.compile(
    r"\bTB\b|tubercul|туберк|\bТБ\b|\bsil\b|\bсил[а-я]{0,3}\b|құрт ауру|чахот"  # the illness
    r"|\bHIV\b|\bOIV\b|\bОИВ\b|\bВИЧ\b|\bВНМО\b|\bАИТВ\b"
    r"|clinic|клиник|klinik|емхана|dispan|диспан|фтизи|ftizi|hospital|больниц|shifoxona|беморхона|аурухана"
    r"|x-ray|рентген|rentgen|sputum|мокрот|balg|балғам|қақырық"
    r"|symptom|симптом|screening|скрининг|examination|обследован|tekshiruv|текширув|муоина|тексеру"
    r"|disease|illness|болезн|kasal|касал|бемор|ауру",
    re.IGNORECASE,
)
PERSONAL = [
    Kind.VISIT_EVE,
    Kind.VISIT_SOON,
    Kind.VISIT_AFTER,
    Kind.RECHECK,
    Kind.NUDGE,
    Kind.ANSWERED,
]


@pytest.fixture
def routes(make_table: Callable[..., Routes]) -> Routes:
    visits = Visits()
    return make_table(
        buttons={
            Verb.BOOK_CLINIC: Route(Book().days),
            Verb.BOOK_YES: Route(Book().confirm),
            Verb.MOVE_YES: Route(visits.move_yes),
            Verb.CANCEL_YES: Route(visits.cancel_yes),
            Verb.WENT: Route(Missed().went),
            Verb.PLAN: Route(PlanVisit().show),
        }
    )


@pytest.fixture
async def worker(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.WORKER, area_id=await world.area())
    return someone


@pytest.fixture
async def person(world: Any, worker: Any) -> Any:
    """Somebody with a visit on Tuesday at 18:30, whom the worker of the area looks after."""
    area = (await world.rows(schema.areas))[0]["id"]
    await world.clinic(area, name="TB clinic")
    someone = world.somebody()
    await someone.agree(area_id=area)
    await someone.tap("bky:1:202611241830")
    return someone


async def shown(world: Any, to: Any, kind: Kind, *, t: Locale | None = None, **where: Any) -> Reply | None:
    """Render the newest planned message of a kind for somebody, in their words or those of `t`."""
    receiver = await to.person()
    async with world.database.writing() as store:
        statement = select(schema.due).where(
            schema.due.c.kind == kind.value, schema.due.c.person_id == receiver.id
        )
        rows = (await store.execute(statement.order_by(schema.due.c.id.desc()))).mappings().all()
        row = next(row for row in rows if all(row["params"].get(k) == v for k, v in where.items()))
        receiver = await people.by_id(store, receiver.id)
        notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
        words = t or world.words[receiver.locale]
        return await notices.render(kind, row, receiver, words, store, world.now)


async def plan(world: Any, to: Any, which: Kind, **params: Any) -> None:
    """Put a message of a kind into the store."""
    async with world.database.writing() as store:
        await store.execute(
            insert(schema.due).values(
                key=f"test:{which}",
                kind=which.value,
                person_id=(await to.person()).id,
                params=params,
                due_at=world.now,
                useful_until=world.now + timedelta(days=9),
                lane=1,
                created_at=world.now,
            )
        )


async def visit_id(world: Any) -> int:
    rows = [row for row in await world.rows(schema.bookings) if row["cancelled_at"] is None]
    return int(rows[0]["id"])


def text_of(reply: Reply | None) -> str:
    assert reply is not None
    (step,) = reply.steps
    assert step.way is Way.SEND
    return step.text


def wishes_of(reply: Reply | None) -> set[str]:
    assert reply is not None
    return {str(key.data).partition(":")[0] for row in reply.steps[0].rows for key in row}


async def first_line(person: Any, when: str) -> str:
    """Return how the reminder of this person begins: there are two wordings."""
    wording = variant((await person.person()).id)
    return f"Your visit: {when}" if wording is Variant.A else f"We expect you: <b>{when}</b>"


async def test_the_reminder_says_when_and_where_by_the_address(world, person):
    text = text_of(await shown(world, person, Kind.VISIT_EVE))

    assert await first_line(person, "tomorrow, 18:30") in text
    assert "1 Example Street" in text
    assert ticket(await visit_id(world)) in text
    assert "TB clinic" not in text


async def test_on_the_day_the_reminder_says_today(world, person):
    world.wait(days=1)

    reply = await shown(world, person, Kind.VISIT_SOON)

    assert await first_line(person, "today, 18:30") in text_of(reply)
    assert {"onway", "visit", "map", "mv", "cant"} == wishes_of(reply)


async def test_a_reminder_of_a_cancelled_visit_is_not_sent(world, person):
    await person.tap(build(Verb.CANCEL_YES, await visit_id(world)))

    for kind in (Kind.VISIT_EVE, Kind.VISIT_SOON, Kind.VISIT_AFTER):
        assert await shown(world, person, kind) is None


async def test_a_reminder_is_not_sent_once_the_visit_has_begun(world, person):
    world.wait(days=2)

    assert await shown(world, person, Kind.VISIT_EVE) is None
    assert await shown(world, person, Kind.VISIT_SOON) is None


async def test_did_you_go_is_asked_after_the_visit(world, person):
    assert await shown(world, person, Kind.VISIT_AFTER) is None
    world.wait(days=2)

    reply = await shown(world, person, Kind.VISIT_AFTER)

    assert "Your visit was yesterday, 18:30. Did you go?" in text_of(reply)
    assert {"went", "fail", "home"} == wishes_of(reply)


async def test_who_was_there_is_not_asked(world, person):
    world.wait(days=2)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(came_at=world.now))

    assert await shown(world, person, Kind.VISIT_AFTER) is None


async def test_whom_the_desk_missed_is_asked_kindly_what_was_in_the_way(world, person):
    world.wait(days=2)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(missed_at=world.now))

    reply = await shown(world, person, Kind.VISIT_AFTER)

    assert "we did not see you. Nobody is angry with you." in text_of(reply)
    assert {"why", "went", "fail", "bkc", "talk", "home"} == wishes_of(reply)


async def test_what_the_person_said_is_not_asked_again(world, person):
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "n"))

    assert await shown(world, person, Kind.VISIT_AFTER) is None


async def test_the_recheck_is_asked_unless_there_is_a_visit_ahead(world, person):
    await plan(world, person, Kind.RECHECK)
    assert await shown(world, person, Kind.RECHECK) is None
    await person.tap(build(Verb.CANCEL_YES, await visit_id(world)))

    reply = await shown(world, person, Kind.RECHECK)

    assert {"check", "home"} == wishes_of(reply)


async def test_the_recheck_is_not_asked_when_the_check_was_done_since(world, person):
    await person.tap(build(Verb.CANCEL_YES, await visit_id(world)))
    await plan(world, person, Kind.RECHECK)
    async with world.database.writing() as store:
        later = world.now + timedelta(hours=1)
        await store.execute(update(schema.referrals).values(checked_at=later))

    assert await shown(world, person, Kind.RECHECK) is None


async def test_a_booking_left_half_way_is_asked_about_until_one_is_made(world, person):
    await person.tap(build(Verb.CANCEL_YES, await visit_id(world)))
    await person.tap("bkc:1")
    reply = await shown(world, person, Kind.NUDGE)
    assert {"bkc", "home"} == wishes_of(reply)

    await person.tap("bky:1:202611241830")
    assert await shown(world, person, Kind.NUDGE) is None


async def test_staff_learn_who_booked_moved_and_cancelled_by_pseudonym_only(world, person, worker):
    who = pseudonym((await person.person()).id)
    booked = text_of(await shown(world, worker, Kind.BOOKED, what="booked"))
    assert f"{who} booked a visit: Tuesday, 24 November, 18:30" in booked

    await person.tap(build(Verb.MOVE_YES, await visit_id(world), 1, "202611251700"))
    assert await shown(world, worker, Kind.BOOKED, what="booked") is None
    moved = text_of(await shown(world, worker, Kind.BOOKED, what="moved"))
    assert "moved the visit: Wednesday, 25 November, 17:00" in moved

    await person.tap(build(Verb.CANCEL_YES, await visit_id(world)))
    assert await shown(world, worker, Kind.BOOKED, what="moved") is None
    cancelled = text_of(await shown(world, worker, Kind.BOOKED, what="cancelled"))
    assert "cancelled the visit: Wednesday, 25 November, 17:00" in cancelled


async def test_a_coordinator_is_not_told_of_every_visit(world):
    await world.somebody().hire(Role.COORDINATOR)
    await world.clinic(await world.area())
    someone = world.somebody()
    await someone.agree()
    await someone.tap("bky:1:202611241830")

    assert await world.count(schema.bookings) == 1
    assert await world.rows(schema.due, kind="booked") == []


async def test_whoever_is_no_staff_any_more_learns_nothing(world, person, worker):
    async with world.database.writing() as store:
        await store.execute(update(schema.staff).values(ended_at=world.now))

    assert await shown(world, worker, Kind.BOOKED) is None


async def test_staff_learn_that_a_message_may_not_have_arrived(world, person, worker):
    about = (await person.person()).id
    await plan(world, worker, Kind.UNKNOWN, kind="visit-eve", person=about)

    text = text_of(await shown(world, worker, Kind.UNKNOWN))

    assert pseudonym(about) in text
    assert "the reminder on the evening before" in text


async def test_staff_learn_who_asks_for_a_person_until_it_is_done(world, person, worker):
    asking = await person.person()
    async with world.database.writing() as store:
        task = await tasks.add(
            store,
            person_id=asking.id,
            promised_at=world.now + timedelta(hours=2),
            now=world.now,
            topic="deportation",
        )
    await plan(world, worker, Kind.TALK, task=task.id)

    reply = await shown(world, worker, Kind.TALK)

    text = text_of(reply)
    assert f"{pseudonym(asking.id)} asks for a person" in text
    assert "Language: English" in text
    assert "Area: Area A" in text
    assert world.words["en"].answer("deportation").title in text
    assert "Monday, 23 November, 14:00" in text
    assert "tdone" in wishes_of(reply)

    async with world.database.writing() as store:
        await store.execute(schema.tasks.update().values(done_at=world.now))
    assert await shown(world, worker, Kind.TALK) is None


async def test_notices_about_a_forgotten_person_are_gone(world, person, worker):
    known = await person.person()
    await plan(world, worker, Kind.UNKNOWN, kind="visit-eve", person=known.id)
    async with world.database.writing() as store:
        await people.forget(store, known, world.vault.hashes(str(person.telegram_id)), now=world.now)

    assert await world.rows(schema.due) == []


async def plan_answer(world: Any, to: Any, topic: str) -> int:
    """Let somebody wait for an answer that is there; return the row of who waits."""
    person_id = (await to.person()).id
    await world.add(schema.decisions, id=5, topic=topic, decided_at=world.now)
    waits = {"person_id": person_id, "question_hash": b"x" * 32, "decision_id": 5, "since": world.now.date()}
    row_id = await world.add(schema.waiting, id=6, **waits)
    async with world.database.writing() as store:
        await due.schedule(store, answered(row_id, person_id, now=world.now), now=world.now)
    return row_id


@pytest.mark.parametrize("topic", ["deportation", "find-clinic"])
async def test_who_waits_for_an_answer_is_led_to_it_without_a_word_of_the_question(world, person, topic):
    await plan_answer(world, person, topic)

    reply = await shown(world, person, Kind.ANSWERED)

    assert text_of(reply) == "🔔 There is an answer to your question."
    assert wishes_of(reply) == {"topic", "home"}
    assert reply.steps[0].rows[0][0].data == f"topic:{topic}"


@pytest.mark.parametrize("topic", ["none", "new", "nosuch"])
async def test_nobody_is_told_of_an_answer_that_is_none(world, person, topic):
    await plan_answer(world, person, topic)

    assert await shown(world, person, Kind.ANSWERED) is None


async def test_nobody_is_told_of_a_decision_that_was_taken_back(world, person):
    await plan_answer(world, person, "deportation")
    async with world.database.writing() as store:
        await store.execute(schema.decisions.delete())

    assert await shown(world, person, Kind.ANSWERED) is None


async def test_nobody_is_told_of_what_somebody_else_waits_for(world, person, worker):
    row_id = await plan_answer(world, person, "deportation")
    await plan(world, worker, Kind.ANSWERED, waiting=row_id)

    assert await shown(world, worker, Kind.ANSWERED) is None


async def every_notice(world: Any, person: Any, worker: Any, t: Locale) -> list[Reply]:
    """Render all messages that the bot sends by itself, at a time at which each is true."""
    found = [await shown(world, person, kind, t=t) for kind in (Kind.VISIT_EVE, Kind.VISIT_SOON)]
    found.append(await shown(world, worker, Kind.BOOKED, t=t))
    await plan(world, worker, Kind.UNKNOWN, kind="visit-eve", person=(await person.person()).id)
    found.append(await shown(world, worker, Kind.UNKNOWN, t=t))
    world.wait(days=2)
    found.append(await shown(world, person, Kind.VISIT_AFTER, t=t))
    await plan(world, person, Kind.RECHECK)
    found.append(await shown(world, person, Kind.RECHECK, t=t))
    await person.tap("bkc:1")
    found.append(await shown(world, person, Kind.NUDGE, t=t))
    await plan_answer(world, person, "deportation")
    found.append(await shown(world, person, Kind.ANSWERED, t=t))
    assert all(found)
    return [reply for reply in found if reply]


WORDS = Words.load()


@pytest.mark.parametrize("locale", WORDS)
async def test_a_lock_screen_shows_no_word_of_an_illness_or_a_kind_of_clinic(world, person, worker, locale):
    await move_clinic(world, "1 Street")

    assert telling(await every_notice(world, person, worker, WORDS[locale])) == []


@pytest.mark.parametrize("wording", Variant)
@pytest.mark.parametrize("locale", WORDS)
async def test_neither_wording_of_a_reminder_tells_a_lock_screen_anything(
    world, person, monkeypatch, locale, wording
):
    await move_clinic(world, "1 Street")
    await person.tap(build(Verb.PLAN, await visit_id(world), "bus", "market", 60))
    monkeypatch.setattr("handlers.visit_notices.variant", lambda _: wording)

    reply = await shown(world, person, Kind.VISIT_EVE, t=WORDS[locale])

    assert reply is not None
    assert telling([reply]) == []
    assert "17:30" in text_of(reply)


@pytest.mark.parametrize("locale", WORDS)
async def test_what_is_said_after_a_missed_visit_tells_a_lock_screen_nothing(world, person, locale):
    world.wait(days=2)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(missed_at=world.now))

    once = await shown(world, person, Kind.VISIT_AFTER, t=WORDS[locale])
    async with world.database.writing() as store:
        row = (await store.execute(select(schema.bookings))).mappings().one()
        day = {"local_day": "2026-11-20", "local_start": "2026-11-20T18:30"}
        before = {**row, **day, "id": 7, "starts_at": row["starts_at"] - timedelta(days=4)}
        await store.execute(insert(schema.bookings).values(**before))
    twice = await shown(world, person, Kind.VISIT_AFTER, t=WORDS[locale])

    assert once is not None
    assert twice is not None
    assert text_of(once) != text_of(twice)
    assert telling([once, twice]) == []


def telling(replies: list[Reply]) -> list[str]:
    """Return the words on a lock screen that name an illness or a kind of clinic."""
    steps = [step for reply in replies for step in reply.steps]
    shown_words = [" ".join([step.text, *(key.label for row in step.rows for key in row)]) for step in steps]
    return [match[0] for words in shown_words if (match := FORBIDDEN.search(words))]


async def move_clinic(world: Any, address: str) -> None:
    """Give all clinics an address, in all languages."""
    texts = dict.fromkeys(("ru", "uz", "tg", "kk", "en"), address)
    async with world.database.writing() as store:
        await store.execute(update(schema.clinics).values(address=texts))


@pytest.mark.parametrize("locale", WORDS)
async def test_with_the_name_of_the_clinic_in_it_a_reminder_tells_too_much(world, person, worker, locale):
    """The negative control: reminders that say the clinic by its name."""
    await move_clinic(world, "TB clinic, 1 Street")

    assert telling(await every_notice(world, person, worker, WORDS[locale])) != []


@pytest.mark.parametrize("text", ["TB", "клиника", "sil kasalligi", "бемории сил", "HIV test", "рентген"])
def test_the_scan_of_the_lock_screen_finds_what_it_looks_for(text):
    assert FORBIDDEN.search(text)


def test_every_kind_of_message_to_a_person_has_a_name_for_staff():
    assert set(MESSAGES) == set(Kind) - TO_STAFF
    assert set(VISITS) == {"booked", "moved", "cancelled"}


async def test_messages_are_cancelled_with_their_visit_in_the_store(world, person):
    mine = await visit_id(world)
    async with world.database.writing() as store:
        assert await due.cancel(store, booking_id=mine, now=world.now) == 3


async def test_coordinators_and_admins_hear_of_a_fault_and_nobody_else_does(world):
    for role in Role:
        someone = world.somebody()
        await someone.hire(role)
        async with world.database.writing() as store:
            await due.schedule(store, fault((await someone.person()).id, now=world.now), now=world.now)

        told = await shown(world, someone, Kind.FAULT)

        assert bool(told) is (role in {Role.COORDINATOR, Role.ADMIN})
        if told:
            assert "could not be handled" in told.steps[0].text


async def test_stale_answers_are_named_on_the_buttons_to_coordinators_and_admins(world):
    for role in Role:
        someone = world.somebody()
        await someone.hire(role)
        async with world.database.writing() as store:
            await due.schedule(
                store, stale_answers((await someone.person()).id, now=world.now), now=world.now
            )
    fresh, world.now = world.now, world.now + timedelta(days=400)
    for someone, role in zip(world.people, Role, strict=True):
        told = await shown(world, someone, Kind.STALE)

        assert bool(told) is (role in {Role.COORDINATOR, Role.ADMIN})
        if told:
            assert "180 days" in told.steps[0].text
            assert not FORBIDDEN.search(told.steps[0].text)
            topics = {row[0].data for row in told.steps[0].rows if row}
            assert "topic:deportation" in topics
    world.now = fresh
    assert await shown(world, world.people[-1], Kind.STALE) is None
