"""Plan the messages about company to the clinic: offers, reminders of who comes along, news to the person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from care.company import Company, Trip
from care.message_kinds import Kind
from care.reminders import SOONEST, Planned, Visit, is_quiet, visit_eve, visit_soon

NEWS_USEFUL = timedelta(days=1)


def offer_key(company_id: int, staff_id: int) -> str:
    """Return the key of the message that asks somebody to come along."""
    return f"{Kind.COMPANY_OFFER}:{company_id}:{staff_id}"


def offer(
    company: Company, trip: Trip, staff_id: int, person_id: int, *, moved: bool, now: datetime
) -> Planned:
    """Ask somebody of the team (`person_id`) whether they come along; `moved`: to the new time."""
    return Planned(
        key=offer_key(company.id, staff_id),
        again=True,
        kind=Kind.COMPANY_OFFER,
        person_id=person_id,
        due_at=now,
        useful_until=trip.starts_at,
        params={"company": company.id, "moved": int(moved)},
    )


def reminder_keys(company_id: int, staff_id: int) -> tuple[str, str]:
    """Return the keys of the reminders of who comes along."""
    return (
        f"{Kind.COMPANY_EVE}:{company_id}:{staff_id}",
        f"{Kind.COMPANY_SOON}:{company_id}:{staff_id}",
    )


def reminders(
    company: Company, trip: Trip, staff_id: int, person_id: int, *, now: datetime
) -> Sequence[Planned]:
    """Remind who comes along at 18:00 the evening before and two hours before; not within an hour of yes."""
    visit = Visit(
        booking_id=company.booking_id, person_id=person_id, starts_at=trip.starts_at, zone=trip.zone
    )
    kinds = (Kind.COMPANY_EVE, Kind.COMPANY_SOON)
    planned = [
        replace(rule(visit), key=key, kind=kind, again=True, params={"company": company.id})
        for rule, kind, key in zip(
            (visit_eve, visit_soon), kinds, reminder_keys(company.id, staff_id), strict=True
        )
    ]
    return [one for one in planned if one.due_at >= now + SOONEST and not is_quiet(one.due_at, trip.zone)]


def news(company: Company, trip: Trip, *, now: datetime, gone: bool = False) -> Planned:
    """Tell the person how it stands now; `gone`: who said yes cannot come, and others are asked."""
    word = "gone" if gone else company.state.value
    return Planned(
        key=f"{Kind.COMPANY_NEWS}:{company.id}:{word}:{company.staff_id or 0}",
        again=True,
        kind=Kind.COMPANY_NEWS,
        person_id=company.person_id,
        due_at=now,
        useful_until=max(trip.starts_at, now + timedelta(hours=1)),
        params={"company": company.id, "state": word},
    )


def needed(company: Company, trip: Trip, person_id: int, *, now: datetime) -> Planned:
    """Tell a coordinator (`person_id`) that everybody was asked and nobody can."""
    return Planned(
        key=f"{Kind.COMPANY_NEEDED}:{company.id}:{person_id}",
        again=True,
        kind=Kind.COMPANY_NEEDED,
        person_id=person_id,
        due_at=now,
        useful_until=trip.starts_at,
        params={"company": company.id},
    )


def called_off(
    company: Company, trip: Trip, start: str, person_id: int, *, about: int | None, now: datetime
) -> Planned:
    """Tell who would have come along that they need not: at `start`, as buttons carry it.

    It stands on its own, since what it is about may be deleted by then; `about` is the person, unless they
    are forgotten.
    """
    return Planned(
        key=f"{Kind.COMPANY_OFF}:{company.id}:{person_id}",
        again=True,
        kind=Kind.COMPANY_OFF,
        person_id=person_id,
        due_at=now,
        useful_until=max(trip.starts_at, now + NEWS_USEFUL),
        params={"start": start, **({"about": about} if about is not None else {})},
    )
