"""Decide what becomes of company to the clinic when its visit moves, or the clinic cancels it.

Who said yes is asked first whether the new time fits, and goes nowhere in between.
"""

from dataclasses import replace
from datetime import datetime

from care.company import TAKEN, UNANSWERED, Company, State, cancelled


def paused(company: Company, *, now: datetime) -> Company | None:
    """Return it as it waits for what becomes of a visit that the clinic cancelled; None when it is over.

    Who said yes is remembered in `offered_to`. What was begun and not sent off ends.
    """
    if company.ended_at is not None or company.state is State.BEGUN:
        return cancelled(company, now=now)
    return replace(
        company,
        state=State.PAUSED,
        staff_id=None,
        accepted_at=None,
        met_at=None,
        offered_to=company.staff_id if company.state in TAKEN else None,
        offered_at=None,
    )


def moved(company: Company, booking_id: int, *, now: datetime) -> Company:
    """Return it for the new time of the visit, or for the visit that stands for what the clinic cancelled.

    Who said yes is asked whether it fits, before anybody else. It is another question than before, so those
    who could not come at the old time may be asked again.
    """
    fresh = replace(company, booking_id=booking_id)
    if company.state not in UNANSWERED | {State.ACCEPTED, State.PAUSED}:
        return fresh
    first = company.offered_to if company.state is State.PAUSED else company.staff_id
    return replace(
        fresh,
        state=State.OFFERED if first is not None else State.ASKED,
        staff_id=None,
        accepted_at=None,
        offered_to=first,
        offered_at=now if first is not None else None,
        refused=(),
    )
