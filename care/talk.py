"""Decide by when somebody who asked for a person hears from one, and when that person is told.

Outreach workers work from 09:00 to 21:00 in the time of the city. Whoever asks in these hours is answered
within two hours, and whoever asks outside them by 11:00 of the next working time.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.message_kinds import Kind
from care.reminders import Planned

OPENS = time(9, 0)  # local
CLOSES = time(21, 0)  # local
WITHIN = timedelta(hours=2)
NOTICE_USEFUL_FOR = timedelta(days=3)  # after that the task list still shows it
WAITS_FOR_WORDS = timedelta(minutes=2)  # before staff are told of a request: the first words may come instead
_DIGITS = range(7, 16)  # of a number that can be called (ITU-T E.164: 15 at most)


def phone_in(shared: str) -> str | None:
    """Return a shared number as it is dialled, "+77011234567", or None when it cannot be one.

    Telegram writes it with or without the plus, always with the code of the country.
    """
    digits = "".join(character for character in shared if character in "0123456789")
    return f"+{digits}" if len(digits) in _DIGITS else None


def notice_key(task_id: int) -> str:
    """Return the key of the notice about a request, to plan and to cancel it with."""
    return f"{Kind.TALK}:{task_id}"


def notice(task_id: int, to: int, *, promised_at: datetime, at: datetime) -> Planned:
    """Tell the person `to`, who answers, at `at` that somebody asked for them."""
    return Planned(
        key=notice_key(task_id),
        again=True,
        kind=Kind.TALK,
        person_id=to,
        due_at=at,
        useful_until=promised_at + NOTICE_USEFUL_FOR,
        params={"task": task_id},
    )


def topic(relay_id: int, task_id: int, to: int, *, promised_at: datetime, now: datetime) -> Planned:
    """Make the topic of a talk that began without a message of the person, in the group of `to`, at once."""
    return Planned(
        key=f"{Kind.TALK}:topic:{relay_id}",
        kind=Kind.TALK,
        person_id=to,
        due_at=now,
        useful_until=promised_at + NOTICE_USEFUL_FOR,
        params={"task": task_id, "topic": relay_id, "urgent": 1},
    )


def no_topic(choice: int, staff_person_id: int, *, now: datetime) -> Planned:
    """Tell who chose a staff group that no topic can be made there: once for each `choice`, an audit row."""
    return Planned(
        key=f"{Kind.NO_TOPIC}:{choice}:{staff_person_id}",
        kind=Kind.NO_TOPIC,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + NOTICE_USEFUL_FOR,
    )


def promise(now: datetime, zone: ZoneInfo) -> datetime:
    """Return by when a person is answered (aware, UTC): within two hours, when these are working hours.

    Whoever asks so late that two hours do not fit is answered by 11:00 of the next day.
    """
    local = now.astimezone(zone)
    opens, closes = _at(local, OPENS), _at(local, CLOSES)
    if local < opens:
        promised = opens + WITHIN
    elif local + WITHIN <= closes:
        promised = local + WITHIN
    else:
        promised = _at(local + timedelta(days=1), OPENS) + WITHIN
    return promised.astimezone(now.tzinfo)


def notice_at(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when staff are told (aware, UTC): now, or when their day begins."""
    local = now.astimezone(zone)
    if local.time() < OPENS:
        return _at(local, OPENS).astimezone(now.tzinfo)
    if local.time() >= CLOSES:
        return _at(local + timedelta(days=1), OPENS).astimezone(now.tzinfo)
    return now


def _at(local: datetime, hour: time) -> datetime:
    return local.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0, fold=0)
