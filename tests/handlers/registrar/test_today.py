"""The desk of a clinic: who is expected, and who came."""

from datetime import date
from typing import Any

import pytest

from care.roles import Role
from care.ticket import ticket
from handlers.buttons import Verb
from handlers.registrar.today import Today
from handlers.routes import Route, Routes
from locales.catalogue import Words
from storage import schema
from tests.handlers.registrar.at_the_desk import (
    ALMATY,
    TODAY,
    at,
    booked,
    child_of,
    kept,
    one,
    registrar_of,
)

DESK = frozenset({Role.REGISTRAR, Role.COORDINATOR, Role.ADMIN})


@pytest.fixture
def routes(words: Words, make_table: Any) -> Routes:
    today = Today(words=words, zone=ALMATY)
    return make_table(
        buttons={
            Verb.TODAY: Route(today.show, DESK),
            Verb.CAME: Route(today.came, DESK),
            Verb.MISSED: Route(today.missed, DESK),
            Verb.UNDO: Route(today.undo, DESK),
            Verb.ASK_BACK: Route(today.ask_back, DESK),
        },
        commands={"today": Verb.TODAY},
    )


@pytest.fixture
async def clinic(world: Any) -> int:
    return await world.clinic(await world.area())


async def test_the_desk_sees_tickets_by_time_with_language_and_marks(world: Any, clinic: int) -> None:
    late = await booked(world, clinic, f"{TODAY}T19:00", locale="tg", child_under_5=True)
    early = await booked(world, clinic, f"{TODAY}T17:30", advice="urgent")
    tomorrow = await booked(world, clinic, "2026-11-24T17:30")
    registrar = await registrar_of(world, clinic)

    await registrar.command("/today")

    assert f"<code>17:30</code> · <b>{ticket(early)}</b> · Oʻzbekcha ❗" in registrar.text
    assert f"<code>19:00</code> · <b>{ticket(late)}</b> · Тоҷикӣ 👶" in registrar.text
    assert registrar.text.index(ticket(early)) < registrar.text.index(ticket(late))
    assert ticket(tomorrow) not in registrar.text
    assert "Aziz" not in registrar.text
    assert "urgent" not in registrar.text.replace("❗ urgent", "")


async def test_on_a_day_without_visits_the_screen_says_so(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)

    await registrar.command("/today")

    assert "Nobody is booked on this day." in registrar.text


async def test_the_days_are_turned_over_within_bounds(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    visit = await booked(world, clinic, "2026-11-24T17:30")
    await registrar.command("/today")

    await registrar.press("▶️")
    assert ticket(visit) in registrar.text
    assert "Tuesday, 24 November" in registrar.text
    assert [label for label in registrar.labels if "today" in label] == ["◀️ today"]
    await registrar.press("today")
    assert "Monday, 23 November" in registrar.text
    await registrar.tap(f"today:{clinic}:20991231")

    assert "Monday, 21 December" in registrar.text
    assert not any("▶️" in label for label in registrar.labels)


async def test_who_came_is_taken_down_with_all_that_follows(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:20")
    await registrar.command("/today")

    await registrar.press(Verb.CAME)

    assert (await one(world, schema.bookings))["came_at"] == world.now
    referral = await one(world, schema.referrals)
    assert referral["state"] == "came"
    outcome = await one(world, schema.outcomes, kind="came")
    expected = {
        "role": "registrar",
        "clinic_id": clinic,
        "referral_id": referral["id"],
        "link_id": referral["link_id"],
        "area_id": 1,
        "locale": "uz",
    }
    assert {name: outcome[name] for name in expected} == expected
    planned = {row["kind"]: row["state"] for row in await world.rows(schema.due, booking_id=visit)}
    assert planned.pop("pass-on") == "pending"
    assert set(planned.values()) == {"cancelled"}
    assert registrar.shown.toast == f"✅ Came: {ticket(visit)}"
    assert f"Just now: <code>18:30</code> · <b>{ticket(visit)}</b>" in registrar.text
    assert Verb.UNDO in registrar.wishes
    assert Verb.CAME not in registrar.wishes


async def test_who_did_not_come_is_still_asked_in_the_evening(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic, f"{TODAY}T17:00")
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:00")
    await registrar.command("/today")

    await registrar.press(Verb.MISSED)

    assert (await one(world, schema.bookings))["missed_at"] == world.now
    assert (await one(world, schema.referrals))["state"] == "missed"
    assert "missed" in await world.outcomes()
    assert (await one(world, schema.due, key=f"visit-after:{visit}"))["state"] == "pending"


@pytest.mark.parametrize("said", [Verb.CAME, Verb.MISSED])
async def test_a_mark_is_taken_back_on_the_same_day(world: Any, clinic: int, said: Verb) -> None:
    visit = await booked(world, clinic, f"{TODAY}T17:00")
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T17:30")
    await registrar.command("/today")
    await registrar.press(said)

    await registrar.press(Verb.UNDO)

    row = await one(world, schema.bookings)
    assert (row["came_at"], row["missed_at"]) == (None, None)
    assert (await one(world, schema.referrals))["state"] == "booked"
    assert (await one(world, schema.outcomes, kind="undone"))["detail"] == (
        "came" if said is Verb.CAME else "missed"
    )
    assert (await one(world, schema.due, key=f"visit-after:{visit}"))["state"] == "pending"
    await registrar.press(Verb.CAME)
    assert (await one(world, schema.referrals))["state"] == "came"


async def test_a_mark_stays_after_its_day(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:30")
    await registrar.tap(f"came:{visit}")
    world.wait(days=1)

    await registrar.tap(f"undo:{visit}")

    assert (await one(world, schema.bookings))["came_at"] is not None
    assert registrar.shown.toast == "This cannot be changed any more."


async def test_nobody_comes_in_the_future(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic, "2026-11-24T17:30")
    registrar = await registrar_of(world, clinic)
    await registrar.tap(f"today:{clinic}:20261124")
    assert not {Verb.CAME, Verb.MISSED, Verb.UNDO} & set(registrar.wishes)

    for verb in ("came", "miss", "undo"):
        await registrar.tap(f"{verb}:{visit}")

    row = await one(world, schema.bookings)
    assert (row["came_at"], row["missed_at"]) == (None, None)


async def test_pressing_twice_changes_nothing(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    first = world.now
    await registrar.tap(f"came:{visit}")
    world.wait(minutes=5)

    await registrar.tap(f"came:{visit}")
    await registrar.tap(f"miss:{visit}")

    row = await one(world, schema.bookings)
    assert (row["came_at"], row["missed_at"]) == (first, None)
    assert (await world.outcomes()).count("came") == 1


async def test_visits_of_another_clinic_are_neither_shown_nor_touched(world: Any, clinic: int) -> None:
    other = await world.clinic(await world.area(name="Area B"), name="Clinic B")
    visit = await booked(world, clinic)
    stranger = await registrar_of(world, other)
    nowhere = await registrar_of(world, None)

    for registrar in (stranger, nowhere):
        await registrar.tap(f"today:{clinic}:20261123")
        assert ticket(visit) not in registrar.text
        for verb in ("came", "miss", "undo"):
            theirs = await registrar.tap(f"{verb}:{visit}")
            missing = await registrar.tap(f"{verb}:12345")
            assert theirs == missing

    row = await one(world, schema.bookings)
    assert (row["came_at"], row["missed_at"]) == (None, None)


async def test_a_cancelled_visit_cannot_be_marked(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    async with world.database.writing() as store:
        await store.execute(schema.bookings.update().values(cancelled_at=world.now))

    await registrar.tap(f"came:{visit}")

    assert (await one(world, schema.bookings))["came_at"] is None


async def test_a_registrar_who_was_let_go_touches_nothing(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    await registrar.command("/today")
    async with world.database.writing() as store:
        await store.execute(schema.staff.update().values(ended_at=world.now))

    await registrar.tap(f"came:{visit}")

    assert (await one(world, schema.bookings))["came_at"] is None


async def test_a_coordinator_chooses_the_clinic(world: Any, clinic: int) -> None:
    await world.clinic(await world.area(name="Area B"), name="Clinic B")
    visit = await booked(world, clinic)
    boss = world.somebody()
    await boss.hire(Role.COORDINATOR)

    await boss.command("/today")
    assert [label for label in boss.labels if "Clinic" in label] == ["Clinic A", "Clinic B"]
    await boss.press("Clinic A")
    await boss.press(Verb.CAME)

    assert (await one(world, schema.bookings, id=visit))["came_at"] == world.now
    assert (await one(world, schema.outcomes, kind="came"))["role"] == "coordinator"


async def test_a_busy_day_is_shown_page_by_page_and_a_mark_stays_on_its_page(world: Any, clinic: int) -> None:
    visits = [await booked(world, clinic, f"{TODAY}T{17 + n // 6}:{n % 6}0") for n in range(18)]
    registrar = await registrar_of(world, clinic)
    await registrar.command("/today")
    assert "Expected: 18 · came: 0 · did not come: 0" in registrar.text
    assert ticket(visits[9]) in registrar.text
    assert ticket(visits[10]) not in registrar.text

    await registrar.press("2", nth=[item for item in registrar.labels if "2" in item].index("2"))
    await registrar.press(Verb.CAME)

    assert "Expected: 17 · came: 1 · did not come: 0" in registrar.text
    assert ticket(visits[10]) in registrar.text.partition("\n\n<code>")[0]  # just now
    assert ticket(visits[11]) in registrar.text
    assert ticket(visits[9]) not in registrar.text


async def test_the_filters_part_who_came_from_who_did_not(world: Any, clinic: int) -> None:
    came, missed, expected = [await booked(world, clinic, f"{TODAY}T{hour}:00") for hour in (17, 18, 19)]
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:30")
    await registrar.tap(f"came:{came}")
    await registrar.tap(f"miss:{missed}")
    await registrar.command("/today")

    seen = {}
    for word in ("e", "a", "m", "all"):
        await registrar.tap(f"today:{clinic}:20261123:0:{word}")
        seen[word] = [one for one in (came, missed, expected) if ticket(one) in registrar.text]

    assert seen == {"e": [expected], "a": [came], "m": [missed], "all": [came, missed, expected]}
    assert {"⏳ 1", "✅ 1", "✖️ 1", "• All 3"} <= set(registrar.labels)
    await registrar.tap(f"today:{clinic}:20261123:0:a")
    await registrar.press(Verb.UNDO)
    assert "Nobody has come so far." in registrar.text


async def test_a_day_that_is_over_is_shown_whole(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    await registrar.tap(f"came:{visit}")
    world.wait(days=2)

    await registrar.tap(f"today:{clinic}:20261123")

    assert f"<b>{ticket(visit)}</b> · Oʻzbekcha ✅" in registrar.text


async def test_the_desk_sees_who_is_on_the_way_late_and_with_somebody(world: Any, clinic: int) -> None:
    late = await booked(world, clinic, f"{TODAY}T17:00")
    on_way = await booked(world, clinic, f"{TODAY}T17:30")
    together = await booked(world, clinic, f"{TODAY}T19:00")
    person_id = (await one(world, schema.bookings, id=together))["person_id"]
    await world.add(
        schema.companies,
        id=5,
        person_id=person_id,
        booking_id=together,
        state="accepted",
        refused_by=[],
        created_at=world.now,
    )
    async with world.database.writing() as store:
        table = schema.bookings
        await store.execute(table.update().where(table.c.id == on_way).values(on_way_at=world.now))
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T17:40")

    await registrar.command("/today")

    assert f"<b>{ticket(late)}</b> · Oʻzbekcha ⌛" in registrar.text
    assert f"<b>{ticket(on_way)}</b> · Oʻzbekcha 🚶" in registrar.text
    assert f"<b>{ticket(together)}</b> · Oʻzbekcha 👥" in registrar.text
    assert "👥 comes with somebody" in registrar.text
    assert "🧒" not in registrar.text


async def test_a_child_is_a_line_of_its_own_in_the_language_of_the_adult(world: Any, clinic: int) -> None:
    own = await booked(world, clinic, f"{TODAY}T18:00", locale="tg")
    adult = (await one(world, schema.bookings))["person_id"]
    child = await child_of(world, clinic, adult, own)
    blocked = await kept(world, clinic, "blocked")
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T18:00")

    await registrar.command("/today")
    assert f"<b>{ticket(child)}</b> · Тоҷикӣ 🧒(5–14)⌛" in registrar.text
    assert f"<b>{ticket(own)}</b> · Тоҷикӣ 👥" in registrar.text
    assert ticket(blocked) not in registrar.text
    assert "Expected: 2" in registrar.text
    await registrar.tap(f"came:{child}")
    await registrar.tap(f"came:{blocked}")

    rows = {row["id"]: row["came_at"] for row in await world.rows(schema.bookings)}
    assert rows == {own: None, child: world.now, blocked: None}
    assert (await one(world, schema.referrals))["state"] == "booked"  # the adult's own visit is still ahead


@pytest.mark.parametrize("forged", [2**31, 2**62, -1])
async def test_an_id_that_no_clinic_can_have_is_answered_like_an_unknown_one(world: Any, forged: int) -> None:
    someone = world.somebody()
    await someone.hire(Role.COORDINATOR)

    await someone.tap(f"today:{forged}")

    assert "no clinic yet" in someone.text


async def test_the_desk_asks_a_worker_to_bring_somebody_again_without_saying_why(
    world: Any, clinic: int
) -> None:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=1)
    booking = await booked(world, clinic, f"{TODAY}T17:30")
    registrar = await registrar_of(world, clinic)
    await registrar.tap(f"aback:{booking}:y")
    assert registrar.shown.toast == "This visit is not in the list."  # nobody came so far
    await registrar.tap(f"came:{booking}")

    await registrar.press("📨")
    assert await world.rows(schema.tasks) == []
    await registrar.press("Yes, please")
    await registrar.tap(f"aback:{booking}:y")

    task = await one(world, schema.tasks)
    assert (task["kind"], task["key"], task["staff_id"]) == ("result", f"result:{booking}", staff_id)
    [notice] = await world.rows(schema.due, kind="task")
    assert notice["person_id"] == (await worker.person()).id
    assert (await one(world, schema.outcomes, kind="asked-back"))["clinic_id"] == clinic


async def test_another_clinic_cannot_ask_somebody_back(world: Any, clinic: int) -> None:
    booking = await booked(world, clinic, f"{TODAY}T17:30")
    registrar = await registrar_of(world, clinic)
    await registrar.tap(f"came:{booking}")
    stranger = await registrar_of(world, await world.clinic(1, name="Clinic B"))

    await stranger.tap(f"aback:{booking}:y")

    assert await world.rows(schema.tasks) == []


async def test_who_was_examined_was_there_whatever_the_desk_presses(world: Any, clinic: int) -> None:
    visit = await booked(world, clinic)
    registrar = await registrar_of(world, clinic)
    at(world, f"{TODAY}T19:20")
    await registrar.tap(f"came:{visit}")
    assert Verb.UNDO in registrar.wishes
    await world.add(
        schema.examinations, id=1, booking_id=visit, clinic_id=clinic, examined_at=world.now, person_id=None
    )

    await registrar.tap(f"undo:{visit}")
    assert "A clinician has written about this visit" in registrar.shown.toast
    assert Verb.UNDO not in registrar.wishes
    assert (await one(world, schema.bookings))["came_at"] is not None

    async with world.database.writing() as store:  # a mark that was lost, and somebody's old button
        await store.execute(schema.bookings.update().values(came_at=None))
    await registrar.tap(f"miss:{visit}")
    assert "A clinician has written about this visit" in registrar.shown.toast
    assert (await one(world, schema.bookings))["missed_at"] is None
    await registrar.tap(f"came:{visit}")
    assert (await one(world, schema.bookings))["came_at"] == world.now


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("25.11", "25 November"),
        ("2026-11-25", "25 November"),
        ("tomorrow", "24 November"),
        ("завтра", "24 November"),
        ("Ertaga", "24 November"),
        ("фардо", "24 November"),
        ("ертең.", "24 November"),
        ("20.11", "20 November"),  # without a year the nearest
    ],
)
async def test_a_day_behind_the_command_is_shown(world: Any, clinic: int, typed: str, day: str) -> None:
    registrar = await registrar_of(world, clinic)

    await registrar.command(f"/today {typed}")

    assert day in registrar.text
    assert "Nobody is booked on this day." in registrar.text


@pytest.mark.parametrize("typed", ["somewhen", "31.2", "25.12.2026", "1.10.2026"])
async def test_what_is_no_day_of_the_desk_is_said_in_one_sentence(
    world: Any, clinic: int, typed: str
) -> None:
    registrar = await registrar_of(world, clinic)

    await registrar.command(f"/today {typed}")

    assert registrar.text.startswith("🗓 I need a day from Sat 24 Oct to Mon 21 Dec, like this:")
    await registrar.press("Today's list")
    assert "23 November" in registrar.text


async def test_a_day_behind_the_command_waits_for_the_clinic(world: Any, clinic: int) -> None:
    office = world.somebody()
    await office.hire(Role.COORDINATOR)

    await office.command("/today 25.11")
    await office.press("Clinic A")

    assert "25 November" in office.text


async def test_a_week_is_one_tap_away(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    await registrar.command("/today")

    await registrar.press("⏩")
    assert "30 November" in registrar.text
    await registrar.press("⏪")
    assert "23 November" in registrar.text


async def test_the_day_says_that_it_is_closed_or_has_fewer_places(world: Any, clinic: int) -> None:
    registrar = await registrar_of(world, clinic)
    await registrar.command("/today")
    assert "🚫" not in registrar.text
    for kind, places in (("down", None), ("fewer", 3)):
        hours = {"local_from": "2026-11-23T12:00", "local_until": "2026-11-25T00:00"}
        made = {"id": len(kind), "created_at": world.now, "places": places}
        await world.add(schema.closures, clinic_id=clinic, kind=kind, **hours, **made)
    await world.add(schema.closed_days, clinic_id=clinic, day=date(2026, 11, 24))

    await registrar.command("/today 24.11")
    assert "🚫 Mon 23 Nov - Tue 24 Nov: no X-ray · Mon 23 Nov: 3 fewer · Tue 24 Nov: closed" in registrar.text
    await registrar.command("/today 25.11")
    assert "🚫" not in registrar.text


async def test_a_small_child_at_home_is_not_taken_for_who_comes(world: Any, clinic: int) -> None:
    await booked(world, clinic, f"{TODAY}T19:00", child_under_5=True)
    registrar = await registrar_of(world, clinic)

    await registrar.command("/today")

    assert "👶 a child under 5 at home" in registrar.text
