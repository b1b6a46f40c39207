"""Say what the bot can do, which number calls an ambulance, and who runs it."""

from dataclasses import dataclass

from care.emergency import EMERGENCY
from care.outcomes import Kind
from handlers import kept
from handlers.buttons import Verb
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Locale
from storage import directory

COUNTRIES = {
    "KZ": N_("🇰🇿 Kazakhstan: {numbers}"),
    "UZ": N_("🇺🇿 Uzbekistan: {numbers}"),
    "KG": N_("🇰🇬 Kyrgyzstan: {numbers}"),
    "TJ": N_("🇹🇯 Tajikistan: {numbers}"),
    "RU": N_("🇷🇺 Russia: {numbers}"),
}
FREE = "free-bot"  # care.topics.PROMISES: said only where the programme confirmed it


@dataclass(frozen=True, kw_only=True)
class Help:
    """What /help does."""

    async def show(self, turn: Turn) -> Reply:
        """Show what there is."""
        await turn.record(Kind.HELP_SEEN)
        t = turn.t
        programme = await directory.programme(turn.store)
        parts = [
            _can(t),
            _commands(t),
            numbers(t),
            t("The bot is free for you.") if programme and FREE in programme.promises else "",
            kept.who_runs(t, programme),
        ]
        return screen(
            "\n\n".join(part for part in parts if part),
            [
                [key(t.label("❓ Ask a question"), Verb.ASK), key(t.label("🤝 Talk to a person"), Verb.TALK)],
                [key(t.label("🏠 Home"), Verb.HOME)],
            ],
        )


def numbers(t: Locale) -> str:
    """Return the numbers that call an ambulance, by country."""
    lines = [t(COUNTRIES[each.country], numbers=", ".join(each.numbers)) for each in EMERGENCY]
    return "\n".join([t("🚑 <b>Ambulance</b>"), *lines])


def _can(t: Locale) -> str:
    return t(
        "❔ <b>What I can do</b>\n"
        "Write a question in your own words, and I answer. I can check symptoms, find a clinic, book a visit "
        "and remind you of it. A person can help you, too.\n"
        "I am not a doctor, and I do not know your test results."
    )


def _commands(t: Locale) -> str:
    return t(
        "/ask – ask a question\n"
        "/check – check symptoms\n"
        "/book – book a visit\n"
        "/visits – my visits\n"
        "/clinics – clinics and addresses\n"
        "/talk – talk to a person\n"
        "/language – change the language\n"
        "/privacy – what is kept about me\n"
        "/mydata – my data as a file\n"
        "/forget – delete my data"
    )
