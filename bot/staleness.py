"""Look every night whether answers about law wait for a lawyer, and tell coordinators and administrators."""

from datetime import datetime

from care.freshness import stale
from locales.catalogue import Words
from locales.checking import SOURCE
from storage import due
from storage.engine import Database


def stale_topics(words: Words, *, now: datetime) -> tuple[str, ...]:
    """Return the topics whose answers were last compared with the law too long before `now`."""
    checked = {topic: answer.checked for topic, answer in words[SOURCE].answers.items()}
    return stale(checked, today=now.date())


async def tell_of_stale_answers(database: Database, words: Words, *, now: datetime) -> None:
    """Plan this week's notice, where there is something to tell."""
    if stale_topics(words, now=now):
        async with database.writing() as store:
            await due.tell_overseers_of_stale_answers(store, now=now)
