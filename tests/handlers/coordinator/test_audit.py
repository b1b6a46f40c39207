"""The audit log on the screen: newest first, in words, pseudonyms only, and whether it is whole."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.audit import Act, Deed
from care.message_kinds import Kind
from care.person import pseudonym
from care.roles import Actor, Role
from handlers.buttons import Verb
from handlers.coordinator.audit_log import NOBODY_IN_POST, WORDS, AuditLog
from handlers.coordinator.team_notice import log_changed
from handlers.home import Home
from handlers.language import Language
from handlers.notice import Notice
from handlers.roles import OVERSEERS
from handlers.routes import Route, Routes
from handlers.screens import Reply
from handlers.strangers import Strangers
from handlers.turn import Turn
from locales.catalogue import Words
from storage import audit, due, people, schema
from storage.vault import Vault


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    made: list[Routes] = []

    async def go_on(turn: Turn) -> Reply:
        return await made[0].wish(turn)

    language = Language(words=words, strangers=strangers, answer=go_on, go_on=go_on)
    home = Home(ask_language=language.ask)
    log = AuditLog(vault=vault, zone=ZoneInfo("Asia/Almaty"))
    made.append(
        make_table(
            buttons={Verb.AUDIT: Route(log.show, frozenset(OVERSEERS))},
            commands={"audit": Verb.AUDIT},
            ask_language=language.ask,
            unknown_command=home.unknown_command,
            stale=home.stale,
        )
    )
    return made[0]


async def hired(world: Any, role: Role, **values: Any) -> Any:
    someone = world.somebody()
    await someone.agree()
    someone.staff_id = await someone.hire(role, **values)
    someone.id = (await someone.person()).id
    return someone


async def write(world: Any, act: Act, *, actor: Any, about: str = "staff", **values: Any) -> None:
    async with world.database.writing() as store:
        deed = Deed(act=act, role=Actor.ADMIN, about=about, actor_id=actor.staff_id, **values)
        await audit.append(store, world.vault, deed, now=world.now)


async def test_an_empty_log_says_what_will_stand_in_it(world: Any) -> None:
    boss = await hired(world, Role.COORDINATOR)

    await boss.command("/audit")

    assert "The log is whole" in boss.text
    assert "There is nothing here yet" in boss.text


async def test_changes_stand_in_words_newest_first(world: Any) -> None:
    boss, worker = await hired(world, Role.ADMIN), await hired(world, Role.WORKER)
    area = await world.area(name="Old Market")
    await write(world, Act.PAUSED, actor=boss, about_id=worker.staff_id)
    world.wait(minutes=5)
    await write(world, Act.AREA_OWNER, actor=boss, about="area", about_id=area, detail=str(worker.staff_id))
    await write(world, Act.AREA_COVER, actor=boss, about="area", about_id=area)
    await write(world, Act.INVITED, actor=boss, about="invite", about_id=5, detail="worker")

    await boss.command("/audit")

    text, who = boss.text, pseudonym(boss.id)
    assert f"{who} made an invite: outreach worker" in text
    assert f"{who} left Old Market without a cover" in text
    assert f"{who} made {pseudonym(worker.id)} the owner of Old Market" in text
    assert f"<b>1.</b> Monday, 23 November, 12:00\n{who} paused {pseudonym(worker.id)}" in text
    assert text.index("made an invite") < text.index("the owner of") < text.index("paused")


async def test_people_stand_in_it_as_pseudonyms_and_nobody_by_an_id(world: Any) -> None:
    boss, worker = await hired(world, Role.ADMIN), await hired(world, Role.WORKER)
    migrant = await world.somebody().agree()
    referral = await world.add(
        schema.referrals,
        id=people.random_id(),
        person_id=migrant.id,
        state="reached",
        opened_at=world.now,
        changed_at=world.now,
    )
    await write(world, Act.PHONE_SEEN, actor=worker, about="person", about_id=migrant.id)
    await write(
        world,
        Act.HANDED_OVER,
        actor=worker,
        about="referral",
        about_id=referral,
        detail=str(boss.staff_id),
    )

    await write(world, Act.HANDED_OVER, actor=boss, about_id=worker.staff_id, detail=str(boss.staff_id))

    await boss.command("/audit")

    assert f"gave people of {pseudonym(worker.id)} to {pseudonym(boss.id)}" in boss.text
    assert f"saw the phone of {pseudonym(migrant.id)}" in boss.text
    assert f"gave {pseudonym(migrant.id)} to {pseudonym(boss.id)}" in boss.text
    for number in (migrant.id, referral, worker.staff_id, boss.staff_id, worker.telegram_id):
        assert str(number) not in boss.text


async def test_who_was_forgotten_stays_in_it_without_a_name(world: Any) -> None:
    boss, worker = await hired(world, Role.ADMIN), await hired(world, Role.WORKER)
    await write(world, Act.PAUSED, actor=boss, about_id=worker.staff_id)
    async with world.database.writing() as store:
        person = await people.by_id(store, worker.id)
        hashes = world.vault.hashes(str(worker.telegram_id))
        await people.forget(store, person, hashes, now=world.now)

    await boss.command("/audit")

    assert "paused a colleague who has left" in boss.text
    assert "The log is whole" in boss.text


async def test_long_logs_have_pages(world: Any) -> None:
    boss = await hired(world, Role.ADMIN)
    for number in range(20):
        await write(world, Act.PAUSED, actor=boss, about_id=number)

    await boss.command("/audit")
    assert "<b>20.</b>" in boss.text
    assert "<b>12.</b>" not in boss.text
    await boss.press("Older")
    assert "<b>12.</b>" in boss.text
    assert "The log is whole" not in boss.text
    await boss.press("Older")
    assert "<b>1.</b>" in boss.text
    assert not any("Older" in label for label in boss.labels)
    await boss.press("Newest")
    assert "<b>20.</b>" in boss.text


async def test_a_changed_log_is_told_with_the_first_row_that_does_not_fit(world: Any) -> None:
    boss = await hired(world, Role.ADMIN)
    for number in range(3):
        await write(world, Act.PAUSED, actor=boss, about_id=number)
    async with world.database.writing() as store:
        await store.execute(update(schema.audit).where(schema.audit.c.id == 2).values(actor_id=7))

    await boss.command("/audit")

    assert "Row 2 does not fit: somebody has changed the log" in boss.text
    assert "The log is whole" not in boss.text


async def test_of_a_very_long_log_the_newest_rows_are_looked_at(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.coordinator.audit_log.MOST_ROWS", 2)
    boss = await hired(world, Role.ADMIN)
    for number in range(4):
        await write(world, Act.PAUSED, actor=boss, about_id=number)
    await boss.command("/audit")
    assert "The newest 2 rows are whole. Every night all of them are looked at." in boss.text

    async with world.database.writing() as store:
        await store.execute(update(schema.audit).where(schema.audit.c.id == 4).values(actor_id=7))
    await boss.command("/audit")

    assert "Row 4 does not fit" in boss.text


async def test_who_looks_is_written_down_once(world: Any) -> None:
    boss, other = await hired(world, Role.ADMIN), await hired(world, Role.COORDINATOR)

    for someone in (boss, boss, other, boss):
        await someone.command("/audit")

    rows = await world.rows(schema.audit)
    assert [(row["act"], row["actor_id"]) for row in rows] == [
        ("audit-seen", boss.staff_id),
        ("audit-seen", other.staff_id),
        ("audit-seen", boss.staff_id),
    ]


async def test_an_organisation_sees_what_is_about_its_own_people(world: Any) -> None:
    mine = await world.add(schema.organisations, code="mine", names={"en": "Mine"})
    admin = await hired(world, Role.ADMIN)
    boss = await hired(world, Role.COORDINATOR, organisation_id=mine)
    own, stranger = await hired(world, Role.WORKER, organisation_id=mine), await hired(world, Role.WORKER)
    await write(world, Act.PAUSED, actor=admin, about_id=own.staff_id)
    await write(world, Act.PAUSED, actor=admin, about_id=stranger.staff_id)
    await write(world, Act.LINK_MADE, actor=own, about="link", about_id=5)

    await boss.command("/audit")

    assert f"paused {pseudonym(own.id)}" in boss.text
    assert "made a link" in boss.text
    assert pseudonym(stranger.id) not in boss.text


@pytest.mark.parametrize("data", ["audit:0", "audit:-5", "audit:abc", f"audit:{2**63 - 1}"])
async def test_forged_pages_are_pages(world: Any, data: str) -> None:
    boss = await hired(world, Role.ADMIN)
    await write(world, Act.PAUSED, actor=boss, about_id=1)

    await boss.tap(data)

    assert "What was changed in the team" in boss.text


@pytest.mark.parametrize("role", [Role.WORKER, Role.REGISTRAR])
async def test_nobody_else_reads_it(world: Any, role: Role) -> None:
    someone = await hired(world, role)

    for wish in (someone.command("/audit"), someone.tap("audit")):
        await wish
        assert "What was changed" not in someone.text


def test_every_act_has_words():
    assert set(WORDS) == set(Act)
    assert set(NOBODY_IN_POST) < set(Act)


async def test_details_that_are_no_ids_of_ours_break_nothing(world: Any) -> None:
    boss = await hired(world, Role.ADMIN)
    for detail in ("9" * 40, "²", "worker", "", None):
        await write(world, Act.HANDED_OVER, actor=boss, about_id=1, detail=detail)

    await boss.command("/audit")

    assert "What was changed in the team" in boss.text


async def test_the_message_about_a_changed_log_goes_to_who_oversees_now(world: Any) -> None:
    boss = await hired(world, Role.COORDINATOR)
    async with world.database.writing() as store:
        await due.tell_overseers_of_a_changed_log(store, now=world.now)
        [row] = (await store.execute(schema.due.select())).mappings().all()
        person = await people.by_id(store, boss.id)
        notice = Notice(row=row, person=person, t=world.words["en"], store=store, now=world.now)
        said = await log_changed(notice)
        await store.execute(update(schema.staff).values(ended_at=world.now + timedelta()))
        gone = await people.by_id(store, boss.id)
        silent = await log_changed(
            Notice(row=row, person=gone, t=world.words["en"], store=store, now=world.now)
        )

    assert row["kind"] == Kind.LOG_CHANGED.value
    assert said is not None
    assert "changed the log" in said.steps[0].text
    assert silent is None
