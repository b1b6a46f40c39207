"""Ask who did not come, or cannot, what is in the way; help at once; nobody is to blame."""

from dataclasses import dataclass, replace

from care.absence import Reason, Said, reason_of
from care.booking import Booking, may_change
from care.outcomes import Kind
from care.tasks import nothing_helped
from handlers import chosen, visit_list
from handlers.buttons import Verb
from handlers.children import given_back
from handlers.clinic_card import home_key
from handlers.remedies import ask_why, keep_keys, new_time, remedy
from handlers.screens import Reply, key, screen
from handlers.share import share_key
from handlers.turn import Turn
from handlers.visit_after import failed_key
from locales.catalogue import Html, Locale
from storage import absences, appointments, bookings, children, task_changes


@dataclass(frozen=True, kw_only=True)
class Missed:
    """What happens when a visit is not kept. Somebody else's visit is answered like one that is not there."""

    async def went(self, turn: Turn) -> Reply:
        """Take the person's own answer to 'did you go?'; what the desk wrote down stays."""
        booking, answer = await _own(turn), chosen.word(turn, 1)
        over = booking is not None and booking.cancelled_at is None and booking.starts_at <= turn.now
        if booking is None or not over or answer not in {"y", "n"}:
            return await visit_list.gone(turn)
        went = answer == "y"
        if await self._say(turn, booking, Said.WENT if went else Said.MISSED):
            kind = Kind.SAID_WENT if went else Kind.SAID_MISSED
            await turn.record(kind, clinic_id=booking.clinic_id, detail=booking.advice)
        else:  # pressed twice
            await turn.record(Kind.VISITS_SEEN, clinic_id=booking.clinic_id)
        await absences.tell_the_team(turn.store, booking, now=turn.now)
        if went:
            return _thanks(turn.t, booking)
        return ask_why(turn.t, booking, await self._kindly(turn), verb=Verb.WHY)

    async def why(self, turn: Turn) -> Reply:
        """Ask for the reason of a visit that was not kept, or given back; or take it and show what helps."""
        booking, reason = await _own(turn), reason_of(chosen.word(turn, 1))
        if booking is None or not _was_not_kept(booking, turn):
            return await visit_list.gone(turn)
        if reason is None:
            await turn.record(Kind.REASONS_SEEN, clinic_id=booking.clinic_id, detail="after")
            return ask_why(turn.t, booking, await self._kindly(turn), verb=Verb.WHY)
        await bookings.change(turn.store, booking.id, reason=reason.value)
        if booking.cancelled_at is None and await self._say(turn, booking, Said.MISSED):
            await turn.record(Kind.SAID_MISSED, clinic_id=booking.clinic_id, detail=booking.advice)
        await turn.record(Kind.REASON_GIVEN, clinic_id=booking.clinic_id, detail=reason.value)
        await absences.tell_the_team(turn.store, booking, reason=reason, now=turn.now)
        return await remedy(turn, booking, reason, lead=await self._a_person_writes(turn))

    async def cannot(self, turn: Turn) -> Reply:
        """Let somebody say before the visit that they cannot come: why, and at once what helps.

        The visit stands meanwhile; it is given back only when they want that, and are asked once.
        """
        booking, reason = await _own(turn), reason_of(chosen.word(turn, 1))
        if booking is None:
            return await visit_list.gone(turn)
        if may_change(booking, now=turn.now) is not None:
            return await self.why(turn)  # an old button: the visit is over, or was given back before
        if reason is None:
            await turn.record(Kind.REASONS_SEEN, clinic_id=booking.clinic_id, detail="ahead")
            lead = turn.t(
                "🙋 You cannot come on <b>{moment}</b>? Good that you say so. What is in the way?",
                moment=turn.t.moment(booking.local),
            )
            return ask_why(turn.t, booking, lead, verb=Verb.CANNOT)
        if chosen.word(turn, 2) == "y":
            return await self._given_back(turn, booking, reason)
        if chosen.word(turn, 2) == "g":
            await turn.record(Kind.REASONS_SEEN, clinic_id=booking.clinic_id, detail="ahead")
            along = len(await children.of(turn.store, booking.id, booking.person_id))
            return _give_back(turn.t, booking, reason, along=along)
        await turn.record(Kind.REASON_GIVEN, clinic_id=booking.clinic_id, detail=reason.value)
        stands = turn.t(
            "📅 Your time on <b>{moment}</b> is still yours. Perhaps this helps:",
            moment=turn.t.moment(booking.local),
        )
        return await remedy(turn, booking, reason, lead=stands)

    async def no_help(self, turn: Turn) -> Reply:
        """Give one of the team the task to help where nothing helped, also before the visit."""
        booking = await _own(turn)
        stands = booking is not None and may_change(booking, now=turn.now) is None
        if booking is None or not (stands or _was_not_kept(booking, turn)):
            return await visit_list.gone(turn)
        reason = reason_of(chosen.word(turn, 1)) or reason_of(booking.reason) or Reason.OTHER
        zone = booking.zone
        referral = await appointments.referral_for(turn.store, turn.known(), zone=zone, now=turn.now)
        need = nothing_helped(booking.id, reason.value, now=turn.now)
        await task_changes.ask(turn.store, referral, need, now=turn.now, zone=zone)
        await turn.record(Kind.NOTHING_HELPED, clinic_id=booking.clinic_id, detail=reason.value)
        t = turn.t
        return screen(
            t("🤝 Thank you for saying so. One of our team knows it now and will get in touch with you."),
            [
                [key(t.label("🤝 Talk to a person now"), Verb.TALK)],
                *(keep_keys(t, booking) if stands else [[new_time(t, booking)]]),
                [key(t.label("⬅️ Other reasons"), Verb.CANNOT, booking.id), home_key(t)],
            ],
        )

    async def _given_back(self, turn: Turn, booking: Booking, reason: Reason) -> Reply:
        if await appointments.cancel(turn.store, booking, by=turn.actor, now=turn.now):
            await bookings.change(turn.store, booking.id, reason=reason.value)
            await turn.record(Kind.CANCELLED, clinic_id=booking.clinic_id, detail=booking.advice)
        lead = turn.t("❌ Your time on {moment} is given back.", moment=turn.t.moment(booking.local))
        return await remedy(turn, replace(booking, cancelled_at=turn.now), reason, lead=lead)

    async def _say(self, turn: Turn, booking: Booking, said: Said) -> bool:
        return await absences.say(turn.store, booking, said, by=turn.actor, now=turn.now)

    async def _kindly(self, turn: Turn) -> str:
        kindly = turn.t("It happens. Nobody is angry with you. What was in the way?")
        return "\n\n".join(part for part in (await self._a_person_writes(turn), kindly) if part)

    async def _a_person_writes(self, turn: Turn) -> str:
        """Say that one of the team writes, after two visits in a row that were not kept; else nothing."""
        if not await absences.person_writes(turn.store, turn.known().id, now=turn.now):
            return ""
        return person_writes(turn.t)


def person_writes(t: Locale) -> str:
    """Say that one of the team writes now, HTML; it is also sent by itself, so it names nothing."""
    return t(
        "🤝 It did not work out twice. From here a person helps: one of our team will write to you. "
        "You can also choose a new time yourself."
    )


async def _own(turn: Turn) -> Booking | None:
    booking_id = chosen.number(turn, 0)
    if booking_id is None:
        return None
    return await bookings.lock_own(turn.store, booking_id, turn.known().id)


def _was_not_kept(booking: Booking, turn: Turn) -> bool:
    """Return whether there is a reason to ask for: given back with one, or over without having come."""
    if booking.cancelled_at is not None:
        return booking.reason is not None
    return booking.starts_at <= turn.now and booking.came_at is None


def _give_back(t: Locale, booking: Booking, reason: Reason, *, along: int) -> Reply:
    """Ask before the place is given back, and say that those of children who come `along` go with it."""
    ask = t(
        "❌ Give back your time on <b>{moment}</b>? Somebody else can then have it.",
        moment=t.moment(booking.local),
    )
    text = Html("\n".join(part for part in (ask, given_back(t, along)) if part))
    yes = key(t.label("❌ Yes, give it back"), Verb.CANNOT, booking.id, reason.value, "y")
    return screen(
        text,
        [
            [yes],
            [key(t.label("🔁 No, another time"), Verb.MOVE, booking.id)],
            [key(t.label("⬅️ Keep my time"), Verb.VISIT, booking.id)],
        ],
    )


def _thanks(t: Locale, booking: Booking) -> Reply:
    return screen(
        Html(t("👍 Well done. If you were asked to come again, or have a question, I am here.")),
        [
            [share_key(t)],
            [failed_key(t, booking)],
            [key(t.label("❓ Ask a question"), Verb.ASK)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )
