"""Decide what passes between a person and who answers them, who may take one more, and what waiting means.

Neither side learns the other's name, number or account. So nothing passes that carries them: a file has an
author, a device, a place; a forwarded message and a contact name somebody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care import talk
from care.message_kinds import Kind
from care.ownership import Colleague, Wish, choose, speaks
from care.reminders import Planned
from care.shift import Schedule, next_shift, on_shift
from care.symptoms import Advice
from care.tasks import STOPPING_TOPIC

MOST_OPEN = 8  # talks that one of the team has at a time; whoever comes then waits
ASLEEP = timedelta(days=2)  # a talk in which nobody wrote for so long takes nobody's place
LEFT = timedelta(days=30)  # a talk in which nobody wrote for so long is over
KEPT_AFTER = timedelta(hours=48)  # after the end: which message is which of the other side's
LATELY = timedelta(hours=1)  # since a person wrote: they are awake, and wait
PAUSE = timedelta(minutes=30)  # after it, a person is told again where their words go
AWAKE = timedelta(hours=12)  # words to nobody in particular go to the only talk if it is as fresh as this
CHOSEN_FOR = timedelta(hours=1)  # since the last words to whom a worker chose to write to
TYPICAL = timedelta(hours=6)  # of a talk, where too few are over to know
KNOWN_FROM = 5  # talks that are over: from here on their length says something
LONGEST_TEXT = 4000  # characters that pass in one message, so that a name in front still fits (Bot API: 4096)
LONGEST_CAPTION = 900  # likewise (Bot API: 1024)
ADVICE_FRESH = timedelta(days=2)
_URGENT_ADVICE = frozenset(one.name.lower() for one in (Advice.URGENT, Advice.RED))
DANGER_USEFUL = timedelta(hours=2)  # after that whoever is there sees it by what waits
TASK_WITHIN = timedelta(days=1)  # a coordinator finds a psychologist or a lawyer


class Side(StrEnum):
    """Who wrote."""

    PERSON = "person"
    STAFF = "staff"


class Tag(StrEnum):
    """Whose help is needed besides; also the kind of a coordinator's task."""

    PSYCHOLOGIST = "psychologist"
    LAWYER = "lawyer"


class Refusal(StrEnum):
    """Why a message does not pass."""

    FILE = "file"  # its name and what stands in it may tell who made it, with what and where
    RECORDING = "recording"  # likewise
    CONTACT = "contact"  # a name and a number
    FORWARDED = "forwarded"  # it names who wrote it first, and is not theirs to give
    KIND = "kind"  # nothing that helps anybody


PASSING = frozenset({"text", "voice", "video_note", "photo", "sticker", "location", "venue"})
"""Kinds of messages, in Telegram's words, that pass: Telegram itself made or re-encoded the file."""

_REFUSED: Mapping[str, Refusal] = {
    "document": Refusal.FILE,
    "animation": Refusal.FILE,
    "audio": Refusal.RECORDING,
    "video": Refusal.RECORDING,
    "contact": Refusal.CONTACT,
    "poll": Refusal.KIND,
    "dice": Refusal.KIND,
    "game": Refusal.KIND,
    "story": Refusal.KIND,
    "paid_media": Refusal.KIND,
    "checklist": Refusal.KIND,
    "invoice": Refusal.KIND,
    "giveaway": Refusal.KIND,
    "": Refusal.KIND,  # newer than we know
}


def refusal(sent: str, *, forwarded: bool = False) -> Refusal | None:
    """Return why a kind of message does not pass, or None when it does.

    Raises KeyError for what is no message of a person: Telegram's own notes. See `is_message`.
    """
    if sent in PASSING:
        return Refusal.FORWARDED if forwarded else None
    return _REFUSED[sent]


def is_message(sent: str) -> bool:
    """Return whether a person wrote or sent this kind; the rest is what Telegram says about a chat."""
    return sent in PASSING or sent in _REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A talk that goes on, as far as rules look at it."""

    id: int
    person_wrote_at: datetime | None = None  # aware, UTC
    staff_wrote_at: datetime | None = None  # aware, UTC
    opened_at: datetime  # aware, UTC

    @property
    def stirred_at(self) -> datetime:
        """When anybody wrote last, or asked."""
        return max(one for one in (self.opened_at, self.person_wrote_at, self.staff_wrote_at) if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """To whom a worker chose to write."""

    relay_id: int
    at: datetime  # aware, UTC: of the choice, or of the last words to them since


def addressed(talks: Sequence[Open], chosen: Chosen | None, *, now: datetime) -> int | None:
    """Return to which talk words go that answer no message, or None when the worker must say so.

    The chosen one, unless the choice is old or somebody else wrote since: what is typed may be for them. With
    nothing chosen the only one, while it is fresh.
    """
    if chosen is not None:
        others = [one for one in talks if one.id != chosen.relay_id]
        there = len(others) < len(talks)
        interrupted = any(one.person_wrote_at and one.person_wrote_at > chosen.at for one in others)
        return chosen.relay_id if there and not interrupted and now - chosen.at < CHOSEN_FOR else None
    fresh = len(talks) == 1 and now - talks[0].stirred_at < AWAKE
    return talks[0].id if fresh else None


def is_urgent(topic: str | None, advice: str | None, checked_at: datetime | None, *, now: datetime) -> bool:
    """Return whether somebody who asks for a person cannot wait for the hours of whose they are.

    They want to stop treatment, or their last check said 'today or tomorrow' within two days.
    """
    fresh = checked_at is not None and now - checked_at < ADVICE_FRESH
    return topic == STOPPING_TOPIC or (advice in _URGENT_ADVICE and fresh)


def answerer(team: Sequence[Colleague], wish: Wish, busy: Mapping[int, int]) -> Colleague | None:
    """Return who answers a person, as for a referral, or None when nobody has room for one more.

    Only those with fewer than `MOST_OPEN` talks (`busy`: staff id → talks) have room.
    """
    full = frozenset(staff_id for staff_id, talks in busy.items() if talks >= MOST_OPEN)
    found = choose(team, replace(wish, not_these=wish.not_these | full))
    return found[0] if found else None


def colleagues(
    team: Sequence[Colleague], *, not_this: int | None, person_id: int, locale: str
) -> list[Colleague]:
    """Return to whom a talk can be handed over, who is there first; nobody answers themselves."""
    able = [one for one in team if one.staff_id != not_this and one.person_id != person_id and not one.away]
    order = {
        one.staff_id: (not one.on_shift, not speaks(one.languages, locale), one.open_referrals, one.staff_id)
        for one in able
    }
    return sorted(able, key=lambda one: order[one.staff_id])


def promise(schedule: Schedule, *, now: datetime) -> datetime:
    """Return by when somebody with these hours answers (aware, UTC): within two hours of their work."""
    if on_shift(schedule, now=now) and on_shift(schedule, now=now + talk.WITHIN - timedelta(seconds=1)):
        return now + talk.WITHIN
    after = now + talk.WITHIN if on_shift(schedule, now=now) else now
    begins = next_shift(schedule, now=after)
    return begins + talk.WITHIN if begins else talk.promise(now, ZoneInfo(schedule.zone))


def wait(ahead: int, *, typical: timedelta = TYPICAL) -> timedelta:
    """Return how long who waits behind `ahead` others waits until somebody has room.

    With `MOST_OPEN` talks that take `typical` each, one ends every `typical / MOST_OPEN`.
    """
    return (ahead + 1) * typical / MOST_OPEN


def typical(lengths: Sequence[timedelta]) -> timedelta:
    """Return how long a talk takes: the median of those that are over, where enough are."""
    if len(lengths) < KNOWN_FROM:
        return TYPICAL
    return sorted(lengths)[len(lengths) // 2]


def waits_awake(wrote_at: datetime | None, *, now: datetime) -> bool:
    """Return whether a person wrote so lately that who answers now is told to them at any hour."""
    return wrote_at is not None and now - wrote_at < LATELY


def stands_in(team: Sequence[Colleague], wish: Wish, answers: int | None) -> Colleague | None:
    """Return who is told when a person may need help now; None: who answers is there, or nobody is.

    It is never somebody off shift: the cover first, then a coordinator, then anybody else who is there.
    """
    there = [one for one in team if one.on_shift and not one.away]
    if answers is None or all(one.staff_id != answers for one in there):
        found = choose(there, wish)
        return found[0] if found else None
    return None


def danger(relay_id: int, staff_person_id: int, *, now: datetime) -> Planned:
    """Tell somebody of the team that a person may need help now: at once, and at most once an hour."""
    return Planned(
        key=f"{Kind.TALK_DANGER}:{relay_id}:{staff_person_id}:{now.astimezone(UTC):%Y%m%d%H}",
        kind=Kind.TALK_DANGER,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + DANGER_USEFUL,
        params={"relay": relay_id, "urgent": 1},
    )


def says_where(before: datetime | None, *, now: datetime) -> bool:
    """Return whether a person is told where their words go: the first time, and after a pause."""
    return before is None or now - before >= PAUSE


def pieces(text: str, *, most: int = LONGEST_TEXT) -> list[str]:
    """Return a text in parts of at most `most` characters."""
    return [text[start : start + most] for start in range(0, len(text), most)] or [""]
