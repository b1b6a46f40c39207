"""Tell Telegram the commands of each role in each language, and how the bot describes itself."""

from collections.abc import Iterable

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from care.roles import Role
from handlers.command_names import EVERYBODY, of_roles
from locales.catalogue import N_, Locale, Words

DESCRIPTION = N_(
    "I answer questions about health, show where to be examined, and remind you of your visit. "
    "You need not give your name."
)
SHORT_DESCRIPTION = N_("Questions, an examination, a person beside you.")
TELEGRAMS = 2  # letters of the language codes that Telegram knows
log = structlog.get_logger()


def commands(t: Locale, roles: Iterable[Role] = ()) -> list[BotCommand]:
    """Return the menu of somebody with `roles`, their own commands first."""
    own = [BotCommand(name, t.label(text)) for name, text in of_roles(roles).items()]
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
