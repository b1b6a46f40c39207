"""Company to the clinic from both sides: asked for, taken, swapped, called off; what each side sees."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.booking import Refusal, Slot
from care.closing import all_day
from care.directory import Closure, ClosureKind
from care.message_kinds import Kind
from care.ownership import Reason
from care.person import Person, pseudonym
from care.places import Use
from care.roles import Actor, Role
from handlers.book import Book
from handlers.buttons import Verb
from handlers.company import Company
from handlers.data import as_text
from handlers.displaced import Displaced
from handlers.notice import Notice
from handlers.notices import Notices
from handlers.privacy import Privacy
from handlers.routes import Route, Routes
from handlers.screens import Reply, Way
from handlers.strangers import Strangers
from handlers.visits import Visits
from handlers.worker.company import Companions
from handlers.worker.company_notices import CompanyNotices
from locales.catalogue import Words
from storage import (
    appointments,
    closing,
    closures,
    company_offers,
    directory,
    kept,
    places,
    reopening,
    schema,
    wait_taking,
    waits,
)
from storage.bookings import Booked
from storage.handover import hand_over
from storage.vault import Vault

ZONE = "Asia/Almaty"
HELPERS = frozenset({Role.WORKER, Role.COORDINATOR, Role.ADMIN})
TOMORROW = datetime.fromisoformat("2026-11-24T17:00")  # local


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:

    wish = Company(words=words, vault=vault, zone=ZONE)
    team = Companions(words=words, vault=vault, zone=ZONE)
    visits, lost = Visits(), Displaced()
    privacy = Privacy(vault=vault, strangers=strangers, zone=ZoneInfo(ZONE))
    return make_table(
        buttons={
            Verb.BOOK_YES: Route(Book().confirm),
            Verb.VISIT: Route(visits.visit),
            Verb.MOVE_YES: Route(visits.move_yes),
            Verb.CANCEL_YES: Route(visits.cancel_yes),
            Verb.DISPLACED: Route(lost.show),
            Verb.DISPLACED_TAKE: Route(lost.take),
            Verb.DISPLACED_OTHER: Route(lost.other),
            Verb.DISPLACED_BOOK: Route(lost.book),
            Verb.DISPLACED_NO: Route(lost.decline),
            Verb.FORGET: Route(privacy.ask_forget),
            Verb.FORGET_YES: Route(privacy.erase),
            Verb.COMPANY: Route(wish.show),
            Verb.COMPANY_WISH: Route(wish.wish),
            Verb.COMPANY_YES: Route(wish.confirm),
            Verb.COMPANY_WIDER: Route(wish.wider),
            Verb.COMPANY_CANCEL: Route(wish.cancel),
            Verb.COMPANIES: Route(team.show, HELPERS),
            Verb.COMPANY_CARD: Route(team.card, HELPERS),
            Verb.COMPANY_TAKE: Route(team.take, HELPERS),
            Verb.COMPANY_DECLINE: Route(team.decline, HELPERS),
            Verb.COMPANY_SWAP: Route(team.swap, HELPERS),
            Verb.COMPANY_OFF: Route(team.off, HELPERS),
            Verb.COMPANY_SAID: Route(team.said, HELPERS),
            Verb.COMPANY_PIN: Route(team.pin, HELPERS),
        },
        commands={"company": Verb.COMPANIES},
        texts=(wish.without,),
        locations=(wish.located,),
        contacts=(wish.contact,),
    )


class Story:
    """A city with a clinic, somebody with a visit tomorrow at 17:00, and workers."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.notices = CompanyNotices(words=world.words, vault=world.vault)

    async def begin(self, *, workers: int = 2) -> "Story":
        self.area = await self.world.area()
        self.clinic = await self.world.clinic(self.area)
        self.workers, self.staff = [], []
        for _ in range(workers):
            one = self.world.somebody()
            self.workers.append(one)
            self.staff.append(await one.hire(Role.WORKER, area_id=self.area))
            self.world.wait(seconds=1)  # who was there first is asked first
        self.migrant = self.world.somebody()
        self.person: Person = await self.migrant.agree(area_id=self.area)
        self.booking = await self.book(self.person, TOMORROW)
        return self

    async def book(self, person: Person, local: datetime) -> int:
        slot = Slot(clinic_id=self.clinic, zone=ZONE, local=local, minutes=30, capacity=2)
        async with self.world.database.writing() as store:
            booked = await appointments.book(store, person, slot, now=self.world.now)
        assert isinstance(booked, Booked)
        return booked.booking.id

    async def ask(self, *, gender: str = "any", language: str = "any") -> None:
        """Ask for company at the door, without a number."""
        await self.migrant.tap(f"co:{self.booking}")
        await self.migrant.tap(f"cow:{self.booking}:g:{gender}")
        await self.migrant.tap(f"cow:{self.booking}:l:{language}")
        await self.migrant.press("At the door")
        await self.migrant.press("Without a number")
        await self.migrant.press("Yes, ask")

    async def row(self) -> Any:
        [row] = await self.world.rows(schema.companies)
        return row

    async def state(self) -> tuple[str, int | None]:
        row = await self.row()
        return row["state"], row["staff_id"] or row["offered_to"]

    async def tick(self) -> None:
        async with self.world.database.writing() as store:
            await company_offers.advance_all(store, now=self.world.now, zone=ZONE)

    async def due(self, kind: Kind) -> Sequence[Any]:
        return list(await self.world.rows(schema.due, kind=kind.value, state="pending"))

    async def word(self, kind: Kind, to: Any) -> Reply | None:
        """Return what the newest message of this kind to somebody says now, and mark it as sent."""

        person = await to.person()
        rows = [row for row in await self.due(kind) if row["person_id"] == person.id]
        if not rows:
            return None
        wordings = {
            Kind.COMPANY_OFFER: self.notices.offer,
            Kind.COMPANY_EVE: self.notices.ahead,
            Kind.COMPANY_SOON: self.notices.ahead,
            Kind.COMPANY_OFF: self.notices.off,
            Kind.COMPANY_NEEDED: self.notices.needed,
            Kind.COMPANY_NEWS: self.notices.news,
        }
        async with self.world.database.writing() as store:
            notice = Notice(
                row=rows[-1], person=person, t=self.world.words["en"], store=store, now=self.world.now
            )
            said = await wordings[kind](notice)
            await store.execute(
                schema.due.update().where(schema.due.c.id == rows[-1]["id"]).values(state="sent")
            )
        if said is not None:
            to.shown = said
        return said


@pytest.fixture
async def story(world: Any) -> Story:
    return await Story(world).begin()


async def test_the_visit_leads_to_company_and_four_questions_to_asking(story: Story) -> None:
    migrant = story.migrant
    await migrant.tap(f"visit:{story.booking}")

    await migrant.press("Come with me")
    assert "They see a picture in place of your name." in migrant.text
    await migrant.press("A woman")
    assert migrant.labels[0] == "✅ English"
    await migrant.press("Any language")
    assert "Clinic A" in migrant.text
    await migrant.press("At the door")
    await migrant.press("Without a number")
    for part in ("24 November", "👩 A woman", "Any language", "at the door", "Without a number"):
        assert part.lower() in migrant.text.lower()
    assert (await story.row())["state"] == "begun"
    await migrant.press("Change")
    await migrant.press("Woman or man")
    await migrant.press("✅ English")
    await migrant.press("At the door")
    await migrant.press("Without a number")
    await migrant.press("Yes, ask")

    assert "We ask the people of our team" in migrant.text
    row = await story.row()
    assert (row["state"], row["offered_to"]) == ("offered", story.staff[0])
    assert (row["wanted_gender"], row["wanted_locale"]) == (None, "en")
    assert (await story.world.outcomes())[-1] == "company-asked"


async def test_pressing_twice_asks_once(story: Story) -> None:
    await story.ask()

    await story.migrant.tap(f"coy:{story.booking}")
    await story.migrant.tap(f"cow:{story.booking}:g:f")

    assert "We ask the people of our team" in story.migrant.text
    assert len(await story.world.rows(schema.companies)) == 1
    assert len(await story.due(Kind.COMPANY_OFFER)) == 1


async def test_the_offer_says_when_where_whom_and_how_long_it_waits(story: Story) -> None:
    await story.ask()
    worker = story.workers[0]

    await story.word(Kind.COMPANY_OFFER, worker)

    for part in (pseudonym(story.person.id), "English", "1 Example Street", "17:00", "at the door", "12:30"):
        assert part in worker.text
    assert "Clinic A" not in worker.text  # it lights up on a lock screen
    assert "Aziz" not in worker.text


async def test_who_says_yes_goes_the_person_hears_it_and_both_are_reminded(story: Story) -> None:
    await story.ask()
    worker = story.workers[0]
    await story.word(Kind.COMPANY_OFFER, worker)

    await worker.press("I come along")

    assert "Thank you!" in worker.text
    assert "Clinic A" in worker.text
    assert await story.state() == ("accepted", story.staff[0])
    await story.word(Kind.COMPANY_NEWS, story.migrant)
    assert "Somebody of our team comes along to your visit." in story.migrant.text
    await story.migrant.press("Who comes along")
    assert "Somebody of our team comes along." in story.migrant.text
    eve, soon = await story.due(Kind.COMPANY_EVE), await story.due(Kind.COMPANY_SOON)
    assert [row["local_due"] for row in (*eve, *soon)] == ["2026-11-23T18:00", "2026-11-24T15:00"]
    story.world.wait(hours=6)
    await story.word(Kind.COMPANY_EVE, worker)
    assert "You come along to a visit" in worker.text
    [asked] = await story.world.rows(schema.outcomes, kind="company-accepted")
    [referral] = await story.world.rows(schema.referrals)
    assert (asked["staff_id"], asked["referral_id"], asked["role"]) == (
        story.staff[0],
        referral["id"],
        "worker",
    )


async def test_the_persons_own_reminder_says_that_somebody_comes_along(story: Story) -> None:

    await story.ask()
    await story.workers[0].tap(f"cotake:{(await story.row())['id']}")

    notices = Notices(words=story.world.words, vault=story.world.vault, zone=ZoneInfo(ZONE))
    [row] = await story.due(Kind.VISIT_EVE)
    async with story.world.database.reading() as store:
        said = await notices.render(
            Kind.VISIT_EVE, row, story.person, story.world.words["en"], store, story.world.now
        )

    assert said is not None
    assert "Somebody of our team comes along: you meet at the door." in said.steps[0].text


async def test_who_cannot_makes_the_next_one_be_asked_and_may_change_their_mind(story: Story) -> None:
    await story.ask()
    first, second = story.workers
    await story.word(Kind.COMPANY_OFFER, first)

    await first.press("I cannot")

    assert await story.state() == ("offered", story.staff[1])
    assert await story.word(Kind.COMPANY_OFFER, second)
    await first.press("I can after all")
    assert await story.state() == ("accepted", story.staff[0])
    await second.press("I come along")
    assert "Somebody else comes along already" in second.text
    assert await story.state() == ("accepted", story.staff[0])


async def test_who_does_not_answer_makes_the_next_one_be_asked_after_half_an_hour(story: Story) -> None:
    await story.ask()

    story.world.wait(minutes=29)
    await story.tick()
    assert await story.state() == ("offered", story.staff[0])
    story.world.wait(minutes=1)
    await story.tick()

    assert await story.state() == ("offered", story.staff[1])
    [offer] = await story.due(Kind.COMPANY_OFFER)  # the first one is taken back where it was not sent
    assert (await story.workers[1].person()).id == offer["person_id"]


async def test_nobody_left_is_told_honestly_and_a_coordinator_looks_further(story: Story) -> None:
    coordinator = story.world.somebody()
    office = await coordinator.hire(Role.COORDINATOR)
    await story.ask()
    for worker in story.workers:
        await worker.tap(f"codecl:{(await story.row())['id']}")

    assert (await story.row())["state"] == "nobody"
    await story.word(Kind.COMPANY_NEWS, story.migrant)
    assert "So far nobody of our team can come along." in story.migrant.text
    assert "What else helps" in story.migrant.text
    assert (await story.world.outcomes()).count("company-nobody") == 1
    await story.word(Kind.COMPANY_NEEDED, coordinator)
    await coordinator.press("I come along")
    assert await story.state() == ("accepted", office)


async def test_with_conditions_that_nobody_meets_the_person_may_ask_everybody(story: Story) -> None:
    await story.ask(gender="f", language="kk")
    assert (await story.row())["state"] == "nobody"
    assert "So far nobody" in story.migrant.text
    assert await story.due(Kind.COMPANY_NEWS) == []  # the screen says it

    await story.migrant.press("Ask everybody")

    assert await story.state() == ("offered", story.staff[0])


async def test_somebody_else_must_go(story: Story) -> None:
    await story.ask()
    first = story.workers[0]
    await story.word(Kind.COMPANY_OFFER, first)
    await first.press("I come along")

    await first.press("Somebody else must go")
    await first.press("Yes, ask somebody else")

    assert await story.state() == ("offered", story.staff[1])
    assert (await story.row())["refused_by"] == [story.staff[0]]
    assert await story.due(Kind.COMPANY_EVE) == await story.due(Kind.COMPANY_SOON) == []
    await story.word(Kind.COMPANY_NEWS, story.migrant)
    assert "cannot. We are asking others" in story.migrant.text


async def accepted(story: Story) -> Any:
    await story.ask()
    worker = story.workers[0]
    await worker.tap(f"cotake:{(await story.row())['id']}")
    assert await story.state() == ("accepted", story.staff[0])
    return worker


async def test_on_the_day_they_meet_and_it_is_done(story: Story) -> None:
    worker = await accepted(story)
    assert Verb.COMPANY_SAID not in worker.wishes
    story.world.wait(hours=27)

    await worker.command("/company")
    await worker.press(Verb.COMPANY_CARD)
    await worker.press("We have met")
    assert "You have met." in worker.text
    await worker.press("✅ Done")

    row = await story.row()
    assert (row["state"], row["ended_at"]) == ("done", story.world.now)
    assert row["met_at"] is not None
    assert worker.shown.toast == "✅ Written down. Thank you!"
    assert {"company-met", "company-done"} <= set(await story.world.outcomes())


async def test_who_did_not_come_is_written_down_but_not_too_soon(story: Story) -> None:
    worker = await accepted(story)
    company = (await story.row())["id"]

    await worker.tap(f"cosaid:{company}:missed")
    assert (await story.row())["state"] == "accepted"
    story.world.wait(hours=30)
    await worker.tap(f"cosaid:{company}:missed")

    assert (await story.row())["state"] == "missed"
    await story.migrant.tap(f"co:{story.booking}")
    assert "You did not meet." in story.migrant.text


async def test_not_needed_any_more(story: Story) -> None:
    worker = await accepted(story)

    await worker.press("Not needed any more")
    await worker.press("Yes, not needed")

    assert (await story.row())["state"] == "cancelled"
    assert await story.due(Kind.COMPANY_OFF) == []
    await story.word(Kind.COMPANY_NEWS, story.migrant)
    assert "Nobody comes along to your visit now." in story.migrant.text


async def test_the_person_may_go_alone_after_all_and_the_worker_hears_it(story: Story) -> None:
    worker = await accepted(story)
    await story.migrant.tap(f"co:{story.booking}")

    await story.migrant.press("I go alone")
    assert (await story.row())["state"] == "accepted"
    await story.migrant.press("Yes, I go alone")

    assert (await story.row())["state"] == "cancelled"
    await story.word(Kind.COMPANY_OFF, worker)
    assert f"{pseudonym(story.person.id)} needs nobody any more" in worker.text
    assert await story.due(Kind.COMPANY_EVE) == []
    await story.migrant.press("Come with me")
    assert "Who should come?" in story.migrant.text


async def test_a_cancelled_visit_ends_it_and_the_worker_hears_it(story: Story) -> None:
    worker = await accepted(story)

    await story.migrant.tap(f"cxy:{story.booking}")

    assert (await story.row())["state"] == "cancelled"
    assert await story.due(Kind.COMPANY_EVE) == await story.due(Kind.COMPANY_SOON) == []
    await story.word(Kind.COMPANY_OFF, worker)
    assert "You need not come along." in worker.text


async def test_when_the_visit_moves_who_comes_along_is_asked_whether_it_fits(story: Story) -> None:
    worker = await accepted(story)

    await story.migrant.tap(f"mvy:{story.booking}:{story.clinic}:202611251800")
    assert "I ask whether who comes along can come then" in story.migrant.text

    row = await story.row()
    [visit] = await story.world.rows(schema.bookings, cancelled_at=None)
    assert (row["booking_id"], row["state"], row["offered_to"]) == (visit["id"], "offered", story.staff[0])
    assert await story.due(Kind.COMPANY_EVE) == []
    await story.word(Kind.COMPANY_OFFER, worker)
    assert "The visit was moved. Can you come along at the new time?" in worker.text
    assert "18:00" in worker.text
    await worker.press("I come along")
    assert await story.state() == ("accepted", story.staff[0])
    assert [row["local_due"] for row in await story.due(Kind.COMPANY_EVE)] == ["2026-11-24T18:00"]
    await story.word(Kind.COMPANY_NEWS, story.migrant)
    assert "comes along to your visit" in story.migrant.text


async def close(story: Story) -> Closure:
    """Close the day of the visit, as the desk does."""
    made = all_day(TOMORROW.date(), closure_id=77, kind=ClosureKind.CLOSED)
    async with story.world.database.writing() as store:
        clinic = await directory.clinic(store, story.clinic)
        assert clinic is not None
        await closing.close(store, clinic, made, by=Actor.REGISTRAR, staff_id=None, now=story.world.now)
    return made


async def visit_of(story: Story) -> Any:
    [visit] = await story.world.rows(schema.bookings, person_id=story.person.id, cancelled_at=None)
    return visit


async def test_when_the_clinic_closes_who_comes_along_need_not_go_there(story: Story) -> None:
    worker = await accepted(story)

    await close(story)

    assert (await story.row())["state"] == "paused"
    assert await story.due(Kind.COMPANY_EVE) == []
    await story.word(Kind.COMPANY_OFF, worker)
    assert "You need not come along" in worker.text
    await story.tick()
    assert (await story.row())["state"] == "paused"
    await worker.tap(f"comp:{(await story.row())['id']}")
    assert "This is not here any more" in worker.text


@pytest.mark.parametrize("how", ["kept", "another", "booked", "offered"])
async def test_who_comes_along_is_asked_whether_the_time_instead_fits(story: Story, how: str) -> None:
    worker = await accepted(story)
    await close(story)

    if how == "kept":
        await story.migrant.tap(f"dis:{story.booking}")
        await story.migrant.press("Take it")
    elif how == "another":
        await story.migrant.tap(f"diso:{story.booking}")
        await story.migrant.press(Verb.DISPLACED_BOOK)
    elif how == "booked":
        await story.migrant.tap(f"bky:{story.clinic}:202611271700")
    else:
        await offered_and_taken(story)

    if how != "offered":
        assert "I ask whether who comes along can come then" in story.migrant.text
    row, visit = await story.row(), await visit_of(story)
    assert (row["booking_id"], row["state"], row["offered_to"]) == (visit["id"], "offered", story.staff[0])
    await story.word(Kind.COMPANY_OFFER, worker)
    assert "The visit was moved. Can you come along at the new time?" in worker.text
    assert {Verb.COMPANY_TAKE, Verb.COMPANY_DECLINE} <= set(worker.wishes)
    await worker.press("I come along")
    assert await story.state() == ("accepted", story.staff[0])
    await story.word(Kind.COMPANY_NEWS, story.migrant)
    assert "comes along to your visit" in story.migrant.text


async def offered_and_taken(story: Story) -> None:
    """Let the person take a place from the waiting list that they wait for since the closing."""
    slot = Slot(clinic_id=story.clinic, zone=ZONE, local=TOMORROW + timedelta(days=2), minutes=30, capacity=2)
    now = story.world.now
    async with story.world.database.writing() as store:
        wait = await waits.begin(store, story.person.id, lost_booking=story.booking, now=now)
        until = now + timedelta(minutes=15)
        place = await places.keep(store, slot, use=Use.WAIT, use_id=wait.id, until=until, now=now)
        assert place is not None
        offered = replace(wait, offered=place.id, offered_until=until)
        await waits.save(store, offered, was_offered=None)
        taken = await wait_taking.take(store, story.person, offered, place, now=now)
    assert not isinstance(taken, Refusal)


async def test_an_undone_closing_asks_who_came_along_again(story: Story) -> None:
    await accepted(story)
    made = await close(story)

    async with story.world.database.writing() as store:
        said = await closures.by_id(store, made.id, None)
        assert said is not None
        await reopening.undo(store, said, by=Actor.REGISTRAR, now=story.world.now)

    assert (await visit_of(story))["id"] == story.booking
    assert await story.state() == ("offered", story.staff[0])


async def test_who_wants_no_other_place_needs_nobody(story: Story) -> None:
    await accepted(story)
    await close(story)

    await story.migrant.tap(f"disn:{story.booking}:y")

    row = await story.row()
    assert (row["state"], row["ended_at"], row["place"]) == ("cancelled", story.world.now, None)


async def test_forgetting_erases_it_and_the_worker_hears_it_without_a_word_of_whom(story: Story) -> None:
    worker = await accepted(story)
    await story.migrant.tap("forget")

    await story.migrant.press("Yes, delete everything")

    assert await story.world.rows(schema.companies) == []
    await story.word(Kind.COMPANY_OFF, worker)
    assert "You need not come along to the visit on" in worker.text
    assert pseudonym(story.person.id) not in worker.text
    rows = await story.world.rows(schema.due, kind=Kind.COMPANY_OFF.value)
    assert [set(row["params"]) for row in rows] == [{"start"}]


@pytest.mark.parametrize("change", ["ended_at", "paused_at", "away_until"])
async def test_who_leaves_rests_or_is_away_is_replaced_and_the_person_hears_it(
    story: Story, change: str
) -> None:
    await accepted(story)
    at = story.world.now + timedelta(days=9) if change == "away_until" else story.world.now
    async with story.world.database.writing() as store:
        statement = schema.staff.update().where(schema.staff.c.id == story.staff[0])
        await store.execute(statement.values(**{change: at}))

    await story.tick()

    assert await story.state() == ("offered", story.staff[1])
    await story.word(Kind.COMPANY_NEWS, story.migrant)
    assert "cannot. We are asking others" in story.migrant.text
    assert await story.due(Kind.COMPANY_EVE) == []


async def test_who_forgets_themselves_is_replaced(story: Story) -> None:
    worker = await accepted(story)
    await worker.tap("forget")
    await worker.press("Yes, delete everything")

    await story.tick()

    assert await story.state() == ("offered", story.staff[1])


async def test_when_a_caseload_is_handed_over_a_colleague_is_asked_and_nothing_is_lost(story: Story) -> None:
    await accepted(story)
    async with story.world.database.writing() as store:
        await store.execute(
            schema.staff.update().where(schema.staff.c.id == story.staff[0]).values(ended_at=story.world.now)
        )
        await hand_over(store, story.staff[0], reason=Reason.LEFT, now=story.world.now, zone=ZONE)

    await story.tick()

    assert await story.state() == ("offered", story.staff[1])
    assert await story.word(Kind.COMPANY_OFFER, story.workers[1])
    assert await story.due(Kind.COMPANY_EVE) == []
    await story.word(Kind.COMPANY_NEWS, story.migrant)
    assert "cannot. We are asking others" in story.migrant.text


async def test_a_colleague_who_is_handed_the_caseload_is_asked_first(story: Story) -> None:
    await accepted(story)
    async with story.world.database.writing() as store:
        await store.execute(schema.companies.update().values(staff_id=story.staff[1]))

    await story.tick()

    assert await story.state() == ("offered", story.staff[1])
    assert await story.word(Kind.COMPANY_OFFER, story.workers[1])


async def test_a_place_and_a_number_are_sealed_shown_to_who_goes_and_erased(story: Story) -> None:
    migrant = story.migrant
    await migrant.tap(f"cow:{story.booking}:l:any")
    await migrant.press("I send a place")
    await migrant.share_location(43.25, 76.95)
    assert "Only who comes along sees this place." in migrant.text
    await migrant.press("Give my number")
    await migrant.send(contact={"phone_number": "77011234567", "user_id": 1, "first_name": "B"})
    assert "This is not your own number." in migrant.text
    await migrant.send(
        contact={"phone_number": "77011234567", "user_id": migrant.telegram_id, "first_name": "A"}
    )
    assert "They may call you" in migrant.text
    await migrant.press("Yes, ask")
    row = await story.row()
    assert b"43.25" not in row["place"]
    assert b"7701" not in row["phone"]
    worker, other = story.workers
    await story.word(Kind.COMPANY_OFFER, worker)
    assert "from the clinic" in worker.text
    await worker.press("Show more")
    assert "77011234567" not in worker.text
    assert Verb.COMPANY_PIN not in worker.wishes

    await worker.press("I come along")

    assert "+77011234567" in worker.text
    await worker.press("Where we meet")
    [pin] = worker.shown.steps
    assert (pin.way, pin.latitude, pin.longitude) == (Way.VENUE, 43.25, 76.95)
    await other.tap(f"copin:{row['id']}")
    assert "This is not here any more." in other.text
    story.world.wait(hours=30)
    await worker.tap(f"cosaid:{row['id']}:done")
    row = await story.row()
    assert (row["place"], row["phone"]) == (None, None)


async def test_a_place_that_comes_late_or_without_being_asked_for_is_not_kept(story: Story) -> None:
    await story.migrant.tap(f"cow:{story.booking}:l:any")
    await story.migrant.press("I send a place")
    story.world.wait(hours=2)

    await story.migrant.share_location(43.25, 76.95)

    assert (await story.row())["place"] is None


async def test_without_a_number_also_by_the_button_below(story: Story) -> None:
    await story.migrant.tap(f"cow:{story.booking}:p:door")
    await story.migrant.press("Give my number")

    await story.migrant.say("➖ Without a number")

    assert "Shall I ask our team?" in story.migrant.text
    assert story.migrant.shown.steps[0].close_keyboard


async def test_strange_visits_and_wishes_are_answered_like_those_not_there(story: Story) -> None:
    await accepted(story)
    other = story.world.somebody()
    await other.agree()
    company = (await story.row())["id"]
    for wish in ("co", "coy", "coany", "cox"):
        await other.tap(f"{wish}:{story.booking}")
        strange = other.text
        await other.tap(f"{wish}:1")
        assert other.text == strange == "This visit is not there any more."
    stranger = story.world.somebody()
    await stranger.hire(Role.WORKER)
    for wish in ("comp", "cotake", "codecl", "coswap", "cooff", "cosaid", "copin"):
        args = ":met" if wish == "cosaid" else ":y"
        await stranger.tap(f"{wish}:{company}{args}")
        assert stranger.text == "This is not here any more."
        await stranger.tap(f"{wish}:1{args}")
        assert stranger.text == "This is not here any more."
    assert await story.state() == ("accepted", story.staff[0])


async def test_it_is_too_late_half_an_hour_before(story: Story) -> None:
    story.world.wait(hours=28, minutes=31)

    await story.migrant.tap(f"co:{story.booking}")
    await story.migrant.tap(f"cow:{story.booking}:g:f")

    assert "It is too late to find somebody" in story.migrant.text
    assert await story.world.rows(schema.companies) == []


async def test_who_goes_with_somebody_at_that_hour_is_not_asked(story: Story) -> None:
    await accepted(story)
    migrant = story.world.somebody()
    person = await migrant.agree(area_id=story.area)
    booking = await story.book(person, TOMORROW + timedelta(hours=1))

    await migrant.tap(f"cow:{booking}:p:door")
    await migrant.tap(f"coy:{booking}")

    [row] = await story.world.rows(schema.companies, booking_id=booking)
    assert row["offered_to"] == story.staff[1]


async def test_workers_of_another_city_are_not_asked(world: Any) -> None:
    story = await Story(world).begin(workers=0)
    far = world.somebody()
    await far.hire(Role.WORKER, area_id=await world.area(name="Far away"))

    await story.ask()

    assert (await story.row())["state"] == "nobody"


async def test_off_their_hours_workers_are_not_asked(story: Story) -> None:
    await story.world.add(
        schema.shifts, staff_id=story.staff[0], weekday=1, starts="09:00", ends="12:00"
    )  # Tuesday

    await story.ask()

    assert await story.state() == ("offered", story.staff[1])


async def test_the_owner_of_the_referral_is_asked_first(story: Story) -> None:
    async with story.world.database.writing() as store:
        await store.execute(schema.referrals.update().values(staff_id=story.staff[1]))

    await story.ask()

    assert await story.state() == ("offered", story.staff[1])


async def test_my_data_names_it(story: Story) -> None:

    await accepted(story)
    async with story.world.database.reading() as store:
        about = await kept.about(store, story.person.id)
    assert about is not None

    text = as_text(story.world.words["en"], about, zone=ZoneInfo(ZONE))

    assert "WHO COMES ALONG TO YOUR VISITS" in text
    assert "somebody comes along" in text


async def test_when_nobody_is_with_anybody_the_list_says_so(story: Story) -> None:
    await story.workers[0].command("/company")

    assert "You go with nobody at the moment." in story.workers[0].text
