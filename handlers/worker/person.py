"""Show one person's card to staff: where they stand, what is to be done, what has happened.

Never a result, an answer of the symptom check, a name or a number.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.person import pseudonym
from care.referral import shown_to_workers
from handlers.buttons import Verb
from handlers.roles import OVERSEERS, work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.worker.end_keys import end_keys
from handlers.worker.people import STATES
from handlers.worker.task_words import TaskWords, sign
from handlers.written import written
from locales.catalogue import N_, Html, Locale
from storage import case_card, caseload, task_lists
from storage.case_card import Card
from storage.tasks import Task

PAGE = 6  # lines of the history
HISTORY = {
    Kind.CONSENTED: N_("👋 began"),
    Kind.CHECKED: N_("🩺 checked symptoms"),
    Kind.BOOKED: N_("📅 booked a visit"),
    Kind.MOVED: N_("🔁 moved the visit"),
    Kind.CANCELLED: N_("❌ cancelled the visit"),
    Kind.CAME: N_("✅ was at the visit"),
    Kind.MISSED: N_("➖ did not come to the visit"),
    Kind.EXAMINED: N_("🩺 was examined"),
    Kind.RESULT_READY: N_("📨 a result waits at the clinic"),
    Kind.RESULT_GIVEN: N_("📨 the result was given"),
    Kind.SAID_WENT: N_("💬 says: I was there"),
    Kind.SAID_MISSED: N_("💬 says: I was not there"),
    Kind.REASON_GIVEN: N_("🧩 said what is in the way"),
    Kind.TALK_ASKED: N_("🤝 asked for a person"),
    Kind.TALK_DONE: N_("🤝 was helped by a person"),
    Kind.TASK_DONE: N_("📌 a task was done"),
    Kind.PERSON_HANDED: N_("👥 went to another colleague"),
}


@dataclass(frozen=True, kw_only=True)
class PersonCard:
    """What 👤 does."""

    said: TaskWords
    zone: ZoneInfo  # where a city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the card, with a page of what has happened."""
        found = await self.reached(turn)
        if found is None:
            return await self.gone(turn)
        await turn.record(Kind.PERSON_SEEN, role=turn.staff_actor())
        return await self.card(turn, found, page=(turn.press.number(1) if turn.press else None) or 0)

    async def reached(self, turn: Turn) -> Card | None:
        """Return the pressed person's card, when the sender looks after them."""
        person_id = (turn.press.number(0) if turn.press else None) or 0
        return await case_card.card(turn.store, turn.known().roles, person_id, now=turn.now)

    async def gone(self, turn: Turn) -> Reply:
        """Give the same answer for 'not yours' and 'not there'."""
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        return screen(turn.t("This is not here any more."), [[work_key(turn.t)]])

    async def card(self, turn: Turn, found: Card, *, page: int = 0, toast: str = "") -> Reply:
        """Show a card."""
        t, person_id = turn.t, found.case.person_id
        open_tasks = await task_lists.of_person(turn.store, turn.known().roles, person_id)
        page = max(page, 0)
        told = await case_card.history(turn.store, found.referral_id, first=page * PAGE, most=PAGE + 1)
        parts = [
            self.text(turn, found),
            await self._tasks(turn, found, open_tasks),
            _happened(t, [(kind, self._local(at, found)) for kind, at in told[:PAGE]]),
        ]
        turns = [
            *([key(t.label("◀️ Newer"), Verb.PERSON, person_id, page - 1)] if page else []),
            *([key(t.label("Older ▶️"), Verb.PERSON, person_id, page + 1)] if len(told) > PAGE else []),
        ]
        talking = [key(t.label("💬 Write to them"), Verb.RELAY, found.relay_id)] if found.relay_id else []
        rows = [
            talking,
            *([_task_key(t, task)] for task in open_tasks[:PAGE]),
            turns,
            [key(t.label("📋 A child without papers"), Verb.PERSON_LIST, person_id)],
            [key(t.label("👥 Hand to a colleague"), Verb.PERSON_HAND, person_id)]
            if may_hand(turn, found)
            else [],
            await end_keys(turn, found),
            [key(t.label("⬅️ My people"), Verb.PEOPLE), work_key(t)],
        ]
        return screen(Html("\n\n".join(part for part in parts if part)), rows, toast=toast)

    def text(self, turn: Turn, found: Card) -> str:
        """Return who it is and where they stand, HTML."""
        t, case = turn.t, found.case
        today = self._local(turn.now, found).date()
        lines = [
            t("<b>{name}</b>", name=pseudonym(case.person_id)),
            t("🗣 {language}", language=self.said.language(case.locale)),
        ]
        if found.area_names:
            lines.append(t("📍 {area}", area=written(t, found.area_names)))
        if found.without_telegram:
            lines.append(t("🎫 Without Telegram"))
        if case.changed_at is not None:
            since = t.relative_day(self._local(case.changed_at, found).date(), today=today)
            lines.append(t("{state} ({day})", state=t.label(STATES[shown_to_workers(case.state)]), day=since))
        if case.next_start is not None:
            lines.append(t("📅 Next visit: {moment}", moment=t.moment(case.next_start)))
        return Html("\n".join(lines))

    async def _tasks(self, turn: Turn, found: Card, open_tasks: list[Task]) -> str:
        t = turn.t
        if not open_tasks:
            return t("📌 Nothing is to be done now.")
        faces = await caseload.faces(turn.store, [found.case.person_id])
        face = faces.get(found.case.person_id)
        lines = [
            t(
                "📌 {what}\n{due}",
                what=self.said.what(t, task.kind),
                due=Html(self.said.due(t, task, face, now=turn.now)),
            )
            for task in open_tasks[:PAGE]
        ]
        return Html("\n".join(lines))

    def _local(self, moment: datetime, found: Card) -> datetime:
        return moment.astimezone(ZoneInfo(found.zone) if found.zone else self.zone)


def _happened(t: Locale, told: list[tuple[Kind, datetime]]) -> str:
    """Return what has happened, the newest first, HTML."""
    if not told:
        return ""
    lines = [t("{day}: {what}", day=t.day(at.date()), what=t.label(HISTORY[kind])) for kind, at in told]
    return Html("\n".join([t("<b>What has happened</b>"), *lines]))


def _task_key(t: Locale, task: Task) -> Key:
    return key(t.label("📌 Open the task {sign}", sign=sign(task.kind)), Verb.TASK, task.id)


def may_hand(turn: Turn, card: Card) -> bool:
    """Return whether the sender may give the person away: whose they are, or the office."""
    roles = turn.known().roles
    return any(member.role in OVERSEERS or card.staff_id in {None, member.id} for member in roles)
