"""The team: who may pause, move, end whom; what becomes of people, talks and areas; what is told to whom."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.message_kinds import Kind
from care.ownership import Reason
from care.person import pseudonym
from care.roles import Role
from handlers.buttons import Verb
from handlers.coordinator.area_posts import AreaPosts
from handlers.coordinator.team import Team
from handlers.coordinator.team_changes import TeamChanges
from handlers.coordinator.team_moves import TeamMoves
from handlers.coordinator.team_notice import team_news
from handlers.due_now import DueNow
from handlers.home import Home
from handlers.language import Language
from handlers.notice import Notice
from handlers.roles import OVERSEERS
from handlers.routes import Route, Routes
from handlers.screens import Reply
from handlers.staff_home import StaffHome
from handlers.strangers import Strangers
from handlers.turn import Turn
from locales.catalogue import Words
from storage import audit, ownership, people, schema
from storage.vault import Vault
from tests.handlers.conftest import ADMIN_ID

OFFICE = frozenset(OVERSEERS)
SETTINGS_ID = 31_337


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    made: list[Routes] = []

    async def go_on(turn: Turn) -> Reply:
        return await made[0].wish(turn)

    language = Language(words=words, strangers=strangers, answer=go_on, go_on=go_on)
    home = Home(ask_language=language.ask)
    team = Team(words=words, vault=vault, zone=ZoneInfo("Asia/Almaty"))
    changes = TeamChanges(team=team, admin_ids=frozenset({SETTINGS_ID}))
    moves, posts = TeamMoves(team=team), AreaPosts(team=team)
    office = {
        Verb.TEAM: team.show,
        Verb.MEMBER: team.member,
        Verb.MEMBER_PAUSE: changes.pause,
        Verb.MEMBER_RESUME: changes.resume,
        Verb.MEMBER_END: changes.end,
        Verb.MEMBER_MOVE: moves.move,
        Verb.MEMBER_HAND: moves.hand,
        Verb.POSTS: posts.show,
        Verb.POST: posts.area,
        Verb.POST_SET: posts.choose,
    }
    made.append(
        make_table(
            buttons={
                **{verb: Route(conversation, OFFICE) for verb, conversation in office.items()},
                Verb.STAFF: Route(
                    StaffHome(due_now=DueNow(zone=ZoneInfo("Asia/Almaty"))).show, frozenset(Role)
                ),
                Verb.HOME: Route(home.show, consent=False),
            },
            commands={"team": Verb.TEAM},
            ask_language=language.ask,
            unknown_command=home.unknown_command,
            stale=home.stale,
        )
    )
    return made[0]


async def hired(world: Any, role: Role, **values: Any) -> Any:
    """Return somebody of the team; `staff_id` is their role."""
    someone = world.somebody()
    await someone.agree()
    someone.staff_id = await someone.hire(role, **values)
    someone.id = (await someone.person()).id
    return someone


async def organisation(world: Any, code: str) -> int:
    return await world.add(schema.organisations, code=code, names={"en": code.title()})


async def with_people(
    world: Any, worker: Any, number: int, *, area_id: int, relay: bool = False
) -> list[int]:
    """Give a worker people with open referrals, and talks through the bot where asked for."""
    found = []
    for _ in range(number):
        migrant = world.somebody()
        person = await migrant.agree(area_id=area_id)
        referral = await world.add(
            schema.referrals,
            id=people.random_id(),
            person_id=person.id,
            staff_id=worker.staff_id,
            area_id=area_id,
            state="reached",
            opened_at=world.now,
            changed_at=world.now,
        )
        if relay:
            await world.add(
                schema.relays,
                id=people.random_id(),
                person_id=person.id,
                referral_id=referral,
                staff_id=worker.staff_id,
                promised_at=world.now,
                tags=[],
                opened_at=world.now,
            )
        found.append(person.id)
    return found


async def member(world: Any, staff_id: int) -> Any:
    [row] = await world.rows(schema.staff, id=staff_id)
    return row


async def owners(world: Any) -> set[int | None]:
    return {row["staff_id"] for row in await world.rows(schema.referrals)}


async def deeds(world: Any) -> list[tuple[str, int | None, int | None, str | None]]:
    """Return the rows of the audit log: act, who, about whom, detail."""
    rows = await world.rows(schema.audit)
    return [(row["act"], row["actor_id"], row["about_id"], row["detail"]) for row in rows]


async def news(world: Any, someone: Any, *, nth: int = -1) -> Reply | None:
    """Word the newest message about their own work that waits for somebody."""
    rows = await world.rows(schema.due, person_id=someone.id, kind=Kind.TEAM.value)
    async with world.database.reading() as store:
        person = await people.by_id(store, someone.id)
        assert person is not None
        notice = Notice(row=rows[nth], person=person, t=world.words["en"], store=store, now=world.now)
        return await team_news(notice, world.vault)


# --- seeing ----------------------------------------------------------------------------------------------


async def test_the_team_stands_by_area_with_role_shift_and_people(world: Any) -> None:
    market, gate = await world.area(name="Old Market"), await world.area(name="North Gate")
    boss = await hired(world, Role.COORDINATOR)
    first = await hired(world, Role.WORKER, area_id=market)
    second = await hired(world, Role.WORKER, area_id=gate)
    await hired(world, Role.REGISTRAR, clinic_id=await world.clinic(market))
    await with_people(world, first, 2, area_id=market, relay=True)
    await world.add(schema.area_posts, area_id=gate, owner_id=second.staff_id)

    await boss.command("/team")

    text = boss.text
    assert "The team: 4 people" in text
    assert "📍 <b>Old Market</b> · ⚠️ no owner" in text
    assert "📍 <b>North Gate</b>\n" in text
    assert f"<b>{pseudonym(first.id)}</b> · outreach worker\n🟢 on shift · 2 people · 2 open talks" in text
    assert "🏥 <b>Clinic A</b>" in text
    assert text.index("Old Market") < text.index("North Gate") < text.index("Clinic A")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"paused_at": timedelta()}, "⏸ paused"),
        ({"away_until": timedelta(days=2)}, "🌴 away"),
        ({}, "🟢 on shift"),
    ],
)
async def test_how_somebody_stands_is_said(world: Any, values: dict[str, timedelta], said: str) -> None:
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=await world.area())
    async with world.database.writing() as store:
        moments = {name: world.now + after for name, after in values.items()}
        if moments:
            await store.execute(
                update(schema.staff).where(schema.staff.c.id == worker.staff_id).values(**moments)
            )

    await boss.tap(f"mem:{worker.staff_id}")

    assert said in boss.text


async def test_at_night_nobody_without_hours_is_on_shift(world: Any) -> None:
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=await world.area())
    world.wait(hours=12)

    await boss.tap(f"mem:{worker.staff_id}")

    assert "⚪️ off shift" in boss.text


async def test_the_name_on_a_card_stands_before_the_pseudonym(world: Any) -> None:
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=await world.area())
    person = await worker.person()
    async with world.database.writing() as store:
        sealed = world.vault.seal_for(person.key, b"Zulya <3")
        await store.execute(
            update(schema.staff).where(schema.staff.c.id == worker.staff_id).values(name=sealed)
        )

    await boss.command("/team")

    assert f"Zulya &lt;3 · {pseudonym(worker.id)}" in boss.text
    assert any(f"Zulya <3 · {pseudonym(worker.id)}" in label for label in boss.labels)


async def test_a_coordinator_alone_is_told_to_invite(world: Any) -> None:
    boss = await hired(world, Role.COORDINATOR)

    await boss.command("/team")

    assert "Nobody else is here yet" in boss.text
    assert Verb.INVITE in boss.wishes


async def test_a_long_team_has_pages(world: Any) -> None:
    boss, area = await hired(world, Role.COORDINATOR), await world.area()
    workers = [await hired(world, Role.WORKER, area_id=area) for _ in range(10)]
    await boss.command("/team")
    first = set(boss.labels)

    await boss.press("More")

    shown = {label for label in first | set(boss.labels) if label.startswith("🟢")}
    assert len(shown) == 1 + len(workers)


# --- who may ---------------------------------------------------------------------------------------------

CHANGES = [
    "mem:{id}",
    "mpau:{id}",
    "mpau:{id}:y",
    "mend:{id}",
    "mend:{id}:y",
    "mmov:{id}:{area}",
    "mhan:{id}",
    "mres:{id}",
]


@pytest.mark.parametrize("data", CHANGES)
@pytest.mark.parametrize("target", [Role.COORDINATOR, Role.ADMIN])
async def test_a_coordinator_touches_no_coordinator_and_no_admin(world: Any, data: str, target: Role) -> None:
    boss, area = await hired(world, Role.COORDINATOR), await world.area()
    other = await hired(world, target)
    before = await member(world, other.staff_id)

    reply = await boss.tap(data.format(id=other.staff_id, area=area))

    assert reply.toast == "This is not in your team any more."
    assert await member(world, other.staff_id) == before
    assert await deeds(world) == []


@pytest.mark.parametrize("data", CHANGES)
async def test_a_coordinator_of_an_organisation_touches_nobody_of_another(world: Any, data: str) -> None:
    mine, theirs = await organisation(world, "mine"), await organisation(world, "theirs")
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR, organisation_id=mine)
    for organisation_id in (theirs, None):
        other = await hired(world, Role.WORKER, area_id=area, organisation_id=organisation_id)
        before = await member(world, other.staff_id)

        reply = await boss.tap(data.format(id=other.staff_id, area=await world.area()))

        assert reply.toast == (await boss.tap("mem:5")).toast
        assert await member(world, other.staff_id) == before
    assert await deeds(world) == []


@pytest.mark.parametrize(("data", "written"), [("mpau:{id}:y", "paused_at"), ("mend:{id}:y", "ended_at")])
async def test_without_its_guard_a_coordinator_ends_and_pauses_anybody(
    world: Any, data: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nobody asks whom a coordinator manages."""
    monkeypatch.setattr("care.team.MAY_INVITE", dict.fromkeys(Role, frozenset(Role)))
    boss, other = await hired(world, Role.COORDINATOR), await hired(world, Role.COORDINATOR)

    await boss.tap(data.format(id=other.staff_id))

    assert (await member(world, other.staff_id))[written] is not None


@pytest.mark.parametrize("role", list(Role))
async def test_an_admin_ends_anybody(world: Any, role: Role) -> None:
    boss, other = await hired(world, Role.ADMIN), await hired(world, role)

    await boss.tap(f"mend:{other.staff_id}:y")

    assert (await member(world, other.staff_id))["ended_at"] == world.now


@pytest.mark.parametrize("data", ["mpau:{id}", "mpau:{id}:y", "mend:{id}", "mend:{id}:y"])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR, Role.WORKER])
async def test_nobody_pauses_or_ends_themselves(world: Any, data: str, role: Role) -> None:
    boss = await hired(world, Role.ADMIN)
    await hired(world, Role.ADMIN)
    own = boss.staff_id if role is Role.ADMIN else await boss.hire(role)

    await boss.tap(data.format(id=own))

    assert "Nobody pauses or ends their own work here" in boss.text
    row = await member(world, own)
    assert not row["paused_at"]
    assert not row["ended_at"]


async def test_an_admin_who_rests_is_no_other_admin(world: Any) -> None:
    """Two admins, one paused: the one who is left cannot be ended by a button pressed in a race."""
    boss, other = await hired(world, Role.ADMIN), await hired(world, Role.ADMIN)
    await boss.tap(f"mpau:{other.staff_id}:y")

    await other.tap(f"mend:{boss.staff_id}:y")

    assert not (await member(world, boss.staff_id))["ended_at"]


async def test_an_admin_of_the_settings_is_ended_there(world: Any) -> None:
    boss = await hired(world, Role.ADMIN)
    other = world.somebody(telegram_id=SETTINGS_ID)
    await other.agree()
    staff_id = await other.hire(Role.ADMIN)

    await boss.tap(f"mend:{staff_id}:y")

    assert "stands in the settings" in boss.text
    assert not (await member(world, staff_id))["ended_at"]


async def test_an_admin_of_the_settings_works_again_after_a_pause(world: Any) -> None:
    someone = world.somebody(telegram_id=ADMIN_ID)
    await someone.agree()
    await someone.command("/team")
    async with world.database.writing() as store:
        await store.execute(update(schema.staff).values(paused_at=world.now))

    await someone.command("/team")

    assert "The team" in someone.text


# --- pausing ---------------------------------------------------------------------------------------------


async def test_a_pause_is_asked_first_then_acts_at_once_and_can_be_ended(world: Any) -> None:
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=area)
    other = await hired(world, Role.WORKER, area_id=area)
    await with_people(world, worker, 2, area_id=area)
    await boss.tap(f"mem:{worker.staff_id}")

    await boss.press(Verb.MEMBER_PAUSE)
    assert "2 people" in boss.text
    assert not (await member(world, worker.staff_id))["paused_at"]
    await boss.press("Yes")

    assert "2 people have other colleagues now" in boss.text
    assert await owners(world) == {other.staff_id}
    assert not (await worker.person()).roles
    told = await news(world, worker)
    assert told is not None
    assert "rests for now" in told.steps[0].text
    assert told.menu == "en:"
    await boss.press(Verb.MEMBER_RESUME)
    assert (await worker.person()).holds(Role.WORKER)
    assert await news(world, worker, nth=0) is None  # not true any more
    assert "Welcome back" in (await news(world, worker)).steps[0].text
    assert [act for act, *_ in await deeds(world)] == ["paused", "handed-over", "resumed"]


async def test_after_a_pause_people_return_unless_somebody_gave_them_on(world: Any) -> None:
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=area)
    other = await hired(world, Role.WORKER, area_id=area)
    await with_people(world, worker, 3, area_id=area)
    mine = await world.rows(schema.referrals)
    async with world.database.writing() as store:
        for row in mine:
            await ownership.note(store, row["id"], worker.staff_id, Reason.LINK, now=world.now)
    await boss.tap(f"mpau:{worker.staff_id}")
    assert "When the pause ends, these people return to them." in boss.text
    world.wait(minutes=1)
    await boss.press("Yes")
    assert await owners(world) == {other.staff_id}
    world.wait(days=3)
    async with world.database.writing() as store:
        await ownership.assign(store, mine[0]["id"], boss.staff_id, Reason.HANDED, now=world.now)

    world.wait(minutes=1)
    await boss.tap(f"mem:{worker.staff_id}")
    await boss.press(Verb.MEMBER_RESUME)

    assert "2 people are with them again." in boss.text
    by_referral = {row["id"]: row["staff_id"] for row in await world.rows(schema.referrals)}
    assert by_referral.pop(mine[0]["id"]) == boss.staff_id
    assert set(by_referral.values()) == {worker.staff_id}
    assert [act for act, *_ in await deeds(world)] == ["paused", "handed-over", "resumed"]


async def test_the_end_of_a_role_says_nothing_of_coming_back(world: Any) -> None:
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=area)
    await with_people(world, worker, 1, area_id=area)

    await boss.tap(f"mend:{worker.staff_id}")

    assert "return to them" not in boss.text


async def test_a_second_press_pauses_nobody_twice(world: Any) -> None:
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=await world.area())

    for _ in range(2):
        await boss.tap(f"mpau:{worker.staff_id}:y")

    assert len(await deeds(world)) == 1
    assert len(await world.rows(schema.due, kind=Kind.TEAM.value)) == 1


# --- ending ----------------------------------------------------------------------------------------------


async def dismissal(world: Any) -> tuple[Any, Any, Any, list[int]]:
    """Return a coordinator, a worker with three open talks, a colleague, and the people."""
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=area)
    other = await hired(world, Role.WORKER, area_id=area)
    persons = await with_people(world, worker, 3, area_id=area, relay=True)
    await world.link(staff_id=worker.staff_id, area_id=area)
    await world.add(schema.area_posts, area_id=area, owner_id=worker.staff_id, cover_id=other.staff_id)
    return boss, worker, other, persons


async def test_who_is_dismissed_with_open_talks_loses_nobody(world: Any) -> None:
    boss, worker, other, persons = await dismissal(world)
    await boss.tap(f"mem:{worker.staff_id}")

    await boss.press(Verb.MEMBER_END)
    assert "3 people · 3 open talks" in boss.text
    assert "cannot be taken back" in boss.text
    await boss.press("Yes")

    assert "does not work here any more" in boss.text
    assert "3 people have other colleagues now, and are told." in boss.text
    assert await owners(world) == {other.staff_id}
    relays = await world.rows(schema.relays)
    assert {row["staff_id"] for row in relays} == {other.staff_id}
    assert not any(row["closed_at"] for row in relays)
    told = await world.rows(schema.due, kind=Kind.HANDED.value)
    assert {row["person_id"] for row in told} == set(persons)
    assert all(row["ended_at"] == world.now for row in await world.rows(schema.links))
    [post] = await world.rows(schema.area_posts)
    assert (post["owner_id"], post["cover_id"]) == (None, other.staff_id)


async def test_who_is_dismissed_has_no_access_from_the_same_moment(world: Any) -> None:
    boss, worker, *_ = await dismissal(world)
    await worker.tap("staff")
    assert "Your work" in worker.text

    await boss.tap(f"mend:{worker.staff_id}:y")

    reply = await worker.tap("staff")
    assert "Your work" not in worker.text
    assert reply.menu == "en:"  # the commands of the role are gone from the menu, too
    assert "stale" in {row["detail"] for row in await world.rows(schema.outcomes)}


async def test_a_role_that_is_remembered_would_go_on_working(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: roles that are not read from the store with every update."""
    boss, worker, *_ = await dismissal(world)
    remembered = await worker.person()

    async def from_memory(*_: Any, **__: Any) -> Any:
        return remembered

    await boss.tap(f"mend:{worker.staff_id}:y")
    monkeypatch.setattr("handlers.dispatch.people.by_hash", from_memory)

    await worker.tap("staff")
    assert "Your work" in worker.text


async def test_without_a_hand_over_people_and_talks_stay_with_who_is_gone(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nobody gives them to a colleague, and nobody is told."""

    async def nothing(*_: Any, **__: Any) -> list[Any]:
        return []

    monkeypatch.setattr("handlers.coordinator.team_changes.hand_over", nothing)
    boss, worker, *_ = await dismissal(world)

    await boss.tap(f"mend:{worker.staff_id}:y")

    assert await owners(world) == {worker.staff_id}
    assert {row["staff_id"] for row in await world.rows(schema.relays)} == {worker.staff_id}
    assert not await world.rows(schema.due, kind=Kind.HANDED.value)


async def test_who_is_dismissed_is_told_kindly_and_the_menu_shrinks(world: Any) -> None:
    boss, worker, *_ = await dismissal(world)

    await boss.tap(f"mend:{worker.staff_id}:y")

    told = await news(world, worker)
    assert told is not None
    assert "Thank you for everybody you were there for" in told.steps[0].text
    assert told.menu == "en:"
    [row] = await world.rows(schema.due, kind=Kind.TEAM.value)
    assert not row["params"].get("urgent")  # nobody is woken for it


async def test_who_was_invited_again_is_not_told_that_it_ended(world: Any) -> None:
    boss, worker, *_ = await dismissal(world)
    await boss.tap(f"mend:{worker.staff_id}:y")

    await worker.hire(Role.WORKER)

    assert await news(world, worker) is None


async def test_a_dismissal_without_a_colleague_says_that_nobody_is_there(world: Any) -> None:
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=area)
    await with_people(world, worker, 1, area_id=area)
    async with world.database.writing() as store:
        mine = schema.staff.c.id == boss.staff_id
        away = world.now + timedelta(days=3)
        await store.execute(update(schema.staff).where(mine).values(away_until=away))

    await boss.tap(f"mend:{worker.staff_id}:y")

    assert "There was nobody for 1 person" in boss.text
    assert await owners(world) == {None}


async def test_a_second_press_ends_nobody_twice(world: Any) -> None:
    boss, worker, *_ = await dismissal(world)
    await boss.tap(f"mend:{worker.staff_id}:y")
    rows = await deeds(world)

    reply = await boss.tap(f"mend:{worker.staff_id}:y")

    assert reply.toast == "This is not in your team any more."
    assert await deeds(world) == rows


async def test_every_change_stands_in_the_log_with_pseudonymous_ids_only(world: Any) -> None:
    boss, worker, other, persons = await dismissal(world)

    await boss.tap(f"mend:{worker.staff_id}:y")

    assert await deeds(world) == [
        ("ended", boss.staff_id, worker.staff_id, None),
        ("handed-over", boss.staff_id, worker.staff_id, str(other.staff_id)),
    ]
    written = str([dict(row) for row in await world.rows(schema.audit)])
    for hidden in (*persons, boss.id, worker.id, other.id, boss.telegram_id, worker.telegram_id):
        assert str(hidden) not in written
    async with world.database.reading() as store:
        assert await audit.first_broken(store, world.vault) is None


# --- moving and handing over -----------------------------------------------------------------------------


async def test_a_worker_moves_with_the_link_and_leaves_the_old_area(world: Any) -> None:
    old, new = await world.area(name="Old Market"), await world.area(name="North Gate")
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=old)
    await with_people(world, worker, 1, area_id=old)
    await world.link(staff_id=worker.staff_id, area_id=old)
    await world.add(schema.area_posts, area_id=old, owner_id=worker.staff_id)
    await boss.tap(f"mem:{worker.staff_id}")

    await boss.press(Verb.MEMBER_MOVE)
    assert "Old Market" not in boss.labels
    await boss.press("North Gate")

    assert "outreach worker, North Gate" in boss.text
    assert (await member(world, worker.staff_id))["area_id"] == new
    assert [row["area_id"] for row in await world.rows(schema.links)] == [new]
    assert [row["owner_id"] for row in await world.rows(schema.area_posts)] == [None]
    assert await owners(world) == {worker.staff_id}
    assert await deeds(world) == [("moved", boss.staff_id, worker.staff_id, str(new))]
    assert "North Gate" in (await news(world, worker)).steps[0].text


async def test_a_registrar_moves_to_a_clinic_and_a_notice_does_not_name_it(world: Any) -> None:
    area = await world.area()
    old, new = await world.clinic(area), await world.clinic(area, name="TB clinic B")
    boss = await hired(world, Role.COORDINATOR)
    registrar = await hired(world, Role.REGISTRAR, clinic_id=old)

    await boss.tap(f"mmov:{registrar.staff_id}")
    await boss.press("TB clinic B")

    assert (await member(world, registrar.staff_id))["clinic_id"] == new
    assert "TB" not in (await news(world, registrar)).steps[0].text


async def test_a_caseload_is_given_to_a_chosen_colleague(world: Any) -> None:
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR)
    worker, other = [await hired(world, Role.WORKER, area_id=area) for _ in range(2)]
    persons = await with_people(world, worker, 3, area_id=area, relay=True)
    await boss.tap(f"mem:{worker.staff_id}")

    await boss.press(Verb.MEMBER_HAND)
    assert any(label == f"🟢 {pseudonym(other.id)}: 0" for label in boss.labels)
    assert not any(pseudonym(worker.id) in label for label in boss.labels)
    await boss.press(pseudonym(other.id))
    assert "3 people · 3 open talks" in boss.text
    assert await owners(world) == {worker.staff_id}
    await boss.press("Yes")

    assert await owners(world) == {other.staff_id}
    assert {row["staff_id"] for row in await world.rows(schema.relays)} == {other.staff_id}
    told = await world.rows(schema.due, kind=Kind.HANDED.value)
    assert {row["person_id"] for row in told} == set(persons)
    assert await deeds(world) == [
        ("handed-over", boss.staff_id, worker.staff_id, str(other.staff_id)),
    ]
    reply = await boss.tap(f"mhan:{worker.staff_id}:{other.staff_id}:y")  # pressed twice
    assert reply.toast == "Nobody is in their care."
    assert len(await deeds(world)) == 1


async def test_a_caseload_goes_to_nobody_of_another_organisation(world: Any) -> None:
    mine, theirs = await organisation(world, "mine"), await organisation(world, "theirs")
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR, organisation_id=mine)
    worker = await hired(world, Role.WORKER, area_id=area, organisation_id=mine)
    stranger = await hired(world, Role.WORKER, area_id=area, organisation_id=theirs)
    await with_people(world, worker, 1, area_id=area)

    await boss.tap(f"mhan:{worker.staff_id}:{stranger.staff_id}:y")

    assert await owners(world) == {worker.staff_id}


# --- areas -----------------------------------------------------------------------------------------------


async def test_an_area_gets_an_owner_and_a_cover_by_buttons(world: Any) -> None:
    area, owned = await world.area(name="Old Market"), await world.area(name="North Gate")
    boss = await hired(world, Role.COORDINATOR)
    worker, cover = [await hired(world, Role.WORKER, area_id=area) for _ in range(2)]
    await world.add(schema.area_posts, area_id=owned, owner_id=cover.staff_id)

    await boss.tap("posts")
    assert boss.labels[:2] == ["⚠️ Old Market", "North Gate"]
    await boss.press("Old Market")
    assert "⚠️ No owner" in boss.text
    await boss.press("owner")
    await boss.press(pseudonym(worker.id))
    assert f"👤 Owner: {pseudonym(worker.id)}" in boss.text
    await boss.press("cover")
    assert not any(pseudonym(worker.id) in label for label in boss.labels)
    await boss.press(pseudonym(cover.id))

    [row] = await world.rows(schema.area_posts, area_id=area)
    assert (row["owner_id"], row["cover_id"]) == (worker.staff_id, cover.staff_id)
    assert "The area Old Market is yours now" in (await news(world, worker)).steps[0].text
    assert "You stand in for the area Old Market" in (await news(world, cover)).steps[0].text
    assert await deeds(world) == [
        ("area-owner", boss.staff_id, area, str(worker.staff_id)),
        ("area-cover", boss.staff_id, area, str(cover.staff_id)),
    ]
    await boss.press("owner")
    await boss.press("Nobody")
    assert "⚠️ No owner" in boss.text
    assert await news(world, worker) is None


async def test_a_cover_who_becomes_the_owner_covers_nobody(world: Any) -> None:
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR)
    worker = await hired(world, Role.WORKER, area_id=area)
    await world.add(schema.area_posts, area_id=area, cover_id=worker.staff_id)

    await boss.tap(f"pset:{area}:o:{worker.staff_id}")

    [row] = await world.rows(schema.area_posts)
    assert (row["owner_id"], row["cover_id"]) == (worker.staff_id, None)


async def test_areas_of_another_region_and_posts_of_another_organisation_stay(world: Any) -> None:
    area, far = await world.area(), await world.area()
    [first, second] = [row["id"] for row in await world.rows(schema.regions)]
    mine = await world.add(schema.organisations, code="mine", names={"en": "Mine"}, region_id=first)
    theirs = await world.add(schema.organisations, code="theirs", names={"en": "Theirs"}, region_id=second)
    boss = await hired(world, Role.COORDINATOR, organisation_id=mine)
    own = await hired(world, Role.WORKER, area_id=area, organisation_id=mine)
    other = await hired(world, Role.WORKER, area_id=far, organisation_id=theirs)
    await world.add(schema.area_posts, area_id=area, owner_id=other.staff_id)

    for data in (f"pset:{area}:o:{own.staff_id}", f"pset:{far}:o:{own.staff_id}", f"pset:{area}:o:none"):
        reply = await boss.tap(data)
        assert reply.toast == "This cannot be chosen here."
    await boss.tap(f"pset:{area}:c:{other.staff_id}")

    [row] = await world.rows(schema.area_posts)
    assert (row["owner_id"], row["cover_id"]) == (other.staff_id, None)
    assert await deeds(world) == []


@pytest.mark.parametrize("data", ["post:99", "pset:99:o", "pset:{area}:x", "pset", "post", "mem", "mem:abc"])
async def test_what_is_not_there_is_answered_with_the_list(world: Any, data: str) -> None:
    area = await world.area()
    boss = await hired(world, Role.COORDINATOR)

    reply = await boss.tap(data.format(area=area))

    assert reply.toast
    assert "refused" in await world.outcomes()
