"""Booking in three taps, and what is said when a place is gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from care.booking import MOST_UPCOMING
from care.roles import Role
from care.ticket import ticket
from handlers import chosen
from handlers.book import Book
from handlers.buttons import Verb
from handlers.routes import Route, Routes
from storage import referrals, schema


@pytest.fixture
def routes(make_table: Callable[..., Routes]) -> Routes:
    book = Book()
    return make_table(
        buttons={
            Verb.BOOK: Route(book.start),
            Verb.BOOK_CLINIC: Route(book.days),
            Verb.BOOK_DAY: Route(book.day),
            Verb.BOOK_TIME: Route(book.time),
            Verb.BOOK_YES: Route(book.confirm),
        },
        commands={"book": Verb.BOOK},
    )


@pytest.fixture
async def person(world: Any) -> Any:
    """Somebody in a city with two clinics; each sees two people every half hour, Mon-Sat 17:00-20:00."""
    area = await world.area()
    await world.clinic(area, name="Clinic A")
    await world.clinic(area, name="Clinic B")
    return await somebody(world, area)


async def somebody(world: Any, area: int | None = None, **referral: Any) -> Any:
    someone = world.somebody()
    known = await someone.agree(area_id=area)
    async with world.database.writing() as store:
        referral_id = await referrals.open_for(store, known.id, now=world.now, area_id=area)
        if referral:
            await store.execute(
                update(schema.referrals).where(schema.referrals.c.id == referral_id).values(**referral)
            )
    return someone


async def test_three_taps_book_the_soonest_place_nearby(person, world):
    await person.command("/book")
    await person.press("1️⃣")
    await person.press("Yes, book")

    assert "You are booked" in person.text
    (booking,) = await world.rows(schema.bookings)
    assert booking["local_start"] == "2026-11-23T17:00"
    assert booking["clinic_id"] == 1  # the nearer one
    assert ticket(booking["id"]) in person.text
    assert "Bus 10 to the market" in person.text
    assert {Verb.CALENDAR, Verb.MAP, Verb.MOVE, Verb.CANCEL, Verb.HOME} <= set(person.wishes)


async def test_the_first_screen_offers_evenings_of_both_clinics_with_place_and_distance(person):
    await person.command("/book")

    assert person.labels[0] == "1️⃣ today, 17:00 🌙"
    assert "Clinic A" in person.text
    assert "Clinic B" in person.text
    assert "km" in person.text
    assert "🌙 evening" in person.text


async def test_clinic_day_time_and_confirmation_lead_to_a_visit(person, world):
    await person.command("/book")
    await person.press("Another clinic")
    await person.press("Clinic B")
    assert "Sat 28 Nov 🗓 🌙" in person.labels
    assert not any(label.startswith("Sun") for label in person.labels)
    await person.press("Sat 28 Nov")
    assert next(label for label in person.labels if label.endswith("🌙")) == "17:00 🌙"
    await person.press("18:30")
    assert "Saturday, 28 November, 18:30" in person.text
    assert "1 Example Street" in person.text
    assert "Bring" in person.text
    await person.press("Yes, book")

    (booking,) = await world.rows(schema.bookings)
    assert (booking["clinic_id"], booking["local_start"]) == (2, "2026-11-28T18:30")


async def test_days_are_paged(person):
    await person.tap("bkc:1")
    first = person.labels
    await person.press("▶️")

    assert set(person.labels).isdisjoint(first[:12])
    await person.press("◀️")
    assert person.labels == first


async def test_not_free_is_said_before_the_booking(person, world):
    await world.add(schema.services, clinic_id=1, kind="blood-test", payer="self", note=None, position=0)
    await person.tap("bkt:1:202611231700")

    assert "You pay yourself: blood test" in person.text


async def test_a_full_time_is_not_shown(person, world):
    for _ in range(2):
        other = await somebody(world)
        await other.tap("bky:1:202611231700")

    await person.tap("bkd:1:20261123")

    assert "17:00 🌙" not in person.labels
    assert "17:30 🌙" in person.labels


async def test_whoever_is_too_late_gets_a_kind_word_and_other_times_of_the_day(person, world):
    await person.tap("bkt:1:202611231700")
    for _ in range(2):
        other = await somebody(world)
        await other.tap("bky:1:202611231700")

    await person.press("Yes, book")

    assert "Somebody was quicker" in person.text
    assert "17:30 🌙" in person.labels
    assert (await world.outcomes())[-1] == "booking-full"
    assert len(await world.rows(schema.bookings)) == 2


async def test_a_full_day_leads_to_other_days(person, world):
    async with world.database.writing() as store:
        await store.execute(update(schema.sessions).values(ends="17:30", capacity=1))
    other = await somebody(world)
    await other.tap("bky:1:202611231700")

    await person.tap("bky:1:202611231700")

    assert "Somebody was quicker" in person.text
    assert "tomorrow 🌙" in person.labels


async def answers_to_a_double_tap(person: Any) -> tuple[Any, Any]:
    await person.tap("bkt:1:202611231700")
    first = await person.press("Yes, book")
    return first, await person.tap("bky:1:202611231700")


async def test_whose_visit_is_not_looked_up_hears_something_else_at_the_second_tap(person, monkeypatch):
    async def nobody(*_: object) -> None:
        return None

    monkeypatch.setattr("storage.bookings._on_day", nobody)
    first, again = await answers_to_a_double_tap(person)

    assert again != first


async def test_a_double_tap_shows_the_same_confirmation_again(person, world):
    first, again = await answers_to_a_double_tap(person)

    assert again == first
    assert await world.count(schema.bookings) == 1
    assert (await world.outcomes()).count("booked") == 1


async def test_a_second_visit_on_a_day_shows_the_first_with_move_and_cancel(person, world):
    await person.tap("bky:1:202611231700")
    await person.tap("bky:2:202611231830")

    assert "already have a visit on this day" in person.text
    assert "Clinic A" in person.text
    assert {Verb.MOVE, Verb.CANCEL} <= set(person.wishes)
    assert await world.count(schema.bookings) == 1


async def test_nobody_collects_places(person, world):
    for day in range(23, 23 + MOST_UPCOMING):
        await person.tap(f"bky:1:202611{day}1700")
    await person.tap("bky:1:202611281700")

    assert await world.count(schema.bookings) == MOST_UPCOMING
    assert Verb.VISITS in person.wishes


async def booked_when_an_older_screen_is_confirmed(person: Any, world: Any) -> list[str]:
    """Look at two times and say yes below the first, whose press was overtaken; return what is booked."""
    for wish in ("bkt:1:202611231830", "bkt:1:202611231700", "bky:1:202611231830"):
        await person.tap(wish)
    return [row["local_start"] for row in await world.rows(schema.bookings)]


async def test_a_press_that_was_overtaken_books_just_what_its_button_said(person, world):
    assert await booked_when_an_older_screen_is_confirmed(person, world) == ["2026-11-23T18:30"]
    assert person.wishes


async def test_a_yes_that_means_what_was_looked_at_last_books_something_else(person, world, monkeypatch):
    named = chosen.start
    looked_at: list[Any] = []

    def remembered(turn: Any, position: int) -> Any:
        if turn.press.verb is Verb.BOOK_TIME:
            looked_at.append(named(turn, position))
        return looked_at[-1]

    monkeypatch.setattr(chosen, "start", remembered)

    assert await booked_when_an_older_screen_is_confirmed(person, world) == ["2026-11-23T17:00"]


@pytest.mark.parametrize(
    "data",
    [
        "bkc:99",
        "bkc:99999999999",
        "bkc",
        "bkd:1:20261199",
        "bkd:1",
        "bkd:1:20250101",
        "bkt:1:202611231701",
        "bkt:1:202511231700",
        "bkt:1:209911231700",
        "bky:1:202611231701",
        "bky:1:202610231700",
        "bky:1:202611291700",
        "bky:1:202612281700",
        "bky:99:202611231700",
        "bky:1:xyz",
        "bky",
        "bkc:1:-5",
        "bkc:1:999999999",
        "bkd:1:20261123:77",
    ],
)
async def test_a_forged_button_books_nothing_and_is_no_dead_end(person, world, data):
    await person.tap(data)

    assert await world.count(schema.bookings) == 0
    assert person.wishes


async def test_a_booking_moves_the_referral_and_plans_reminders(person, world):
    await person.tap("bky:1:202611261830")

    (referral,) = await world.rows(schema.referrals)
    assert referral["state"] == "booked"
    planned = {row["kind"]: row for row in await world.rows(schema.due)}
    assert set(planned) == {"visit-eve", "visit-soon", "visit-after"}
    assert planned["visit-eve"]["local_due"] == "2026-11-25T18:00"
    assert (await world.outcomes())[-1] == "booked"
    (outcome,) = await world.rows(schema.outcomes, kind="booked")
    assert (outcome["clinic_id"], outcome["referral_id"]) == (1, referral["id"])


async def test_the_owner_is_told(person, world):
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    async with world.database.writing() as store:
        await store.execute(update(schema.referrals).values(staff_id=staff_id))

    await person.tap("bky:1:202611261830")

    (notice,) = await world.rows(schema.due, kind="booked")
    assert notice["person_id"] == (await worker.person()).id
    assert notice["params"]["what"] == "booked"
    assert notice["due_at"] == world.now


async def test_the_advice_goes_with_the_booking_and_the_child_question_is_asked_once(world):
    await world.clinic(await world.area())
    person = await somebody(world, advice="soon")
    await person.tap("bky:1:202611231700")

    assert "child under 5" in person.text
    (booking,) = await world.rows(schema.bookings)
    assert (booking["advice"], booking["child_under_5"]) == ("soon", False)
    await person.press("👶 Yes")
    assert "child under 5" not in person.text
    assert "You are booked" in person.text
    (booking,) = await world.rows(schema.bookings)
    assert booking["child_under_5"] is True
    (outcome,) = await world.rows(schema.outcomes, kind="booked")
    assert outcome["detail"] == "soon"


@pytest.mark.parametrize(("label", "kept"), [("Skip", False), ("No", False)])
async def test_the_child_question_may_be_skipped(world, label, kept):
    await world.clinic(await world.area())
    person = await somebody(world, advice="urgent")
    await person.tap("bky:1:202611231700")
    await person.press(label)

    (booking,) = await world.rows(schema.bookings)
    assert booking["child_under_5"] is kept
    assert "child under 5" not in person.text


@pytest.mark.parametrize("advice", [None, "watch", "routine", "none"])
async def test_without_a_need_nobody_is_asked_about_children(world, advice):
    await world.clinic(await world.area())
    person = await somebody(world, advice=advice)
    await person.tap("bky:1:202611231700")

    assert "child" not in person.text


async def test_a_booking_left_half_way_is_asked_about_two_hours_later(person, world):
    await person.command("/book")
    world.wait(minutes=30)
    await person.press("1️⃣")

    (nudge,) = await world.rows(schema.due)
    assert (nudge["kind"], nudge["state"]) == ("nudge", "pending")
    assert nudge["due_at"] == world.now + timedelta(hours=2)
    assert (await world.rows(schema.drafts))[0]["content"] == {"clinic": 1}


async def test_a_finished_booking_leaves_no_draft_and_no_nudge(person, world):
    await person.command("/book")
    await person.press("1️⃣")
    await person.press("Yes, book")

    assert await world.count(schema.drafts) == 0
    (nudge,) = await world.rows(schema.due, kind="nudge")
    assert nudge["state"] == "cancelled"


async def test_where_everything_is_full_a_person_is_offered(person, world):
    async with world.database.writing() as store:
        await store.execute(schema.sessions.delete())

    await person.command("/book")
    assert set(person.wishes) == {Verb.WAIT, Verb.TALK, Verb.HOME}
    await person.tap("bkc:1")
    assert Verb.TALK in person.wishes


async def test_without_a_clinic_a_person_is_offered(world):
    someone = await somebody(world)
    await someone.command("/book")

    assert set(someone.wishes) == {Verb.TALK, Verb.HOME}


async def test_a_stranger_is_asked_to_agree_first(world):
    stranger = world.somebody()
    await stranger.tap("bky:1:202611231700~en")

    assert await world.count(schema.people) == 0
    assert await world.count(schema.bookings) == 0


@pytest.mark.parametrize("language", ["ru", "uz", "uz_Cyrl", "tg", "kk"])
async def test_every_text_of_a_booking_is_in_the_persons_language(world, language):
    await world.clinic(await world.area())
    names = dict.fromkeys(("ru", "uz", "tg", "kk", "en"), "Kx")
    async with world.database.writing() as store:
        values = dict.fromkeys(("names", "address", "directions", "hours", "bring"), names)
        await store.execute(update(schema.clinics).values(**values))
    someone = world.somebody()
    await someone.agree(locale=language)

    for data in ("book", "book:all", "bkc:1", "bkd:1:20261124", "bkt:1:202611241700", "bky:1:202611241700"):
        await someone.tap(data)
        assert f"{language}‧" in someone.text
        assert not any(label.isascii() and label.isalpha() for label in someone.labels)


async def test_the_second_episode_belongs_to_whoever_brought_the_person(world: Any) -> None:
    area = await world.area()
    await world.clinic(area)
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=area)
    link = await world.link(staff_id=staff_id, area_id=area)
    someone = world.somebody()
    await someone.agree(link_id=link, area_id=area)
    await someone.tap("bky:1:202611241830")
    async with world.database.writing() as store:
        await store.execute(schema.referrals.update().values(closed_at=world.now))

    await someone.tap("bky:1:202611251830")

    second = (await world.rows(schema.referrals, closed_at=None))[0]
    assert (second["link_id"], second["staff_id"], second["area_id"]) == (link, staff_id, area)
