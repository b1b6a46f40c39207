"""From a booked place to care and home: a clinic that closes, a list, a code at the door, and what follows.

Two people, in Uzbek and in Tajik, over the real program and the simulator's clock; all that the bot sends by
itself is looked at for words that a lock screen must not show.
"""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from care.absence import Reason
from care.ticket import opened
from simulator.screen import Message
from simulator.world import Person
from tests.journeys.team import (
    ADMIN,
    BOSS,
    COVER,
    KYRGYZ,
    MIGRANTS,
    TAJIK,
    UZBEK,
    WORKER,
    Town,
    invite,
    town,
)
from tests.journeys.whole import NOT_NEUTRAL
from tests.reliability.taps import find

pytestmark = pytest.mark.slow
MONDAY = datetime(2026, 11, 30, 5, tzinfo=UTC)  # ten in the morning in the invented city
REGISTRAR, CLINICIAN = COVER, KYRGYZ


async def test_a_referral_does_not_end_at_the_gate_of_the_clinic(sqlite_url: str) -> None:
    async with town(sqlite_url, begins=MONDAY) as there:
        await journey(there)


async def journey(town: Town) -> None:
    clinic = await hire(town)
    for person, code in ((UZBEK, "uz"), (TAJIK, "tg")):
        await arrive(town, person, code)
    first = await book(town, UZBEK, clinic, day=2)
    other = await book(town, TAJIK, clinic, day=2)
    await plan(town, UZBEK, first)
    await be_reminded(town, UZBEK, first)
    first, other = await close(town, clinic, first, other)
    await wait_for_a_place(town)
    await arrive_by_code(town, first)
    await miss(town, other)
    await be_examined(town, first)
    await take_medicine(town)
    await go_home(town)
    look_at_what_came_by_itself(town)


async def hire(town: Town) -> int:
    """Let the administrator invite the office, the office a worker and the clinic's people."""
    await town.say(ADMIN, "/start")
    await town.tap(ADMIN, "lang:en")
    await town.say(ADMIN, "/visits")
    await town.tap(ADMIN, "agree")
    await invite(town, ADMIN, BOSS, "coordinator", "ru", ["Русский"])
    await invite(town, BOSS, WORKER, "worker", "kk", ["Русский", "Oʻzbekcha", "Тоҷикӣ"])
    await invite(town, BOSS, REGISTRAR, "registrar", "ru", ["Русский"])
    await invite(town, BOSS, CLINICIAN, "clinician", "ru", ["Русский"])
    query = "SELECT DISTINCT clinic_id FROM staff WHERE clinic_id IS NOT NULL"
    [row] = await town.store.rows(query)
    return int(row[0])


async def arrive(town: Town, person: Person, code: str) -> None:
    await town.say(person, "/start")
    await town.tap(person, f"lang:{code}")
    await town.say(person, "/visits")
    await town.tap(person, "agree")


async def book(town: Town, person: Person, clinic: int, *, day: int) -> int:
    """Book the first time of a day; return the booking's id."""
    await town.say(person, "/book")
    days = await town.tap(person, "book:all", f"bkc:{clinic}")
    await town.press(person, days, [one for one in days.buttons if (one.data or "").startswith("bkd:")][day])
    await town.tap(person, "bkt", "bky")
    return await visit(town, person)


async def visit(town: Town, person: Person) -> int:
    """Return the id of somebody's newest visit that stands."""
    query = (
        "SELECT id FROM bookings WHERE person_id = :person AND cancelled_at IS NULL "
        "ORDER BY created_at DESC, starts_at DESC LIMIT 1"
    )
    return int(await town.store.one(query, person=await town.person_id(person)))


async def starts(town: Town, booking: int) -> datetime:
    value = await town.store.one("SELECT starts_at FROM bookings WHERE id = :id", id=booking)
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def plan(town: Town, person: Person, booking: int) -> None:
    """Promise: by bus, from work, so long before."""
    await town.tap(person, f"plan:{booking}", f"plan:{booking}:bus", f"plan:{booking}:bus:work")
    shown = await town.tap(person, f"plan:{booking}:bus:work")
    assert "🚌" in shown.text
    assert await town.store.one("SELECT plan FROM bookings WHERE id = :id", id=booking)


async def be_reminded(town: Town, person: Person, booking: int) -> None:
    """On the evening before the reminder says the person's own plan."""
    before = await town.newest_id(person)
    start = await starts(town, booking) + timedelta(hours=5)
    eve = start.replace(hour=18, minute=30) - timedelta(days=1, hours=5)
    await town.move_to(eve)
    assert "🚌" in await town.texts(person, after=before)


async def close(town: Town, clinic: int, first: int, other: int) -> tuple[int, int]:
    """Close the day of both visits: one takes what is kept, the other chooses another time in two taps."""
    day = (await starts(town, first)).astimezone(UTC) + timedelta(hours=5)
    before = {person.id: await town.newest_id(person) for person in (UZBEK, TAJIK)}
    await town.say(REGISTRAR, "/closed")
    word = f"closed:{clinic}:{day:%Y%m%d}"
    await town.tap(REGISTRAR, word, f"{word}:a", f"clyes:{clinic}:{day:%Y%m%d}:a")
    await town.tick()
    query = "SELECT count(*) FROM bookings WHERE id IN (:a, :b) AND cancelled_at IS NOT NULL"
    assert await town.store.one(query, a=first, b=other) == 2
    for person in (UZBEK, TAJIK):
        told = [one for one in await town.messages(person, after=before[person.id]) if one.buttons]
        assert len(told) == 1, "everybody concerned is told once"
    await town.tap(UZBEK, f"disy:{first}")
    await town.tap(TAJIK, f"diso:{other}", f"disb:{other}")
    moved = await visit(town, UZBEK), await visit(town, TAJIK)
    assert {first, other}.isdisjoint(moved)
    waits = "SELECT count(*) FROM due WHERE booking_id IN (:a, :b) AND state = 'pending'"
    assert await town.store.one(waits, a=first, b=other) == 0
    return moved


async def wait_for_a_place(town: Town) -> None:
    """Wait for a sooner place than the soonest that is free: whoever cancels gives it to who waits."""
    clinic = int(await town.store.one("SELECT id FROM clinics WHERE code = 'polyclinic-2'"))
    away = [await book(town, person, clinic, day=0) for person in (WORKER, BOSS)]
    assert await starts(town, away[0]) == await starts(town, away[1])
    await town.say(TAJIK, "/book")
    await town.tap(TAJIK, "book:all", f"bkc:{clinic}", "wait", f"waitc:{clinic}", f"waith:{clinic}:a")
    await town.tap(TAJIK, f"waity:{clinic}:a:any")
    assert await town.store.one("SELECT count(*) FROM waits WHERE ended_at IS NULL") == 1
    before = await town.newest_id(TAJIK)
    await town.tap(WORKER, f"cx:{away[0]}", f"cxy:{away[0]}")
    offered = [one for one in await town.messages(TAJIK, after=before) if one.buttons]
    assert len(offered) == 1, "a freed place is offered to who waits"
    held = await town.store.one("SELECT count(*) FROM bookings WHERE use = 'wait' AND cancelled_at IS NULL")
    assert held == 1
    await town.wait(minutes=30)
    assert await town.store.one("SELECT lapsed FROM waits") == 1, "it is not held for ever"
    await town.say(TAJIK, "/visits")
    await town.tap(TAJIK, "wait", "waitx")
    assert await town.store.one("SELECT count(*) FROM waits WHERE ended_at IS NULL") == 0
    await town.tap(BOSS, f"cx:{away[1]}", f"cxy:{away[1]}")


async def arrive_by_code(town: Town, booking: int) -> None:
    """Show the picture of the ticket at the desk, which opens its code."""
    await town.say(UZBEK, "/visits")
    before = await town.newest_id(UZBEK)
    await town.tap(UZBEK, f"visit:{booking}", f"mytick:{booking}")
    payload = await code_on(town, UZBEK, before)
    assert opened(payload) == booking
    await town.move_to(await starts(town, booking) - timedelta(minutes=90))
    await town.tap(UZBEK, f"onway:{booking}")
    await town.phone(REGISTRAR).start(payload)
    await town.calm()
    assert await town.store.one("SELECT came_at FROM bookings WHERE id = :id", id=booking)


async def code_on(town: Town, person: Person, after: int) -> str:
    """Return the payload of the link in the newest picture that somebody was sent."""
    pictures = [one for one in await town.messages(person, after=after) if one.media == "photo"]
    content = await town.simulator.file(pictures[-1].file_id or "")
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(content)).convert("L"))
    return str(found.text).partition("?start=")[2]


async def miss(town: Town, booking: int) -> None:
    """Be asked in the evening, and press every reason: each has a remedy, and none is a dead end."""
    before = await town.newest_id(TAJIK)
    await town.move_to(await starts(town, booking) + timedelta(hours=20))
    assert len([one for one in await town.messages(TAJIK, after=before) if one.buttons]) == 1
    await town.tap(TAJIK, f"went:{booking}:n")
    seen = set()
    for reason in Reason:
        shown = await town.tap(TAJIK, f"why:{booking}:{reason.value}")
        assert await town.store.one("SELECT reason FROM bookings WHERE id = :id", id=booking) == reason
        assert len(shown.buttons) >= 3
        seen.add(shown.text)
        await town.tap(TAJIK, f"why:{booking}")
    assert len(seen) == len(Reason), "each reason has a remedy of its own"
    await town.tap(TAJIK, f"why:{booking}:fear", f"nohelp:{booking}")
    assert await tasks(town, TAJIK, "remedy") == 1


async def tasks(town: Town, person: Person, kind: str) -> int:
    query = "SELECT count(*) FROM tasks WHERE person_id = :person AND kind = :kind AND done_at IS NULL"
    return int(await town.store.one(query, person=await town.person_id(person), kind=kind))


async def be_examined(town: Town, booking: int) -> None:
    """Let the clinic write step by step; the person hears that there is something, and a worker no more."""
    await town.say(CLINICIAN, "/results")
    await town.tap(CLINICIAN, f"rslt:{booking}", f"rsex:{booking}", f"rsrdy:{booking}")
    before = await town.newest_id(UZBEK)
    await town.tap(CLINICIAN, f"rsrdy:{booking}:R2")
    await by_day(town)
    assert len([one for one in await town.messages(UZBEK, after=before) if one.buttons]) == 1
    await town.wait(days=2, hours=12)
    assert len([one for one in await town.messages(UZBEK, after=before) if one.buttons]) == 2
    await town.wait(days=1, hours=12)
    assert await tasks(town, UZBEK, "result") == 1
    await town.say(CLINICIAN, "/results")
    await town.tap(CLINICIAN, f"rslt:{booking}", f"rsgiv:{booking}")
    await town.tick()
    assert await tasks(town, UZBEK, "result") == 0
    before = await town.newest_id(UZBEK)
    await town.wait(days=1, hours=12)
    assert [one for one in await town.messages(UZBEK, after=before) if one.buttons]
    await town.tap(UZBEK, "hh")


async def days(town: Town, number: int) -> None:
    """Let days pass in long steps."""
    for _ in range(2 * number):  # one of the two is never at night
        await town.simulator.advance(timedelta(hours=12).total_seconds())
        await town.tick()


async def by_day(town: Town) -> None:
    """Go on to the next time of the day at which somebody may be written to."""
    local = town.now + timedelta(hours=5)
    if not 9 <= local.hour < 20:
        await town.move_to(town.now + timedelta(hours=(33 - local.hour) % 24 or 24))
    await town.tick()


async def take_medicine(town: Town) -> None:
    """Ask for reminders, take one dose, then none for days: help comes, and nobody is told what for."""
    await town.say(UZBEK, "/medicine")
    for _ in range(10):
        newest = await town.phone(UZBEK).newest()
        choices = [one for one in newest.buttons if (one.data or "").startswith("mednew")]
        if not choices:
            break
        yes = [one for one in choices if (one.data or "").endswith(":y")]
        await town.press(UZBEK, newest, (yes or choices)[0])
    assert await town.store.one("SELECT count(*) FROM dose_plans WHERE ended_at IS NULL") == 1
    await town.wait(days=1)
    message, button = await find(town.phone(UZBEK), "dose")
    await town.press(UZBEK, message, button)
    assert await town.store.one("SELECT count(*) FROM doses WHERE answer = 'taken'") == 1
    await town.wait(days=3, hours=12)
    assert await tasks(town, UZBEK, "talk") == 1


async def go_home(town: Town) -> None:
    """Plan the way, take a card along that opens once, arrive, go on there."""
    await town.say(TAJIK, "/leaving")
    await town.tap(TAJIK, "leav:TJ", "leav:TJ:week", "tcard")
    await town.tap(TAJIK, "tview")
    before = await town.newest_id(TAJIK)
    await town.tap(TAJIK, "tmake")
    kinds = {one.media for one in await town.messages(TAJIK, after=before)}
    assert {"photo", "document"} <= kinds
    code = await code_on(town, TAJIK, before)
    doctor = await town.simulator.add_person("Духтур", language_code="tg")
    await open_card(town, doctor.person_id, code)
    assert await town.store.one("SELECT opened_at FROM transfers")
    await days(town, 16)
    await town.tap(TAJIK, "arriv")
    assert await town.store.one("SELECT arrived FROM transfers")
    assert await town.store.one("SELECT state FROM referrals WHERE state = 'moved-away'")
    await days(town, 26)
    await town.tap(TAJIK, "wenton")


async def open_card(town: Town, person_id: int, code: str) -> None:
    """Scan the card as the clinic that receives the person: once it opens, and never again."""
    phone = town.simulator.phone(person_id)
    texts = []
    for _ in range(2):
        await phone.start(code)
        await town.calm()
        for wish in ("lang:tg", "topen"):
            await try_to_press(town, phone, wish)
        texts.append((await phone.newest()).text)
    assert texts[0] != texts[1]


async def try_to_press(town: Town, phone: Any, wish: str) -> None:
    newest: Message = await phone.newest()
    for button in newest.buttons:
        data = (button.data or "").partition("~")[0]
        if data.startswith(wish) and (wish != "topen" or data.endswith(":y")):
            await phone.press_button(newest.id, button)
            await town.calm()
            return


def look_at_what_came_by_itself(town: Town) -> None:
    """Nothing that lights up by itself names the illness or the kind of clinic."""
    to_people = {str(person.id) for person in MIGRANTS if person is not CLINICIAN}
    seen = 0
    for call in town.by_itself:
        params = call["params"]
        if str(params.get("chat_id")) in to_people:
            for name in ("text", "caption", "title", "address"):
                assert not NOT_NEUTRAL.search(str(params.get(name, ""))), params
            seen += 1
    assert seen > 15
