"""Hold a message that is due now, while it is worded: `handlers/notices.py` lists who words which kind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import Person
from care.roles import Role
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key
from locales.catalogue import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message due now, and what it may be checked against."""

    row: RowMapping  # of storage.schema.due
    person: Person  # who gets it
    t: Locale
    store: AsyncConnection
    now: datetime  # aware, UTC

    def about(self, name: str) -> int | None:
        """Return an id that the message was planned with, or None."""
        value = self.row["params"].get(name)
        return int(value) if value is not None else None


def message(text: str, rows: list[list[Key]]) -> Reply:
    """Return a message that the bot sends by itself."""
    return Reply((Step(way=Way.SEND, text=text, rows=frozen(rows)),))


def staff_rows(notice: Notice) -> list[list[Key]]:
    """Return where staff go on: a worker to the people, everybody to what their work offers."""
    t = notice.t
    people_key = key(t.label("👥 People"), Verb.PEOPLE)
    return [[people_key] if notice.person.holds(Role.WORKER) else [], [work_key(t)]]
