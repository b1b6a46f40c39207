"""Let somebody plan how they will come: by what, from where, when they leave. It is theirs, and optional."""

from dataclasses import dataclass

from care import plan as plans
from care.booking import Booking, may_change, to_local
from care.outcomes import Kind
from care.plan import By, From
from handlers import chosen, own_visit, visit_list
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.plan_words import BY, FROM, line
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from storage import bookings

NONE = "x"


@dataclass(frozen=True, kw_only=True)
class PlanVisit:
    """What '✍️ Make a plan' does. Somebody else's visit is answered like one that is not there."""

    async def show(self, turn: Turn) -> Reply:
        """Ask by what, from where and when, one tap each; keep it, change it, or take it away."""
        booking_id = chosen.number(turn, 0)
        booking = (
            await bookings.lock_own(turn.store, booking_id, turn.known().id)
            if booking_id is not None
            else None
        )
        if booking is None or may_change(booking, now=turn.now) is not None:
            return await visit_list.gone(turn)
        by, start, minutes = chosen.word(turn, 1), chosen.word(turn, 2), chosen.number(turn, 3)
        if by == NONE:
            return await self._keep(turn, booking, None)
        plan = plans.made(by, start, minutes, booking.local)
        if plan is not None:
            return await self._keep(turn, booking, plan)
        await turn.record(Kind.PLAN_SEEN, clinic_id=booking.clinic_id)
        if by not in set(By):
            return _by(turn, booking)
        return (
            _from(turn, booking, By(by))
            if start not in set(From)
            else _at(turn, booking, By(by), From(start))
        )

    async def _keep(self, turn: Turn, booking: Booking, plan: plans.Plan | None) -> Reply:
        t = turn.t
        await bookings.change(turn.store, booking.id, plan=plan.words() if plan else None)
        await turn.record(Kind.PLANNED, clinic_id=booking.clinic_id, detail=plan.by.value if plan else "-")
        shown = await bookings.own(turn.store, booking.id, turn.known().id) or booking
        lead = t("👍 I remind you of your plan.") if plan else t("Your plan is taken away.")
        return await own_visit.shown(turn, shown, lead=lead)


def _by(turn: Turn, booking: Booking) -> Reply:
    t = turn.t
    keys = [key(t.label(label), Verb.PLAN, booking.id, by.value) for by, label in BY.items()]
    head = t("✍️ <b>How will you come?</b> I remind you of your plan.")
    text = "\n\n".join(part for part in (line(t, booking), head) if part)
    away = [key(t.label("🗑 No plan"), Verb.PLAN, booking.id, NONE)] if booking.plan else []
    return screen(text, [*pairs(keys), away, _back(turn, booking)])


def _from(turn: Turn, booking: Booking, by: By) -> Reply:
    t = turn.t
    keys = [key(t.label(label), Verb.PLAN, booking.id, by.value, one.value) for one, label in FROM.items()]
    back = key(t.label("⬅️ Back"), Verb.PLAN, booking.id)
    return screen(t("✍️ <b>From where?</b>"), [*pairs(keys), [back, home_key(t)]])


def _at(turn: Turn, booking: Booking, by: By, start: From) -> Reply:
    """Ask when they leave: only times that are not over, and not in the night."""
    t = turn.t
    times = plans.departures(booking.local, now=to_local(turn.now, booking.zone))
    back = [key(t.label("⬅️ Back"), Verb.PLAN, booking.id, by.value), home_key(t)]
    if not times:
        text = t("⏰ Your visit is at {time}: it is time to go.", time=t.time(booking.local))
        return screen(text, [_back(turn, booking)])
    keys = [
        key(f"🕐 {t.time(at)}", Verb.PLAN, booking.id, by.value, start.value, minutes)
        for minutes, at in reversed(times)
    ]
    text = t("✍️ Your visit is at {time}. <b>When do you leave?</b>", time=t.time(booking.local))
    return screen(text, [*pairs(keys), back])


def _back(turn: Turn, booking: Booking) -> list[Key]:
    t = turn.t
    return [key(t.label("⬅️ Back"), Verb.VISIT, booking.id), home_key(t)]
