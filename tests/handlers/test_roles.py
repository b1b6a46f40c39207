"""Who may do what: every button and every role stand in one table, so that a new one fails until entered."""

from typing import Any

import pytest

from care.roles import Role
from handlers.buttons import Verb
from handlers.routes import Routes
from handlers.table import COMMANDS
from storage import schema

WORKER = frozenset({Role.WORKER})
DESK = frozenset({Role.REGISTRAR, Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN})
CLINIC = frozenset({Role.REGISTRAR, Role.CLINICIAN})
CLINICIAN = frozenset({Role.CLINICIAN})
OFFICE = frozenset({Role.COORDINATOR, Role.ADMIN})
HELPERS = frozenset({Role.WORKER, Role.COORDINATOR, Role.ADMIN})
STAFF = frozenset(Role)

ALLOWED: dict[Verb, frozenset[Role]] = {  # what not everybody may do
    Verb.STAFF: STAFF,
    Verb.LINKS: WORKER,
    Verb.LINK_QR: WORKER,
    Verb.LINK: WORKER,
    Verb.LINK_TEXT: WORKER,
    Verb.POSTER: WORKER,
    Verb.CARDS: WORKER,
    Verb.LINK_NEW: WORKER,
    Verb.LINK_SITE: WORKER,
    Verb.LINK_DATE: WORKER,
    Verb.LINK_CAP: WORKER,
    Verb.LINK_END: WORKER,
    Verb.LINK_UNDO: WORKER,
    Verb.CARD: WORKER,
    Verb.CARD_ASK: WORKER,
    Verb.CARD_LESS: WORKER,
    Verb.CARD_VIEW: WORKER,
    Verb.PEOPLE: WORKER,
    Verb.TASKS: HELPERS,
    Verb.TASK: HELPERS,
    Verb.TASK_DONE: HELPERS,
    Verb.TASK_UNDO: HELPERS,
    Verb.TASK_LATER: HELPERS,
    Verb.TASK_HAND: HELPERS,
    Verb.PERSON: HELPERS,
    Verb.PERSON_END: HELPERS,
    Verb.PERSON_HAND: HELPERS,
    Verb.PERSON_LIST: HELPERS,
    Verb.PERSON_TICK: HELPERS,
    Verb.DIGEST: HELPERS,
    Verb.NEWPERSON: HELPERS,
    Verb.NEWPERSON_YES: HELPERS,
    Verb.AGENT: HELPERS,
    Verb.AGENT_END: HELPERS,
    Verb.AGENT_LANGUAGE: HELPERS,
    Verb.AGENT_FORGET: HELPERS,
    Verb.TICKET: HELPERS,
    Verb.FRIEND_TICKET: HELPERS,
    Verb.COMPANIES: HELPERS,
    Verb.COMPANY_CARD: HELPERS,
    Verb.COMPANY_TAKE: HELPERS,
    Verb.COMPANY_DECLINE: HELPERS,
    Verb.COMPANY_SWAP: HELPERS,
    Verb.COMPANY_OFF: HELPERS,
    Verb.COMPANY_SAID: HELPERS,
    Verb.COMPANY_PIN: HELPERS,
    Verb.SITES: HELPERS,
    Verb.SITES_NEAR: HELPERS,
    Verb.SITE: HELPERS,
    Verb.SITE_MAP: HELPERS,
    Verb.SITE_EDIT: HELPERS,
    Verb.SITE_RETIRE: HELPERS,
    Verb.SITE_OK: HELPERS,
    Verb.SITE_VISIT: HELPERS,
    Verb.SITE_VISIT_YES: HELPERS,
    Verb.SITE_VISIT_UNDO: HELPERS,
    Verb.WELLBEING: STAFF,
    Verb.QUIET: STAFF,
    Verb.MOOD: WORKER,
    Verb.TEAM_MOOD: OFFICE,
    Verb.LONE: HELPERS,
    Verb.LONE_AT: HELPERS,
    Verb.LONE_PLACE: HELPERS,
    Verb.LONE_MORE: HELPERS,
    Verb.LONE_END: HELPERS,
    Verb.SHIFT: HELPERS,
    Verb.SHIFT_HERE: HELPERS,
    Verb.SHIFT_AWAY: HELPERS,
    Verb.SHIFT_BACK: HELPERS,
    Verb.SHIFT_HOURS: HELPERS,
    Verb.SHIFT_DAY: HELPERS,
    Verb.SHIFT_ME: HELPERS,
    Verb.RELAYS: HELPERS,
    Verb.RELAY: HELPERS,
    Verb.RELAY_SEND: HELPERS,
    Verb.RELAY_STOP: HELPERS,
    Verb.RELAY_BOT: HELPERS,
    Verb.RELAY_TAKE: HELPERS,
    Verb.RELAY_HAND: HELPERS,
    Verb.RELAY_TAG: HELPERS,
    Verb.RELAY_END: HELPERS,
    Verb.FORUM: OFFICE,
    Verb.FORUM_OFF: OFFICE,
    Verb.CLOSED: DESK,
    Verb.CLOSED_YES: DESK,
    Verb.CLOSED_UNDO: DESK,
    Verb.TODAY: DESK,
    Verb.CAME: DESK,
    Verb.MISSED: DESK,
    Verb.UNDO: DESK,
    Verb.ASK_BACK: DESK,
    Verb.CHECKIN: DESK,
    Verb.SCANNED: DESK,
    Verb.WALK_IN: DESK,
    Verb.RESULTS: CLINIC,
    Verb.RESULT_FIND: CLINIC,
    Verb.RESULT: CLINIC,
    Verb.RESULT_EXAMINED: CLINICIAN,
    Verb.RESULT_READY: CLINICIAN,
    Verb.RESULT_GIVEN: CLINIC,
    Verb.RESULT_BACK: CLINIC,
    Verb.RESULT_CARE: CLINICIAN,
    Verb.STATS: OFFICE,
    Verb.INVITE: OFFICE,
    Verb.TEAM: OFFICE,
    Verb.MEMBER: OFFICE,
    Verb.MEMBER_PAUSE: OFFICE,
    Verb.MEMBER_RESUME: OFFICE,
    Verb.MEMBER_MOVE: OFFICE,
    Verb.MEMBER_END: OFFICE,
    Verb.MEMBER_HAND: OFFICE,
    Verb.POSTS: OFFICE,
    Verb.POST: OFFICE,
    Verb.POST_SET: OFFICE,
    Verb.AUDIT: OFFICE,
    Verb.QUESTIONS: OFFICE,
    Verb.QUESTION: OFFICE,
    Verb.SHELF: OFFICE,
    Verb.TEACH: OFFICE,
    Verb.UNTEACH: OFFICE,
}
EVERYBODY = frozenset(  # without a role; what is about oneself needs consent, and one's own objects
    {
        Verb.HOME,
        Verb.START,
        Verb.LANGUAGES,
        Verb.LANGUAGE,
        Verb.CONSENT,
        Verb.CONSENT_MORE,
        Verb.AGREE,
        Verb.LATER,
        Verb.CODE,
        Verb.HELP,
        Verb.PRIVACY,
        Verb.DATA,
        Verb.FORGET,
        Verb.FORGET_YES,
        Verb.ASK,
        Verb.GROUP,
        Verb.TOPIC,
        Verb.SOURCE,
        Verb.HELPED,
        Verb.LISTEN,
        Verb.NONE_OF_THESE,
        Verb.CHECK,
        Verb.CHECK_ANSWER,
        Verb.CLINICS,
        Verb.CLINIC,
        Verb.NEAR,
        Verb.MAP,
        Verb.AREAS,
        Verb.CLAIM,
        Verb.TRANSFER_OPEN,
        Verb.CENTRES,
        Verb.CENTRE,
        Verb.BRIGADE_PLACE,
        Verb.BRIGADE_NO,
        Verb.NOTHING,
    }
)
REMEMBERED = frozenset(  # for everybody who agreed to be remembered
    {
        Verb.LEAVING,
        Verb.LEFT,
        Verb.STAYING,
        Verb.TRANSFER_CARD,
        Verb.TRANSFER_TYPE,
        Verb.TRANSFER_VIEW,
        Verb.TRANSFER_MAKE,
        Verb.TRANSFER_BACK,
        Verb.NOT_ME,
        Verb.ARRIVED,
        Verb.WENT_ON,
        Verb.DISPLACED,
        Verb.DISPLACED_TAKE,
        Verb.DISPLACED_OTHER,
        Verb.DISPLACED_BOOK,
        Verb.DISPLACED_NO,
        Verb.TELL_ME,
        Verb.TELL_NOT,
        Verb.BOOK,
        Verb.BOOK_CLINIC,
        Verb.BOOK_DAY,
        Verb.BOOK_TIME,
        Verb.BOOK_YES,
        Verb.VISITS,
        Verb.WAIT,
        Verb.WAIT_CLINIC,
        Verb.WAIT_DAYS,
        Verb.WAIT_HOURS,
        Verb.WAIT_YES,
        Verb.WAIT_STOP,
        Verb.WAIT_ON,
        Verb.WAIT_TAKE,
        Verb.WAIT_LET,
        Verb.VISIT,
        Verb.MOVE,
        Verb.MOVE_DAY,
        Verb.MOVE_TIME,
        Verb.MOVE_YES,
        Verb.CANCEL,
        Verb.CANCEL_YES,
        Verb.CALENDAR,
        Verb.MY_TICKET,
        Verb.COSTS,
        Verb.ON_WAY,
        Verb.WALK_IN_MINE,
        Verb.WENT,
        Verb.WHY,
        Verb.CANNOT,
        Verb.NO_HELP,
        Verb.PLAN,
        Verb.FAILED,
        Verb.CHILDREN,
        Verb.CHILD_ADD,
        Verb.CHILD_OFF,
        Verb.CHECKLIST,
        Verb.CHECKLIST_TICK,
        Verb.BRIGADE,
        Verb.BRIGADE_CLINIC,
        Verb.BRIGADE_DAY,
        Verb.BRIGADE_TIME,
        Verb.BRIGADE_KEEP,
        Verb.BRIGADE_CARD,
        Verb.BRIGADE_LINKS,
        Verb.BRIGADE_BACK,
        Verb.BRIGADE_YES,
        Verb.FRIEND,
        Verb.FRIEND_STOP,
        Verb.COMPANY,
        Verb.COMPANY_WISH,
        Verb.COMPANY_YES,
        Verb.COMPANY_WIDER,
        Verb.COMPANY_CANCEL,
        Verb.WISH,
        Verb.TALK,
        Verb.TALK_YES,
        Verb.TALK_NO,
        Verb.TALK_CALL,
        Verb.TALK_BOT,
        Verb.TALK_RATE,
        Verb.RELAY_DELETE,
        Verb.MEDICINE,
        Verb.MEDICINE_NEW,
        Verb.MEDICINE_HOURS,
        Verb.MEDICINE_CHANGE,
        Verb.MEDICINE_WORD,
        Verb.MEDICINE_END,
        Verb.MEDICINE_PAUSE,
        Verb.MEDICINE_GO_ON,
        Verb.MEDICINE_STOP,
        Verb.MEDICINE_UNDO,
        Verb.DOSE,
        Verb.DOSE_TROUBLE,
        Verb.CARE_VISITS,
        Verb.CARE_VISIT,
        Verb.CARE_VISIT_NEW,
        Verb.CARE_VISIT_CANCEL,
        Verb.CARE_VISIT_SAID,
        Verb.RESULT_HAVE,
        Verb.HOUSEHOLD,
        Verb.SHARE,
        Verb.SHARE_END,
        Verb.JOIN,
        Verb.PLACE,
    }
)


def test_every_button_stands_in_exactly_one_table():
    tables = (frozenset(ALLOWED), EVERYBODY, REMEMBERED)

    assert frozenset().union(*tables) == frozenset(Verb)
    assert sum(map(len, tables)) == len(Verb)


def test_every_route_asks_for_what_the_table_says(routes: Routes):
    assert set(routes.buttons) == set(Verb)
    for verb, route in routes.buttons.items():
        assert route.roles == ALLOWED.get(verb, frozenset()), verb
        assert route.consent is (verb not in EVERYBODY), verb


def test_every_command_is_a_button_too():
    assert set(COMMANDS.values()) <= set(Verb)


async def refusals(world: Any, someone: Any, wishes: dict[Verb, str]) -> set[Verb]:
    """Send each wish, and return those that were refused or not known."""
    refused = set()
    for verb, wish in wishes.items():
        before = await world.count(schema.outcomes)
        await (someone.command(wish) if wish.startswith("/") else someone.tap(wish))
        details = [row["detail"] for row in (await world.rows(schema.outcomes))[before:]]
        refused |= {verb} if {"stale", "command"} & set(details) else set()
    return refused


BUTTONS = {verb: verb.value for verb in ALLOWED}
TYPED = {verb: f"/{name}" for name, verb in COMMANDS.items() if verb in ALLOWED}


OPENED = (Verb.STATS, Verb.INVITE, Verb.QUESTIONS)  # they show what is behind them without asking again


@pytest.mark.parametrize("role", [None, *Role])
async def test_buttons_and_commands_answer_those_who_may_and_nobody_else(
    world: Any, role: Role | None
) -> None:
    someone = world.somebody()
    await someone.agree()
    if role is not None:
        await someone.hire(role)

    for wishes in (BUTTONS, TYPED):
        assert await refusals(world, someone, wishes) == forbidden(role, wishes)


def forbidden(role: Role | None, wishes: dict[Verb, str]) -> set[Verb]:
    """Return what the table does not let somebody with this role do."""
    return {verb for verb in wishes if role not in ALLOWED[verb]}


@pytest.mark.parametrize("role", [None, Role.WORKER, Role.REGISTRAR])
async def test_with_every_route_open_the_table_is_not_kept(
    world: Any, monkeypatch: pytest.MonkeyPatch, role: Role | None
) -> None:
    """The negative control: nobody asks for a role."""
    monkeypatch.setattr("handlers.routes.allowed", lambda *_: True)
    someone = world.somebody()
    await someone.agree()
    if role is not None:
        await someone.hire(role)

    for wishes in (BUTTONS, TYPED):
        closed = {verb: wishes[verb] for verb in OPENED}
        assert forbidden(role, closed) == set(OPENED)
        assert await refusals(world, someone, closed) == set()


async def test_a_role_that_ended_allows_nothing_more(world: Any) -> None:
    someone = world.somebody()
    for role in Role:
        await someone.hire(role)
    assert not await refusals(world, someone, BUTTONS)
    async with world.database.writing() as store:
        await store.execute(schema.staff.update().values(ended_at=world.now))

    assert await refusals(world, someone, BUTTONS) == set(ALLOWED)


async def test_a_stranger_presses_the_buttons_of_staff_in_vain(world: Any) -> None:
    someone = world.somebody()

    refused = await refusals(world, someone, {verb: f"{verb.value}~en" for verb in ALLOWED})

    assert refused == set(ALLOWED)
