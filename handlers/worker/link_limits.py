"""Let a worker end a link: now, on a day, or when as many came as should."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from care.audit import Act, Deed
from care.booking import day_word, parse_day
from care.links import CAPS, UNDO, Closed, end_of, last_day, may_reopen
from care.outcomes import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.worker import link_screen
from handlers.worker.link_screen import Shown, not_here
from locales.catalogue import N_, Locale
from storage import audit, links
from storage.vault import Vault

NONE = "none"  # as the argument of a button: no date, no number
CHOOSE = "c"
DAYS = 18  # on one screen
FURTHEST = 365  # days ahead
_WORDS = (
    ("d", N_("The end of today")),
    ("w", N_("The end of this week")),
    ("m", N_("The end of this month")),
)


@dataclass(frozen=True, kw_only=True)
class LinkLimits:
    """What the buttons about the end of a link do."""

    username: str  # of the bot, without the @
    vault: Vault
    zone: ZoneInfo  # where a worker's own is not known

    async def date(self, turn: Turn) -> Reply:
        """Ask until when a link is open, and keep it."""
        shown, word = await self._there(turn), turn.press.word(1) if turn.press else None
        if shown is None:
            return await not_here(turn)
        today = turn.now.astimezone(shown.zone).date()
        day = last_day(word, today=today) if word else None
        day = day or parse_day(word)
        if day is not None and today <= day <= today + timedelta(days=FURTHEST):
            return await self._keep(turn, shown, "date", ends_at=end_of(day, shown.zone))
        if word == NONE:
            return await self._keep(turn, shown, "date", ends_at=None)
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        return _days(turn, shown, today) if word == CHOOSE else _ask_date(turn.t, shown)

    async def cap(self, turn: Turn) -> Reply:
        """Ask how many may come through a link, and keep it."""
        shown, word = await self._there(turn), turn.press.word(1) if turn.press else None
        if shown is None:
            return await not_here(turn)
        if word == NONE or word in {str(one) for one in CAPS}:
            return await self._keep(turn, shown, "cap", most_people=None if word == NONE else int(word or 0))
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        t, link_id = turn.t, shown.link.id
        keys = [key(str(one), Verb.LINK_CAP, link_id, one) for one in CAPS]
        none = key(t.label("♾ As many as come"), Verb.LINK_CAP, link_id, NONE)
        text = t("👥 How many people may come through it? The next ones are helped, too, but not as yours.")
        return screen(text, [*pairs(keys, 4), [none], [_back(t, shown), work_key(t)]])

    async def end(self, turn: Turn) -> Reply:
        """Ask, and end a link."""
        shown, t = await self._there(turn), turn.t
        if shown is None:
            return await not_here(turn)
        link = shown.link
        if turn.press is None or turn.press.word(1) != "y":
            await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
            text = t(
                "🛑 End the link <b>{name}</b> now?\n\nWhoever still has the poster or the card is helped, "
                "too, but does not come to you any more.",
                name=shown.name,
            )
            yes = key(t.label("🛑 Yes, end it"), Verb.LINK_END, link.id, "y")
            return screen(text, [[yes], [_back(t, shown), work_key(t)]])
        if await links.end(turn.store, link.id, now=turn.now):
            await turn.record(Kind.LINK_ENDED, role=turn.staff_actor(), link_id=link.id)
            await self._write(turn, link.id, Act.LINK_ENDED)
        lead = t("Ended. You can take it up again for {n} minutes.", n=int(UNDO.total_seconds() // 60))
        return await self._again(turn, lead)

    async def undo(self, turn: Turn) -> Reply:
        """Take a link up again that was ended a moment ago."""
        shown = await link_screen.own(turn, self.zone)
        if shown is None:
            return await not_here(turn)
        t, link = turn.t, shown.link
        if link.closed is not Closed.ENDED or not may_reopen(link, now=turn.now):
            await turn.record(Kind.REFUSED, detail="stale", role=turn.staff_actor())
            return link_screen.one(
                turn, shown, self.username, toast=t.label("This cannot be changed any more.")
            )
        await links.change(turn.store, link.id, ended_at=None)
        await turn.record(Kind.UNDONE, role=turn.staff_actor(), link_id=link.id, detail="link-ended")
        await self._write(turn, link.id, Act.LINK_MADE, detail="again")
        return await self._again(turn, t("↩️ The link is open again."))

    async def _there(self, turn: Turn) -> Shown | None:
        """Return the link that a button names, unless it was ended."""
        shown = await link_screen.own(turn, self.zone)
        return shown if shown and shown.link.closed not in {Closed.ENDED, Closed.LEFT} else None

    async def _keep(self, turn: Turn, shown: Shown, what: str, **values: object) -> Reply:
        await links.change(turn.store, shown.link.id, **values)
        await turn.record(Kind.LINK_CHANGED, role=turn.staff_actor(), link_id=shown.link.id, detail=what)
        return await self._again(turn, turn.t("✅ Kept."))

    async def _again(self, turn: Turn, lead: str) -> Reply:
        """Show the link as it is now."""
        shown = await link_screen.own(turn, self.zone)
        return link_screen.one(turn, shown, self.username, lead=lead) if shown else await not_here(turn)

    async def _write(self, turn: Turn, link_id: int, act: Act, *, detail: str | None = None) -> None:
        worker = turn.known().holds(Role.WORKER)
        deed = Deed(
            act=act,
            role=turn.staff_actor(),
            about="link",
            actor_id=worker.id if worker else None,
            about_id=link_id,
            detail=detail,
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)


def _ask_date(t: Locale, shown: Shown) -> Reply:
    link_id = shown.link.id
    rows = [
        *([key(t.label(label), Verb.LINK_DATE, link_id, word)] for word, label in _WORDS),
        [key(t.label("📅 Another day"), Verb.LINK_DATE, link_id, CHOOSE)],
        [key(t.label("♾ No end"), Verb.LINK_DATE, link_id, NONE)],
        [_back(t, shown), work_key(t)],
    ]
    return screen(t("📅 Until when is the link open?"), rows)


def _days(turn: Turn, shown: Shown, today: date) -> Reply:
    """Offer days, some on a page."""
    t, link_id = turn.t, shown.link.id
    page = min(max((turn.press.number(2) if turn.press else None) or 0, 0), (FURTHEST - 1) // DAYS)
    first = today + timedelta(days=page * DAYS)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    keys = [key(t.day(day), Verb.LINK_DATE, link_id, day_word(day)) for day in days]
    turns = [
        *([key(t.label("◀️ Before"), Verb.LINK_DATE, link_id, CHOOSE, page - 1)] if page else []),
        *(
            [key(t.label("More ▶️"), Verb.LINK_DATE, link_id, CHOOSE, page + 1)]
            if (page + 2) * DAYS <= FURTHEST
            else []
        ),
    ]
    back = key(t.label("⬅️ Back"), Verb.LINK_DATE, link_id)
    return screen(t("📅 Which is the last day?"), [*pairs(keys, 3), turns, [back, work_key(t)]])


def _back(t: Locale, shown: Shown) -> Key:
    return key(t.label("⬅️ Back"), Verb.LINK, shown.link.id)
