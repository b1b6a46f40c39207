"""Plan what somebody is told of a result: that there is something, how to get it, and how things are after.

The same messages at the same hours whatever the result is.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.message_kinds import Kind
from care.reminders import Planned, local_minute, next_allowed
from care.results import AGAIN_AFTER, Examination

AFTER_AT = time(11)  # local, on the day after
USEFUL = timedelta(days=5)


def ready(one: Examination, *, zone: str, now: datetime) -> tuple[Planned, ...]:
    """Tell somebody that the clinic has something for them: by day, and once more after two days.

    Nothing where nobody is told. `zone` is the clinic's.
    """
    first = next_allowed(now, zone)
    again = next_allowed(first + AGAIN_AFTER, zone)
    return (
        *_planned(Kind.RESULT_READY, one, first, until=again, zone=zone),
        *_planned(Kind.RESULT_AGAIN, one, again, until=again + USEFUL, zone=zone),
    )


def not_yet(one: Examination, *, zone: str, now: datetime) -> tuple[Planned, ...]:
    """Tell somebody who was told that it is ready not to come: it is not, and they are told when it is."""
    at = next_allowed(now, zone)
    return _planned(Kind.RESULT_NOT_YET, one, at, until=at + USEFUL, zone=zone)


def after(one: Examination, *, zone: str, now: datetime) -> tuple[Planned, ...]:
    """Ask on the day after somebody has their result whether there is something to do for them or theirs."""
    clock = ZoneInfo(zone)
    day = now.astimezone(clock).date() + timedelta(days=1)
    at = datetime.combine(day, AFTER_AT, clock).astimezone(UTC)
    return _planned(Kind.AFTER_RESULT, one, at, until=at + USEFUL, zone=zone)


def keys(one: Examination) -> tuple[str, ...]:
    """Return the keys of the messages that say that there is a result: ready, again, and the day after."""
    return tuple(_key(kind, one) for kind in (Kind.RESULT_READY, Kind.RESULT_AGAIN, Kind.AFTER_RESULT))


def not_yet_key(one: Examination) -> str:
    """Return the key of the message not to come: it stays when more of the visit is taken back."""
    return _key(Kind.RESULT_NOT_YET, one)


def _planned(
    kind: Kind, one: Examination, at: datetime, *, until: datetime, zone: str
) -> tuple[Planned, ...]:
    if one.person_id is None:
        return ()
    message = Planned(
        key=_key(kind, one),
        again=True,
        kind=kind,
        person_id=one.person_id,
        due_at=at,
        useful_until=until,
        local_due=local_minute(at, zone),
        zone=zone,
        booking_id=one.booking_id,
        params={"examination": one.id},
    )
    return (message,)


def _key(kind: Kind, one: Examination) -> str:
    return f"{kind}:{one.booking_id if kind is Kind.RESULT_NOT_YET else one.id}"
