"""Wait for what was asked for no longer than its screen is there: a name, notes, a photo, a place.

Whoever presses another button has left the screen that asked; what they write next is a question again, or
goes to whom they talk to, and is never taken for a name that others read.
"""

from dataclasses import dataclass, replace

from handlers import location
from handlers.buttons import Press, Verb
from handlers.clinician.results import DRAFT as RESULT_NUMBER
from handlers.clinics import NEAR
from handlers.medicine_table import DRAFTS
from handlers.pins import Pins
from handlers.place import DRAFT as NEW_PLACE
from handlers.place import NAME_DRAFT
from handlers.screens import Reply, Way
from handlers.transfer_typed import DRAFT as CARD_FIELD
from handlers.turn import Conversation, Turn
from handlers.worker import card, link_new, lone, sites
from storage import drafts

WORDS = DRAFTS | frozenset(
    {sites.TEXT_DRAFT, NAME_DRAFT, RESULT_NUMBER, CARD_FIELD, link_new.DRAFT, *card.DRAFTS.values()}
)
PLACES = {  # what a location was asked for, and the screen that asked
    NEAR: Verb.CLINICS,
    NEW_PLACE: Verb.PLACE,
    sites.NEAR_DRAFT: Verb.SITES,
    lone.DRAFT: Verb.LONE,
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What people are asked to write or to send, and how they get out of it."""

    pins: Pins
    go_on: Conversation  # answers a wish

    async def give_up(self, turn: Turn) -> None:
        """Wait for no words, photo or voice any more: another button was pressed."""
        self.pins.stop(turn.telegram_id)
        if turn.person is not None:
            await drafts.drop_any(turn.store, turn.person.id, WORDS)

    async def declined(self, turn: Turn) -> Reply | None:
        """Lead back whoever presses ✖️ in place of sending a location; None where none was asked for."""
        if turn.edited or turn.words != location.no(turn.t):
            return None
        verb = await self._back(turn)
        if verb is None:
            return None
        shown = await self.go_on(turn.pressing(Press(verb)))
        steps = (replace(step, way=Way.SEND) if step.way is Way.SHOW else step for step in shown.steps)
        return replace(shown, steps=(location.thanks(turn.t("👌 Without a place, then.")), *steps))

    async def _back(self, turn: Turn) -> Verb | None:
        if turn.person is None:
            return Verb.CLINICS  # of strangers nothing is kept, and they are asked for nothing else
        for draft, verb in PLACES.items():
            found = await location.asked(turn, draft)
            if found is not None:
                await drafts.drop(turn.store, turn.person.id, draft)
                return Verb.SITE_VISIT if found.get("for") == sites.VISIT else verb
        return None
