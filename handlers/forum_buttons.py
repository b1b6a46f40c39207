"""Let colleagues press in a topic of their group what they press in private: need, hand over, end."""

from dataclasses import dataclass, replace

from care.person import pseudonym
from care.relay import Tag
from handlers.answering import Answering
from handlers.buttons import Verb
from handlers.relay_screens import NEW
from handlers.screens import Reply, Way, key, screen
from handlers.turn import Turn
from handlers.worker.relay_hand import RelayHand
from handlers.worker.relays import Relays, ended_by_team, rows_of_talk
from storage import relays
from storage.relays import Relay

_HERE = frozenset({Verb.RELAY, Verb.RELAY_TAG, Verb.RELAY_HAND, Verb.RELAY_END})


@dataclass(frozen=True, kw_only=True)
class TopicButtons:
    """What the buttons in a topic do, for whoever of the team presses them there."""

    answering: Answering
    listed: Relays
    hand: RelayHand

    async def pressed(self, turn: Turn, relay: Relay) -> Reply | None:
        """Do what was pressed, when it is about the talk of this topic; else None."""
        press, t = turn.press, turn.t
        if press is None or press.verb not in _HERE or press.number(0) != relay.id:
            return None
        if relay.closed_at is not None:
            return Reply((), toast=t.label("✅ The talk is over."))
        if press.verb is Verb.RELAY_HAND:
            return await self.hand.hand_on(turn, relay)
        if press.verb is Verb.RELAY_END:
            return await self._end(turn, relay)
        tag = next((one for one in Tag if one.value == press.word(1)), None)
        if press.verb is Verb.RELAY_TAG and tag is not None:
            toast = await self.listed.need(turn, relay, tag)
            return self._menu(turn, await relays.by_id(turn.store, relay.id) or relay, toast=toast)
        shown = self._menu(turn, relay)
        if press.word(1) != NEW:
            return shown
        return replace(shown, steps=tuple(replace(step, way=Way.SEND) for step in shown.steps))

    def _menu(self, turn: Turn, relay: Relay, *, toast: str = "") -> Reply:
        t = turn.t
        text = t("💬 The talk with <b>{name}</b>", name=pseudonym(relay.person_id))
        return screen(text, rows_of_talk(t, relay), toast=toast)

    async def _end(self, turn: Turn, relay: Relay) -> Reply:
        """Ask, then end the talk; the person is told."""
        t = turn.t
        if turn.press is None or turn.press.word(1) != "y":
            text = t("End this talk? The person is told, and asked whether it helped.")
            yes = key(t.label("✅ Yes, end it"), Verb.RELAY_END, relay.id, "y")
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.RELAY, relay.id)]])
        told = await ended_by_team(turn, self.answering, relay)
        return Reply((*screen(t("✅ The talk is over.")).steps, *told))
