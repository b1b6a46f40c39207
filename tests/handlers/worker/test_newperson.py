"""Somebody without Telegram: registered and booked for on the worker's phone, and here themselves later."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from care.booking import Slot
from care.person import pseudonym
from care.roles import Role
from care.ticket import ticket
from handlers.buttons import Verb, parse
from handlers.screens import Way
from storage import appointments, schema
from storage.bookings import Booked

ZONE = "Asia/Almaty"
TOMORROW = datetime.fromisoformat("2026-11-24T17:00")  # local


class Story:
    """A worker in an area with a clinic."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def begin(self) -> "Story":
        self.area = await self.world.area()
        self.clinic = await self.world.clinic(self.area)
        self.worker = self.world.somebody()
        await self.worker.agree(area_id=self.area)
        self.staff = await self.worker.hire(Role.WORKER, area_id=self.area)
        return self

    async def register(self, language: str = "en") -> int:
        """Register somebody and return their person id."""
        await self.worker.command("/newperson")
        await self.worker.tap(f"new:{language}")
        await self.worker.press("They agree")
        return (await self.client())["id"]

    async def client(self) -> Any:
        rows = await self.world.rows(schema.people, telegram_hash=None)
        return max(rows, key=lambda row: row["created_at"])

    async def booked(self) -> None:
        """Book tomorrow at 17:00 for whom the worker acts."""
        await self.worker.tap(f"bky:{self.clinic}:202611241700")

    def code(self) -> str:
        """Return the code of the ticket on the worker's screen."""
        [picture] = [step for step in self.worker.shown.steps if step.way is Way.QR]
        return picture.content.partition("?start=")[2]

    async def ticket(self, person_id: int, verb: str = "tick") -> str:
        await self.worker.tap(f"{verb}:{person_id}")
        return self.code()


@pytest.fixture
async def story(world: Any) -> Story:
    return await Story(world).begin()


async def test_consent_is_read_out_in_the_persons_language_before_anything_is_kept(story: Story) -> None:
    worker = story.worker
    await worker.command("/newperson")
    assert "which language do they speak" in worker.text

    await worker.tap("new:tg")

    assert "Read this out, and ask" in worker.text
    assert "tg‧🔒 <b>May we remember you?</b>" in worker.text
    assert await story.world.rows(schema.people, telegram_hash=None) == []
    await worker.press("They agree")
    client = await story.client()
    assert (client["locale"], client["consent_locale"], client["registered_by"]) == ("tg", "tg", story.staff)
    assert (client["telegram_id"], client["telegram_hash"]) == (None, None)
    [referral] = await story.world.rows(schema.referrals, person_id=client["id"])
    assert (referral["staff_id"], referral["area_id"]) == (story.staff, story.area)
    [owned] = await story.world.rows(schema.ownerships)
    assert owned["staff_id"] == story.staff
    [outcome] = await story.world.rows(schema.outcomes, kind="registered")
    assert (outcome["role"], outcome["locale"], outcome["referral_id"]) == ("worker", "tg", referral["id"])
    [deed] = await story.world.rows(schema.audit, act="registered")
    assert (deed["actor_id"], deed["about_id"]) == (story.staff, client["id"])


async def test_who_does_not_agree_is_not_kept(story: Story) -> None:
    await story.worker.tap("new:ru")

    await story.worker.press("They do not agree")

    assert await story.world.rows(schema.people, telegram_hash=None) == []


async def test_pressing_twice_makes_one_person(story: Story) -> None:
    await story.worker.tap("new:ru")
    [data] = [item.data for item in story.worker.keys if parse(item.data or "").verb is Verb.NEWPERSON_YES]

    await story.worker.tap(data)
    await story.worker.tap(data)

    assert len(await story.world.rows(schema.people, telegram_hash=None)) == 1


async def test_the_check_and_the_booking_run_for_the_person_and_every_screen_says_so(story: Story) -> None:
    client = await story.register("ru")
    worker, name = story.worker, pseudonym(client)
    await worker.press("Check symptoms")
    for _ in range(20):
        assert f"For <b>{name}</b>" in worker.text
        assert worker.wishes[0] is Verb.AGENT_END
        if not any(wish is Verb.CHECK_ANSWER for wish in worker.wishes):
            break
        given = {"No", "None of these", "Skip", "Under 2 weeks"}
        await worker.tap(next(item.data for item in worker.keys if item.label in given))
    [referral] = await story.world.rows(schema.referrals, person_id=client)
    assert referral["state"] == "screened"
    assert referral["advice"] is not None

    await worker.press("📅 Book")
    await worker.press(Verb.BOOK_TIME)
    await worker.press(Verb.BOOK_YES)

    assert f"For <b>{name}</b>" in worker.text
    [booking] = await story.world.rows(schema.bookings)
    assert (booking["person_id"], booking["referral_id"]) == (client, referral["id"])
    [outcome] = await story.world.rows(schema.outcomes, kind="booked")
    assert (outcome["role"], outcome["staff_id"], outcome["locale"]) == ("worker", story.staff, "ru")


async def test_what_is_not_for_the_person_is_not_offered(story: Story) -> None:
    await story.register()
    await story.booked()

    assert Verb.CALENDAR not in story.worker.wishes
    assert Verb.VISITS in story.worker.wishes


async def test_home_is_the_persons_and_finish_leads_back(story: Story) -> None:
    await story.register()
    worker = story.worker
    await worker.press(Verb.BOOK)
    await worker.press(Verb.HOME)
    assert "🩺 Check symptoms" in worker.labels

    await worker.press("finish")
    await worker.tap("home")

    assert Verb.AGENT_END not in worker.wishes
    await worker.tap("visits")
    assert "For <b>" not in worker.text


async def test_it_ends_by_itself_and_a_late_press_books_nothing_for_the_worker(story: Story) -> None:
    client = await story.register()
    worker = story.worker
    await worker.tap(f"bkt:{story.clinic}:202611241700")
    [yes] = [item.data for item in worker.keys if item.data and parse(item.data).verb is Verb.BOOK_YES]
    story.world.wait(minutes=31)

    await worker.tap(yes)

    assert await story.world.rows(schema.bookings) == []
    assert f"This screen was for {pseudonym(client)}." in worker.text
    await worker.press("Go on for")
    await worker.tap(yes)
    [booking] = await story.world.rows(schema.bookings)
    assert booking["person_id"] == client


async def test_each_press_makes_it_last(story: Story) -> None:
    client = await story.register()
    for _ in range(3):
        story.world.wait(minutes=20)
        await story.worker.command("/visits")

    assert f"For <b>{pseudonym(client)}</b>" in story.worker.text


async def test_a_screen_of_one_person_does_nothing_for_another(story: Story) -> None:
    first = await story.register()
    worker = story.worker
    await worker.tap(f"bkt:{story.clinic}:202611241700")
    [yes] = [item.data for item in worker.keys if item.data and parse(item.data).verb is Verb.BOOK_YES]
    await worker.tap("agx")
    story.world.wait(seconds=1)
    await worker.tap("new:en")
    await worker.press("They agree")

    await worker.tap(yes)

    assert await story.world.rows(schema.bookings) == []
    assert pseudonym(first) in worker.text


async def test_the_screens_can_be_in_the_persons_language(story: Story) -> None:
    await story.register("uz")

    await story.worker.press("Their language")
    assert "uz‧👤" in story.worker.text
    await story.worker.press("language")

    assert "uz‧" not in story.worker.text


async def test_others_of_the_team_cannot_act_for_the_person_but_the_new_owner_can(story: Story) -> None:
    client = await story.register()
    other = story.world.somebody()
    other_id = await other.hire(Role.WORKER, area_id=story.area)
    for wish in ("ag", "tick", "tickf", "agf"):
        await other.tap(f"{wish}:{client}:y")
        assert other.text == "This is not here any more."
        await other.tap(f"{wish}:1:y")
        assert other.text == "This is not here any more."
    async with story.world.database.writing() as store:
        await store.execute(schema.referrals.update().values(staff_id=other_id))

    await other.tap(f"ag:{client}")

    assert f"For <b>{pseudonym(client)}</b>" in other.text


async def test_with_the_role_the_acting_ends(story: Story) -> None:
    await story.register()
    async with story.world.database.writing() as store:
        await store.execute(schema.staff.update().values(paused_at=story.world.now))

    await story.worker.tap("visits")

    assert "For <b>" not in story.worker.text


async def test_the_ticket_has_number_day_address_and_a_code_of_which_only_the_hash_is_kept(
    story: Story,
) -> None:
    client = await story.register()
    await story.booked()

    code = await story.ticket(client)

    for part in (pseudonym(client), "24 November", "17:00", "1 Example Street", "Number: <b>"):
        assert part in story.worker.text
    assert len(code) == 22
    [row] = await story.world.rows(schema.claims)
    assert row["code_hash"] == hashlib.sha256(code.encode()).digest()
    assert (row["kind"], row["expires_at"]) == ("record", story.world.now + timedelta(days=180))


async def test_the_picture_of_a_visits_ticket_is_theirs_in_agent_mode_too(story: Story) -> None:
    await story.register()
    await story.booked()

    await story.worker.press("My ticket")

    [picture] = [step for step in story.worker.shown.steps if step.way is Way.TICKET]
    [visit] = await story.world.rows(schema.bookings)
    assert f'"{ticket(visit["id"])}"' in picture.content
    [shown] = await story.world.rows(schema.outcomes, kind="ticket-shown")
    assert (shown["role"], shown["detail"]) == ("worker", "visit")


async def test_at_most_five_codes_work_at_a_time(story: Story) -> None:
    client = await story.register()
    first = await story.ticket(client)
    for _ in range(5):
        story.world.wait(seconds=1)
        await story.ticket(client)

    assert len(await story.world.rows(schema.claims)) == 5
    stranger = story.world.somebody()
    await stranger.tap("lang:en")
    await stranger.command(f"/start {first}")
    assert "I do not know this code." in stranger.text


async def test_all_is_deleted_when_they_wish_it(story: Story) -> None:
    client = await story.register()
    await story.booked()

    await story.worker.tap(f"agf:{client}")
    assert len(await story.world.rows(schema.people, telegram_hash=None)) == 1
    await story.worker.press("Yes, delete everything")

    assert await story.world.rows(schema.people, telegram_hash=None) == []
    assert await story.world.rows(schema.bookings) == []
    assert await story.worker.person() is not None


async def claimer(story: Story, code: str) -> Any:
    stranger = story.world.somebody()
    await stranger.command(f"/start {code}")
    if any(item.data and parse(item.data).verb is Verb.LANGUAGE for item in stranger.keys):
        await stranger.press("English")
    return stranger


async def test_with_the_ticket_a_newcomer_gets_that_very_record(story: Story) -> None:
    client = await story.register()
    await story.booked()
    code = await story.ticket(client)

    person = await claimer(story, code)
    assert "This ticket brings you what was booked for you." in person.text
    assert "24 Nov" not in person.text  # nothing before they agreed
    await person.press("I agree, it is mine")

    known = await person.person()
    assert known is not None
    assert known.id == client
    assert person.shown.toast == "✅ Everything is yours now."
    assert "Tue 24 Nov" in "".join(person.labels)
    assert person.shown.menu == "en:"
    [row] = await story.world.rows(schema.people, id=client)
    assert (row["locale"], row["telegram_id"] is not None) == ("en", True)
    [outcome] = await story.world.rows(schema.outcomes, kind="claimed")
    assert outcome["detail"] == "new"
    await person.command("/mydata")
    assert "Somebody of our team registered you first: yes" in person.shown.steps[0].content
    assert await story.world.rows(schema.audit, act="claimed")
    [told] = await story.world.rows(schema.due, kind="taken-back")
    assert told["person_id"] == (await story.worker.person()).id
    await story.worker.tap("visits~ag~" + str(client))
    assert "This is not here any more." in story.worker.text


async def test_a_code_works_once(story: Story) -> None:
    client = await story.register()
    code = await story.ticket(client)
    person = await claimer(story, code)
    await person.press("I agree, it is mine")

    another = await claimer(story, code)

    assert "I do not know this code." in another.text
    await another.tap(f"claim:{code}:y")
    assert "This ticket is not valid any more." in another.text
    assert await another.person() is None


async def test_a_code_is_late_after_half_a_year(story: Story) -> None:
    code = await story.ticket(await story.register())
    story.world.wait(days=180)

    person = await claimer(story, code)

    assert "I do not know this code." in person.text


async def test_guessing_codes_is_throttled(story: Story) -> None:
    code = await story.ticket(await story.register())
    stranger = story.world.somebody()
    await stranger.tap("lang:en")
    for number in range(10):
        await stranger.command(f"/start {'x' * 20}{number:02}")

    await stranger.command(f"/start {code}")

    assert "Too many wrong codes." in stranger.text


async def test_who_registered_the_person_cannot_take_over_the_record(story: Story) -> None:
    code = await story.ticket(await story.register())

    await story.worker.command(f"/start {code}")

    assert "This ticket is not valid any more." in story.worker.text


async def known_with(story: Story, local: datetime | None) -> tuple[Any, int]:
    """Return somebody the bot knows, with a visit of their own, if wanted."""
    someone = story.world.somebody()
    person = await someone.agree(area_id=story.area)
    if local is not None:
        slot = Slot(clinic_id=story.clinic, zone=ZONE, local=local, minutes=30, capacity=2)
        async with story.world.database.writing() as store:
            assert isinstance(await appointments.book(store, person, slot, now=story.world.now), Booked)
    return someone, person.id


@pytest.mark.parametrize("own", [None, TOMORROW + timedelta(days=1)])
async def test_who_is_known_gets_the_visits_to_their_own_record(story: Story, own: datetime | None) -> None:
    client = await story.register()
    await story.booked()
    code = await story.ticket(client)
    someone, person_id = await known_with(story, own)

    await someone.command(f"/start {code}")
    await someone.press("Yes, it is mine")

    assert await story.world.rows(schema.people, id=client) == []
    bookings = await story.world.rows(schema.bookings)
    assert {row["person_id"] for row in bookings} == {person_id}
    assert len(bookings) == (2 if own else 1)
    open_ones = await story.world.rows(schema.referrals, person_id=person_id, closed_at=None)
    assert len(open_ones) == 1
    assert open_ones[0]["state"] == "booked"
    assert {row["referral_id"] for row in bookings} == {open_ones[0]["id"]}
    reminders = await story.world.rows(schema.due, kind="visit-eve", state="pending")
    assert {row["person_id"] for row in reminders} == {person_id}
    [told] = await story.world.rows(schema.due, kind="taken-back")
    assert told["params"] == {"before": client, "about": person_id}


async def test_of_two_visits_on_one_day_their_own_stays(story: Story) -> None:
    client = await story.register()
    await story.booked()
    code = await story.ticket(client)
    someone, person_id = await known_with(story, TOMORROW + timedelta(hours=1))

    await someone.command(f"/start {code}")
    await someone.press("Yes, it is mine")

    [stays] = await story.world.rows(schema.bookings, cancelled_at=None)
    assert (stays["person_id"], stays["local_start"]) == (person_id, "2026-11-24T18:00")
    assert len(await story.world.rows(schema.bookings, person_id=person_id)) == 2
    pending = await story.world.rows(schema.due, kind="visit-eve", state="pending")
    assert {row["booking_id"] for row in pending} == {stays["id"]}


async def test_company_that_was_asked_for_goes_over_with_its_secrets(story: Story) -> None:
    client = await story.register()
    await story.booked()
    [booking] = await story.world.rows(schema.bookings)
    await story.worker.tap(f"cow:{booking['id']}:l:any")
    await story.worker.press("I send a place")
    await story.worker.share_location(43.25, 76.95)
    await story.worker.press("Without a number")
    await story.worker.press("Yes, ask")
    [company] = await story.world.rows(schema.companies)
    assert (company["person_id"], company["offered_to"]) == (client, story.staff)
    code = await story.ticket(client)
    someone, person_id = await known_with(story, None)

    await someone.command(f"/start {code}")
    await someone.press("Yes, it is mine")

    [company] = await story.world.rows(schema.companies)
    assert company["person_id"] == person_id
    person = await someone.person()
    assert story.world.vault.open_for(person.key, company["place"]) == b"43.25000,76.95000"


async def test_a_friend_agrees_to_take_the_reminders_and_can_stop(story: Story) -> None:
    client = await story.register()
    code = await story.ticket(client, "tickf")
    friend = story.world.somebody()
    friend_id = (await friend.agree()).id

    await friend.command(f"/start {code}")
    assert "A friend without Telegram asks you for help" in friend.text
    assert (await story.client())["reminders_to"] is None
    await friend.press("I agree")

    assert (await story.client())["reminders_to"] == friend_id
    await friend.command("/mydata")
    assert "Friends without Telegram whose reminders you take: 1" in friend.shown.steps[0].content
    await story.worker.tap(f"ag:{client}")
    assert "A friend takes the reminders" in story.worker.text
    await friend.tap(f"frndx:{client}")
    assert "I do not write to you about your friend's visits any more." in friend.text
    assert (await story.client())["reminders_to"] is None
    await friend.tap(f"frndx:{client}")
    assert friend.text == "This is not here any more."


async def test_a_ticket_is_no_code_for_reminders_nor_the_other_way_round(story: Story) -> None:
    client = await story.register()
    record, reminders = await story.ticket(client), await story.ticket(client, "tickf")
    friend = story.world.somebody()
    await friend.agree()

    for wish in (f"frnd:{record}:y", f"claim:{reminders}:y"):
        await friend.tap(wish)
        assert "This ticket is not valid any more." in friend.text
    assert (await story.client())["reminders_to"] is None
