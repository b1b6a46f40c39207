"""Inviting staff, and accepting an invite."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.person import pseudonym
from care.roles import Role
from handlers.buttons import Press, Verb
from handlers.consent import Consent
from handlers.coordinator.invite import Invite
from handlers.due_now import DueNow
from handlers.home import Home
from handlers.join import Join
from handlers.language import Language
from handlers.roles import OVERSEERS
from handlers.routes import Route, Routes
from handlers.screens import Reply, Way
from handlers.staff_home import StaffHome
from handlers.strangers import Strangers
from handlers.turn import Turn
from locales.catalogue import Words
from storage import schema
from storage.vault import Vault

OFFICE = frozenset(OVERSEERS)


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    made: list[Routes] = []

    async def go_on(turn: Turn) -> Reply:
        return await made[0].wish(turn)

    language = Language(words=words, strangers=strangers, answer=go_on, go_on=go_on)
    consent = Consent(vault=vault, strangers=strangers, go_on=go_on, zone="Asia/Almaty")
    home = Home(ask_language=language.ask)
    invite = Invite(username="hamroh_bot", words=words, vault=vault, zone=ZoneInfo("Asia/Almaty"))
    made.append(
        make_table(
            buttons={
                Verb.INVITE: Route(invite.show, OFFICE),
                Verb.JOIN: Route(Join(vault=vault).show),
                Verb.STAFF: Route(
                    StaffHome(due_now=DueNow(zone=ZoneInfo("Asia/Almaty"))).show, frozenset(Role)
                ),
                Verb.HOME: Route(home.show, consent=False),
                Verb.LANGUAGE: Route(language.choose, consent=False),
                Verb.AGREE: Route(consent.agree, consent=False),
            },
            commands={"invite": Verb.INVITE},
            ask_language=language.ask,
            ask_consent=consent.ask,
            unknown_command=home.unknown_command,
            stale=home.stale,
            languageless=frozenset({Verb.LANGUAGE}),
        )
    )
    return made[0]


def code_in(reply: Reply) -> str:
    """Return the code of the invite on the screen."""
    [letter] = [step for step in reply.steps if step.way is Way.SEND]
    found = re.search(r"https://t\.me/hamroh_bot\?start=([A-Za-z0-9_-]{22})\b", letter.text)
    assert found
    return found[1]


async def office(world: Any, role: Role = Role.COORDINATOR) -> Any:
    boss = world.somebody()
    await boss.agree()
    await boss.hire(role)
    return boss


async def invited(world: Any, role: Role = Role.WORKER) -> str:
    """Return the code of a fresh invite."""
    boss = await office(world, Role.ADMIN)
    await boss.command(f"/invite {role}")
    if role in {Role.WORKER, Role.REGISTRAR}:
        await boss.press(Verb.INVITE)
    await boss.press("Make the invite")
    return code_in(boss.shown)


async def test_a_coordinator_invites_a_worker_to_an_area(world: Any) -> None:
    boss, area = await office(world), await world.area(name="Old Market")

    await boss.command("/invite")
    assert "🧭 Coordinator" not in boss.labels
    await boss.press("worker")
    await boss.press("Old Market")
    await boss.press("Make the invite")

    [shown, picture, letter] = boss.shown.steps
    assert "outreach worker, Old Market" in shown.text
    assert "Thursday, 26 November, 12:00" in shown.text  # 72 hours, on the clock of the city
    assert picture.way is Way.QR
    assert picture.content in letter.text
    [row] = await world.rows(schema.invites)
    assert (row["role"], row["area_id"], row["clinic_id"]) == ("worker", area, None)
    assert row["expires_at"] == world.now + timedelta(hours=72)
    [outcome] = await world.rows(schema.outcomes, kind="invited")
    assert (outcome["detail"], outcome["role"], outcome["area_id"]) == ("worker", "coordinator", area)


async def test_a_registrar_is_invited_to_a_clinic(world: Any) -> None:
    boss = await office(world)
    clinic = await world.clinic(await world.area())

    await boss.command("/invite registrar")
    await boss.press("Clinic A")
    await boss.press("Make the invite")

    [row] = await world.rows(schema.invites)
    assert (row["role"], row["clinic_id"]) == ("registrar", clinic)


@pytest.mark.parametrize(
    ("inviter", "wanted", "made"),
    [
        (Role.ADMIN, "coordinator", 1),
        (Role.ADMIN, "admin", 1),
        (Role.COORDINATOR, "coordinator", 0),
        (Role.COORDINATOR, "admin", 0),
        (Role.WORKER, "worker", 0),
        (Role.REGISTRAR, "registrar", 0),
    ],
)
@pytest.mark.parametrize("by", ["command", "button"])
async def test_nobody_invites_to_a_role_beyond_their_own(
    world: Any, inviter: Role, wanted: str, made: int, by: str
) -> None:
    boss, area = await office(world, inviter), await world.area()
    await world.clinic(area)

    if by == "command":
        await boss.command(f"/invite {wanted}")
    else:
        await boss.tap(f"inv:{wanted}:{area}")
    if made:
        await boss.press("Make the invite")
    else:
        await boss.tap(f"inv:{wanted}:{area}::0:ru:y")

    assert await world.count(schema.invites) == made


@pytest.mark.parametrize(
    "data",
    [
        "inv:worker:999",
        "inv:worker:999:::ru:y",
        "inv:worker:-1:::ru:y",
        "inv:worker:0:::ru:y",
        "inv:registrar:1:::ru:y",
        "inv:boss:::::y",
        "inv:worker::9:::y",
    ],
)
async def test_a_forged_place_makes_no_invite(world: Any, data: str) -> None:
    boss = await office(world)
    await world.area()

    await boss.tap(data)

    assert not await world.rows(schema.invites)


async def organisations(world: Any, *codes: str, **values: Any) -> list[int]:
    names = {code: {"en": code.title()} for code in codes}
    return [await world.add(schema.organisations, code=code, names=names[code], **values) for code in codes]


async def test_the_languages_that_a_colleague_speaks_are_pressed_one_by_one(world: Any) -> None:
    boss = await office(world)
    await world.area()
    await boss.command("/invite worker")
    await boss.press("Area A")

    shown = [label[2:].strip() for label in boss.labels if label.startswith("▫️")]
    assert shown == [world.words[code].name for code in world.words if "_" not in code]
    await boss.press(world.words["uz"].name)
    await boss.press(world.words["ru"].name)
    await boss.press(world.words["tg"].name)
    assert [label for label in boss.labels if "✅" in label] == [
        f"✅ {world.words[code].name}" for code in world.words if code in {"ru", "uz", "tg"}
    ]
    await boss.press(world.words["tg"].name)  # and taken back
    await boss.press("Make the invite")

    [row] = await world.rows(schema.invites)
    assert set(row["languages"]) == {"ru", "uz", "uz_Cyrl"}  # spoken as one, written in two scripts
    someone = world.somebody()
    await someone.agree()
    await someone.tap(f"join:{code_in(boss.shown)}:y")
    [member] = await world.rows(schema.staff, role="worker")
    assert set(member["languages"]) == {"ru", "uz", "uz_Cyrl"}


async def test_all_languages_of_a_registrar_fit_into_a_button(world: Any) -> None:
    boss = await office(world, Role.ADMIN)
    area = await world.area()
    clinic = await world.add(
        schema.clinics,
        id=2_147_483_647,
        code="far",
        area_id=area,
        latitude=1.0,
        longitude=1.0,
        **{name: {"en": "Far"} for name in ("names", "address", "directions", "hours", "bring")},
    )
    last = 2_147_483_646
    await world.add(schema.organisations, id=last, code="last", names={"en": "Last"})
    await world.add(schema.organisations, id=7, code="first", names={"en": "First"})
    await boss.command("/invite registrar")
    await boss.press("Far")
    await boss.press("Last")
    for code in world.words:
        if "_" not in code:
            await boss.press(world.words[code].name)
    await boss.press("Make the invite")

    [row] = await world.rows(schema.invites)
    assert (row["clinic_id"], row["organisation_id"]) == (clinic, last)
    assert set(row["languages"]) == set(world.words)


async def test_where_there_are_several_organisations_one_is_chosen(world: Any) -> None:
    boss = await office(world)
    await world.area()
    [_, lamp] = await organisations(world, "road", "lamp")
    await boss.command("/invite worker")
    await boss.press("Area A")

    await boss.press("Lamp")
    await boss.press("Make the invite")

    assert "outreach worker, Area A, Lamp" in boss.text
    assert [row["organisation_id"] for row in await world.rows(schema.invites)] == [lamp]


async def test_somebody_may_be_of_no_organisation(world: Any) -> None:
    boss = await office(world, Role.ADMIN)
    await organisations(world, "road", "lamp")
    await boss.command("/invite coordinator")

    await boss.press("Of none")
    await boss.press("Make the invite")

    assert [row["organisation_id"] for row in await world.rows(schema.invites)] == [None]


async def test_the_only_organisation_is_not_asked_for(world: Any) -> None:
    boss = await office(world)
    await world.area()
    [road] = await organisations(world, "road")
    await boss.command("/invite worker")
    await boss.press("Area A")

    await boss.press("Make the invite")

    assert [row["organisation_id"] for row in await world.rows(schema.invites)] == [road]


async def test_a_coordinator_of_an_organisation_invites_into_it_and_its_region_only(world: Any) -> None:
    near, far = await world.area(name="Near"), await world.area(name="Far")
    region = (await world.rows(schema.regions))[0]["id"]
    [mine] = await organisations(world, "mine", region_id=region)
    [theirs] = await organisations(world, "theirs")
    boss = world.somebody()
    await boss.hire(Role.COORDINATOR, organisation_id=mine)

    await boss.command("/invite worker")
    assert "Near" in boss.labels
    assert "Far" not in boss.labels
    await boss.tap(f"inv:worker:{far}::{mine}:ru:y")
    await boss.tap(f"inv:worker:{near}::{theirs}:ru:y")

    [row] = await world.rows(schema.invites)
    assert (row["area_id"], row["organisation_id"]) == (near, mine)


async def test_an_invite_and_who_accepted_it_stand_in_the_log(world: Any) -> None:
    await world.area()
    code, someone = await invited(world), world.somebody()
    await someone.agree()

    await someone.tap(f"join:{code}:y")

    [invite] = await world.rows(schema.invites)
    [boss, worker] = sorted(await world.rows(schema.staff), key=lambda row: row["role"])
    rows = await world.rows(schema.audit)
    assert [(row["act"], row["role"], row["actor_id"], row["about_id"], row["detail"]) for row in rows] == [
        ("invited", "admin", boss["id"], invite["id"], "worker"),
        ("joined", "worker", worker["id"], invite["id"], "worker"),
    ]


async def test_whoever_invited_learns_under_which_name_the_colleague_stands_in_the_team(world: Any) -> None:
    await world.area()
    code, someone = await invited(world), world.somebody()
    person = await someone.agree()

    await someone.tap(f"join:{code}:y")

    assert f"In the team you are called {pseudonym(person.id)}" in someone.text
    [told] = await world.rows(schema.due, kind="team")
    [boss, worker] = sorted(await world.rows(schema.staff), key=lambda row: row["role"])
    assert (told["person_id"], told["params"]) == (
        boss["person_id"],
        {"what": "joined", "staff": worker["id"]},
    )


async def test_long_lists_of_areas_are_turned_over(world: Any) -> None:
    boss = await office(world)
    for number in range(30):
        await world.area(name=f"Area {number}")

    await boss.command("/invite worker")
    assert "Area 23" in boss.labels
    assert "Area 24" not in boss.labels
    await boss.press("More")

    assert "Area 29" in boss.labels
    assert "Area 0" not in boss.labels


async def test_who_accepts_has_the_role_at_once_and_a_link(world: Any) -> None:
    area = await world.area()
    code, someone = await invited(world), world.somebody()
    await someone.agree()

    await someone.tap(f"join:{code}")
    assert "outreach worker, Area A" in someone.text
    await someone.press("I accept")

    assert "Welcome" in someone.text
    assert someone.shown.menu == "en:worker"
    person = await someone.person()
    member = person.holds(Role.WORKER)
    assert (member.area_id, person.area_id) == (area, area)
    [link] = await world.rows(schema.links)
    assert (link["staff_id"], link["area_id"], link["kind"]) == (member.id, area, "worker")
    [outcome] = await world.rows(schema.outcomes, kind="joined")
    assert (outcome["detail"], outcome["role"]) == ("worker", "worker")
    await someone.press(Verb.LINKS)  # the screen of the new role


async def test_a_registrar_who_accepts_has_a_clinic_and_no_link(world: Any) -> None:
    area = await world.area()
    clinic = await world.clinic(area)
    code, someone = await invited(world, Role.REGISTRAR), world.somebody()
    await someone.agree()

    await someone.tap(f"join:{code}:y")

    assert (await someone.person()).holds(Role.REGISTRAR).clinic_id == clinic
    assert (await someone.person()).area_id == area
    assert not await world.rows(schema.links)


async def test_an_invite_works_once(world: Any) -> None:
    await world.area()
    code, first, second = await invited(world), world.somebody(), world.somebody()
    await first.agree()
    await second.agree()
    await second.tap(f"join:{code}")
    await first.tap(f"join:{code}:y")

    await second.press("I accept")

    assert "not valid any more" in second.text
    assert not (await second.person()).roles


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=72)])
@pytest.mark.parametrize("data", ["join:{code}", "join:{code}:y"])
async def test_late_and_unknown_invites_get_the_same_answer(world: Any, late: timedelta, data: str) -> None:
    await world.area()
    code, someone = await invited(world), world.somebody()
    await someone.agree()
    world.now += late

    await someone.tap(data.format(code=code if late else "x" * 22))

    assert someone.text == "This invite is not valid any more. Ask whoever sent it for a new one."
    assert not (await someone.person()).roles


async def test_who_has_the_role_already_leaves_the_invite_to_others(world: Any) -> None:
    await world.area()
    code, worker = await invited(world), world.somebody()
    await worker.hire(Role.WORKER)

    await worker.tap(f"join:{code}:y")

    assert "You have this role already" in worker.text
    assert [row["used_at"] for row in await world.rows(schema.invites)] == [None]


async def test_who_says_no_keeps_the_invite_open(world: Any) -> None:
    await world.area()
    code, someone = await invited(world), world.somebody()
    await someone.agree()
    await someone.tap(f"join:{code}")

    await someone.press("No")

    assert not (await someone.person()).roles
    assert [row["used_at"] for row in await world.rows(schema.invites)] == [None]


@pytest.mark.parametrize("locale", ["ru", "uz", "uz_Cyrl", "tg", "kk", "en"])
async def test_a_stranger_chooses_a_language_and_agrees_before_the_invite(
    world: Any, locale: str, words: Words
) -> None:
    area = await world.area()
    async with world.database.writing() as store:
        names = {"en": "Old Market", "ru": "Старый рынок"}
        await store.execute(update(schema.areas).where(schema.areas.c.id == area).values(names=names))
    code, someone = await invited(world), world.somebody()

    async with world.database.writing() as store:  # as /start with the code does
        turn = Turn(
            update_id=1,
            now=world.now,
            store=store,
            t=words["en"],
            telegram_id=someone.telegram_id,
            chosen=False,
            press=Press(Verb.JOIN, (code,)),
        )
        someone.shown = await world.dispatch.routes.wish(turn)
    [chosen] = [item for item in someone.keys if (item.data or "").startswith(f"lang:{locale}:")]
    await someone.tap(chosen.data)
    assert not await someone.person()
    await someone.press(Verb.AGREE)
    await someone.press(Verb.JOIN)

    assert (await someone.person()).holds(Role.WORKER)
    assert (await someone.person()).locale == locale
