"""When somebody of the team is there: 'I am here', 'I am away', 'I am back', hours, languages."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import absences
from care.audit import Act
from care.message_kinds import Kind
from care.ownership import Reason
from care.person import Person
from care.roles import Role
from handlers.buttons import Verb
from handlers.notices import Notices
from handlers.routes import Route, Routes
from handlers.worker.shift import Shift
from handlers.worker.shift_away import ShiftAway
from handlers.worker.shift_hours import ShiftHours
from handlers.worker.shift_me import ShiftMe
from locales.catalogue import Words
from storage import ownership, people, referrals, schema, shifts
from storage.vault import Vault

HELPERS = frozenset({Role.WORKER, Role.COORDINATOR, Role.ADMIN})
ZONE = "Asia/Almaty"


@pytest.fixture
def routes(words: Words, vault: Vault, make_table: Any) -> Routes:
    shift = Shift(words=words, zone=ZoneInfo(ZONE))
    away, hours = ShiftAway(shift=shift, vault=vault), ShiftHours(shift=shift)
    return make_table(
        buttons={
            Verb.SHIFT: Route(shift.show, HELPERS),
            Verb.SHIFT_HERE: Route(shift.here, HELPERS),
            Verb.SHIFT_AWAY: Route(away.away, HELPERS),
            Verb.SHIFT_BACK: Route(away.back, HELPERS),
            Verb.SHIFT_HOURS: Route(hours.show, HELPERS),
            Verb.SHIFT_DAY: Route(hours.day, HELPERS),
            Verb.SHIFT_ME: Route(ShiftMe(shift=shift).show, HELPERS),
        },
        commands={"shift": Verb.SHIFT},
    )


async def hired(world: Any, role: Role = Role.WORKER, **values: Any) -> tuple[Any, int]:
    someone = world.somebody()
    return someone, await someone.hire(role, **values)


async def looked_after(world: Any, staff_id: int) -> tuple[Person, int]:
    """Return somebody whose referral is this member's."""
    person = await world.somebody().agree()
    async with world.database.writing() as store:
        referral = await referrals.open_for(store, person.id, now=world.now, staff_id=staff_id)
    return person, referral


async def owner(world: Any, referral: int) -> int | None:
    [row] = await world.rows(schema.referrals, id=referral)
    return row["staff_id"]


async def member(world: Any, staff_id: int) -> Any:
    return (await world.rows(schema.staff, id=staff_id))[0]


async def acts(world: Any) -> list[tuple[str, str | None]]:
    return [(row["act"], row["detail"]) for row in await world.rows(schema.audit)]


async def test_who_set_nothing_sees_the_hours_that_hold(world):
    worker, _ = await hired(world)

    await worker.command("/shift")

    assert "🟢 You are there until today, 21:00." in worker.text
    assert "Monday – Sunday: 09:00–21:00" in worker.text
    assert "🗣 I speak: English" in worker.text
    assert "not said" in worker.text


async def test_outside_the_hours_the_screen_says_when_they_begin(world):
    worker, _ = await hired(world)
    world.wait(hours=10)  # 22:00

    await worker.command("/shift")

    assert "You are there again tomorrow, 09:00." in worker.text


async def test_hours_hold_on_the_clock_of_the_area(world):
    area = await world.area(zone="Europe/Berlin")
    worker, _ = await hired(world, area_id=area)

    await worker.command("/shift")  # 08:00 in Berlin

    assert "You are there again today, 09:00." in worker.text


async def test_i_am_here_holds_for_as_long_as_was_said_and_can_be_taken_back(world):
    worker, staff_id = await hired(world)
    world.wait(hours=10)
    await worker.command("/shift")

    await worker.press("I am here until")
    await worker.press("2 h")

    assert (await member(world, staff_id))["here_until"] == world.now + timedelta(hours=2)
    assert "🟢 You are there until tomorrow, 00:00." in worker.text
    await worker.press("Only in my hours")
    assert (await member(world, staff_id))["here_until"] is None
    assert (await world.outcomes())[-2:] == ["shift-changed", "shift-changed"]


@pytest.mark.parametrize("data", ["here:3", "here:-1", "here:x", "here:9999999999"])
async def test_a_forged_time_is_asked_for_again(world, data):
    worker, staff_id = await hired(world)

    await worker.tap(data)

    assert "For how long are you here?" in worker.text
    assert (await member(world, staff_id))["here_until"] is None


async def test_away_asks_first_and_says_who_covers(world):
    worker, staff_id = await hired(world)
    _, cover = await hired(world)
    _, referral = await looked_after(world, staff_id)
    await worker.command("/shift")
    await worker.press("I am away")

    await worker.press("1 week")

    assert "You are away until Monday, 30 November" in worker.text
    assert "• outreach worker: 1" in worker.text
    assert await owner(world, referral) == staff_id
    assert (await member(world, staff_id))["away_until"] is None
    await worker.press("Yes, I am away")
    assert await owner(world, referral) == cover
    until = datetime(2026, 11, 30, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    assert (await member(world, staff_id))["away_until"] == until
    assert "🏖 You are away until Monday, 30 November." in worker.text
    assert await acts(world) == [("away", "2026-11-30"), ("handed-over", str(cover))]


async def test_the_cover_is_named_by_the_card(world, vault):
    worker, staff_id = await hired(world)
    colleague, cover = await hired(world)
    key = (await colleague.person()).key
    async with world.database.writing() as store:
        await store.execute(
            schema.staff.update().where(schema.staff.c.id == cover).values(name=vault.seal_for(key, b"Gulya"))
        )
    await looked_after(world, staff_id)

    await worker.tap("away:20261124")

    assert "• Gulya, outreach worker: 1" in worker.text


async def test_where_nobody_covers_it_is_said(world):
    worker, staff_id = await hired(world)
    _, referral = await looked_after(world, staff_id)

    await worker.tap("away:20261124")
    assert "Nobody can take: 1." in worker.text
    await worker.press("Yes, I am away")

    assert await owner(world, referral) is None


async def test_nobody_covers_for_themselves_in_another_role(world):
    worker, staff_id = await hired(world)
    await worker.hire(Role.COORDINATOR)
    _, cover = await hired(world)
    _, referral = await looked_after(world, staff_id)

    await worker.tap("away:20261130:y")

    assert await owner(world, referral) == cover
    assert all(row["away_until"] for row in await world.rows(schema.staff) if row["id"] != cover)


async def test_whoever_is_back_has_their_people_again(world):
    worker, staff_id = await hired(world)
    await hired(world)
    _, referral = await looked_after(world, staff_id)
    await worker.tap("away:20261130:y")
    world.wait(days=2)

    await worker.press("I am back")

    assert await owner(world, referral) == staff_id
    assert worker.shown.toast == "👋 Welcome back! People with you again: 1"
    assert (await acts(world))[-1] == (Act.BACK, "1")
    history = await world.rows(schema.ownerships, referral_id=referral)
    assert [row["reason"] for row in sorted(history, key=lambda row: row["since"])] == [
        "link",
        "away",
        "back",
    ]


async def test_back_pressed_twice_changes_nothing_more(world):
    worker, _ = await hired(world)
    await worker.tap("away:20261130:y")
    await worker.tap("back")
    before = await acts(world)

    await worker.tap("back")

    assert await acts(world) == before
    assert "🕐 <b>When I am there</b>" in worker.text


async def test_a_day_can_be_chosen_on_pages(world):
    worker, staff_id = await hired(world)
    await worker.tap("away")
    await worker.press("Choose a day")
    await worker.press("Later")

    await worker.press("Tue 8 Dec")
    await worker.press("Yes, I am away")

    until = datetime(2026, 12, 8, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    assert (await member(world, staff_id))["away_until"] == until


@pytest.mark.parametrize(
    "data", ["away:20261123:y", "away:20200101:y", "away:20301231:y", "away:x:y", "away:p99"]
)
async def test_a_day_that_cannot_be_is_asked_for_again(world, data):
    worker, staff_id = await hired(world)

    await worker.tap(data)

    assert "For how long?" in worker.text
    assert (await member(world, staff_id))["away_until"] is None


async def test_who_is_away_is_not_here(world):
    worker, staff_id = await hired(world)
    await worker.tap("here:4")
    await worker.tap("away:20261130:y")

    await worker.tap("here:4")

    assert "You are away" in worker.shown.toast
    assert (await member(world, staff_id))["here_until"] is None


async def test_a_time_away_that_is_over_ends_by_itself(world, vault, words):
    worker, staff_id = await hired(world)
    await hired(world)
    _, referral = await looked_after(world, staff_id)
    await worker.tap("away:20261124:y")
    await absences.look(world.database, vault, now=world.now, zone=ZONE)
    assert await owner(world, referral) != staff_id
    world.wait(days=1)

    await absences.look(world.database, vault, now=world.now, zone=ZONE)
    await absences.look(world.database, vault, now=world.now, zone=ZONE)

    assert await owner(world, referral) == staff_id
    assert (await member(world, staff_id))["away_until"] is None
    assert await acts(world) == [("away", "2026-11-24"), *(await acts(world))[1:2], ("back", None)]
    [row] = await world.rows(schema.due, kind="back")
    assert "1 person is with you again." in await worded(world, vault, words, row)


async def worded(world: Any, vault: Vault, words: Words, row: Any) -> str:
    """Return what a planned message says now."""
    notices = Notices(words=words, vault=vault, zone=ZoneInfo(ZONE))
    async with world.database.reading() as store:
        person = await people.by_id(store, row["person_id"])
        assert person is not None
        reply = await notices.render(Kind(row["kind"]), row, person, words["en"], store, world.now)
    return reply.steps[0].text if reply else ""


async def test_the_person_and_the_cover_are_told_in_their_words(world, vault, words):
    worker, staff_id = await hired(world)
    await hired(world)
    person, _ = await looked_after(world, staff_id)
    await worker.tap("away:20261130:y")

    [to_person] = await world.rows(schema.due, kind="handed")
    [to_cover] = await world.rows(schema.due, kind="taken-over")

    assert to_person["person_id"] == person.id
    assert "Somebody else of our team is there for you now." in await worded(world, vault, words, to_person)
    cover_text = await worded(world, vault, words, to_cover)
    assert "1 person came to you from a colleague." in cover_text
    assert "Your colleague is away." in cover_text


async def test_what_is_not_true_any_more_is_not_told(world, vault, words):
    worker, staff_id = await hired(world)
    _, cover = await hired(world)
    person, referral = await looked_after(world, staff_id)
    await worker.tap("away:20261130:y")
    [planned] = await world.rows(schema.due, kind="handed")
    async with world.database.writing() as store:
        await ownership.assign(store, referral, staff_id, Reason.BACK, now=world.now)

    assert await worded(world, vault, words, planned) == ""
    assert planned["params"] == {"staff": cover}
    assert planned["person_id"] == person.id


async def test_hours_are_set_day_by_day_in_three_taps(world):
    worker, staff_id = await hired(world)
    await worker.tap("hours")

    await worker.press("Saturday")
    await worker.press("10:00")
    await worker.press("14:00")

    assert "Monday – Friday: 09:00–21:00\nSaturday: 10:00–14:00\nSunday: 09:00–21:00" in worker.text
    rows = await world.rows(schema.shifts, staff_id=staff_id)
    assert [(row["weekday"], row["starts"], row["ends"]) for row in rows if row["weekday"] == 5] == [
        (5, "10:00", "14:00")
    ]
    assert len(rows) == 7


async def test_a_change_of_hours_can_be_undone(world):
    worker, _ = await hired(world)
    await worker.tap("shday:5:10:14")

    await worker.press("Undo")

    assert "Monday – Sunday: 09:00–21:00" in worker.text


async def test_a_free_day_is_free_and_can_be_undone(world):
    worker, _ = await hired(world)
    await worker.tap("shday:6")
    await worker.press("I do not work on this day")
    assert "Monday – Saturday: 09:00–21:00" in worker.text

    await worker.press("Undo")

    assert "Monday – Sunday: 09:00–21:00" in worker.text


async def test_the_same_hours_can_hold_on_every_working_day(world):
    worker, _ = await hired(world)
    await worker.tap("shday:6:off")
    await worker.tap("shday:0:10:18")

    await worker.press("The same on every working day")

    assert "Monday – Saturday: 10:00–18:00" in worker.text
    assert "Sunday" not in worker.text


async def test_one_day_must_stay(world):
    worker, staff_id = await hired(world)
    for day in range(7):
        await worker.tap(f"shday:{day}:off")

    assert "One day must stay." in worker.shown.toast
    assert [row["weekday"] for row in await world.rows(schema.shifts, staff_id=staff_id)] == [6]


@pytest.mark.parametrize(
    "data", ["shday:7:9:10", "shday:-1", "shday:x:off", "shday:0:3", "shday:0:12:11", "shday:0:9:24"]
)
async def test_forged_hours_are_not_kept(world, data):
    worker, _ = await hired(world)

    await worker.tap(data)

    assert await world.count(schema.shifts) == 0
    assert worker.text


async def test_hours_hold_in_all_roles_of_a_person(world):
    worker, first = await hired(world)
    second = await worker.hire(Role.COORDINATOR)

    await worker.tap("shday:0:10:12")

    for staff_id in (first, second):
        assert len(await world.rows(schema.shifts, staff_id=staff_id)) == 7


async def test_languages_and_woman_or_man_are_said_by_buttons(world):
    worker, staff_id = await hired(world)
    await worker.command("/shift")
    await worker.press("Languages, woman or man")

    await worker.tap("shme:tg")
    await worker.press("Woman")

    row = await member(world, staff_id)
    assert (sorted(row["languages"]), row["gender"]) == (["en", "tg"], "f")
    assert "✅ 👩 Woman" in worker.labels
    await worker.press("Not said")
    assert (await member(world, staff_id))["gender"] is None


async def test_both_scripts_of_a_language_are_one_language(world):
    worker, staff_id = await hired(world)
    await worker.tap("shme:uz_Cyrl")
    assert (await member(world, staff_id))["languages"] is None

    await worker.tap("shme:uz")

    assert (await member(world, staff_id))["languages"] == ["en", "uz"]
    assert [label for label in worker.labels if "Ўзбекча" in label] == []


async def test_one_language_must_stay_and_strange_ones_are_not_kept(world):
    worker, staff_id = await hired(world)

    await worker.tap("shme:en")
    assert worker.shown.toast == "One language must stay."
    await worker.tap("shme:xx")

    assert (await member(world, staff_id))["languages"] is None


async def test_hours_of_others_are_not_touched(world):
    worker, _ = await hired(world)
    _, other = await hired(world)

    for data in ("here:2", "away:20261130:y", "shday:0:10:12", "shme:f"):
        await worker.tap(data)

    row = await member(world, other)
    assert (row["here_until"], row["away_until"], row["gender"]) == (None, None, None)
    assert await world.rows(schema.shifts, staff_id=other) == []


async def test_a_registrar_helps_nobody_and_has_no_hours_here(world):
    desk, _ = await hired(world, Role.REGISTRAR)
    await desk.command("/shift")
    assert "When I am there" not in desk.text
    assert shifts.helping((await desk.person()).roles) == []
