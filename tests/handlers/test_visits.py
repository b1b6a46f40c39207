"""A visit can be seen, moved, cancelled, put into a calendar, and asked about; by whose it is."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from handlers.book import Book
from handlers.buttons import Verb, build
from handlers.missed import Missed
from handlers.routes import Route, Routes
from handlers.screens import Way
from handlers.visits import Visits
from storage import bookings, schema


@pytest.fixture
def routes(make_table: Callable[..., Routes]) -> Routes:
    visits = Visits()
    return make_table(
        buttons={
            Verb.BOOK_CLINIC: Route(Book().days),
            Verb.BOOK_YES: Route(Book().confirm),
            Verb.VISITS: Route(visits.show),
            Verb.VISIT: Route(visits.visit),
            Verb.MOVE: Route(visits.move),
            Verb.MOVE_DAY: Route(visits.move_day),
            Verb.MOVE_TIME: Route(visits.move_time),
            Verb.MOVE_YES: Route(visits.move_yes),
            Verb.CANCEL: Route(visits.cancel),
            Verb.CANCEL_YES: Route(visits.cancel_yes),
            Verb.CALENDAR: Route(visits.calendar),
            Verb.WENT: Route(Missed().went),
        },
        commands={"visits": Verb.VISITS},
    )


@pytest.fixture
async def person(world: Any) -> Any:
    """Somebody with a visit on Tuesday at 18:30."""
    await world.clinic(await world.area())
    someone = world.somebody()
    await someone.agree()
    await someone.tap("bky:1:202611241830")
    return someone


async def visit_id(world: Any) -> int:
    rows = [row for row in await world.rows(schema.bookings) if row["cancelled_at"] is None]
    return int(rows[0]["id"])


async def places(world: Any) -> list[str]:
    """What is booked now."""
    rows = [row for row in await world.rows(schema.bookings) if row["cancelled_at"] is None]
    assert all(row["local_day"] == row["local_start"][:10] for row in rows)
    return sorted(row["local_start"] for row in rows)


async def test_the_list_leads_to_the_visit(person):
    await person.command("/visits")
    await person.press("Tue 24 Nov, 18:30")

    assert "Tuesday, 24 November, 18:30" in person.text
    assert "1 Example Street" in person.text
    can = {Verb.MOVE, Verb.CANCEL, Verb.CHILDREN, Verb.CALENDAR, Verb.COMPANY, Verb.PLAN}
    assert can | {Verb.MY_TICKET, Verb.COSTS} | {Verb.MAP, Verb.VISITS, Verb.HOME} == set(person.wishes)


async def test_without_visits_the_list_says_what_to_do(world):
    someone = world.somebody()
    await someone.agree()

    await someone.command("/visits")

    assert "no visit ahead" in someone.text
    assert {Verb.BOOK, Verb.LEAVING, Verb.HOME} == set(someone.wishes)


@pytest.mark.parametrize(
    ("day", "start"), [("Wed 25 Nov", "2026-11-25T17:00"), ("tomorrow", "2026-11-24T17:00")]
)
async def test_a_visit_is_moved_to_another_day_or_time(person, world, day, start):
    await person.tap(build(Verb.MOVE, await visit_id(world)))
    assert "Your time now: Tuesday, 24 November, 18:30" in person.text
    await person.press(day)
    await person.press("17:00")
    await person.press("Yes, move")

    assert "Your new time" in person.text
    assert await places(world) == [start]
    assert "moved" in await world.outcomes()


async def test_a_moved_visit_takes_its_reminders_along(person, world):
    old = await visit_id(world)
    await person.tap(build(Verb.MOVE_YES, old, 1, "202611271830"))
    new = await visit_id(world)

    planned = await world.rows(schema.due)
    assert {row["state"] for row in planned if row["booking_id"] == old} == {"cancelled"}
    assert {row["state"] for row in planned if row["booking_id"] == new} == {"pending"}
    assert {
        row["local_due"] for row in planned if row["booking_id"] == new and row["kind"] == "visit-eve"
    } == {"2026-11-26T18:00"}


async def test_a_move_pressed_twice_moves_once(person, world):
    data = build(Verb.MOVE_YES, await visit_id(world), 1, "202611271830")
    await person.tap(data)
    await person.tap(data)

    assert await places(world) == ["2026-11-27T18:30"]
    assert "This is your time now" in person.text
    assert "Friday, 27 November" in person.text
    assert (await world.outcomes()).count("moved") == 1


async def test_a_move_to_a_full_time_keeps_the_visit_and_shows_what_is_free(person, world):
    for _ in range(2):
        other = world.somebody()
        await other.agree()
        await other.tap("bky:1:202611251700")

    await person.tap(build(Verb.MOVE_YES, await visit_id(world), 1, "202611251700"))

    assert "Somebody was quicker" in person.text
    assert "stays on Tuesday, 24 November, 18:30" in person.text
    assert "17:30 🌙" in person.labels
    assert "2026-11-24T18:30" in await places(world)


async def test_a_move_to_a_day_with_another_visit_is_refused_kindly(person, world):
    mine = await visit_id(world)
    await person.tap("bky:1:202611251700")

    await person.tap(build(Verb.MOVE_YES, mine, 1, "202611251800"))

    assert "already have a visit on that day" in person.text
    assert await places(world) == ["2026-11-24T18:30", "2026-11-25T17:00"]


async def test_a_visit_at_a_clinic_that_was_retired_can_be_seen_and_cancelled_but_not_moved(person, world):
    async with world.database.writing() as store:
        await store.execute(update(schema.clinics).values(retired_at=world.now))
    mine = await visit_id(world)

    await person.tap(build(Verb.MOVE, mine))
    assert "gives no new times" in person.text
    assert "1 Example Street" in person.text
    await person.press("❌ Cancel")
    await person.press("Yes, cancel")
    assert await places(world) == []


async def test_cancelling_asks_first_and_then_offers_another_time(person, world):
    await person.tap(build(Verb.CANCEL, await visit_id(world)))
    assert await places(world) == ["2026-11-24T18:30"]
    assert Verb.MOVE in person.wishes

    await person.press("Yes, cancel")

    assert await places(world) == []
    assert Verb.BOOK_CLINIC in person.wishes
    assert (await world.outcomes())[-1] == "cancelled"
    assert {row["state"] for row in await world.rows(schema.due)} == {"cancelled"}
    assert (await world.rows(schema.referrals))[0]["state"] == "informed"


async def test_cancelling_twice_cancels_once(person, world):
    data = build(Verb.CANCEL_YES, await visit_id(world))
    first = await person.tap(data)

    assert await person.tap(data) == first
    assert (await world.outcomes()).count("cancelled") == 1


async def test_a_cancelled_day_can_be_booked_again(person, world):
    await person.tap(build(Verb.CANCEL_YES, await visit_id(world)))
    await person.tap("bky:1:202611241830")

    assert await places(world) == ["2026-11-24T18:30"]
    assert "You are booked" in person.text


FOREIGN = [
    (Verb.VISIT, ()),
    (Verb.MOVE, ()),
    (Verb.MOVE_DAY, (1, "20261125")),
    (Verb.MOVE_TIME, (1, "202611251700")),
    (Verb.MOVE_YES, (1, "202611251700")),
    (Verb.CANCEL, ()),
    (Verb.CANCEL_YES, ()),
    (Verb.CALENDAR, ()),
    (Verb.WENT, ("y",)),
]


CHANGING = {Verb.MOVE_YES, Verb.CANCEL_YES}


async def gone_wrong(world: Any, verb: Verb, args: tuple[Any, ...]) -> list[str]:
    """Let a stranger press a button about the only visit; return whether it was answered or changed."""
    stranger = world.somebody()
    await stranger.agree()
    mine = await visit_id(world)
    foreign = await stranger.tap(build(verb, mine, *args))
    missing = await stranger.tap(build(verb, mine + 1, *args))
    nothing = await stranger.tap(verb.value)
    assert missing == nothing
    assert missing.toast == "This button is old."
    rows = [
        (row["local_start"], row["said"], row["cancelled_at"]) for row in await world.rows(schema.bookings)
    ]
    found = {"answered": foreign != missing, "changed": rows != [("2026-11-24T18:30", None, None)]}
    return [name for name, is_so in found.items() if is_so]


@pytest.mark.parametrize(("verb", "args"), FOREIGN)
async def test_a_visit_of_somebody_else_is_answered_like_one_that_is_not_there(person, world, verb, args):
    assert await gone_wrong(world, verb, args) == []


@pytest.mark.parametrize(
    ("verb", "args", "wrong"),
    [(verb, args, {"answered"}) for verb, args in FOREIGN[:-1] if verb not in CHANGING]
    + [(verb, args, {"answered", "changed"}) for verb, args in FOREIGN if verb in CHANGING],
)
async def test_whose_visit_it_is_must_be_asked(person, world, monkeypatch, verb, args, wrong):
    """The negative control: a visit is found by its number alone."""

    async def anybodys(store: Any, booking_id: int, _: int, *, lock: bool) -> Any:
        return await bookings.by_id(store, booking_id)

    monkeypatch.setattr(bookings, "_own", anybodys)

    assert set(await gone_wrong(world, verb, args)) == wrong


@pytest.mark.parametrize(("verb", "args"), FOREIGN[1:-1])
async def test_a_visit_that_is_over_cannot_be_changed(person, world, verb, args):
    world.wait(days=5)
    await person.tap(build(verb, await visit_id(world), *args))

    assert "This visit is over." in person.text
    assert await places(world) == ["2026-11-24T18:30"]
    assert Verb.HOME in person.wishes


@pytest.mark.parametrize("start", ["", "x", "202611241831", "202511241830", "209911241830", "202611291700"])
async def test_a_forged_time_moves_nothing(person, world, start):
    await person.tap(f"mvy:{await visit_id(world)}:1:{start}")

    assert await places(world) == ["2026-11-24T18:30"]
    assert person.wishes


@pytest.mark.parametrize(
    ("answer", "said", "outcome", "wishes"),
    [
        ("y", "went", "said-went", {Verb.ASK, Verb.TALK, Verb.SHARE, Verb.FAILED}),
        ("n", "missed", "said-missed", {Verb.WHY, Verb.BOOK_CLINIC, Verb.FAILED}),
    ],
)
async def test_did_you_go_is_answered_and_followed_by_a_next_step(
    person, world, answer, said, outcome, wishes
):
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), answer))

    assert (await world.rows(schema.bookings))[0]["said"] == said
    assert (await world.outcomes())[-1] == outcome
    assert wishes | {Verb.HOME} == set(person.wishes)


async def test_did_you_go_is_not_answered_before_the_visit(person, world):
    await person.tap(build(Verb.WENT, await visit_id(world), "y"))

    assert (await world.rows(schema.bookings))[0]["said"] is None


async def test_past_visits_say_what_became_of_them(person, world):
    world.wait(days=2)
    await person.tap(build(Verb.WENT, await visit_id(world), "y"))
    await person.command("/visits")

    assert "You were there." in person.text
    assert "no visit ahead" in person.text


async def test_the_calendar_file_is_correct_and_says_only_visit(person, world):
    async with world.database.writing() as store:
        long = {
            "en": "1 Example Street, room 12; second floor\nring \\ twice, then wait at the зелёная дверь"
        }
        await store.execute(update(schema.clinics).values(address=long))
    reply = await person.tap(build(Verb.CALENDAR, await visit_id(world)))

    (step,) = reply.steps
    assert (step.way, step.name) == (Way.FILE, "visit.ics")
    lines = step.content.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "\n" not in step.content.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "DTSTART:20261124T133000Z" in lines
    assert "DTEND:20261124T143000Z" in lines
    assert "DTSTAMP:20261123T070000Z" in lines
    assert "SUMMARY:Visit" in lines
    assert "TRIGGER:-PT2H" in lines
    whole = step.content.replace("\r\n ", "")
    assert r"LOCATION:1 Example Street\, room 12\; second floor\nring \\ twice\, then" in whole
    assert "Clinic" not in whole
    assert len([line for line in lines if line.startswith("UID:")]) == 1


async def test_a_moved_visit_takes_the_place_of_the_old_one_in_the_calendar(person, world):
    async def event() -> list[str]:
        ahead = [row["id"] for row in await world.rows(schema.bookings, cancelled_at=None)]
        reply = await person.tap(build(Verb.CALENDAR, ahead[0]))
        lines = reply.steps[0].content.split("\r\n")
        return [line for line in lines if line.startswith(("UID:", "SEQUENCE:", "DTSTART:"))]

    seen = [await event()]
    for start in ("202611251830", "202611261800"):
        mine = (await world.rows(schema.bookings, cancelled_at=None))[0]["id"]
        await person.tap(build(Verb.MOVE_YES, mine, 1, start))
        seen.append(await event())

    assert len({uid for uid, _, _ in seen}) == 1
    assert [sequence for _, sequence, _ in seen] == ["SEQUENCE:0", "SEQUENCE:1", "SEQUENCE:2"]
    assert len({start for _, _, start in seen}) == 3


@pytest.mark.parametrize("language", ["ru", "uz", "uz_Cyrl", "tg", "kk"])
async def test_every_text_of_a_visit_is_in_the_persons_language(world, language):
    await world.clinic(await world.area())
    names = dict.fromkeys(("ru", "uz", "tg", "kk", "en"), "Kx")
    async with world.database.writing() as store:
        values = dict.fromkeys(("names", "address", "directions", "hours", "bring"), names)
        await store.execute(update(schema.clinics).values(**values))
    someone = world.somebody()
    await someone.agree(locale=language)
    await someone.tap("bky:1:202611241830")
    mine = await visit_id(world)

    for verb, args in [(Verb.VISITS, ()), *((verb, (mine, *args)) for verb, args in FOREIGN)]:
        await someone.tap(build(verb, *args))
        assert f"{language}‧" in someone.text
