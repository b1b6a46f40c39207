"""Every message that comes by itself to a person, in every language: a lock screen tells nothing of health.

The clinic of these tests is named after the illness in every language, so that a message that names it is
found. A new kind of message that is missing here fails the first test.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot import closures, medicine
from bot.brigades import give_back
from bot.waiting import offer_places
from care.handover import handed
from care.lock_screen import telling
from care.message_kinds import TO_STAFF, Kind
from care.roles import Role
from handlers.answering import Answering
from handlers.buttons import Verb, build
from handlers.screens import Key, Reply, Step
from locales.catalogue import Words
from storage import due, referrals, schema
from tests.handlers.test_closed import Story
from tests.handlers.test_company import Story as Company
from tests.handlers.test_notices import plan, plan_answer, shown
from tests.handlers.test_transfer import makes_card
from tests.journeys.whole import NOT_NEUTRAL

WORDS = Words.load()
NAMES = dict.fromkeys(("ru", "uz", "tg", "kk", "en"), "TB clinic, ПТД")
PLAIN = {
    "address": dict.fromkeys(NAMES, "1 Street"),
    "hours": dict.fromkeys(NAMES, "17:00-20:00"),
}
OWN_WORD = "Call mother"


class Setting:
    """A clinic named after the illness, a worker, and somebody with a visit on Tuesday at 18:30."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def begin(self) -> "Setting":
        world = self.world
        self.area = await world.area()
        self.worker = world.somebody()
        self.staff = await self.worker.hire(Role.WORKER, area_id=self.area)
        self.clinic = await world.clinic(self.area)
        await self.named()
        await self.set(schema.cities, names=dict.fromkeys(NAMES, "Steppe Town"))
        self.person = world.somebody()
        known = await self.person.agree(area_id=self.area)
        async with world.database.writing() as store:
            await referrals.open_for(store, known.id, now=world.now, area_id=self.area, staff_id=self.staff)
        self.id = known.id
        return self

    async def named(self) -> None:
        async with self.world.database.writing() as store:
            await store.execute(update(schema.clinics).values(names=NAMES, **PLAIN))

    async def booked(self) -> int:
        await self.person.tap(f"bky:{self.clinic}:202611241830")
        rows = await self.world.rows(schema.bookings, person_id=self.id)
        return int(next(row["id"] for row in rows if row["cancelled_at"] is None))

    async def set(self, table: Any, **values: Any) -> None:
        async with self.world.database.writing() as store:
            await store.execute(update(table).values(**values))

    async def examined(self) -> int:
        """Return the id of an examination whose result is ready."""
        booking = await self.booked()
        self.world.wait(days=2)
        await self.set(schema.bookings, came_at=self.world.now)
        values = {"examined_at": self.world.now, "ready_at": self.world.now}
        await self.world.add(
            schema.examinations, id=7, booking_id=booking, person_id=self.id, clinic_id=self.clinic, **values
        )
        return 7

    async def planned_doses(self) -> int:
        """Begin a plan with a dose at eight each day, and return its id."""
        await self.person.tap("mednew:1:08:all:20261213:y")
        [row] = await self.world.rows(schema.dose_plans)
        return int(row["id"])

    async def care_visit(self) -> None:
        await self.person.tap("cvnew:sample:20261125:11")

    async def journey(self) -> None:
        await self.person.tap("leav:TJ:two")

    async def brigade(self) -> None:
        await self.person.tap(f"bgd:3:{self.clinic}:20261126")
        await self.person.press("Yes, keep them")


Seen = list[tuple[Any, dict[str, Any]]]  # who gets it, and what its parameters must be


async def visit(setting: Setting, kind: Kind) -> Seen:
    booking = await setting.booked()
    if kind is Kind.VISIT_SOON:
        await setting.person.tap(build(Verb.PLAN, booking, "bus", "market", 60))
    setting.world.wait(days=2 if kind is Kind.VISIT_AFTER else 0)
    return [(setting.person, {})]


async def recheck(setting: Setting, kind: Kind) -> Seen:
    await plan(setting.world, setting.person, kind)
    return [(setting.person, {})]


async def nudge(setting: Setting, _: Kind) -> Seen:
    await setting.person.tap(f"bkc:{setting.clinic}")
    return [(setting.person, {})]


async def answer(setting: Setting, _: Kind) -> Seen:
    await plan_answer(setting.world, setting.person, "deportation")
    return [(setting.person, {})]


async def passing_on(setting: Setting, kind: Kind) -> Seen:
    booking = await setting.booked()
    await setting.set(schema.bookings, came_at=setting.world.now)
    await plan(setting.world, setting.person, kind)
    await setting.set(schema.due, booking_id=booking)
    return [(setting.person, {})]


async def somebody_else(setting: Setting, _: Kind) -> Seen:
    async with setting.world.database.writing() as store:
        planned = handed(setting.id, setting.staff, now=setting.world.now)
        await due.schedule(store, planned, now=setting.world.now)
    return [(setting.person, {})]


async def not_examined(setting: Setting, kind: Kind) -> Seen:
    await setting.booked()
    values = {"person_id": setting.id, "kind": "not-examined", "promised_at": setting.world.now}
    task = await setting.world.add(
        schema.tasks, id=5, created_at=setting.world.now, staff_id=setting.staff, **values
    )
    await plan(setting.world, setting.person, kind, task=task)
    return [(setting.person, {})]


async def company(setting: Setting, kind: Kind) -> Seen:
    story = await Company(setting.world).begin()
    await setting.named()
    await story.ask()
    known = await setting.world.rows(schema.companies)
    accepted = {"state": "accepted", "staff_id": setting.staff}
    await setting.set(schema.companies, **accepted)
    await plan(setting.world, story.migrant, kind, company=known[0]["id"], state="accepted")
    return [(story.migrant, {"state": "accepted"})]


async def dose(setting: Setting, kind: Kind) -> Seen:
    plan_id = await setting.planned_doses()
    if kind is Kind.DOSE:
        await setting.person.tap(f"medword:{plan_id}")
        await setting.person.say(OWN_WORD)
        setting.world.wait(hours=21)  # Tuesday, 09:00
        return [(setting.person, {"day": "20261124"})]
    if kind is Kind.DOSE_END:
        await medicine_until(setting, days=20)
        return [(setting.person, {})]
    setting.world.wait(days=3)
    await setting.set(schema.due, state="sent")
    world = setting.world
    answering = Answering(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
    await medicine.ask_what_is_in_the_way(world.database, answering, now=world.now)
    return [(setting.person, {})]


async def medicine_until(setting: Setting, *, days: int) -> None:
    setting.world.wait(days=days)
    await medicine.look(setting.world.database, now=setting.world.now)


async def noted(setting: Setting, kind: Kind) -> Seen:
    await setting.care_visit()
    setting.world.wait(days=3 if kind is Kind.CARE_AFTER else 1)
    return [(setting.person, {})]


async def closed(setting: Setting, kind: Kind) -> Seen:
    """One who is kept another place, one who found none and waits, and the child of one."""
    story = Story(setting.world)
    story.area, story.clinic = setting.area, setting.clinic
    story.desk = setting.world.somebody()
    await story.desk.hire(Role.REGISTRAR, clinic_id=setting.clinic)
    first, _ = await story.booked()
    second, _ = await story.booked()
    await story.close()
    if kind is Kind.REOPENED:
        await setting.set(schema.due, state="sent")
        [closure] = await setting.world.rows(schema.closures)
        await story.desk.tap(f"clundo:{closure['id']}:y")
        await closures.look(setting.world.database, now=setting.world.now)
        return [(first, {}), (second, {})]
    known = await second.person()
    kept = update(schema.bookings).where(schema.bookings.c.use == "displaced")
    [lost] = await setting.world.rows(schema.bookings, person_id=known.id)
    async with setting.world.database.writing() as store:
        await store.execute(
            kept.where(schema.bookings.c.use_id == lost["id"]).values(cancelled_at=setting.world.now)
        )
    return [(first, {}), (second, {})]


async def waiting(setting: Setting, kind: Kind) -> Seen:
    world = setting.world
    await world.add(
        schema.waits,
        id=9,
        person_id=setting.id,
        days=[],
        hours="any",
        refused=[],
        created_at=world.now,
        ends_at=world.now + timedelta(days=28),
        **({"ended_at": world.now} if kind is Kind.WAIT_ENDED else {}),
    )
    if kind is Kind.WAIT_ENDED:
        await plan(world, setting.person, kind, wait=9, why="lapsed")
        await world.add(schema.due, **_row(setting, kind, wait=9, why="over"))
        return [(setting.person, {"why": "lapsed"}), (setting.person, {"why": "over"})]
    if kind is Kind.WAIT_WIDER:
        await plan(world, setting.person, kind, wait=9)
    else:
        await offer_places(world.database, now=world.now)
    return [(setting.person, {})]


async def result(setting: Setting, kind: Kind) -> Seen:
    examination = await setting.examined()
    if kind is Kind.AFTER_RESULT:
        await setting.set(schema.examinations, given_at=setting.world.now)
    await plan(setting.world, setting.person, kind, examination=examination)
    if kind is Kind.RESULT_NOT_YET:
        [written] = await setting.world.rows(schema.examinations)
        await setting.set(schema.examinations, ready_at=None)
        await setting.set(schema.due, booking_id=written["booking_id"])
    return [(setting.person, {})]


async def brigade(setting: Setting, kind: Kind) -> Seen:
    await setting.brigade()
    [row] = await setting.world.rows(schema.brigades)
    if kind is Kind.BRIGADE_LOST:
        await plan(setting.world, setting.person, kind, brigade=row["id"])
    if kind is Kind.BRIGADE_OVER:
        setting.world.wait(days=3)
        await give_back(setting.world.database, now=setting.world.now)
    return [(setting.person, {})]


async def checklist(setting: Setting, kind: Kind) -> Seen:
    await setting.person.tap("papers")
    [row] = await setting.world.rows(schema.checklists)
    await plan(setting.world, setting.person, kind, checklist=row["id"], about=setting.id)
    return [(setting.person, {})]


async def journey(setting: Setting, kind: Kind) -> Seen:
    await setting.journey()
    if kind is Kind.TRANSFER_OPENED:
        code = await makes_card(setting.person)
        await setting.world.somebody().tap(f"topen:{code}:y~en")
    return [(setting.person, {})]


TRUE: dict[Kind, Callable[[Setting, Kind], Awaitable[Seen]]] = {  # what makes a message of the kind true
    **dict.fromkeys((Kind.VISIT_EVE, Kind.VISIT_SOON, Kind.VISIT_AFTER), visit),
    Kind.RECHECK: recheck,
    Kind.NUDGE: nudge,
    Kind.PASSING_ON: passing_on,
    Kind.ANSWERED: answer,
    Kind.HANDED: somebody_else,
    Kind.NOT_EXAMINED: not_examined,
    Kind.COMPANY_NEWS: company,
    **dict.fromkeys((Kind.DOSE, Kind.DOSES_MISSED, Kind.DOSE_END), dose),
    **dict.fromkeys((Kind.CARE_EVE, Kind.CARE_SOON, Kind.CARE_AFTER), noted),
    **dict.fromkeys((Kind.CLOSED, Kind.REOPENED), closed),
    **dict.fromkeys((Kind.WAIT_OFFER, Kind.WAIT_WIDER, Kind.WAIT_ENDED), waiting),
    **dict.fromkeys((Kind.RESULT_READY, Kind.RESULT_AGAIN, Kind.AFTER_RESULT), result),
    Kind.RESULT_NOT_YET: result,
    **dict.fromkeys((Kind.BRIGADE_SOON, Kind.BRIGADE_OVER, Kind.BRIGADE_LOST), brigade),
    Kind.CHECKLIST: checklist,
    **dict.fromkeys((Kind.ARRIVED, Kind.WENT_ON, Kind.TRANSFER_OPENED), journey),
}


def _row(setting: Setting, kind: Kind, **params: Any) -> dict[str, Any]:
    now = setting.world.now
    return {
        "key": f"other:{kind}:{params}",
        "kind": kind.value,
        "person_id": setting.id,
        "params": params,
        "due_at": now,
        "useful_until": now + timedelta(days=9),
        "lane": 1,
        "created_at": now,
    }


@pytest.fixture
async def setting(world: Any) -> Setting:
    return await Setting(world).begin()


def said(reply: Reply) -> list[str]:
    """Return everything of a message that somebody can read: texts, captions, names of files, labels."""
    found = []
    for step in reply.steps:
        found += [step.text, step.content, step.name, step.address, step.ask_location or ""]
        found += [key.label for row in step.rows for key in row]
    return [one for one in found if one]


def told_by(reply: Reply) -> list[str]:
    """Return what of a message tells too much."""
    return [one for one in said(reply) if telling(one) is not None or NOT_NEUTRAL.search(one) or "ПТД" in one]


def test_every_kind_of_message_to_a_person_is_looked_at() -> None:
    assert set(TRUE) == set(Kind) - TO_STAFF


@pytest.mark.parametrize("kind", TRUE)
async def test_what_comes_by_itself_tells_a_lock_screen_nothing(setting: Setting, kind: Kind) -> None:
    for reader, params in await TRUE[kind](setting, kind):
        for code in WORDS:
            reply = await shown(setting.world, reader, kind, t=WORDS[code], **params)

            assert reply is not None, (kind, code)
            assert told_by(reply) == [], code


async def test_a_message_with_the_name_of_the_clinic_is_found(setting: Setting) -> None:
    """The negative control: an address, a caption, the name of a file, a label."""
    await setting.booked()
    await setting.set(schema.clinics, address=NAMES)
    for code in WORDS:
        reply = await shown(setting.world, setting.person, Kind.VISIT_EVE, t=WORDS[code])
        assert reply is not None
        assert told_by(reply)
    for field in ("text", "content", "name", "address"):
        step = replace(Step(), **{field: "TB.pdf"})
        assert told_by(Reply((step,))) == ["TB.pdf"]
    assert told_by(Reply((Step(rows=((Key(label="TB", data="home"),),)),))) == ["TB"]
