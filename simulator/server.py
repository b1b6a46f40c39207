"""The HTTP server: the Bot API under /bot<token>/, files, the control API, and the chat page at /."""

import asyncio
import contextlib
import json
import mimetypes
import re
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulator import control, methods
from simulator.cast import CAST
from simulator.errors import ApiError
from simulator.faults import Drop, Fault, hit_by
from simulator.multipart import parse_multipart
from simulator.validation import Upload
from simulator.webhook import Webhooks
from simulator.world import World

Json = dict[str, Any]

PAGE = Path(__file__).parent / "page"
TOKEN = re.compile(r"\d{1,16}:[A-Za-z0-9_-]+")


class _Gone(Response):
    """No answer at all: the connection is cut."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - the ASGI form
        scope["extensions"]["hamroh.cut"]()
        while (await receive())["type"] != "http.disconnect":
            pass


class CuttableProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with the connection within the application's reach, to cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Offer the transport's abort to the application."""
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope["extensions"] = {**scope.get("extensions", {}), "hamroh.cut": transport.abort}
            await inner(scope, receive, send)

        self.app = app


async def _parameters(request: Request) -> Json:
    """Return the call's parameters from the query and the body of any kind. Raises ApiError."""
    given: Json = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if not body:
        return given
    if kind.startswith("application/json"):
        try:
            parsed = json.loads(body)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise ApiError(400, "Bad Request: can't parse JSON object")
        return given | parsed
    if kind.startswith("multipart/form-data"):
        return given | _attached(parse_multipart(body, kind))
    return given | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _attached(fields: Json) -> Json:
    """Put files in the place of their attach://name."""
    used = {str(v).removeprefix("attach://") for v in fields.values() if str(v).startswith("attach://")}
    return {
        name: fields.get(value.removeprefix("attach://"), value)
        if isinstance(value, str) and value.startswith("attach://")
        else value
        for name, value in fields.items()
        if name not in used
    }


def _logged(params: Json) -> Json:
    """Return parameters for the list of calls: JSON texts parsed, files as name and size."""
    return {name: _readable(value) for name, value in params.items()}


def _readable(value: Any) -> Any:
    if isinstance(value, Upload):
        return {"file": value.name, "bytes": len(value)}
    if isinstance(value, str) and value[:1] in "[{":
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value


def _chat_id(params: Json) -> int | None:
    given = str(params.get("chat_id", ""))
    return int(given) if re.fullmatch(r"-?\d{1,18}", given) else None


async def bot_api(request: Request) -> Response:
    """Answer one Bot API call."""
    world: World = request.app.state.world
    method: str = request.path_params["method"]
    record: Json = {"seq": world.count_call(), "method": method, "params": {}, "status": None}
    record |= {"at": time.time(), "sim_at": world.clock.timestamp()}
    world.calls.append(record)
    try:
        result = await _answer(request, world, method, record)
        record["status"] = 200
        body: Json = {"ok": True, "result": result}
    except ApiError as error:
        record |= {"status": error.code, "description": error.description}
        body = {"ok": False, "error_code": error.code, "description": error.description}
        if error.retry_after is not None:
            body["parameters"] = {"retry_after": error.retry_after}
    except ConnectionAbortedError as cut:
        record |= {"status": 0, "description": str(cut)}
    record["took_s"] = round(time.time() - record["at"], 6)
    if method.lower() != "getupdates":
        world.announce()
    return _Gone() if record["status"] == 0 else JSONResponse(body, status_code=record["status"])


async def _answer(request: Request, world: World, method: str, record: Json) -> Any:
    """Return the result of a call, or what a fault makes of it. Raises ApiError, ConnectionAbortedError."""
    token: str = request.path_params["token"]
    if not TOKEN.fullmatch(token):
        raise ApiError(401, "Unauthorized")
    params = await _parameters(request)
    record["params"] = _logged(params)
    bot = world.bot_of(token)
    record["bot_id"] = bot.id
    fault = hit_by(world.faults, method.lower(), _chat_id(params))
    if fault is not None:
        await _suffer(fault)
    result = await methods.run(world, bot, method, params)
    if fault is not None and fault.drop is Drop.AFTER:
        raise ConnectionAbortedError("cut after the call")
    return result


async def _suffer(fault: Fault) -> None:
    await asyncio.sleep(fault.latency_ms / 1000)
    if fault.drop is Drop.BEFORE:
        raise ConnectionAbortedError("cut before the call")
    if fault.retry_after is not None:
        words = f"Too Many Requests: retry after {fault.retry_after}"
        raise ApiError(429, words, retry_after=fault.retry_after)
    if fault.error_code is not None:
        raise ApiError(fault.error_code, fault.description)


async def bot_file(request: Request) -> Response:
    """Return a file for the bot, at the file_path that getFile named."""
    world: World = request.app.state.world
    stored = world.files.get(request.path_params["file_id"])
    if stored is None or not TOKEN.fullmatch(request.path_params["token"]):
        return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, status_code=404)
    return Response(stored.content, media_type=stored.mime_type)


async def page(_: Request) -> Response:
    """Return the chat page."""
    policy = "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; frame-ancestors 'none'"
    return FileResponse(
        PAGE / "index.html", headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    )


async def no_route(_: Request) -> Response:
    """Answer a path that is no method, as Telegram does."""
    return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, status_code=404)


def create_app(world: World) -> Starlette:
    """Return the application that shows and serves this world."""
    mimetypes.add_type("text/javascript", ".js")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        webhooks = asyncio.create_task(Webhooks(world).run())
        yield
        webhooks.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await webhooks

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/bot{token}/{method}", bot_api, methods=["GET", "POST"]),
            Route("/file/bot{token}/files/{file_id}/{name:path}", bot_file),
            *control.routes(),
            Mount("/page", StaticFiles(directory=PAGE)),
            Route("/{path:path}", no_route, methods=["GET", "POST"]),
        ],
        lifespan=lifespan,
    )
    app.state.world = world
    return app


class _Server(uvicorn.Server):
    """uvicorn without signal handlers, so that it lives inside another program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave the signals to the program around."""
        yield


@contextlib.asynccontextmanager
async def running(
    world: World | None = None, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve a world while the block runs; yields the base URL, with the port that was free when it is 0.

    Raises OSError when the port is taken.
    """
    world = world or World(CAST)
    listening = socket.create_server((host, port))
    config = uvicorn.Config(
        create_app(world),
        http=CuttableProtocol,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the simulator did not start")
            await asyncio.sleep(0.01)
        yield f"http://{host}:{listening.getsockname()[1]}"
    finally:
        world.closing.set()
        world.announce()
        for bot in world.bots:
            bot.updates.close()
        server.should_exit = True
        await task


async def serve(
    host: str = "127.0.0.1",
    port: int = 8081,
    *,
    world: World | None = None,
    ready: asyncio.Event | None = None,
) -> None:
    """Serve until cancelled; `ready` is set when it listens. Raises OSError when the port is taken."""
    async with running(world, host=host, port=port) as url:
        if ready is not None:
            ready.set()
        print(f"simulator: {url}", flush=True)  # noqa: T201 - the one thing to know
        await asyncio.Event().wait()
