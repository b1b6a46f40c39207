"""Messages to people without Telegram: a friend gets them, or who looks after them is asked to call."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.readers import reader_of, tell_who_looks_after
from care.booking import Slot
from care.message_kinds import Kind
from care.person import Person, pseudonym
from care.roles import Role
from care.without_telegram import WITHOUT
from handlers.buttons import Verb, parse
from handlers.notice import Notice
from handlers.notices import Notices
from handlers.screens import Reply
from handlers.worker import call_on
from locales.catalogue import Words
from storage import appointments, people, schema, staff, without_telegram
from storage.bookings import Booked
from storage.vault import Vault, new_key
from tests.bot.test_accompanying import TOMORROW, city

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ZONE = "Asia/Almaty"
WORDS = Words.load(strict=False)


class Story:
    """A worker, somebody without Telegram with a visit tomorrow, and a friend."""

    def __init__(self, database: Any) -> None:
        self.database, self.vault = database, Vault([new_key()])

    async def begin(self) -> "Story":
        area, clinic = await city(self.database)
        given = {"consent_version": "test", "link_id": None, "area_id": area}
        slot = Slot(clinic_id=clinic, zone=ZONE, local=TOMORROW, minutes=30, capacity=1)
        async with self.database.writing() as store:
            await store.execute(update(schema.clinics).values(address={"ru": "Street 1", "en": "Street 1"}))
            worker = await people.add(store, self.vault, 1, locale="en", now=NOON, **given)
            self.worker_id = worker.id
            staff_id = await staff.add(store, worker.id, Role.WORKER, now=NOON, area_id=area)
            self.friend = await people.add(store, self.vault, 2, locale="en", now=NOON, **given)
            self.person: Person = await without_telegram.register(
                store,
                self.vault,
                staff_id=staff_id,
                locale="en",
                consent_version="test",
                area_id=area,
                now=NOON,
            )
            booked = await appointments.book(store, self.person, slot, now=NOON)
            assert isinstance(booked, Booked)
        return self

    async def befriend(self, **values: Any) -> Person:
        async with self.database.writing() as store:
            await people.change(store, self.person.id, reminders_to=self.friend.id)
            await people.change(store, self.friend.id, **({"locale": "en"} | values))
            person = await people.by_id(store, self.person.id)
        assert person is not None
        return person

    async def message(self, kind: Kind) -> Any:
        async with self.database.reading() as store:
            rows = await store.execute(select(schema.due).where(schema.due.c.kind == kind.value))
            return rows.mappings().first()

    async def called(self, kind: Kind, now: datetime) -> Reply | None:
        """Return what the worker reads when a message has nowhere to go."""
        row = await self.message(kind)
        async with self.database.writing() as store:
            await tell_who_looks_after(store, row, now=now)
        told = await self.message(Kind.CALL_ON)
        if told is None:
            return None
        assert told["person_id"] == self.worker_id
        async with self.database.reading() as store:
            worker = await people.by_id(store, self.worker_id)
            assert worker is not None
            notice = Notice(row=told, person=worker, t=WORDS["en"], store=store, now=now)
            return await call_on.to_staff(notice)


@pytest.fixture
async def story(any_database: Any) -> Story:
    return await Story(any_database).begin()


async def test_without_a_friend_nobody_reads_it_and_the_worker_is_asked_to_call(story: Story) -> None:
    async with story.database.reading() as store:
        reads = await reader_of(story.person, Kind.VISIT_EVE, store)
    assert reads.telegram_id is None
    assert WITHOUT

    said = await story.called(Kind.VISIT_EVE, NOON + timedelta(hours=6))

    assert said is not None
    [step] = said.steps
    who = pseudonym(story.person.id)
    assert step.text == f"📞 Please call on {who}: visit tomorrow, 17:00. They have no Telegram."
    assert parse(step.rows[0][0].data or "").verb is Verb.AGENT


async def test_after_the_visit_the_worker_asks_whether_they_went(story: Story) -> None:
    said = await story.called(Kind.VISIT_AFTER, NOON + timedelta(hours=36))

    assert said is not None
    assert "whether they went to the visit" in said.steps[0].text


async def test_nothing_is_asked_about_a_visit_that_is_cancelled_or_once_they_have_telegram(
    story: Story,
) -> None:
    async with story.database.writing() as store:
        await without_telegram.give_telegram(
            store, story.vault, story.person, 3, locale="en", consent_version="test", now=NOON
        )

    assert await story.called(Kind.VISIT_EVE, NOON + timedelta(hours=6)) is None


async def test_what_nobody_needs_to_be_called_for_is_left(story: Story) -> None:
    async with story.database.writing() as store:
        await store.execute(update(schema.due).values(kind=Kind.NUDGE.value))

    assert await story.called(Kind.NUDGE, NOON) is None


async def test_a_friend_reads_the_reminders_and_only_those(story: Story) -> None:
    person = await story.befriend()

    async with story.database.reading() as store:
        reads = {kind: (await reader_of(person, kind, store)).id for kind in Kind}

    assert {kind for kind, who in reads.items() if who == story.friend.id} == {
        Kind.VISIT_EVE,
        Kind.VISIT_SOON,
        Kind.COMPANY_NEWS,
    }


async def test_a_friend_who_blocked_the_bot_reads_nothing(story: Story) -> None:
    person = await story.befriend(blocked_at=NOON)

    async with story.database.reading() as store:
        assert (await reader_of(person, Kind.VISIT_EVE, store)).id == person.id


async def test_the_friend_reads_for_whom_it_is_and_presses_nothing_of_theirs(story: Story) -> None:
    person, row = await story.befriend(), await story.message(Kind.VISIT_EVE)
    notices = Notices(words=WORDS, vault=story.vault, zone=ZoneInfo(ZONE))
    async with story.database.reading() as store:
        reply = await notices.render(Kind.VISIT_EVE, row, person, WORDS["en"], store, NOON)
    assert reply is not None

    [step] = call_on.passed_on(WORDS["en"], reply, person).steps

    assert step.text.startswith(f"👥 For your friend {pseudonym(person.id)}. Please tell them:")
    assert "17:00" in step.text
    wishes = [parse(item.data or "").verb for rows in step.rows for item in rows]
    assert wishes == [Verb.MAP, Verb.FRIEND_STOP, Verb.HOME]
