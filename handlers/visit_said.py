"""Write, for who wants to see all that is kept, what they said of a visit."""

from sqlalchemy import RowMapping

from care import plan as plans
from care.booking import to_local
from care.failures import failure_of
from handlers.clinic_failed import FAILURES
from handlers.plan_words import sentence
from handlers.reason_words import reason_name
from locales.catalogue import Locale


def said_of_visit(t: Locale, visit: RowMapping) -> list[str]:
    """Return the plan, what was in the way, and what was wrong there, plain; `visit` is a row of bookings."""
    plan, reason = plans.read(visit["plan"]), reason_name(t, visit["reason"])
    failure, said_at = failure_of(visit["failure"]), visit["failure_at"]
    wrong = t.label("wrong at the clinic: {what}", what=t.label(FAILURES[failure])) if failure else ""
    if wrong and said_at is not None:
        local = to_local(said_at, visit["zone"])
        wrong = t.label("{time}: {state}", time=t.moment(local), state=wrong)
    return [
        *([t.label("your plan: {plan}", plan=sentence(t, plan))] if plan else []),
        *([t.label("in the way: {reason}", reason=reason)] if reason else []),
        *([wrong] if wrong else []),
    ]
