"""A stock python-telegram-bot that inserts one SQLite row per update and echoes: the bot to compare with."""

import sys

import aiosqlite
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

URL, FILE = sys.argv[1], sys.argv[2]


async def prepare(application: Application) -> None:  # type: ignore[type-arg]
    """Open the database."""
    database = await aiosqlite.connect(FILE)
    await database.execute("PRAGMA journal_mode = WAL")
    await database.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY, chat INTEGER, text TEXT)")
    await database.commit()
    application.bot_data["database"] = database


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Insert a row, commit, answer."""
    message = update.effective_message
    if message is None:
        return
    database = context.application.bot_data["database"]
    await database.execute("INSERT INTO seen (chat, text) VALUES (?, ?)", (message.chat_id, message.text))
    await database.commit()
    await message.reply_text(message.text or "")


application = Application.builder().token("1:bench").base_url(f"{URL}/bot").post_init(prepare).build()
application.add_handler(MessageHandler(filters.ALL, echo))
application.run_polling()
