"""Look after the plans that people asked for: plan reminders, end what is over, ask what is in the way."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from care import dose_days
from care.medicine import DosePlan
from care.outcomes import Kind
from care.roles import Actor
from handlers import talk_begin
from handlers.answering import Answering
from storage import due, medicine, outcomes, people
from storage.engine import Database

EVERY = timedelta(minutes=1)
AT_ONCE = 50  # plans in one transaction, so that nobody who writes waits for long


async def look(database: Database, *, now: datetime) -> None:
    """Plan the reminders of the next days, and end the plans of which nothing can be said any more.

    Writes only then. On the day after its last one a plan can still be answered.
    """
    async with database.reading() as store:
        ids = await medicine.not_planned(store, now=now)
    for start in range(0, len(ids), AT_ONCE):
        async with database.writing() as store:
            for plan_id in ids[start : start + AT_ONCE]:
                plan = await medicine.lock(store, plan_id)
                if plan is None:
                    continue
                if not plan.is_to_end(now):
                    await medicine.plan_ahead(store, plan, now=now)
                elif await medicine.end(store, plan, now=now):
                    await outcomes.append(store, Kind.DOSE_PLAN_ENDED, now=now, role=Actor.JOB)


async def ask_what_is_in_the_way(database: Database, answering: Answering, *, now: datetime) -> None:
    """Ask those who took nothing for two days, and ask for a person for them; once for each gap.

    A day on which nobody was reminded, since the program was asleep, is none that was missed. For our team it
    is a request like any other, also where it answers in a group: the topic is a message that is due at once.
    """
    async with database.reading() as store:
        found = [plan for plan in await medicine.perhaps_missed(store, now=now) if _by_day(plan, now)]
    for plan in found:
        async with database.writing() as store:
            locked = await medicine.lock(store, plan.id)
            if locked is not None:
                await _ask(store, answering, locked, now=now)


def _by_day(plan: DosePlan, now: datetime) -> bool:
    return dose_days.asks_what_is_in_the_way(plan, plan.today(now), now=now) is not None


async def _ask(store: AsyncConnection, answering: Answering, plan: DosePlan, *, now: datetime) -> None:
    today = plan.today(now)
    doses = await medicine.asked(store, plan, until=today)
    since = dose_days.missed_since(doses, today=today)
    planned = dose_days.asks_what_is_in_the_way(plan, since, now=now) if since is not None else None
    person = await people.by_id(store, plan.person_id)
    if planned is None or person is None or not await due.schedule(store, planned, now=now):
        return
    await talk_begin.begin_for(answering, store, person, now=now, by_itself=True)
