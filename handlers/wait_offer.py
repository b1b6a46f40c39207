"""Answer an offered place: take it, beside one's visits or instead of one, or let it go to the next."""

from dataclasses import dataclass

from care.booking import MOST_UPCOMING, Booking, Refusal, may_change
from care.outcomes import Kind
from care.places import Use
from care.waiting_list import Wait, instead_of, let_go
from handlers import book, chosen, visit_card, wait
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from handlers.wait_words import visits_key, wait_key
from locales.catalogue import Locale
from storage import bookings, directory, places, wait_taking, waits
from storage.places import Kept

MOVE, BOTH = "m", "k"


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What ✅ and ✖️ below an offer do. Somebody else's offer is answered like one that is over."""

    async def take(self, turn: Turn) -> Reply:
        """Make the place the person's visit; who has a later one says whether it moves or stays."""
        found = await self._kept(turn)
        if found is None:
            return await self._late(turn)
        waiting, kept = found
        ahead = await bookings.upcoming(turn.store, turn.known().id, now=turn.now)
        other, must = instead_of(ahead, kept, most=MOST_UPCOMING)
        answer = chosen.word(turn, 1)
        if other is not None and (answer not in {MOVE, BOTH} or (must and answer == BOTH)):
            await turn.record(Kind.WAIT_SEEN, clinic_id=kept.clinic_id)
            return _ask(turn.t, kept, other, must=must)
        instead = await self._movable(turn, other) if other is not None and answer == MOVE else None
        return await self._taken(turn, waiting, kept, instead)

    async def let(self, turn: Turn) -> Reply:
        """Let the place go: the next is asked at once, and the person keeps their turn."""
        found = await self._kept(turn)
        if found is None:
            return await self._late(turn)
        waiting, kept = found
        after = let_go(waiting, kept)
        if not await wait_taking.let_go(turn.store, after, kept, now=turn.now):
            return await self._late(turn)
        await turn.record(Kind.WAIT_DECLINED, clinic_id=kept.clinic_id)
        return await wait.standing(turn, after, lead=turn.t("👌 Somebody else can have it. I go on looking."))

    async def _taken(self, turn: Turn, waiting: Wait, kept: Kept, instead: Booking | None) -> Reply:
        taken = await wait_taking.take(
            turn.store, turn.known(), waiting, kept, instead=instead, by=turn.actor, now=turn.now
        )
        if isinstance(taken, Refusal):
            return await self._late(turn)
        clinic = await directory.clinic(turn.store, taken.clinic_id, also_retired=True)
        detail = "moved" if instead is not None else "new"
        await turn.record(Kind.WAIT_TAKEN, clinic_id=taken.clinic_id, detail=detail)
        booked = Kind.MOVED if instead is not None else Kind.BOOKED
        await turn.record(booked, clinic_id=taken.clinic_id, detail=taken.advice)
        await book.finish(turn)
        lead = turn.t("✅ <b>You are booked</b>") if instead is None else turn.t("✅ <b>Your new time</b>")
        asks = instead is None and taken.advice in visit_card.CHILD_ASKED
        return visit_card.visit(turn.t, taken, clinic, now=turn.now, lead=lead, asks_child=asks)

    async def _kept(self, turn: Turn) -> tuple[Wait, Kept] | None:
        """Return the place that the button is about, if it is offered to this person now."""
        booking_id = chosen.number(turn, 0)
        waiting = await waits.of(turn.store, turn.known().id)
        if booking_id is None or waiting is None or waiting.offered != booking_id:
            return None
        kept = await places.by_id(turn.store, booking_id, Use.WAIT, waiting.id)
        return (waiting, kept) if kept is not None and kept.starts_at > turn.now else None

    async def _movable(self, turn: Turn, other: Booking) -> Booking | None:
        locked = await bookings.lock_own(turn.store, other.id, turn.known().id)
        return locked if locked is not None and may_change(locked, now=turn.now) is None else None

    async def _late(self, turn: Turn) -> Reply:
        """Say kindly that it is too late and what is free now; who took the place sees their visit."""
        person, t = turn.known(), turn.t
        own = await bookings.own(turn.store, chosen.number(turn, 0) or 0, person.id)
        if own is not None and own.cancelled_at is None:
            await turn.record(Kind.VISITS_SEEN, clinic_id=own.clinic_id)
            clinic = await directory.clinic(turn.store, own.clinic_id, also_retired=True)
            return visit_card.visit(t, own, clinic, now=turn.now)
        await turn.record(Kind.REFUSED, detail="gone")
        waiting = await waits.of(turn.store, person.id)
        rows, free = await wait.free_now(turn)
        said = [
            t("🙏 This place is not kept for you any more."),
            t("You stay on the list. I go on looking.") if waiting is not None else "",
            t("These are free now:") if free else "",
        ]
        again = key(t.label("🔔 What I wait for"), Verb.WAIT) if waiting else wait_key(t)
        return screen(
            "\n\n".join(part for part in said if part), [*rows, [again], [visits_key(t), home_key(t)]]
        )


def _ask(t: Locale, kept: Kept, other: Booking, *, must: bool) -> Reply:
    """Ask what becomes of the visit that the person has."""
    text = t(
        "You have a visit on {moment}. The free place is on {free}.",
        moment=t.moment(other.local),
        free=t.moment(kept.local),
    )
    both = [key(t.label("➕ Keep both"), Verb.WAIT_TAKE, kept.id, BOTH)]
    return screen(
        text,
        [
            [key(t.label("🔁 Move my visit to the free place"), Verb.WAIT_TAKE, kept.id, MOVE)],
            [] if must else both,
            [key(t.label("✖️ Not this one"), Verb.WAIT_LET, kept.id)],
        ],
    )
