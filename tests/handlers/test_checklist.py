"""The way of a child without papers: a parent and a worker tick one list together."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.message_kinds import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.notices import Notices
from handlers.screens import Reply
from storage import people, schema


class Two:
    """A parent, and the worker whose link brought them."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def begin(self) -> "Two":
        area = await self.world.area()
        self.worker, self.parent = self.world.somebody(), self.world.somebody()
        staff = await self.worker.hire(Role.WORKER, area_id=area)
        await self.world.link(staff_id=staff, area_id=area, code="Fh3kQ9xLm2Zt7PbV")
        await self.parent.command("/start Fh3kQ9xLm2Zt7PbV")
        await self.parent.press("English")
        await self.parent.tap("papers~en~Fh3kQ9xLm2Zt7PbV")
        await self.parent.press("I agree")
        self.person = await self.parent.person()
        return self

    async def told(self, kind: Kind, to: Any) -> list[Reply | None]:
        person = await to.person()
        notices = Notices(words=self.world.words, vault=self.world.vault, zone=ZoneInfo("Asia/Almaty"))
        said = []
        for row in await self.world.rows(schema.due, kind=kind.value, person_id=person.id):
            async with self.world.database.writing() as store:
                english = self.world.words["en"]
                said.append(await notices.render(kind, row, person, english, store, self.world.now))
        return said


@pytest.fixture
async def two(world: Any) -> Two:
    return await Two(world).begin()


async def test_the_answer_about_it_leads_to_the_list(world: Any) -> None:
    parent = world.somebody()
    await parent.agree()
    await parent.tap("topic:child-without-documents")

    await parent.press("Step by step")

    assert "A child without papers" in parent.text
    assert parent.text.count("⬜") == 3


async def test_both_tick_the_same_list_and_see_who_did(two: Two) -> None:
    await two.parent.press("Done: 📄 A record of the birth")
    assert "✅ 1. <b>📄 A record of the birth</b> · you" in two.parent.text

    await two.worker.tap(f"pers:{two.person.id}")
    await two.worker.press("A child without papers")
    assert "📄 A record of the birth</b> · the parent" in two.worker.text
    await two.worker.press("Done: 🏢 Service centre")
    assert "🏢 Service centre</b> · the worker" in two.worker.text

    await two.parent.tap("papers")
    assert "🏢 Service centre</b> · the worker" in two.parent.text
    await two.parent.press("Done: 🏥 Clinic")
    assert "All is done" in two.parent.text
    [row] = await two.world.rows(schema.checklists)
    assert row["ticked"] == {"record": "person", "centre": "worker", "clinic": "person"}
    assert row["ended_at"] == two.world.now


async def test_a_tick_is_taken_back(two: Two) -> None:
    for step in ("record", "centre", "clinic"):
        [row] = await two.world.rows(schema.checklists)
        await two.parent.tap(f"ltick:{row['id']}:{step}:y")

    await two.parent.press("Not yet: 🏢")

    [row] = await two.world.rows(schema.checklists)
    assert (sorted(row["ticked"]), row["ended_at"]) == (["clinic", "record"], None)
    assert (await two.world.outcomes()).count("checklist-unticked") == 1


async def test_the_other_side_hears_once_a_day_that_there_is_something_new(two: Two) -> None:
    [row] = await two.world.rows(schema.checklists)
    for done in ("y", "n", "y"):
        await two.parent.tap(f"ltick:{row['id']}:record:{done}")
        await two.worker.tap(f"ptick:{row['id']}:centre:{done}")

    [to_worker] = await two.told(Kind.CHECKLIST_STAFF, two.worker)
    [to_parent] = await two.told(Kind.CHECKLIST, two.parent)

    assert to_worker is not None
    assert to_parent is not None
    assert to_parent.steps[0].text == "📋 There is something new on your list."
    assert "something new on the list" in to_worker.steps[0].text
    two.world.now += timedelta(days=1)
    await two.worker.tap(f"ptick:{row['id']}:clinic:y")
    assert len(await two.told(Kind.CHECKLIST, two.parent)) == 2


async def test_the_same_press_twice_ticks_once(two: Two) -> None:
    [row] = await two.world.rows(schema.checklists)

    await two.parent.tap(f"ltick:{row['id']}:record:y")
    await two.parent.tap(f"ltick:{row['id']}:record:y")

    assert (await two.world.outcomes()).count("checklist-ticked") == 1


async def test_when_all_is_done_there_can_be_a_list_for_another_child(two: Two) -> None:
    [row] = await two.world.rows(schema.checklists)
    for step in ("record", "centre", "clinic"):
        await two.parent.tap(f"ltick:{row['id']}:{step}:y")

    two.world.wait(minutes=1)
    await two.parent.press("For another child")

    assert two.parent.text.count("⬜") == 3
    assert await two.world.count(schema.checklists) == 2
    await two.parent.tap("papers:new")
    assert await two.world.count(schema.checklists) == 2


async def test_a_list_is_reached_only_by_the_parent_and_who_looks_after_them(two: Two) -> None:
    [row] = await two.world.rows(schema.checklists)
    other, stranger = two.world.somebody(), two.world.somebody()
    await other.hire(Role.WORKER, area_id=await two.world.area(name="Area B"))
    await stranger.agree()

    for who, wish in (
        (other, f"plist:{two.person.id}"),
        (other, f"ptick:{row['id']}:record:y"),
        (stranger, f"ltick:{row['id']}:record:y"),
        (stranger, "ltick:99:record:y"),
    ):
        await who.tap(wish)
        assert who.text == "This is not here any more."
    await stranger.tap(f"ptick:{row['id']}:record:y")

    [row] = await two.world.rows(schema.checklists)
    assert row["ticked"] == {}


async def test_who_looks_after_the_parent_no_more_is_not_told(two: Two) -> None:
    [row] = await two.world.rows(schema.checklists)
    await two.parent.tap(f"ltick:{row['id']}:record:y")
    async with two.world.database.writing() as store:
        await store.execute(schema.staff.update().values(ended_at=two.world.now))

    assert await two.told(Kind.CHECKLIST_STAFF, two.worker) == [None]


async def test_the_list_goes_with_the_parent(two: Two) -> None:
    async with two.world.database.writing() as store:
        await people.forget(store, two.person, [], now=two.world.now)

    assert await two.world.count(schema.checklists) == 0


async def test_the_childs_screen_leads_to_the_list(two: Two) -> None:
    clinic = await two.world.clinic(1)
    await two.parent.tap(f"bky:{clinic}:202611251700")
    await two.parent.press(Verb.CHILDREN)

    await two.parent.press("The child has no papers")

    assert "A child without papers" in two.parent.text
