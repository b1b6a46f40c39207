"""Word what the bot sends by itself: reminders, questions back, notices to staff.

Everything is read again at the moment of sending, and what is no longer true is not sent. Such a message
lights up on a lock screen, so those to people name neither an illness nor a kind of clinic: an address, a
time, a number.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import to_local
from care.freshness import LEGAL_FOR, stale
from care.medicine import PRIVATE
from care.message_kinds import Kind
from care.person import Person, pseudonym
from handlers import (
    book,
    brigade_notices,
    checklist,
    closed_table,
    result_notices,
    transfer_notices,
    visit_notices,
    wait_notices,
)
from handlers.answer import topic_key
from handlers.answering import Answering
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.coordinator import clinic_failures
from handlers.coordinator.team_notice import log_changed, team_news
from handlers.forum_notice import no_topic
from handlers.medicine_notices import MedicineNotices
from handlers.notice import Notice, message, staff_rows
from handlers.pass_on import pass_on
from handlers.roles import OVERSEERS
from handlers.screens import Reply, key
from handlers.topic_names import topic_name
from handlers.topic_notice import in_a_group, new_topic
from handlers.unanswered import answer_rows
from handlers.worker import call_on, handed, mood, pins, relay_danger, task_notices
from handlers.worker.company_notices import CompanyNotices
from handlers.worker.digest import Digest
from handlers.worker.handed import Handed
from handlers.worker.lone_notices import LoneNotices
from handlers.worker.task_words import TaskWords
from handlers.written import written
from locales.catalogue import N_, Locale, Words
from locales.checking import SOURCE
from storage import (
    absences,
    awaited_answers,
    bookings,
    directory,
    drafts,
    due,
    people,
    referrals,
    relays,
    tasks,
)
from storage.vault import Vault

MESSAGES: Mapping[Kind, str] = {  # what may not have arrived, for staff
    Kind.VISIT_EVE: N_("the reminder on the evening before"),
    Kind.VISIT_SOON: N_("the reminder before the visit"),
    Kind.VISIT_AFTER: N_("the question after the visit"),
    Kind.RECHECK: N_("the question how they feel"),
    Kind.PASSING_ON: N_("the offer to pass the bot on"),
    Kind.NUDGE: N_("the question whether to go on booking"),
    Kind.ANSWERED: N_("that there is an answer"),
    Kind.HANDED: N_("who looks after them now"),
    Kind.NOT_EXAMINED: N_("the offer to help them to their visit"),
    Kind.COMPANY_NEWS: N_("who comes along to the visit"),
    **dict.fromkeys(PRIVATE, N_("a message")),  # never said to staff
    Kind.CLOSED: N_("that the clinic cannot see them as booked"),
    Kind.REOPENED: N_("that the clinic sees them after all"),
    **result_notices.NAMES,
    Kind.WAIT_OFFER: N_("that a place is free for them"),
    Kind.WAIT_ENDED: N_("that no more places are offered to them"),
    Kind.WAIT_WIDER: N_("that they wait for a place at any clinic now"),
    **transfer_notices.NAMES,
    Kind.CHECKLIST: N_("that there is something new on their list"),
    **dict.fromkeys(
        (Kind.BRIGADE_SOON, Kind.BRIGADE_OVER, Kind.BRIGADE_LOST), N_("how long places for others are kept")
    ),
}
VISITS: Mapping[str, str] = {  # what somebody did, for staff
    "booked": N_("📅 {who} booked a visit: {moment}"),
    "moved": N_("🔁 {who} moved the visit: {moment}"),
    "cancelled": N_("❌ {who} cancelled the visit: {moment}"),
}


@dataclass(frozen=True, kw_only=True)
class Notices:
    """What messages due later say."""

    words: Words
    vault: Vault  # opens the phone of who asks to be called, at the moment of sending
    zone: ZoneInfo  # where nobody knows a person's city

    async def render(
        self, kind: Kind, row: RowMapping, person: Person, t: Locale, store: AsyncConnection, now: datetime
    ) -> Reply | None:
        """Return what to send, or None when it is no longer true."""
        company = CompanyNotices(words=self.words, vault=self.vault)
        digest = Digest(said=TaskWords(words=self.words, zone=self.zone), zone=self.zone)
        lone = LoneNotices(vault=self.vault, zone=self.zone)
        wordings: dict[Kind, Callable[[Notice], Awaitable[Reply | None]]] = {
            Kind.VISIT_EVE: visit_notices.ahead,
            Kind.VISIT_SOON: visit_notices.ahead,
            Kind.VISIT_AFTER: visit_notices.after,
            Kind.CLINIC_FAILED: clinic_failures.to_office,
            Kind.RECHECK: _recheck,
            Kind.NUDGE: _nudge,
            Kind.ANSWERED: _answered,
            Kind.PASSING_ON: pass_on,
            Kind.TALK: self._talk,
            Kind.TALK_DANGER: relay_danger.may_need_help,
            Kind.NO_TOPIC: no_topic,
            Kind.BOOKED: _booked,
            Kind.UNKNOWN: _unknown,
            Kind.FAULT: _fault,
            Kind.STALE: self._stale,
            Kind.PIN: pins.told,
            Kind.MOOD: mood.ask,
            Kind.LONE_SOON: lone.soon,
            Kind.LONE_LATE: lone.late,
            Kind.LONE_WELL: lone.well,
            Kind.TEAM: self._team_news,
            Kind.LOG_CHANGED: log_changed,
            Kind.DIGEST: digest.word,
            Kind.TASK: task_notices.to_owner,
            Kind.LATE: task_notices.to_office,
            Kind.NOT_EXAMINED: task_notices.to_person,
            Kind.HANDED: Handed(vault=self.vault).to_person,
            Kind.TAKEN_OVER: handed.to_staff,
            Kind.BACK: handed.back_again,
            **brigade_notices.WORDINGS,
            **checklist.WORDINGS,
            **MedicineNotices(vault=self.vault).wordings(),
            **closed_table.WORDINGS,
            **result_notices.WORDINGS,
            **wait_notices.WORDINGS,
            **transfer_notices.WORDINGS,
            Kind.CALL_ON: call_on.to_staff,
            Kind.TAKEN_BACK: call_on.taken_back,
            Kind.COMPANY_NEWS: company.news,
            Kind.COMPANY_OFFER: company.offer,
            Kind.COMPANY_EVE: company.ahead,
            Kind.COMPANY_SOON: company.ahead,
            Kind.COMPANY_OFF: company.off,
            Kind.COMPANY_NEEDED: company.needed,
        }
        return await wordings[kind](Notice(row=row, person=person, t=t, store=store, now=now))

    async def _talk(self, notice: Notice) -> Reply | None:
        """Tell staff who asks for a person, in which language, where, about what, and what was promised."""
        task_id, t = notice.about("task"), notice.t
        task = await tasks.by_id(notice.store, task_id) if task_id is not None else None
        asking = await people.by_id(notice.store, task.person_id) if task else None
        if task is None or asking is None or task.done_at is not None or not notice.person.roles:
            return None
        if notice.about("topic") is not None and await in_a_group(notice):
            return await new_topic(Answering(words=self.words, vault=self.vault, zone=self.zone), notice)
        zone = await due.zone_of(notice.store, asking.id)
        local = to_local(task.promised_at, zone or self.zone.key)
        lines = [
            t("🤝 {who} asks for a person.", who=pseudonym(asking.id)),
            t("Language: {language}", language=self._language(asking)),
        ]
        if area := await _area(notice, asking):
            lines.append(t("Area: {area}", area=area))
        if task.topic and (answer := t.answer(task.topic)):
            lines.append(t("Was reading: {topic}", topic=answer.title))
        lines.append(t("Promised until: {moment}", moment=t.moment(local)))
        if task.may_be_called_by(notice.person.roles) and (phone := tasks.phone(self.vault, asking, task)):
            lines.append(t("📞 Phone: {phone}", phone=phone))
        relay = await relays.open_of(notice.store, asking.id)
        held = relay is not None and relay.staff_id in {member.id for member in notice.person.roles}
        write = [key(t.label("✍️ Write"), Verb.RELAY_SEND, relay.id)] if relay and held else []
        done = [key(t.label("✅ Done"), Verb.TASK_DONE, task.id)]
        return message("\n".join(lines), [write, done, *staff_rows(notice)])

    async def _team_news(self, notice: Notice) -> Reply | None:
        return await team_news(notice, self.vault)

    async def _stale(self, notice: Notice) -> Reply | None:
        """Name the answers about law that wait for a lawyer: on the buttons, which no lock screen shows."""
        checked = {topic: answer.checked for topic, answer in self.words[SOURCE].answers.items()}
        topics, t = stale(checked, today=notice.now.date()), notice.t
        if not topics or notice.person.holds(*OVERSEERS) is None:
            return None
        text = t(
            "⚠️ These answers about rules have not been compared with the law for more than {days} days. "
            "Please have a lawyer read them:",
            days=LEGAL_FOR.days,
        )
        return message(text, [*([topic_key(t, topic)] for topic in topics), *staff_rows(notice)])

    def _language(self, person: Person) -> str:
        return self.words[person.locale].name if person.locale in self.words else person.locale


async def _recheck(notice: Notice) -> Reply | None:
    """Ask how the person feels, unless they looked again or booked since."""
    t = notice.t
    referral = await referrals.of(notice.store, notice.person.id)
    checked_at = referral["checked_at"] if referral else None
    if checked_at is not None and checked_at > notice.row["created_at"]:
        return None
    if await bookings.upcoming(notice.store, notice.person.id, now=notice.now):
        return None
    text = t("👋 How do you feel now? Let us look again, it takes 2 minutes.")
    return message(text, [[key(t.label("▶️ Begin"), Verb.CHECK)], [home_key(t)]])


async def _nudge(notice: Notice) -> Reply | None:
    """Ask whether to go on, where a booking was left half-way and none was made since."""
    t = notice.t
    draft = await drafts.get(notice.store, notice.person.id, book.DRAFT)
    if await absences.person_writes(notice.store, notice.person.id, now=notice.now):
        return None
    if draft is None or await bookings.upcoming(notice.store, notice.person.id, now=notice.now):
        return None
    text = t("👋 You began to choose a time. Shall we go on?")
    go_on = key(t.label("▶️ Go on"), Verb.BOOK_CLINIC, int(draft.content["clinic"]))
    return message(text, [[go_on], [home_key(t)]])


async def _answered(notice: Notice) -> Reply | None:
    """Tell somebody that there is an answer, without a word of the question; not when it was taken back."""
    row_id, t = notice.about("waiting"), notice.t
    topic = await awaited_answers.topic_for(notice.store, row_id, notice.person.id) if row_id else None
    if topic is None or topic_name(t, topic) is None:
        return None
    return message(t("🔔 There is an answer to your question."), answer_rows(t, topic))


async def _booked(notice: Notice) -> Reply | None:
    """Tell staff that somebody of theirs booked, moved or cancelled; never for what, and no result."""
    about, booking_id, t = notice.about("about"), notice.about("booking"), notice.t
    what = str(notice.row["params"].get("what"))
    booking = await bookings.by_id(notice.store, booking_id) if booking_id is not None else None
    if about is None or booking is None or what not in VISITS or not notice.person.roles:
        return None
    if (booking.cancelled_at is None) == (what == "cancelled"):
        return None  # moved or cancelled since, which is told by itself
    text = t(VISITS[what], who=pseudonym(about), moment=t.moment(booking.local))
    return message(text, staff_rows(notice))


async def _unknown(notice: Notice) -> Reply | None:
    """Tell staff that a message may not have arrived."""
    about, t = notice.about("person"), notice.t
    if about is None or not notice.person.roles or await people.by_id(notice.store, about) is None:
        return None
    kind = notice.row["params"].get("kind")
    what = next((words for one, words in MESSAGES.items() if one.value == kind), N_("a message"))
    text = t("⚠️ {who} may not have received: {what}. Please ask them.", who=pseudonym(about), what=t(what))
    return message(text, staff_rows(notice))


async def _fault(notice: Notice) -> Reply | None:
    """Tell coordinators and admins that a message could not be handled; never whose, and not what it said."""
    if notice.person.holds(*OVERSEERS) is None:
        return None
    text = notice.t("⚠️ A message could not be handled. The operator finds it in the log.")
    return message(text, staff_rows(notice))


async def _area(notice: Notice, person: Person) -> str | None:
    referral = await referrals.of(notice.store, person.id)
    area_id = (referral["area_id"] if referral else None) or person.area_id
    area = await directory.area(notice.store, area_id, also_retired=True) if area_id is not None else None
    return written(notice.t, area.names) if area else None
