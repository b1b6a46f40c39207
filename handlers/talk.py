"""Talk to a person: a relay is opened, and from then on what somebody writes here goes to one of the team.

They are told who answers, by when, what is passed on and what is not. They end it, say whether it helped, or
ask the bot meanwhile. Nothing that is said is kept.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.relay import CHOSEN_FOR
from care.roles import Actor
from care.topics import TOPICS
from handlers import kept, talk_begin
from handlers.answering import Answering, Found
from handlers.buttons import Verb
from handlers.medicine_words import ASKED_FOR_A_PERSON
from handlers.relay_screens import (
    danger_line,
    did_it_help,
    ended_to_staff,
    home,
    moment_of,
    rows_of_person,
)
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import directory, drafts, relay_tasks, relays
from storage.relays import Relay

ASK_BOT = "ask-bot"  # storage.drafts: the next text is for the bot


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What /talk and its buttons do."""

    answering: Answering

    async def show(self, turn: Turn) -> Reply:
        """Say who would answer by when, and ask; whoever talks already sees how that stands."""
        relay = await relays.open_of(turn.store, turn.known().id)
        if relay is not None:
            return await self.going_on(turn, await self._perhaps_free(turn, relay))
        found = await self.answering.find(turn.store, turn.known(), now=turn.now, topic=_topic(turn))
        if found.named is None:
            return await self._nobody(turn)
        await turn.record(Kind.TALK_SEEN)
        t, topic = turn.t, _topic(turn)
        yes = key(t.label("✅ Yes, please"), Verb.TALK_YES, *([topic] if topic else []))
        text = t(
            "🤝 <b>Talk to a person</b>\n\n{who}\n\nYou write, speak or send a photo here, and I pass it on. "
            "Your name, your number and your account are not passed on: they see a picture in place of "
            "your name. I keep nothing of what you write.",
            who=await self._who(turn, found),
        )
        wish = key(t.label("🙋 I prefer a woman or a man"), Verb.WISH)
        return screen(text, [[yes], [wish], [home(t)]])

    async def ask(self, turn: Turn) -> Reply:
        """Open the talk, tell who answers, and promise; a person has one at a time."""
        person = turn.known()
        relay = await relays.open_of(turn.store, person.id)
        if relay is not None:
            return await self.going_on(turn, relay)
        found = await self.answering.find(turn.store, person, now=turn.now, topic=_topic(turn))
        if found.named is None:
            return await self._nobody(turn)
        relay = await talk_begin.begin(
            self.answering, turn.store, person, found, now=turn.now, topic=_topic(turn)
        )
        await turn.record(Kind.TALK_ASKED, staff_id=relay.staff_id)
        shown = await self.going_on(turn, relay)
        told = await talk_begin.told(self.answering, turn.store, relay, now=turn.now)
        return Reply((*shown.steps, *told)) if told else shown

    async def _perhaps_free(self, turn: Turn, relay: Relay) -> Relay:
        """Let somebody who has room by now answer who waits."""
        if relay.staff_id is not None:
            return relay
        found = await self.answering.find(turn.store, turn.known(), now=turn.now, topic=relay.topic)
        if found.free is None or not await relays.move(
            turn.store, relay.id, found.free.staff_id, now=turn.now
        ):
            return relay
        promised_at = await self.answering.promised(turn.store, found.free.staff_id, now=turn.now)
        await relays.promise(turn.store, relay.id, promised_at)
        return await relays.by_id(turn.store, relay.id) or relay

    async def going_on(self, turn: Turn, relay: Relay) -> Reply:
        """Show how a talk stands: who answers, by when, what to do now."""
        await turn.record(Kind.TALK_SEEN)
        t = turn.t
        if relay.staff_id is None:
            parts = [await self._queued(turn, relay), danger_line(t)]
        else:
            parts = [
                await self._promised(turn, relay),
                await self._call(turn, relay),
                _how(turn),
                danger_line(t),
            ]
        return screen(Html("\n\n".join(part for part in parts if part)), rows_of_person(t, relay))

    async def _promised(self, turn: Turn, relay: Relay) -> str:
        t = turn.t
        who = await self.answering.called(turn.store, t, relay.staff_id)
        if relay.answered_at is not None:
            return t("💬 You are talking to <b>{who}</b>.", who=who)
        moment = await self._moment(turn, relay.promised_at)
        if relay.promised_at < turn.now:
            return t(
                "💬 <b>{who}</b> promised an answer by {moment}, and we are late. "
                "We are sorry: your request is not forgotten.",
                who=who,
                moment=moment,
            )
        return t("💬 <b>{who}</b> answers you by {moment}.", who=who, moment=moment)

    async def _queued(self, turn: Turn, relay: Relay) -> str:
        t = turn.t
        waiting = [one.id for one in await relays.queue(turn.store)]
        ahead = waiting.index(relay.id) if relay.id in waiting else 0
        before = t.many("{n} person waits before you.", "{n} people wait before you.", ahead) if ahead else ""
        zone = await self.answering.zone_of(turn.store, turn.known().id)
        text = self.waits(t, relay, now=turn.now, zone=zone)
        return Html("\n\n".join(part for part in (text, before) if part))

    @staticmethod
    def waits(t: Locale, relay: Relay, *, now: datetime, zone: ZoneInfo) -> str:
        """Say that nobody has room yet, and that nothing is passed on until then, HTML."""
        return t(
            "🤝 Everybody of our team is talking to others now. I think that somebody has time for you by "
            "{moment}, and I tell you when. Until then your words cannot be passed on, and I answer you "
            "myself.",
            moment=moment_of(t, max(relay.promised_at, now), now=now, zone=zone),
        )

    async def _call(self, turn: Turn, relay: Relay) -> str:
        at = await relay_tasks.waits_for_call(turn.store, relay.person_id)
        if at is None:
            return ""
        return turn.t(
            "📞 A person calls you by {moment}.", moment=await self._moment(turn, max(at, turn.now))
        )

    async def end(self, turn: Turn) -> Reply:
        """End the talk, tell who answers, and ask whether it helped."""
        t, person = turn.t, turn.known()
        relay = await relays.open_of(turn.store, person.id)
        await drafts.drop(turn.store, person.id, ASK_BOT)
        again = [[key(t.label("🤝 Talk to a person"), Verb.TALK)], [home(t)]]
        if relay is None or not await self.answering.end(turn.store, relay, Actor.PERSON, now=turn.now):
            return screen(t("Your request is withdrawn. You can ask again at any time."), again)
        place = await self.answering.of_staff(turn.store, relay, now=turn.now)
        told = ended_to_staff(place, relay) if place else ()
        if relay.answered_at is None:
            await turn.record(Kind.TALK_WITHDRAWN, staff_id=relay.staff_id)
            shown = screen(t("Your request is withdrawn. You can ask again at any time."), again)
            return Reply((*shown.steps, *told))
        await turn.record(Kind.TALK_DONE, staff_id=relay.staff_id)
        return Reply((did_it_help(t, relay), *told))

    async def rate(self, turn: Turn) -> Reply:
        """Keep whether it helped, once."""
        t, press = turn.t, turn.press
        relay_id, verdict = (press.number(0), press.word(1)) if press else (None, None)
        said = relay_id is not None and verdict in ("y", "n")
        rated = said and await relays.rate(turn.store, relay_id or 0, turn.known().id, helped=verdict == "y")
        relay = await relays.by_id(turn.store, relay_id or 0) if rated else None
        if relay is None:
            await turn.record(Kind.REFUSED, detail="stale")
        else:
            kind = Kind.TALK_HELPED if verdict == "y" else Kind.TALK_NOT_HELPED
            await turn.record(kind, staff_id=relay.staff_id)
        text = t("🙏 Thank you. You can talk to a person again at any time.")
        return screen(text, [[key(t.label("🤝 Talk to a person"), Verb.TALK)], [home(t)]])

    async def ask_bot(self, turn: Turn) -> Reply:
        """Let the next text go to the bot, and not to who answers."""
        t, person = turn.t, turn.known()
        if await relays.open_of(turn.store, person.id) is not None:
            await drafts.put(turn.store, person.id, ASK_BOT, {}, now=turn.now)
        await turn.record(Kind.TALK_SEEN, detail=ASK_BOT)
        text = t("❓ Write your question now. This one message I answer myself, and do not pass on.")
        return screen(text, [[key(t.label("⬅️ Back to the talk"), Verb.TALK)], [home(t)]])

    async def _nobody(self, turn: Turn) -> Reply:
        """Promise nothing where there is nobody to keep it."""
        await turn.record(Kind.REFUSED, detail="nobody")
        t = turn.t
        programme = await directory.programme(turn.store)
        parts = [t("🤝 Nobody of our team can answer here today."), kept.who_runs(t, programme)]
        return screen(
            Html("\n\n".join(part for part in parts if part)),
            [[key(t.label("📍 Clinics"), Verb.CLINICS)], [home(t)]],
        )

    async def _who(self, turn: Turn, found: Found) -> str:
        promised = await talk_begin.promise(self.answering, turn.store, turn.known(), found, now=turn.now)
        t, moment = turn.t, await self._moment(turn, promised)
        if found.free is None:
            return t(
                "Everybody of our team is talking to others now. I think that somebody has time for you by "
                "{moment}.",
                moment=moment,
            )
        who = await self.answering.called(turn.store, t, found.free.staff_id)
        return t("<b>{who}</b> answers you by {moment}.", who=who, moment=moment)

    async def _moment(self, turn: Turn, moment: datetime) -> str:
        zone = await self.answering.zone_of(turn.store, turn.known().id)
        return moment_of(turn.t, moment, now=turn.now, zone=zone)


def where_words_go(t: Locale, relay: Relay, *, now: datetime, zone: ZoneInfo) -> str:
    """Say that a person was asked for, and where what is written goes from now on, HTML."""
    if relay.staff_id is None:
        return Talk.waits(t, relay, now=now, zone=zone)
    return t(ASKED_FOR_A_PERSON)


async def asks_bot(turn: Turn) -> bool:
    """Return whether the person said that this text is for the bot; it is asked once."""
    person = turn.known()
    draft = await drafts.get(turn.store, person.id, ASK_BOT)
    if draft is None:
        return False
    await drafts.drop(turn.store, person.id, ASK_BOT)
    return turn.now - draft.changed_at < CHOSEN_FOR


def _how(turn: Turn) -> str:
    return turn.t(
        "✍️ Write, speak or send a photo now: I pass it on. Your name, your number and your account are not "
        "passed on. I keep nothing of what you write."
    )


def _topic(turn: Turn) -> str | None:
    """Return what the person was reading: a word of a closed list, since a button can say anything."""
    word = turn.press.word(0) if turn.press else None
    return word if word in TOPICS else None
