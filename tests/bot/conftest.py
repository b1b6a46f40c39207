"""What tests of the running program need: a clock that jumps to the next timer, a Bot API server."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram.ext import ExtBot

from bot.lanes import Lanes
from bot.request import AiohttpRequest


class _Selector:
    """Wraps the loop's selector: instead of waiting for a timer, move the clock to it."""

    def __init__(self, inner: Any, loop: "TimelessLoop") -> None:
        self._inner = inner
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        self._loop.clock += timeout
        return self._inner.select(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class TimelessLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self.clock = 1_000.0
        self._selector = _Selector(self._selector, self)

    def time(self) -> float:
        return self.clock


@pytest.fixture(scope="session")
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine to its end; waiting is exact and takes no time."""

    def timeless(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=TimelessLoop) as runner:
            return runner.run(coroutine)

    return timeless


@dataclass(kw_only=True)
class StubApi:
    """A Bot API server that notes what it is asked and answers as a test wants."""

    url: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # what arrived, in order
    answers: dict[str, list[Any]] = field(
        default_factory=lambda: defaultdict(list)
    )  # "method" or "method chat" → next
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params: dict[str, Any] = {}
        for name, value in (await request.post()).items():
            params[name] = value.file.read() if isinstance(value, web.FileField) else value
            if isinstance(value, web.FileField):
                params["filename"] = value.filename
        self.calls.append((method, params))
        self.arrived.set()
        prepared = self.answers.get(f"{method} {params.get('chat_id')}") or self.answers[method]
        answer = prepared.pop(0) if prepared else None
        if answer == "break":
            request.transport.abort()
            return web.Response()
        if isinstance(answer, asyncio.Event):
            await answer.wait()
        if isinstance(answer, tuple):
            status, description, *parameters = answer
            body = {"ok": False, "error_code": status, "description": description}
            return web.json_response(
                body | ({"parameters": parameters[0]} if parameters else {}), status=status
            )
        if isinstance(answer, dict):
            return web.json_response({"ok": True, "result": answer})
        if isinstance(answer, bytes):
            return web.Response(body=answer)
        return web.json_response({"ok": True, "result": {"message_id": len(self.calls)}})

    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    def sent(self, method: str) -> list[dict[str, Any]]:
        return [params for called, params in self.calls if called == method]


TOKEN = "123456:SECRET-token_of_the_tests"


@pytest.fixture
async def api() -> AsyncIterator[StubApi]:
    """A Bot API server of the test."""
    stub = StubApi()
    app = web.Application(client_max_size=2**24)
    app.router.add_post(f"/bot{TOKEN}/{{method}}", stub.take)
    server = TestServer(app)
    await server.start_server()
    stub.url = str(server.make_url("/bot"))
    yield stub
    await server.close()


@pytest.fixture
async def bot(api: StubApi) -> AsyncIterator[ExtBot[Any]]:
    """The library's bot over our request object and lanes, talking to `api`."""
    request = AiohttpRequest(connect_s=2, read_s=2)
    made: ExtBot[Any] = ExtBot(
        TOKEN, base_url=api.url, request=request, get_updates_request=request, rate_limiter=Lanes()
    )
    await request.initialize()
    yield made
    await request.shutdown()
