from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from care.referral import Refusal, State
from care.roles import Actor
from storage import people, referrals, schema
from storage.engine import Database
from storage.vault import Vault


@pytest.fixture
async def person_id(any_database: Database, vault: Vault, now: datetime) -> int:
    async with any_database.writing() as connection:
        person = await people.add(
            connection, vault, 5, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
        )
    return person.id


async def referral(database: Database, person_id: int) -> Mapping[str, Any] | None:
    async with database.reading() as connection:
        return await referrals.of(connection, person_id)


async def move(
    database: Database, person_id: int, to: State, now: datetime, *, by: Actor = Actor.PERSON, **values: Any
) -> Refusal | None:
    async with database.writing() as connection:
        found = await referrals.of(connection, person_id)
        assert found is not None
        return await referrals.move(connection, found, to, by=by, now=now, **values)


async def test_a_referral_begins_as_reached(any_database, person_id, now):
    async with any_database.writing() as connection:
        opened = await referrals.open_for(connection, person_id, now=now)

    found = await referral(any_database, person_id)
    assert found is not None
    assert (found["id"], found["referral_id"], found["state"]) == (opened, opened, "reached")


async def test_a_person_has_one_open_referral(any_database, person_id, now):
    async def twice() -> None:
        async with any_database.writing() as connection:
            for _ in range(2):
                await referrals.open_for(connection, person_id, now=now)

    with pytest.raises(IntegrityError):
        await twice()
    assert await referral(any_database, person_id) is None


async def test_a_known_move_is_made_with_its_values(any_database, person_id, now):
    async with any_database.writing() as connection:
        await referrals.open_for(connection, person_id, now=now)
    later = now + timedelta(hours=1)

    assert not await move(any_database, person_id, State.SCREENED, later, advice="see-doctor")

    found = await referral(any_database, person_id)
    assert found is not None
    assert (found["state"], found["advice"], found["changed_at"]) == ("screened", "see-doctor", later)


async def test_a_move_that_the_machine_does_not_know_is_refused_and_the_values_are_kept(
    any_database, person_id, now
):
    async with any_database.writing() as connection:
        await referrals.open_for(connection, person_id, now=now)

    refused = await move(any_database, person_id, State.CAME, now, advice="watch")

    found = await referral(any_database, person_id)
    assert found is not None
    assert (found["state"], found["advice"]) == ("reached", "watch")
    assert refused is Refusal.NOT_YOURS


async def test_a_move_that_ends_the_episode_closes_it(any_database, person_id, now):
    async with any_database.writing() as connection:
        await referrals.open_for(connection, person_id, now=now)

    assert await move(any_database, person_id, State.LOST, now, by=Actor.WORKER) is None

    assert await referral(any_database, person_id) is None


async def test_somebody_without_a_referral_has_none(any_database, person_id):
    assert await referral(any_database, person_id) is None


async def end(database: Database, person_id: int, to: State, now: datetime, *, by: Actor) -> None:
    async with database.writing() as connection:
        await referrals.open_for(connection, person_id, now=now)
    assert await move(database, person_id, to, now, by=by) is None


async def take_up(database: Database, person_id: int, now: datetime, *, by: Actor) -> Refusal | None:
    async with database.writing() as connection:
        ended = await referrals.ended_of(connection, person_id)
        assert ended is not None
        return await referrals.take_up(connection, ended, by=by, now=now)


async def test_an_end_that_is_taken_back_leaves_the_episode_where_it_stood(any_database, person_id, now):
    await end(any_database, person_id, State.MOVED_AWAY, now, by=Actor.PERSON)
    later = now + timedelta(days=3)

    assert await take_up(any_database, person_id, later, by=Actor.PERSON) is None

    found = await referral(any_database, person_id)
    assert found is not None
    assert (found["state"], found["changed_at"], found["ended_from"]) == ("reached", later, None)


async def test_an_episode_that_was_followed_by_the_next_one_stays_ended(any_database, person_id, now):
    await end(any_database, person_id, State.MOVED_AWAY, now, by=Actor.PERSON)
    async with any_database.writing() as connection:
        following = await referrals.open_for(connection, person_id, now=now)

    assert await take_up(any_database, person_id, now, by=Actor.PERSON) is Refusal.OVER

    found = await referral(any_database, person_id)
    assert found is not None
    assert found["id"] == following


async def test_whoever_stays_goes_on_also_where_care_was_completed_and_nobody_sees_that(
    any_database, person_id, now
):
    async with any_database.writing() as connection:
        referral_id = await referrals.open_for(connection, person_id, now=now)
        await connection.execute(
            update(schema.referrals)
            .where(schema.referrals.c.id == referral_id)
            .values(state=State.COMPLETED.value)
        )
    assert await move(any_database, person_id, State.LOST, now, by=Actor.WORKER) is Refusal.OVER
    assert await move(any_database, person_id, State.MOVED_AWAY, now) is None
    assert await referral(any_database, person_id) is None

    assert await take_up(any_database, person_id, now, by=Actor.PERSON) is None

    found = await referral(any_database, person_id)
    assert found is not None
    assert found["state"] == "completed"


async def test_what_the_program_ended_is_not_taken_back(any_database, person_id, now):
    async with any_database.writing() as connection:
        referral_id = await referrals.open_for(connection, person_id, now=now)
        values = {"state": State.RESULT_GIVEN.value}
        await connection.execute(
            update(schema.referrals).where(schema.referrals.c.id == referral_id).values(**values)
        )
    assert await move(any_database, person_id, State.COMPLETED, now, by=Actor.JOB) is None

    async with any_database.reading() as connection:
        assert await referrals.ended_of(connection, person_id) is None


async def test_whoever_is_seen_again_goes_on_also_when_the_team_gave_up_at_that_moment(
    any_database, person_id, now
):
    async with any_database.writing() as connection:
        await referrals.open_for(connection, person_id, now=now)
        before = await referrals.of(connection, person_id)
        assert before is not None
        assert await referrals.move(connection, before, State.LOST, by=Actor.WORKER, now=now) is None

        assert await referrals.go_on(connection, before, State.BOOKED, by=Actor.PERSON, now=now) is None

        found = await referrals.of(connection, person_id)
    assert found is not None
    assert (found["state"], found["ended_from"]) == ("booked", None)


async def test_whoever_has_left_does_not_go_on_by_what_others_write(any_database, person_id, now):
    await end(any_database, person_id, State.MOVED_AWAY, now, by=Actor.PERSON)
    async with any_database.writing() as connection:
        ended = await referrals.ended_of(connection, person_id)
        assert ended is not None

        assert (
            await referrals.go_on(connection, ended, State.CAME, by=Actor.REGISTRAR, now=now) is Refusal.OVER
        )
