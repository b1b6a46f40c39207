"""A child comes along to an adult's visit: a place beside it, that moves and ends with it."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.children import MOST
from care.lock_screen import telling
from care.message_kinds import Kind
from care.places import Use
from care.roles import Role
from care.ticket import payload, ticket
from handlers.buttons import Verb, parse
from handlers.notices import Notices
from handlers.screens import Way
from storage import people, schema


class Family:
    """A parent with a visit on Wednesday at 17:00, at a clinic with two places every half hour."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def begin(self) -> "Family":
        self.clinic = await self.world.clinic(await self.world.area())
        self.parent = self.world.somebody()
        self.person = await self.parent.agree()
        await self.parent.tap(f"bky:{self.clinic}:202611251700")
        return self

    async def visit(self) -> Any:
        rows = await self.world.rows(schema.bookings, person_id=self.person.id)
        [row] = [one for one in rows if one["cancelled_at"] is None]
        return row

    async def kids(self) -> list[Any]:
        rows = await self.world.rows(schema.bookings, use=Use.CHILD.value)
        return sorted(
            (row for row in rows if row["cancelled_at"] is None), key=lambda row: row["local_start"]
        )

    async def bring(self, age: str = "Under 5") -> None:
        await self.parent.tap(f"visit:{(await self.visit())['id']}")
        await self.parent.press("👶")
        await self.parent.press("👶 Bring a child")
        await self.parent.press(age)

    async def fill(self, hour: str) -> None:
        other = self.world.somebody()
        await other.agree()
        await other.tap(f"bky:{self.clinic}:20261125{hour}")


@pytest.fixture
async def family(world: Any) -> Family:
    return await Family(world).begin()


async def test_a_child_gets_a_place_at_the_same_time_with_a_ticket_of_its_own(family: Family) -> None:
    await family.bring()

    visit, [child] = await family.visit(), await family.kids()
    assert "The child has a place, too" in family.parent.text
    assert (child["guardian_id"], child["use_id"], child["child_age"]) == (
        family.person.id,
        visit["id"],
        "0-4",
    )
    assert (child["person_id"], child["referral_id"], child["held_until"]) == (None, None, None)
    assert child["local_start"] == visit["local_start"]
    assert ticket(child["id"]) in family.parent.text
    await family.parent.tap(f"visit:{visit['id']}")
    assert ticket(child["id"]) in family.parent.text
    [added] = await family.world.rows(schema.outcomes, kind="child-added")
    assert (added["detail"], added["clinic_id"]) == ("0-4", family.clinic)


async def test_the_second_child_comes_at_the_next_time(family: Family) -> None:
    await family.bring()
    await family.bring("5 to 14")

    assert [row["local_start"][-5:] for row in await family.kids()] == ["17:00", "17:30"]


async def test_where_nothing_is_free_beside_it_is_said_and_nothing_is_kept(family: Family) -> None:
    for hour in ("1700", "1730", "1730"):
        await family.fill(hour)

    await family.bring()

    assert "no free place for a child" in family.parent.text
    assert Verb.MOVE in family.parent.wishes
    assert await family.kids() == []


async def test_the_same_press_twice_brings_one_child(family: Family) -> None:
    visit = await family.visit()
    await family.parent.tap(f"kid:{visit['id']}")
    data = next(one.data for one in family.parent.keys if parse(one.data or "").args[1:] == ("0-4", "0"))

    await family.parent.tap(data)
    await family.parent.tap(data)

    assert len(await family.kids()) == 1


async def test_five_children_are_enough(family: Family) -> None:
    async with family.world.database.writing() as store:
        await store.execute(update(schema.sessions).values(capacity=9))
    for _ in range(MOST):
        await family.bring()
    assert Verb.CHILD_ADD not in family.parent.wishes

    await family.parent.tap(f"kid:{(await family.visit())['id']}:0-4:{MOST}")

    assert "You bring 5 children already" in family.parent.text
    assert len(await family.kids()) == MOST


async def test_a_childs_place_is_given_back_after_a_question(family: Family) -> None:
    await family.bring()
    [child] = await family.kids()

    await family.parent.tap(f"kids:{(await family.visit())['id']}")
    await family.parent.press("❌")
    assert len(await family.kids()) == 1
    await family.parent.press("Yes, give it back")

    assert await family.kids() == []
    assert await family.visit()
    await family.parent.tap(f"kidx:{child['id']}:y")
    assert "This is not here any more." in family.parent.text


async def test_children_are_cancelled_with_the_visit(family: Family) -> None:
    await family.bring()
    visit = await family.visit()

    await family.parent.tap(f"cxy:{visit['id']}")

    assert await family.kids() == []


async def test_children_move_with_the_visit(family: Family) -> None:
    await family.bring()
    await family.bring("5 to 14")
    before = await family.kids()

    await family.parent.tap(f"mvy:{(await family.visit())['id']}:{family.clinic}:202611261900")

    visit, after = await family.visit(), await family.kids()
    assert [row["local_start"] for row in after] == ["2026-11-26T19:00", "2026-11-26T19:30"]
    assert {row["use_id"] for row in after} == {visit["id"]}
    assert {row["moved_from"] for row in after} == {row["id"] for row in before}
    assert sorted(row["child_age"] for row in after) == ["0-4", "5-14"]
    assert all(ticket(row["id"]) in family.parent.text for row in after)
    assert "no place for a child" not in family.parent.text


async def test_a_child_whose_time_still_fits_keeps_its_place(family: Family) -> None:
    await family.fill("1700")
    await family.bring()
    [before] = await family.kids()
    assert before["local_start"][-5:] == "17:30"

    await family.parent.tap(f"mvy:{(await family.visit())['id']}:{family.clinic}:202611251730")

    [after] = await family.kids()
    assert (after["id"], after["use_id"]) == (before["id"], (await family.visit())["id"])


async def test_where_a_child_finds_no_place_at_the_new_time_it_is_said(family: Family) -> None:
    await family.bring()
    for hour in ("1900", "1930", "1930"):
        await family.fill(hour)

    await family.parent.tap(f"mvy:{(await family.visit())['id']}:{family.clinic}:202611251900")

    assert "At the new time there was no place for a child" in family.parent.text
    assert await family.kids() == []
    assert (await family.visit())["local_start"] == "2026-11-25T19:00"


async def test_before_a_visit_moves_it_is_said_that_the_child_has_no_place_there(family: Family) -> None:
    await family.bring()
    await family.fill("1900")
    for _ in range(2):
        await family.fill("1930")

    await family.parent.tap(f"mvt:{(await family.visit())['id']}:{family.clinic}:202611251900")
    assert "There is no place there for a child who comes with you" in family.parent.text
    await family.parent.tap(f"mvt:{(await family.visit())['id']}:{family.clinic}:202611261900")
    assert "no place there for a child" not in family.parent.text
    await family.parent.tap(f"mvt:{(await family.visit())['id']}:{family.clinic}:202611251730")
    assert "no place there for a child" not in family.parent.text

    assert len(await family.kids()) == 1


@pytest.mark.parametrize("wish", ["onway:{visit}", "plan:{visit}:x", "plan:{visit}:bus:work:60"])
async def test_each_card_of_the_visit_names_the_child(family: Family, wish: str) -> None:
    await family.bring()
    [child] = await family.kids()
    family.world.wait(days=2)

    await family.parent.tap(wish.format(visit=(await family.visit())["id"]))

    assert Verb.CANCEL in family.parent.wishes
    assert ticket(child["id"]) in family.parent.text


@pytest.mark.parametrize(
    "wish", ["visit:{visit}", "mytick:{visit}", "costs:{visit}", "onway:{visit}", "mv:{visit}"]
)
async def test_old_buttons_of_a_moved_visit_show_the_present_one(family: Family, wish: str) -> None:
    await family.bring()
    old = (await family.visit())["id"]
    await family.parent.tap(f"mvy:{old}:{family.clinic}:202611261900")
    new = await family.visit()

    await family.parent.tap(wish.format(visit=old))

    assert "The visit was moved. This is your time now" in family.parent.text
    assert "This visit is cancelled" not in family.parent.text
    assert ticket(new["id"]) in family.parent.text
    assert all(ticket(child["id"]) in family.parent.text for child in await family.kids())


async def test_a_child_has_a_ticket_like_the_adults_with_a_code_for_the_desk(family: Family) -> None:
    await family.bring()
    [child], visit = await family.kids(), await family.visit()

    await family.parent.press("🎫")
    [step] = family.parent.shown.steps
    said = json.loads(step.content)
    assert step.way is Way.TICKET
    assert (said["title"], said["number"]) == ("Child's ticket", ticket(child["id"]))
    assert said["opens"].endswith(f"?start={payload(child['id'])}")
    assert (said["day"], said["time"]) == ("Wednesday, 25 November", "17:00")
    assert telling(f"{step.text} {step.content}") is None
    await family.parent.tap(f"mytick:{visit['id']}")
    numbers = [json.loads(one.content)["number"] for one in family.parent.shown.steps]
    assert numbers == [ticket(visit["id"]), ticket(child["id"])]

    await family.parent.command(f"/start {payload(child['id'])}")
    assert ticket(visit["id"]) in family.parent.text
    family.world.wait(days=2)
    desk = family.world.somebody()
    await desk.hire(Role.REGISTRAR, clinic_id=family.clinic)
    await desk.command(f"/start {payload(child['id'])}")
    assert f"Came: {ticket(child['id'])}" in desk.text
    [row] = await family.kids()
    assert row["came_at"] == family.world.now


async def test_a_childs_ticket_is_not_drawn_for_others_nor_once_no_clinic_finds_it(family: Family) -> None:
    await family.bring()
    [child] = await family.kids()
    stranger = family.world.somebody()
    await stranger.agree()

    theirs = await stranger.tap(f"mytick:{child['id']}")
    assert theirs == await stranger.tap("mytick:99")
    family.world.wait(days=3)  # the clinic may still have something to say
    await family.parent.tap(f"mytick:{child['id']}")
    assert any(step.way is Way.TICKET for step in family.parent.shown.steps)

    family.world.wait(days=90)
    await family.parent.tap(f"mytick:{child['id']}")
    assert all(step.way is Way.SHOW for step in family.parent.shown.steps)


@pytest.mark.parametrize("kind", [Kind.VISIT_EVE, Kind.VISIT_SOON])
async def test_the_reminders_of_the_visit_name_who_comes_along(family: Family, kind: Kind) -> None:
    await family.bring()
    assert f"🧒 With you: 1 child · 🎫 <b>{ticket((await family.kids())[0]['id'])}</b>" in await remind(
        family, kind
    )
    await family.bring("5 to 14")
    assert "🧒 With you: 2 children · 🎫 <b>" in await remind(family, kind)

    [first, second] = await family.kids()
    for child in (first, second):
        await family.parent.tap(f"kidx:{child['id']}:y")
    assert "With you" not in await remind(family, kind)


async def remind(family: Family, kind: Kind) -> str:
    """Return what a reminder of the parent's visit says."""
    world, visit = family.world, await family.visit()
    [row] = await world.rows(schema.due, kind=kind.value, booking_id=visit["id"])
    notices = Notices(words=world.words, vault=world.vault, zone=ZoneInfo("Asia/Almaty"))
    async with world.database.writing() as store:
        reply = await notices.render(kind, row, family.person, world.words["en"], store, world.now)
    assert reply is not None
    assert telling(reply.steps[0].text) is None
    return str(reply.steps[0].text)


async def test_cancelling_says_before_and_after_that_the_childs_place_goes_too(family: Family) -> None:
    visit = (await family.visit())["id"]
    await family.parent.tap(f"cx:{visit}")
    assert "given back, too" not in family.parent.text
    await family.bring()

    await family.parent.tap(f"cx:{visit}")
    assert "The child's place is given back, too" in family.parent.text
    await family.bring("5 to 14")
    await family.parent.tap(f"cx:{visit}")
    assert "The places of 2 children are given back, too" in family.parent.text
    await family.parent.press("Yes, cancel")

    assert "The places of 2 children are given back, too" in family.parent.text
    assert await family.kids() == []


async def test_nobody_reaches_another_ones_children(family: Family) -> None:
    await family.bring()
    visit, [child] = await family.visit(), await family.kids()
    stranger = family.world.somebody()
    await stranger.agree()

    for data in (f"kids:{visit['id']}", f"kid:{visit['id']}:0-4:0", f"kidx:{child['id']}:y", "kidx:99:y"):
        await stranger.tap(data)
        assert stranger.text == "This is not here any more."

    assert len(await family.kids()) == 1


async def test_a_visit_that_is_over_takes_no_child(family: Family) -> None:
    family.world.wait(days=3)
    rows = await family.world.rows(schema.bookings, person_id=family.person.id)

    await family.parent.tap(f"kid:{rows[0]['id']}:0-4:0")

    assert "This is not here any more." in family.parent.text
    assert await family.kids() == []


async def test_children_are_forgotten_with_the_parent(family: Family) -> None:
    await family.bring()

    async with family.world.database.writing() as store:
        await people.forget(store, family.person, [], now=family.world.now)

    assert await family.world.rows(schema.bookings) == []


async def test_a_worker_brings_the_child_of_somebody_without_telegram(family: Family) -> None:
    worker = family.world.somebody()
    await worker.hire(Role.WORKER, area_id=1)
    await worker.tap("new:ru")
    await worker.press("They agree")
    await worker.tap(f"bky:{family.clinic}:202611261700")
    await worker.press(Verb.CHILDREN)
    await worker.press(Verb.CHILD_ADD)
    await worker.press("5 to 14")

    [client] = await family.world.rows(schema.people, telegram_hash=None)
    [child] = await family.kids()
    assert child["guardian_id"] == client["id"]


async def close(family: Family) -> None:
    """Close the parent's day as the desk does."""
    desk = family.world.somebody()
    await desk.hire(Role.REGISTRAR, clinic_id=family.clinic)
    await desk.command("/closed")
    await desk.press("Wed")
    await desk.press("Closed all day")
    await desk.press("Yes, it is so")


async def test_when_the_clinic_closes_the_child_comes_along_to_the_other_time(family: Family) -> None:
    await family.bring()
    lost, [before] = await family.visit(), await family.kids()
    await close(family)
    assert await family.kids() == []
    [kept] = await family.world.rows(schema.bookings, use=Use.DISPLACED.value, cancelled_at=None)

    await family.parent.tap(f"visit:{lost['id']}")
    await family.parent.press("✅")

    visit, [child] = await family.visit(), await family.kids()
    assert (visit["id"], child["use_id"], child["moved_from"]) == (kept["id"], kept["id"], before["id"])
    assert child["local_start"][:10] == visit["local_start"][:10]
    assert ticket(child["id"]) in family.parent.text
    waiting = await family.world.rows(schema.due, booking_id=before["id"], state="pending")
    assert waiting == []


async def test_the_undo_of_a_closing_brings_no_second_place_for_the_child(family: Family) -> None:
    await family.bring()
    lost = await family.visit()
    await close(family)
    await family.parent.tap(f"visit:{lost['id']}")
    await family.parent.press("✅")
    desk = family.world.people[-1]

    await desk.press("↩️")
    if any("yes" in label.lower() for label in desk.labels):
        await desk.press("Yes")

    assert len(await family.kids()) == 1


async def test_the_desk_sees_the_child_with_the_language_of_the_adult(family: Family) -> None:
    await family.bring("15 to 17")
    [child] = await family.kids()
    desk = family.world.somebody()
    await desk.hire(Role.REGISTRAR, clinic_id=family.clinic)

    await desk.tap(f"today:{family.clinic}:20261125")

    shown = "\n".join([desk.text, *desk.labels])
    assert ticket(child["id"]) in shown
    assert "🧒" in shown
