"""Ask for a person: whose area it is gets a task and a notice, and the person a promise of when.

Staff see a picture in place of a name, so they can only call whoever leaves a number. It is kept encrypted
until the request is over. Whoever leaves none is told so, and how to reach the programme themselves.
"""

from dataclasses import dataclass, replace
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
from handlers.screens import Key, Reply, Step, Way, frozen, key, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Locale
from storage import directory, due, referrals, tasks
from storage.tasks import Task
from storage.vault import Vault

WITHOUT = N_("➖ Without a number")  # a button of the reply keyboard: it comes back as a text


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What /talk and its buttons do."""

    vault: Vault
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
                "Leave your phone number, and a person from our team calls you by {moment}. "
                "Without a number I show you how to reach us yourself.\n\n"
                "They see a picture in place of your name. You need not say who you are.",
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
        await self._notify(turn, task, owner.person_id, turn.now + talk.WAITS_FOR_PHONE)
        await turn.record(Kind.TALK_ASKED, staff_id=owner.id)
        return await self._promised(turn, task)

    async def contact(self, turn: Turn) -> Reply | None:
        """Keep the number of whoever asked for a person and shares their own; else leave it to others."""
        asked = await tasks.open_of(turn.store, turn.person.id) if turn.person else None
        if asked is None:
            return None
        phone = talk.phone_in(turn.phone)
        if phone is None:
            await turn.record(Kind.REFUSED, detail="not-yours")
            t = turn.t
            return Reply(
                (await self._asking(turn, asked, t("This is not your own number. I have not kept it.")),)
            )
        with_phone = await self._keep(turn, asked, phone)
        thanks = turn.t("👌 Thank you. I erase your number when the request is done.")
        shown = await self._promised(turn, with_phone)
        return Reply((Step(way=Way.SEND, text=thanks, close_keyboard=True), *_sent(shown)))

    async def _keep(self, turn: Turn, asked: Task, phone: str) -> Task:
        """Keep the number, and tell who owns the request now."""
        promised_at, owner = await self._due(turn, asked), await self._owner(turn)
        staff_id = owner.id if owner else asked.staff_id
        sealed = self.vault.seal_for(turn.known().key, phone.encode())
        await tasks.keep_contact(turn.store, asked.id, sealed, staff_id=staff_id, promised_at=promised_at)
        await turn.record(Kind.TALK_PHONE, staff_id=staff_id)
        with_phone = replace(asked, contact=sealed, staff_id=staff_id, promised_at=promised_at)
        await self._tell_now(turn, with_phone)
        return with_phone

    async def without(self, turn: Turn) -> Reply | None:
        """Go on without a number, when the text is that of the button which says so; else leave it."""
        if turn.person is None or turn.words != turn.t.label(WITHOUT):
            return None
        asked = await tasks.open_of(turn.store, turn.person.id)
        if asked is None:
            return await self.show(turn)
        await turn.record(Kind.TALK_SEEN)
        await self._tell_now(turn, asked)
        return Reply((replace(await self._told(turn), way=Way.SEND, close_keyboard=True),))

    async def withdraw(self, turn: Turn) -> Reply:
        """End the request."""
        t = turn.t
        task = await tasks.withdraw(turn.store, turn.known().id, now=turn.now)
        if task is not None:
            await due.cancel(turn.store, key=notice_key(task.id), now=turn.now)
            await turn.record(Kind.TALK_WITHDRAWN)
        rows = frozen([[key(t.label("🤝 Talk to a person"), Verb.TALK)], [_home(t)]])
        text = t("Your request is withdrawn. You can ask again at any time.")
        open_keyboard = task is not None and task.contact is None
        return Reply((Step(text=text, rows=rows, close_keyboard=open_keyboard),))

    async def _notify(self, turn: Turn, task: Task, to: int | None, at: datetime) -> None:
        """Plan the notice to the owner, in their hours; one that was sent before goes again."""
        if to is None:
            return
        planned = Planned(
            key=notice_key(task.id),
            again=True,
            kind=Notice.TALK,
            person_id=to,
            due_at=talk.notice_at(at, await self._zone(turn)),
            useful_until=task.promised_at + talk.NOTICE_USEFUL_FOR,
            params={"task": task.id},
        )
        await due.schedule(turn.store, planned, now=turn.now)

    async def _tell_now(self, turn: Turn, task: Task) -> None:
        """Tell the owner without further waiting; again where a number came after they were told."""
        waiting = await due.cancel(turn.store, key=notice_key(task.id), now=turn.now)
        owner = await self._owner(turn)
        if owner is not None and (waiting or task.contact is not None):
            await self._notify(turn, task, owner.person_id, turn.now)

    async def _promised(self, turn: Turn, task: Task) -> Reply:
        """Say by when they are called, or ask for the number without which nobody can call."""
        if task.contact is None:
            return Reply((await self._told(turn), await self._asking(turn, task)))
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
        return screen(f"{text}\n\n{_danger(t)}", _below(t))

    async def _told(self, turn: Turn) -> Step:
        """Say honestly what follows without a number: staff know of the request, and cannot write first."""
        t = turn.t
        programme = await directory.programme(turn.store)
        parts = [
            t(
                "🤝 A person from our team is told that you ask for help. They see a picture in place of "
                "your name, so without a number they cannot write or call first."
            ),
            t("You can reach us yourself: {contact}", contact=written(t, programme.contact))
            if programme
            else "",
            _danger(t),
        ]
        return Step(text="\n\n".join(part for part in parts if part), rows=frozen(_below(t)))

    async def _asking(self, turn: Turn, task: Task, lead: str = "") -> Step:
        """Ask for the number with the one button that can share it."""
        t, zone = turn.t, await self._zone(turn)
        moment = _moment(t, await self._due(turn, task), turn.now, zone)
        text = t(
            "📱 May we call you? Press the button below to send your number: a person calls you by {moment}. "
            "Only they see the number, and I erase it when the request is done.",
            moment=moment,
        )
        return Step(
            way=Way.SEND,
            text="\n\n".join(part for part in (lead, text) if part),
            ask_contact=t.label("📱 Send my phone number"),
            ask_nothing=t.label(WITHOUT),
        )

    async def _due(self, turn: Turn, task: Task) -> datetime:
        """Return by when somebody can call who leaves a number now: as promised, unless that is over."""
        fresh = talk.promise(turn.now, await self._zone(turn))
        return fresh if task.promised_at < turn.now else task.promised_at

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


def _sent(reply: Reply) -> tuple[Step, ...]:
    """Return the steps of a screen as new messages."""
    return tuple(replace(step, way=Way.SEND) for step in reply.steps)


def _danger(t: Locale) -> str:
    return t("If you feel very ill now, do not wait: call 103 or 112.")


def _below(t: Locale) -> list[list[Key]]:
    return [[key(t.label("✖️ I do not need it any more"), Verb.TALK_NO)], [_home(t)]]


def _moment(t: Locale, moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    return t("{time}, {day}", time=t.time(local), day=t.relative_day(local.date(), today=today))


def _topic(turn: Turn) -> str | None:
    """Return what the person was reading: a word of a closed list, since a button can say anything."""
    word = turn.press.word(0) if turn.press else None
    return word if word in TOPICS else None


def _home(t: Locale) -> Key:
    return key(t.label("🏠 Home"), Verb.HOME)
