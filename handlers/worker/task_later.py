"""Put a task off: why, and until when."""

from dataclasses import dataclass

from care.outcomes import Kind
from care.tasks import SNOOZE_DAYS, Snooze, put_off_until
from handlers.buttons import Verb
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from handlers.worker.task_words import WHY
from handlers.worker.tasks import Tasks
from locales.catalogue import Html, Locale
from storage import caseload, tasks
from storage.tasks import Task

NOW = "now"  # take it up again


@dataclass(frozen=True, kw_only=True)
class TaskLater:
    """What 💤 does."""

    tasks: Tasks

    async def show(self, turn: Turn) -> Reply:
        """Ask for the reason, then for the day, then put it off; or take up again what was put off."""
        task = await self.tasks.reached(turn)
        if task is None or turn.press is None:
            return await self.tasks.gone(turn)
        if turn.press.word(1) == NOW:
            return await self._take_up(turn, task)
        reason = next((one for one in Snooze if one == turn.press.word(1)), None)
        if reason is None:
            return await self._ask_why(turn, task)
        if turn.press.number(2) not in SNOOZE_DAYS:
            return await self._ask_when(turn, task, reason)
        return await self._put_off(turn, task, reason, turn.press.number(2) or SNOOZE_DAYS[0])

    async def _ask_why(self, turn: Turn, task: Task) -> Reply:
        t = turn.t
        head = t("💤 Why later?")
        reasons = [[key(t.label(label), Verb.TASK_LATER, task.id, one.value)] for one, label in WHY.items()]
        text = Html("\n\n".join([await self.tasks.text(turn, task), head]))
        return screen(text, [*reasons, [key(t.label("⬅️ Back"), Verb.TASK, task.id)]])

    async def _ask_when(self, turn: Turn, task: Task, reason: Snooze) -> Reply:
        t = turn.t
        head = t("💤 Until when?")
        days = [
            key(_days(t, number), Verb.TASK_LATER, task.id, reason.value, number) for number in SNOOZE_DAYS
        ]
        text = Html("\n\n".join([await self.tasks.text(turn, task), head]))
        return screen(text, [[one] for one in days] + [[key(t.label("⬅️ Back"), Verb.TASK_LATER, task.id)]])

    async def _put_off(self, turn: Turn, task: Task, reason: Snooze, days: int) -> Reply:
        face = (await caseload.faces(turn.store, [task.person_id])).get(task.person_id)
        until = put_off_until(turn.now, days, self.tasks.said.zone_of(face))
        await tasks.put_off(turn.store, task.id, until=until, reason=reason.value)
        await self.tasks.record(turn, Kind.TASK_SNOOZED, task, detail=reason.value)
        t = turn.t
        undo = key(t.label("↩️ Take it up now"), Verb.TASK_LATER, task.id, NOW)
        return await self.tasks.listing(turn, toast=t.label("💤 Put off. It comes back."), above=[undo])

    async def _take_up(self, turn: Turn, task: Task) -> Reply:
        await tasks.put_off(turn.store, task.id, until=None, reason=None)
        await self.tasks.record(turn, Kind.UNDONE, task, detail=Kind.TASK_SNOOZED)
        again = await self.tasks.reached(turn)
        return await self.tasks.card(turn, again or task, toast=turn.t.label("⏰ It is back."))


def _days(t: Locale, number: int) -> str:
    return {1: t.label("🌅 Tomorrow"), 3: t.label("3️⃣ In 3 days"), 7: t.label("🗓 In a week")}[number]
