"""Ask for a person: whose area it is gets a task and a notice, and the person a promise of when."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from care import talk
from care.outcomes import Kind
from care.person import StaffMember
from care.reminders import Kind as Notice
from care.reminders import Planned
from care.topics import TOPICS
from handlers import kept
from handlers.buttons import Verb
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import Locale
from storage import directory, due, referrals, tasks
from storage.tasks import Task


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What /talk and its buttons do."""

    zone: ZoneInfo  # where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Say by when a person would answer, and ask; whoever asked already sees that promise again."""
        asked = await tasks.open_of(turn.store, turn.known().id)
        if asked is not None:
            return await self._promised(turn, asked)
        if await self._owner(turn) is None:
            return await self._nobody(turn)
        await turn.record(Kind.TALK_SEEN)
        t, zone = turn.t, await self._zone(turn)
        topic = _topic(turn)
        yes = key(t.label("✅ Yes, please"), Verb.TALK_YES, *([topic] if topic else []))
        return screen(
            t(
                "🤝 <b>Talk to a person</b>\n\n"
                "A person from our team will get in touch with you by {moment}. They see a picture in place "
                "of your name. You need not say who you are.",
                moment=_moment(t, talk.promise(turn.now, zone), turn.now, zone),
            ),
            [[yes], [_home(t)]],
        )

    async def ask(self, turn: Turn) -> Reply:
        """Keep the request, tell its owner, and promise; one open request per person."""
        asked = await tasks.open_of(turn.store, turn.known().id)
        if asked is not None:
            return await self._promised(turn, asked)
        owner = await self._owner(turn)
        if owner is None:
            return await self._nobody(turn)
        zone = await self._zone(turn)
        referral = await referrals.of(turn.store, turn.known().id)
        task = await tasks.add(
            turn.store,
            person_id=turn.known().id,
            promised_at=talk.promise(turn.now, zone),
            now=turn.now,
            referral_id=referral["id"] if referral else None,
            staff_id=owner.id,
            topic=_topic(turn),
        )
        await self._notify(turn, task, owner, zone)
        await turn.record(Kind.TALK_ASKED, staff_id=owner.id)
        return await self._promised(turn, task)

    async def withdraw(self, turn: Turn) -> Reply:
        """End the request."""
        t = turn.t
        task = await tasks.withdraw(turn.store, turn.known().id, now=turn.now)
        if task is not None:
            await due.cancel(turn.store, key=notice_key(task.id), now=turn.now)
            await turn.record(Kind.TALK_WITHDRAWN)
        return screen(
            t("Your request is withdrawn. You can ask again at any time."),
            [[key(t.label("🤝 Talk to a person"), Verb.TALK)], [_home(t)]],
        )

    async def _notify(self, turn: Turn, task: Task, owner: StaffMember, zone: ZoneInfo) -> None:
        if owner.person_id is None:
            return
        planned = Planned(
            key=notice_key(task.id),
            kind=Notice.TALK,
            person_id=owner.person_id,
            due_at=talk.notice_at(turn.now, zone),
            useful_until=task.promised_at + talk.NOTICE_USEFUL_FOR,
            params={"task": task.id},
        )
        await due.schedule(turn.store, planned, now=turn.now)

    async def _promised(self, turn: Turn, task: Task) -> Reply:
        t, zone = turn.t, await self._zone(turn)
        moment = _moment(t, task.promised_at, turn.now, zone)
        if task.promised_at < turn.now:
            text = t(
                "🤝 You asked for a person. We promised an answer by {moment}, and we are late. "
                "We are sorry: your request is not forgotten.",
                moment=moment,
            )
        else:
            text = t(
                "🤝 A person from our team will get in touch with you by {moment}. You need not do anything.",
                moment=moment,
            )
        danger = t("If you feel very ill now, do not wait: call 103 or 112.")
        withdraw = key(t.label("✖️ I do not need it any more"), Verb.TALK_NO)
        return screen(f"{text}\n\n{danger}", [[withdraw], [_home(t)]])

    async def _nobody(self, turn: Turn) -> Reply:
        """Promise nothing where there is nobody to keep it."""
        await turn.record(Kind.REFUSED, detail="nobody")
        t = turn.t
        programme = await directory.programme(turn.store)
        parts = [t("🤝 Nobody of our team can answer here today."), kept.who_runs(t, programme)]
        return screen(
            "\n\n".join(part for part in parts if part),
            [[key(t.label("📍 Clinics"), Verb.CLINICS)], [_home(t)]],
        )

    async def _owner(self, turn: Turn) -> StaffMember | None:
        person = turn.known()
        referral = await referrals.of(turn.store, person.id)
        return await tasks.owner_for(
            turn.store,
            person.id,
            staff_id=referral["staff_id"] if referral else None,
            area_id=(referral["area_id"] if referral else None) or person.area_id,
        )

    async def _zone(self, turn: Turn) -> ZoneInfo:
        name = await due.zone_of(turn.store, turn.known().id)
        return ZoneInfo(name) if name else self.zone


def notice_key(task_id: int) -> str:
    """Return the key of the notice about a request, to plan and to cancel it with."""
    return f"talk:{task_id}"


def _moment(t: Locale, moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    return t("{time}, {day}", time=t.time(local), day=t.relative_day(local.date(), today=today))


def _topic(turn: Turn) -> str | None:
    """Return what the person was reading: a word of a closed list, since a button can say anything."""
    word = turn.press.word(0) if turn.press else None
    return word if word in TOPICS else None


def _home(t: Locale) -> Key:
    return key(t.label("🏠 Home"), Verb.HOME)
