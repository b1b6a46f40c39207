"""A clinic closes, and what becomes of everybody: the desk's screens, the message, the answers, the undo."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import closures as job
from care import closing_notices, without_telegram
from care.booking import Slot
from care.children import Age
from care.lock_screen import telling
from care.message_kinds import Kind
from care.reminders import is_urgent
from care.roles import Role
from handlers.buttons import Verb
from handlers.closed_table import WORDINGS
from handlers.notice import Notice
from handlers.screens import Reply
from handlers.worker import call_on
from storage import appointments, bookings, children, due, people, schema
from storage.bookings import Booked

ZONE = "Asia/Almaty"
DAY = "2026-11-25"  # a Wednesday; the world begins on Monday at noon


class Story:
    """A clinic with its desk, and people who are booked on Wednesday."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def begin(self) -> "Story":
        self.area = await self.world.area()
        self.clinic = await self.world.clinic(self.area)
        self.desk = self.world.somebody()
        await self.desk.hire(Role.REGISTRAR, clinic_id=self.clinic)
        return self

    async def booked(self, local: str = f"{DAY}T18:30", *, who: Any = None) -> tuple[Any, int]:
        """Book a visit for somebody new; return them with the visit's id."""
        someone = who or self.world.somebody()
        person = await someone.person() or await someone.agree(area_id=self.area)
        slot = Slot(
            clinic_id=self.clinic, zone=ZONE, local=datetime.fromisoformat(local), minutes=30, capacity=2
        )
        async with self.world.database.writing() as store:
            made = await appointments.book(store, person, slot, now=self.world.now)
        assert isinstance(made, Booked)
        return someone, made.booking.id

    async def close(self) -> None:
        """Close on Wednesday, as the desk does."""
        await self.desk.command("/closed")
        await self.desk.press("Wed")
        await self.desk.press("Closed all day")
        await self.desk.press("Yes, it is so")

    async def told(self, who: Any, kind: Kind = Kind.CLOSED) -> Reply | None:
        """Let the message of this kind reach somebody; None when there is none that is true."""
        person = await who.person()
        rows = await self.world.rows(schema.due, kind=kind.value, state="pending", person_id=person.id)
        if not rows:
            return None
        async with self.world.database.writing() as store:
            notice = Notice(
                row=rows[-1], person=person, t=self.world.words["en"], store=store, now=self.world.now
            )
            said = await WORDINGS[kind](notice)
            ended = update(schema.due).where(schema.due.c.id == rows[-1]["id"])
            await store.execute(ended.values(state="sent", finished_at=self.world.now))
        if said is not None:
            who.shown = said
        return said

    async def row(self, booking_id: int) -> Any:
        [row] = await self.world.rows(schema.bookings, id=booking_id)
        return row

    async def ahead(self, who: Any) -> list[str]:
        """Return when somebody's visits begin."""
        person = await who.person()
        rows = await self.world.rows(schema.bookings, person_id=person.id, cancelled_at=None)
        return sorted(row["local_start"] for row in rows)


@pytest.fixture
async def story(world: Any) -> Story:
    return await Story(world).begin()


async def test_the_desk_closes_a_day_in_four_taps_and_reads_how_many_are_concerned(story: Story) -> None:
    await story.booked()
    await story.booked()
    desk = story.desk

    await desk.command("/closed")
    assert "The clinic sees everybody who is booked." in desk.text
    await desk.press("Wed")
    assert "from now on" not in " ".join(desk.labels)  # that is for today
    await desk.press("Closed all day")
    assert "2 visits are concerned." in desk.text
    assert await story.world.rows(schema.closures) == []
    await desk.press("Yes, it is so")

    assert "2 people are told now." in desk.text
    [row] = await story.world.rows(schema.closures)
    assert (row["kind"], row["local_from"], row["local_until"]) == (
        "closed",
        "2026-11-25T00:00",
        "2026-11-26T00:00",
    )
    assert row["staff_id"] is not None
    outcomes = await story.world.outcomes()
    assert outcomes.count("displaced") == 2
    assert outcomes[-1] == "closure-made"
    assert [deed["act"] for deed in await story.world.rows(schema.audit)][-1] == "closed"
    await desk.press("All closed days")
    assert "2 people told" in desk.text


async def test_confirming_twice_closes_once(story: Story) -> None:
    someone, _ = await story.booked()
    await story.desk.command("/closed")
    await story.desk.press("Wed")
    await story.desk.press("Closed all day")
    yes = next(key.data for key in story.desk.keys if key.data and key.data.startswith("clyes"))

    await story.desk.tap(yes)
    await story.desk.tap(yes)

    assert "1 person is told now." in story.desk.text
    assert len(await story.world.rows(schema.closures)) == 1
    assert (await story.world.outcomes()).count("closure-made") == 1
    assert len(await story.world.rows(schema.due, kind="closed")) == 1
    assert someone


async def test_the_message_keeps_another_place_and_one_tap_takes_it(story: Story) -> None:
    someone, lost = await story.booked()
    await story.close()

    await story.told(someone)

    for part in ("The clinic cannot see you on", "18:30", "1 Example Street", "I keep another time"):
        assert part in someone.text
    assert "Clinic A" not in someone.text  # it lights up on a lock screen
    assert telling(someone.text) is None
    await someone.press("Take it")
    assert "You are booked" in someone.text
    assert await story.ahead(someone) == ["2026-11-26T18:30"]
    [new] = await story.world.rows(schema.bookings, moved_from=lost)
    assert new["use"] == "visit"
    assert await story.world.rows(schema.due, kind="visit-eve", booking_id=new["id"], state="pending")
    assert (await story.world.outcomes())[-1] == "displaced-taken"

    await someone.tap(f"dis:{lost}")
    assert "This is your time now" in someone.text
    await someone.tap(f"disy:{lost}:{new['id']}")
    assert await story.ahead(someone) == ["2026-11-26T18:30"]


async def test_another_time_is_two_taps_away_and_gives_the_kept_place_back(story: Story) -> None:
    someone, lost = await story.booked()
    await story.close()
    await story.told(someone)

    await someone.press("Another time")
    await someone.press(Verb.DISPLACED_BOOK, nth=2)

    assert "You are booked" in someone.text
    assert len(await story.ahead(someone)) == 1
    assert await story.world.rows(schema.bookings, use="displaced", cancelled_at=None) == []
    [outcome] = await story.world.rows(schema.outcomes, kind="displaced-taken")
    assert outcome["detail"] == "other"
    assert lost


async def test_booking_by_the_usual_screens_gives_the_kept_place_back_too(story: Story) -> None:
    someone, lost = await story.booked()
    await story.close()
    await story.told(someone)

    await someone.press("Another time")
    await someone.press("Another clinic or day")
    await someone.press("Clinic A")
    await someone.press(Verb.BOOK_DAY)
    await someone.press(Verb.BOOK_TIME)
    await someone.press("Yes, book")

    assert len(await story.ahead(someone)) == 1
    assert await story.world.rows(schema.bookings, use="displaced", cancelled_at=None) == []
    assert len(await story.world.rows(schema.bookings, moved_from=lost)) == 1


async def test_who_wants_no_other_place_is_asked_once_and_gives_it_back(story: Story) -> None:
    someone, lost = await story.booked()
    await story.close()
    await story.told(someone)

    await someone.press("I do not want one")
    assert await story.world.rows(schema.bookings, use="displaced", cancelled_at=None)
    await someone.press("Yes, I want no other time")

    assert await story.world.rows(schema.bookings, use="displaced", cancelled_at=None) == []
    assert (await story.row(lost))["said"] == "declined"
    assert (await story.world.outcomes())[-1] == "displaced-declined"
    await someone.tap(f"dis:{lost}")
    assert "Nothing is kept" in someone.text


async def test_a_late_press_says_so_kindly_and_offers_other_times(story: Story) -> None:
    someone, lost = await story.booked("2026-11-27T18:30")
    await story.desk.command("/closed")
    await story.desk.press("Fri")
    await story.desk.press("Closed all day")
    await story.desk.press("Yes, it is so")
    await story.told(someone)
    take = next(key.data for key in someone.keys if key.data and key.data.startswith("disy"))
    story.world.wait(hours=49)
    await job.look(story.world.database, now=story.world.now)

    await someone.tap(take)

    assert "The time to answer is over" in someone.text
    await someone.press(Verb.DISPLACED_BOOK)
    assert "You are booked" in someone.text
    assert lost


async def test_the_visit_list_and_old_buttons_lead_to_what_is_kept(story: Story) -> None:
    someone, lost = await story.booked()
    await story.close()

    await someone.command("/visits")
    assert "The clinic cannot see you as booked" in someone.text
    await someone.press(Verb.DISPLACED)
    assert "I keep another time" in someone.text
    for old in (f"visit:{lost}", f"mv:{lost}", f"cx:{lost}", f"ics:{lost}"):
        await someone.tap(old)
        assert "I keep another time" in someone.text


async def test_the_old_ticket_leads_to_the_place_that_was_taken_and_to_what_is_kept_when_that_is_lost_too(
    story: Story,
) -> None:
    someone, visit = await story.booked()
    await story.close()
    await story.told(someone)
    await someone.press("Take it")

    for old in (f"visit:{visit}", f"mytick:{visit}"):
        await someone.tap(old)
        assert "The visit was moved. This is your time now" in someone.text
        assert "This visit is cancelled" not in someone.text

    [instead] = await story.ahead(someone)
    await story.desk.command("/closed")
    await story.desk.press("Thu" if instead.startswith("2026-11-26") else "Fri")
    await story.desk.press("Closed all day")
    await story.desk.press("Yes, it is so")
    await someone.tap(f"visit:{visit}")
    assert "The clinic cannot see you" in someone.text


async def test_an_undo_is_asked_for_and_tells_only_who_was_told(story: Story) -> None:
    told, visit = await story.booked()
    untold, _ = await story.booked()
    taken, _ = await story.booked(f"{DAY}T19:00")
    await story.close()
    await story.told(told)
    await story.told(taken)
    await taken.press("Take it")

    await story.desk.press("Take it back")
    assert "Whoever has not chosen another time" in story.desk.text
    await story.desk.press("Yes, take it back")

    assert "2 visits stand again." in story.desk.text
    assert await story.ahead(told) == [f"{DAY}T18:30"]
    assert await story.ahead(taken) == ["2026-11-26T19:00"]
    assert await story.told(untold) is None
    assert await story.told(untold, Kind.REOPENED) is None
    await story.told(told, Kind.REOPENED)
    assert "your time stays" in told.text
    await told.press("All about my visit")
    assert "18:30" in told.text
    assert (await story.world.outcomes()).count("displaced-back") == 2
    await told.tap(f"dis:{visit}")
    assert "This is your time now" in told.text


async def test_a_broken_x_ray_is_said_until_a_day_and_leads_beyond_it(story: Story) -> None:
    someone, _ = await story.booked()
    desk = story.desk
    await desk.command("/closed")
    await desk.press("Wed")
    await desk.press("X-ray does not work")
    await desk.press("Fri")
    assert "1 visit is concerned." in desk.text
    await desk.press("Yes, it is so")

    await story.told(someone)
    await someone.press("Take it")

    assert await story.ahead(someone) == ["2026-11-28T18:30"]


async def test_fewer_places_concern_nobody_while_there_are_free_ones(story: Story) -> None:
    someone, _ = await story.booked()
    desk = story.desk
    await desk.command("/closed")
    await desk.press("Wed")
    await desk.press("Fewer places")
    await desk.press("➖ 5")
    assert "0 visits are concerned." in desk.text
    await desk.press("Yes, it is so")

    assert await story.told(someone) is None
    assert len(await story.world.rows(schema.bookings, use="blocked")) == 5
    await desk.press("Take it back")
    await desk.press("Yes, take it back")
    assert await story.world.rows(schema.bookings, use="blocked", cancelled_at=None) == []


async def test_today_can_be_closed_from_now_on(story: Story) -> None:
    someone, _ = await story.booked("2026-11-23T18:30")
    desk = story.desk
    await desk.command("/closed")
    await desk.press("today")
    await desk.press("Closed from now on")
    await desk.press("Yes, it is so")

    [row] = await story.world.rows(schema.closures)
    assert row["local_from"] == "2026-11-23T12:00"
    assert await story.told(someone)
    [notice] = await story.world.rows(schema.due, kind="closed")
    assert is_urgent(notice["params"], now=story.world.now)


async def from_now(story: Story) -> None:
    """Go to the last question before the clinic is closed from now on, at 18:00 of today."""
    story.world.now = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    await story.desk.command("/closed")
    await story.desk.press("today")
    await story.desk.press("Closed from now on")


async def test_the_desk_is_asked_once_what_becomes_of_those_who_came_or_should_have(story: Story) -> None:
    someone, visit = await story.booked("2026-11-23T17:30")
    await from_now(story)
    assert "0 visits are concerned." in story.desk.text
    assert "👣 1 person has come, or should have come by now, and was not examined." in story.desk.text
    assert "Yes, it is so" not in " ".join(story.desk.labels)

    await story.desk.press("Another time for them, too")

    assert "1 person is told now." in story.desk.text
    assert await story.told(someone)
    assert "I keep another time" in someone.text
    assert (await story.row(visit))["closure_id"]
    again = next(row for row in await story.world.rows(schema.closures))
    assert again["also_begun"]


async def test_those_who_are_being_seen_are_left_alone(story: Story) -> None:
    someone, visit = await story.booked("2026-11-23T17:30")
    await from_now(story)

    await story.desk.press("They are being seen")

    assert "told now" not in story.desk.text
    await job.look(story.world.database, now=story.world.now)
    assert await story.told(someone) is None
    assert (await story.row(visit))["cancelled_at"] is None


async def test_who_came_after_the_question_is_asked_about_before_anything_happens(story: Story) -> None:
    await story.booked("2026-11-23T18:30")
    await from_now(story)
    yes = next(key.data for key in story.desk.keys if key.data and key.data.startswith("clyes"))
    came = update(schema.bookings).values(came_at=story.world.now)
    async with story.world.database.writing() as store:
        await store.execute(came)

    await story.desk.tap(yes)

    assert "👣 1 person has come" in story.desk.text
    assert await story.world.rows(schema.closures) == []
    await story.desk.press("Another time for them, too")
    await story.desk.tap(yes)  # the old button, once more
    assert len(await story.world.rows(schema.due, kind="closed")) == 1


async def test_an_adult_with_a_child_is_one_who_is_told(story: Story) -> None:
    someone, visit = await story.booked()
    async with story.world.database.writing() as store:
        booking = await bookings.by_id(store, visit)
        assert await children.add(store, booking, Age.UNDER_5, after=0, now=story.world.now)

    await story.desk.command("/closed")
    await story.desk.press("Wed")
    await story.desk.press("Closed all day")
    assert "2 visits are concerned." in story.desk.text
    await story.desk.press("Yes, it is so")

    assert "1 person is told now." in story.desk.text
    await story.desk.press("All closed days")
    assert "1 person told" in story.desk.text
    assert someone


async def test_each_of_many_closed_days_can_be_taken_back(story: Story) -> None:
    for number in range(11):
        day = f"2026-12-{number + 1:02}"
        made = {"id": number + 1, "created_at": story.world.now, "kind": "closed"}
        hours = {"local_from": f"{day}T00:00", "local_until": f"{day}T23:59"}
        await story.world.add(schema.closures, clinic_id=story.clinic, **hours, **made)

    await story.desk.command("/closed")
    assert sum("↩️" in label for label in story.desk.labels) == 8
    assert story.desk.text.count("•") == 8
    await story.desk.press("▶️")
    assert sum("↩️" in label for label in story.desk.labels) == 3
    await story.desk.press("11 Dec")
    await story.desk.press("Yes, take it back")

    assert [row["id"] for row in await story.world.rows(schema.closures) if row["undone_at"]] == [11]


async def test_another_clinics_desk_can_neither_close_nor_undo(story: Story) -> None:
    await story.booked()
    other = story.world.somebody()
    await other.hire(Role.REGISTRAR, clinic_id=await story.world.clinic(story.area, name="Clinic B"))

    await other.tap(f"closed:{story.clinic}:20261125:a")
    assert "Clinic A" not in other.text
    await other.tap(f"clyes:{story.clinic}:20261125:a:0:4711")
    assert await story.world.rows(schema.closures) == []
    await story.close()
    [row] = await story.world.rows(schema.closures)
    await other.tap(f"clundo:{row['id']}:y")
    assert (await story.world.rows(schema.closures))[0]["undone_at"] is None


@pytest.mark.parametrize(
    "data",
    [
        "clyes:{clinic}:20251125:a:0:4711",
        "clyes:{clinic}:20261125:x:0:4711",
        "clyes:{clinic}:20261125:f:4:4711",
        "clyes:{clinic}:20261125:d:20251125:4711",
        "clyes:{clinic}:20261125:n:0:4711",
        "clyes:{clinic}:20261125:a:0:-5",
        "clyes:{clinic}:20261125:a",
    ],
)
async def test_a_forged_closing_does_nothing(story: Story, data: str) -> None:
    await story.desk.tap(data.format(clinic=story.clinic))

    assert await story.world.rows(schema.closures) == []


async def test_a_day_that_the_directory_closes_is_told_and_cannot_be_undone_by_the_desk(story: Story) -> None:
    someone, _ = await story.booked()
    day = datetime.fromisoformat(DAY).date()
    await story.world.add(schema.closed_days, clinic_id=story.clinic, day=day)
    await job.look(story.world.database, now=story.world.now)

    assert await story.told(someone)
    [row] = await story.world.rows(schema.closures)
    await story.desk.tap(f"clundo:{row['id']}")
    assert "Ask the operator" in story.desk.text
    await story.desk.tap(f"clundo:{row['id']}:y")
    assert (await story.world.rows(schema.closures))[0]["undone_at"] is None


async def test_a_clinic_that_left_the_directory_is_told_of_and_not_opened_by_its_desk(story: Story) -> None:
    someone, lost = await story.booked()
    other = await story.world.clinic(story.area, name="Clinic B")
    gone = (
        update(schema.clinics).where(schema.clinics.c.id == story.clinic).values(retired_at=story.world.now)
    )
    async with story.world.database.writing() as store:
        await store.execute(gone)
    await job.look(story.world.database, now=story.world.now)

    await story.told(someone)
    assert "The clinic cannot see you on" in someone.text
    await someone.press("Take it")
    [new] = await story.world.rows(schema.bookings, moved_from=lost)
    assert new["clinic_id"] == other
    await story.desk.command("/closed")
    assert "from Mon 23 Nov: not in the directory" in story.desk.text
    await story.desk.press("↩️")
    assert "Ask the operator" in story.desk.text
    assert not await story.world.rows(schema.closures, undone_at=story.world.now)


async def test_who_waited_for_a_clinic_that_left_reads_that_they_wait_for_any(story: Story) -> None:
    someone, _ = await story.booked()
    person = await someone.person()
    elsewhere = await story.world.clinic(story.area, name="Clinic B")
    wait = {"id": 9, "days": [], "hours": "any", "refused": [], "clinic_id": elsewhere}
    until = story.world.now + timedelta(days=28)
    await story.world.add(
        schema.waits, person_id=person.id, created_at=story.world.now, ends_at=until, **wait
    )
    gone = update(schema.clinics).where(schema.clinics.c.id == elsewhere).values(retired_at=story.world.now)
    async with story.world.database.writing() as store:
        await store.execute(gone)
    await job.look(story.world.database, now=story.world.now)

    await story.told(someone, Kind.WAIT_WIDER)

    assert "when a place is free at any clinic. You keep your turn." in someone.text
    assert telling(someone.text) is None
    await someone.press("What I wait for")
    assert "Any clinic" in someone.text


async def test_who_looks_after_somebody_without_telegram_tells_them_and_takes_the_place(story: Story) -> None:
    worker = story.world.somebody()
    await worker.hire(Role.WORKER, area_id=story.area)
    absent, lost = await story.booked()
    person = await absent.person()
    async with story.world.database.writing() as store:
        await people.change(store, person.id, telegram_hash=None, telegram_id=None, registered_by=1)
    await story.close()
    reader = await worker.person()
    async with story.world.database.reading() as store:
        about = await people.by_id(store, person.id)
        rows = await store.execute(select(schema.due).where(schema.due.c.kind == "closed"))
        row = dict(rows.mappings().one()) | {"params": {"about": person.id, "what": "closed"}}
        notice = Notice(row=row, person=reader, t=story.world.words["en"], store=store, now=story.world.now)
        said = await call_on.to_staff(notice)
    assert about is not None
    assert said is not None
    worker.shown = said
    assert "the clinic cannot see them on" in worker.text
    assert "I keep" in worker.text

    await worker.press("Go on for")
    await worker.press("Visits")
    await worker.press(Verb.DISPLACED)
    await worker.press("Take it")

    [new] = await story.world.rows(schema.bookings, moved_from=lost)
    assert new["person_id"] == person.id
    [outcome] = await story.world.rows(schema.outcomes, kind="displaced-taken")
    assert outcome["role"] == "worker"


async def test_a_child_of_somebody_without_telegram_is_told_of_to_who_looks_after_them(story: Story) -> None:
    worker = story.world.somebody()
    await worker.hire(Role.WORKER, area_id=story.area)
    absent, visit_id = await story.booked()
    person = await absent.person()
    async with story.world.database.writing() as store:
        await people.change(store, person.id, telegram_hash=None, telegram_id=None, registered_by=1)
        visit = await bookings.by_id(store, visit_id)
        assert visit is not None
        child = await children.add(store, visit, Age.UNDER_15, after=0, now=story.world.now)
        assert child is not None
        await store.execute(
            schema.bookings.update()
            .where(schema.bookings.c.id == child.id)
            .values(cancelled_at=story.world.now, closure_id=1)
        )
        lost = replace(visit, id=child.id)
        planned = closing_notices.closed(1, lost, person.id, now=story.world.now, child=True)
        told = {"id": 1, "kind": planned.kind, **{name: getattr(planned, name) for name in _READ}}
        reader = await people.by_id(store, (await worker.person()).id)
        assert reader is not None
        passed = without_telegram.call_on(told, reader.id, now=story.world.now)
        row = {"params": passed.params, "booking_id": passed.booking_id}
        notice = Notice(row=row, person=reader, t=story.world.words["en"], store=store, now=story.world.now)
        said = await call_on.to_staff(notice)
    assert said is not None
    worker.shown = said
    assert "cannot see their child on" in worker.text


async def child_unseen(story: Story) -> tuple[Any, int]:
    """Somebody whose child the clinic cannot see, while it sees them; told of it by the bot."""
    someone, visit_id = await story.booked()
    async with story.world.database.writing() as store:
        visit = await bookings.by_id(store, visit_id)
        assert visit is not None
        child = await children.add(store, visit, Age.UNDER_15, after=0, now=story.world.now)
        assert child is not None
        gone = update(schema.bookings).where(schema.bookings.c.id == child.id)
        await store.execute(gone.values(cancelled_at=story.world.now, closure_id=1))
        lost = replace(visit, id=child.id, local=child.local, starts_at=child.starts_at)
        planned = closing_notices.closed(1, lost, visit.person_id, now=story.world.now, child=True)
        await due.schedule(store, planned, now=story.world.now)
    return someone, visit_id


async def test_whose_child_the_clinic_cannot_see_is_led_to_their_own_visit_which_stays(story: Story) -> None:
    someone, visit = await child_unseen(story)

    said = await story.told(someone)

    assert said is not None
    assert telling(someone.text) is None
    assert "The clinic cannot see your child on <b>Wednesday, 25 November, 18:30</b>" in someone.text
    assert "Your own visit stays: <b>Wednesday, 25 November, 18:30</b>" in someone.text
    pressed = [key.data for key in someone.keys]
    assert {f"mv:{visit}", f"kids:{visit}"} <= set(pressed)
    assert Verb.BOOK not in someone.wishes


async def test_whoever_was_seen_already_books_anew_and_then_brings_the_child(story: Story) -> None:
    someone, visit = await child_unseen(story)
    async with story.world.database.writing() as store:
        seen = update(schema.bookings).where(schema.bookings.c.id == visit)
        await store.execute(seen.values(came_at=story.world.now))

    await story.told(someone)

    assert "book a new time, and then press 👶 Bring a child" in someone.text
    assert "Your own visit stays" not in someone.text
    assert someone.wishes == [Verb.BOOK, Verb.TALK]


_READ = ("person_id", "booking_id", "params", "useful_until")


def test_the_day_is_a_wednesday() -> None:
    assert datetime(2026, 11, 25, tzinfo=UTC).weekday() == 2
