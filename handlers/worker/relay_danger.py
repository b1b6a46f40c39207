"""Tell somebody who is there that a person in a talk may need help now, and let them take the talk."""

from dataclasses import dataclass
from datetime import timedelta

from care.audit import Act, Deed
from care.outcomes import Kind
from care.person import Person, StaffMember, pseudonym
from handlers.answering import Answering
from handlers.buttons import Verb
from handlers.notice import Notice, message
from handlers.roles import HELPERS, work_key
from handlers.screens import Reply, Step, Way, key
from handlers.turn import Turn
from handlers.worker.relays import Relays
from locales.catalogue import Html
from storage import audit, relay_dangers, relays
from storage.relays import Relay

NOW = "now"  # as the second part of what the button carries
MAY_TAKE = timedelta(hours=12)  # after they were told


async def may_need_help(notice: Notice) -> Reply | None:
    """Say who it is, and nothing of what they wrote; None where who answers has written since."""
    relay_id, t = notice.about("relay"), notice.t
    relay = await relays.by_id(notice.store, relay_id) if relay_id is not None else None
    if relay is None or _member(notice.person) is None:
        return None
    if relay.staff_wrote_at is not None and relay.staff_wrote_at > notice.row["created_at"]:
        return None
    text = t("🔴 <b>{who}</b> may need help now.", who=pseudonym(relay.person_id))
    more = t("Who answers them is not there at this hour. I have shown them which number to call.")
    take = [key(t.label("📥 Take this talk"), Verb.RELAY_TAKE, relay.id, NOW)]
    return message(Html("\n\n".join([text, more])), [[] if relay.closed_at else take, [work_key(t)]])


@dataclass(frozen=True, kw_only=True)
class RelayDanger:
    """What 'take this talk' does below such a notice."""

    answering: Answering
    listed: Relays

    async def take(self, turn: Turn) -> Reply:
        """Take the talk: whoever was told may, also with many talks of their own; the person is told."""
        press, person = turn.press, turn.known()
        if press is None or press.word(1) != NOW:
            return await self.listed.take(turn)
        relay = await relays.by_id(turn.store, press.number(0) or 0)
        member = _member(person)
        since = turn.now - MAY_TAKE
        told = relay and await relay_dangers.was_told(turn.store, relay.id, person.id, since=since)
        if relay is None or member is None or not told or relay.closed_at is not None:
            return await self.listed.replies.gone(turn)
        before = await self.answering.of_staff(turn.store, relay, now=turn.now)
        if relay.staff_id != member.id:
            await self._move(turn, relay, member)
        moved = await relays.by_id(turn.store, relay.id) or relay
        shown = await self.listed.one(turn, moved, toast=turn.t.label("📥 It is yours now."))
        if before is None or before.group or relay.staff_id == member.id:
            return shown
        text = before.t("🤝 Your colleague answers {name} now.", name=pseudonym(relay.person_id))
        step = Step(way=Way.SEND, to=before.chat_id, text=text, silent=before.silent)
        return Reply((*shown.steps, step), toast=shown.toast)

    async def _move(self, turn: Turn, relay: Relay, member: StaffMember) -> None:
        """Give the talk to who takes it; the person hears so at any hour."""
        await relays.move(turn.store, relay.id, member.id, now=turn.now)
        deed = Deed(
            act=Act.HANDED_OVER,
            role=turn.staff_actor(),
            about="relay",
            actor_id=member.id,
            about_id=relay.id,
            detail=str(member.id),
        )
        await audit.append(turn.store, self.answering.vault, deed, now=turn.now)
        await turn.record_of(Kind.TALK_MOVED, relay.person_id, detail="taken", staff_id=member.id)


def _member(person: Person) -> StaffMember | None:
    """Return as whom somebody answers people: their first role that does."""
    return person.holds(*HELPERS)
