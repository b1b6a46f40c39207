"""Show staff what there is to do: a list by priority and time, one task's own screen, done and back again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from care.audit import Act, Deed
from care.outcomes import Kind
from care.person import pseudonym
from care.talk import notice_key
from care.tasks import Kind as What
from care.tasks import Snooze
from handlers.buttons import Verb
from handlers.coordinator.team_words import called
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.worker.task_words import HOW, WHY, TaskWords, sign
from locales.catalogue import Html, Locale
from storage import audit, case_card, caseload, due, people, task_lists, tasks, team
from storage.caseload import Face
from storage.tasks import Task
from storage.vault import Vault

PAGE = 6  # tasks on one screen
PUT_OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """What /tasks and its buttons do."""

    said: TaskWords
    vault: Vault

    async def show(self, turn: Turn) -> Reply:
        """Show a page of open tasks, or of those that are put off."""
        await turn.record(Kind.TASKS_SEEN, role=turn.staff_actor())
        page = (turn.press.number(0) if turn.press else None) or 0
        put_off = bool(turn.press and turn.press.word(1) == PUT_OFF)
        return await self.listing(turn, page=page, put_off=put_off)

    async def task(self, turn: Turn) -> Reply:
        """Show one task."""
        task = await self.reached(turn)
        if task is None:
            return await self.gone(turn)
        await turn.record(Kind.TASKS_SEEN, role=turn.staff_actor())
        return await self.card(turn, task)

    async def done(self, turn: Turn) -> Reply:
        """Mark a task as done; where a phone number goes with it, ask before. Nobody is written to."""
        task = await self.reached(turn)
        if task is not None and task.contact is not None and not self._is_sure(turn):
            return await self._ask(turn, task)
        roles = turn.known().roles
        marked = await tasks.done(turn.store, task.id, roles, now=turn.now) if task else None
        if marked is None:
            return await self.gone(turn)
        await due.cancel(turn.store, key=notice_key(marked.id), now=turn.now)
        kind = Kind.TALK_DONE if marked.kind == What.TALK else Kind.TASK_DONE
        await self.record(turn, kind, marked, detail=None if kind is Kind.TALK_DONE else marked.kind)
        back = key(
            turn.t.label("↩️ Not done: {name}", name=pseudonym(marked.person_id)), Verb.TASK_UNDO, marked.id
        )
        return await self.listing(turn, toast=turn.t.label("✅ Done. Thank you!"), above=[back])

    async def undo(self, turn: Turn) -> Reply:
        """Open a task again that the same person marked as done within a day."""
        task_id = (turn.press.number(0) if turn.press else None) or 0
        opened = await tasks.undo(turn.store, task_id, turn.known().roles, now=turn.now)
        if opened is None:
            return await self.gone(turn)
        was = Kind.TALK_DONE if opened.kind == What.TALK else Kind.TASK_DONE
        await self.record(turn, Kind.UNDONE, opened, detail=was.value)
        return await self.card(turn, opened, toast=turn.t.label("↩️ It is open again."))

    async def reached(self, turn: Turn) -> Task | None:
        """Return the pressed task, when it is open and the sender's to do."""
        task_id = turn.press.number(0) if turn.press else None
        return await tasks.reach(turn.store, task_id or 0, turn.known().roles)

    async def gone(self, turn: Turn) -> Reply:
        """Lead to the list: the same answer for 'not yours', 'not there' and 'done already'."""
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        return await self.listing(turn, toast=turn.t.label("This task is not open any more."))

    async def record(self, turn: Turn, kind: Kind, task: Task, *, detail: str | None = None) -> None:
        """Record the outcome with the referral of the person, in their language, not the worker's."""
        await turn.record_of(kind, task.person_id, staff_id=task.staff_id, detail=detail)

    async def listing(
        self,
        turn: Turn,
        *,
        page: int = 0,
        put_off: bool = False,
        toast: str = "",
        above: list[Key] | None = None,
    ) -> Reply:
        """Show the list, with a row of keys `above` the others."""
        t, roles = turn.t, turn.known().roles
        load = await task_lists.load(turn.store, roles, now=turn.now, day_ends=turn.now)
        number = load.put_off if put_off else load.open
        last = max(number - 1, 0) // PAGE
        page = min(max(page, 0), last)
        shown = await task_lists.page(
            turn.store, roles, now=turn.now, first=page * PAGE, most=PAGE, put_off=put_off
        )
        faces = await caseload.faces(turn.store, [task.person_id for task in shown])
        word = PUT_OFF if put_off else "due"
        rows = [
            above or [],
            *pairs([_open_key(t, task) for task in shown]),
            [
                *([key(t.label("◀️ Back"), Verb.TASKS, page - 1, word)] if page else []),
                *([key(t.label("More ▶️"), Verb.TASKS, page + 1, word)] if page < last else []),
            ],
            self._other_list(t, load.put_off, put_off=put_off),
            [key(t.label("⏰ Morning message"), Verb.DIGEST), work_key(t)],
        ]
        return screen(self._text(turn, shown, faces, number, put_off=put_off), rows, toast=toast)

    def _text(
        self, turn: Turn, shown: list[Task], faces: Mapping[int, Face], number: int, *, put_off: bool
    ) -> str:
        t = turn.t
        if not shown and put_off:
            return t("💤 Nothing is put off.")
        if not shown:
            return t("✅ Nothing to do now. When somebody needs you, it stands here, and I write to you.")
        head = (
            t.many("💤 <b>{n} task put off</b>", "💤 <b>{n} tasks put off</b>", number)
            if put_off
            else t.many("📌 <b>{n} task</b>", "📌 <b>{n} tasks</b>", number)
        )
        lines = [self.said.line(t, task, faces.get(task.person_id), now=turn.now) for task in shown]
        return Html("\n\n".join([head, *lines]))

    def _other_list(self, t: Locale, asleep: int, *, put_off: bool) -> list[Key]:
        if put_off:
            return [key(t.label("📌 What is to be done"), Verb.TASKS)]
        return [key(t.label("💤 Put off: {n}", n=asleep), Verb.TASKS, 0, PUT_OFF)] if asleep else []

    async def card(self, turn: Turn, task: Task, *, toast: str = "") -> Reply:
        """Show one task: about whom, what, by when, what helps, and what can be done with it."""
        t = turn.t
        about = await case_card.card(turn.store, turn.known().roles, task.person_id, now=turn.now)
        relay_id = about.relay_id if about else None
        asleep = task.snoozed_until is not None and task.snoozed_until > turn.now
        later = (
            key(t.label("⏰ Take it up now"), Verb.TASK_LATER, task.id, "now")
            if asleep
            else key(t.label("💤 Later"), Verb.TASK_LATER, task.id)
        )
        rows = [
            [key(t.label("💬 Write to them"), Verb.RELAY, relay_id)] if relay_id is not None else [],
            [key(t.label("✅ Done"), Verb.TASK_DONE, task.id), later],
            [
                key(t.label("👤 About them"), Verb.PERSON, task.person_id),
                key(t.label("👥 Hand on"), Verb.TASK_HAND, task.id),
            ],
            [key(t.label("⬅️ All tasks"), Verb.TASKS), work_key(t)],
        ]
        return screen(await self.text(turn, task), rows, toast=toast)

    async def text(self, turn: Turn, task: Task) -> str:
        """Return all about a task, HTML."""
        t = turn.t
        face = (await caseload.faces(turn.store, [task.person_id])).get(task.person_id)
        state = [
            t("{what}", what=self.said.what(t, task.kind)),
            self.said.due(t, task, face, now=turn.now),
            self._reason(turn, task),
            await self._owner(turn, task),
            await self._phone(turn, task),
        ]
        parts = [self.said.about(t, task, face), [one for one in state if one], [t(HOW[What(task.kind)])]]
        return Html("\n\n".join("\n".join(part) for part in parts))

    def _reason(self, turn: Turn, task: Task) -> str:
        if task.snooze_reason is None or task.snoozed_until is None or task.snoozed_until <= turn.now:
            return ""
        return turn.t(WHY[Snooze(task.snooze_reason)])

    async def _owner(self, turn: Turn, task: Task) -> str:
        """Say whose task it is, where it is not the sender's own."""
        t = turn.t
        if task.staff_id is None:
            return t("👥 It is nobody's so far.")
        if any(member.id == task.staff_id for member in turn.known().roles):
            return ""
        member = (await team.known(turn.store, [task.staff_id])).get(task.staff_id)
        return t("👥 With: {name}", name=called(t, self.vault, member))

    async def _phone(self, turn: Turn, task: Task) -> str:
        """Return the phone to call, for the owner of the task."""
        if task.contact is None or not task.may_be_called_by(turn.known().roles):
            return ""
        person = await people.by_id(turn.store, task.person_id)
        phone = tasks.phone(self.vault, person, task) if person else None
        if person is None or not phone:
            return ""
        seen = phone_seen(turn, person.id, among=[task.staff_id])
        await audit.append(turn.store, self.vault, seen, now=turn.now)
        return turn.t("📞 Phone: {phone}", phone=phone)

    async def _ask(self, turn: Turn, task: Task) -> Reply:
        t = turn.t
        text = t("Have you helped this person? I erase their number then.")
        return screen(
            Html("\n\n".join([await self.text(turn, task), text])),
            [
                [key(t.label("✅ Yes, it is done"), Verb.TASK_DONE, task.id, "y")],
                [key(t.label("⬅️ Back"), Verb.TASK, task.id)],
            ],
        )

    def _is_sure(self, turn: Turn) -> bool:
        return bool(turn.press and turn.press.word(1) == "y")


def phone_seen(turn: Turn, person_id: int, *, among: Collection[int | None]) -> Deed:
    """Return what the log holds of a phone that was shown: to whom, in which role, and whose."""
    roles = turn.known().roles
    actor = next((one for one in roles if one.id in among), roles[0])
    return Deed(
        act=Act.PHONE_SEEN, role=turn.staff_actor(), about="person", actor_id=actor.id, about_id=person_id
    )


def _open_key(t: Locale, task: Task) -> Key:
    name = f"{sign(task.kind)} {pseudonym(task.person_id)}"
    return key(t.label("{name}", name=name), Verb.TASK, task.id)
