"""Take somebody in who came without a booking: a language and a ticket, and nothing else about them."""

from dataclasses import dataclass

from care.invites import deep_link
from care.outcomes import Kind
from care.places import Use
from care.ticket import payload, ticket
from handlers import chosen
from handlers.buttons import Verb
from handlers.registrar.desk import choose, clinic_of, record
from handlers.roles import work_key
from handlers.screens import Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Locale, Words
from storage import register, walk_ins
from storage.people import random_id


@dataclass(frozen=True, kw_only=True)
class WalkIn:
    """What ➕ at the desk does."""

    words: Words
    username: str  # of the bot, without the @

    async def show(self, turn: Turn) -> Reply:
        """Ask for the language, then give a ticket whose code the person can scan from this screen."""
        clinic = await clinic_of(turn)
        if clinic is None:
            await turn.record(Kind.TODAY_SEEN, role=turn.staff_actor(), detail="walk-in")
            return await choose(turn, Verb.WALK_IN, head=turn.t("📋 Which clinic?"))
        locale, number = chosen.word(turn, 1), turn.press.number(2) if turn.press else None
        if locale is None or locale not in self.words or number is None or number <= 0:
            return await self._ask_language(turn, clinic.id)
        added = await walk_ins.add(
            turn.store, number, clinic_id=clinic.id, zone=clinic.timezone, locale=locale, now=turn.now
        )
        found = await register.lock(turn.store, number, [clinic.id])
        if found is None or found.use is not Use.WALK_IN:
            return await self._ask_language(turn, clinic.id)  # taken back, taken over, or no number of ours
        if added:
            await record(turn, found, Kind.WALKED_IN)
        else:
            await turn.record(Kind.TODAY_SEEN, role=turn.staff_actor(), detail="walk-in")
        return self._given(turn, clinic.id, number, locale)

    async def _ask_language(self, turn: Turn, clinic_id: int) -> Reply:
        await turn.record(Kind.TODAY_SEEN, role=turn.staff_actor(), detail="walk-in")
        t, number = turn.t, random_id()
        keys = [key(name, Verb.WALK_IN, clinic_id, code, number) for code, name in self.words.choices]
        text = t(
            "➕ <b>Somebody without a booking</b>\n\nWhich language do they speak? Do not ask for a name."
        )
        back = [key(t.label("⬅️ Back"), Verb.TODAY, clinic_id), work_key(t)]
        return screen(text, [*pairs(keys), back])

    def _given(self, turn: Turn, clinic_id: int, booking_id: int, locale: str) -> Reply:
        t, number = turn.t, ticket(booking_id)
        text = t(
            "✅ <b>Ticket {number}</b>\n\nShow the picture below to the person. "
            "With the camera of their phone they can keep this visit in their own chat.",
            number=number,
        )
        rows = [
            [key(t.label("↩️ Take back"), Verb.UNDO, booking_id)],
            [key(t.label("➕ The next one"), Verb.WALK_IN, clinic_id)],
            [key(t.label("📋 Today's list"), Verb.TODAY, clinic_id), work_key(t)],
        ]
        caption = _to_scan(self.words[locale], number)
        code = deep_link(self.username, payload(booking_id))
        return Reply(
            (Step(text=text, rows=frozen(rows)), Step(way=Way.QR, content=code, text=caption)),
        )


def _to_scan(t: Locale, number: str) -> str:
    """Say, HTML, what the picture on the desk's screen is for; in the language of who came."""
    return t("🎫 Ticket: <b>{number}</b>\n📷 Scan with the camera of your phone", number=number)
