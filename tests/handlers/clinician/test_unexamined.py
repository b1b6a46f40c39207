"""Who came and was not examined within a week is a task, where the clinic writes examinations."""

from typing import Any

import pytest

from bot import tasks
from care.roles import Role
from storage import schema, task_changes
from tests.handlers.clinician.desk import arrived, hired


async def looked(world: Any) -> list[Any]:
    await tasks.look(world.database, now=world.now, zone="Asia/Almaty")
    return [(row["kind"], row["done_at"] is None) for row in await world.rows(schema.tasks)]


@pytest.fixture
async def clinic(world: Any) -> int:
    await world.somebody().hire(Role.WORKER, area_id=await world.area())
    return int(await world.clinic(1))


async def test_coming_is_enough_where_nobody_writes_examinations(world: Any, clinic: int) -> None:
    await arrived(world, clinic)
    world.wait(days=8)

    assert await looked(world) == []


async def test_where_a_clinician_writes_them_coming_is_not_enough(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    clinician = await hired(world, Role.CLINICIAN, clinic)
    world.wait(days=6, hours=23)
    assert await looked(world) == []
    world.wait(hours=1)
    assert await looked(world) == [("unexamined", True)]
    assert await looked(world) == [("unexamined", True)]

    await clinician.tap(f"rsex:{visit}")

    assert await looked(world) == [("unexamined", False)]


async def test_a_clinician_of_another_clinic_changes_nothing(world: Any, clinic: int) -> None:
    await arrived(world, clinic)
    await hired(world, Role.CLINICIAN, await world.clinic(1))
    world.wait(days=8)

    assert await looked(world) == []


async def test_coming_is_enough_also_when_the_person_is_looked_at_for_another_reason(
    world: Any, clinic: int
) -> None:
    await arrived(world, clinic)
    world.wait(days=8)
    [referral] = await world.rows(schema.referrals, state="came")
    async with world.database.writing() as store:
        await task_changes.look(store, [referral["id"]], now=world.now, zone="Asia/Almaty")

    assert not await world.rows(schema.tasks)
