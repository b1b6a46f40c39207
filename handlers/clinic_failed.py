"""Let people say what a clinic did wrong: it is counted, the office is told, and they get what helps now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from care.absence import Places
from care.booking import Booking
from care.failures import NOT_SEEN, Failure, failure_of, may_report
from care.outcomes import Kind
from handlers import chosen, visit_card, visit_list
from handlers.answer import topic_key
from handlers.buttons import Verb
from handlers.clinic_card import costs, home_key
from handlers.remedies import nearby, new_time
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Locale
from storage import absences, bookings, directory, failures

FAILURES: Mapping[Failure, str] = {  # buttons
    Failure.CLOSED: N_("🚪 It was closed"),
    Failure.CHARGED: N_("💸 I was asked to pay"),
    Failure.TURNED_AWAY: N_("✋ I was turned away"),
    Failure.OTHER: N_("➕ Something else"),
}
_ANSWERS: Mapping[Failure, str] = {
    Failure.CLOSED: N_("It is not your fault, and it does not count as missed. Choose a new time:"),
    Failure.CHARGED: N_(
        "What is marked ✅ should cost you nothing there. If you paid for it, tell a person of our team."
    ),
    Failure.TURNED_AWAY: N_("It is not your fault, and it does not count as missed. Choose a new time:"),
    Failure.OTHER: N_("If you want, tell a person of our team what happened."),
}
COST = "test-cost"
TAKE_BACK = "ok"  # as the word of a button: nothing was wrong


@dataclass(frozen=True, kw_only=True)
class ClinicFailed:
    """What a report of a failure does. Somebody else's visit is answered like one that is not there."""

    async def show(self, turn: Turn) -> Reply:
        """Ask what was wrong, or take it down and show what helps."""
        booking_id, failure = chosen.number(turn, 0), failure_of(chosen.word(turn, 1))
        booking = (
            await bookings.lock_own(turn.store, booking_id, turn.known().id)
            if booking_id is not None
            else None
        )
        if booking is None or not may_report(booking, now=turn.now):
            return await visit_list.gone(turn)
        if chosen.word(turn, 1) == TAKE_BACK:
            return await self._taken_back(turn, booking)
        if failure is None:
            await turn.record(Kind.FAILURE_SEEN, clinic_id=booking.clinic_id)
            return _ask(turn, booking)
        if await failures.keep(turn.store, booking, failure, by=turn.actor, now=turn.now):
            await turn.record(Kind.CLINIC_FAILED, clinic_id=booking.clinic_id, detail=failure.value)
        else:
            await turn.record(Kind.FAILURE_SEEN, clinic_id=booking.clinic_id)
        await absences.tell_the_team(turn.store, booking, now=turn.now)
        return await self._helped(turn, booking, failure)

    async def _taken_back(self, turn: Turn, booking: Booking) -> Reply:
        """Take the report back, and show the visit as it stands without it."""
        if await failures.take_back(turn.store, booking, by=turn.actor, now=turn.now):
            await turn.record(Kind.UNDONE, clinic_id=booking.clinic_id, detail=Kind.CLINIC_FAILED.value)
            await absences.tell_the_team(turn.store, booking, now=turn.now)
        else:
            await turn.record(Kind.FAILURE_SEEN, clinic_id=booking.clinic_id)
        clinic = await directory.clinic(turn.store, booking.clinic_id, also_retired=True)
        lead = turn.t("↩️ Taken back: nothing was wrong at the clinic.")
        now_it_is = replace(booking, failure=None, failure_at=None)
        return visit_card.visit(turn.t, now_it_is, clinic, now=turn.now, lead=lead)

    async def _helped(self, turn: Turn, booking: Booking, failure: Failure) -> Reply:
        t = turn.t
        thanks = t(
            "🙏 Thank you. The office of the programme is told, without you, and talks with the clinic."
        )
        parts, rows = [thanks, t(_ANSWERS[failure])], list[list[Key]]()
        if failure in NOT_SEEN:
            said, rows = await nearby(turn, Places.SOONEST, booking)
            parts += said
        if failure is Failure.CHARGED:
            clinic = await directory.clinic(turn.store, booking.clinic_id, also_retired=True)
            parts += [costs(t, clinic.services)] if clinic else []
            rows = [[topic_key(t, COST)]] if t.answer(COST) is not None else []
        return screen(
            "\n\n".join(parts),
            [
                *rows,
                [key(t.label("🤝 Talk to a person"), Verb.TALK)],
                [new_time(t, booking)],
                [_take_back(t, booking)],
                [key(t.label("⬅️ Back"), Verb.VISIT, booking.id), home_key(t)],
            ],
        )


def _take_back(t: Locale, booking: Booking) -> Key:
    return key(t.label("↩️ Nothing was wrong: take it back"), Verb.FAILED, booking.id, TAKE_BACK)


def _ask(turn: Turn, booking: Booking) -> Reply:
    t = turn.t
    text = t(
        "🚪 What was wrong at the clinic on {moment}? I tell it without your name.",
        moment=t.moment(booking.local),
    )
    said = failure_of(booking.failure)
    keys = [
        [key(("✓ " if one is said else "") + t.label(label), Verb.FAILED, booking.id, one.value)]
        for one, label in FAILURES.items()
    ]
    back = [_take_back(t, booking)] if said is not None else []
    return screen(text, [*keys, back, [key(t.label("⬅️ Back"), Verb.VISIT, booking.id), home_key(t)]])
