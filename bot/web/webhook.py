"""Take updates by webhook: refused cheaply without the secret, answered 200 only once they are kept."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MOST_BYTES = 1_048_576  # an update is far smaller; Telegram names no limit
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  a header's name, Bot API setWebhook

Receive = Callable[[list[dict[str, Any]]], Awaitable[None]]
Health = Callable[[], Awaitable[dict[str, Any]]]


def web_application(*, path: str, secret: str | None, receive: Receive | None, health: Health) -> Starlette:
    """Return the HTTP side: `POST path` when there is a secret and a receiver, and `GET /health`."""

    async def webhook(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), (secret or "").encode()):
            return Response(status_code=401)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):  # no JSON, or nested far deeper than any update
            return Response(status_code=400)
        if receive is not None and isinstance(update, dict):
            try:
                await receive([update])
            except (DBAPIError, OSError, TimeoutError):
                return Response(status_code=503)
        return Response(status_code=200)

    async def show_health(_: Request) -> Response:
        state = await health()
        return JSONResponse(state, status_code=200 if state.get("ok") else 503)

    routes = [Route("/health", show_health, methods=["GET"])]
    if receive is not None and secret:
        routes.append(Route(path, webhook, methods=["POST"]))
    return Starlette(routes=routes)


async def _body(request: Request) -> bytes | None:
    """Return the request's body, or None when it is larger than any update."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MOST_BYTES:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)
