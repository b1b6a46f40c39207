"""Word what the bot sends by itself of a result: it is ready, do not come yet, is there something to do.

Never what it is: such a message lights up on a lock screen, so it names neither an illness nor a kind of
clinic, and it is the same whatever the result is.
"""

from collections.abc import Awaitable, Callable, Mapping

from care.directory import Clinic
from care.lock_screen import telling
from care.message_kinds import Kind
from care.results import Stage, stage
from care.ticket import ticket
from handlers.buttons import Verb
from handlers.clinic_card import address, home_key, map_key
from handlers.notice import Notice, message
from handlers.screens import Reply, key
from handlers.written import written
from locales.catalogue import N_, Html, Locale
from storage import directory, examinations
from storage.examinations import Arrived

NAMES: Mapping[Kind, str] = {  # what may not have arrived, for staff
    **dict.fromkeys((Kind.RESULT_READY, Kind.RESULT_AGAIN), N_("that their result is ready")),
    Kind.RESULT_NOT_YET: N_("that they need not go to the clinic yet"),
    Kind.AFTER_RESULT: N_("the question how things are after a visit"),
}


async def ready(notice: Notice) -> Reply | None:
    """Say that there is something, of which visit, and where and when to get it; None when it is not so."""
    visit, t = await _of(notice), notice.t
    if visit is None or visit.examination is None or stage(visit.examination) is not Stage.READY:
        return None
    clinic = await directory.clinic(notice.store, visit.clinic_id, also_retired=True)
    lines = [t("📨 <b>Your result is ready. Please come for it.</b>"), *_which(t, visit), *_where(t, clinic)]
    there = [map_key(t, clinic)] if clinic else []
    return message(
        Html("\n".join(lines)),
        [
            [*there, *([key(t.label("📅 When is it open?"), Verb.CLINIC, clinic.id)] if clinic else [])],
            [key(t.label("✅ I have it"), Verb.RESULT_HAVE, visit.examination.id)],
            [key(t.label("🤝 Come with me, or talk to me"), Verb.TALK)],
            [home_key(t)],
        ],
    )


async def not_yet(notice: Notice) -> Reply | None:
    """Tell who was told that it is ready not to come; None when it is ready again.

    Whoever has what they had before waits for nothing, and reads so.
    """
    booking_id = notice.row["booking_id"]
    visit = await examinations.own_visit(notice.store, booking_id, notice.person.id) if booking_id else None
    if visit is None or (visit.examination is not None and stage(visit.examination) is Stage.READY):
        return None
    if visit.examination is not None and stage(visit.examination) is Stage.GIVEN:
        return message(_nothing_to_do(notice.t, visit), [[home_key(notice.t)]])
    return message(said_not_yet(notice.t, visit), [[home_key(notice.t)]])


def said_not_yet(t: Locale, visit: Arrived) -> str:
    """Say that nobody should come for it yet, HTML."""
    head = t("✋ <b>Please do not come yet: it is not ready. I write when it is.</b>")
    return Html("\n".join([head, *_which(t, visit)]))


def _nothing_to_do(t: Locale, visit: Arrived) -> str:
    """Say that nobody need come, HTML: what they have stands, and nothing else comes."""
    head = t("You need not do anything. Your visits and requests stay as they are.")
    return Html("\n".join([head, *_which(t, visit)]))


async def after(notice: Notice) -> Reply | None:
    """Ask on the next day whether there is something to do, for them or for those who live with them.

    Everybody who has a result gets it, in the same words: so that it tells nothing of any of them.
    """
    visit, t = await _of(notice), notice.t
    if visit is None or visit.examination is None or stage(visit.examination) is not Stage.GIVEN:
        return None
    text = t(
        "👋 You were at the clinic. Is there something I can do for you, or for those who live with you?"
    )
    return message(
        text,
        [
            [key(t.label("🏠 For those who live with me"), Verb.HOUSEHOLD)],
            [key(t.label("❓ Ask a question"), Verb.ASK), key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )


WORDINGS: Mapping[Kind, Callable[[Notice], Awaitable[Reply | None]]] = {
    **dict.fromkeys((Kind.RESULT_READY, Kind.RESULT_AGAIN), ready),
    Kind.RESULT_NOT_YET: not_yet,
    Kind.AFTER_RESULT: after,
}


async def _of(notice: Notice) -> Arrived | None:
    """Return the visit that a message is about, when its reader is told of it."""
    examination_id = notice.about("examination")
    if examination_id is None:
        return None
    return await examinations.own(notice.store, examination_id, notice.person.id)


def _which(t: Locale, visit: Arrived) -> list[str]:
    """Say of which visit, HTML: its ticket, which may have been lost, its day, and that it is a child's."""
    return [
        *([t("🧒 For the child")] if visit.is_child else []),
        t("🎫 Ticket: <b>{number}</b>", number=ticket(visit.booking_id)),
        t("📅 {moment}", moment=t.moment(visit.local)),
    ]


def _where(t: Locale, clinic: Clinic | None) -> list[str]:
    """Return address, hours and phone, HTML, without a line that tells what kind of clinic it is."""
    if clinic is None:
        return []
    lines = [
        t("📍 {address}", address=Html(address(t, clinic))),
        t("🕘 {hours}", hours=written(t, clinic.hours)),
        *([t("📞 {phone}", phone=clinic.phone)] if clinic.phone else []),
    ]
    return [line for line in lines if telling(line) is None]
