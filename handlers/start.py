"""Begin: /start with and without a link's code, and a code typed by hand.

Some clients lose what stands behind `?start=`, so a card also carries a short code. Whoever guesses codes has
ten tries an hour. A person's first link is never overwritten; a second one is only counted.
"""

import re
from dataclasses import dataclass, replace

from care.claims import Kind as Good
from care.links import Link, Opening, opening, payload_in, short_code_in
from care.outcomes import Kind
from care.ticket import opened as ticket_in
from care.topics import TOPICS
from care.transfer import is_code as is_card
from handlers.attempts import ASKED_FOR, Attempts
from handlers.buttons import Press, Verb
from handlers.home import Home
from handlers.my_ticket import scanned
from handlers.newcomer import Newcomer
from handlers.registrar.desk import is_desk
from handlers.screens import Reply, Step, Way, key, screen
from handlers.strangers import Strangers
from handlers.turn import Conversation, Turn
from locales.catalogue import N_
from storage import brigades, claims, drafts, household, links, staff, transfers

_WORD = re.compile(r"[A-Za-z0-9_-]{4,64}")
DRAFT = "code"  # storage.drafts: the person was asked to type a code
VIA, UNKNOWN, THROTTLED = "via", "code", "wait"
_TICKETS = {Good.RECORD: Verb.CLAIM, Good.REMINDERS: Verb.FRIEND}
_NOTES = {
    UNKNOWN: N_("I do not know this code. That is all right: you can go on without it."),
    THROTTLED: N_("Too many wrong codes. Try again in an hour, or go on without a code."),
}


@dataclass(frozen=True, kw_only=True)
class Start:
    """What /start, 'I have a code' and a typed code do."""

    strangers: Strangers
    attempts: Attempts
    home: Home
    go_on: Conversation  # grants the wish that waits in `turn.press`; asks for language and consent first
    zone: str  # IANA name, where a worker's own is not known
    newcomer: Newcomer

    async def start(self, turn: Turn) -> Reply:
        """Greet; with a code, find out who sent them."""
        note = turn.press.word(0) if turn.press else None
        if note is None and turn.command is not None and turn.words:
            return await self._with_code(turn, turn.words)
        return await self._greet(turn, note or "")

    async def ask_code(self, turn: Turn) -> Reply:
        """Ask for the code on the card."""
        if turn.person is None:
            self.attempts.ask(turn.telegram_id, now=turn.now)
        else:
            await drafts.put(turn.store, turn.person.id, DRAFT, {}, now=turn.now)
        await turn.record(Kind.CODE_ASKED)
        t = turn.t
        return screen(
            t("🔑 Write the code from the card and send it to me.\n\nYou can go on without a code, too."),
            [[key(t.label("🏠 Home"), Verb.HOME)]],
        )

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for a code when there is a link with it or a code was asked for; else leave it."""
        asked = await self._was_asked(turn)
        code = payload_in(turn.words)
        pasted = code != turn.words.strip()
        if not (pasted or short_code_in(code) or (asked and _WORD.fullmatch(code))):
            return None
        if asked:
            return await self._with_code(turn, code)
        if self.attempts.spent(turn.telegram_id, now=turn.now):
            return None
        if await self._exists(turn, code):
            return await self._with_code(turn, code)
        self.attempts.miss(turn.telegram_id, now=turn.now)
        return None

    async def _with_code(self, turn: Turn, code: str) -> Reply:
        booking_id = ticket_in(payload_in(code))
        if booking_id is not None:
            return await self._with_ticket(turn, booking_id)
        opened = opening(payload_in(code), topics=TOPICS)
        if opened.topic is not None or not opened.code:
            return await self._from_card(turn, opened)
        if self.attempts.spent(turn.telegram_id, now=turn.now):
            await turn.record(Kind.REFUSED, detail="throttled")
            return await self._tell(turn, THROTTLED)
        if is_card(payload_in(code)):
            return await self._with_transfer(turn, payload_in(code))
        link = await links.by_code(turn.store, code, now=turn.now)
        if link is not None:
            return await self._through(turn, link)
        if await staff.open_invite(turn.store, code, now=turn.now) is not None:
            return await self.go_on(turn.pressing(Press(Verb.JOIN, (code,))))
        claim = await claims.by_code(turn.store, code, now=turn.now)
        if claim is not None:
            return await self.go_on(turn.pressing(Press(_TICKETS[claim.kind], (code,))))
        place = await brigades.by_code(turn.store, code)
        if place is not None:
            turn = await self._sent_by(turn, place.brigade.staff_id)
            return await self.go_on(turn.pressing(Press(Verb.BRIGADE_PLACE, (code,))))
        self.attempts.miss(turn.telegram_id, now=turn.now)
        await turn.record(Kind.REFUSED, detail="unknown-code")
        return await self._tell(turn, UNKNOWN)

    async def _with_ticket(self, turn: Turn, booking_id: int) -> Reply:
        """Go on with the code of a ticket: the desk scans as many as come; others are told nothing of it."""
        wish = await scanned(turn, booking_id)
        if wish is not None and (is_desk(turn) or not self.attempts.spent(turn.telegram_id, now=turn.now)):
            return await self.go_on(turn.pressing(wish))
        spent = self.attempts.spent(turn.telegram_id, now=turn.now)
        if not spent:
            self.attempts.miss(turn.telegram_id, now=turn.now)
        await turn.record(Kind.REFUSED, detail="throttled" if spent else "unknown-code")
        return await self._tell(turn, THROTTLED if spent else UNKNOWN)

    async def _with_transfer(self, turn: Turn, code: str) -> Reply:
        """Go on with the code of a transfer card, which says itself when it opens nothing."""
        if await transfers.by_code(turn.store, code) is None:
            self.attempts.miss(turn.telegram_id, now=turn.now)
        return await self.go_on(turn.pressing(Press(Verb.TRANSFER_OPEN, (code,))))

    async def _from_card(self, turn: Turn, opened: Opening) -> Reply:
        """Show the answer that the button of a card leads to; whose link it carries is counted before."""
        looks = bool(opened.code) and not self.attempts.spent(turn.telegram_id, now=turn.now)
        link = await links.by_full_code(turn.store, opened.code, now=turn.now) if looks else None
        if looks and link is None:
            self.attempts.miss(turn.telegram_id, now=turn.now)
        if link is not None:
            turn = await self._come_through(turn, link)
        if opened.topic is None:
            return await self._greet(turn, "")
        await turn.record(Kind.CARD_OPENED, detail=opened.topic)
        return await self.go_on(turn.pressing(Press(Verb.TOPIC, (opened.topic,))))

    async def _exists(self, turn: Turn, code: str) -> bool:
        booking_id = ticket_in(code)
        if booking_id is not None:
            return await scanned(turn, booking_id) is not None
        if is_card(code) or opening(code, topics=TOPICS).topic is not None:
            return True
        link = await links.by_code(turn.store, code, now=turn.now)
        if link is not None or await brigades.by_code(turn.store, code) is not None:
            return True
        return await staff.open_invite(turn.store, code, now=turn.now) is not None

    async def _through(self, turn: Turn, link: Link) -> Reply:
        """Greet who came through a link."""
        turn = await self._come_through(turn, link)
        return await self._tell(turn, VIA) if turn.person is None else await self.home.show(turn)

    async def _come_through(self, turn: Turn, link: Link) -> Turn:
        """Count who came through a link, and keep whose it is: in the buttons, or with the person."""
        await turn.record(
            Kind.LINK_OPENED,
            role=turn.staff_actor(),
            link_id=link.id,
            staff_id=link.staff_id,
            area_id=link.area_id,
            site_id=link.site_id,
        )
        if turn.person is None:
            self.attempts.answered(turn.telegram_id)
            if turn.link is None:
                self.strangers.note(turn.telegram_id, now=turn.now, link=link.code)
                turn = replace(turn, link=link.code)
            return turn
        await drafts.drop(turn.store, turn.person.id, DRAFT)
        if not turn.person.roles:
            await links.adopt(turn.store, turn.person.id, link, now=turn.now, zone=self.zone)
            await household.came_through(turn.store, turn.person.id, link)
        return turn

    async def _sent_by(self, turn: Turn, staff_id: int | None) -> Turn:
        """Let a stranger to whom a worker gave a place come through that worker's own link."""
        if staff_id is None or turn.person is not None:
            return turn
        own = await links.of_staff(turn.store, staff_id, now=turn.now)
        return await self._come_through(turn, own[0]) if own else turn

    async def _tell(self, turn: Turn, note: str) -> Reply:
        """Show a note above the home screen."""
        return await self._greet(turn.pressing(Press(Verb.START, (note,))), note)

    async def _greet(self, turn: Turn, note: str) -> Reply:
        """Show the home screen with what there is to say; the choice of language comes first."""
        if not turn.chosen:
            return await self.home.ask_language(turn)
        t = turn.t
        if note in _NOTES:
            return await self.home.below(turn, t(_NOTES[note]))
        if turn.person is not None:
            return await self.home.show(turn)
        link = await links.by_full_code(turn.store, turn.link, now=turn.now) if turn.link else None
        hello = t("👋 Hello! I am <b>Hamroh</b>. I help people who work far from home to stay healthy.")
        ask = t("Ask me anything in your own words. You need no name and no documents.")
        sent = await self.newcomer.who_sent(turn, link) if link else ()
        if all(step.way is Way.SEND for step in sent):
            lines = [hello, *(step.text for step in sent), ask]
            return await self.home.below(turn, "\n\n".join(lines))
        below = await self.home.below(turn, ask)
        buttons = (replace(step, way=Way.SEND) for step in below.steps)
        return replace(below, steps=(Step(text=hello), *sent, *buttons))

    async def _was_asked(self, turn: Turn) -> bool:
        if turn.person is None:
            return self.attempts.asked(turn.telegram_id, now=turn.now)
        draft = await drafts.get(turn.store, turn.person.id, DRAFT)
        return draft is not None and turn.now - draft.changed_at < ASKED_FOR
