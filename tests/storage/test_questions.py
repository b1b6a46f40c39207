"""Questions without an answer: kept, counted, decided, taught, taken back, and who waits for them."""

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

import storage.migrate
from care.message_kinds import Kind
from care.reminders import answer_key
from care.unanswered import Verdict
from locales.folding import fold
from storage import awaited_answers, people, questions
from storage.engine import Database, open_database
from storage.erasing import retention
from storage.questions import MOST_IDS, Wording
from storage.schema import decisions, due, taught, waiting
from storage.schema import questions as asked_questions
from storage.vault import Vault, new_key
from tests.storage.versions import older

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)


async def keep(
    connection: AsyncConnection, *texts: str, locale: str = "ru", today: date = TODAY
) -> list[int | None]:
    return [
        await questions.keep(connection, one, folded=fold(one), locale=locale, today=today) for one in texts
    ]


async def decide(
    connection: AsyncConnection,
    topic: str,
    *texts: str,
    now: datetime,
    verdict: Verdict | None = None,
    until_id: int = MOST_IDS,
) -> questions.Decided | None:
    """Decide about texts, and teach them."""
    decided = await questions.decide(connection, topic, texts, verdict=verdict, until_id=until_id, now=now)
    if decided:
        await questions.teach(connection, decided.id, [Wording(one, "ru", fold(one)) for one in texts])
    return decided


async def frequent(connection: AsyncConnection, verdict: Verdict | None = None) -> list[tuple[str, int]]:
    return [(one.text, one.count) for one in await questions.frequent(connection, verdict=verdict)]


async def count(connection: AsyncConnection, table: object) -> int:
    return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


async def add_person(connection: AsyncConnection, vault: Vault, telegram_id: int, now: datetime) -> int:
    person = await people.add(
        connection, vault, telegram_id, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
    )
    return person.id


async def test_wordings_are_counted_the_most_frequent_first(any_database: Database) -> None:
    async with any_database.writing() as connection:
        await keep(connection, "молоко", "виза", "молоко")
        await keep(connection, "виза", "виза", today=TODAY + DAY)

        found = await questions.frequent(connection)

    assert [(one.text, one.count, one.last_on) for one in found] == [
        ("виза", 3, TODAY + DAY),
        ("молоко", 2, TODAY),
    ]
    assert (found[0].id, found[0].newest_id, found[0].locale) == (2, 5, "ru")


async def test_what_came_later_is_left_out(any_database: Database, now: datetime) -> None:
    async with any_database.writing() as connection:
        ids = await keep(connection, "молоко", "молоко", "виза")

        found = await questions.frequent(connection, until_id=ids[0] or 0)
        decided = await decide(connection, "masks", "молоко", "виза", until_id=ids[0] or 0, now=now)

        assert [(one.text, one.count) for one in found] == [("молоко", 1)]
        assert decided is not None
        assert decided.questions == (ids[0],)
        assert await frequent(connection) == [("виза", 1), ("молоко", 1)]


async def test_a_decision_teaches_and_is_taken_back_whole(any_database: Database, now: datetime) -> None:
    async with any_database.writing() as connection:
        await keep(connection, "молоко", "виза")
        decided = await decide(connection, "masks", "молоко", now=now)
        assert decided is not None

        assert [(one.topic, one.locale, one.text) for one in await questions.examples(connection)] == [
            ("masks", "ru", "молоко")
        ]
        assert await frequent(connection) == [("виза", 1)]
        assert await questions.undo(connection, decided.id)
        assert not await questions.undo(connection, decided.id)
        assert await questions.examples(connection) == []
        assert await frequent(connection) == [("виза", 1), ("молоко", 1)]


async def test_who_decides_second_decides_nothing(any_database: Database, now: datetime) -> None:
    async with any_database.writing() as connection:
        await keep(connection, "молоко")
        await decide(connection, "masks", "молоко", now=now)

        assert await decide(connection, "none", "молоко", now=now) is None
        assert await count(connection, decisions) == 1


async def test_a_wording_teaches_one_topic_the_last_one(any_database: Database, now: datetime) -> None:
    async with any_database.writing() as connection:
        await keep(connection, "молоко")
        await decide(connection, "new", "молоко", now=now)
        assert await frequent(connection, Verdict.NEW) == [("молоко", 1)]

        await decide(connection, "masks", "молоко", verdict=Verdict.NEW, now=now)

        assert await frequent(connection, Verdict.NEW) == []
        assert [one.topic for one in await questions.examples(connection)] == ["masks"]


async def test_two_spellings_of_one_wording_are_one_example(any_database: Database, now: datetime) -> None:
    async with any_database.writing() as connection:
        await keep(connection, "Молоко?", "молоко")

        await decide(connection, "masks", "Молоко?", "молоко", "???", now=now)

        assert len(await questions.examples(connection)) == 1


async def test_a_very_long_wording_can_be_compared(any_database: Database, now: datetime) -> None:
    long = "㎯ юяэ " * 300
    async with any_database.writing() as connection:
        await keep(connection, long)
        await decide(connection, "none", long, now=now)

        assert await keep(connection, long) == [None]


async def test_a_decided_wording_is_counted_and_waits_for_nobody(
    any_database: Database, now: datetime
) -> None:
    async with any_database.writing() as connection:
        await keep(connection, "молоко", "виза")
        await decide(connection, "none", "молоко", now=now)
        await decide(connection, "new", "виза", now=now)

        again = await keep(connection, "МОЛОКО", "Виза!")

        assert again[0] is None
        assert again[1] is not None, "there may still be an answer"
        assert await frequent(connection) == []
        assert await frequent(connection, Verdict.NEW) == [("Виза!", 1), ("виза", 1)]


async def test_a_question_is_answered_once_it_has_a_topic_and_not_by_a_verdict(
    any_database: Database, now: datetime
) -> None:
    async with any_database.writing() as connection:
        milk, visa, ball = await keep(connection, "молоко", "виза", "мяч")
        await decide(connection, "masks", "молоко", now=now)
        await decide(connection, "none", "виза", now=now)

        found = [await questions.lock(connection, one or 0) for one in (milk, visa, ball, 99)]

    assert [one and one.topic for one in found] == ["masks", None, None, None]
    assert found[3] is None


async def test_those_who_wait_are_found_by_their_question_and_once(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        anna, boris = [await add_person(connection, vault, one, now) for one in (1, 2)]
        [milk, visa] = await keep(connection, "молоко", "виза")
        for person_id, question_id in ((anna, milk), (anna, milk), (boris, milk), (boris, visa)):
            await awaited_answers.add(connection, vault, person_id, question_id or 0, today=TODAY)
        decided = await decide(connection, "masks", "молоко", now=now)
        assert decided is not None

        told = await awaited_answers.answer(connection, vault, decided.questions, decision_id=decided.id)

        assert sorted(person_id for _, person_id in told) == sorted([anna, boris])
        assert sorted(await awaited_answers.joined(connection, decided.id)) == sorted(row for row, _ in told)
        for row_id, person_id in told:
            assert await awaited_answers.topic_for(connection, row_id, person_id) == "masks"
            assert await awaited_answers.topic_for(connection, row_id, person_id + 1) is None
        await questions.undo(connection, decided.id)
        assert await awaited_answers.topic_for(connection, *told[0]) is None
        assert await count(connection, waiting) == 3


async def test_many_questions_are_looked_up_in_turns(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        anna = await add_person(connection, vault, 1, now)
        await connection.execute(insert(decisions).values(id=1, topic="masks", decided_at=now))
        await awaited_answers.add(connection, vault, anna, 1200, today=TODAY)

        told = await awaited_answers.answer(connection, vault, range(1300), decision_id=1)

    assert [person_id for _, person_id in told] == [anna]


async def test_who_waited_before_the_keys_were_changed_is_found(
    any_database: Database, now: datetime
) -> None:
    old, new = new_key(), new_key()
    async with any_database.writing() as connection:
        anna = await add_person(connection, Vault([old]), 1, now)
        await connection.execute(insert(decisions).values(id=1, topic="masks", decided_at=now))
        await awaited_answers.add(connection, Vault([old]), anna, 7, today=TODAY)

        assert len(await awaited_answers.answer(connection, Vault([new, old]), [7], decision_id=1)) == 1
        assert await awaited_answers.drop(connection, Vault([new, old]), anna, 7)
        assert not await awaited_answers.drop(connection, Vault([new, old]), anna, 7)


async def test_nothing_in_a_row_of_who_waits_names_the_question(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        anna = await add_person(connection, vault, 1, now)
        await awaited_answers.add(connection, vault, anna, 777, today=TODAY)

        [row] = (await connection.execute(select(waiting))).mappings().all()

    assert 777 not in row.values()
    assert row["question_hash"] == vault.hash("question:777")


@pytest.mark.parametrize(("age", "left"), [(89, 1), (91, 0)])
async def test_questions_wishes_and_who_waits_end_after_ninety_days(
    any_database: Database, vault: Vault, now: datetime, age: int, left: int
) -> None:
    then = now - age * DAY
    async with any_database.writing() as connection:
        anna = await add_person(connection, vault, 1, now)
        [milk, _] = await keep(connection, "молоко", "виза", today=then.date())
        await awaited_answers.add(connection, vault, anna, milk or 0, today=then.date())
        await decide(connection, "new", "виза", now=then)

    await retention(any_database, now=now)

    async with any_database.reading() as connection:
        counts = [await count(connection, one) for one in (asked_questions, waiting, decisions, taught)]
    assert counts == [2 * left, left, left, left]


async def test_what_was_taught_stays_and_who_was_told_waits_no_more(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        anna = await add_person(connection, vault, 1, now)
        [milk] = await keep(connection, "молоко", today=now.date())
        await awaited_answers.add(connection, vault, anna, milk or 0, today=now.date())
        decided = await decide(connection, "masks", "молоко", now=now)
        assert decided is not None
        await awaited_answers.answer(connection, vault, decided.questions, decision_id=decided.id)

    await retention(any_database, now=now + 7 * DAY)
    async with any_database.reading() as connection:
        assert await count(connection, waiting) == 1
    await retention(any_database, now=now + 9 * DAY)
    await retention(any_database, now=now + 400 * DAY)

    async with any_database.reading() as connection:
        assert await count(connection, waiting) == 0
        assert await count(connection, asked_questions) == 0
        assert [one.text for one in await questions.examples(connection)] == ["молоко"]


async def test_who_is_forgotten_waits_no_more_and_is_not_told(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        anna = await add_person(connection, vault, 1, now)
        [milk] = await keep(connection, "молоко")
        await awaited_answers.add(connection, vault, anna, milk or 0, today=TODAY)
        person = await people.by_id(connection, anna)
        assert person is not None
        await people.forget(connection, person, [vault.hash("1")], now=now)
        decided = await decide(connection, "masks", "молоко", now=now)
        assert decided is not None

        assert (
            await awaited_answers.answer(connection, vault, decided.questions, decision_id=decided.id) == []
        )
        assert await count(connection, due) == 0


def test_the_message_has_one_key_per_row() -> None:
    assert answer_key(5) == f"{Kind.ANSWERED}:5"


async def test_questions_of_the_first_schema_survive_the_migration(tmp_path: Path) -> None:
    """The table of questions is rebuilt on SQLite; what it held stays, and waits for a decision."""
    file = tmp_path / "hamroh.db"
    url = f"sqlite+aiosqlite:///{file}"
    older(file, "0001")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO questions VALUES (7, 'молоко', 'ru', '2026-11-20')")

    before = await storage.migrate.migrate(url)

    database = open_database(url)
    async with database.reading() as connection:
        [asked] = await questions.frequent(connection)
    await database.close()
    assert (before.current, asked.id, asked.text, asked.last_on) == ("0001", 7, "молоко", date(2026, 11, 20))
