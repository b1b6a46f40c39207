"""Put the parts together and run them: the only place where all of them meet."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import User
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot import logs
from bot.alone import alone
from bot.clock import Clock, SystemClock
from bot.delivery import Courier, Lanes, Limits
from bot.due import DueMessages, Tools
from bot.excuses import Excuses
from bot.faults import CannotRun
from bot.handling import Handling
from bot.inline import InlineQueries
from bot.intake import Intake
from bot.jobs import Jobs
from bot.marks import DoneMarks
from bot.menus import Menus
from bot.opening import Store, open_store
from bot.preparing import prepare_answers, prepare_store
from bot.receiving import DRAIN_S, receiving
from bot.request import AiohttpRequest
from bot.sendings import Sendings, place_of
from bot.settings import Settings
from bot.timetable import timetable
from bot.voices import Voices
from handlers.dispatch import Dispatch
from handlers.parts import Parts
from handlers.strangers import Strangers
from handlers.table import Conversations, conversations
from locales.catalogue import Words
from locales.recordings import Recordings

REACH_S = 30.0  # how long the Bot API may be unreachable at the start
PAUSE_S = 1.0
log = structlog.get_logger()


@dataclass(kw_only=True)
class Running:
    """The parts of a running program, for those who stand around it: the simulator's demo, tests."""

    store: Store
    bot: ExtBot[Any]
    intake: Intake
    due: DueMessages
    words: Words


async def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; return the exit code.

    Raises CannotRun, StoreFault, WordsFault or DirectoryFaults with sentences for the operator.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with program(settings, clock=SystemClock(), stop=stop) as running:
        if running is not None:
            await stop.wait()
            log.info("stopping")
    return 0


@contextlib.asynccontextmanager
async def program(settings: Settings, *, clock: Clock, stop: asyncio.Event) -> AsyncIterator[Running | None]:
    """Run everything while the body runs; yields None when told to stop before it began."""
    logs.configure(level=settings.log_level, style=settings.log_format, secrets=settings.secrets)
    words = Words.load()
    store = await open_store(settings)
    try:
        await prepare_store(settings, store, now=clock.now())
        async with _alone_or_stopped(store, stop) as may_run:
            if not may_run:
                yield None
                return
            async with _bot(settings) as bot:
                me = await _reach(bot, stop)
                if me is None:
                    yield None
                    return
                async with _parts(settings, Meeting(store, bot, me, words, clock)) as running:
                    yield running
    finally:
        await store.database.close()


@dataclass(frozen=True, slots=True)
class Meeting:
    """What is ready before the parts are put together."""

    store: Store
    bot: ExtBot[Any]
    me: User
    words: Words
    clock: Clock


@contextlib.asynccontextmanager
async def _parts(settings: Settings, ready: Meeting) -> AsyncIterator[Running]:
    """Put the parts together, take up what was left open, and run."""
    strangers, recordings = Strangers(), Recordings()
    voices = Voices(
        database=ready.store.database, recordings=recordings, bot_id=ready.me.id, now=ready.clock.now
    )
    courier = Courier(ready.bot, voices)
    talks = conversations(
        Parts(
            words=ready.words,
            vault=ready.store.vault,
            strangers=strangers,
            zone=settings.timezone,
            username=ready.me.username or "",
            admin_ids=frozenset(settings.admin_ids),
            recordings=recordings,
        )
    )
    menus = Menus(ready.bot, ready.words)
    queries = InlineQueries(
        database=ready.store.database, inline=talks.inline, courier=courier, now=ready.clock.now
    )
    intake = _intake(settings, ready, strangers, courier, talks, menus, queries)
    due = DueMessages(
        Tools(
            database=ready.store.database,
            vault=ready.store.vault,
            words=ready.words,
            courier=courier,
            render=talks.notices.render,
            now=ready.clock.now,
            zone=settings.timezone,
            menu=menus.tell,
        )
    )
    running = Running(store=ready.store, bot=ready.bot, intake=intake, due=due, words=ready.words)
    await intake.start()
    async with (
        _ticking(running, ready.clock, settings.timezone),
        receiving(settings, bot=ready.bot, intake=intake, database=ready.store.database),
    ):
        telling = asyncio.create_task(menus.tell_everybody())
        preparing = asyncio.create_task(prepare_answers(talks, ready.store.database))
        log.info("running", mode="webhook" if settings.webhook_url else "polling")
        yield running
        telling.cancel()
        await queries.close()
        await asyncio.gather(telling, preparing, return_exceptions=True)


def _intake(
    settings: Settings,
    ready: Meeting,
    strangers: Strangers,
    courier: Courier,
    talks: Conversations,
    menus: Menus,
    queries: InlineQueries,
) -> Intake:
    store, words, now = ready.store, ready.words, ready.clock.now
    handling = Handling(
        database=store.database,
        vault=store.vault,
        dispatch=Dispatch(
            vault=store.vault,
            words=words,
            routes=talks.routes,
            strangers=strangers,
            admin_ids=frozenset(settings.admin_ids),
            in_group=talks.in_group,
            in_forum=talks.in_forum,
            card_chosen=talks.inline.chosen,
        ),
        courier=courier,
        marks=DoneMarks(store.database, now),
        sendings=Sendings(place_of(store.database)),
        excuses=Excuses(
            database=store.database, vault=store.vault, words=words, strangers=strangers, now=now
        ),
        now=now,
        menu=menus.tell,
        slowed={},
        old_ones=asyncio.Lock(),
    )
    return Intake(database=store.database, vault=store.vault, handling=handling, now=now, inline=queries.take)


@contextlib.asynccontextmanager
async def _alone_or_stopped(store: Store, stop: asyncio.Event) -> AsyncIterator[bool]:
    """Yield True once no other process takes updates from this store, or False when told to stop first."""
    lock = alone(store.database)
    entering = asyncio.ensure_future(lock.__aenter__())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({entering, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not entering.done():
        entering.cancel()
        await asyncio.gather(entering, return_exceptions=True)
        yield False
        return
    entering.result()
    try:
        yield True
    finally:
        await lock.__aexit__(None, None, None)


@contextlib.asynccontextmanager
async def _bot(settings: Settings) -> AsyncIterator[ExtBot[Any]]:
    """Give the bot over our own HTTP client and lanes; not initialized, which would need the network."""
    request = AiohttpRequest()
    lanes = Lanes(_limits(settings.sends_per_second))
    bot: ExtBot[Any] = ExtBot(
        token=settings.bot_token or "",
        base_url=f"{settings.api_base_url}/bot",
        base_file_url=f"{settings.api_base_url}/file/bot",
        request=request,
        get_updates_request=request,  # ours polls over a connection of its own, see bot/polling.py
        rate_limiter=lanes,
    )
    await request.initialize()
    await lanes.initialize()
    try:
        yield bot
    finally:
        await lanes.shutdown()
        await request.shutdown()


def _limits(per_second: int) -> Limits:
    """Return Telegram's own limits, or others in proportion where a server of one's own takes more."""
    share = per_second / Limits.per_second
    return Limits(
        per_second=per_second,
        broadcast_per_second=max(1, round(Limits.broadcast_per_second * share)),
        chat_per_second=max(1.0, share) * Limits.chat_per_second,
        chat_burst=max(1, round(max(1.0, share) * Limits.chat_burst)),
    )


async def _reach(bot: ExtBot[Any], stop: asyncio.Event) -> User | None:
    """Return who the bot is, or None when told to stop. Raises CannotRun when it cannot be known."""
    deadline = asyncio.get_running_loop().time() + REACH_S
    while not stop.is_set():
        try:
            return await bot.get_me()
        except InvalidToken:
            raise CannotRun(
                "Telegram refuses HAMROH_BOT_TOKEN: copy the token from @BotFather again"
            ) from None
        except TelegramError as error:
            if not isinstance(error, NetworkError):
                raise CannotRun(
                    f"the Bot API answers {type(error).__name__}: look at HAMROH_API_BASE_URL"
                ) from None
            if asyncio.get_running_loop().time() > deadline:
                raise CannotRun(
                    f"the Bot API cannot be reached since {REACH_S:.0f} seconds: look at the network and at "
                    "HAMROH_API_BASE_URL, then start again"
                ) from None
            log.warning("bot api unreachable", fault=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE_S)
    return None


@contextlib.asynccontextmanager
async def _ticking(running: Running, clock: Clock, zone: str) -> AsyncIterator[None]:
    """Send what is due, and do the night's work, while the body runs."""
    database = running.store.database
    table = timetable(
        database=database,
        vault=running.store.vault,
        words=running.words,
        now=clock.now,
        zone=zone,
        wake=running.due.wake.set,
    )
    jobs = Jobs(table, database=database, now=clock.now, zone=zone)
    sending = asyncio.create_task(running.due.run())
    jobs.start()
    try:
        yield
    finally:
        jobs.stop()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await running.due.stop(within_s=DRAIN_S / 4)
