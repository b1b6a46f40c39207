"""Hand a talk over to a colleague: who is there comes first, and the person is told who answers now."""

from dataclasses import dataclass

from care.audit import Act, Deed
from care.outcomes import Kind
from care.ownership import Colleague
from care.person import pseudonym
from care.relay import colleagues
from handlers.answering import Answering
from handlers.buttons import Verb
from handlers.coordinator.team_words import called
from handlers.roles import place_name, role_name
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.worker.relays import introduced_to
from handlers.worker.replies import Replies, staff_ids
from storage import audit, ownership, people, relays, team
from storage.relays import Relay

PAGE = 6  # colleagues on one screen
HERE, AWAY = "🟢", "⚪"  # on shift, or not


@dataclass(frozen=True, kw_only=True)
class RelayHand:
    """What 'hand over' in a talk does."""

    answering: Answering
    replies: Replies

    async def hand(self, turn: Turn) -> Reply:
        """Show the colleagues, ask, and hand over."""
        press = turn.press
        relay = await self.replies.own(turn, press.number(0) if press else None)
        return await self.hand_on(turn, relay) if relay else await self.replies.gone(turn)

    async def hand_on(self, turn: Turn, relay: Relay) -> Reply:
        """Do so with a talk that is the sender's, or of the staff group where they press."""
        press = turn.press
        if press is None:
            return await self.replies.gone(turn)
        able = await self._able(turn, relay)
        if not able:
            await turn.record(Kind.REFUSED, detail="nobody", role=turn.staff_actor())
            return await self._choose(turn, relay, [], 0)
        if press.word(1) in (None, "p"):
            await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
            return await self._choose(turn, relay, able, press.number(2) or 0)
        chosen = next((one for one in able if one.staff_id == press.number(1)), None)
        if chosen is None:
            return await self.replies.gone(turn)
        if press.word(2) != "y":
            await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
            return await self._sure(turn, relay, chosen)
        return await self._do(turn, relay, chosen)

    async def _able(self, turn: Turn, relay: Relay) -> list[Colleague]:
        found = await ownership.team(turn.store, now=turn.now, zone=self.answering.zone.key)
        person = await people.by_id(turn.store, relay.person_id)
        locale = person.locale if person else ""
        return colleagues(found, not_this=relay.staff_id, person_id=relay.person_id, locale=locale)

    async def _choose(self, turn: Turn, relay: Relay, able: list[Colleague], page: int) -> Reply:
        t, last = turn.t, max(len(able) - 1, 0) // PAGE
        page = min(max(page, 0), last)
        back = [key(t.label("⬅️ Back"), Verb.RELAY, relay.id)]
        if not able:
            return screen(t("🤝 There is no colleague who could take this talk now."), [back])
        shown = able[page * PAGE : (page + 1) * PAGE]
        keys = [[key(await self._named(turn, one), Verb.RELAY_HAND, relay.id, one.staff_id)] for one in shown]
        turns: list[Key] = [
            *([key("◀️", Verb.RELAY_HAND, relay.id, "p", page - 1)] if page else []),
            *([key("▶️", Verb.RELAY_HAND, relay.id, "p", page + 1)] if page < last else []),
        ]
        text = t(
            "🤝 Who takes over the talk with <b>{name}</b>? 🟢 are there now.",
            name=pseudonym(relay.person_id),
        )
        return screen(text, [*keys, turns, back])

    async def _sure(self, turn: Turn, relay: Relay, chosen: Colleague) -> Reply:
        t = turn.t
        text = t(
            "Hand the talk with <b>{name}</b> over to {colleague}?\n\nThe person is told who answers now. "
            "What was said is not kept, so tell your colleague what matters.",
            name=pseudonym(relay.person_id),
            colleague=await self._named(turn, chosen),
        )
        yes = key(t.label("✅ Yes, hand over"), Verb.RELAY_HAND, relay.id, chosen.staff_id, "y")
        return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.RELAY_HAND, relay.id)]])

    async def _do(self, turn: Turn, relay: Relay, chosen: Colleague) -> Reply:
        t = turn.t
        if not await relays.move(turn.store, relay.id, chosen.staff_id, now=turn.now):
            return await self.replies.gone(turn)
        deed = Deed(
            act=Act.HANDED_OVER,
            role=turn.staff_actor(),
            about="relay",
            actor_id=relay.staff_id if relay.staff_id in staff_ids(turn) else staff_ids(turn)[0],
            about_id=relay.id,
            detail=str(chosen.staff_id),
        )
        await audit.append(turn.store, self.answering.vault, deed, now=turn.now)
        await turn.record(Kind.TALK_MOVED, detail="handed", role=turn.staff_actor(), staff_id=chosen.staff_id)
        moved = await relays.by_id(turn.store, relay.id) or relay
        text = t("🤝 Your colleague answers {name} now.", name=pseudonym(relay.person_id))
        private = [[key(t.label("💬 My talks"), Verb.RELAYS)]] if turn.thread_id is None else []
        shown = screen(text, private)
        return Reply((*shown.steps, *await introduced_to(turn, self.answering, moved)))

    async def _named(self, turn: Turn, one: Colleague) -> str:
        """Return a colleague as the team knows them, with the place: two of a role are told apart."""
        known = (await team.known(turn.store, [one.staff_id])).get(one.staff_id)
        name = called(turn.t, self.answering.vault, known)
        place = await place_name(turn.store, turn.t, area_id=one.area_id)
        named = ", ".join(part for part in (name, place or role_name(turn.t, one.role)) if part)
        return f"{HERE if one.on_shift else AWAY} {named}"
