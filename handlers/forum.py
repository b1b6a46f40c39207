"""Let an organisation answer people in a group with topics, one for each: what is written there is passed on.

Whoever writes there must hold a role that answers people, at that moment: being in the group is not enough.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from care.audit import Act, Deed
from care.outcomes import Kind
from care.person import Person, StaffMember
from care.relay import Side, is_message
from care.roles import Actor
from handlers.answering import Answering
from handlers.buttons import Verb, parse
from handlers.copies import To, deletion, of_update
from handlers.forum_buttons import TopicButtons
from handlers.incoming import Incoming, What
from handlers.roles import HELPERS, OVERSEERS, work_key
from handlers.screens import SILENCE, Reply, Step, Way, key, screen
from handlers.turn import Turn
from handlers.worker.replies import Replies, staff_ids
from locales.catalogue import N_
from storage import audit, people, relay_groups, relay_messages, relays
from storage.relays import Relay

HERE, OFF, DELETE = "/relayhere", "/relayoff", "/delete"
NOT_PASSED = "//"  # what begins so stays in the group
_NO_ORGANISATION = N_("You belong to no organisation yet, so I do not know whose people to bring here.")


@dataclass(frozen=True, kw_only=True)
class Forum:
    """What happens in staff groups, and how one becomes one."""

    answering: Answering
    replies: Replies
    buttons: TopicButtons

    async def show(self, store: AsyncConnection, update: Incoming, now: datetime) -> Reply | None:
        """Answer in a staff group; None where it is none and nobody makes it one."""
        if update.what is What.MEMBERSHIP:
            return await self._left(store, update, now)
        command = update.text.partition(" ")[0].partition("@")[0].lower()
        known = await relay_groups.is_one(store, update.chat_id)
        if not known and command not in (HERE, OFF):
            return None
        turn = await self._turn(store, update, now)
        if turn is None:
            return None if update.thread_id is None else SILENCE
        if command in (HERE, OFF) and update.what is What.MESSAGE:
            return await (self._begin(turn, update) if command == HERE else self._stop(turn))
        relay = await self._relay(store, update)
        if relay is None:
            return None
        if update.what is What.PRESS:
            return await self.buttons.pressed(turn, relay)
        if command == DELETE:
            return await self._delete(turn, relay)
        return await self._words(turn, relay, update)

    async def _turn(self, store: AsyncConnection, update: Incoming, now: datetime) -> Turn | None:
        """Return the turn of somebody who answers people; None for everybody else."""
        sender = update.sender_id or 0
        person = await people.by_hash(store, self.answering.vault.hashes(str(sender)))
        if person is None or person.holds(*HELPERS) is None:
            return None
        return Turn(
            update_id=update.update_id,
            now=now,
            store=store,
            t=self.answering.locale(person),
            telegram_id=sender,
            person=person,
            press=parse(update.data) if update.what is What.PRESS else None,
            sent=update.sent,
            words=update.text,
            message_id=update.message_id,
            replied_to=update.replied_to,
            thread_id=update.thread_id,
        )

    async def _relay(self, store: AsyncConnection, update: Incoming) -> Relay | None:
        if update.thread_id is None:
            return None
        return await relays.of_topic(store, update.chat_id, update.thread_id)

    async def _words(self, turn: Turn, relay: Relay, update: Incoming) -> Reply:
        said = of_update(update)
        if said is None or not is_message(said.sent) or said.text.startswith((NOT_PASSED, "/")):
            return SILENCE
        known = await relay_messages.of(turn.store, relay.id, Side.STAFF, said.message_id)
        if said.edited and known is None:
            return SILENCE
        if relay.closed_at is not None:
            await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
            return _said(turn.t("This talk is over. I have not passed it on."))
        return await self.replies.bring(turn, relay, said, as_staff=self._speaks(turn, relay))

    def _speaks(self, turn: Turn, relay: Relay) -> int:
        """Return as whom of the team the sender speaks: whose talk it is, if that is them."""
        own = staff_ids(turn)
        return relay.staff_id if relay.staff_id in own and relay.staff_id is not None else own[0]

    async def _delete(self, turn: Turn, relay: Relay) -> Reply:
        """Delete the copy of the message that /delete answers."""
        if turn.replied_to is None:
            return SILENCE
        pair = await relay_messages.of(turn.store, relay.id, Side.STAFF, turn.replied_to)
        place = await self.answering.of_person(turn.store, relay, now=turn.now)
        if pair is None or pair.copy_id is None or place is None:
            return _said(turn.t("Reply to a message of the team with /delete, and I delete its copy."))
        await relay_messages.drop(turn.store, pair.id)
        await turn.record(Kind.TALK_PASSED, detail="deleted", role=turn.staff_actor())
        to = To(chat_id=place.chat_id, otherwise=turn.t("⚠️ I could not delete it there."))
        done = _said(turn.t("🗑 Deleted on the other side, too."))
        return Reply((*done.steps, deletion(to, target=pair.copy_id)))

    async def _begin(self, turn: Turn, update: Incoming) -> Reply:
        """Let the sender's organisation answer its people in this group from now on."""
        t, member = turn.t, _overseer(turn.person)
        if member is None:
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return _said(t("Only a coordinator or an administrator can do this."))
        if member.organisation_id is None:
            await turn.record(Kind.REFUSED, detail="nobody", role=turn.staff_actor())
            return _said(t(_NO_ORGANISATION))
        if not update.topics:
            await turn.record(Kind.REFUSED, detail="no-topics", role=turn.staff_actor())
            return _said(
                t(
                    "This group has no topics. Switch them on in its settings, make me an administrator who "
                    "may manage topics, and write /relayhere again."
                )
            )
        await relay_groups.begin(turn.store, member.organisation_id, update.chat_id)
        await self._log(turn, member, Act.FORUM_CHOSEN, Kind.FORUM_CHOSEN)
        return _said(
            t(
                "💬 From now on I open a topic here for everybody who asks for a person of your "
                "organisation. I must be an administrator who may manage topics.\n\nWhat colleagues with "
                "a role write in a topic goes to that person; what begins with // stays here. Nobody sees "
                "names or numbers. /relayoff ends it."
            )
        )

    async def _stop(self, turn: Turn) -> Reply:
        """Let the sender's organisation answer in private chats again."""
        t, member = turn.t, _overseer(turn.person)
        if member is None or member.organisation_id is None:
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return _said(t("Only a coordinator or an administrator can do this."))
        if not await relay_groups.leave(turn.store, member.organisation_id):
            await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
            return _said(
                t("Your organisation has no group now. Everybody answers in their own chat with me.")
            )
        await self._log(turn, member, Act.FORUM_LEFT, Kind.FORUM_LEFT)
        return _said(t("💬 From now on everybody answers in their own chat with me. Open talks go on there."))

    async def _left(self, store: AsyncConnection, update: Incoming, now: datetime) -> Reply | None:
        """Go back to private chats where the bot was taken out of the group."""
        if not update.gone:
            return None
        for organisation_id in await relay_groups.of_chat(store, update.chat_id):
            await relay_groups.leave(store, organisation_id)
            deed = Deed(act=Act.FORUM_LEFT, role=Actor.JOB, about="organisation", about_id=organisation_id)
            await audit.append(store, self.answering.vault, deed, now=now)
        return SILENCE

    async def _log(self, turn: Turn, member: StaffMember, act: Act, kind: Kind) -> None:
        deed = Deed(
            act=act,
            role=turn.staff_actor(),
            about="organisation",
            actor_id=member.id,
            about_id=member.organisation_id,
        )
        await audit.append(turn.store, self.answering.vault, deed, now=turn.now)
        await turn.record(kind, role=turn.staff_actor(), staff_id=member.id)

    async def explain(self, turn: Turn) -> Reply:
        """Say, in a private chat, how a group becomes one where people are answered."""
        await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
        t = turn.t
        text = t(
            "💬 Your organisation can answer in a group instead of in private chats:\n\n"
            "1. Make a group, and switch on its topics.\n"
            "2. Add me, and make me an administrator who may manage topics.\n"
            "3. Write /relayhere in the group.\n\n"
            "Each person gets a topic named by their picture and number."
        )
        off = key(t.label("✖️ No group any more"), Verb.FORUM_OFF)
        return screen(text, [[off], [work_key(t)]])

    async def off(self, turn: Turn) -> Reply:
        """Ask, then end it from a private chat."""
        t = turn.t
        if turn.press is None or turn.press.word(0) != "y":
            await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
            text = t("End answering in the group? Open talks go on in private chats.")
            yes = key(t.label("✅ Yes"), Verb.FORUM_OFF, "y")
            return screen(text, [[yes], [work_key(t)]])
        [step] = (await self._stop(turn)).steps
        return screen(step.text, [[work_key(t)]])


def _overseer(person: Person | None) -> StaffMember | None:
    """Return the role in which somebody decides for their organisation."""
    roles = person.roles if person else ()
    held = [member for member in roles if member.role in OVERSEERS]
    return next(iter(sorted(held, key=lambda one: one.organisation_id is None)), None)


def _said(text: str) -> Reply:
    return Reply((Step(way=Way.SEND, text=text),))
