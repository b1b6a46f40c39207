import asyncio

from sqlalchemy import select

from care.outcomes import Kind
from care.person import Episode
from care.roles import Actor
from storage import outcomes
from storage.schema import outcomes as table


async def test_an_outcome_is_recorded_once_per_update_and_kind(any_database, now):
    async with any_database.writing() as connection:
        for _ in range(3):
            await outcomes.append(connection, Kind.CONSENTED, now=now, role=Actor.PERSON, update_id=7)
        await outcomes.append(connection, Kind.LANGUAGE_CHOSEN, now=now, role=Actor.PERSON, update_id=7)

    async with any_database.reading() as connection:
        kinds = (await connection.execute(select(table.c.kind).order_by(table.c.id))).scalars().all()
    assert kinds == [Kind.CONSENTED.value, Kind.LANGUAGE_CHOSEN.value]


async def test_outcomes_of_jobs_have_no_update_and_all_count(any_database, now):
    async with any_database.writing() as connection:
        for _ in range(2):
            await outcomes.append(connection, Kind.CONSENTED, now=now, role=Actor.JOB)

    async with any_database.reading() as connection:
        assert (await connection.execute(select(table.c.update_id))).scalars().all() == [None, None]


async def test_the_same_update_at_the_same_time_is_recorded_once(any_database, now):
    async def record() -> None:
        async with any_database.writing() as connection:
            await outcomes.append(connection, Kind.CONSENTED, now=now, role=Actor.PERSON, update_id=7)

    await asyncio.wait_for(asyncio.gather(*(record() for _ in range(10))), 30)

    async with any_database.reading() as connection:
        assert len((await connection.execute(select(table.c.id))).all()) == 1


async def test_what_is_said_wins_over_what_the_referral_says(any_database, now):
    about = Episode(referral_id=1, link_id=2, area_id=3)
    async with any_database.writing() as connection:
        await outcomes.append(
            connection,
            Kind.CONSENTED,
            now=now,
            role=Actor.PERSON,
            about=about,
            area_id=9,
            locale="uz_Cyrl",
            detail="more",
        )

    async with any_database.reading() as connection:
        row = (await connection.execute(select(table))).mappings().one()
    assert (row["referral_id"], row["link_id"], row["area_id"]) == (1, 2, 9)
    assert (row["locale"], row["detail"], row["at"], row["role"]) == ("uz_Cyrl", "more", now, "person")
