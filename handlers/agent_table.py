"""List what is done for people without Telegram: by the team, by a friend, and by themselves later."""

from dataclasses import dataclass

from handlers.agent import Agent
from handlers.buttons import Verb
from handlers.claim import TicketCodes
from handlers.parts import Parts
from handlers.roles import HELPERS
from handlers.routes import Route
from handlers.turn import Conversation
from handlers.worker.newperson import NewPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutTelegram:
    """The buttons, and who acts for whom."""

    agent: Agent
    buttons: dict[Verb, Route]


def without_telegram(parts: Parts, *, go_on: Conversation) -> WithoutTelegram:
    """Make the conversations; `go_on` grants a wish as if it had been pressed."""
    agent = Agent(words=parts.words)
    person = NewPerson(words=parts.words, vault=parts.vault, username=parts.username, agent=agent)
    codes = TicketCodes(vault=parts.vault, strangers=parts.strangers, go_on=go_on)
    return WithoutTelegram(
        agent=agent,
        buttons={
            Verb.NEWPERSON: Route(person.show, HELPERS),
            Verb.NEWPERSON_YES: Route(person.agreed, HELPERS),
            Verb.AGENT: Route(person.act, HELPERS),
            Verb.AGENT_END: Route(person.end, HELPERS),
            Verb.AGENT_LANGUAGE: Route(person.language, HELPERS),
            Verb.AGENT_FORGET: Route(person.forget, HELPERS),
            Verb.TICKET: Route(person.ticket, HELPERS),
            Verb.FRIEND_TICKET: Route(person.friend, HELPERS),
            Verb.CLAIM: Route(codes.claim, consent=False),
            Verb.FRIEND: Route(codes.friend),
            Verb.FRIEND_STOP: Route(codes.stop),
        },
    )
