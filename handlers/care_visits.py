"""Let somebody note a visit, and remind them of it: a check, a refill, the doctor. Nobody else sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.absence import Said
from care.booking import to_local
from care.care_visits import DAYS_A_PAGE, FAR, HOURS, PAGES, CareVisit, What, may_say
from care.medicine_choices import read_day
from care.outcomes import Kind
from care.typed import asks_instead
from handlers import chosen
from handlers import location as asked_for
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.medicine_words import count, plan_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from locales.markup import html
from storage import care_visits, drafts, due

DRAFT = "care-day"  # storage.drafts: the person was asked to type the day of a visit
PAGE, DATE = "p", "date"
WHAT: Mapping[What, str] = {
    What.SAMPLE: N_("🧪 A check at the clinic"),
    What.REFILL: N_("📦 New pills"),
    What.DOCTOR: N_("🩺 The doctor"),
}
SAID: Mapping[Said, str] = {Said.WENT: N_("✅ went"), Said.MISSED: N_("➖ not yet")}


@dataclass(frozen=True, kw_only=True)
class CareVisits:
    """What 🗓 does beside a plan."""

    zone: ZoneInfo  # where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the visits ahead, and those of which nothing was said yet."""
        await count(turn, Kind.CARE_VISITS_SEEN)
        return await self._list(turn)

    async def _list(self, turn: Turn, *, lead: str = "", toast: str = "") -> Reply:
        t, person = turn.t, turn.known()
        late = await care_visits.not_said(turn.store, person.id, now=turn.now)
        ahead = await care_visits.ahead(turn.store, person.id, now=turn.now)
        head = (
            t("🗓 <b>My other visits</b>")
            if ahead or late
            else t(
                "🗓 <b>My other visits</b>\n\nShall I remind you of a visit? I write on the evening before "
                "and two hours before. Nobody else sees it. What is it?"
            )
        )
        noted = [
            [key(f"{t.label(WHAT[one.what])}: {_short(t, one)}", Verb.CARE_VISIT, one.id)]
            for one in (*late, *ahead)
        ]
        new = [
            [key(t.label("➕ {what}", what=t.label(label)), Verb.CARE_VISIT_NEW, what.value)]
            for what, label in WHAT.items()
        ]
        text = Html("\n\n".join(part for part in (lead, head) if part))
        return screen(text, [*noted, *new, [plan_key(t), home_key(t)]], toast=toast)

    async def visit(self, turn: Turn) -> Reply:
        """Show one visit."""
        visit = await self._own(turn)
        if visit is None:
            return await self._gone(turn)
        await count(turn, Kind.CARE_VISITS_SEEN)
        return _card(turn, visit)

    async def new(self, turn: Turn) -> Reply:
        """Ask for what, on which day and at which hour; then note it."""
        what = next((one for one in What if one.value == chosen.word(turn, 0)), None)
        if what is None:
            return await self.show(turn)
        t, zone = turn.t, await self._zone(turn)
        today, word = to_local(turn.now, zone).date(), chosen.word(turn, 1)
        if word == DATE:
            return await self._ask_date(turn, what)
        day = chosen.day(turn, 1)
        if day is None or not today <= day <= today + FAR:
            await count(turn, Kind.CARE_VISITS_SEEN)
            return _ask_day(t, what, today, page=chosen.page(turn, 2) if word == PAGE else 0)
        hour = chosen.number(turn, 2)
        if hour is None or hour not in HOURS or _at(day, hour) <= to_local(turn.now, zone):
            await count(turn, Kind.CARE_VISITS_SEEN)
            return _ask_hour(t, what, day, now=to_local(turn.now, zone))
        return await self._keep(turn, what, _at(day, hour), zone)

    async def _keep(self, turn: Turn, what: What, local: datetime, zone: str) -> Reply:
        person = turn.known()
        visit, is_new = await care_visits.add(turn.store, person.id, what, local, zone=zone, now=turn.now)
        t = turn.t
        if visit is None:
            await count(turn, Kind.REFUSED, detail="nobody")
            return await self._list(
                turn, lead=t("These are as many visits as I can note. Take one away first.")
            )
        if is_new:
            await count(turn, Kind.CARE_VISIT_PLANNED)
        return _card(turn, visit, lead=t("👌 I remind you."))

    async def _ask_date(self, turn: Turn, what: What) -> Reply:
        await drafts.put(turn.store, turn.known().id, DRAFT, {"what": what.value}, now=turn.now)
        await count(turn, Kind.CARE_VISITS_SEEN)
        t = turn.t
        back = key(t.label("⬅️ Back"), Verb.CARE_VISIT_NEW, what.value)
        return screen(t("📅 Write the day, like this: <b>25.12.2027</b>"), [[back, home_key(t)]])

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for the day of a visit where it was asked for; else leave it."""
        content = await asked_for.asked(turn, DRAFT)
        what = next((one for one in What if content and one.value == content.get("what")), None)
        if turn.person is None or what is None or asks_instead(turn.words):
            return None
        t, now = turn.t, to_local(turn.now, await self._zone(turn))
        day = read_day(turn.words, today=now.date())
        if day is None or not now.date() <= day <= now.date() + FAR:
            if turn.edited:
                return None
            await count(turn, Kind.REFUSED, detail="nobody")
            text = t("I need a day from today on, like this: <b>25.12.2027</b>. Please write it once more.")
            back = key(t.label("⬅️ Back"), Verb.CARE_VISIT_NEW, what.value)
            return screen(text, [[back, home_key(t)]])
        await drafts.drop(turn.store, turn.person.id, DRAFT)
        await count(turn, Kind.CARE_VISITS_SEEN)
        return _ask_hour(t, what, day, now=now)

    async def cancel(self, turn: Turn) -> Reply:
        """Ask, then remind of a visit no more."""
        visit = await self._own(turn)
        if visit is None:
            return await self._gone(turn)
        t = turn.t
        if chosen.word(turn, 1) != "y":
            await count(turn, Kind.CARE_VISITS_SEEN)
            text = t("🗑 Shall I not remind you of it any more?\n\n{visit}", visit=_long(t, visit))
            yes = key(t.label("🗑 Yes, take it away"), Verb.CARE_VISIT_CANCEL, visit.id, "y")
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.CARE_VISIT, visit.id), home_key(t)]])
        if await care_visits.cancel(turn.store, visit, now=turn.now):
            await count(turn, Kind.CARE_VISIT_CANCELLED)
        return await self._list(turn, toast=t.label("🗑 Taken away"))

    async def said(self, turn: Turn) -> Reply:
        """Keep whether somebody went; who did not is offered another day."""
        visit, word = await self._own(turn), chosen.word(turn, 1)
        if visit is None or word not in {"y", "n"} or not may_say(visit, now=turn.now):
            return await self._gone(turn)
        said, t = Said.WENT if word == "y" else Said.MISSED, turn.t
        if await care_visits.say(turn.store, visit, said, now=turn.now):
            await count(turn, Kind.CARE_VISIT_SAID, detail=said.value)
        if said is Said.WENT:
            return await self._list(turn, lead=t("👍 Well done! Shall I remind you of the next one?"))
        text = t("💛 It happens. A new day is soon chosen. Shall a person help you with it?")
        rows = [
            [key(t.label("📅 Another day"), Verb.CARE_VISIT_NEW, visit.what.value)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [key(t.label("⬅️ Back"), Verb.CARE_VISITS), home_key(t)],
        ]
        return screen(text, rows)

    async def _own(self, turn: Turn) -> CareVisit | None:
        visit_id = chosen.number(turn, 0)
        return await care_visits.own(turn.store, visit_id, turn.known().id) if visit_id is not None else None

    async def _gone(self, turn: Turn) -> Reply:
        await count(turn, Kind.REFUSED, detail="gone")
        return await self._list(turn, lead=turn.t("This is not here any more."))

    async def _zone(self, turn: Turn) -> str:
        return await due.zone_of(turn.store, turn.known().id) or self.zone.key


def _card(turn: Turn, visit: CareVisit, *, lead: str = "") -> Reply:
    t = turn.t
    rows: list[list[Key]] = []
    if may_say(visit, now=turn.now):
        rows.append(said_keys(t, visit))
    elif visit.starts_at > turn.now:
        rows.append([key(t.label("🗑 Take it away"), Verb.CARE_VISIT_CANCEL, visit.id)])
    said = t(SAID[visit.said]) if visit.said else ""
    text = Html("\n\n".join(part for part in (lead, _long(t, visit), said) if part))
    return screen(text, [*rows, [key(t.label("⬅️ Back"), Verb.CARE_VISITS), home_key(t)]])


def said_keys(t: Locale, visit: CareVisit) -> list[Key]:
    """Return the buttons that say whether somebody went."""
    return [
        key(t.label("✅ I went"), Verb.CARE_VISIT_SAID, visit.id, "y"),
        key(t.label("➖ Not yet"), Verb.CARE_VISIT_SAID, visit.id, "n"),
    ]


def _ask_day(t: Locale, what: What, today: date, *, page: int) -> Reply:
    page = min(page, PAGES - 1)
    days = [today + timedelta(days=page * DAYS_A_PAGE + number) for number in range(DAYS_A_PAGE)]
    keys = [
        key(t.relative_day(day, today=today), Verb.CARE_VISIT_NEW, what.value, f"{day:%Y%m%d}")
        for day in days
    ]
    turns = [
        *([key("◀️", Verb.CARE_VISIT_NEW, what.value, PAGE, page - 1)] if page else []),
        *([key("▶️", Verb.CARE_VISIT_NEW, what.value, PAGE, page + 1)] if page < PAGES - 1 else []),
    ]
    typed = key(t.label("📅 Write the day"), Verb.CARE_VISIT_NEW, what.value, DATE)
    text = t("{what}: <b>on which day?</b>", what=t.label(WHAT[what]))
    back = key(t.label("⬅️ Back"), Verb.CARE_VISITS)
    return screen(text, [*pairs(keys), turns, [typed], [back, home_key(t)]])


def _ask_hour(t: Locale, what: What, day: date, *, now: datetime) -> Reply:
    hours = [hour for hour in HOURS if _at(day, hour) > now]
    if not hours:
        return _ask_day(t, what, day + timedelta(days=1), page=0)
    keys = [key(t.time(time(hour)), Verb.CARE_VISIT_NEW, what.value, f"{day:%Y%m%d}", hour) for hour in hours]
    text = t("{what}\n<b>{day}: at which hour?</b>", what=t.label(WHAT[what]), day=t.long_day(day))
    back = key(t.label("⬅️ Back"), Verb.CARE_VISIT_NEW, what.value)
    return screen(text, [*pairs(keys, 4), [back, home_key(t)]])


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))


def _short(t: Locale, visit: CareVisit) -> str:
    return f"{t.day(visit.local.date())}, {t.time(visit.local)}"


def _long(t: Locale, visit: CareVisit) -> Html:
    what, moment = t.label(WHAT[visit.what]), t.moment(visit.local)
    return Html(f"<b>{html(what)}</b>\n📅 {html(moment)}")
