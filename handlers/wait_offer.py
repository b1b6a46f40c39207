"""Answer an offered place: take it, beside one's visits or instead of one, or let it go to the next."""

from dataclasses import dataclass

from care.booking import MOST_UPCOMING, Booking, Refusal, may_change
from care.outcomes import Kind
from care.places import Use
from care.waiting_list import Wait, instead_of, let_go
from handlers import book, chosen, own_visit, visit_card, wait
from handlers.buttons import Verb
from handlers.children import left_behind, would_be_left
from handlers.clinic_card import home_key
from handlers.company_words import asked_again
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from handlers.wait_words import visits_key, wait_key
from locales.catalogue import Html, Locale
from storage import bookings, children, places, wait_taking, waits
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
            left = await children.left_if_moved(turn.store, other, kept.clinic_id, kept.local, kept=True)
            return _ask(turn.t, kept, other, must=must, warning=would_be_left(turn.t, left))
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
        came = 0
        if instead is not None:
            came = len(await children.of(turn.store, instead.id, instead.person_id))
            came += await children.lost_with(turn.store, instead.id)
        taken = await wait_taking.take(
            turn.store, turn.known(), waiting, kept, instead=instead, by=turn.actor, now=turn.now
        )
        if isinstance(taken, Refusal):
            return await self._late(turn)
        detail = "moved" if instead is not None else "new"
        await turn.record(Kind.WAIT_TAKEN, clinic_id=taken.clinic_id, detail=detail)
        booked = Kind.MOVED if instead is not None else Kind.BOOKED
        await turn.record(booked, clinic_id=taken.clinic_id, detail=taken.advice)
        await book.finish(turn)
        t, known = turn.t, await children.of(turn.store, taken.id, taken.person_id)
        lost = await children.left_by_loss(turn.store, taken.id) if instead is None else came - len(known)
        lead = t("✅ <b>You are booked</b>") if instead is None else t("✅ <b>Your new time</b>")
        lead = Html(lead + await asked_again(turn.store, t, taken))
        asks = instead is None and taken.advice in visit_card.CHILD_ASKED
        return await own_visit.shown(turn, taken, lead=lead, left=left_behind(t, lost), asks_child=asks)

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
            return await own_visit.shown(turn, own)
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


def _ask(t: Locale, kept: Kept, other: Booking, *, must: bool, warning: str) -> Reply:
    """Ask what becomes of the visit that the person has; `warning` (HTML) is said of moving it."""
    text = t(
        "You have a visit on {moment}. The free place is on {free}.",
        moment=t.moment(other.local),
        free=t.moment(kept.local),
    )
    both = [key(t.label("➕ Keep both"), Verb.WAIT_TAKE, kept.id, BOTH)]
    return screen(
        Html("\n\n".join(part for part in (text, warning) if part)),
        [
            [key(t.label("🔁 Move my visit to the free place"), Verb.WAIT_TAKE, kept.id, MOVE)],
            [] if must else both,
            [key(t.label("✖️ Not this one"), Verb.WAIT_LET, kept.id)],
        ],
    )
