"""The conversations about links, for tests of them alone."""

from typing import Any
from zoneinfo import ZoneInfo

from handlers.attempts import Attempts
from handlers.buttons import Verb
from handlers.consent import Consent
from handlers.home import Home
from handlers.language import Language
from handlers.link_table import link_buttons, link_files, link_texts, share_buttons
from handlers.newcomer import Newcomer
from handlers.parts import Parts
from handlers.routes import Route, Routes
from handlers.screens import Reply, screen
from handlers.start import Start
from handlers.strangers import Strangers
from handlers.turn import Turn
from locales.catalogue import Words
from storage.vault import Vault


async def question(turn: Turn) -> Reply:
    return screen(f"[asked: {turn.words}]")


async def danger(turn: Turn) -> Reply | None:
    return screen("[danger]") if turn.words == "blood" else None


def link_routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    """Return /links, /share and how people arrive through them."""
    parts = Parts(words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot")
    zone, made = ZoneInfo("Asia/Almaty"), []

    async def go_on(turn: Turn) -> Reply:
        return await made[0].wish(turn)

    language = Language(words=words, strangers=strangers, answer=question, go_on=go_on)
    home = Home(ask_language=language.ask)
    start = Start(
        strangers=strangers,
        attempts=Attempts(),
        home=home,
        go_on=go_on,
        zone="Asia/Almaty",
        newcomer=Newcomer(vault=vault, words=words),
    )
    consent = Consent(vault=vault, strangers=strangers, go_on=go_on, zone="Asia/Almaty")
    free = {
        Verb.START: start.start,
        Verb.HOME: home.show,
        Verb.LANGUAGE: language.choose,
        Verb.AGREE: consent.agree,
    }
    files = link_files(parts)
    routes = make_table(
        buttons={
            **{verb: Route(each, consent=False) for verb, each in free.items()},
            **link_buttons(parts, zone),
            **share_buttons(parts),
        },
        commands={"links": Verb.LINKS, "share": Verb.SHARE, "start": Verb.START},
        texts=(danger, *link_texts(parts, zone), question),
        captions=(danger, *files),
        files=files,
        ask_consent=consent.ask,
        ask_language=language.ask,
        stale=home.stale,
        languageless=frozenset({Verb.START, Verb.LANGUAGES, Verb.LANGUAGE}),
    )
    made.append(routes)
    return routes
