"""Beside the first updates: the index is made, then what was taught is put to work."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.preparing import prepare_answers
from care.examples import Example
from care.search import Search
from handlers.teaching import Teaching
from storage.engine import Database
from storage.schema import decisions, taught
from tests.care.learned import search_of


@dataclass(kw_only=True)
class Talks:
    """Conversations that write down in which order they are made ready."""

    search: Search
    done: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        self.done.append("prepared")

    async def learn(self, store: AsyncConnection) -> None:
        self.done.append("learned")
        await Teaching(search=self.search).refresh(store)


@pytest.fixture
def talks() -> Any:
    return Talks(search=search_of([Example("none", "ru", "кто выиграл")]))


async def test_a_start_puts_to_work_what_was_taught_before(database: Database, talks: Any, now) -> None:
    async with database.writing() as store:
        for number, topic in enumerate(("masks", "new"), start=1):
            await store.execute(insert(decisions).values(id=number, topic=topic, decided_at=now))
            row = {"decision_id": number, "locale": "uz_Cyrl", "folded": topic, "text": f"молоко {topic}"}
            await store.execute(insert(taught).values(**row))

    await prepare_answers(talks, database)

    assert talks.done == ["prepared", "learned"]
    assert talks.search.ask("молоко masks").topics[0].topic == "masks"
    assert not talks.search.ask("молоко new").confident


async def test_a_store_that_cannot_be_read_leaves_the_bot_with_what_it_was_released_with(
    database: Database, talks: Any, logs_put_back: None
) -> None:
    async with database.writing() as store:
        await store.execute(text("DROP TABLE taught"))

    await prepare_answers(talks, database)

    assert talks.done == ["prepared", "learned"]
