"""List the conversations of talks: which button leads where, who may, and where typed words are tried."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from handlers.answering import Answering
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.forum import Forum
from handlers.forum_buttons import TopicButtons
from handlers.parts import Parts
from handlers.relayed import Relayed
from handlers.roles import HELPERS, OVERSEERS
from handlers.routes import Attempt, Route
from handlers.screens import Reply, screen
from handlers.talk import Talk
from handlers.talk_phone import TalkPhone
from handlers.turn import Conversation, Turn
from handlers.worker.relay_danger import RelayDanger
from handlers.worker.relay_hand import RelayHand
from handlers.worker.relays import Relays
from handlers.worker.replies import Replies


@dataclass(frozen=True, slots=True, kw_only=True)
class Talks:
    """All about talks."""

    buttons: dict[Verb, Route]
    first: tuple[
        Attempt, ...
    ]  # before everything else that is typed or sent: whose message says for whom it is
    danger: Attempt  # in place of the danger of a question
    phone: Attempt  # the text of a button that goes on without a number
    contact: Attempt
    last: tuple[Attempt, ...]  # after all that somebody was asked to type, before a question
    located: tuple[Attempt, ...]  # after all who asked for a place, before the nearest clinic
    forum: Forum


def talks(parts: Parts, zone: ZoneInfo, *, danger: Attempt, question: Conversation) -> Talks:
    """Make them. `danger` is that of a typed question, `question` answers one for the bot."""
    answering = Answering(words=parts.words, vault=parts.vault, zone=zone)
    talk = Talk(answering=answering)
    phone = TalkPhone(answering=answering, talk=talk)
    relayed = Relayed(answering=answering, danger=danger)
    replies = Replies(answering=answering, go_on=question)
    listed = Relays(answering=answering, replies=replies)
    hand = RelayHand(answering=answering, replies=replies)
    in_topic = TopicButtons(answering=answering, listed=listed, hand=hand)
    forum = Forum(answering=answering, replies=replies, buttons=in_topic)
    helpers, office = HELPERS, OVERSEERS
    buttons = {
        Verb.TALK: Route(talk.show),
        Verb.TALK_YES: Route(talk.ask),
        Verb.TALK_NO: Route(talk.end),
        Verb.TALK_CALL: Route(phone.ask),
        Verb.TALK_BOT: Route(talk.ask_bot),
        Verb.TALK_RATE: Route(talk.rate),
        Verb.RELAY_DELETE: Route(_deleting(replies.delete, relayed.delete)),
        Verb.RELAYS: Route(listed.show, helpers),
        Verb.RELAY: Route(listed.relay, helpers),
        Verb.RELAY_SEND: Route(replies.send, helpers),
        Verb.RELAY_STOP: Route(replies.stop, helpers),
        Verb.RELAY_BOT: Route(replies.for_bot, helpers),
        Verb.RELAY_TAKE: Route(RelayDanger(answering=answering, listed=listed).take, helpers),
        Verb.RELAY_HAND: Route(hand.hand, helpers),
        Verb.RELAY_TAG: Route(listed.tag, helpers),
        Verb.RELAY_END: Route(listed.end, helpers),
        Verb.FORUM: Route(forum.explain, office),
        Verb.FORUM_OFF: Route(forum.off, office),
    }
    return Talks(
        buttons=buttons,
        first=(replies.addressed,),
        danger=_danger(relayed, replies),
        phone=phone.without,
        contact=phone.contact,
        last=(replies.unaddressed, relayed.words_of),
        located=(replies.unaddressed, relayed.place_of),
        forum=forum,
    )


def _danger(relayed: Relayed, replies: Replies) -> Attempt:
    """Return what shows the emergency screen: to the team, too, whose words may be for others."""

    async def danger(turn: Turn) -> Reply | None:
        shown = await relayed.first_danger(turn)
        return await replies.beside_danger(turn, shown) if shown else None

    return danger


def _deleting(*attempts: Attempt) -> Conversation:
    """Return what /delete does: the first that has the message deletes its copy."""

    async def delete(turn: Turn) -> Reply:
        for attempt in attempts:
            reply = await attempt(turn)
            if reply is not None:
                return reply
        return await _how(turn)

    return delete


async def _how(turn: Turn) -> Reply:
    await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
    text = turn.t(
        "🗑 To delete a message on the other side, too: reply to your own message with /delete. "
        "What I do not find any more I cannot delete."
    )
    return screen(text, [[home_key(turn.t)]])


def before(conversation: Conversation, attempts: tuple[Attempt, ...]) -> Conversation:
    """Return a conversation that lets others try first."""

    async def tried(turn: Turn) -> Reply:
        for attempt in attempts if turn.chosen else ():
            reply = await attempt(turn)
            if reply is not None:
                return reply
        return await conversation(turn)

    return tried
