"""Take updates in the way the settings say, by long polling or by webhook, into the one inbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.faults import CannotRun
from bot.intake import Intake
from bot.polling import ALLOWED, Polling
from bot.request import AiohttpRequest
from bot.settings import Settings
from storage.due import next_due as next_due_at
from storage.engine import Database

DRAIN_S = 8.0  # for what is in hand when we are told to stop; the whole stop takes at most 10


@contextlib.asynccontextmanager
async def receiving(
    settings: Settings, *, bot: ExtBot[Any], intake: Intake, database: Database
) -> AsyncIterator[None]:
    """Take updates in while the body runs, then finish what is in hand, for at most DRAIN_S seconds.

    Raises CannotRun when the address to listen on cannot be had.
    """
    taking_in = _webhook(settings, bot, intake, database) if settings.webhook_url else _polling(bot, intake)
    try:
        async with taking_in:
            yield
    finally:
        await intake.stop(within_s=DRAIN_S)


@contextlib.asynccontextmanager
async def _polling(bot: ExtBot[Any], intake: Intake) -> AsyncIterator[None]:
    with contextlib.suppress(TelegramError):
        await bot.delete_webhook(drop_pending_updates=False)
    request = AiohttpRequest()
    await request.initialize()
    polling = asyncio.create_task(Polling(bot.base_url, request, intake).run())
    try:
        yield
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await request.shutdown()


@contextlib.asynccontextmanager
async def _webhook(
    settings: Settings, bot: ExtBot[Any], intake: Intake, database: Database
) -> AsyncIterator[None]:
    from bot.web.server import serving  # several MB that polling does without
    from bot.web.webhook import web_application

    async def health() -> dict[str, Any]:
        async with database.reading() as store:
            next_due = await next_due_at(store)
        return {"ok": True, "open": intake.open, "next_due": next_due and next_due.isoformat()}

    address = urlsplit(settings.webhook_url or "")
    application = web_application(
        path=address.path or "/",
        secret=settings.webhook_secret,
        receive=intake.receive,
        health=health,
    )
    host, port = settings.listen
    try:
        async with serving(application, host=host, port=port):
            await bot.set_webhook(
                settings.webhook_url or "",
                secret_token=settings.webhook_secret,
                allowed_updates=list(ALLOWED),
                max_connections=40,
            )
            yield
    except OSError as error:
        raise CannotRun(
            f"cannot listen on {host}:{port} ({error.strerror}): change HAMROH_LISTEN, or stop what listens "
            "there"
        ) from None
