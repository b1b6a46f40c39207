"""Let staff choose the hour of their morning message, and word it: tasks, visits, who is new."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.digest import HOURS, NONE, hour_of, works_on
from care.outcomes import Kind
from care.person import Person, pseudonym
from care.roles import Role
from handlers.buttons import Verb
from handlers.notice import Notice, message
from handlers.roles import work_key
from handlers.screens import Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.worker.task_words import TaskWords
from locales.catalogue import Html, Locale
from storage import caseload, digests, ownership, task_lists
from storage.task_lists import Day, Load

MOST = 5  # of each, in one message
NEW_SINCE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What ⏰ does, and what is sent in the morning."""

    said: TaskWords
    zone: ZoneInfo  # where a city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the hours; keep the pressed one."""
        word = turn.press.word(0) if turn.press else None
        hour = next((one for one in HOURS if f"{one:%H%M}" == word), None)
        if hour is None and word != "none":
            await turn.record(Kind.DIGEST_SEEN, role=turn.staff_actor())
            return await self._hours(turn)
        chosen = f"{hour:%H:%M}" if hour else NONE
        await digests.choose(turn.store, turn.known().id, chosen)
        await turn.record(Kind.DIGEST_SET, role=turn.staff_actor(), detail=chosen)
        return await self._hours(turn, toast=turn.t.label("👌 Kept."))

    async def _hours(self, turn: Turn, *, toast: str = "") -> Reply:
        t = turn.t
        now = hour_of(await digests.chosen(turn.store, turn.known().id))
        text = t(
            "⏰ <b>Morning message</b>\n\nOn the days you work I write once: what is due, who is new, "
            "who has a visit. When there is nothing, I write nothing. At what time?"
        )
        keys = [key(_hour(t, one, chosen=one == now), Verb.DIGEST, f"{one:%H%M}") for one in HOURS]
        none = t.label("🔕 No message")
        rows = [
            *pairs(keys, 4),
            [key(f"✓ {none}" if now is None else none, Verb.DIGEST, "none")],
            [key(t.label("⬅️ All tasks"), Verb.TASKS), work_key(t)],
        ]
        return screen(text, rows, toast=toast)

    async def word(self, notice: Notice) -> Reply | None:
        """Word the morning message; None when there is nothing to do, or they do not work today."""
        staff_id, person = notice.about("staff"), notice.person
        member = next((one for one in person.roles if one.id == staff_id), None)
        if member is None or staff_id is None:
            return None
        schedules = await ownership.schedules_of(notice.store, zone=self.zone.key, staff_ids=[staff_id])
        zone = ZoneInfo(schedules[staff_id].zone)
        today = notice.now.astimezone(zone).date()
        if notice.row["local_due"][:10] != today.isoformat():
            return None
        if not works_on(schedules[staff_id], today, at=notice.now):
            return None
        begins, ends = _day(today, zone), _day(today + timedelta(days=1), zone)
        load = await task_lists.load(notice.store, person.roles, now=notice.now, day_ends=ends)
        day = await self._day(notice, person, begins=begins, ends=ends)
        if not (load.today or load.climbed or day.visits or day.new):
            return None
        return await self._message(notice, load, day, ends=ends)

    async def _day(self, notice: Notice, person: Person, *, begins: datetime, ends: datetime) -> Day:
        mine = [one.id for one in person.roles if one.role is Role.WORKER]
        return await task_lists.day(
            notice.store, mine, begins=begins, ends=ends, since=notice.now - NEW_SINCE
        )

    async def _message(self, notice: Notice, load: Load, day: Day, *, ends: datetime) -> Reply:
        t = notice.t
        parts = [t("☀️ <b>Your day</b>")]
        if load.today:
            parts.append(await self._tasks(notice, load, ends=ends))
        if day.visits:
            lines = [
                t("• {time} {name}", time=t.time(start), name=pseudonym(person_id))
                for person_id, start in day.visits[:MOST]
            ]
            head = t.many("📅 {n} visit today", "📅 {n} visits today", len(day.visits))
            parts.append(Html("\n".join([head, *lines])))
        if day.new:
            names = t.listing([pseudonym(person_id) for person_id in day.new[:MOST]])
            head = t.many("👋 {n} new person", "👋 {n} new people", len(day.new))
            parts.append(Html("\n".join([head, t("{names}", names=names)])))
        people = [key(t.label("👥 People"), Verb.PEOPLE)] if notice.person.holds(Role.WORKER) else []
        rows = [[key(t.label("📌 My tasks"), Verb.TASKS), *people], [work_key(t)]]
        return message(Html("\n\n".join(parts)), rows)

    async def _tasks(self, notice: Notice, load: Load, *, ends: datetime) -> str:
        t = notice.t
        tasks = await task_lists.page(notice.store, notice.person.roles, now=notice.now, first=0, most=MOST)
        today = [task for task in tasks if task.promised_at < ends]
        faces = await caseload.faces(notice.store, [task.person_id for task in today])
        head = t.many("📌 {n} task for today", "📌 {n} tasks for today", load.today)
        late = t.many("🔴 {n} is late", "🔴 {n} are late", load.late) if load.late else ""
        lines = [
            t(
                "• {name} {due}",
                name=pseudonym(task.person_id),
                due=Html(self.said.due(t, task, faces.get(task.person_id), now=notice.now)),
            )
            for task in today
        ]
        return Html("\n".join(one for one in (head, late, *lines) if one))


def _hour(t: Locale, hour: time, *, chosen: bool) -> str:
    label = t.time(hour)
    return f"✓ {label}" if chosen else label


def _day(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone)
