"""Show staff who asked for a person, by when that person was promised an answer, and mark it done."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.person import pseudonym
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.talk import notice_key
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Locale, Words
from storage import caseload, due, people, referrals, tasks
from storage.caseload import Face
from storage.tasks import Task
from storage.vault import Vault

MOST = 10  # requests on one screen, the earliest promise first


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """What /tasks and its buttons do."""

    words: Words
    vault: Vault
    zone: ZoneInfo  # where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the open requests."""
        await turn.record(Kind.TASKS_SEEN, role=turn.staff_actor())
        return await self._list(turn)

    async def done(self, turn: Turn) -> Reply:
        """Ask whether it is done, and mark it; the person is not written to."""
        task_id = turn.press.number(0) if turn.press else None
        found = await tasks.open_for(turn.store, turn.known().roles)
        task = next((one for one in found if one.id == task_id), None)
        if task is not None and turn.press and turn.press.word(1) != "y":
            return await self._ask(turn, task)
        marked = await tasks.done(turn.store, task_id or 0, turn.known().roles, now=turn.now)
        if marked is None:
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return await self._list(turn, toast=turn.t.label("This request is not open any more."))
        await due.cancel(turn.store, key=notice_key(marked.id), now=turn.now)
        await self._record(turn, marked)
        return await self._list(turn, toast=turn.t.label("✅ Done. Thank you!"))

    async def _record(self, turn: Turn, task: Task) -> None:
        """Record the outcome with the referral of whoever asked, in their language, not the worker's."""
        about = await referrals.of(turn.store, task.person_id)
        face = (await caseload.faces(turn.store, [task.person_id])).get(task.person_id)
        names = ("referral_id", "link_id", "area_id", "site_id")
        of_referral = {name: about[name] if about else None for name in names}
        await turn.record(
            Kind.TALK_DONE,
            role=turn.staff_actor(),
            staff_id=task.staff_id,
            locale=face.locale if face else None,
            **of_referral,
        )

    async def _ask(self, turn: Turn, task: Task) -> Reply:
        t = turn.t
        faces = await caseload.faces(turn.store, [task.person_id])
        text = t("Have you helped this person? The request leaves the list.")
        return screen(
            Html("\n\n".join([await self._line(turn, task, faces), text])),
            [
                [key(t.label("✅ Yes, it is done"), Verb.TASK_DONE, task.id, "y")],
                [key(t.label("⬅️ Back"), Verb.TASKS)],
            ],
        )

    async def _list(self, turn: Turn, *, toast: str = "") -> Reply:
        t = turn.t
        found = await tasks.open_for(turn.store, turn.known().roles)
        shown = found[:MOST]
        faces = await caseload.faces(turn.store, [task.person_id for task in shown])
        if not shown:
            text = t("🤝 Nobody waits for you. When somebody asks for a person, I write to you.")
            return screen(text, [[work_key(t)]], toast=toast)
        lines = [
            t.many("🤝 <b>{n} request</b>", "🤝 <b>{n} requests</b>", len(found)),
            *[await self._line(turn, task, faces) for task in shown],
        ]
        keys: list[list[Key]] = [[_done_key(t, task)] for task in shown]
        return screen(Html("\n\n".join(lines)), [*keys, [work_key(t)]], toast=toast)

    async def _line(self, turn: Turn, task: Task, faces: Mapping[int, Face]) -> str:
        t, face = turn.t, faces.get(task.person_id)
        zone = ZoneInfo(face.zone) if face and face.zone else self.zone
        local, today = task.promised_at.astimezone(zone), turn.now.astimezone(zone).date()
        late = task.promised_at < turn.now
        answer = t.answer(task.topic) if task.topic else None
        moment = {"time": t.time(local), "day": t.relative_day(local.date(), today=today)}
        parts = [
            t("<b>{name}</b>", name=pseudonym(task.person_id)),
            t("🗣 {language}", language=self._language(face.locale)) if face else "",
            t("📍 {area}", area=written(t, face.area_names)) if face and face.area_names else "",
            t("💬 {topic}", topic=answer.title) if answer else "",
            t("🔴 Late: promised by {time}, {day}", **moment)
            if late
            else t("⏰ Promised by {time}, {day}", **moment),
            await self._phone(turn, task),
        ]
        return Html("\n".join(part for part in parts if part))

    async def _phone(self, turn: Turn, task: Task) -> str:
        """Return the phone to call, for the owner of the request."""
        if task.contact is None or not task.may_be_called_by(turn.known().roles):
            return ""
        person = await people.by_id(turn.store, task.person_id)
        phone = tasks.phone(self.vault, person, task) if person else None
        return turn.t("📞 Phone: {phone}", phone=phone) if phone else ""

    def _language(self, code: str) -> str:
        return self.words[code].name if code in self.words else code


def _done_key(t: Locale, task: Task) -> Key:
    return key(t.label("✅ Done: {name}", name=pseudonym(task.person_id)), Verb.TASK_DONE, task.id)
