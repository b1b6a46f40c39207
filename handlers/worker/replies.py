"""Bring what one of the team writes to the person it is for: by the message it answers, or the one chosen.

Several talks never mix. Whatever could be for more than one is asked about; the words wait in Telegram's own
reply, not with us.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from care import relay as rules
from care.outcomes import Kind
from care.person import pseudonym
from care.relay import Chosen, Refusal, Side
from handlers.albums import Albums, under_heading
from handlers.answering import Answering, Place
from handlers.buttons import Verb
from handlers.copies import Said, To, change, copies, deletion, of_turn, of_update
from handlers.relay_screens import head_of_staff, not_to_person, why_not
from handlers.roles import HELPERS, work_key
from handlers.screens import SILENCE, Key, Reply, Step, Way, frozen, key, pairs
from handlers.turn import Conversation, Turn
from locales.catalogue import Locale
from storage import drafts, relay_messages, relays
from storage.relays import Relay

CHOSEN = "relay"  # storage.drafts: to whom what is typed goes
MOST = 8  # talks to choose from on one screen


@dataclass(frozen=True, kw_only=True)
class Replies:
    """What becomes of the messages of somebody who answers people."""

    answering: Answering
    go_on: Conversation  # answers as if the sender had typed it to the bot
    albums: Albums = field(default_factory=Albums)

    async def addressed(self, turn: Turn) -> Reply | None:
        """Pass on what answers a message of a talk, or goes to the chosen one; else leave it to others."""
        said, ids = of_turn(turn), staff_ids(turn)
        if said is None or not ids or turn.command is not None or not rules.is_message(said.sent):
            return None
        seen = said.message_id if said.edited else said.replied_to
        if seen is not None:
            relay = await self._of_message(turn, seen)
            return await self.bring(turn, relay, said) if relay else await self._astray(turn, said)
        chosen = await self._chosen(turn)
        talks = await relays.open_of_staff(turn.store, ids) if chosen else []
        to = rules.addressed([one.for_rules() for one in talks], chosen, now=turn.now) if chosen else None
        relay = next((one for one in talks if one.id == to), None)
        return await self.bring(turn, relay, said) if relay and not said.edited else None

    async def _astray(self, turn: Turn, said: Said) -> Reply | None:
        """Ask for whom words are that answer what is no message of a talk, of who has chosen somebody."""
        if said.edited or await self._chosen(turn) is None or await self._to_own(turn, said):
            return None
        talks = await relays.open_of_staff(turn.store, staff_ids(turn))
        return await self._ask(turn, talks, said) if talks else None

    async def beside_danger(self, turn: Turn, shown: Reply) -> Reply:
        """Ask for whom words of danger are, beside the emergency screen: not all are about who types them.

        Words for the one talk that is fresh are passed on. Who is in the middle of something else, or talks
        to somebody as a person, is asked nothing.
        """
        person = turn.person
        if person is None or await relays.open_of(turn.store, person.id) is not None:
            return shown
        if await drafts.other_than(turn.store, person.id, CHOSEN):
            return shown
        asked = await self.unaddressed(turn)
        if asked is None:
            return shown
        emergency = (replace(step, way=Way.SEND) for step in shown.steps)
        return Reply((*asked.steps, *emergency), quotes=asked.quotes)

    async def unaddressed(self, turn: Turn) -> Reply | None:
        """Pass on what can only be for one person; ask where it can be for several, or for the bot."""
        said, ids = of_turn(turn), staff_ids(turn)
        if said is None or not ids or said.edited or turn.command is not None:
            return None
        talks = await relays.open_of_staff(turn.store, ids) if rules.is_message(said.sent) else []
        if await self._to_own(turn, said):
            return None
        if not talks:
            return await self._late(turn, said)
        chosen, own = await self._chosen(turn), await relays.open_of(turn.store, turn.known().id)
        only = None
        if chosen is None and own is None and said.replied_to is None:
            only = rules.addressed([one.for_rules() for one in talks], None, now=turn.now)
        relay = next((one for one in talks if one.id == only), None)
        if relay is not None:
            return await self.bring(turn, relay, said)
        return await self._ask(turn, talks, said)

    async def _late(self, turn: Turn, said: Said) -> Reply | None:
        """Say that it went to nobody, where somebody without talks answers a message: of one that is over."""
        answers = said.replied_to is not None and rules.is_message(said.sent)
        person_id = turn.known().id
        if not answers or await relays.open_of(turn.store, person_id) is not None:
            return None
        if await drafts.other_than(turn.store, person_id, CHOSEN):
            return None
        gone = await self.gone(turn)
        typed = said.sent == "text" and not said.forwarded
        bot = [key(turn.t.label("🤖 For the bot"), Verb.RELAY_BOT)] if typed else []
        rows = frozen([bot, [_talks(turn.t), work_key(turn.t)]])
        return replace(gone, steps=(replace(gone.steps[0], way=Way.SEND, rows=rows),), quotes=True)

    async def send(self, turn: Turn) -> Reply:
        """Choose to whom what is typed goes, and pass on what the question was about."""
        relay = await self.own(turn, turn.press.number(0) if turn.press else None)
        if relay is None:
            return await self.gone(turn)
        said = of_update(turn.quoted) if turn.quoted else None
        before = await self._of_message(turn, said.message_id) if said else None
        relay = before or relay  # a second press brings nothing to anybody
        await drafts.put(turn.store, turn.known().id, CHOSEN, {"relay": relay.id}, now=turn.now)
        t, name = turn.t, pseudonym(relay.person_id)
        rows = frozen([[key(t.label("✋ Stop"), Verb.RELAY_STOP)], [_talks(t)]])
        if said is None:
            await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
            text = t("✍️ You write to <b>{name}</b> now. Everything that you type goes there.", name=name)
            place = await self.answering.of_person(turn.store, relay, now=turn.now)
            typing = (Step(way=Way.TYPING, to=place.chat_id, content="typing"),) if place else ()
            return Reply((Step(text=text, rows=rows), *typing))
        passed = await self.bring(turn, relay, said) if before is None else SILENCE
        if before is None and not any(step.to for step in passed.steps):
            return passed  # it says why not
        text = t("➡️ Passed on to <b>{name}</b>. What you type next goes there, too.", name=name)
        return Reply((Step(text=text, rows=rows), *passed.steps))

    async def stop(self, turn: Turn) -> Reply:
        """Choose nobody any more."""
        await drafts.drop(turn.store, turn.known().id, CHOSEN)
        await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
        text = turn.t("✋ Nobody is chosen any more. Reply to a message, or choose a talk.")
        return Reply((Step(text=text, rows=frozen([[_talks(turn.t)]])),))

    async def for_bot(self, turn: Turn) -> Reply:
        """Answer what was typed as a question to the bot."""
        await drafts.drop(turn.store, turn.known().id, CHOSEN)
        if not turn.asked:
            return await self.stop(turn)
        return await self.go_on(replace(turn, press=None, words=turn.asked, asked="", sent="text"))

    async def delete(self, turn: Turn) -> Reply | None:
        """Delete the copy of the message of theirs that /delete answers; None when it is none of theirs."""
        if turn.replied_to is None or not staff_ids(turn):
            return None
        relay = await self._of_message(turn, turn.replied_to)
        pair = await relay_messages.of(turn.store, relay.id, Side.STAFF, turn.replied_to) if relay else None
        place = await self.answering.of_person(turn.store, relay, now=turn.now) if relay else None
        if relay is None or pair is None or pair.copy_id is None or place is None:
            return None
        await relay_messages.drop(turn.store, pair.id)
        await turn.record(Kind.TALK_PASSED, detail="deleted", role=turn.staff_actor())
        done = Step(way=Way.SEND, text=turn.t("🗑 Deleted on the other side, too."))
        to = To(chat_id=place.chat_id, otherwise=turn.t("⚠️ I could not delete it there."))
        return Reply((done, deletion(to, target=pair.copy_id)))

    async def bring(self, turn: Turn, relay: Relay, said: Said, *, as_staff: int | None = None) -> Reply:
        """Pass a message on to the person, or say why not; in a staff group somebody else may speak."""
        t = turn.t
        speaks = as_staff if as_staff is not None else relay.staff_id
        if relay.closed_at is not None or speaks not in staff_ids(turn):
            await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
            text = t(
                "This talk with {name} is over. I have not passed it on.", name=pseudonym(relay.person_id)
            )
            return _told(text, [[_talks(t)]])
        reason = rules.refusal(said.sent, forwarded=said.forwarded)
        if reason is None and said.location is None and not (said.text or said.file_id):
            reason = Refusal.KIND
        if reason is not None:
            await turn.record(Kind.REFUSED, detail=reason.value, role=turn.staff_actor())
            return why_not(t, reason, Side.STAFF, group=as_staff is not None)
        place = await self.answering.of_person(turn.store, relay, now=turn.now)
        if place is None:
            await turn.record(Kind.REFUSED, detail="blocked", role=turn.staff_actor())
            text = t(
                "🔕 {name} has blocked the bot, so this cannot be passed on.", name=pseudonym(relay.person_id)
            )
            return _told(text, [[key(t.label("💬 Open this talk"), Verb.RELAY, relay.id)]])
        to = await self._to(turn, relay, place, speaks)
        if said.edited:
            return await self._change(turn, relay, to, said)
        return await self._pass(turn, relay, to, said)

    async def _pass(self, turn: Turn, relay: Relay, to: To, said: Said) -> Reply:
        store, now = turn.store, turn.now
        if self.albums.goes_on(relay.id, said.album) and await under_heading(store, relay, Side.STAFF):
            to = replace(to, head="")
        row_id = await relay_messages.keep(store, relay.id, Side.STAFF, said.message_id, now=now)
        if said.replied_to is not None:
            answers = await relay_messages.beyond(store, relay.id, Side.STAFF, said.replied_to)
            to = replace(to, answers=answers)
        await relays.wrote(store, relay, Side.STAFF, now=now)
        chosen = await self._chosen(turn)
        if chosen is not None and chosen.relay_id == relay.id:
            await drafts.put(store, turn.known().id, CHOSEN, {"relay": relay.id}, now=now)
        await self._record(turn, relay, said.sent)
        if relay.answered_at is None:
            await turn.record_of(Kind.TALK_ANSWERED, relay.person_id, staff_id=relay.staff_id)
        return Reply(copies(said, to, row_id=row_id))

    async def _change(self, turn: Turn, relay: Relay, to: To, said: Said) -> Reply:
        pair = await relay_messages.of(turn.store, relay.id, Side.STAFF, said.message_id)
        otherwise = turn.t("⚠️ I could not change it on the other side. Please write it again.")
        to = replace(to, otherwise=otherwise)
        step = change(said, to, target=pair.copy_id) if pair and pair.copy_id is not None else None
        await self._record(turn, relay, "changed")
        return Reply((step,)) if step else _told(otherwise, [])

    async def _to(self, turn: Turn, relay: Relay, place: Place, speaks: int | None) -> To:
        name = await self.answering.name(turn.store, speaks)
        return To(
            chat_id=place.chat_id,
            head=head_of_staff(place.t, name),
            otherwise=not_to_person(turn.t, relay),
            silent=place.silent,
        )

    async def _record(self, turn: Turn, relay: Relay, detail: str) -> None:
        await turn.record_of(Kind.TALK_PASSED, relay.person_id, staff_id=relay.staff_id, detail=detail)

    async def _ask(self, turn: Turn, talks: Sequence[Relay], said: Said) -> Reply:
        """Ask for whom it is; the question answers their message, which brings the words back."""
        await turn.record(Kind.RELAYS_SEEN, detail="asked", role=turn.staff_actor())
        t = turn.t
        keys = [key(pseudonym(one.person_id), Verb.RELAY_SEND, one.id) for one in talks[:MOST]]
        text = t("❔ For whom is this? I have not passed it on to anybody.")
        typed = said.sent == "text" and not said.forwarded
        bot = [key(t.label("🤖 For the bot"), Verb.RELAY_BOT)] if typed else []
        rows = [*pairs(keys), bot, [_talks(t)]]
        return Reply((Step(way=Way.SEND, text=text, rows=frozen(rows)),), quotes=True)

    async def own(self, turn: Turn, relay_id: int | None) -> Relay | None:
        """Return an open talk of the sender; None for 'not yours' and 'not there' alike."""
        found = await relays.by_id(turn.store, relay_id) if relay_id is not None else None
        theirs = found is not None and found.closed_at is None and found.staff_id in staff_ids(turn)
        return found if theirs else None

    async def gone(self, turn: Turn) -> Reply:
        """Say that a talk is not there for the sender."""
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        text = turn.t("This talk is over, or somebody else answers now.")
        return Reply((Step(text=text, rows=frozen([[_talks(turn.t)]])),))

    async def _of_message(self, turn: Turn, message_id: int) -> Relay | None:
        found = await relay_messages.relay_of(turn.store, Side.STAFF, message_id, among=staff_ids(turn))
        return await relays.by_id(turn.store, found) if found is not None else None

    async def _to_own(self, turn: Turn, said: Said) -> bool:
        """Return whether it answers a message of the talk in which the sender asked for somebody."""
        if said.replied_to is None:
            return False
        own = [turn.known().id]
        return await relay_messages.relay_of(turn.store, Side.PERSON, said.replied_to, among=own) is not None

    async def _chosen(self, turn: Turn) -> Chosen | None:
        draft = await drafts.get(turn.store, turn.known().id, CHOSEN)
        return Chosen(relay_id=int(draft.content["relay"]), at=draft.changed_at) if draft else None


def staff_ids(turn: Turn) -> list[int]:
    """Return under which staff ids the sender answers people."""
    roles = turn.person.roles if turn.person else ()
    return [member.id for member in roles if member.role in HELPERS]


def _talks(t: Locale) -> Key:
    return key(t.label("💬 My talks"), Verb.RELAYS)


def _told(text: str, rows: list[list[Key]]) -> Reply:
    return Reply((Step(way=Way.SEND, text=text, rows=frozen(rows)),))
