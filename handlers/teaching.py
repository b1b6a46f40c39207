"""Let the search learn what coordinators taught: at the start, and whenever it changes."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from care.examples import Example
from care.search import Search
from care.unanswered import Verdict
from storage import questions


@dataclass(frozen=True, kw_only=True)
class Teaching:
    """The examples of the store, put to work."""

    search: Search

    async def refresh(self, store: AsyncConnection) -> None:
        """Replace what the search was taught by what stands in the store."""
        found = await questions.examples(store)
        self.search.learn(
            Example(one.topic, one.locale.partition("_")[0], one.text)
            for one in found
            if one.topic != Verdict.NEW
        )
