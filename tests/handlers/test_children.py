"""A child comes along to an adult's visit: a place beside it, that moves and ends with it."""

from typing import Any

import pytest
from sqlalchemy import update

from care.children import MOST
from care.places import Use
from care.roles import Role
from care.ticket import ticket
from handlers.buttons import Verb, parse
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
