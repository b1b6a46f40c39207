"""List what runs by itself, and how often."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.absences import EVERY as ABSENCES_EVERY
from bot.absences import look as look_at_absences
from bot.accompanying import LOOK_EVERY as COMPANY_EVERY
from bot.accompanying import ask_the_next
from bot.auditing import look_at_night
from bot.brigades import EVERY as BRIGADES_EVERY
from bot.brigades import give_back as give_back_brigades
from bot.closures import EVERY as CLOSURES_EVERY
from bot.closures import look as look_at_closures
from bot.jobs import DUE_EVERY, NIGHTLY_AT, Job
from bot.medicine import EVERY as DOSES_EVERY
from bot.medicine import ask_what_is_in_the_way
from bot.medicine import look as look_at_plans
from bot.results import settle as settle_results
from bot.staleness import tell_of_stale_answers
from bot.tasks import EVERY as TASKS_EVERY
from bot.tasks import look as look_at_tasks
from bot.waiting import EVERY as WAITING_EVERY
from bot.waiting import LAPSES_EVERY, offer_places, pass_on
from bot.watching import WATCH_EVERY, plan_moods, tell_of_late
from handlers.answering import Answering
from locales.catalogue import Words
from storage import erasing
from storage.engine import Database
from storage.vault import Vault


def timetable(
    *,
    database: Database,
    vault: Vault,
    words: Words,
    now: Callable[[], datetime],
    zone: str,
    wake: Callable[[], None],
) -> tuple[Job, ...]:
    """Return all jobs; `wake` lets due messages be looked for."""
    answering = Answering(words=words, vault=vault, zone=ZoneInfo(zone))

    async def look() -> None:
        wake()

    async def company() -> None:
        await ask_the_next(database, now=now(), zone=zone)

    async def lone() -> None:
        await tell_of_late(database, now=now(), zone=zone)

    async def tasks() -> None:
        await look_at_tasks(database, now=now(), zone=zone)

    async def absences() -> None:
        await look_at_absences(database, vault, now=now(), zone=zone)

    async def brigades() -> None:
        await give_back_brigades(database, now=now())

    async def lapsed_offers() -> None:
        await pass_on(database, now=now())

    async def waiting() -> None:
        await offer_places(database, now=now())

    async def closures() -> None:
        await look_at_closures(database, now=now())

    async def doses() -> None:
        await look_at_plans(database, now=now())

    async def missed_doses() -> None:
        await ask_what_is_in_the_way(database, answering, now=now())

    async def nightly() -> None:
        await erasing.nightly(database, now=now())
        await tell_of_stale_answers(database, words, now=now())
        await look_at_night(database, vault, now=now())
        await plan_moods(database, now=now(), zone=zone)
        await settle_results(database, vault, now=now())

    return (
        Job(name="due", work=look, every=DUE_EVERY),
        Job(name="company", work=company, every=COMPANY_EVERY),
        Job(name="lone", work=lone, every=WATCH_EVERY),
        Job(name="tasks", work=tasks, every=TASKS_EVERY),
        Job(name="absences", work=absences, every=ABSENCES_EVERY),
        Job(name="closures", work=closures, every=CLOSURES_EVERY),
        Job(name="brigades", work=brigades, every=BRIGADES_EVERY),
        Job(name="lapsed-offers", work=lapsed_offers, every=LAPSES_EVERY),
        Job(name="waiting", work=waiting, every=WAITING_EVERY),
        Job(name="doses", work=doses, every=DOSES_EVERY),
        Job(name="missed-doses", work=missed_doses, every=DOSES_EVERY),
        Job(name="nightly", work=nightly, at=NIGHTLY_AT),
    )
