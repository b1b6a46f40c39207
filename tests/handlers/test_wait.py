"""Waiting for a place: saying what suits, being offered it, taking it, letting it go, stopping."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.waiting import offer_places
from care.children import Age
from care.claims import TO_WORKER
from care.lock_screen import telling
from care.message_kinds import Kind
from care.places import Use
from care.roles import Role
from care.ticket import ticket
from care.waiting_list import HELD, LASTS, TIME_TO_ANSWER
from handlers.agent import VERBS
from handlers.book import Book
from handlers.buttons import Verb, build
from handlers.data import as_text
from handlers.notices import Notices
from handlers.routes import Route, Routes
from handlers.screens import Reply
from handlers.visits import Visits
from handlers.wait_table import wait_buttons
from storage import children, kept, people, schema
from storage.bookings import upcoming


@pytest.fixture
def routes(make_table: Callable[..., Routes]) -> Routes:
    book, visits = Book(), Visits()
    return make_table(
        buttons={
            Verb.BOOK: Route(book.start),
            Verb.BOOK_CLINIC: Route(book.days),
            Verb.BOOK_TIME: Route(book.time),
            Verb.BOOK_YES: Route(book.confirm),
            Verb.VISITS: Route(visits.show),
            Verb.MOVE_YES: Route(visits.move_yes),
            Verb.CANCEL_YES: Route(visits.cancel_yes),
            **wait_buttons(),
        },
        commands={"book": Verb.BOOK, "visits": Verb.VISITS},
    )


class Place:
    """A clinic that sees one person on Tuesday at 18:30, and somebody who has that place."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def build(self, *, weekday: int = 1) -> "Place":
        area = await self.world.area()
        self.clinic = await self.world.clinic(area, name="TB clinic")
        async with self.world.database.writing() as store:
            await store.execute(schema.sessions.delete())
        await self.sees(weekday, "18:30", "19:00")
        self.area = area
        for week in range(4):
            await self.book(TUESDAYS[week])
        return self

    async def sees(self, weekday: int, starts: str, ends: str) -> None:
        """Let the clinic see one person on a weekday."""
        await self.world.add(
            schema.sessions, clinic_id=self.clinic, weekday=weekday, starts=starts, ends=ends,
            slot_minutes=30, capacity=1,
        )  # fmt: skip

    async def book(self, start: Any) -> Any:
        someone = self.world.somebody()
        await someone.agree(area_id=self.area)
        await someone.tap(f"bky:{self.clinic}:{start}")
        assert "You are booked" in someone.text
        self.holder = getattr(self, "holder", someone)
        return someone

    async def waiting(self, *, wish: str = "a:a:any") -> Any:
        """Add somebody who waits."""
        someone = self.world.somebody()
        await someone.agree(area_id=self.area)
        await someone.tap(f"waity:{wish}")
        assert "You are on the list" in someone.text
        self.world.wait(minutes=1)
        return someone

    async def free(self) -> None:
        """Let the holder cancel the visit of Tuesday."""
        holder = await self.holder.person()
        async with self.world.database.reading() as store:
            (visit,) = await upcoming(store, holder.id, now=self.world.now)
        await self.holder.tap(build(Verb.CANCEL_YES, visit.id))

    async def begun(self, who: Any) -> Any:
        """Return since when somebody waits."""
        (wait,) = await self.world.rows(schema.waits, person_id=(await who.person()).id)
        return wait["created_at"]

    async def job(self) -> None:
        await offer_places(self.world.database, now=self.world.now)

    async def told(self, to: Any, kind: Kind = Kind.WAIT_OFFER) -> Reply | None:
        """Return what the newest message of a kind says to somebody, and put it on their screen."""
        known = await to.person()
        table = schema.due
        async with self.world.database.writing() as store:
            statement = select(table).where(table.c.kind == kind.value, table.c.person_id == known.id)
            row = (await store.execute(statement.order_by(table.c.id.desc()))).mappings().first()
            if row is None:
                return None
            await store.execute(update(table).where(table.c.id == row["id"]).values(state="sent"))
            notices = Notices(words=self.world.words, vault=self.world.vault, zone=ZoneInfo("Asia/Almaty"))
            reply = await notices.render(kind, row, known, self.world.words["en"], store, self.world.now)
        if reply is not None:
            to.shown = reply
        return reply


TUESDAYS = {0: "202611241830", 1: "202612011830", 2: "202612081830", 3: "202612151830"}


@pytest.fixture
async def place(world: Any) -> Place:
    return await Place(world).build()


async def test_three_taps_and_one_to_begin_from_a_full_clinic(place: Place, world: Any) -> None:
    someone = world.somebody()
    await someone.agree(area_id=place.area)
    await someone.command("/book")
    assert "All places of the next four weeks are taken" in someone.text

    await someone.press("Tell me when a place is free")
    assert "On which days?" in someone.text  # there is one clinic, so nothing to ask
    await someone.press("Monday to Friday")
    await someone.press("After work")

    assert "You are on the list" in someone.text
    assert "Monday to Friday" in someone.text
    assert {Verb.WAIT, Verb.WAIT_STOP, Verb.VISITS, Verb.HOME} == set(someone.wishes)
    (wait,) = await world.rows(schema.waits)
    assert (wait["clinic_id"], wait["days"], wait["hours"]) == (None, [0, 1, 2, 3, 4], "evening")
    assert "wait-begun" in await world.outcomes()


async def test_with_several_clinics_the_clinic_is_asked_and_single_days_are_toggled(
    place: Place, world: Any
) -> None:
    other = await world.clinic(place.area, name="Clinic B")
    someone = world.somebody()
    await someone.agree(area_id=place.area)
    await someone.tap(f"bkc:{other}")
    await someone.press("Tell me when a place is free")
    assert "At which clinic?" in someone.text
    assert "Any clinic" in someone.labels[0]
    assert "Clinic B" in someone.labels[1], "where they looked stands first"

    await someone.press("TB clinic")
    await someone.press("Choose days")
    assert "➡️ Go on" not in someone.labels
    await someone.press("Tue")
    await someone.press("Sat")
    await someone.press("✅ Sat")
    await someone.press("Go on")
    await someone.press("Any time")

    (wait,) = await world.rows(schema.waits)
    assert (wait["clinic_id"], wait["days"], wait["hours"]) == (place.clinic, [1], "any")


async def test_a_wish_that_can_never_come_true_is_said_at_once_and_nobody_waits_for_it(
    place: Place, world: Any
) -> None:
    other = await world.clinic(place.area, name="Clinic B")  # Monday to Saturday, 17:00 to 20:00
    someone = world.somebody()
    await someone.agree(area_id=place.area)

    await someone.tap(f"waity:{place.clinic}:5:any")
    assert "This clinic sees nobody then" in someone.text
    assert "You are on the list" not in someone.text
    assert await world.rows(schema.waits) == []
    await someone.press("Any clinic")
    assert "You are on the list" in someone.text
    [before] = await world.rows(schema.waits)

    for never in (f"waity:{other}:6:any", f"waity:{other}:5:day"):
        await someone.tap(never)
        assert "This clinic sees nobody then" in someone.text
        assert "Any clinic" not in "".join(someone.labels), "no other sees anybody then"
    await someone.tap("waity:a:6:any")
    assert "No clinic here sees anybody then" in someone.text
    assert await world.rows(schema.waits) == [before], "what they waited for stays"
    await someone.press("Change")
    assert "On which days?" in someone.text
    await someone.tap("waity:a:6:any")
    await someone.press("What I wait for")
    assert "Sat" in someone.text


async def test_a_wait_is_not_taken_up_where_nobody_is_seen_then_any_more(place: Place, world: Any) -> None:
    someone = await place.waiting()
    await someone.press("Stop telling me")
    async with world.database.writing() as store:
        await store.execute(schema.sessions.delete())

    await someone.press("Tell me again")

    assert "No clinic here sees anybody then" in someone.text
    [wait] = await world.rows(schema.waits)
    assert wait["ended_at"] is not None


@pytest.mark.parametrize("clinics", [1, 2])
async def test_back_leads_to_what_somebody_waits_for_and_else_to_booking(
    place: Place, world: Any, clinics: int
) -> None:
    if clinics == 2:
        await world.clinic(place.area, name="Clinic B")
    first = "On which days?" if clinics == 1 else "At which clinic?"
    someone = world.somebody()
    await someone.agree(area_id=place.area)
    await someone.tap(build(Verb.WAIT, "new"))
    assert first in someone.text
    if clinics == 2:
        await someone.press("Any clinic")
        await someone.press("Back")
        assert first in someone.text
    await someone.press("Back")
    assert ("All places" if clinics == 1 else "Book an examination") in someone.text

    await someone.tap("waity:a:a:any")
    await someone.press("Change")
    await someone.press(Verb.WAIT_DAYS if clinics == 1 else "Any clinic")
    await someone.press("Back")
    assert first in someone.text
    await someone.press("Back")
    assert "I tell you when" in someone.text


async def test_what_suits_and_is_free_now_is_shown_and_only_sooner_places_are_offered(
    place: Place, world: Any
) -> None:
    other = await world.clinic(place.area, name="Clinic B")
    someone = await place.waiting(wish=f"a:{'13'}:any")

    assert "These suit and are free now:" in someone.text
    assert "sooner than Tuesday, 24 November, 17:00" in someone.text
    assert "kept for 15 minutes" in someone.text
    assert someone.wishes.count(Verb.BOOK_TIME) == 3
    assert "Clinic B" in someone.labels[0]
    await place.job()
    assert await place.told(someone) is None
    (wait,) = await world.rows(schema.waits)
    assert wait["sooner_than"] is not None
    assert other != place.clinic


async def test_a_freed_place_is_offered_by_address_and_time_and_taken(place: Place, world: Any) -> None:
    someone = await place.waiting()
    await place.free()

    await place.told(someone)
    assert "A place is free" in someone.text
    assert "1 Example Street" in someone.text
    assert telling(someone.text) is None
    assert "clinic" not in someone.text.lower(), "it lights up on a lock screen"
    assert "Tuesday, 24 November, 18:30" in someone.text
    assert "I keep it for you until 12:16" in someone.text
    await someone.press("Take it")

    assert "You are booked" in someone.text
    assert "Tuesday, 24 November, 18:30" in someone.text
    counted = await world.outcomes()
    assert {"wait-offered", "wait-taken", "booked"} <= set(counted)
    await someone.tap(build(Verb.WAIT, "new"))
    assert "On which days?" in someone.text, "they wait no more"


async def test_a_place_pressed_twice_is_one_visit(place: Place, world: Any) -> None:
    someone = await place.waiting()
    await place.free()
    await place.told(someone)
    data = next(item.data for item in someone.keys if "Take it" in item.label)
    await someone.tap(data)
    await someone.tap(data)

    assert "Tuesday, 24 November, 18:30" in someone.text
    person = await someone.person()
    assert len(await world.rows(schema.bookings, person_id=person.id)) == 1
    assert (await world.outcomes()).count("wait-taken") == 1


async def test_not_this_one_goes_to_the_next_at_once_and_the_wait_goes_on(place: Place, world: Any) -> None:
    first, second = await place.waiting(), await place.waiting()
    await place.free()
    await place.told(first)
    await first.press("Not this one")

    assert "I go on looking" in first.text
    assert await place.told(second) is not None
    await place.job()
    assert "A place is free" in second.text
    assert "wait-declined" in await world.outcomes()


async def test_who_comes_too_late_is_told_kindly_and_sees_what_is_free_now(place: Place, world: Any) -> None:
    first, second = await place.waiting(), await place.waiting()
    await place.free()
    await place.told(first)
    world.now += HELD
    await place.job()
    assert await place.told(second) is not None
    await world.clinic(place.area, name="Clinic B")

    await first.press("Take it")

    assert "not kept for you any more" in first.text
    assert "You stay on the list" in first.text
    assert "These are free now" in first.text
    assert Verb.BOOK_TIME in first.wishes
    assert "Not this one" not in first.text
    assert await place.told(first) is None, "an offer that is over is not sent"


async def test_stopping_gives_the_place_to_the_next_and_can_be_taken_back(place: Place, world: Any) -> None:
    first, second = await place.waiting(), await place.waiting()
    await place.free()
    await place.told(first)
    await first.press("Stop telling me")

    assert "I do not offer you places any more" in first.text
    assert await place.told(second) is not None
    assert "wait-ended" in await world.outcomes()
    begun = await place.begun(first)
    await first.press("Tell me again")
    assert "You are on the list" in first.text
    assert await place.begun(first) == begun, "with their turn"


async def test_who_books_any_place_waits_no_more_where_any_suits(place: Place, world: Any) -> None:
    first, second = await place.waiting(), await place.waiting()
    await place.free()
    await world.clinic(place.area, name="Clinic B")

    await first.tap("bky:2:202611271700")

    assert "You are booked" in first.text
    assert "I still tell you" not in first.text
    (row,) = await world.rows(schema.waits, person_id=(await first.person()).id)
    assert row["ended_at"] is not None
    assert await place.told(first) is None, "what was offered to them is not theirs to take any more"
    assert await place.told(second) is not None


async def test_a_visit_is_moved_to_the_offered_place_with_its_reminders(place: Place, world: Any) -> None:
    await world.clinic(place.area, name="Clinic B")
    someone = world.somebody()
    await someone.agree(area_id=place.area)
    await someone.tap("bky:2:202611271700")
    world.wait(minutes=1)
    await someone.tap(f"waity:{place.clinic}:a:any")
    await place.free()
    await place.told(someone)

    await someone.press("Take it")
    assert "You have a visit on Friday, 27 November, 17:00" in someone.text
    assert {Verb.WAIT_TAKE, Verb.WAIT_LET} == set(someone.wishes)
    await someone.press("Move my visit")

    assert "Your new time" in someone.text
    person = await someone.person()
    active = [
        row for row in await world.rows(schema.bookings, person_id=person.id) if not row["cancelled_at"]
    ]
    assert [row["local_start"] for row in active] == ["2026-11-24T18:30"]
    due = await world.rows(schema.due, person_id=person.id, state="pending")
    assert {row["booking_id"] for row in due if row["kind"].startswith("visit")} == {active[0]["id"]}
    assert "moved" in await world.outcomes()


async def with_child(place: Place, world: Any) -> Any:
    """Somebody with a visit and a child at another clinic, who is offered a place that has room for one."""
    await world.clinic(place.area, name="Clinic B")
    someone = world.somebody()
    person = await someone.agree(area_id=place.area)
    await someone.tap("bky:2:202611271700")
    async with world.database.writing() as store:
        (visit,) = await upcoming(store, person.id, now=world.now)
        assert await children.add(store, visit, Age.UNDER_5, after=0, now=world.now) is not None
    world.wait(minutes=1)
    await someone.tap(f"waity:{place.clinic}:a:any")
    await place.free()
    await place.told(someone)
    return someone


async def kids(world: Any) -> list[Any]:
    return list(await world.rows(schema.bookings, use=Use.CHILD.value, cancelled_at=None))


async def test_before_a_visit_moves_to_an_offered_place_it_is_said_that_the_child_has_none_there(
    place: Place, world: Any
) -> None:
    someone = await with_child(place, world)

    await someone.press("Take it")
    assert "There is no place there for a child who comes with you" in someone.text
    assert len(await kids(world)) == 1
    await someone.press("Move my visit")

    assert "Your new time" in someone.text
    assert "At the new time there was no place for a child" in someone.text
    assert await kids(world) == []


async def test_who_keeps_both_visits_keeps_the_childs_place(place: Place, world: Any) -> None:
    someone = await with_child(place, world)

    await someone.press("Take it")
    await someone.press("Keep both")

    assert "no place for a child" not in someone.text
    assert len(await kids(world)) == 1


async def test_where_the_child_finds_a_place_it_comes_along_to_the_offered_one(
    place: Place, world: Any
) -> None:
    someone = await with_child(place, world)
    async with world.database.writing() as store:
        await store.execute(update(schema.sessions).values(capacity=2))

    await someone.press("Take it")
    assert "no place there for a child" not in someone.text
    await someone.press("Move my visit")

    [child] = await kids(world)
    assert child["clinic_id"] == place.clinic
    assert ticket(child["id"]) in someone.text
    assert "no place for a child" not in someone.text


async def test_both_visits_can_be_kept(place: Place, world: Any) -> None:
    await world.clinic(place.area, name="Clinic B")
    someone = world.somebody()
    await someone.agree(area_id=place.area)
    await someone.tap("bky:2:202611271700")
    world.wait(minutes=1)
    await someone.tap(f"waity:{place.clinic}:a:any")
    await place.free()
    await place.told(someone)

    await someone.press("Take it")
    await someone.press("Keep both")

    assert "You are booked" in someone.text
    person = await someone.person()
    assert (
        len(
            [one for one in await world.rows(schema.bookings, person_id=person.id) if not one["cancelled_at"]]
        )
        == 2
    )


async def test_on_the_same_day_the_visit_must_move(place: Place, world: Any) -> None:
    await world.clinic(place.area, name="Clinic B")
    someone = world.somebody()
    await someone.agree(area_id=place.area)
    await someone.tap("bky:2:202611241930")
    world.wait(minutes=1)
    await someone.tap(f"waity:{place.clinic}:a:any")
    await place.free()
    await place.told(someone)

    await someone.press("Take it")
    assert "Keep both" not in someone.labels
    kept_both = build(Verb.WAIT_TAKE, (await world.rows(schema.waits))[0]["offered"], "k")
    await someone.tap(kept_both)
    assert "You have a visit on" in someone.text
    await someone.press("Move my visit")
    assert "Your new time" in someone.text


async def test_who_books_something_else_is_told_that_the_wait_goes_on(place: Place, world: Any) -> None:
    await world.clinic(place.area, name="Clinic B")
    someone = world.somebody()
    await someone.agree(area_id=place.area)
    await someone.tap(f"waity:{place.clinic}:a:any")

    await someone.tap("bky:2:202611271700")

    assert "I still tell you when another place is free" in someone.text
    await someone.command("/visits")
    assert "You wait for a place" in someone.text
    assert {Verb.WAIT, Verb.WAIT_STOP} <= set(someone.wishes)
    await someone.press("Stop telling me")
    await someone.command("/visits")
    assert "You wait for a place" not in someone.text


async def test_a_changed_wish_keeps_the_turn_and_gives_back_what_does_not_suit(
    place: Place, world: Any
) -> None:
    first, second = await place.waiting(), await place.waiting()
    await place.free()
    begun = await place.begun(first)
    await first.tap("wait")
    assert "A place is free" in first.text
    await place.sees(3, "10:00", "10:30")

    await first.tap("waity:a:a:day")

    assert "By day" in first.text
    assert await place.begun(first) == begun
    assert await place.told(second) is not None


async def test_the_end_after_four_weeks_is_said_and_can_be_undone(place: Place, world: Any) -> None:
    someone = await place.waiting(wish="a:1:any")
    world.now += LASTS
    await place.job()

    reply = await place.told(someone, Kind.WAIT_ENDED)
    assert reply is not None
    assert "four weeks" in someone.text
    assert "clinic" not in someone.text.lower()
    await someone.press("Tell me again")
    assert "You are on the list" in someone.text
    assert await place.told(someone, Kind.WAIT_ENDED) is None, "what is not true any more is not sent"


async def test_a_button_that_chose_nonsense_asks_anew(place: Place, world: Any) -> None:
    someone = world.somebody()
    await someone.agree(area_id=place.area)
    for wish in (
        "waitc:999",
        "waitd:x",
        "waith:-1:a",
        "waity:a:a:never",
        "waity:a:8:any",
        "waitx:1",
        "waito:1",
    ):
        await someone.tap(wish)
        assert someone.text
    assert len(await world.rows(schema.waits)) <= 1
    await someone.tap("waitt:1")
    assert "not kept for you any more" in someone.text


async def test_my_data_shows_what_somebody_waits_for(place: Place, world: Any) -> None:
    await place.sees(5, "10:00", "10:30")
    someone = await place.waiting(wish=f"{place.clinic}:56:day")
    person = await someone.person()
    async with world.database.reading() as store:
        about = await kept.about(store, person.id)
    assert about is not None

    text = as_text(world.words["en"], about, zone=ZoneInfo("Asia/Almaty"))

    assert "PLACES THAT YOU WAIT FOR" in text
    assert "Saturday and Sunday" in text
    assert "TB clinic" in text


async def test_who_looks_after_somebody_without_telegram_is_asked_to_bring_the_offer(
    place: Place, world: Any
) -> None:
    worker = world.somebody()
    await worker.hire(Role.WORKER, area_id=place.area)
    someone = await place.waiting()
    person = await someone.person()
    async with world.database.writing() as store:
        await people.change(store, person.id, telegram_id=None)
    await place.free()
    (offer,) = await world.rows(schema.due, kind="wait-offer")
    assert offer["useful_until"] - offer["due_at"] == timedelta(hours=2) - TIME_TO_ANSWER
    worker_person = await worker.person()
    await world.add(
        schema.due, key="test", kind="call-on", person_id=worker_person.id, booking_id=offer["booking_id"],
        params={"about": person.id, "what": "wait-offer"}, due_at=world.now,
        useful_until=offer["useful_until"], lane=1, created_at=world.now,
    )  # fmt: skip

    await place.told(worker, Kind.CALL_ON)

    assert "A place is free for" in worker.text
    assert "18:30" in worker.text
    assert Verb.AGENT in worker.wishes
    assert set(wait_buttons()) <= VERBS, "the worker answers for them"
    assert {Kind.WAIT_OFFER, Kind.WAIT_ENDED} <= TO_WORKER
