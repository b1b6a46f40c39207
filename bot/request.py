"""Speak HTTP with the Bot API: python-telegram-bot's request object over aiohttp.

Its own client costs five to ten times the processor time a call. Faults are told apart by what they mean
for the sender: `NotConnected` is safe to repeat, after `Unanswered` the message may have arrived. No text
of a fault ever holds the address, because the token is part of it.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus

import aiohttp
from telegram import InputFile
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import (
    RequestParameter,
)  # what RequestData is made of; the version is fixed
from yarl import URL

CONNECTIONS = 256
CONNECT_S = 5.0
READ_S = 20.0
KEEP_ALIVE_S = (
    30.0  # shorter than the server's: a connection that it closes while we write is an unclear fault
)
MOST_LETTERS = 2_000  # remembered in their written form
MOST_ADDRESSES = 200  # kept parsed: one per method and token
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


class NotConnected(NetworkError):
    """The connection could not be made: nothing was sent, and repeating is safe."""

    __slots__ = ()


class Unanswered(TimedOut):
    """The request went out and no whole answer came: it may have been carried out."""

    __slots__ = ()


class _Percent(dict[int, str]):
    """What each letter becomes in a form, remembered: a third of the library's time for Cyrillic texts."""

    def __missing__(self, letter: int) -> str:
        written = quote_plus(chr(letter), errors="replace")
        if len(self) < MOST_LETTERS:
            self[letter] = written
        return written


_PERCENT = _Percent()


def encoded(parameters: Mapping[str, str]) -> bytes:
    """Return a form as application/x-www-form-urlencoded; half a letter (a lone surrogate) becomes '?'."""
    return "&".join([f"{name}={value.translate(_PERCENT)}" for name, value in parameters.items()]).encode(
        "ascii"
    )


def form(params: Mapping[str, Any], file: tuple[str, str, bytes] | None = None) -> RequestData:
    """Return the parameters of a call; `file` is parameter, file name and content."""
    parameters = [RequestParameter(name, value, None) for name, value in params.items()]
    if file is not None:
        name, file_name, content = file
        parameters.append(RequestParameter(name, None, [InputFile(content, filename=file_name)]))
    return RequestData(parameters)


class AiohttpRequest(BaseRequest):
    """Requests over a pool of kept connections. All times in seconds."""

    __slots__ = ("_addresses", "_connect_s", "_read_s", "_session", "_timeouts")

    def __init__(self, *, connect_s: float = CONNECT_S, read_s: float = READ_S) -> None:
        """Take the default timeouts; the pool is opened by `initialize`."""
        self._connect_s = connect_s
        self._read_s = read_s
        self._session: aiohttp.ClientSession | None = None
        self._addresses: dict[str, URL] = {}
        self._timeouts: dict[float | None, aiohttp.ClientTimeout] = {}

    @property
    def read_timeout(self) -> float:
        """How long to wait for an answer where a call does not say."""
        return self._read_s

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=300
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 the library's interface
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 likewise
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 likewise
    ) -> tuple[int, bytes]:
        """Return status and body. Raises NotConnected or Unanswered."""
        if self._session is None:
            raise NotConnected("the pool of connections is not open")
        body, headers = _body(request_data)
        wait = self._timeout(self._read_s if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout)
        try:
            async with self._session.request(
                method, self._address(url), data=body, headers=headers, timeout=wait, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            fault: NetworkError = NotConnected(f"no connection to the Bot API ({type(error).__name__})")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            fault = Unanswered(f"no answer from the Bot API ({type(error).__name__})")
        raise fault  # outside: the original names the address

    def _address(self, url: str) -> URL:
        address = self._addresses.get(url)
        if address is None:
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            address = self._addresses[url] = URL(url)
        return address

    def _timeout(self, read_s: float | None) -> aiohttp.ClientTimeout:
        timeout = self._timeouts.get(read_s)
        if timeout is None:
            timeout = self._timeouts[read_s] = aiohttp.ClientTimeout(
                total=None, connect=self._connect_s, sock_connect=self._connect_s, sock_read=read_s
            )
        return timeout

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer. Raises TelegramError, without the text of the answer, when it is none."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("the answer of the Bot API is not a JSON object")
        return answer


def _body(data: RequestData | None) -> tuple[Any, dict[str, str] | None]:
    """Return body and headers: a form, or parts when there are files."""
    if data is None:
        return None, None
    if not data.contains_files:
        return encoded(data.json_parameters), _FORM
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=mime)
    return form, None
