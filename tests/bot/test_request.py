"""The HTTP client: what is safe to repeat is told apart from what is not, and the token is told to nobody."""

import asyncio
import json
import logging
import socket
import traceback
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import unused_port
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import RequestData

from bot.request import AiohttpRequest, NotConnected, Unanswered, encoded, form

PATH = "/bot" + "TERCES"[::-1] + "/getMe"  # so that the lines of a traceback do not show it


def assert_no_token(error: BaseException) -> None:
    assert "SECRET" not in "".join(traceback.format_exception(error))


async def test_an_answer_comes_back_as_its_result(bot, api):
    message = await bot.request.post(
        f"{bot.base_url}/sendMessage", form({"chat_id": 5, "text": "Салом & ok"})
    )

    assert message == {"message_id": 1}
    assert api.calls == [("sendMessage", {"chat_id": "5", "text": "Салом & ok"})]


async def test_the_methods_of_the_library_work_over_it(bot, api):
    api.answers["getMe"] = [
        json.dumps(
            {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "H", "username": "h_bot"}}
        ).encode()
    ]

    assert (await bot.get_me()).username == "h_bot"


@given(st.dictionaries(st.text("abc_", min_size=1), st.text()))
def test_a_form_is_written_as_the_library_writes_it(parameters):
    assert encoded(parameters).decode() == urlencode(parameters)


def test_half_a_letter_does_not_hold_up_a_message():
    assert encoded({"text": "a\ud83d"}) == b"text=a%3F"


async def test_a_file_goes_as_a_part_of_its_own(bot, api):
    await bot.request.post(
        f"{bot.base_url}/sendDocument", form({"chat_id": 5}, ("document", "visit.ics", b"BEGIN"))
    )

    assert api.calls == [("sendDocument", {"chat_id": "5", "document": b"BEGIN", "filename": "visit.ics"})]


async def test_no_connection_is_safe_to_repeat(bot):
    address = f"http://127.0.0.1:{unused_port()}{PATH}"

    with pytest.raises(NotConnected) as caught:
        await bot.request.post(address, RequestData())

    assert isinstance(caught.value, NetworkError)
    assert not isinstance(caught.value, TimedOut)
    assert_no_token(caught.value)


async def test_an_unknown_host_is_no_connection(bot):
    with pytest.raises(NotConnected) as caught:
        await bot.request.post("http://host.invalid" + PATH)

    assert_no_token(caught.value)


async def test_a_connection_that_is_never_accepted_is_no_connection():
    """A full backlog: the system answers nobody."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listener.getsockname()[1]
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
    async with AiohttpRequest(connect_s=0.1, read_s=5) as request:
        with pytest.raises(NotConnected) as caught:
            await request.post(f"http://127.0.0.1:{port}{PATH}")
    for one in (*fillers, listener):
        one.close()

    assert_no_token(caught.value)


async def test_no_answer_in_time_may_have_arrived(bot, api):
    never = asyncio.Event()
    api.answers["sendMessage"] = [never]

    with pytest.raises(Unanswered) as caught:
        await bot.request.post(f"{bot.base_url}/sendMessage", form({"chat_id": 5}), read_timeout=0.05)

    never.set()
    assert api.methods() == ["sendMessage"]
    assert_no_token(caught.value)


async def test_a_connection_that_breaks_after_the_request_may_have_arrived(bot, api):
    api.answers["sendMessage"] = ["break"]

    with pytest.raises(Unanswered) as caught:
        await bot.request.post(f"{bot.base_url}/sendMessage", form({"chat_id": 5}))

    assert api.methods() == ["sendMessage"]
    assert_no_token(caught.value)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ((403, "Forbidden: bot was blocked by the user"), Forbidden),
        ((400, "Bad Request: chat not found"), BadRequest),
        ((429, "Too Many Requests: retry after 7", {"retry_after": 7}), RetryAfter),
        ((502, "Bad Gateway"), NetworkError),
        (b"<html>proxy</html>", TelegramError),
        (b"[1, 2]", TelegramError),
    ],
)
async def test_refusals_are_those_of_the_library(bot, api, answer, fault):
    api.answers["sendMessage"] = [answer]

    with pytest.raises(fault) as caught:
        await bot.request.post(f"{bot.base_url}/sendMessage", form({"chat_id": 5}))

    assert not isinstance(caught.value, NotConnected)


async def test_an_answer_that_is_none_is_not_written_to_the_log(bot, api, caplog):
    caplog.set_level(logging.DEBUG)
    api.answers["sendMessage"] = [b"not JSON: private words"]

    with pytest.raises(TelegramError) as caught:
        await bot.request.post(f"{bot.base_url}/sendMessage", form({"chat_id": 5}))

    assert "private words" not in caplog.text + str(caught.value)


async def test_connections_are_kept(bot, api):
    for _ in range(5):
        await bot.request.post(f"{bot.base_url}/sendMessage", form({"chat_id": 5}))

    kept = bot.request._session.connector._conns
    assert sum(len(connections) for connections in kept.values()) == 1


async def test_before_it_is_opened_it_says_so():
    with pytest.raises(NotConnected):
        await AiohttpRequest().post("http://127.0.0.1:1" + PATH)
