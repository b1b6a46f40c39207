"""Tell Telegram the commands of each role in each language, and how the bot describes itself."""

from collections.abc import Iterable

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from care.roles import Role
from locales.catalogue import N_, Locale, Words

EVERYBODY = (
    ("ask", N_("Ask a question")),
    ("check", N_("Check symptoms")),
    ("book", N_("Book an examination")),
    ("visits", N_("My visits")),
    ("share", N_("Pass it on")),
    ("clinics", N_("Clinics and addresses")),
    ("talk", N_("Talk to a person")),
    ("language", N_("Change the language")),
    ("privacy", N_("What is kept about me")),
    ("mydata", N_("My data as a file")),
    ("forget", N_("Delete my data")),
    ("help", N_("Help")),
)
OF_ROLE = {
    Role.WORKER: (
        ("links", N_("My link and QR code")),
        ("people", N_("People who came through my link")),
        ("tasks", N_("What waits for me")),
        ("relays", N_("My talks with people")),
        ("sites", N_("Sites: where to go next")),
        ("visit", N_("Log a visit to a site")),
        ("company", N_("To the clinic together")),
        ("newperson", N_("Somebody without Telegram")),
        ("shift", N_("When I am there")),
    ),
    Role.REGISTRAR: (("today", N_("Who is expected today")),),
    Role.COORDINATOR: (
        ("stats", N_("Numbers")),
        ("questions", N_("Questions without an answer")),
        ("invite", N_("Invite a colleague")),
        ("team", N_("The team")),
        ("audit", N_("What was changed in the team")),
        ("today", N_("Who is expected today")),
        ("tasks", N_("What waits for me")),
        ("relays", N_("My talks with people")),
        ("sites", N_("Sites: where to go next")),
        ("visit", N_("Log a visit to a site")),
        ("company", N_("To the clinic together")),
        ("newperson", N_("Somebody without Telegram")),
        ("shift", N_("When I am there")),
    ),
    Role.ADMIN: (
        ("stats", N_("Numbers")),
        ("questions", N_("Questions without an answer")),
        ("invite", N_("Invite a colleague")),
        ("team", N_("The team")),
        ("audit", N_("What was changed in the team")),
        ("today", N_("Who is expected today")),
        ("tasks", N_("What waits for me")),
        ("relays", N_("My talks with people")),
        ("sites", N_("Sites: where to go next")),
        ("visit", N_("Log a visit to a site")),
        ("company", N_("To the clinic together")),
        ("newperson", N_("Somebody without Telegram")),
        ("shift", N_("When I am there")),
    ),
}
DESCRIPTION = N_(
    "I answer questions about health, show where to be examined, and remind you of your visit. "
    "You need not give your name."
)
SHORT_DESCRIPTION = N_("Questions, an examination, a person beside you.")
TELEGRAMS = 2  # letters of the language codes that Telegram knows
log = structlog.get_logger()


def commands(t: Locale, roles: Iterable[Role] = ()) -> list[BotCommand]:
    """Return the menu of somebody with `roles`, their own commands first."""
    wanted = {name: text for role in roles for name, text in OF_ROLE[role]}
    own = [BotCommand(name, t.label(text)) for name, text in wanted.items()]
    return own + [BotCommand(name, t.label(text)) for name, text in EVERYBODY]


class Menus:
    """Set menus through the Bot API; a menu that cannot be set is no reason to stop."""

    def __init__(self, bot: Bot, words: Words) -> None:
        """Speak for `bot` in all languages of `words`."""
        self._bot = bot
        self._words = words

    async def tell_everybody(self) -> None:
        """Set the general menu and the descriptions, in each language for the clients that use it."""
        try:
            for code, t in self._words.items():
                if len(code) == TELEGRAMS:
                    await self._tell_language(t, None if code == "en" else code)
        except TelegramError as error:
            log.warning("menus could not be set", fault=type(error).__name__)

    async def _tell_language(self, t: Locale, code: str | None) -> None:
        await self._bot.set_my_commands(
            commands(t), scope=BotCommandScopeAllPrivateChats(), language_code=code
        )
        await self._bot.set_my_description(t.label(DESCRIPTION), language_code=code)
        await self._bot.set_my_short_description(t.label(SHORT_DESCRIPTION), language_code=code)

    async def tell(self, chat_id: int, menu: str) -> None:
        """Set the menu of one chat: the person's own language wins over their client's, roles add commands.

        `menu` is "locale" or "locale:role,role"; an empty locale takes the chat's own menu away.
        """
        locale, _, named = menu.partition(":")
        roles = [Role(name) for name in named.split(",") if name]
        scope = BotCommandScopeChat(chat_id)
        try:
            if locale in self._words:
                await self._bot.set_my_commands(commands(self._words[locale], roles), scope=scope)
            else:
                await self._bot.delete_my_commands(scope=scope)
        except TelegramError as error:
            log.warning("menu could not be set", fault=type(error).__name__)
