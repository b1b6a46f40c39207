"""Word what reaches people without Telegram through others: a friend, or who looks after them."""

from dataclasses import replace

from care.booking import may_change, to_local
from care.message_kinds import Kind
from care.person import Person, pseudonym
from care.results import Stage, stage
from handlers import displaced_notices
from handlers.buttons import Verb, parse
from handlers.clinic_card import home_key
from handlers.notice import Notice, message, staff_rows
from handlers.screens import Reply, key
from handlers.wait_notices import call_on_for_a_place
from locales.catalogue import Html, Locale
from storage import bookings, examinations, people


async def to_staff(notice: Notice) -> Reply | None:
    """Ask to call on somebody; None when it is not true any more, or they have Telegram by now."""
    about, t = notice.about("about"), notice.t
    person = await people.by_id(notice.store, about) if about is not None else None
    if person is None or person.telegram_id is not None or not notice.person.roles:
        return None
    what = str(notice.row["params"].get("what"))
    if what in {Kind.WAIT_OFFER, Kind.WAIT_ENDED}:
        text = await call_on_for_a_place(notice, person)
    elif what in displaced_notices.CALLED:
        text = await displaced_notices.call_on(notice, person)
    elif what in _RESULTS:
        text = await _of_result(notice, person, what)
    else:
        text = await _of_visit(notice, person, what) if what in _VISITS else _other(t, person, what)
    if text is None:
        return None
    go = key(t.label("👤 Go on for {name}", name=pseudonym(person.id)), Verb.AGENT, person.id)
    return message(text, [[go], *staff_rows(notice)])


_OF_A_JOURNEY = frozenset({Kind.ARRIVED, Kind.WENT_ON})
_VISITS = frozenset({Kind.VISIT_EVE, Kind.VISIT_SOON, Kind.VISIT_AFTER})
_RESULTS = frozenset({Kind.RESULT_READY, Kind.RESULT_NOT_YET})


async def _of_visit(notice: Notice, person: Person, what: str) -> str | None:
    booking_id, t = notice.row["booking_id"], notice.t
    booking = await bookings.own(notice.store, booking_id, person.id) if booking_id is not None else None
    if booking is None or booking.cancelled_at is not None:
        return None
    today = to_local(notice.now, booking.zone).date()
    facts = {
        "who": pseudonym(person.id),
        "day": t.relative_day(booking.local.date(), today=today),
        "time": t.time(booking.local),
    }
    if what == Kind.VISIT_AFTER:
        return t("📞 Please ask {who} whether they went to the visit: {day}, {time}.", **facts)
    if may_change(booking, now=notice.now) is not None:
        return None
    return t("📞 Please call on {who}: visit {day}, {time}. They have no Telegram.", **facts)


async def _of_result(notice: Notice, person: Person, what: str) -> str | None:
    """Ask to send somebody to the clinic, or not yet; None where the clinic has said otherwise since."""
    booking_id, t, who = notice.row["booking_id"], notice.t, pseudonym(person.id)
    visit = await examinations.own_visit(notice.store, booking_id, person.id) if booking_id else None
    waits = visit is not None and visit.examination is not None and stage(visit.examination) is Stage.READY
    if waits is not (what == Kind.RESULT_READY):
        return None
    if waits:
        return t("📞 The clinic asks {who} to come. Please tell them, and offer to come along.", who=who)
    return t(
        "📞 Please tell {who} that they need not go to the clinic yet. I write when it is time.", who=who
    )


def _other(t: Locale, person: Person, what: str) -> str:
    who = pseudonym(person.id)
    if what == Kind.COMPANY_NEWS:
        return t("📞 There is news for {who} about who comes along to the visit. Please tell them.", who=who)
    if what in _OF_A_JOURNEY:
        return t("📞 Please ask {who} how the journey went, and write down the answer for them.", who=who)
    return t("📞 Please ask {who} how they feel, and go through the questions again with them.", who=who)


async def taken_back(notice: Notice) -> Reply | None:
    """Tell under which name somebody stands who has taken over their record."""
    before, about, t = notice.about("before"), notice.about("about"), notice.t
    if before is None or about is None or not notice.person.roles:
        return None
    if await people.by_id(notice.store, about) is None:
        return None
    if before == about:
        text = t("📱 {name} has Telegram now and gets the reminders themselves.", name=pseudonym(about))
    else:
        text = t(
            "📱 {before} has Telegram now, and is called {name} from now on.",
            before=pseudonym(before),
            name=pseudonym(about),
        )
    return message(text, staff_rows(notice))


def passed_on(t: Locale, reply: Reply, person: Person) -> Reply:
    """Return a reminder as a friend gets it: for whom it is, the map, and the way to stop it."""
    lead = t("👥 For your friend {who}. Please tell them:", who=pseudonym(person.id))
    steps = []
    for place, step in enumerate(reply.steps):
        maps = [[item] for row in step.rows for item in row if _is_map(item.data)]
        stop = key(t.label("✖️ No more of these"), Verb.FRIEND_STOP, person.id)
        rows = tuple(tuple(row) for row in (*maps, [stop], [home_key(t)]))
        text = Html("\n\n".join([lead, step.text])) if place == 0 else step.text
        steps.append(replace(step, text=text, rows=rows))
    return replace(reply, steps=tuple(steps))


def _is_map(data: str | None) -> bool:
    press = parse(data or "")
    return press is not None and press.verb is Verb.MAP
