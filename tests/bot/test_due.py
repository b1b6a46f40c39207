"""Due messages from the row to the chat: true when sent, never at night, at most two copies, none
forgotten."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.clock import MovedClock
from bot.delivery import Courier
from bot.due import AT_ONCE, LEASE, DueMessages, Tools
from care.message_kinds import Kind
from care.outcomes import Kind as Outcome
from care.reminders import Planned, is_quiet
from care.roles import Role
from care.wording import variant
from handlers.screens import Reply, Step, Way
from locales.catalogue import Words
from storage import due, people, referrals, schema, staff
from storage.coming_back import come_back
from storage.engine import Database
from tests.bot.conftest import StubApi

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 12:00 in Almaty
ZONE = "Asia/Almaty"
BLOCKED = (403, "Forbidden: bot was blocked by the user")
UNCLEAR = (502, "Bad Gateway")
DAYS_LATER = NOON + timedelta(days=3)


@dataclass
class Still:
    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


@dataclass(kw_only=True)
class World:
    database: Database
    vault: Any
    clock: MovedClock
    still: Still
    due: DueMessages
    untrue: set[str] = field(default_factory=set)  # keys of messages that are no longer true
    menus: list[tuple[int, str]] = field(default_factory=list)  # chat, menu: what Telegram was told

    async def person(self, telegram_id: int) -> int:
        async with self.database.writing() as store:
            made = await people.add(
                store,
                self.vault,
                telegram_id,
                locale="en",
                consent_version="1",
                link_id=None,
                area_id=None,
                now=NOON,
            )
        return made.id

    async def plan(
        self, person_id: int, *, key: str = "visit-eve:5", kind: Kind = Kind.VISIT_EVE, **fields: Any
    ):
        fields = {"due_at": NOON, "useful_until": NOON + timedelta(hours=6), "zone": ZONE, **fields}
        planned = Planned(key=key, kind=kind, person_id=person_id, **fields)
        async with self.database.writing() as store:
            await due.schedule(store, planned, now=self.clock.now())

    async def rows(self) -> dict[str, Any]:
        async with self.database.reading() as store:
            rows = (await store.execute(select(schema.due))).mappings()
            return {row["key"]: row for row in rows}

    async def states(self) -> dict[str, str]:
        return {key: row["state"] for key, row in (await self.rows()).items()}

    async def outcomes(self) -> list[tuple[str, str]]:
        async with self.database.reading() as store:
            rows = await store.execute(select(schema.outcomes.c.kind, schema.outcomes.c.detail))
            return [(row.kind, row.detail) for row in rows]


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load(strict=False)


@pytest.fixture
def world(any_database: Database, vault, bot, words: Words, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("bot.delivery.PAUSE_S", 0.001)
    still = Still()
    clock = MovedClock(still)
    untrue: set[str] = set()

    async def render(kind, row, person, t, store, now) -> Reply | None:
        if row["params"].get("broken"):
            raise RuntimeError("a fault of ours")
        parts = int(row["params"].get("parts", 1))
        text, menu = row["key"], str(row["params"].get("menu", ""))
        return None if row["key"] in untrue else Reply((Step(way=Way.SEND, text=text),) * parts, menu=menu)

    menus: list[tuple[int, str]] = []

    async def tell(chat_id: int, menu: str) -> None:
        menus.append((chat_id, menu))

    tools = Tools(
        database=any_database,
        vault=vault,
        words=words,
        courier=Courier(bot),
        render=render,
        now=clock.now,
        zone=ZONE,
        menu=tell,
    )
    return World(
        database=any_database,
        vault=vault,
        clock=clock,
        still=still,
        due=DueMessages(tools),
        untrue=untrue,
        menus=menus,
    )


async def test_a_due_message_arrives_once_and_is_written_down(world, api):
    person_id = await world.person(501)
    await world.plan(person_id)
    await world.due.tick()
    await world.due.tick()

    assert api.sent("sendMessage")[0]["chat_id"] == "501"
    assert len(api.calls) == 1
    assert await world.states() == {"visit-eve:5": "sent"}
    assert await world.outcomes() == [("reminded", f"visit-eve.{variant(person_id)}")]


async def test_a_message_that_changes_the_menu_does_so_once_it_arrived(world, api):
    await world.plan(await world.person(501), params={"menu": "en:"})
    api.answers["sendMessage"] = [UNCLEAR]
    await world.due.tick()
    assert world.menus == []
    await world.plan(await world.person(502), key="other")
    world.still.at += timedelta(minutes=5)
    await world.due.tick()

    assert world.menus == [(501, "en:")]


async def test_what_is_not_due_waits_until_the_clock_says_so(world, api):
    await world.plan(await world.person(501), due_at=NOON + timedelta(hours=2))
    await world.due.tick()
    assert not api.calls

    world.clock.move(timedelta(hours=2))
    await world.due.tick()
    assert len(api.calls) == 1


async def test_what_is_no_longer_true_is_not_said(world, api):
    await world.plan(await world.person(501))
    world.untrue.add("visit-eve:5")
    await world.due.tick()

    assert not api.calls
    assert await world.states() == {"visit-eve:5": "cancelled"}


async def night_messages(world: World, api: StubApi) -> int:
    """Return how many messages that could wait came at 22:00."""
    await world.plan(await world.person(501), useful_until=NOON + timedelta(days=2))
    world.clock.move(timedelta(hours=10))
    await world.due.tick()
    return len(api.calls)


async def test_without_quiet_hours_somebody_is_woken(world, api, monkeypatch):
    monkeypatch.setattr("bot.due.next_allowed", lambda at, zone, *, urgent, quiet: at)

    assert await night_messages(world, api) == 1


async def test_nobody_is_woken_and_the_message_comes_in_the_morning(world, api):
    assert await night_messages(world, api) == 0
    assert (await world.rows())["visit-eve:5"]["attempts"] == 0

    world.clock.move(timedelta(hours=10))
    await world.due.tick()
    assert len(api.calls) == 1


async def test_a_message_that_would_be_useless_in_the_morning_expires_at_night(world, api):
    await world.plan(await world.person(501), useful_until=NOON + timedelta(hours=12))
    world.clock.move(timedelta(hours=10))
    await world.due.tick()

    assert not api.calls
    assert await world.states() == {"visit-eve:5": "expired"}


async def test_what_cannot_wait_comes_at_night(world, api):
    await world.plan(await world.person(501), useful_until=NOON + timedelta(hours=12), params={"urgent": 1})
    world.clock.move(timedelta(hours=10))
    await world.due.tick()

    assert len(api.calls) == 1


async def said_after_three_days_asleep(world: World, api: StubApi) -> set[str]:
    person_id = await world.person(501)
    await world.plan(person_id)
    await world.plan(person_id, key="recheck:1", kind=Kind.RECHECK, useful_until=NOON + timedelta(days=7))
    world.clock.move(timedelta(days=3))
    await world.due.tick()
    return {sent["text"] for sent in api.sent("sendMessage")}


async def test_what_is_of_use_for_ever_is_said_too_late(world, api, monkeypatch):
    keep = due.schedule

    async def for_ever(store: Any, planned: Planned, *, now: datetime) -> bool:
        return await keep(store, replace(planned, useful_until=NOON + timedelta(days=365)), now=now)

    monkeypatch.setattr(due, "schedule", for_ever)

    assert "visit-eve:5" in await said_after_three_days_asleep(world, api)


async def test_after_three_days_asleep_only_what_is_of_use_is_said(world, api):
    assert await said_after_three_days_asleep(world, api) == {"recheck:1"}
    assert await world.states() == {"visit-eve:5": "expired", "recheck:1": "sent"}


async def calls_after_a_refusal(world: World, api: StubApi) -> int:
    """Plan three messages for somebody who blocked the bot; return how often it was tried to send one."""
    person_id = await world.person(501)
    await world.plan(person_id)
    await world.plan(person_id, key="later", due_at=NOON + timedelta(hours=1))
    api.answers["sendMessage"] = [BLOCKED]
    await world.due.tick()
    await world.plan(person_id, key="newer")
    world.clock.move(timedelta(hours=2))
    await world.due.tick()
    return len(api.calls)


async def test_who_is_not_marked_as_gone_is_written_to_again(world, api, monkeypatch):
    async def nothing(*_: object, **__: object) -> None:
        pass

    monkeypatch.setattr(people, "change", nothing)
    monkeypatch.setattr(due, "block", nothing)

    assert await calls_after_a_refusal(world, api) == 3


async def test_who_blocked_the_bot_is_never_written_to_again(world, api):
    assert await calls_after_a_refusal(world, api) == 1
    assert await world.states() == {"visit-eve:5": "failed", "later": "failed", "newer": "failed"}
    assert ("undeliverable", "visit-eve") in await world.outcomes()


async def test_who_comes_back_is_written_to_again(world, api):
    person_id = await world.person(501)
    await world.plan(person_id)
    api.answers["sendMessage"] = [BLOCKED]
    await world.due.tick()
    async with world.database.writing() as store:
        await people.change(store, person_id, blocked_at=None)
    await world.plan(person_id, key="newer")
    await world.due.tick()

    assert (await world.states())["newer"] == "sent"


async def test_what_waited_for_somebody_who_comes_back_is_sent_where_it_is_of_use(world, api):
    person_id = await world.person(501)
    await world.plan(person_id)
    await world.plan(person_id, key="tomorrow", due_at=NOON + timedelta(days=1), useful_until=DAYS_LATER)
    await world.plan(person_id, key="soon", due_at=NOON + timedelta(hours=1))
    await world.plan(person_id, key="untrue", due_at=NOON + timedelta(hours=1), useful_until=DAYS_LATER)
    api.answers["sendMessage"] = [BLOCKED]
    await world.due.tick()
    world.untrue.add("untrue")
    world.clock.move(timedelta(days=1))
    async with world.database.writing() as store:
        assert await come_back(store, person_id, now=world.clock.now()) == 2
    await world.due.tick()

    refused = {"visit-eve:5": "failed", "soon": "failed"}
    assert await world.states() == {**refused, "tomorrow": "sent", "untrue": "cancelled"}
    assert len(api.calls) == 2


async def without_telegram(world: World) -> tuple[int, int, int]:
    """Return a worker, somebody without Telegram whom they registered, and the friend who takes reminders."""
    worker, friend, person = [await world.person(number) for number in (501, 502, 503)]
    async with world.database.writing() as store:
        staff_id = await staff.add(store, worker, Role.WORKER, now=NOON)
        await referrals.open_for(store, person, now=NOON, staff_id=staff_id)
        gone = {"telegram_id": None, "telegram_hash": None, "registered_by": staff_id}
        await people.change(store, person, reminders_to=friend, **gone)
    return worker, friend, person


async def test_a_friend_gets_the_reminder_of_somebody_without_telegram(world, api):
    _, _, person = await without_telegram(world)
    await world.plan(person)

    await world.due.tick()

    assert [call["chat_id"] for _, call in api.calls] == ["502"]
    assert await world.states() == {"visit-eve:5": "sent"}


async def test_when_the_friend_blocked_the_bot_the_worker_is_asked_to_call(world, api):
    worker, friend, person = await without_telegram(world)
    await world.plan(person)
    api.answers["sendMessage"] = [BLOCKED]

    await world.due.tick()

    async with world.database.reading() as store:
        assert (await people.by_id(store, friend)).blocked_at is not None
        assert (await people.by_id(store, person)).blocked_at is None
    [row] = [row for row in (await world.rows()).values() if row["kind"] == Kind.CALL_ON]
    assert (row["person_id"], row["params"]["about"], row["params"]["what"]) == (worker, person, "visit-eve")


async def test_what_is_no_reminder_goes_to_the_worker_and_not_to_the_friend(world, api):
    worker, _, person = await without_telegram(world)
    await world.plan(person, key="after", kind=Kind.VISIT_AFTER)

    await world.due.tick()
    await world.due.tick()

    assert {call["chat_id"] for _, call in api.calls} == {"501"}
    rows = await world.rows()
    assert rows["after"]["state"] == "cancelled"
    assert [row["person_id"] for row in rows.values() if row["kind"] == Kind.CALL_ON] == [worker]


async def test_what_telegram_refuses_is_not_repeated(world, api):
    await world.plan(await world.person(501))
    api.answers["sendMessage"] = [(400, "Bad Request: message is too long")]
    await world.due.tick()
    world.clock.move(timedelta(hours=1))
    await world.due.tick()

    assert len(api.calls) == 1
    assert await world.states() == {"visit-eve:5": "failed"}
    assert await world.outcomes() == [("undeliverable", "visit-eve")]


async def test_what_may_have_arrived_is_sent_once_more_and_then_staff_are_told(world, api):
    person_id, boss_id = await world.person(501), await world.person(900)
    async with world.database.writing() as store:
        await staff.add(store, boss_id, Role.COORDINATOR, now=NOON)
    await world.plan(person_id)
    api.answers["sendMessage"] = [UNCLEAR, UNCLEAR]
    for _ in range(4):
        await world.due.tick()
        world.clock.move(timedelta(minutes=1))

    to_person = [sent for sent in api.sent("sendMessage") if sent["chat_id"] == "501"]
    assert len(to_person) == 2
    assert (await world.states())["visit-eve:5"] == "unknown"
    [notice] = [row for row in (await world.rows()).values() if row["kind"] == "unknown"]
    assert (notice["state"], notice["person_id"]) == ("sent", boss_id)
    assert notice["params"] == {"kind": "visit-eve", "person": person_id}


async def test_a_broken_renderer_harms_only_its_own_message(world, api):
    person_id = await world.person(501)
    await world.plan(person_id, key="broken", params={"broken": 1})
    await world.plan(person_id)
    await world.due.tick()

    assert await world.states() == {"broken": "failed", "visit-eve:5": "sent"}


async def test_a_pause_puts_a_message_off_and_loses_nothing(world, api):
    await world.plan(await world.person(501))
    api.answers["sendMessage"] = [(429, "Too Many Requests: retry after 600", {"retry_after": 600})]
    await world.due.tick()
    row = (await world.rows())["visit-eve:5"]

    assert (row["state"], row["attempts"]) == ("pending", 0)


async def test_a_message_of_two_parts_that_broke_off_is_repeated_once_at_most(world, api):
    await world.plan(await world.person(501), params={"parts": 2})
    api.answers["sendMessage"] = [None, UNCLEAR, None, UNCLEAR]
    for _ in range(5):
        await world.due.tick()
        world.clock.move(timedelta(minutes=2))

    assert len(api.calls) == 4
    assert (await world.states())["visit-eve:5"] == "unknown"


async def test_what_a_dead_program_left_in_hand_is_sent_once_more_and_then_shown(world, api):
    await world.plan(await world.person(501), useful_until=NOON + timedelta(days=1))
    for expected in ("sending", "sending", "unknown"):
        async with world.database.writing() as store:
            await due.give_up(store, now=world.clock.now(), lease=LEASE)
            await due.claim(store, now=world.clock.now(), token="dead", lease=LEASE, limit=9)
        assert await world.states() == {"visit-eve:5": expected}
        world.clock.move(LEASE)
    await world.due.tick()

    assert not api.calls


async def test_a_clock_that_jumps_a_day_while_a_message_is_on_its_way_doubles_nothing(world, api):
    await world.plan(await world.person(501), useful_until=NOON + timedelta(days=9))
    answer = asyncio.Event()
    api.answers["sendMessage"] = [answer]
    first = asyncio.create_task(world.due.tick())
    await asyncio.wait_for(api.arrived.wait(), 5)
    for jump in (timedelta(days=1), timedelta(days=-2), timedelta(hours=1)):
        world.clock.move(jump)
        await world.due._fill()
    answer.set()
    await first

    assert len(api.calls) == 1
    assert await world.states() == {"visit-eve:5": "sent"}


async def test_two_programs_on_one_store_send_a_message_once(world, api):
    for number in range(40):
        await world.plan(await world.person(600 + number), key=f"m:{number}")
    twin = DueMessages(world.due._tools)
    await asyncio.gather(world.due.tick(), twin.tick())

    assert sorted(sent["text"] for sent in api.sent("sendMessage")) == sorted(
        f"m:{number}" for number in range(40)
    )


async def test_more_than_can_be_in_hand_go_one_after_another(world, api, bot):
    bot.rate_limiter.__init__(replace(bot.rate_limiter.limits, per_second=5_000, chat_burst=5_000))
    person_id = await world.person(501)
    for number in range(AT_ONCE * 2 + 5):
        await world.plan(person_id, key=f"m:{number}")
    running = asyncio.create_task(world.due.run())
    world.due.wake.set()
    async with asyncio.timeout(20):
        while len(api.calls) < AT_ONCE * 2 + 5:
            api.arrived.clear()
            await api.arrived.wait()
    await world.due.stop(within_s=5)
    running.cancel()

    assert set((await world.states()).values()) == {"sent"}


async def test_stopping_waits_for_what_is_in_hand(world, api):
    await world.plan(await world.person(501))
    answer = asyncio.Event()
    api.answers["sendMessage"] = [answer]
    sending = asyncio.create_task(world.due.tick())
    await asyncio.wait_for(api.arrived.wait(), 5)
    stopping = asyncio.create_task(world.due.stop(within_s=5))
    answer.set()
    await asyncio.gather(stopping, sending)

    assert await world.states() == {"visit-eve:5": "sent"}


async def test_the_outcome_knows_the_referral(world, api):
    person_id = await world.person(501)
    async with world.database.writing() as store:
        referral_id = await referrals.open_for(store, person_id, now=NOON)
    await world.plan(person_id)
    await world.due.tick()

    async with world.database.reading() as store:
        [row] = (await store.execute(select(schema.outcomes))).mappings()
    assert (row["kind"], row["referral_id"], row["role"]) == (Outcome.REMINDED, referral_id, "job")


async def test_a_notice_that_reached_staff_is_not_counted_as_a_reminder(world, api):
    await world.plan(await world.person(501), key="talk:1", kind=Kind.TALK)
    await world.due.tick()

    assert len(api.calls) == 1
    assert await world.outcomes() == []


async def on_the_night_shift(world: World) -> int:
    """Return a worker who is left alone from 08:00 to 16:00; it is noon."""
    person_id = await world.person(501)
    async with world.database.writing() as store:
        await staff.add(store, person_id, Role.WORKER, now=NOON)
        await store.execute(schema.staff.update().values(quiet_from="08:00", quiet_until="16:00"))
    return person_id


async def test_a_notice_waits_for_the_end_of_their_own_quiet_hours(world, api):
    person_id = await on_the_night_shift(world)
    until = NOON + timedelta(days=2)
    await world.plan(person_id, key="talk:1", kind=Kind.TALK, zone=None, useful_until=until)
    await world.due.tick()
    assert not api.calls

    world.clock.move(timedelta(hours=4))
    await world.due.tick()
    assert len(api.calls) == 1


async def test_an_urgent_notice_and_a_persons_own_reminder_do_not_wait_for_the_quiet_hours_of_work(
    world, api
):
    person_id = await on_the_night_shift(world)
    await world.plan(person_id, key="late", kind=Kind.LONE_LATE, params={"urgent": 1})
    await world.plan(person_id)
    await world.due.tick()

    assert len(api.calls) == 2


async def test_who_works_at_night_is_written_to_at_night(world, api):
    person_id = await on_the_night_shift(world)
    world.clock.move(timedelta(hours=11))  # 23:00
    now, until = world.clock.now(), world.clock.now() + timedelta(days=1)
    await world.plan(person_id, key="talk:1", kind=Kind.TALK, due_at=now, useful_until=until)
    await world.plan(person_id, due_at=now, useful_until=until)
    await world.due.tick()

    assert await world.states() == {"talk:1": "sent", "visit-eve:5": "pending"}


JUMPS = st.lists(
    st.sampled_from([timedelta(hours=hours) for hours in (-25, -24, -1, 1, 3, 8, 24, 25)]), max_size=12
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(jumps=JUMPS)
async def test_a_clock_that_jumps_about_neither_loses_nor_doubles_a_message(world, api, jumps):
    api.calls.clear()
    name = str(len(await world.rows()))
    await world.plan(
        await world.person(10_000 + len(await world.rows())),
        key=f"jump:{name}",
        due_at=world.clock.now() + timedelta(hours=2),
        useful_until=world.clock.now() + timedelta(hours=20),
    )
    for jump in (
        *jumps,
        timedelta(days=7),
        timedelta(days=7),
    ):  # it ends after the beginning
        world.clock.move(jump)
        before = len(api.calls)
        await world.due.tick()
        if len(api.calls) > before:
            assert not is_quiet(world.clock.now(), ZONE)

    state = (await world.states())[f"jump:{name}"]
    assert (state, len(api.calls)) in {("sent", 1), ("expired", 0)}
