"""Say in a few lines what is due now for somebody of the team: only what is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.person import Person, StaffMember, pseudonym
from care.results import Stage
from care.roles import AT_CLINICS, Role
from handlers.roles import HELPERS
from handlers.turn import Turn
from storage import examinations, ownership, task_lists
from storage.task_lists import Load

AHEAD = timedelta(days=7)  # how far a next visit is looked for


@dataclass(frozen=True, kw_only=True)
class DueNow:
    """What stands above the buttons of the home screen of staff."""

    zone: ZoneInfo  # where a city is not known

    async def lines(self, turn: Turn) -> list[str]:
        """Return the lines, HTML: tasks, talks, who waits, the next visit, who is expected at the desk."""
        person = turn.known()
        zone = await self._zone(turn, person)
        day = datetime.combine(turn.now.astimezone(zone).date(), time(0), zone)
        tomorrow = datetime.combine(day.date() + timedelta(days=1), time(0), zone)
        helpers = [member for member in person.roles if member.role in HELPERS]
        lines = []
        if helpers:
            lines += await self._tasks(turn, helpers, tomorrow)
            lines += await self._talks(turn, helpers)
        workers = [member.id for member in helpers if member.role is Role.WORKER]
        if workers:
            lines += await self._next_visit(turn, workers, zone)
        desks = [member for member in person.roles if member.role in AT_CLINICS]
        for desk in desks:
            lines += await self._expected(turn, desk, day, tomorrow)
            lines += await self._results(turn, desk)
        return lines

    async def _tasks(self, turn: Turn, roles: Sequence[StaffMember], tomorrow: datetime) -> list[str]:
        t = turn.t
        load = await task_lists.load(turn.store, roles, now=turn.now, day_ends=tomorrow)
        climbed = load.climbed if any(member.role is not Role.WORKER for member in roles) else 0
        return [line for line in (_late(turn, load, climbed), _today(turn, load)) if line] or [
            t("✅ Nothing is due now.")
        ]

    async def _talks(self, turn: Turn, roles: Sequence[StaffMember]) -> list[str]:
        t = turn.t
        going_on, waiting = await task_lists.relays_open(turn.store, [member.id for member in roles])
        queued = await task_lists.relays_queued(turn.store)
        lines = []
        if going_on:
            lines.append(t.many("💬 {n} open talk", "💬 {n} open talks", going_on))
        if waiting:
            lines.append(
                t.many("✍️ {n} person waits for your answer", "✍️ {n} people wait for your answer", waiting)
            )
        if queued:
            lines.append(
                t.many("⏳ {n} person waits in the queue", "⏳ {n} people wait in the queue", queued)
            )
        return lines

    async def _next_visit(self, turn: Turn, workers: Sequence[int], zone: ZoneInfo) -> list[str]:
        t = turn.t
        ahead = await task_lists.day(
            turn.store, workers, begins=turn.now, ends=turn.now + AHEAD, since=turn.now
        )
        if not ahead.visits:
            return []
        person_id, start = ahead.visits[0]
        today = turn.now.astimezone(zone).date()
        day = t.relative_day(start.date(), today=today)
        name = pseudonym(person_id)
        return [t("📅 Next visit: {time}, {day}, {name}", time=t.time(start), day=day, name=name)]

    async def _expected(self, turn: Turn, desk: StaffMember, day: datetime, tomorrow: datetime) -> list[str]:
        number = await task_lists.expected(turn.store, desk.clinic_id, begins=day, ends=tomorrow)
        return [
            turn.t.many("📋 {n} person is expected today", "📋 {n} people are expected today", number)
            if number
            else turn.t("📋 Nobody is expected today any more.")
        ]

    async def _results(self, turn: Turn, desk: StaffMember) -> list[str]:
        """Say how many wait for a result: only to those who write them."""
        if desk.role is not Role.CLINICIAN or desk.clinic_id is None:
            return []
        waiting = (await examinations.counts(turn.store, [desk.clinic_id], now=turn.now))[Stage.EXAMINED]
        if not waiting:
            return []
        t = turn.t
        return [t.many("🩺 {n} person waits for a result", "🩺 {n} people wait for a result", waiting)]

    async def _zone(self, turn: Turn, person: Person) -> ZoneInfo:
        ids = [member.id for member in person.roles]
        schedules = await ownership.schedules_of(turn.store, zone=self.zone.key, staff_ids=ids)
        return ZoneInfo(schedules[ids[0]].zone) if ids and ids[0] in schedules else self.zone


def _late(turn: Turn, load: Load, climbed: int) -> str:
    t = turn.t
    if not load.late:
        return ""
    late = t.many("🔴 {n} task is late", "🔴 {n} tasks are late", load.late)
    if not climbed:
        return late
    return t(
        "{late} ({climbed})", late=late, climbed=t.many("{n} came up to you", "{n} came up to you", climbed)
    )


def _today(turn: Turn, load: Load) -> str:
    rest = load.today - load.late
    return turn.t.many("📌 {n} task for today", "📌 {n} tasks for today", rest) if rest else ""
