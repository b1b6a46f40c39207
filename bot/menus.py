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
    ("book", N_("Book a free examination")),
    ("visits", N_("My visits")),
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
    ),
    Role.REGISTRAR: (("today", N_("Who is expected today")),),
    Role.COORDINATOR: (
        ("stats", N_("Numbers")),
        ("invite", N_("Invite a colleague")),
        ("today", N_("Who is expected today")),
    ),
    Role.ADMIN: (("stats", N_("Numbers")), ("invite", N_("Invite a colleague"))),
}
DESCRIPTION = N_(
    "I answer questions about health, show where to be examined, and remind you of your visit. "
    "It is free. You need not give your name."
)
SHORT_DESCRIPTION = N_("Questions, a free examination, a person beside you.")
log = structlog.get_logger()


def commands(t: Locale, roles: Iterable[Role] = ()) -> list[BotCommand]:
    """Return the menu of somebody with `roles`, their own commands first."""
    wanted = {name: text for role in roles for name, text in OF_ROLE[role]}
    own = [BotCommand(name, t.label(text)) for name, text in wanted.items()]
    return own + [BotCommand(name, t.label(text)) for name, text in EVERYBODY]


async def tell_everybody(bot: Bot, words: Words) -> None:
    """Set the general menu and the descriptions, in each language for the clients that use it."""
    try:
        for code in words:
            await _tell(bot, words[code], code)
    except TelegramError as error:
        log.warning("menus could not be set", fault=type(error).__name__)


async def _tell(bot: Bot, t: Locale, code: str) -> None:
    if len(code) != 2:
        return  # Telegram knows two-letter codes only
    language = "" if code == "en" else code
    await bot.set_my_commands(
        commands(t), scope=BotCommandScopeAllPrivateChats(), language_code=language or None
    )
    await bot.set_my_description(t.label(DESCRIPTION), language_code=language or None)
    await bot.set_my_short_description(t.label(SHORT_DESCRIPTION), language_code=language or None)


async def tell(bot: Bot, chat_id: int, t: Locale, roles: Iterable[Role]) -> None:
    """Set the menu of one chat: the person's own language wins over their client's, and roles add commands."""
    try:
        await bot.set_my_commands(commands(t, roles), scope=BotCommandScopeChat(chat_id))
    except TelegramError as error:
        log.warning("menu could not be set", fault=type(error).__name__)
