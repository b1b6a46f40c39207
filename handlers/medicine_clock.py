"""Let reminders come by the clock of where somebody is: that of a country, or the time they see now."""

from dataclasses import dataclass

from care.clocks import ASKED, COUNTRY_CLOCKS, clocks, shows_now
from care.medicine import DosePlan
from care.outcomes import Kind
from care.transfer import Country
from handlers import chosen
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine import Medicine
from handlers.medicine_screen import CLOCK, clock_key, clock_line
from handlers.medicine_words import back_key, count
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Html
from storage import due, medicine, transfers

WIDTH = 4


@dataclass(frozen=True, kw_only=True)
class MedicineClock:
    """What ✏️ and 🕐 do: what can be changed of a plan, and by which clock it comes."""

    plans: Medicine

    async def show(self, turn: Turn) -> Reply:
        """Show what can be changed; or ask what time it is where they are, and keep it."""
        if chosen.word(turn, 1) != CLOCK:
            return await self.plans.change(turn)
        plan = await self.plans.own(turn, lock=True)
        if plan is None:
            return await self.plans.gone(turn)
        number = chosen.number(turn, 2)
        if number is None or not 0 <= number < len(ASKED):
            await count(turn, Kind.MEDICINE_SEEN)
            return _ask(turn, plan)
        if shows_now(ASKED[number], turn.now) != shows_now(plan.zone, turn.now):
            plan = await medicine.change(turn.store, plan, now=turn.now, zone=ASKED[number])
            await count(turn, Kind.DOSE_PLAN_CHANGED, detail="clock")
        return await self.plans.plan(turn, plan, toast=turn.t.label("👌 Kept."))


def _ask(turn: Turn, plan: DosePlan) -> Reply:
    t = turn.t
    text = t("🕐 <b>What time is it with you now?</b>")
    keys = [
        key(t.time(shown), Verb.MEDICINE_CHANGE, plan.id, CLOCK, number) for number, shown in clocks(turn.now)
    ]
    rows = [*pairs(keys, WIDTH), [back_key(t), home_key(t)]]
    return screen(Html("\n\n".join([text, clock_line(t, plan, now=turn.now)])), rows)


async def after_arrival(turn: Turn, country: Country) -> tuple[str, list[Key]]:
    """Let a plan come by the clock of the country they are in now; return what to say, and to ask.

    Nothing is said to whoever has no plan, nor to the team.
    """
    if turn.behalf_of is not None:
        return "", []
    plan = await medicine.open_of(turn.store, turn.known().id)
    locked = await medicine.lock(turn.store, plan.id) if plan else None
    zone = COUNTRY_CLOCKS.get(country)
    if locked is None or country is Country.KZ:
        return "", []
    if zone is None:
        return clock_line(turn.t, locked, now=turn.now), [clock_key(turn.t, locked)]
    if zone != locked.zone:
        locked = await medicine.change(turn.store, locked, now=turn.now, zone=zone)
        await count(turn, Kind.DOSE_PLAN_CHANGED, detail="clock")
    return clock_line(turn.t, locked, now=turn.now), []


async def clock_now(turn: Turn, default: str) -> str:
    """Return the clock of where the sender is: where they have arrived, else their city's (IANA name)."""
    person_id = turn.known().id
    country = await transfers.arrived_in(turn.store, person_id)
    there = COUNTRY_CLOCKS.get(country) if country else None
    return there or await due.zone_of(turn.store, person_id) or default
