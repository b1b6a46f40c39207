"""Whoever makes a step that is refused is told why, and never what a result is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from care.referral import Refusal, State, shown_to_workers
from care.roles import Role
from handlers import refusals
from locales.catalogue import Words
from storage import schema
from tests.handlers.clinician.desk import arrived, given, hired


@pytest.mark.parametrize(
    ("refused", "state", "to", "sentence"),
    [
        (Refusal.OVER, State.MOVED_AWAY, State.TREATMENT, "This has ended: they moved away."),
        (Refusal.OVER, State.DECLINED, None, "This has ended: they did not want to."),
        (Refusal.OVER, State.LOST, None, "This has ended: they could not be reached for long."),
        (Refusal.OVER, State.REACHED, None, "This has ended."),
        (
            Refusal.NOT_FROM_HERE,
            State.EXAMINED,
            State.BOOKED,
            "There is no such step from here. They stand at: was examined.",
        ),
        (Refusal.NOT_YOURS, State.CAME, State.EXAMINED, "Doctors and nurses of the clinic write this."),
        (Refusal.NOT_YOURS, State.CAME, State.MISSED, "Somebody else makes this step."),
    ],
)
def test_each_reason_is_a_sentence(
    words: Words, refused: Refusal, state: State, to: State | None, sentence: str
) -> None:
    assert refusals.why(words["en"], refused, state, to) == sentence


@pytest.mark.parametrize("refused", Refusal)
def test_a_sentence_is_the_same_whatever_a_result_is(words: Words, refused: Refusal) -> None:
    alike = [one for one in State if shown_to_workers(one) is State.RESULT_GIVEN]

    said = {refusals.why(words["en"], refused, one, State.LOST) for one in alike}

    assert said == {"There is no such step from here. They stand at: the result was given."}


@pytest.fixture
async def clinic(world: Any) -> int:
    return int(await world.clinic(await world.area()))


async def referral(world: Any) -> Any:
    [row] = await world.rows(schema.referrals)
    return row


async def end(world: Any, state: State, **values: Any) -> None:
    ended = {"state": state.value, "closed_at": world.now, "ended_from": "in-care", **values}
    async with world.database.writing() as store:
        await store.execute(update(schema.referrals).values(**ended))


async def test_a_clinician_is_told_why_care_cannot_be_written(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    doctor = await hired(world, Role.CLINICIAN, clinic)
    await given(world, doctor, visit, "R2")
    await doctor.tap(f"rscar:{visit}:c:y")
    assert "⚠️ There is no such step from here." in doctor.text
    await end(world, State.MOVED_AWAY)
    await doctor.tap(f"rscar:{visit}:t")

    assert "⚠️ This has ended: they moved away." in doctor.text
    assert (await referral(world))["state"] == "moved-away"


async def test_the_desk_is_told_that_somebody_has_left_and_their_visit_is_marked(
    world: Any, clinic: int
) -> None:
    _, visit = await arrived(world, clinic)
    desk = await hired(world, Role.REGISTRAR, clinic)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(came_at=None))
    await end(world, State.MOVED_AWAY, ended_from="booked")
    await desk.tap(f"came:{visit}")

    [booking] = await world.rows(schema.bookings)
    assert booking["came_at"] == world.now
    assert "This has ended: they moved away." in desk.shown.toast


@pytest.mark.parametrize("state", [one for one in State if shown_to_workers(one) is State.RESULT_GIVEN])
async def test_the_desk_hears_nothing_of_where_somebody_with_a_result_stands(
    world: Any, clinic: int, state: State
) -> None:
    _, visit = await arrived(world, clinic)
    desk = await hired(world, Role.REGISTRAR, clinic)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(came_at=None))
        await store.execute(update(schema.referrals).values(state=state.value))
    await desk.tap(f"came:{visit}")

    assert desk.shown.toast.startswith("✅ Came: ")
    assert "\n" not in desk.shown.toast


async def test_whom_the_team_had_given_up_and_who_came_is_looked_after_again(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    desk = await hired(world, Role.REGISTRAR, clinic)
    async with world.database.writing() as store:
        await store.execute(update(schema.bookings).values(came_at=None))
    await end(world, State.LOST, ended_from="missed")
    await desk.tap(f"came:{visit}")

    row = await referral(world)
    assert (row["state"], row["closed_at"]) == ("came", None)


async def test_a_result_for_whom_the_team_had_given_up_leads_on_to_care(world: Any, clinic: int) -> None:
    _, visit = await arrived(world, clinic)
    doctor = await hired(world, Role.CLINICIAN, clinic)
    await doctor.tap(f"rsex:{visit}")
    await end(world, State.LOST, ended_from="examined")
    world.wait(days=20)
    await doctor.tap(f"rsrdy:{visit}:R2")
    await doctor.tap(f"rsgiv:{visit}")

    row = await referral(world)
    assert (row["state"], row["closed_at"]) == ("in-care", None)
    assert world.now - row["changed_at"] < timedelta(minutes=1)
