"""Ask for the hours and the days of a plan: by buttons, or an hour typed as any other.

What was chosen so far travels in the buttons; while an hour is asked for, it waits in a draft as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from care.medicine_choices import HOURS, MOST_TIMES, may_add, read_time, read_times, read_weekdays, written
from care.outcomes import Kind
from care.typed import asks_instead
from handlers import chosen
from handlers import location as asked_for
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine_words import back_key, count, hour_label
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import drafts

DRAFT = "dose-hour"  # storage.drafts: an hour may be typed
WIDTH = 4
DONE, EVERY_DAY = "e", "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Which button leads on, and what stands before the choices: nothing, or the plan that is changed."""

    verb: Verb
    before: tuple[int, ...] = ()

    def key(self, label: str, *args: str | int) -> Key:
        """Return the button that brings these choices."""
        return key(label, self.verb, *self.before, *args)


NEW = Steps(verb=Verb.MEDICINE_NEW)


def changing(plan_id: int) -> Steps:
    """Return the steps that change when the reminders of a plan come."""
    return Steps(verb=Verb.MEDICINE_HOURS, before=(plan_id,))


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen: hours and days of the week; none of it while something is asked."""

    times: tuple[time, ...]
    days: tuple[int, ...]


async def choices(turn: Turn, steps: Steps) -> Choices | Reply | None:
    """Read how often, at which hours and on which days, or return what is to be asked next.

    None: not even how often.
    """
    after = len(steps.before)
    often = chosen.number(turn, after)
    if often is None or not 1 <= often <= MOST_TIMES:
        return None
    times = read_times(chosen.word(turn, after + 1)) or ()
    if len(times) != often:
        return await _ask_hour(turn, steps, often, times if len(times) < often else ())
    days, done = chosen.word(turn, after + 2), chosen.word(turn, after + 3)
    weekdays = read_weekdays(days)
    if weekdays is None or done is None:
        return _ask_days(turn.t, steps, args(times, ())[:2], weekdays or ())
    return Choices(times, weekdays)


def args(times: Sequence[time], days: Sequence[int]) -> tuple[int, str, str]:
    """Return how buttons name the hours and days that were chosen."""
    named = "".join(str(day) for day in days) or EVERY_DAY
    return len(times), written(times), named


def ask_times(t: Locale, steps: Steps) -> Reply:
    """Ask how many times a day."""
    return screen(t("🕗 <b>How many times a day?</b>"), [*often_keys(t, steps), [back_key(t), home_key(t)]])


def often_keys(t: Locale, steps: Steps) -> list[list[Key]]:
    """Return the buttons for how many times a day."""
    return pairs(
        [steps.key(t.many("{n} time", "{n} times", n), n) for n in range(1, MOST_TIMES + 1)], WIDTH // 2
    )


async def typed(turn: Turn) -> Reply | None:
    """Take a text for an hour where one was asked for; else leave it."""
    content = await asked_for.asked(turn, DRAFT)
    if turn.person is None or content is None or turn.edited or asks_instead(turn.words):
        return None
    steps, often, times = _kept(content)
    hour, t = read_time(turn.words), turn.t
    if hour is None or not may_add(times, hour):
        await count(turn, Kind.REFUSED, detail="nobody")
        text = t(
            "I need an hour, like this: <b>7:30</b>, at least half an hour away from the others. "
            "Please write it once more."
        )
        return screen(text, [[back_key(t), home_key(t)]])
    await count(turn, Kind.MEDICINE_SEEN)
    together = tuple(sorted((*times, hour)))
    if len(together) < often:
        return await _ask_hour(turn, steps, often, together)
    await drafts.drop(turn.store, turn.person.id, DRAFT)
    return _ask_days(t, steps, args(together, ())[:2], ())


def _kept(content: Mapping[str, Any]) -> tuple[Steps, int, tuple[time, ...]]:
    plan_id = content.get("plan")
    steps = changing(plan_id) if plan_id is not None else NEW
    return steps, int(content["often"]), read_times(content.get("times")) or ()


async def _ask_hour(turn: Turn, steps: Steps, often: int, times: Sequence[time]) -> Reply:
    """Ask for one more hour; one of the night may be chosen, and is marked."""
    t = turn.t
    kept = {"often": often, "times": written(times), **({"plan": steps.before[0]} if steps.before else {})}
    await drafts.put(turn.store, turn.known().id, DRAFT, kept, now=turn.now)
    keys = [
        steps.key(hour_label(t, hour), often, written(sorted((*times, hour))))
        for hour in map(time, HOURS)
        if may_add(times, hour)
    ]
    asked = (
        t("🕗 <b>At which hour?</b>")
        if often == 1
        else t("🕗 <b>Hour {n} of {all}</b>", n=len(times) + 1, all=often)
    )
    parts = [asked, t("✍️ Another one? Write it, like this: <b>7:30</b>"), night(t)]
    return screen(Html("\n\n".join(parts)), [*pairs(keys, WIDTH), [back_key(t), home_key(t)]])


def night(t: Locale) -> str:
    """Say what 🌙 means."""
    return t("🌙 is the night: I write then, too, because you chose it.")


def _ask_days(t: Locale, steps: Steps, before: Sequence[str | int], days: Sequence[int]) -> Reply:
    every = steps.key(t.label("📆 Every day"), *before, EVERY_DAY, DONE)
    keys = []
    for day, name in enumerate(t.formats.weekdays):
        others = sorted({day} ^ set(days))
        named = "".join(str(one) for one in others) or "-"
        keys.append(steps.key(f"{'✅' if day in days else '➖'} {name}", *before, named))
    done = steps.key(t.label("👌 These days"), *before, "".join(str(day) for day in days), DONE)
    text = t("📆 <b>On which days?</b>")
    return screen(text, [[every], *pairs(keys), [done] if days else [], [back_key(t), home_key(t)]])
