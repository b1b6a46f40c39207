"""Polling moves on only past what was kept, and waits as Telegram and the store ask."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import RequestData

from bot import polling
from bot.polling import ALLOWED, LONGEST_PAUSE_S, STAND_BY_S, Polling

STORE_DOWN = OperationalError("insert", None, Exception("database is locked"))


class Over(Exception):
    """The script of a test is at its end."""


@dataclass
class Telegram:
    """Answers getUpdates from a script, and notes when it was asked for what."""

    script: list[Any]
    asked: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    patience: list[float] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    async def post(self, url: str, data: RequestData, *, read_timeout: float) -> Any:
        self.addresses.add(url)
        self.asked.append(dict(data.parameters))
        self.patience.append(read_timeout)
        self.times.append(asyncio.get_running_loop().time())
        if not self.script:
            raise Over
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def offsets(self) -> list[Any]:
        return [each.get("offset") for each in self.asked]

    @property
    def pauses(self) -> list[float]:
        return [round(after - before, 3) for before, after in zip(self.times, self.times[1:], strict=False)]


@dataclass
class Inbox:
    """Keeps updates, or refuses as often as a test wants."""

    kept: list[Any] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    full_for_s: float = 0.0

    async def room(self) -> None:
        await asyncio.sleep(self.full_for_s)

    async def receive(self, batch: list[Any]) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.kept += batch


@pytest.fixture
def poll(run: Callable[..., Any]) -> Callable[..., tuple[Telegram, Inbox]]:
    """Poll through a script of answers; waiting takes no time."""

    def through(*script: Any, inbox: Inbox | None = None) -> tuple[Telegram, Inbox]:
        telegram, taking = Telegram(list(script)), inbox or Inbox()
        program = Polling("http://api.test/bot1:x", telegram, taking)  # type: ignore[arg-type]
        with pytest.raises(Over):
            run(program.run())
        return telegram, taking

    return through


def batch(*ids: int) -> list[dict[str, Any]]:
    return [{"update_id": number} for number in ids]


def test_the_offset_moves_past_what_was_kept(poll):
    telegram, inbox = poll(batch(5, 6), batch(7), [])

    assert telegram.offsets == [None, 7, 8, 8]
    assert inbox.kept == batch(5, 6, 7)
    assert telegram.addresses == {"http://api.test/bot1:x/getUpdates"}


def test_everything_wanted_is_asked_for_and_waited_for_longer_than_telegram_holds_it(poll):
    telegram, _ = poll()

    (asked,) = telegram.asked
    assert tuple(asked["allowed_updates"]) == ALLOWED
    assert telegram.patience[0] > asked["timeout"]


@pytest.mark.parametrize("fault", [STORE_DOWN, OSError("disk"), TimeoutError()], ids=["sql", "os", "late"])
def test_what_could_not_be_kept_is_not_confirmed(poll, fault):
    telegram, inbox = poll(batch(5), batch(5), inbox=Inbox(faults=[fault]))

    assert telegram.offsets == [None, None, 6]
    assert inbox.kept == batch(5)
    assert telegram.pauses == [1.0, 0.0]


def test_another_poller_is_stood_by_for(poll):
    telegram, _ = poll(batch(5), Conflict("other getUpdates request"), batch(6))

    assert telegram.offsets == [None, 6, 6, 7]
    assert telegram.pauses == [0.0, STAND_BY_S, 0.0]


@pytest.mark.parametrize("wait", [7, timedelta(seconds=7)], ids=["seconds", "timedelta"])
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_telegrams_wish_to_wait_is_honoured(poll, wait):
    telegram, _ = poll(RetryAfter(wait), batch(5))

    assert telegram.pauses == [7.0, 0.0]


@pytest.mark.parametrize(
    "fault",
    [NetworkError("down"), TimedOut(), InvalidToken(), BadRequest("odd")],
    ids=lambda one: type(one).__name__,
)
def test_failures_are_repeated_more_and_more_slowly_until_one_works(poll, fault):
    telegram, _ = poll(*[fault] * 7, batch(5), fault)

    assert telegram.pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE_S, LONGEST_PAUSE_S, 0, 1]


@pytest.mark.parametrize("neighbour", [5, None, "x", {}, {"update_id": "9"}, {"update_id": None}, [1]])
def test_a_malformed_neighbour_neither_hides_an_update_nor_holds_the_offset(poll, neighbour):
    telegram, inbox = poll([neighbour, {"update_id": 5}, neighbour])

    assert telegram.offsets == [None, 6]
    assert {"update_id": 5} in inbox.kept


@pytest.mark.parametrize("answer", [None, {}, "ok", 5, True])
def test_an_answer_that_is_no_list_is_an_empty_one(poll, answer):
    telegram, inbox = poll(answer, batch(5))

    assert telegram.offsets == [None, None, 6]
    assert inbox.kept == batch(5)


def test_ids_out_of_order_confirm_the_highest(poll):
    telegram, _ = poll(batch(9, 5, 7))

    assert telegram.offsets == [None, 10]


def test_nothing_is_fetched_while_there_is_no_room(poll):
    telegram, _ = poll(batch(5), batch(6), inbox=Inbox(full_for_s=60))

    assert telegram.pauses == [60.0, 60.0]


def test_a_refused_token_is_said_and_the_token_is_not(poll, capsys):
    poll(InvalidToken())

    said = capsys.readouterr()
    assert "BotFather" in said.out + said.err
    assert "1:x" not in said.out + said.err


def test_what_we_ask_for_is_what_we_read():
    from handlers.incoming import What

    assert {what.value for what in What} - {What.OTHER.value} <= set(polling.ALLOWED)
