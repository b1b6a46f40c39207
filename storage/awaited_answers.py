"""Keep who wants to be told when there is an answer: a person and the keyed hash of a question's id.

The questions themselves say nothing of a person, and these rows say nothing of a question without the keys.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.people import random_id
from storage.schema import decisions, waiting
from storage.vault import Vault

AT_ONCE = 500  # hashes in one query


async def add(
    connection: AsyncConnection, vault: Vault, person_id: int, question_id: int, *, today: date
) -> None:
    """Let a person wait for the answer to a question; who waits already goes on to."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    await connection.execute(
        insert(waiting)
        .values(
            id=random_id(),
            person_id=person_id,
            question_hash=vault.hash(_name(question_id)),
            since=today,
        )
        .on_conflict_do_nothing()
    )


async def drop(connection: AsyncConnection, vault: Vault, person_id: int, question_id: int) -> bool:
    """Let a person wait no more for this question; return whether they did."""
    mine = waiting.c.person_id == person_id, waiting.c.question_hash.in_(vault.hashes(_name(question_id)))
    return (await connection.execute(delete(waiting).where(*mine))).rowcount > 0


async def answer(
    connection: AsyncConnection, vault: Vault, questions: Iterable[int], *, decision_id: int
) -> Sequence[tuple[int, int]]:
    """Join those who wait for one of these questions to its decision; return their row and person ids."""
    hashes = (one for question_id in questions for one in vault.hashes(_name(question_id)))
    told: list[tuple[int, int]] = []
    while some := list(islice(hashes, AT_ONCE)):
        statement = (
            update(waiting)
            .where(waiting.c.question_hash.in_(some))
            .values(decision_id=decision_id)
            .returning(waiting.c.id, waiting.c.person_id)
        )
        told.extend((row.id, row.person_id) for row in await connection.execute(statement))
    return told


async def joined(connection: AsyncConnection, decision_id: int) -> Sequence[int]:
    """Return the ids of the rows that a decision answers."""
    found = await connection.execute(select(waiting.c.id).where(waiting.c.decision_id == decision_id))
    return found.scalars().all()


async def topic_for(connection: AsyncConnection, row_id: int, person_id: int) -> str | None:
    """Return the topic that answers what a person waits for, or None: there is none, or it is not theirs."""
    statement = (
        select(decisions.c.topic)
        .join(waiting, waiting.c.decision_id == decisions.c.id)
        .where(waiting.c.id == row_id, waiting.c.person_id == person_id)
    )
    topic: str | None = (await connection.execute(statement)).scalar_one_or_none()
    return topic


def _name(question_id: int) -> str:
    return f"question:{question_id}"
