"""Hand one task on to a colleague, who is told when they are there."""

from dataclasses import dataclass

from care.audit import Act, Deed
from care.outcomes import Kind
from care.ownership import Colleague
from handlers.buttons import Verb
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from handlers.worker.colleagues import Colleagues
from handlers.worker.tasks import Tasks
from locales.catalogue import Html
from storage import audit, caseload, task_changes, tasks
from storage.tasks import Task


@dataclass(frozen=True, kw_only=True)
class TaskHand:
    """What 👥 below a task does."""

    tasks: Tasks
    colleagues: Colleagues

    async def show(self, turn: Turn) -> Reply:
        """Show who could do it, ask, and hand it on."""
        task = await self.tasks.reached(turn)
        if task is None or turn.press is None:
            return await self.tasks.gone(turn)
        able = await self._able(turn, task)
        if turn.press.word(1) == "p" or turn.press.word(1) is None:
            return await self._choose(turn, task, able, page=turn.press.number(2) or 0)
        chosen = next((one for one in able if one.staff_id == turn.press.number(1)), None)
        if chosen is None:
            toast = turn.t.label("This colleague is not there any more.")
            return await self._choose(turn, task, able, page=0, toast=toast)
        if turn.press.word(2) != "y":
            return await self._ask(turn, task, chosen)
        return await self._hand(turn, task, chosen)

    async def _able(self, turn: Turn, task: Task) -> list[Colleague]:
        face = (await caseload.faces(turn.store, [task.person_id])).get(task.person_id)
        locale = face.locale if face else ""
        return await self.colleagues.able(
            turn, person_id=task.person_id, locale=locale, owner_id=task.staff_id
        )

    async def _choose(
        self, turn: Turn, task: Task, able: list[Colleague], *, page: int, toast: str = ""
    ) -> Reply:
        t = turn.t
        head = (
            t("👥 Who can do this? 🟢 is there now.")
            if able
            else t("👥 There is no colleague to hand it to.")
        )
        rows = await self.colleagues.keys(
            turn,
            able,
            page=page,
            choose=lambda label, staff_id: key(label, Verb.TASK_HAND, task.id, staff_id),
            turn_to=lambda label, number: key(label, Verb.TASK_HAND, task.id, "p", number),
        )
        text = Html("\n\n".join([await self.tasks.text(turn, task), head]))
        return screen(text, [*rows, [key(t.label("⬅️ Back"), Verb.TASK, task.id)]], toast=toast)

    async def _ask(self, turn: Turn, task: Task, chosen: Colleague) -> Reply:
        t = turn.t
        name = await self.colleagues.name(turn, chosen.staff_id)
        text = t("Hand this task to <b>{name}</b>? They are told. The person stays with you.", name=name)
        yes = key(t.label("✅ Yes, hand it on"), Verb.TASK_HAND, task.id, chosen.staff_id, "y")
        back = key(t.label("⬅️ Back"), Verb.TASK_HAND, task.id)
        return screen(Html("\n\n".join([await self.tasks.text(turn, task), text])), [[yes], [back]])

    async def _hand(self, turn: Turn, task: Task, chosen: Colleague) -> Reply:
        await tasks.hand_on(turn.store, task.id, chosen.staff_id)
        roles = turn.known().roles
        actor = next((one for one in roles if one.id == task.staff_id), roles[0])
        deed = Deed(
            act=Act.HANDED_OVER,
            role=turn.staff_actor(),
            about="task",
            actor_id=actor.id,
            about_id=task.id,
            detail=str(chosen.staff_id),
        )
        await audit.append(turn.store, self.tasks.vault, deed, now=turn.now)
        zone = self.colleagues.zone.key
        await task_changes.tell_owner(turn.store, task.id, chosen.staff_id, now=turn.now, zone=zone)
        await self.tasks.record(turn, Kind.TASK_HANDED, task, detail=task.kind)
        return await self.tasks.listing(turn, toast=turn.t.label("👥 Handed on. Your colleague is told."))
