"""Nobody reaches what is not theirs by writing its id into a button: generated over all verbs and senders.

Every verb stands in one of two tables, so that a new one fails until it is entered. Each that takes an id is
pressed with the id of somebody else's object and with one that does not exist: both must change nothing and
be answered alike, and the answer must hold nothing of the object.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from care.person import pseudonym
from care.roles import Role
from handlers.buttons import MOST_BYTES, Verb
from handlers.routes import Routes
from handlers.screens import Reply, to_json
from storage import schema
from storage.people import random_id

NOBODYS, NO_PLACE = 4_611_686_018_427_387_904, 987_654  # ids that nothing has
OF_DIRECTORY = frozenset({"site", "area"})  # counted from 1
PHONE, NAME, LABEL, NOTES = "+77015550123", "Gulnora", "Bakery by the gate", "Ask for the blue door"
SECRETS = (PHONE, NAME, LABEL, NOTES, "QZ8WERTY", "QZ8Zx9cVbN3mAsDf")

TAKES: dict[Verb, str] = {  # what the first argument is the id of
    Verb.VISIT: "booking",
    Verb.MOVE: "booking",
    Verb.MOVE_DAY: "booking",
    Verb.MOVE_TIME: "booking",
    Verb.MOVE_YES: "booking",
    Verb.CANCEL: "booking",
    Verb.CANCEL_YES: "booking",
    Verb.CALENDAR: "booking",
    Verb.MY_TICKET: "booking",
    Verb.COSTS: "booking",
    Verb.ON_WAY: "booking",
    Verb.WALK_IN_MINE: "booking",
    Verb.SCANNED: "booking",
    Verb.WENT: "booking",
    Verb.WAIT_STOP: "wait",
    Verb.WAIT_ON: "wait",
    Verb.WAIT_TAKE: "offer",
    Verb.WAIT_LET: "offer",
    Verb.WHY: "booking",
    Verb.CANNOT: "booking",
    Verb.NO_HELP: "booking",
    Verb.PLAN: "booking",
    Verb.FAILED: "booking",
    Verb.CAME: "booking",
    Verb.MISSED: "booking",
    Verb.UNDO: "booking",
    Verb.ASK_BACK: "booking",
    Verb.RESULT: "booking",
    Verb.RESULT_EXAMINED: "booking",
    Verb.RESULT_READY: "booking",
    Verb.RESULT_GIVEN: "booking",
    Verb.RESULT_BACK: "booking",
    Verb.RESULT_CARE: "booking",
    Verb.RESULT_HAVE: "examination",
    Verb.CLOSED_UNDO: "closure",
    Verb.DISPLACED: "lost visit",
    Verb.DISPLACED_TAKE: "lost visit",
    Verb.DISPLACED_OTHER: "lost visit",
    Verb.DISPLACED_BOOK: "lost visit",
    Verb.DISPLACED_NO: "lost visit",
    Verb.CHILDREN: "booking",
    Verb.CHILD_ADD: "booking",
    Verb.CHILD_OFF: "child",
    Verb.CHECKLIST_TICK: "checklist",
    Verb.PERSON_LIST: "person",
    Verb.PERSON_TICK: "checklist",
    Verb.BRIGADE_CARD: "brigade",
    Verb.BRIGADE_LINKS: "brigade",
    Verb.BRIGADE_BACK: "brigade",
    Verb.COMPANY: "booking",
    Verb.COMPANY_WISH: "booking",
    Verb.COMPANY_YES: "booking",
    Verb.COMPANY_WIDER: "booking",
    Verb.COMPANY_CANCEL: "booking",
    Verb.COMPANY_CARD: "company",
    Verb.COMPANY_TAKE: "company",
    Verb.COMPANY_DECLINE: "company",
    Verb.COMPANY_SWAP: "company",
    Verb.COMPANY_OFF: "company",
    Verb.COMPANY_SAID: "company",
    Verb.COMPANY_PIN: "company",
    Verb.MEDICINE_CHANGE: "plan",
    Verb.MEDICINE_HOURS: "plan",
    Verb.MEDICINE_WORD: "plan",
    Verb.MEDICINE_END: "plan",
    Verb.MEDICINE_PAUSE: "plan",
    Verb.MEDICINE_GO_ON: "plan",
    Verb.MEDICINE_STOP: "plan",
    Verb.MEDICINE_UNDO: "plan",
    Verb.DOSE: "plan",
    Verb.DOSE_TROUBLE: "plan",
    Verb.CARE_VISIT: "care visit",
    Verb.CARE_VISIT_CANCEL: "care visit",
    Verb.CARE_VISIT_SAID: "care visit",
    Verb.TALK_RATE: "relay",
    Verb.RELAY: "relay",
    Verb.RELAY_SEND: "relay",
    Verb.RELAY_TAKE: "relay",
    Verb.RELAY_HAND: "relay",
    Verb.RELAY_TAG: "relay",
    Verb.RELAY_END: "relay",
    Verb.LINK: "link",
    Verb.LINK_QR: "link",
    Verb.LINK_TEXT: "link",
    Verb.POSTER: "link",
    Verb.CARDS: "link",
    Verb.LINK_DATE: "link",
    Verb.LINK_CAP: "link",
    Verb.LINK_END: "link",
    Verb.LINK_UNDO: "link",
    Verb.LINK_SITE: "site",
    Verb.SITE: "site",
    Verb.SITE_MAP: "site",
    Verb.SITE_EDIT: "site",
    Verb.SITE_RETIRE: "site",
    Verb.SITE_OK: "site",
    Verb.SITE_VISIT: "site",
    Verb.SITE_VISIT_YES: "site",
    Verb.LONE_AT: "site",
    Verb.SITE_VISIT_UNDO: "visit",
    Verb.LONE_MORE: "lone",
    Verb.LONE_END: "lone",
    Verb.PERSON: "person",
    Verb.PERSON_END: "person",
    Verb.PERSON_HAND: "person",
    Verb.AGENT: "absent",
    Verb.AGENT_FORGET: "absent",
    Verb.TICKET: "absent",
    Verb.FRIEND_TICKET: "absent",
    Verb.FRIEND_STOP: "absent",
    Verb.TASK: "task",
    Verb.TASK_DONE: "task",
    Verb.TASK_UNDO: "done task",
    Verb.TASK_LATER: "task",
    Verb.TASK_HAND: "task",
    Verb.MEMBER: "member",
    Verb.MEMBER_PAUSE: "member",
    Verb.MEMBER_RESUME: "paused member",
    Verb.MEMBER_MOVE: "member",
    Verb.MEMBER_END: "member",
    Verb.MEMBER_HAND: "member",
    Verb.POST: "area",
    Verb.POST_SET: "area",
    Verb.NOT_ME: "transfer",
    Verb.ARRIVED: "transfer",
    Verb.WENT_ON: "transfer",
}
OTHERS = frozenset(  # without an id; or of what everybody may see; or of what all of the office share
    {
        Verb.HOME, Verb.START, Verb.LANGUAGES, Verb.LANGUAGE, Verb.CONSENT, Verb.CONSENT_MORE, Verb.AGREE,
        Verb.LATER, Verb.CODE, Verb.HELP, Verb.PRIVACY, Verb.DATA, Verb.FORGET, Verb.FORGET_YES, Verb.ASK,
        Verb.GROUP, Verb.TOPIC, Verb.SOURCE, Verb.HELPED, Verb.LISTEN, Verb.NONE_OF_THESE, Verb.TELL_ME,
        Verb.TELL_NOT, Verb.CHECK, Verb.CHECK_ANSWER, Verb.CLINICS, Verb.CLINIC, Verb.NEAR, Verb.MAP,
        Verb.CHECKLIST, Verb.BRIGADE, Verb.BRIGADE_CLINIC, Verb.BRIGADE_DAY, Verb.BRIGADE_TIME,
        Verb.BRIGADE_KEEP,
        Verb.BRIGADE_PLACE, Verb.BRIGADE_YES, Verb.BRIGADE_NO,
        Verb.WAIT, Verb.WAIT_CLINIC, Verb.WAIT_DAYS, Verb.WAIT_HOURS, Verb.WAIT_YES,
        Verb.AREAS, Verb.BOOK, Verb.BOOK_CLINIC, Verb.BOOK_DAY, Verb.BOOK_TIME, Verb.BOOK_YES, Verb.VISITS,
        Verb.MEDICINE, Verb.MEDICINE_NEW, Verb.CARE_VISITS, Verb.CARE_VISIT_NEW,
        Verb.TALK, Verb.TALK_YES, Verb.TALK_NO, Verb.TALK_CALL, Verb.TALK_BOT, Verb.SHARE, Verb.SHARE_END,
        Verb.STAFF, Verb.JOIN, Verb.LINKS, Verb.LINK_NEW, Verb.CARD, Verb.CARD_ASK, Verb.CARD_LESS,
        Verb.CARD_VIEW, Verb.PEOPLE, Verb.TASKS, Verb.DIGEST, Verb.RELAYS, Verb.RELAY_STOP, Verb.RELAY_BOT,
        Verb.RELAY_DELETE, Verb.FORUM, Verb.FORUM_OFF, Verb.TODAY, Verb.STATS, Verb.QUESTIONS,
        Verb.QUESTION, Verb.SHELF, Verb.TEACH, Verb.UNTEACH, Verb.INVITE, Verb.PLACE, Verb.SITES,
        Verb.SITES_NEAR, Verb.WELLBEING, Verb.QUIET, Verb.MOOD, Verb.TEAM_MOOD, Verb.LONE, Verb.LONE_PLACE,
        Verb.RESULTS, Verb.RESULT_FIND, Verb.HOUSEHOLD,
        Verb.NEWPERSON, Verb.NEWPERSON_YES, Verb.AGENT_END, Verb.AGENT_LANGUAGE, Verb.CLAIM, Verb.FRIEND,
        Verb.COMPANIES, Verb.TEAM, Verb.POSTS, Verb.AUDIT, Verb.SHIFT, Verb.SHIFT_HERE, Verb.SHIFT_AWAY,
        Verb.CHECKIN, Verb.WALK_IN, Verb.CLOSED, Verb.CLOSED_YES,
        Verb.SHIFT_BACK, Verb.SHIFT_HOURS, Verb.SHIFT_DAY, Verb.SHIFT_ME, Verb.WISH, Verb.LEAVING, Verb.LEFT,
        Verb.STAYING, Verb.TRANSFER_CARD, Verb.TRANSFER_TYPE, Verb.TRANSFER_VIEW, Verb.TRANSFER_MAKE,
        Verb.TRANSFER_BACK, Verb.TRANSFER_OPEN, Verb.CENTRES, Verb.CENTRE, Verb.NOTHING,
    }
)  # fmt: skip
WORDS = ("", "y")  # behind the id, for every verb
SHAPES: dict[Verb, tuple[str, ...]] = {  # besides: what reaches further
    Verb.RESULT_READY: ("R0", "R3"),
    Verb.RESULT_BACK: ("e", "r", "g"),
    Verb.RESULT_CARE: ("p", "t", "c:y", "n"),
    Verb.WENT: ("n",),
    Verb.WAIT_TAKE: ("m", "k"),
    Verb.ARRIVED: ("n", "s"),
    Verb.WENT_ON: ("n", "f"),
    Verb.WHY: ("boss",),
    Verb.CANNOT: ("boss", "boss:g", "boss:y"),
    Verb.NO_HELP: ("fear",),
    Verb.PLAN: ("bus", "bus:work:60", "x"),
    Verb.FAILED: ("closed", "ok"),
    Verb.MEDICINE_HOURS: ("1:09:all:e",),
    Verb.MEDICINE_WORD: ("drop",),
    Verb.MEDICINE_END: ("20270501", "date"),
    Verb.MEDICINE_PAUSE: ("20261201",),
    Verb.DOSE: ("20261123:0900:t", "20261123:0900:l", "20261123:0900:p", "20261123:0900:u"),
    Verb.DOSE_TROUBLE: ("yellow", "stop"),
    Verb.CARE_VISIT_SAID: ("n",),
    Verb.TALK_RATE: ("n",),
    Verb.LINK_TEXT: ("en",),
    Verb.POSTER: ("en", "all"),
    Verb.CARDS: ("en", "all"),
    Verb.LINK_DATE: ("d", "none", "20261130"),
    Verb.LINK_CAP: ("10", "none"),
    Verb.SITE_EDIT: ("name", "notes", "clear"),
    Verb.SITE_OK: ("n",),
    Verb.COMPANY_SAID: ("met", "done", "missed"),
    Verb.DISPLACED_TAKE: ("{booking}",),
    Verb.DISPLACED_BOOK: ("{clinic}:202611251700",),
    Verb.MOVE_DAY: ("{clinic}:20261125",),
    Verb.CHILD_ADD: ("0-4:0",),
    Verb.CHECKLIST_TICK: ("record:y", "record:n"),
    Verb.PERSON_LIST: ("new",),
    Verb.PERSON_TICK: ("record:y", "record:n"),
    Verb.MOVE_TIME: ("{clinic}:202611251700",),
    Verb.MOVE_YES: ("{clinic}:202611251700",),
    Verb.COMPANY_WISH: ("g:f", "l:ru", "p:door", "t:y"),
    Verb.RELAY_HAND: ("{own}:y", "{other}:y"),
    Verb.RELAY_TAG: ("psychologist", "lawyer"),
    Verb.SITE_VISIT: ("5:10:60",),
    Verb.SITE_VISIT_YES: ("5:10:60:987654321", "5:10:60:{visit}"),
    Verb.PERSON_END: ("d", "d:y", "l:y", "u"),
    Verb.PERSON_HAND: ("{own}:y", "{other}:y"),
    Verb.TASK_LATER: ("now", "busy:1", "unreachable:1", "away:3", "travelling:7"),
    Verb.TASK_HAND: ("{own}:y", "{other}:y"),
    Verb.MEMBER_MOVE: ("{area}:0",),
    Verb.MEMBER_HAND: ("{own}:y", "{other}:y"),
    Verb.POST_SET: ("o:{own}", "c:{own}", "o:none", "c:none"),
}
SENDERS = ("nobody", "worker", "registrar", "clinician", "dismissed", "paused", "coordinator", "colleague")
SHARED = {"coordinator": frozenset({"site", "booking", "closure"}), "colleague": frozenset({"site", "visit"})}
"""What the office shares across organisations, and what workers of one area share."""


@dataclass
class City:
    """Two areas with an organisation each; what is somebody's is all in the first."""

    world: Any
    ids: dict[str, int]
    senders: dict[str, Any]
    person_id: int


async def _people(world: Any) -> tuple[dict[str, Any], dict[str, int]]:
    here, there = await world.area(name="Area here"), await world.area(name="Area there")
    clinic, other = await world.clinic(here), await world.clinic(there)
    one = await world.add(schema.organisations, code="one", region_id=1, names={"en": "Org one"})
    two = await world.add(schema.organisations, code="two", region_id=2, names={"en": "Org two"})
    owner, who = world.somebody(), {name: world.somebody() for name in SENDERS}
    for each in (owner, *who.values()):
        await each.agree(area_id=there)
    owner_id = await owner.hire(Role.WORKER, area_id=here, organisation_id=one)
    hired = {
        "worker": (Role.WORKER, {"area_id": there, "organisation_id": two}),
        "registrar": (Role.REGISTRAR, {"clinic_id": other, "organisation_id": two}),
        "clinician": (Role.CLINICIAN, {"clinic_id": other, "organisation_id": two}),
        "dismissed": (Role.WORKER, {"area_id": here, "organisation_id": one}),
        "paused": (Role.WORKER, {"area_id": here, "organisation_id": one}),
        "coordinator": (Role.COORDINATOR, {"organisation_id": two}),
        "colleague": (Role.WORKER, {"area_id": here, "organisation_id": one}),
    }
    staff = {name: await who[name].hire(role, **values) for name, (role, values) in hired.items()}
    rest = await world.somebody().hire(Role.WORKER, area_id=here, organisation_id=one)
    async with world.database.writing() as store:
        table = schema.staff
        for name, values in {
            "dismissed": {"ended_at": world.now},
            "paused": {"paused_at": world.now},
        }.items():
            await store.execute(update(table).where(table.c.id == staff[name]).values(**values))
        await store.execute(update(table).where(table.c.id == rest).values(paused_at=world.now))
        key = (await owner.person()).key
        name = world.vault.seal_for(key, NAME.encode())
        await store.execute(update(table).where(table.c.id == owner_id).values(name=name))
        posts = {"area_id": here, "owner_id": owner_id, "cover_id": None}
        await store.execute(schema.area_posts.insert().values(**posts))
    ids = {"area": here, "clinic": clinic, "member": owner_id, "paused member": rest, "other": owner_id}
    return who, {**ids, **{f"staff {name}": number for name, number in staff.items()}}


async def _objects(world: Any, ids: dict[str, int], person: Any, absent_id: int) -> dict[str, int]:
    owner, here, now = ids["member"], ids["area"], world.now
    sealed = world.vault.seal_for(person.key, PHONE.encode())
    about = {"person_id": person.id, "staff_id": owner}
    referral = random_id()
    state = {"state": "booked", "opened_at": now, "changed_at": now, "area_id": here}
    await world.add(schema.referrals, id=referral, **about, **state)
    await world.add(
        schema.referrals, id=random_id(), person_id=absent_id, staff_id=owner, **{**state, "state": "invited"}
    )
    site = await world.add(
        schema.sites, code="s1", area_id=here, kind="market", names={"en": LABEL}, notes=NOTES,
        latitude=43.2, longitude=76.9,
    )  # fmt: skip
    booking = await _booking(world, ids, person.id, referral)
    found = {
        "booking": booking,
        "site": site,
        "person": person.id,
        "absent": absent_id,
        "link": await world.link(
            code="QZ8Zx9cVbN3mAsDf", short_code="QZ8WERTY", kind="event", label=LABEL, staff_id=owner
        ),
        "visit": await world.add(
            schema.site_visits, id=random_id(), site_id=site, staff_id=owner, at=now, people=3,
            leaflets=5, minutes=60,
        ),
        "lone": await world.add(
            schema.lone_visits, id=random_id(), staff_id=owner, site_id=site, started_at=now,
            ends_at=now + timedelta(hours=1),
        ),
        "relay": await world.add(
            schema.relays, id=random_id(), **about, referral_id=referral, promised_at=now, tags=[],
            opened_at=now,
        ),
        "company": await world.add(
            schema.companies, id=random_id(), **about, booking_id=booking, phone=sealed, state="accepted",
            refused_by=[], created_at=now, accepted_at=now,
            place=world.vault.seal_for(person.key, b"43.111111,76.222222"),
        ),
    }  # fmt: skip
    found |= await _plan(world, ids)
    found |= await _offer(world, ids)
    task = {**about, "referral_id": referral, "kind": "talk", "promised_at": now, "created_at": now}
    asked = (await world.people[0].person()).id
    found["brigade"] = await world.add(
        schema.brigades, id=random_id(), person_id=asked, staff_id=owner, clinic_id=ids["clinic"],
        confirm_until=now + timedelta(days=1), created_at=now,
    )  # fmt: skip
    found["closure"] = await world.add(
        schema.closures, id=random_id(), clinic_id=ids["clinic"], kind="closed", created_at=now,
        local_from="2026-11-26T00:00", local_until="2026-11-27T00:00",
    )  # fmt: skip
    found["lost visit"] = await world.add(
        schema.bookings, id=random_id(), person_id=asked, referral_id=referral, clinic_id=ids["clinic"],
        starts_at=datetime(2026, 11, 26, 12, 0, tzinfo=UTC), local_start="2026-11-26T17:00",
        local_day="2026-11-26", zone="Asia/Almaty", place=0, created_at=now, cancelled_at=now,
        closure_id=found["closure"],
    )  # fmt: skip
    found["child"] = await world.add(
        schema.bookings, id=random_id(), use="child", guardian_id=person.id, use_id=booking, child_age="0-4",
        clinic_id=ids["clinic"], starts_at=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
        local_start="2026-11-24T17:00", local_day="2026-11-24", zone="Asia/Almaty", place=1, created_at=now,
    )  # fmt: skip
    found["checklist"] = await world.add(
        schema.checklists, id=random_id(), person_id=person.id, kind="without-papers",
        ticked={"clinic": "person"}, created_at=now, changed_at=now,
    )  # fmt: skip
    found["examination"] = await world.add(
        schema.examinations, id=random_id(), booking_id=booking, person_id=person.id, referral_id=referral,
        clinic_id=ids["clinic"], examined_at=now, ready_at=now,
        outcome=world.vault.seal_for(person.key, b"R2"),
    )  # fmt: skip
    found["task"] = await world.add(schema.tasks, id=random_id(), **task, contact=sealed)
    found["transfer"] = await world.add(
        schema.transfers, id=random_id(), person_id=asked, country="TJ", allowed=["note"],
        code_hash=b"h" * 32, created_at=now, expires_at=now + timedelta(days=60), opened_at=now,
    )  # fmt: skip
    found["done task"] = await world.add(schema.tasks, id=random_id(), **task, done_at=now, done_by=owner)
    return found


async def _plan(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """Give the worker a plan of their own, and a visit beside it."""
    owner = await world.people[0].person()
    own = {"person_id": owner.id, "zone": "Asia/Almaty", "created_at": world.now}
    plan = await world.add(
        schema.dose_plans, id=random_id(), **own, times=["09:00"], weekdays=[], starts_on=world.now.date(),
        ends_on=world.now.date() + timedelta(days=99), word=world.vault.seal_for(owner.key, NAME.encode()),
    )  # fmt: skip
    await world.add(
        schema.doses, plan_id=plan, day=world.now.date(), hour="09:00", answer="asked", at=world.now
    )
    visit = await world.add(
        schema.care_visits, id=random_id(), **own, kind="doctor", local_start="2026-11-25T09:00"
    )
    return {"plan": plan, "care visit": visit}


async def _offer(world: Any, ids: dict[str, int]) -> dict[str, int]:
    """Let the worker wait, too, and be offered a place."""
    person_id = (await world.people[0].person()).id
    wait, offer, until = random_id(), random_id(), world.now + timedelta(minutes=15)
    await world.add(
        schema.waits, id=wait, person_id=person_id, days=[], hours="any", refused=[], offered=offer,
        offered_until=until, created_at=world.now, ends_at=world.now + timedelta(weeks=4),
    )  # fmt: skip
    await world.add(
        schema.bookings, id=offer, use="wait", use_id=wait, held_until=until, clinic_id=ids["clinic"],
        starts_at=datetime(2026, 11, 25, 12, 0, tzinfo=UTC), local_start="2026-11-25T17:00",
        local_day="2026-11-25", zone="Asia/Almaty", place=0, created_at=world.now,
    )  # fmt: skip
    return {"wait": wait, "offer": offer}


async def _booking(world: Any, ids: dict[str, int], person_id: int, referral: int) -> int:
    return int(
        await world.add(
            schema.bookings, id=random_id(), person_id=person_id, referral_id=referral,
            clinic_id=ids["clinic"],
            starts_at=datetime(2026, 11, 24, 12, 0, tzinfo=UTC), local_start="2026-11-24T17:00",
            local_day="2026-11-24", zone="Asia/Almaty", place=0, created_at=world.now,
        )
    )  # fmt: skip


@pytest.fixture
async def city(world: Any) -> City:
    senders, ids = await _people(world)
    person = await world.somebody(language="ru").agree(locale="ru", area_id=ids["area"])
    absent = await world.somebody().agree(area_id=ids["area"])
    async with world.database.writing() as store:
        gone = {"telegram_hash": None, "telegram_id": None, "registered_by": ids["member"]}
        await store.execute(update(schema.people).where(schema.people.c.id == absent.id).values(**gone))
    ids |= await _objects(world, ids, person, absent.id)
    return City(world, ids, senders, person.id)


def wishes(verb: Verb, city: City, sender: str, *, number: int) -> list[str]:
    """Return everything that somebody might write into a button of this verb with this id."""
    own = city.ids.get(f"staff {sender}", city.ids["member"])
    shapes = [shape.format(**city.ids, own=own) for shape in SHAPES.get(verb, ())]
    every = [f"{verb.value}:{number}{':' if word else ''}{word}" for word in (*WORDS, *shapes)]
    return [data for data in every if len(data.encode()) <= MOST_BYTES]


async def store_of(city: City, sender_id: int) -> dict[str, list[Any]]:
    """Return all that is stored, but for what counts the press and what the sender is in the middle of."""
    found = {}
    async with city.world.database.reading() as store:
        for table in schema.metadata.sorted_tables:
            if table in (schema.outcomes, schema.drafts):
                continue
            rows = (await store.execute(select(table))).all()
            found[table.name] = sorted(map(repr, rows))
        drafts = (await store.execute(select(schema.drafts))).all()
        found["drafts"] = sorted(repr(row) for row in drafts if row.person_id != sender_id)
    return found


async def counted(city: City, *, after: int) -> list[tuple[Any, ...]]:
    """Return what was counted since row `after`, without when and by which update."""
    names = [one for one in schema.outcomes.c if one.name not in {"id", "update_id", "at"}]
    statement = select(*names).where(schema.outcomes.c.id > after).order_by(schema.outcomes.c.id)
    async with city.world.database.reading() as store:
        return [tuple(row) for row in (await store.execute(statement)).all()]


def nobodys(what: str) -> int:
    return NO_PLACE if what in OF_DIRECTORY else NOBODYS


def written(reply: Reply, number: int) -> str:
    """Return a reply without the id that a button brought and may carry on."""
    return re.sub(rf"(?<=:){number}\b", "ID", json.dumps(to_json(reply), ensure_ascii=False))


def secrets(city: City) -> Sequence[str]:
    faces = (pseudonym(city.person_id), pseudonym(city.ids["absent"]))
    return (*SECRETS, *faces, "43.111111", "76.222222")


async def pressed(city: City, who: Any, wish: str, number: int) -> tuple[str, list[tuple[Any, ...]]]:
    """Press, and return what is said and what is counted."""
    count = await city.world.count(schema.outcomes)
    reply = await who.tap(wish)
    return written(reply, number), await counted(city, after=count)


async def tried(city: City, sender: str, verb: Verb, *, most: int | None) -> list[str]:
    """Press all wishes of a verb, or the first ones, and return what is wrong with the answers."""
    what, who, faults = TAKES[verb], city.senders[sender], []
    there, nowhere = (wishes(verb, city, sender, number=one) for one in (city.ids[what], nobodys(what)))
    for wish, same in list(zip(there, nowhere, strict=True))[:most]:
        said, kept = await pressed(city, who, wish, city.ids[what])
        faults += [f"{wish} tells {word}" for word in secrets(city) if word in said]
        if (said, kept) != await pressed(city, who, same, nobodys(what)):
            faults.append(f"{wish} is answered unlike what is not there")
    return faults


def test_every_verb_stands_in_exactly_one_table() -> None:
    assert frozenset(TAKES) | OTHERS == frozenset(Verb)
    assert not frozenset(TAKES) & OTHERS


@pytest.mark.parametrize("sender", SENDERS)
async def test_an_id_of_somebody_elses_changes_nothing_and_tells_nothing(
    city: City, routes: Routes, sender: str
) -> None:
    who = city.senders[sender]
    person = await who.person()
    sender_id = person.id
    faults: list[str] = []
    before = await store_of(city, sender_id)
    kinds = sorted(set(TAKES.values()) - SHARED.get(sender, frozenset()))
    for what in kinds:
        for verb in (verb for verb, kind in TAKES.items() if kind == what):
            roles = routes.buttons[verb].roles
            most = None if not roles or person.holds(*roles) else 1  # without the role nobody gets further
            faults += await tried(city, sender, verb, most=most)
        after = await store_of(city, sender_id)
        faults += [f"a verb of a {what} changed {name}" for name in after if after[name] != before[name]]
        before = after

    assert not faults, "\n".join(sorted(set(faults)))


async def test_whose_it_is_is_answered(city: City) -> None:
    """The negative control: the ids are real, and lead somewhere for whom they are meant."""
    owner = city.world.people[0]
    first = {kind: verb for verb, kind in reversed(TAKES.items())}
    first |= {"booking": Verb.CAME, "relay": Verb.RELAY, "site": Verb.SITE, "checklist": Verb.PERSON_TICK}
    office = ("area", "closure", "booking", "member", "paused member")
    silent = []
    theirs = {"absent", "child", "examination"}
    for what in sorted(set(TAKES.values()) - theirs, key=lambda one: (one in office, one)):
        if what == office[0]:
            await owner.hire(Role.ADMIN)
        there = await owner.tap(f"{first[what].value}:{city.ids[what]}")
        nowhere = await owner.tap(f"{first[what].value}:{nobodys(what)}")
        if written(there, city.ids[what]) == written(nowhere, nobodys(what)):
            silent.append(what)

    assert silent == []
