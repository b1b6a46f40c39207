"""Word somebody's own plan for a visit, for their screens and their reminders."""

from collections.abc import Mapping

from care.booking import Booking
from care.plan import By, From, Plan
from handlers.buttons import Verb
from handlers.screens import Key, key
from locales.catalogue import N_, Locale

BY: Mapping[By, str] = {  # buttons
    By.FOOT: N_("🚶 On foot"),
    By.BUS: N_("🚌 By bus"),
    By.CAR: N_("🚗 By car"),
    By.TAXI: N_("🚕 By taxi"),
    By.TOGETHER: N_("👥 With somebody"),
}
FROM: Mapping[From, str] = {  # buttons
    From.HOME: N_("🏠 From home"),
    From.WORK: N_("🏗 From work"),
    From.MARKET: N_("🛒 From the market"),
    From.OTHER: N_("📍 From elsewhere"),
}
COMING: Mapping[By, str] = {  # the plan in the person's own words
    By.FOOT: N_("🚶 I will walk: I leave at {time}, {start}."),
    By.BUS: N_("🚌 I will come by bus: I leave at {time}, {start}."),
    By.CAR: N_("🚗 I will come by car: I leave at {time}, {start}."),
    By.TAXI: N_("🚕 I will come by taxi: I leave at {time}, {start}."),
    By.TOGETHER: N_("👥 I will come with somebody: we leave at {time}, {start}."),
}
START: Mapping[From, str] = {
    From.HOME: N_("from home"),
    From.WORK: N_("from work"),
    From.MARKET: N_("from the market"),
    From.OTHER: N_("from where I am then"),
}


def sentence(t: Locale, plan: Plan) -> str:
    """Return a plan as the person would say it, plain."""
    return t.label(COMING[plan.by], time=t.time(plan.leaves), start=t.label(START[plan.start]))


def line(t: Locale, booking: Booking) -> str:
    """Return a line with the plan for a visit, HTML; empty when there is none."""
    return t("✍️ <b>Your plan</b>: {plan}", plan=sentence(t, booking.plan)) if booking.plan else ""


def plan_key(t: Locale, booking: Booking) -> Key:
    """Return the button that makes a plan, or changes it."""
    label = t.label("✍️ Change my plan") if booking.plan else t.label("✍️ Make a plan")
    return key(label, Verb.PLAN, booking.id)
