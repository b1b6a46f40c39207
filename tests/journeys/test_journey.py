"""The main job from end to end, in every language: from a worker's link to a visit that was kept."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from care.roles import Role
from locales.catalogue import Locale, Words
from simulator.cast import ALISHER, COORDINATOR, REGISTRAR, WORKER
from simulator.client import Phone
from storage import staff
from tests.journeys.whole import ALLOWED, NOT_NEUTRAL, Whole, english_in, shown, whole

pytestmark = pytest.mark.usefixtures("logs_put_back")
WORDS = Words.load()
LANGUAGES = [code for code in WORDS if code != "en"]
STAFF = (WORKER, REGISTRAR, COORDINATOR)


@pytest.mark.parametrize("code", LANGUAGES)
async def test_from_a_workers_link_to_a_kept_visit(code: str, any_url: str) -> None:
    t = WORDS[code]
    async with whole(any_url) as world:
        worker = await hire(world, code)
        link = await world.store.one("SELECT code FROM links")
        phone = world.phone(ALISHER.id)

        await choose_language(world, phone, link, code)
        await ask(world, phone, t)
        await check(world, phone, t)
        assert await world.store.one("SELECT count(*) FROM people") == len(STAFF)  # nobody agreed yet
        await book(world, phone)
        reminder = await world.until_sent("visit-eve")
        assert not NOT_NEUTRAL.search(reminder)
        await move(world, phone)
        await come(world)
        await see_it_in_the_numbers(world, worker, t)

        check_everything_shown(world, code)


async def hire(world: Whole, code: str) -> int:
    """Store the staff; return the worker's staff id."""
    for one in STAFF:
        world.telegram.hand(one.id).chat.started = True
    made = await world.store.agreed([one.id for one in STAFF], locales=[code])
    worker = await world.store.hire(made[0], Role.WORKER)
    await world.store.hire(made[2], Role.COORDINATOR)
    return worker


async def choose_language(world: Whole, phone: Phone, link: str, code: str) -> None:
    await phone.start(link)
    await world.calm()
    await world.tap(phone, f"lang:{code}")
    newest = await phone.newest()
    assert newest.text
    assert await world.store.one("SELECT count(*) FROM outcomes WHERE kind = 'link-opened'") == 1


async def ask(world: Whole, phone: Phone, t: Locale) -> None:
    answer = t.answer("how-tb-spreads")
    assert answer is not None
    await world.say(phone, answer.title)
    assert answer.title in (await phone.newest()).text
    assert await world.store.one("SELECT count(*) FROM outcomes WHERE kind = 'answered'") == 1


async def check(world: Whole, phone: Phone, t: Locale) -> None:
    """Answer the check as somebody who has coughed for long."""
    await world.say(phone, "/check")
    await world.tap(phone, "ch")  # for me
    for number in range(20):
        message = await phone.newest()
        choices = [b for b in message.buttons if (b.data or "").startswith("ch:")]
        if not choices:
            break
        calm = [b for b in choices if b.text in {t.label("No"), t.label("None of these")}]
        sick = {1: 0, 2: 1}.get(number)  # after the danger signs: a cough, two weeks or more
        chosen = choices[sick] if sick is not None else (calm or choices)[0]
        await phone.press_button(message.id, chosen)
        await world.calm()
    rows = await world.store.rows("SELECT detail FROM outcomes WHERE kind = 'checked'")
    assert [row[0] for row in rows] == ["soon"]


async def book(world: Whole, phone: Phone) -> None:
    """Book a place: the consent comes in between, and the wish is granted after it."""
    await world.tap(phone, "book")
    await world.tap(phone, "agree")
    await world.tap(phone, "book:all")
    await world.tap(phone, "bkc")
    await world.tap(phone, "bkd", last=True)  # not today: there is an evening before
    await world.tap(phone, "bkt")
    await world.tap(phone, "bky")
    assert await world.store.one("SELECT count(*) FROM bookings") == 1
    rows = await world.store.rows(
        "SELECT r.state, r.staff_id IS NOT NULL FROM bookings b JOIN referrals r ON r.id = b.referral_id"
    )
    assert [tuple(row) for row in rows] == [("booked", True)]


async def move(world: Whole, phone: Phone) -> None:
    await world.say(phone, "/visits")
    for wish in ("visit", "mv", "mvd", "mvt", "mvy"):
        await world.tap(phone, wish)
    assert await world.store.one("SELECT count(*) FROM bookings WHERE cancelled_at IS NULL") == 1
    assert await world.store.one("SELECT count(*) FROM bookings WHERE moved_from IS NOT NULL") == 1


async def come(world: Whole) -> None:
    """Let the hour come; the desk says that the person is there."""
    query = "SELECT clinic_id, starts_at FROM bookings WHERE cancelled_at IS NULL"
    [(clinic_id, starts_at)] = await world.store.rows(query)
    begins = datetime.fromisoformat(str(starts_at)).replace(tzinfo=UTC)
    registrar = world.running.store.vault.hashes(str(REGISTRAR.id))[0]
    person_id = await world.store.one("SELECT id FROM people WHERE telegram_hash = :hash", hash=registrar)
    async with world.store.database.writing() as connection:
        await staff.add(connection, person_id, Role.REGISTRAR, now=begins, clinic_id=clinic_id)
    world.move_to(begins + timedelta(minutes=5))
    desk = world.phone(REGISTRAR.id)
    await world.say(desk, "/today")
    await world.tap(desk, "came")
    assert await world.store.one("SELECT count(*) FROM bookings WHERE came_at IS NOT NULL") == 1


async def see_it_in_the_numbers(world: Whole, worker: int, t: Locale) -> None:
    office = world.phone(COORDINATOR.id)
    await world.say(office, "/stats month by worker")
    text = (await office.newest()).text
    assert t.label("Came")[:3] in text
    rows = await world.store.rows("SELECT staff_id FROM outcomes WHERE kind = 'came'")
    assert [row[0] for row in rows] == [worker]
    table = [line for line in text.splitlines() if re.search(r"\b1\b.*\b1\b", line)]
    assert table, text


def check_everything_shown(world: Whole, code: str) -> None:
    calls = world.telegram.world.calls
    assert {call["method"] for call in calls} <= ALLOWED
    assert [call for call in calls if call["status"] not in {200, None}] == []  # what Telegram would refuse
    assert all(query.answered for query in world.telegram.world.bot.queries.values())
    assert all(not NOT_NEUTRAL.search(text) for text in shown(world.telegram, WORKER.id))  # only notices
    for person in (ALISHER, *STAFF):
        for text in shown(world.telegram, person.id):
            assert text.strip()
            assert not re.search(r"[{}]|%\(|\bNone\b", text), text
            if "🌐" not in text:  # the choice of languages speaks all of them
                assert english_in(text, WORDS, code) == [], text


async def test_english_left_overs_would_be_seen() -> None:
    assert english_in("Привет. Choose a day", WORDS, "ru")
    assert not english_in("Привет. Выберите день", WORDS, "ru")
    assert NOT_NEUTRAL.search("Завтра рентген лёгких")
