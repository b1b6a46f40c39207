"""Show the home screen: everything the bot can do, in big clear buttons."""

from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from handlers.buttons import Verb
from handlers.medicine_words import plan_key
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Conversation, Turn
from storage import bookings, directory, medicine

FREE = "free-examination"  # care.topics.PROMISES: said only where the programme confirmed it


@dataclass(frozen=True, kw_only=True)
class Home:
    """What 🏠 does, and what is shown where a button leads nowhere any more."""

    ask_language: Conversation

    async def show(self, turn: Turn) -> Reply:
        """Show the home screen."""
        return await self.below(turn, turn.t("How can I help you?"))

    async def below(self, turn: Turn, text: str, *, toast: str = "") -> Reply:
        """Show the buttons of the home screen under a text."""
        await turn.record(Kind.HOME_SEEN)
        return screen(text, await self.rows(turn), toast=toast)

    async def stale(self, turn: Turn) -> Reply:
        """Lead whoever pressed an old, foreign or forged button to the present screen."""
        if not turn.chosen:
            return await self.ask_language(turn)
        if turn.press is None:
            return await self.show(turn)
        await turn.record(Kind.REFUSED, detail="stale")
        t = turn.t
        return await self.below(turn, t("How can I help you?"), toast=t.label("This button is old."))

    async def unknown_command(self, turn: Turn) -> Reply:
        """Say that there is no such command, and what there is."""
        await turn.record(Kind.NOT_UNDERSTOOD, detail="command")
        return await self.below(
            turn, turn.t("I do not know this command. Choose a button, or write a question.")
        )

    async def rows(self, turn: Turn) -> list[list[Key]]:
        """Return the buttons that this person has."""
        t = turn.t
        staff = turn.person is not None and bool(turn.person.roles)
        wants_code = turn.person is None and turn.link is None
        return [
            [key(t.label("❓ Ask a question"), Verb.ASK)],
            [key(t.label("🩺 Check symptoms"), Verb.CHECK)],
            [key(await self._book(turn), Verb.BOOK)],
            [key(t.label("📍 Clinics"), Verb.CLINICS), key(await self._visits(turn), Verb.VISITS)],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [plan_key(t)] if await self._has_plan(turn) else [],
            [key(t.label("🌐 Language"), Verb.LANGUAGES), key(t.label("🔒 Privacy"), Verb.PRIVACY)],
            [
                key(t.label("❔ Help"), Verb.HELP),
                *([key(t.label("🔑 I have a code"), Verb.CODE)] if wants_code else []),
                *([key(t.label("➕ New place"), Verb.PLACE)] if turn.person is not None else []),
            ],
            [work_key(t)] if staff else [],
        ]

    async def _has_plan(self, turn: Turn) -> bool:
        """Return whether somebody has a plan of their own; not on the phone of who acts for them."""
        if turn.person is None or turn.behalf_of is not None:
            return False
        return await medicine.open_of(turn.store, turn.person.id) is not None

    async def _book(self, turn: Turn) -> str:
        programme = await directory.programme(turn.store)
        if programme is not None and FREE in programme.promises:
            return turn.t.label("📅 Book a free examination")
        return turn.t.label("📅 Book an examination")

    async def _visits(self, turn: Turn) -> str:
        ahead = await bookings.upcoming(turn.store, turn.person.id, now=turn.now) if turn.person else ()
        if not ahead:
            return turn.t.label("🗓 My visits")
        zone: tzinfo = ZoneInfo(ahead[0].zone)
        today = turn.now.astimezone(zone).date()
        return turn.t.label("🗓 My visits: {day}", day=turn.t.relative_day(ahead[0].local.date(), today=today))
