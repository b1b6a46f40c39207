"""Go home or move on: where to, when, what to do before; and say that one has left, or is staying."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from care.booking import day_word, to_local
from care.outcomes import Kind
from care.transfer import FARTHEST, GOALS, Country, Transfer, leaving_day
from handlers import chosen, transfer_plan
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.transfer_plan import plan_key
from handlers.transfer_words import COUNTRIES
from handlers.turn import Turn
from storage import due, moving_away, referrals, transfers

NEW, UNSURE, CHOOSE = "new", "unsure", "d"
DAYS_A_PAGE = 12


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What /leaving and its buttons do. A person has one journey at a time, so its buttons need no id."""

    zone: str  # IANA name, where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the journey, or ask where to and when."""
        country, when = country_in(chosen.word(turn, 0)), chosen.word(turn, 1)
        if country is None or country not in GOALS:
            known = await transfers.open_of(turn.store, turn.known().id)
            if known is None or chosen.word(turn, 0) == NEW:
                return await self._ask_where(turn, known)
            await turn.record(Kind.LEAVING_SEEN, detail="plan")
            return await transfer_plan.show(turn, known)
        zone = await zone_of(turn, self.zone)
        today = to_local(turn.now, zone).date()
        if when == CHOOSE:
            return await self._days(turn, country, today)
        leaves_on = leaving_day(when or "", today=today)
        if leaves_on is None and when != UNSURE:
            return await self._ask_when(turn, country)
        return await self._plan(turn, country, leaves_on, zone)

    async def left(self, turn: Turn) -> Reply:
        """Ask, and then let the episode here end: visits, tasks, company."""
        known, t = await transfers.open_of(turn.store, turn.known().id), turn.t
        if known is None:
            return await self._none(turn)
        if chosen.word(turn, 0) != "y":
            await turn.record(Kind.LEAVING_SEEN, detail="left")
            text = t(
                "🧳 Have you left, or are you leaving now? Then I cancel your visits here, and nobody here "
                "waits for you. Your card, your talk and the reminders that you asked for stay."
            )
            yes = key(t.label("🧳 Yes, I am leaving"), Verb.LEFT, "y")
            return screen(text, [[yes], [plan_key(t)]])
        await turn.record(Kind.LEFT, detail=known.country.value)
        await moving_away.leave(turn.store, turn.known().id, by=turn.actor, now=turn.now)
        lead = t("✈️ <b>Have a good journey.</b> Later I ask you whether you have arrived.")
        return await transfer_plan.show(turn, known, lead=lead)

    async def staying(self, turn: Turn) -> Reply:
        """Ask, and then end the journey and its card."""
        known, t = await transfers.open_of(turn.store, turn.known().id), turn.t
        if known is None:
            return await self._none(turn)
        if chosen.word(turn, 0) != "y":
            await turn.record(Kind.LEAVING_SEEN, detail="staying")
            text = t("🏠 Are you staying? Then your card opens nothing any more, and I do not ask about it.")
            yes = t.label("🏠 Yes, I am staying")
            if known.arrived:
                text = t(
                    "🏠 Are you here again? Then your card opens nothing any more, and I do not ask about it."
                )
                yes = t.label("🏠 Yes, I am here again")
            return screen(text, [[key(yes, Verb.STAYING, "y")], [plan_key(t)]])
        await end_here(turn, known)
        await turn.record(Kind.TRANSFER_ENDED, detail="staying")
        return stays(turn)

    async def _plan(self, turn: Turn, country: Country, leaves_on: date | None, zone: str) -> Reply:
        referral = await referrals.of(turn.store, turn.known().id)
        planned = await transfers.plan(
            turn.store,
            turn.known().id,
            country,
            leaves_on=leaves_on,
            referral_id=referral["id"] if referral else None,
            zone=zone,
            now=turn.now,
        )
        await turn.record(Kind.LEAVING_SET, detail=country.value)
        return await transfer_plan.show(turn, planned)

    async def _ask_where(self, turn: Turn, known: Transfer | None) -> Reply:
        await turn.record(Kind.LEAVING_SEEN, detail="goal")
        t = turn.t
        goals = [[key(t.label(COUNTRIES[one]), Verb.LEAVING, one.value)] for one in GOALS]
        back = [plan_key(t)] if known else []
        text = t("✈️ <b>Are you leaving?</b> Your treatment can travel with you.\n\nWhere are you going?")
        return screen(text, [*goals, back, [home_key(t)]])

    async def _ask_when(self, turn: Turn, country: Country) -> Reply:
        await turn.record(Kind.LEAVING_SEEN, detail="when")
        t, goes = turn.t, country.value
        return screen(
            t("✈️ <b>{country}</b>\n\nWhen are you leaving?", country=t(COUNTRIES[country])),
            [
                [key(t.label("📅 This week"), Verb.LEAVING, goes, "week")],
                [key(t.label("📅 In 2 weeks"), Verb.LEAVING, goes, "two")],
                [key(t.label("🗓 Another day"), Verb.LEAVING, goes, CHOOSE)],
                [key(t.label("❔ I do not know yet"), Verb.LEAVING, goes, UNSURE)],
                [key(t.label("⬅️ Back"), Verb.LEAVING, NEW), home_key(t)],
            ],
        )

    async def _days(self, turn: Turn, country: Country, today: date) -> Reply:
        await turn.record(Kind.LEAVING_SEEN, detail="when")
        t, goes = turn.t, country.value
        last_page = FARTHEST.days // DAYS_A_PAGE
        page = min(chosen.page(turn, 2), last_page)
        first = page * DAYS_A_PAGE
        shown = [today + timedelta(days=n) for n in range(first, min(first + DAYS_A_PAGE, FARTHEST.days + 1))]
        days = [key(t.relative_day(day, today=today), Verb.LEAVING, goes, day_word(day)) for day in shown]
        more: list[Key] = []
        if page:
            more.append(key(t.label("◀️ Earlier"), Verb.LEAVING, goes, CHOOSE, page - 1))
        if page < last_page:
            more.append(key(t.label("Later ▶️"), Verb.LEAVING, goes, CHOOSE, page + 1))
        back = key(t.label("⬅️ Back"), Verb.LEAVING, goes)
        text = t("✈️ <b>{country}</b>\n\nWhen are you leaving?", country=t(COUNTRIES[country]))
        return screen(text, [*pairs(days), more, [back, home_key(t)]])

    async def _none(self, turn: Turn) -> Reply:
        """Begin anew where a button is of a journey that is over."""
        shown = await self._ask_where(turn, None)
        return replace(shown, toast=turn.t.label("This button is old."))


async def end_here(turn: Turn, known: Transfer) -> None:
    """End a journey of somebody who is staying; what ended here when they said that they left goes on."""
    await transfers.end(turn.store, known.id, now=turn.now)
    # refused where nothing had ended, or the next episode has begun: they are here either way
    await moving_away.stay(turn.store, turn.known().id, by=turn.actor, now=turn.now)


def stays(turn: Turn) -> Reply:
    """Say that the bot is here for whoever stays."""
    t = turn.t
    return screen(
        t("🏠 Good. I am here for you as before."),
        [
            [key(t.label("📅 Book an examination"), Verb.BOOK)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )


def country_in(word: str | None) -> Country | None:
    """Return the country that a button names, or None."""
    return Country(word) if word in frozenset(Country) else None


async def zone_of(turn: Turn, default: str) -> str:
    """Return the IANA name of the zone where the person is."""
    return await due.zone_of(turn.store, turn.known().id) or default
