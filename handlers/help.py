"""Say what the bot can do, which number calls an ambulance, and who runs it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from care.emergency import EMERGENCY
from care.outcomes import Kind
from care.roles import Role
from handlers import chosen, kept
from handlers.buttons import Verb
from handlers.command_names import EVERYBODY, of_roles
from handlers.roles import work_key
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from locales.markup import html
from storage import directory

COUNTRIES = {
    "KZ": N_("🇰🇿 Kazakhstan: {numbers}"),
    "UZ": N_("🇺🇿 Uzbekistan: {numbers}"),
    "KG": N_("🇰🇬 Kyrgyzstan: {numbers}"),
    "TJ": N_("🇹🇯 Tajikistan: {numbers}"),
    "RU": N_("🇷🇺 Russia: {numbers}"),
}
EVERYBODYS = "all"  # as an argument: what is there without a role
FREE = "free-bot"  # care.topics.PROMISES: said only where the programme confirmed it


@dataclass(frozen=True, kw_only=True)
class Help:
    """What /help does."""

    async def show(self, turn: Turn) -> Reply:
        """Show what there is: staff their work first, and what is there for everybody behind a button."""
        await turn.record(Kind.HELP_SEEN)
        roles = [member.role for member in turn.person.roles] if turn.person else []
        if roles and chosen.word(turn, 0) != EVERYBODYS:
            return _work(turn.t, roles)
        t = turn.t
        programme = await directory.programme(turn.store)
        parts = [
            _can(t),
            _commands(t, EVERYBODY),
            numbers(t),
            t("The bot is free for you.") if programme and FREE in programme.promises else "",
            kept.who_runs(t, programme),
        ]
        home = key(t.label("🏠 Home"), Verb.HOME)
        return screen(
            "\n\n".join(part for part in parts if part),
            [
                [key(t.label("❓ Ask a question"), Verb.ASK), key(t.label("🤝 Talk to a person"), Verb.TALK)],
                [key(t.label("✈️ I am leaving"), Verb.LEAVING)],
                [key(t.label("⬅️ Back"), Verb.HELP), home] if roles else [home],
            ],
        )


def _work(t: Locale, roles: Sequence[Role]) -> Reply:
    """Show the commands that somebody's roles allow."""
    text = Html("\n\n".join([t("🧰 <b>Your work</b>"), _commands(t, of_roles(roles).items()), numbers(t)]))
    everybody = key(t.label("❔ What everybody can do"), Verb.HELP, EVERYBODYS)
    return screen(text, [[everybody], [work_key(t), key(t.label("🏠 Home"), Verb.HOME)]])


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


def _commands(t: Locale, named: Iterable[tuple[str, str]]) -> str:
    return Html("\n".join(f"/{name} – {html(t.label(text))}" for name, text in named))
