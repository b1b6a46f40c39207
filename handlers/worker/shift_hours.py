"""Set the weekly hours of somebody of the team, day by day, by buttons."""

from dataclasses import dataclass
from datetime import time

from care.outcomes import Kind
from care.shift import Schedule, same_every_day, week, with_day
from handlers import chosen
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.worker.shift import Shift, back_key, hours_lines
from locales.catalogue import Html, Locale
from storage import shifts

BEGINS = range(6, 23)  # hours on the clock
LAST = 23
OFF, ALL = "off", "all"
WIDTH = 4


@dataclass(frozen=True, kw_only=True)
class ShiftHours:
    """What 🗓 and the days of the week do."""

    shift: Shift

    async def show(self, turn: Turn) -> Reply:
        """Show the week, a button for each day."""
        await turn.record(Kind.SHIFT_SEEN, role=turn.staff_actor())
        return await self._week(turn)

    async def day(self, turn: Turn) -> Reply:
        """Ask when a day begins, then when it ends, and keep it."""
        weekday, begin, end = (chosen.number(turn, place) for place in range(3))
        if weekday not in range(7) or weekday is None:
            return await self._week(turn)
        if chosen.word(turn, 1) == OFF:
            return await self._keep(turn, weekday, None)
        if begin not in BEGINS or begin is None:
            return await self._ask_begin(turn, weekday)
        if end is None or not begin < end <= LAST:
            return self._ask_end(turn.t, weekday, begin)
        return await self._keep(turn, weekday, (time(begin), time(end)))

    async def _ask_begin(self, turn: Turn, weekday: int) -> Reply:
        t, mine = turn.t, await self.shift.mine(turn)
        works = any(one.weekday == weekday for one in week(mine.schedule))
        keys = [key(t.time(time(hour)), Verb.SHIFT_DAY, weekday, hour) for hour in BEGINS]
        free = key(t.label("➖ I do not work on this day"), Verb.SHIFT_DAY, weekday, OFF)
        text = t("🗓 <b>{day}</b>: when do you begin?", day=t.formats.weekdays[weekday])
        return screen(text, [*pairs(keys, WIDTH), [free] if works else [], [_week_key(t)]])

    def _ask_end(self, t: Locale, weekday: int, begin: int) -> Reply:
        ends = [
            key(t.time(time(hour)), Verb.SHIFT_DAY, weekday, begin, hour)
            for hour in range(begin + 1, LAST + 1)
        ]
        day, begins = t.formats.weekdays[weekday], t.time(time(begin))
        text = t("🗓 <b>{day}</b>, from {begin}: until when?", day=day, begin=begins)
        back = key(t.label("⬅️ Back"), Verb.SHIFT_DAY, weekday)
        return screen(text, [*pairs(ends, WIDTH), [back]])

    async def _keep(self, turn: Turn, weekday: int, span: tuple[time, time] | None) -> Reply:
        t, mine = turn.t, await self.shift.mine(turn)
        every = span is not None and chosen.word(turn, 3) == ALL
        kept = with_day(mine.schedule, weekday, span)
        if every and span is not None:
            kept = same_every_day(mine.schedule, span)
        if not kept:
            toast = t.label("One day must stay. When you are not there at all, press “I am away”.")
            return await self._week(turn, toast=toast)
        await shifts.keep_week(turn.store, mine.ids, kept)
        await turn.record(Kind.SHIFT_CHANGED, detail="hours", role=turn.staff_actor())
        more = [] if every else _after(t, mine.schedule, weekday, span)
        return await self._week(turn, more=more, toast=t.label("👌 Kept."))

    async def _week(self, turn: Turn, *, more: list[list[Key]] | None = None, toast: str = "") -> Reply:
        t, mine = turn.t, await self.shift.mine(turn)
        working = {one.weekday for one in week(mine.schedule)}
        days = [
            key(f"{'✅' if day in working else '➖'} {name}", Verb.SHIFT_DAY, day)
            for day, name in enumerate(t.formats.weekdays)
        ]
        text = Html(
            "\n\n".join(
                [
                    t("🗓 <b>My hours</b>"),
                    hours_lines(t, mine.schedule),
                    t("Choose a day to change it. People hear from you in these hours."),
                ]
            )
        )
        return screen(text, [*(more or []), *pairs(days), [back_key(t), work_key(t)]], toast=toast)


def _after(t: Locale, before: Schedule, weekday: int, span: tuple[time, time] | None) -> list[list[Key]]:
    """Return what can follow a change: the same on every working day, or as it was."""
    rows = []
    if span is not None:
        hours = (span[0].hour, span[1].hour)
        same = t.label("📋 The same on every working day")
        rows.append([key(same, Verb.SHIFT_DAY, weekday, *hours, ALL)])
    old = [one for one in week(before) if one.weekday == weekday]
    if not old:
        rows.append([key(t.label("↩️ Undo"), Verb.SHIFT_DAY, weekday, OFF)])
    elif len(old) == 1 and not (old[0].starts.minute or old[0].ends.minute):
        was = (old[0].starts.hour, old[0].ends.hour)
        rows.append([key(t.label("↩️ Undo"), Verb.SHIFT_DAY, weekday, *was)])
    return rows


def _week_key(t: Locale) -> Key:
    return key(t.label("⬅️ Back"), Verb.SHIFT_HOURS)
