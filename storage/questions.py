"""Keep what could not be answered, and what coordinators made of it: scrubbed, without the person.

A question waits until somebody decides about it: its topic, `none` (not for us) or `new` (a topic is
missing). Decided wordings are examples, `taught`; they stay when the question itself is past its 90 days.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from care.unanswered import Asked, Verdict
from storage.people import random_id
from storage.schema import decisions, questions, taught

MOST = 500  # wordings looked at together, the most frequent
LONGEST = 300  # characters compared; PostgreSQL's index takes no more than some hundred
MOST_IDS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that becomes an example."""

    text: str
    locale: str
    folded: str  # as it is compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """An example that a coordinator made."""

    topic: str  # a topic id, or a word of care.unanswered.Verdict
    locale: str  # of whoever asked first
    text: str


async def keep(
    connection: AsyncConnection, scrubbed: str, *, folded: str, locale: str, today: date
) -> int | None:
    """Keep a text that `care.scrubbing.scrub` has been through; return its id while an answer may come.

    Where the same wording was decided already, it is counted there and waits for nobody.
    """
    same = (
        select(decisions.c.id, decisions.c.topic)
        .join(taught, taught.c.decision_id == decisions.c.id)
        .where(taught.c.folded == folded[:LONGEST])
    )
    decided = (await connection.execute(same)).one_or_none()
    values = {"text": scrubbed, "locale": locale, "asked_on": today}
    statement = insert(questions).values(**values, decision_id=decided.id if decided else None)
    question_id: int = (await connection.execute(statement.returning(questions.c.id))).scalar_one()
    return question_id if decided is None or decided.topic == Verdict.NEW else None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of somebody."""

    id: int
    topic: str | None  # its answer; None while there is none


async def lock(connection: AsyncConnection, question_id: int) -> Question | None:
    """Return a question, held so that nobody decides about it meanwhile; None when it is past its time."""
    statement = select(questions.c.id, questions.c.decision_id).where(questions.c.id == question_id)
    row = (await connection.execute(statement.with_for_update())).one_or_none()
    if row is None:
        return None
    said = select(decisions.c.topic).where(decisions.c.id == row.decision_id)
    topic = (await connection.execute(said)).scalar_one_or_none()
    return Question(row.id, None if topic in set(Verdict) else topic)


async def frequent(
    connection: AsyncConnection, *, verdict: Verdict | None = None, until_id: int = MOST_IDS
) -> Sequence[Asked]:
    """Return wordings that nobody decided about, or about which `verdict` was said, most frequent first.

    At most MOST; those that came after `until_id` are left out, so that what was shown is what is decided.
    """
    times = func.count().label("times")
    statement = (
        select(
            func.min(questions.c.id).label("id"),
            func.max(questions.c.id).label("newest_id"),
            questions.c.text,
            func.min(questions.c.locale).label("locale"),
            times,
            func.max(questions.c.asked_on).label("last_on"),
        )
        .where(_waits(verdict), questions.c.id <= until_id)
        .group_by(questions.c.text)
        .order_by(times.desc(), func.max(questions.c.id).desc())
        .limit(MOST)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return [
        Asked(
            id=row["id"],
            newest_id=row["newest_id"],
            text=row["text"],
            locale=row["locale"],
            count=row["times"],
            last_on=row["last_on"],
        )
        for row in rows
    ]


def _waits(verdict: Verdict | None) -> ColumnElement[bool]:
    if verdict is None:
        return questions.c.decision_id.is_(None)
    said = select(decisions.c.id).where(decisions.c.topic == verdict.value)
    return questions.c.decision_id.in_(said)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision is about."""

    id: int
    questions: tuple[int, ...]  # ids


async def decide(
    connection: AsyncConnection,
    topic: str,
    texts: Collection[str],
    *,
    verdict: Verdict | None,
    until_id: int,
    now: datetime,
) -> Decided | None:
    """Give the questions with these texts to a topic, or say a verdict about them.

    `verdict` is what was said about them so far. Returns None when nobody asked this any more: somebody was
    quicker, or their time is over.
    """
    decision_id = random_id()
    await connection.execute(insert(decisions).values(id=decision_id, topic=topic, decided_at=now))
    found = await connection.execute(
        update(questions)
        .where(_waits(verdict), questions.c.text.in_(texts), questions.c.id <= until_id)
        .values(decision_id=decision_id)
        .returning(questions.c.id)
    )
    ids = tuple(sorted(found.scalars()))
    if not ids:
        await connection.execute(delete(decisions).where(decisions.c.id == decision_id))
        return None
    return Decided(decision_id, ids)


async def teach(connection: AsyncConnection, decision_id: int, wordings: Iterable[Wording]) -> None:
    """Make wordings examples of a decision; what was decided about the same wording before is no more."""
    unique = {one.folded[:LONGEST]: one for one in wordings if one.folded}
    if not unique:
        return
    await connection.execute(delete(taught).where(taught.c.folded.in_(unique)))
    rows = [
        {"decision_id": decision_id, "text": one.text, "locale": one.locale, "folded": folded}
        for folded, one in unique.items()
    ]
    await connection.execute(insert(taught), rows)


async def undo(connection: AsyncConnection, decision_id: int) -> bool:
    """Take a decision back: its questions wait again, its examples go. Returns False when there is none."""
    gone = await connection.execute(delete(decisions).where(decisions.c.id == decision_id))
    return gone.rowcount == 1


async def examples(connection: AsyncConnection) -> Sequence[Taught]:
    """Return all that was taught, by topic and in the order it was taught."""
    statement = (
        select(decisions.c.topic, taught.c.locale, taught.c.text)
        .join(decisions, decisions.c.id == taught.c.decision_id)
        .order_by(decisions.c.topic, taught.c.id)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return [Taught(**row) for row in rows]
