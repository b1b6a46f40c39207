"""Word what the waiting list sends by itself: a place that is free, and the end of a wait."""

from care.booking import to_local
from care.message_kinds import Kind
from care.person import Person, pseudonym
from care.places import Use
from care.waiting_list import End, may_go_on
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.notice import Notice, message
from handlers.screens import Reply, key
from handlers.wait_words import offer_keys, offered
from storage import directory, places, waits
from storage.places import Kept


async def place_free(notice: Notice) -> Reply | None:
    """Offer the place that is kept; None when it is not any more, or was answered already."""
    kept = await _kept(notice, notice.person)
    clinic = await directory.clinic(notice.store, kept.clinic_id) if kept is not None else None
    if kept is None or kept.held_until is None or clinic is None:
        return None
    text = offered(notice.t, kept, clinic, to_local(kept.held_until, kept.zone))
    return message(text, [*offer_keys(notice.t, kept), [home_key(notice.t)]])


async def ended(notice: Notice) -> Reply | None:
    """Say why no more places are offered, with the way to go on; None when they go on already."""
    wait_id, t = notice.about("wait"), notice.t
    wait = await waits.own(notice.store, wait_id, notice.person.id) if wait_id is not None else None
    if wait is None or not may_go_on(wait, now=notice.now):
        return None
    if notice.row["params"].get("why") == End.LAPSED.value:
        text = t(
            "🔕 I offered you three places and had no answer. So I stop asking you. "
            "If you still want a place, tap the first button: you keep your turn."
        )
    else:
        text = t(
            "🔕 You have waited for four weeks, and no place that suits was free. I am sorry. "
            "If you still want one, tap the first button: you keep your turn."
        )
    return message(
        text,
        [
            [key(t.label("🔔 Tell me again"), Verb.WAIT_ON, wait.id)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )


async def call_on_for_a_place(notice: Notice, person: Person) -> str | None:
    """Ask who looks after somebody without Telegram to bring them an offer, HTML; None when it is over."""
    kept, t = await _kept(notice, person), notice.t
    if (
        notice.row["params"].get("what") == Kind.WAIT_ENDED
        and await waits.of(notice.store, person.id) is None
    ):
        return t(
            "📞 {who} is offered no more places. Please ask them whether they still want one.",
            who=pseudonym(person.id),
        )
    if kept is None or kept.held_until is None:
        return None
    today = to_local(notice.now, kept.zone).date()
    return t(
        "📞 A place is free for {who}: {day}, {time}. Please ask them. I keep it until {until}: "
        "go on for them and open “{button}”.",
        who=pseudonym(person.id),
        day=t.relative_day(kept.local.date(), today=today),
        time=t.time(kept.local),
        until=t.time(to_local(kept.held_until, kept.zone)),
        button=t.label("🔔 What I wait for"),
    )


WORDINGS = {Kind.WAIT_OFFER: place_free, Kind.WAIT_ENDED: ended}


async def _kept(notice: Notice, person: Person) -> Kept | None:
    booking_id, wait = notice.row["booking_id"], await waits.of(notice.store, person.id)
    if booking_id is None or wait is None or wait.offered != booking_id:
        return None
    return await places.by_id(notice.store, booking_id, Use.WAIT, wait.id)
