"""A stock aiogram bot that inserts one SQLite row per update and echoes: the bot to compare with."""

import asyncio
import sys

import aiosqlite
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

URL, FILE = sys.argv[1], sys.argv[2]


async def main() -> None:
    """Poll until killed."""
    database = await aiosqlite.connect(FILE)
    await database.execute("PRAGMA journal_mode = WAL")
    await database.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY, chat INTEGER, text TEXT)")
    await database.commit()
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await database.execute("INSERT INTO seen (chat, text) VALUES (?, ?)", (message.chat.id, message.text))
        await database.commit()
        await message.answer(message.text or "")

    session = AiohttpSession(api=TelegramAPIServer.from_base(URL))
    await dispatcher.start_polling(Bot("1:bench", session=session), handle_signals=False)


asyncio.run(main())
