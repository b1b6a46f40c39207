"""Say when somebody of the team is there: weekly hours, 'I am here', and what decides who comes to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.ownership import language_of
from care.shift import Schedule, is_away, next_shift, runs, there_until
from handlers import chosen
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale, Words
from storage import ownership, shifts
from storage.shifts import Said

HERE = (1, 2, 4)  # hours
GENDERS = {"f": N_("woman"), "m": N_("man")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """The hours of whoever pressed."""

    ids: list[int]  # staff ids: the same hours hold in all roles
    schedule: Schedule

    @property
    def zone(self) -> ZoneInfo:
        """The clock on which the hours hold."""
        return ZoneInfo(self.schedule.zone)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What /shift does, and 'I am here'."""

    words: Words
    zone: ZoneInfo  # where a worker's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show when one is there, and what can be changed."""
        await turn.record(Kind.SHIFT_SEEN, role=turn.staff_actor())
        return await self.own(turn)

    async def here(self, turn: Turn) -> Reply:
        """Ask for how long, or keep it; 0 takes it back."""
        t, hours, mine = turn.t, chosen.number(turn, 0), await self.mine(turn)
        if is_away(mine.schedule, now=turn.now):
            return await self.own(turn, toast=t.label("You are away. Press “I am back” first."))
        if hours is None or hours not in (0, *HERE):
            await turn.record(Kind.SHIFT_SEEN, role=turn.staff_actor())
            return self._ask_how_long(t)
        until = turn.now + timedelta(hours=hours) if hours else None
        await shifts.keep_here(turn.store, mine.ids, until)
        await turn.record(Kind.SHIFT_CHANGED, detail="here" if hours else "gone", role=turn.staff_actor())
        return await self.own(turn, toast=t.label("👌 Kept."))

    async def mine(self, turn: Turn) -> Mine:
        """Return the hours of whoever pressed."""
        ids = shifts.helping(turn.known().roles)
        schedules = await ownership.schedules_of(turn.store, zone=self.zone.key, staff_ids=ids)
        return Mine(ids=ids, schedule=schedules[ids[0]])

    async def own(self, turn: Turn, *, toast: str = "") -> Reply:
        """Return the screen with everything that holds now."""
        t, mine = turn.t, await self.mine(turn)
        said = await shifts.said(turn.store, mine.ids[0])
        tongues = [self.words[code].name for code in languages(self.words) if code in spoken(said, t)]
        who = t(GENDERS[said.gender]) if said.gender in GENDERS else t("not said")
        parts = [
            t("🕐 <b>When I am there</b>"),
            _now(t, mine, now=turn.now),
            Html("\n".join([hours_lines(t, mine.schedule), _outside(t)])),
            "\n".join(
                [
                    t("🗣 I speak: {languages}", languages=t.listing(tongues)),
                    t("👤 Woman or man: {who}", who=who),
                ]
            ),
        ]
        text = Html("\n\n".join(part for part in parts if part))
        return screen(text, [*_presence(t, mine, now=turn.now), *_settings(t)], toast=toast)

    def _ask_how_long(self, t: Locale) -> Reply:
        keys = [key(f"🙋 {t.duration(60 * hours)}", Verb.SHIFT_HERE, hours) for hours in HERE]
        text = t("🙋 For how long are you here? People then get an answer from you now.")
        return screen(text, [keys, [back_key(t)]])


def back_key(t: Locale) -> Key:
    """Return the button to the hours."""
    return key(t.label("⬅️ Back"), Verb.SHIFT)


def local_moment(t: Locale, moment: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Write a moment as "today, 18:00" on the clock of `zone`."""
    local = moment.astimezone(zone)
    day = t.relative_day(local.date(), today=now.astimezone(zone).date())
    return t("{day}, {time}", day=day, time=t.time(local))


def languages(words: Words) -> list[str]:
    """Return the languages that can be spoken, by code: one language may be written in several scripts."""
    return [code for code in words if language_of(code) == code]


def spoken(said: Said, t: Locale) -> frozenset[str]:
    """Return what somebody speaks; who said nothing speaks the language of their screens."""
    return frozenset(language_of(code) for code in said.languages or {t.code})


def hours_lines(t: Locale, schedule: Schedule) -> str:
    """Write the weekly hours, a line for days in a row with the same ones."""
    names = t.formats.weekdays
    lines = []
    for first, last, spans in runs(schedule):
        days = names[first] if first == last else t("{first} – {last}", first=names[first], last=names[last])
        hours = ", ".join(f"{t.time(begin)}–{t.time(end)}" for begin, end in spans)
        lines.append(t("{day}: {hours}", day=days, hours=hours))
    return Html("\n".join(lines))


def _outside(t: Locale) -> str:
    return t("Outside these hours people are told when you are there again. Urgent things go to colleagues.")


def _now(t: Locale, mine: Mine, *, now: datetime) -> str:
    schedule = mine.schedule
    if schedule.away_until is not None and is_away(schedule, now=now):
        day = t.long_day(schedule.away_until.astimezone(mine.zone).date())
        return t("🏖 You are away until {day}. Colleagues look after your people.", day=day)
    until = there_until(schedule, now=now)
    if until is not None:
        return t("🟢 You are there until {moment}.", moment=local_moment(t, until, mine.zone, now=now))
    begins = next_shift(schedule, now=now)
    if begins is None:
        return t("⚪️ You are not there now.")
    moment = local_moment(t, begins, mine.zone, now=now)
    return t("⚪️ You are not there now. You are there again {moment}.", moment=moment)


def _presence(t: Locale, mine: Mine, *, now: datetime) -> list[list[Key]]:
    """Return the buttons for now: back, or here and away."""
    away = key(t.label("🏖 I am away until …"), Verb.SHIFT_AWAY)
    if is_away(mine.schedule, now=now):
        return [
            [key(t.label("👋 I am back"), Verb.SHIFT_BACK)],
            [key(t.label("🏖 Another day"), Verb.SHIFT_AWAY)],
        ]
    here = mine.schedule.here_until
    if here is not None and now < here:
        return [[key(t.label("✖️ Only in my hours"), Verb.SHIFT_HERE, 0)], [away]]
    return [[key(t.label("🙋 I am here until …"), Verb.SHIFT_HERE)], [away]]


def _settings(t: Locale) -> list[list[Key]]:
    return [
        [key(t.label("🗓 My hours"), Verb.SHIFT_HOURS)],
        [key(t.label("🗣 Languages, woman or man"), Verb.SHIFT_ME)],
        [work_key(t)],
    ]
