"""Word tasks for staff: what there is to do, about whom, by when; never a result, and nobody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from care.person import pseudonym
from care.tasks import Kind, Snooze
from handlers.reason_words import reason_name
from handlers.written import written
from locales.catalogue import N_, Html, Locale, Words
from storage.caseload import Face
from storage.tasks import Task

WHAT: Mapping[Kind, str] = {
    Kind.TALK: N_("🤝 asked for a person"),
    Kind.UNBOOKED: N_("📅 has not booked a visit"),
    Kind.MISSED: N_("➖ did not come to the visit"),
    Kind.UNEXAMINED: N_("⏳ booked a week ago and was not examined"),
    Kind.COMPANY: N_("🚶 asked for company to the clinic"),
    Kind.RESULT: N_("📨 the clinic asks them to come"),
    Kind.STOPPING: N_("🛑 thinks of stopping"),
    Kind.LAWYER: N_("⚖️ needs a lawyer"),
    Kind.PSYCHOLOGIST: N_("💚 needs a psychologist"),
    Kind.ABROAD: N_("✈️ has left, and needs help there"),
    Kind.DISPLACED: N_("🚫 the clinic cannot see them as booked"),
    Kind.MISSED_TWICE: N_("❗ did not come twice"),
    Kind.REMEDY: N_("🧩 cannot come, and nothing has helped"),
}
HOW: Mapping[Kind, str] = {
    Kind.TALK: N_("Listen first. What they want to know may be small."),
    Kind.UNBOOKED: N_("Ask what is in the way: time, fear, money, papers. Offer to book together."),
    Kind.MISSED: N_("Ask kindly what happened, and offer another time. Nobody is to blame."),
    Kind.UNEXAMINED: N_("Ask what is in the way, and offer to come along. Your coordinator knows, too."),
    Kind.COMPANY: N_("Look who can come along. If nobody can, say so early."),
    Kind.RESULT: N_("Ask them to go to the clinic soon, and offer to come along. The clinic tells the rest."),
    Kind.STOPPING: N_(
        "Talk with them today. Ask what is hard, and bring them to the doctor before they stop."
    ),
    Kind.LAWYER: N_("Bring them together with a lawyer. Your coordinator knows one."),
    Kind.PSYCHOLOGIST: N_("Bring them together with a psychologist. Your coordinator knows one."),
    Kind.ABROAD: N_("Write to them. Ask where they are and what is in the way."),
    Kind.DISPLACED: N_("Call them: ask whether the new time suits, or find another one together."),
    Kind.MISSED_TWICE: N_(
        "The bot asks them nothing more about it. Write or call kindly: what is in the way? Book together."
    ),
    Kind.REMEDY: N_("Ask what would help, and look for it together. Offer to come along."),
}
WHY: Mapping[Snooze, str] = {
    Snooze.ASKED: N_("✋ They asked me to wait"),
    Snooze.NOT_REACHED: N_("📵 I could not reach them"),
    Snooze.TRAVELLING: N_("🚌 They are travelling"),
    Snooze.ILL: N_("🤒 They are ill"),
    Snooze.OTHER: N_("➕ Something else"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWords:
    """How tasks are worded."""

    words: Words
    zone: ZoneInfo  # where a person's city is not known

    def what(self, t: Locale, kind: str) -> str:
        """Return what there is to do, plain, with a picture in front."""
        return t.label(WHAT[Kind(kind)])

    def line(self, t: Locale, task: Task, face: Face | None, *, now: datetime) -> str:
        """Return a task in two lines, HTML."""
        head = t("<b>{name}</b> {what}", name=pseudonym(task.person_id), what=self.what(t, task.kind))
        return Html("\n".join([head, self.due(t, task, face, now=now)]))

    def due(self, t: Locale, task: Task, face: Face | None, *, now: datetime) -> str:
        """Say by when, or since when it is late, or until when it is put off, HTML."""
        zone = self.zone_of(face)
        if task.snoozed_until is not None and task.snoozed_until > now:
            return t("💤 Put off until {time}, {day}", **_when(t, task.snoozed_until, now, zone))
        moment = _when(t, task.promised_at, now, zone)
        if task.promised_at >= now:
            return t("⏰ Until {time}, {day}", **moment)
        if task.escalated_at is not None:
            return t("🔴 Late since {time}, {day}. The coordinator knows.", **moment)
        return t("🔴 Late since {time}, {day}", **moment)

    def about(self, t: Locale, task: Task, face: Face | None) -> list[str]:
        """Return what staff may know of the person, HTML lines."""
        answer = t.answer(task.topic) if task.topic else None
        reason = reason_name(t, task.topic)
        return [
            t("<b>{name}</b>", name=pseudonym(task.person_id)),
            *([t("🗣 {language}", language=self.language(face.locale))] if face else []),
            *([t("📍 {area}", area=written(t, face.area_names))] if face and face.area_names else []),
            *([t("💬 {topic}", topic=answer.title)] if answer else []),
            *([t("🧩 In the way: {reason}", reason=reason)] if reason else []),
        ]

    def zone_of(self, face: Face | None) -> ZoneInfo:
        """Return the clock of where a person is."""
        return ZoneInfo(face.zone) if face and face.zone else self.zone

    def language(self, code: str) -> str:
        """Return a language's name in itself."""
        return self.words[code].name if code in self.words else code


def sign(kind: str) -> str:
    """Return the picture that stands for a kind of task."""
    return WHAT[Kind(kind)].partition(" ")[0]


def _when(t: Locale, moment: datetime, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    return {"time": t.time(local), "day": t.relative_day(local.date(), today=today)}
