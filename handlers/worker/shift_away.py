"""Say that somebody of the team is away: their people go to whoever covers, and come back with them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from care.audit import Act, Deed
from care.outcomes import Kind
from care.ownership import Reason
from care.person import StaffMember
from care.shift import is_away
from handlers import chosen
from handlers.buttons import Verb
from handlers.roles import post
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.worker.shift import Mine, Shift, back_key
from locales.catalogue import Html, Locale
from storage import audit, handover, looking_after, ownership, shifts
from storage.vault import Vault

PAGE = 14  # days
PAGES = 6
LONGEST = timedelta(days=PAGE * PAGES)


@dataclass(frozen=True, kw_only=True)
class ShiftAway:
    """What 🏖 and 👋 do."""

    shift: Shift
    vault: Vault

    async def away(self, turn: Turn) -> Reply:
        """Ask until when, say who covers, and hand over after a second word."""
        mine = await self.shift.mine(turn)
        today = turn.now.astimezone(mine.zone).date()
        returns = _day_in(turn, today)
        if returns is None:
            await turn.record(Kind.SHIFT_SEEN, role=turn.staff_actor())
            page = chosen.word(turn, 0) or ""
            return _ask_day(turn.t, today, int(page[1:])) if page in _PAGES else _ask(turn.t, today)
        if chosen.word(turn, 1) != "y":
            return await self._sure(turn, mine, returns)
        return await self._go(turn, mine, returns)

    async def back(self, turn: Turn) -> Reply:
        """End the time away, and give the people back; pressed twice it changes nothing."""
        t, mine = turn.t, await self.shift.mine(turn)
        if not is_away(mine.schedule, now=turn.now):
            return await self.shift.own(turn)
        await shifts.keep_away(turn.store, mine.ids, None)
        people = 0
        for staff_id in mine.ids:
            moved = await handover.give_back(turn.store, staff_id, now=turn.now, zone=self.shift.zone.key)
            people += len(moved)
            await self._log(turn, Act.BACK, staff_id, str(len(moved)))
        await turn.record(Kind.SHIFT_CHANGED, detail="back", role=turn.staff_actor())
        toast = t.label("👋 Welcome back! People with you again: {n}", n=people)
        return await self.shift.own(turn, toast=toast)

    async def _sure(self, turn: Turn, mine: Mine, returns: date) -> Reply:
        """Say who would cover, and ask."""
        t, covers = turn.t, await self._covers(turn, mine)
        people = sum(covers.values())
        parts = [
            t("🏖 <b>You are away until {day}</b>", day=t.long_day(returns)),
            t("On that day you are there again. Until then nobody new comes to you."),
            await self._who(turn, covers) if people else t("Nobody is with you just now."),
            t("They are told. What is open goes along. When you are back, they return to you.")
            if people
            else "",
        ]
        yes = key(t.label("✅ Yes, I am away"), Verb.SHIFT_AWAY, f"{returns:%Y%m%d}", "y")
        back = key(t.label("⬅️ Back"), Verb.SHIFT_AWAY)
        return screen(Html("\n\n".join(part for part in parts if part)), [[yes], [back]])

    async def _covers(self, turn: Turn, mine: Mine) -> Mapping[int | None, int]:
        found: Counter[int | None] = Counter()
        for staff_id in mine.ids:
            found.update(
                await handover.preview(
                    turn.store, staff_id, reason=Reason.AWAY, now=turn.now, zone=self.shift.zone.key
                )
            )
        return found

    async def _who(self, turn: Turn, covers: Mapping[int | None, int]) -> str:
        """Write who takes how many people, most first."""
        t = turn.t
        known = await ownership.team(
            turn.store,
            now=turn.now,
            zone=self.shift.zone.key,
            staff_ids=[one for one in covers if one is not None],
        )
        lines = [t("Your people go to:")]
        for one in sorted(known, key=lambda one: (-covers[one.staff_id], one.staff_id)):
            member = StaffMember(id=one.staff_id, role=one.role, area_id=one.area_id)
            name = await looking_after.name_of(turn.store, self.vault, one.staff_id)
            who = ", ".join([*([name] if name else []), await post(turn.store, t, member)])
            lines.append(t("• {who}: {n}", who=who, n=covers[one.staff_id]))
        if covers.get(None):
            lines.append(t("• Nobody can take: {n}. Coordinators see them.", n=covers[None]))
        return Html("\n".join(lines))

    async def _go(self, turn: Turn, mine: Mine, returns: date) -> Reply:
        until = datetime.combine(returns, time(0), mine.zone).astimezone(UTC)
        await shifts.keep_away(turn.store, mine.ids, until)
        for staff_id in mine.ids:
            await self._log(turn, Act.AWAY, staff_id, returns.isoformat())
            moved = await handover.hand_over(
                turn.store, staff_id, reason=Reason.AWAY, now=turn.now, zone=self.shift.zone.key
            )
            for cover in sorted({one.to_staff_id for one in moved if one.to_staff_id is not None}):
                await self._log(turn, Act.HANDED_OVER, staff_id, str(cover))
        await turn.record(Kind.SHIFT_CHANGED, detail="away", role=turn.staff_actor())
        toast = turn.t.label("🏖 Have a good rest. Colleagues look after your people.")
        return await self.shift.own(turn, toast=toast)

    async def _log(self, turn: Turn, act: Act, staff_id: int, detail: str) -> None:
        deed = Deed(
            act=act,
            role=turn.staff_actor(),
            about="staff",
            actor_id=staff_id,
            about_id=staff_id,
            detail=detail,
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)


_PAGES = frozenset(f"p{number}" for number in range(PAGES))


def _day_in(turn: Turn, today: date) -> date | None:
    """Return the first day back, when it is one that can be."""
    returns = chosen.day(turn, 0)
    return returns if returns is not None and today < returns <= today + LONGEST else None


def _away_key(label: str, returns: date) -> Key:
    return key(label, Verb.SHIFT_AWAY, f"{returns:%Y%m%d}")


def _ask(t: Locale, today: date) -> Reply:
    spans = (
        (t.label("🏖 Until tomorrow"), 1),
        (t.label("🏖 3 days"), 3),
        (t.label("🏖 1 week"), 7),
        (t.label("🏖 2 weeks"), 14),
    )
    keys = [_away_key(label, today + timedelta(days=days)) for label, days in spans]
    choose = key(t.label("📅 Choose a day"), Verb.SHIFT_AWAY, "p0")
    text = t("🏖 <b>I am away</b>\n\nFor how long? Your people go to colleagues meanwhile.")
    return screen(text, [*pairs(keys), [choose], [back_key(t)]])


def _ask_day(t: Locale, today: date, page: int) -> Reply:
    first = 1 + page * PAGE
    days = [today + timedelta(days=number) for number in range(first, first + PAGE)]
    keys = [_away_key(t.day(day), day) for day in days]
    turns = [
        *([key(t.label("◀️ Earlier"), Verb.SHIFT_AWAY, f"p{page - 1}")] if page else []),
        *([key(t.label("Later ▶️"), Verb.SHIFT_AWAY, f"p{page + 1}")] if page + 1 < PAGES else []),
    ]
    text = t("📅 On which day are you there again?")
    return screen(text, [*pairs(keys), turns, [key(t.label("⬅️ Back"), Verb.SHIFT_AWAY)]])
