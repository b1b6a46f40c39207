"""Leave a phone number to be called at: only on purpose, encrypted, erased when the talk is over."""

from dataclasses import dataclass, replace
from datetime import datetime

from care import talk
from care.message_kinds import Kind as Notice
from care.outcomes import Kind
from care.relay import CHOSEN_FOR
from care.reminders import Planned
from care.talk import notice_key
from handlers.answering import Answering
from handlers.relay_screens import moment_of
from handlers.screens import Reply, Step, Way
from handlers.talk import Talk
from handlers.turn import Turn
from locales.catalogue import N_
from storage import drafts, due, ownership, relay_tasks, relays
from storage.relays import Relay

CALL = "call"  # storage.drafts: the person was asked for their number
WITHOUT = N_("➖ Without a number")  # a button of the reply keyboard: it comes back as a text


@dataclass(frozen=True, kw_only=True)
class TalkPhone:
    """What 📞 in a talk does."""

    answering: Answering
    talk: Talk

    async def ask(self, turn: Turn) -> Reply:
        """Ask for the number with the one button that can share it."""
        relay = await relays.open_of(turn.store, turn.known().id)
        if relay is None:
            return await self.talk.show(turn)
        await drafts.put(turn.store, turn.known().id, CALL, {}, now=turn.now)
        await turn.record(Kind.TALK_SEEN, detail=CALL)
        return Reply((await self._asking(turn, relay),))

    async def contact(self, turn: Turn) -> Reply | None:
        """Keep the number of whoever was asked for it and shares their own; else leave it to others."""
        relay = await self._asked(turn)
        if relay is None:
            return None
        phone = talk.phone_in(turn.phone)
        if phone is None:
            await turn.record(Kind.REFUSED, detail="not-yours")
            note = turn.t("This is not your own number. I have not kept it.")
            return Reply((await self._asking(turn, relay, note),))
        await drafts.drop(turn.store, turn.known().id, CALL)
        await self._keep(turn, relay, phone)
        thanks = turn.t("👌 Thank you. I erase your number when the talk is over.")
        shown = await self.talk.going_on(turn, relay)
        return Reply((Step(way=Way.SEND, text=thanks, close_keyboard=True), *_sent(shown)))

    async def without(self, turn: Turn) -> Reply | None:
        """Go on without a number, when the text is that of the button which says so; else leave it."""
        if turn.person is None or turn.words != turn.t.label(WITHOUT):
            return None
        await drafts.drop(turn.store, turn.person.id, CALL)
        gone = Step(way=Way.SEND, text=turn.t("👌 Without a number, then."), close_keyboard=True)
        return Reply((gone, *_sent(await self.talk.show(turn))))

    async def _keep(self, turn: Turn, relay: Relay, phone: str) -> None:
        """Keep the number, and tell who answers now: in their hours."""
        store, now = turn.store, turn.now
        promised_at = await self._by(turn, relay)
        sealed = self.answering.vault.seal_for(turn.known().key, phone.encode())
        task_id = await relay_tasks.call(store, relay, sealed, promised_at=promised_at, now=now)
        await turn.record(Kind.TALK_PHONE, staff_id=relay.staff_id)
        ids = [relay.staff_id] if relay.staff_id is not None else []
        for one in await ownership.team(store, now=now, zone=self.answering.zone.key, staff_ids=ids):
            planned = Planned(
                key=notice_key(task_id),
                again=True,
                kind=Notice.TALK,
                person_id=one.person_id,
                due_at=talk.notice_at(now, await self.answering.zone_of(store, relay.person_id)),
                useful_until=promised_at + talk.NOTICE_USEFUL_FOR,
                params={"task": task_id},
            )
            await due.schedule(store, planned, now=now)

    async def _asked(self, turn: Turn) -> Relay | None:
        """Return the talk of whoever was asked for a number a moment ago."""
        draft = await drafts.get(turn.store, turn.person.id, CALL) if turn.person else None
        if turn.person is None or draft is None or turn.now - draft.changed_at >= CHOSEN_FOR:
            return None
        return await relays.open_of(turn.store, turn.person.id)

    async def _asking(self, turn: Turn, relay: Relay, lead: str = "") -> Step:
        t = turn.t
        zone = await self.answering.zone_of(turn.store, relay.person_id)
        text = t(
            "📱 May we call you? Press the button below to send your number: a person calls you by {moment}. "
            "Only they see the number, and I erase it when the talk is over.",
            moment=moment_of(t, await self._by(turn, relay), now=turn.now, zone=zone),
        )
        return Step(
            way=Way.SEND,
            text="\n\n".join(part for part in (lead, text) if part),
            ask_contact=t.label("📱 Send my phone number"),
            ask_nothing=t.label(WITHOUT),
        )

    async def _by(self, turn: Turn, relay: Relay) -> datetime:
        """Return by when somebody calls who leaves a number now: as promised, unless that is over."""
        if relay.answered_at is None and relay.promised_at > turn.now:
            return relay.promised_at
        if relay.staff_id is None:
            ahead = len(await relays.queue(turn.store))
            return await self.answering.waits_until(turn.store, ahead, relay.person_id, now=turn.now)
        return await self.answering.promised(turn.store, relay.staff_id, now=turn.now)


def _sent(reply: Reply) -> tuple[Step, ...]:
    """Return the steps of a screen as new messages."""
    return tuple(replace(step, way=Way.SEND) for step in reply.steps)
