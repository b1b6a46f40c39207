"""List all conversations: which button and command leads where, who may, in which order texts are tried."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from handlers.agent_table import without_telegram
from handlers.answer import AnswerScreen
from handlers.ask import Ask
from handlers.asked import Asked
from handlers.attempts import Attempts
from handlers.brigade_table import brigade_buttons
from handlers.buttons import Verb
from handlers.check import Check
from handlers.clinician_table import clinician_buttons, clinician_texts
from handlers.clinics import Clinics
from handlers.closed_table import closing_buttons
from handlers.company import Company
from handlers.consent import Consent
from handlers.desk_table import desk_texts
from handlers.family_table import family_buttons
from handlers.field_table import field
from handlers.group import Group
from handlers.help import Help
from handlers.home import Home
from handlers.incoming import Incoming
from handlers.inline import Inline
from handlers.knowledge import make_danger, make_search
from handlers.language import Language
from handlers.link_table import link_files, link_texts, share_buttons
from handlers.medicine_table import medicine
from handlers.newcomer import Newcomer
from handlers.notices import Notices
from handlers.other import Other
from handlers.parts import Parts
from handlers.privacy import Privacy
from handlers.relay_table import before, talks
from handlers.routes import Route, Routes
from handlers.screens import Reply
from handlers.staff_table import staff_buttons
from handlers.start import Start
from handlers.teaching import Teaching
from handlers.transfer_table import leaving
from handlers.turn import Turn
from handlers.unanswered import Unanswered
from handlers.verdicts import Verdicts
from handlers.visit_table import visit_buttons
from handlers.wait_table import wait_buttons
from handlers.wish import Wish

COMMANDS = {
    "start": Verb.START,
    "ask": Verb.ASK,
    "check": Verb.CHECK,
    "book": Verb.BOOK,
    "visits": Verb.VISITS,
    "leaving": Verb.LEAVING,
    "clinics": Verb.CLINICS,
    "talk": Verb.TALK,
    "delete": Verb.RELAY_DELETE,
    "medicine": Verb.MEDICINE,
    "language": Verb.LANGUAGES,
    "privacy": Verb.PRIVACY,
    "mydata": Verb.DATA,
    "forget": Verb.FORGET,
    "help": Verb.HELP,
    "share": Verb.SHARE,
    "links": Verb.LINKS,
    "people": Verb.PEOPLE,
    "tasks": Verb.TASKS,
    "relays": Verb.RELAYS,
    "sites": Verb.SITES,
    "visit": Verb.SITE_VISIT,
    "company": Verb.COMPANIES,
    "newperson": Verb.NEWPERSON,
    "shift": Verb.SHIFT,
    "today": Verb.TODAY,
    "checkin": Verb.CHECKIN,
    "closed": Verb.CLOSED,
    "results": Verb.RESULTS,
    "stats": Verb.STATS,
    "questions": Verb.QUESTIONS,
    "invite": Verb.INVITE,
    "team": Verb.TEAM,
    "audit": Verb.AUDIT,
    "relayhere": Verb.FORUM,
    "relayoff": Verb.FORUM_OFF,
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Conversations:
    """All that people and staff can talk about with the bot."""

    routes: Routes
    in_group: Callable[[AsyncConnection, Incoming, datetime], Awaitable[Reply]]
    in_forum: Callable[[AsyncConnection, Incoming, datetime], Awaitable[Reply | None]]  # staff groups
    inline: Inline  # what is answered behind the bot's name in other chats
    notices: Notices  # what messages due later say
    prepare: Callable[[], None]  # does in a thread what the first question would wait for
    learn: Callable[[AsyncConnection], Awaitable[None]]  # puts to work what coordinators taught


def conversations(parts: Parts) -> Conversations:
    """Make all conversations. Raises WordsFault when the example questions cannot be read."""
    zone = ZoneInfo(parts.zone)

    async def wish(turn: Turn) -> Reply:
        return await routes.wish(turn)

    async def text(turn: Turn) -> Reply:
        return await routes.answer(turn)

    async def caption(turn: Turn) -> Reply | None:
        answer = await ask.caption(turn)
        return other.beside(turn, answer) if answer else None

    other = Other()
    language = Language(words=parts.words, strangers=parts.strangers, answer=text, go_on=wish)
    home = Home(ask_language=language.ask)
    search = make_search(parts.words)
    danger = make_danger(search)
    teaching = Teaching(search=search)
    unanswered = Unanswered(vault=parts.vault, stale=home.stale)
    ask = Ask(
        words=parts.words,
        search=search,
        danger=danger,
        go_on=wish,
        bot_username=parts.username,
        answers=AnswerScreen(words=parts.words, recordings=parts.recordings, verdicts=Verdicts()),
        unsure=unanswered.unsure,
    )
    newcomer = Newcomer(vault=parts.vault, words=parts.words)
    start = Start(
        strangers=parts.strangers,
        attempts=Attempts(),
        home=home,
        go_on=wish,
        zone=parts.zone,
        newcomer=newcomer,
    )
    consent = Consent(vault=parts.vault, strangers=parts.strangers, go_on=wish, zone=parts.zone)
    privacy = Privacy(vault=parts.vault, strangers=parts.strangers, zone=zone)

    async def question(turn: Turn) -> Reply:
        return await ask.danger_in(turn) or await ask.question(turn) or await home.stale(turn)

    relay = talks(parts, zone, danger=ask.danger_in, question=question)
    in_field, plans = field(parts, zone), medicine(parts, zone, question=question)
    asked = Asked(pins=in_field.pins, go_on=wish)
    company = Company(words=parts.words, vault=parts.vault, zone=parts.zone)
    going = leaving(parts)
    absent = without_telegram(parts, go_on=wish)
    buttons = {
        **_first_steps(start, language, consent, home),
        **_about(privacy),
        **_questions(ask, Check(zone=zone)),
        **relay.buttons,
        **_without_answer(unanswered),
        **visit_buttons(),
        Verb.WISH: Route(Wish(zone=zone).show),
        **wait_buttons(),
        **closing_buttons(parts),
        **_company(company),
        **share_buttons(parts),
        **clinician_buttons(parts),
        **brigade_buttons(parts),
        **family_buttons(),
        **in_field.buttons,
        **plans.buttons,
        **going.buttons,
        **absent.buttons,
        **staff_buttons(parts, zone, search, teaching),
    }
    routes = Routes(
        buttons=buttons,
        commands=COMMANDS,
        # Danger wins over everything. A code comes before a question, since a question is whatever is left.
        texts=(
            *relay.first,
            relay.danger,
            absent.agent.attempt(asked.declined),
            asked.declined,
            *clinician_texts(parts),
            *desk_texts(parts),
            start.typed,
            absent.agent.attempt(company.without),
            company.without,
            absent.agent.attempt(going.typed),
            going.typed,
            relay.phone,
            *link_texts(parts, zone),
            *in_field.texts,
            *plans.texts,
            *relay.last,
            ask.question,
        ),
        captions=(*relay.first, relay.danger, *link_files(parts), *relay.last, caption),
        files=(*relay.first, *link_files(parts)),
        ask_consent=consent.ask,
        ask_language=language.ask,
        unknown_command=home.unknown_command,
        stale=home.stale,
        on_behalf=absent.agent.wish,
        given_up=asked.give_up,
        locations=(
            *relay.first,
            absent.agent.attempt(company.located),
            company.located,
            *in_field.locations,
            *relay.located,
        ),
        shared_location=Clinics().near,
        contacts=(company.contact, going.contact),
        shared_contact=relay.contact,
        other=before(other.show, relay.last),
        languageless=frozenset({Verb.START, Verb.LANGUAGES, Verb.LANGUAGE}),
    )
    group = Group(words=parts.words, search=search, danger=danger, username=parts.username)
    inline = Inline(
        words=parts.words,
        vault=parts.vault,
        strangers=parts.strangers,
        search=search,
        danger=danger,
        username=parts.username,
    )
    notices = Notices(words=parts.words, vault=parts.vault, zone=zone)
    return Conversations(
        routes=routes,
        in_group=group.show,
        in_forum=relay.forum.show,
        inline=inline,
        notices=notices,
        prepare=search.prepare,
        learn=teaching.refresh,
    )


def _first_steps(start: Start, language: Language, consent: Consent, home: Home) -> dict[Verb, Route]:
    return {
        Verb.START: Route(start.start, consent=False),
        Verb.CODE: Route(start.ask_code, consent=False),
        Verb.LANGUAGES: Route(language.ask, consent=False),
        Verb.LANGUAGE: Route(language.choose, consent=False),
        Verb.CONSENT: Route(consent.ask, consent=False),
        Verb.CONSENT_MORE: Route(consent.more, consent=False),
        Verb.AGREE: Route(consent.agree, consent=False),
        Verb.LATER: Route(consent.later, consent=False),
        Verb.HOME: Route(home.show, consent=False),
        Verb.NOTHING: Route(home.stale, consent=False),
    }


def _about(privacy: Privacy) -> dict[Verb, Route]:
    return {
        Verb.HELP: Route(Help().show, consent=False),
        Verb.PRIVACY: Route(privacy.show, consent=False),
        Verb.DATA: Route(privacy.data, consent=False),
        Verb.FORGET: Route(privacy.ask_forget, consent=False),
        Verb.FORGET_YES: Route(privacy.erase, consent=False),
    }


def _questions(ask: Ask, check: Check) -> dict[Verb, Route]:
    """Questions and the check are open to everybody."""
    return {
        Verb.ASK: Route(ask.open, consent=False),
        Verb.GROUP: Route(ask.group, consent=False),
        Verb.TOPIC: Route(ask.topic, consent=False),
        Verb.SOURCE: Route(ask.source, consent=False),
        Verb.HELPED: Route(ask.helped, consent=False),
        Verb.LISTEN: Route(ask.listen, consent=False),
        Verb.CHECK: Route(check.begin, consent=False),
        Verb.CHECK_ANSWER: Route(check.answer, consent=False),
    }


def _without_answer(unanswered: Unanswered) -> dict[Verb, Route]:
    return {
        Verb.NONE_OF_THESE: Route(unanswered.none_of_these, consent=False),
        Verb.TELL_ME: Route(unanswered.tell_me),
        Verb.TELL_NOT: Route(unanswered.tell_not),
    }


def _company(company: Company) -> dict[Verb, Route]:
    return {
        Verb.COMPANY: Route(company.show),
        Verb.COMPANY_WISH: Route(company.wish),
        Verb.COMPANY_YES: Route(company.confirm),
        Verb.COMPANY_WIDER: Route(company.wider),
        Verb.COMPANY_CANCEL: Route(company.cancel),
    }
