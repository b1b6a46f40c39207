"""Bring what a person writes in a talk to who answers: danger first, and only what may pass.

Nothing of it is kept but the ids of the two messages. While nobody has time yet the bot answers itself.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from care import relay as rules
from care.outcomes import Kind
from care.relay import Refusal, Side
from care.talk import notice_key
from handlers.albums import Albums, under_heading
from handlers.answering import Answering, Place
from handlers.buttons import Verb
from handlers.clinics import NEAR
from handlers.copies import Said, To, change, copies, deletion, of_turn
from handlers.relay_screens import (
    head_of_person,
    introduced,
    moment_of,
    not_to_staff,
    rows_of_person,
    why_not,
)
from handlers.screens import Reply, Step, Way, frozen, key, screen
from handlers.talk import asks_bot
from handlers.turn import Turn
from storage import drafts, due, relay_messages, relay_tasks, relays
from storage.relay_messages import Pair
from storage.relays import Relay


@dataclass(frozen=True, kw_only=True)
class Relayed:
    """What becomes of a person's messages while they talk to somebody."""

    answering: Answering
    danger: Callable[[Turn], Awaitable[Reply | None]]  # the emergency screen, where a text calls for it
    albums: Albums = field(default_factory=Albums)

    async def first_danger(self, turn: Turn) -> Reply | None:
        """Show the emergency screen; in a talk the words are passed on as well."""
        shown = await self.danger(turn)
        relay = await relays.open_of(turn.store, turn.person.id) if shown and turn.person else None
        if shown is None or relay is None or not turn.chosen:
            return shown
        told = await self._warn(turn, relay)
        if relay.staff_id is None or await self._for_bot(turn):
            return shown
        passed = await self._bring(turn, relay, awake=not told)
        emergency = [replace(step, way=Way.SEND) for step in shown.steps]
        return replace(shown, steps=(*emergency, *(passed.steps if passed else ())))

    async def _warn(self, turn: Turn, relay: Relay) -> bool:
        """Tell somebody who is there that the person may need help now, without a word of what they wrote.

        Nobody is told where who answers is there, or where nobody is; return whether somebody is.
        """
        found = await self.answering.stands_in(turn.store, relay, turn.known(), now=turn.now)
        if found is not None:
            planned = rules.danger(relay.id, found.person_id, now=turn.now)
            await due.schedule(turn.store, planned, now=turn.now)
        return found is not None

    async def words_of(self, turn: Turn) -> Reply | None:
        """Pass on what a person writes, says or sends; None where there is no talk, or it is for the bot."""
        relay = await self._talk(turn)
        if relay is None or turn.command is not None or turn.press is not None:
            return None
        if await self._for_bot(turn):
            return None
        return await self._bring(turn, relay)

    async def place_of(self, turn: Turn) -> Reply | None:
        """Pass on a place, unless the person was asked for one to find a clinic."""
        near = await drafts.get(turn.store, turn.person.id, NEAR) if turn.person else None
        if near is not None and turn.now - near.changed_at < rules.CHOSEN_FOR:
            await drafts.drop(turn.store, turn.known().id, NEAR)
            return None
        return await self.words_of(turn)

    async def delete(self, turn: Turn) -> Reply | None:
        """Delete the copy of the message of theirs that /delete answers; None when it is none of theirs."""
        relay = await self._talk(turn)
        if relay is None or turn.replied_to is None:
            return None
        pair = await relay_messages.of(turn.store, relay.id, Side.PERSON, turn.replied_to)
        place = await self.answering.of_staff(turn.store, relay, now=turn.now)
        if pair is None or pair.copy_id is None or place is None:
            return None
        await relay_messages.drop(turn.store, pair.id)
        await turn.record(Kind.TALK_PASSED, detail="deleted")
        to = To(
            chat_id=place.chat_id, thread=place.thread, otherwise=turn.t("⚠️ I could not delete it there.")
        )
        done = Step(way=Way.SEND, text=turn.t("🗑 Deleted on the other side, too."))
        return Reply((done, deletion(to, target=pair.copy_id)))

    async def _talk(self, turn: Turn) -> Relay | None:
        """Return the talk of the sender that somebody answers."""
        relay = await relays.open_of(turn.store, turn.person.id) if turn.person else None
        return relay if relay is not None and relay.staff_id is not None else None

    async def _for_bot(self, turn: Turn) -> bool:
        return not turn.edited and await asks_bot(turn)

    async def _bring(self, turn: Turn, relay: Relay, *, awake: bool = False) -> Reply | None:
        """Pass a message on; `awake`: with a sound at any hour."""
        said = of_turn(turn)
        if said is None or not rules.is_message(said.sent):
            return None
        if said.edited:
            return await self._change(turn, relay, said)
        reason = rules.refusal(said.sent, forwarded=said.forwarded)
        if reason is not None:
            await turn.record(Kind.REFUSED, detail=reason.value)
            return why_not(turn.t, reason, Side.PERSON)
        if said.location is None and not (said.text or said.file_id):
            return why_not(turn.t, Refusal.KIND, Side.PERSON)
        before = relay.staff_id
        relay, place = await self.answering.reached(turn.store, relay, turn.known(), now=turn.now)
        if place is None:
            return await self._waits(turn)
        place = replace(place, silent=place.silent and not awake)
        says = rules.says_where(relay.person_wrote_at, now=turn.now) or relay.staff_id != before
        own = (await self._where(turn, relay),) if says else ()
        return Reply((*own, *await self._pass(turn, relay, place, said)))

    async def _pass(self, turn: Turn, relay: Relay, place: Place, said: Said) -> tuple[Step, ...]:
        store = turn.store
        first = not await relay_messages.any_of(store, relay.id)
        unknown = place.topic is not None if place.group else first  # to who answers now
        told = await introduced(store, self.answering, place, relay) if unknown else ()
        if first:
            await self._no_notice(turn, relay)
        head = head_of_person(relay, place)
        if self.albums.goes_on(relay.id, said.album) and await under_heading(store, relay, Side.PERSON):
            head = ""
        row_id = await relay_messages.keep(store, relay.id, Side.PERSON, said.message_id, now=turn.now)
        to = To(
            chat_id=place.chat_id,
            thread=place.thread,
            head=head,
            answers=await self._answered(turn, relay, said),
            otherwise=not_to_staff(turn.t),
            silent=place.silent,
        )
        await relays.wrote(store, relay, Side.PERSON, now=turn.now)
        await turn.record(Kind.TALK_PASSED, detail=said.sent, staff_id=relay.staff_id)
        return (*told, *copies(said, to, row_id=row_id))

    async def _no_notice(self, turn: Turn, relay: Relay) -> None:
        """Take back the notice that somebody waits: their words come instead."""
        task_id = await relay_tasks.waiting(turn.store, relay)
        if task_id is not None:
            await due.cancel(turn.store, key=notice_key(task_id), now=turn.now)

    async def _where(self, turn: Turn, relay: Relay) -> Step:
        """Say where the words went, and what else can be done: once in a while."""
        t = turn.t
        who = await self.answering.called(turn.store, t, relay.staff_id)
        if relay.answered_at is not None or relay.promised_at < turn.now:
            text = t("➡️ Passed on to <b>{who}</b>.", who=who)
        else:
            zone = await self.answering.zone_of(turn.store, relay.person_id)
            moment = moment_of(t, relay.promised_at, now=turn.now, zone=zone)
            text = t("➡️ Passed on to <b>{who}</b>: an answer comes by {moment}.", who=who, moment=moment)
        return Step(way=Way.SEND, text=text, rows=frozen(rows_of_person(t, relay)))

    async def _waits(self, turn: Turn) -> Reply:
        """Say honestly that nobody could be reached, and that it is not kept."""
        await turn.record(Kind.REFUSED, detail="nobody")
        t = turn.t
        text = t(
            "⏳ Nobody of our team can be reached just now, so I have not passed this on. I tell you when "
            "somebody has time for you. Please send it again then."
        )
        return screen(text, [[key(t.label("🤝 Talk to a person"), Verb.TALK)]])

    async def _change(self, turn: Turn, relay: Relay, said: Said) -> Reply | None:
        """Carry a change of a message over; None for one that was never passed on."""
        pair: Pair | None = await relay_messages.of(turn.store, relay.id, Side.PERSON, said.message_id)
        place = await self.answering.of_staff(turn.store, relay, now=turn.now)
        if pair is None or place is None:
            return None
        t = turn.t
        to = To(
            chat_id=place.chat_id,
            thread=place.thread,
            head=head_of_person(relay, place),
            otherwise=t("⚠️ I could not change it on the other side. Please write it again."),
        )
        step = change(said, to, target=pair.copy_id) if pair.copy_id is not None else None
        await turn.record(Kind.TALK_PASSED, detail="changed", staff_id=relay.staff_id)
        if step is None:
            return Reply((Step(way=Way.SEND, text=to.otherwise),))
        return Reply((step,))

    async def _answered(self, turn: Turn, relay: Relay, said: Said) -> int:
        if said.replied_to is None:
            return 0
        return await relay_messages.beyond(turn.store, relay.id, Side.PERSON, said.replied_to)
