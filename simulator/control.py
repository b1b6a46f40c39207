"""The control API under /sim: what tests and the chat page use to act as people and to steer the world."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import steering, views
from simulator.acts import hand
from simulator.asked import Json, body, bot_of, world_of
from simulator.cast import PLACES
from simulator.deeds import ACTS
from simulator.errors import ApiError, ControlError
from simulator.world import Group, Person, World

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

LONGEST_WAIT_S = 60.0
FIRST_PERSON_ID = 710_000_000
FIRST_GROUP_ID = -1_000_000_000_000


async def _wait(world: World, timeout_s: float, ready: Callable[[], bool]) -> None:
    """Return when `ready` says so, at the latest after the timeout."""
    end = time.monotonic() + min(timeout_s, LONGEST_WAIT_S)
    while not ready() and time.monotonic() < end and not world.closing.is_set():
        change = world.next_change()
        try:
            await asyncio.wait_for(change.wait(), end - time.monotonic())
        except TimeoutError:
            return


# ---- the world


async def reset(request: Request) -> Response:
    """Forget everything but the demo people."""
    world_of(request).reset()
    return JSONResponse({"ok": True})


def _state(world: World) -> Json:
    return {
        "seq": world.seq,
        "bot": {**world.bot.user(), "connected": world.bot.token is not None},
        "people": views.people_view(world),
        "groups": views.groups_view(world),
        "places": PLACES,
        "clock": steering.clock_view(world),
    }


async def state(request: Request) -> Response:
    """Return bot, people, groups, clock."""
    return JSONResponse(_state(world_of(request)))


async def changes(request: Request) -> Response:
    """Wait for a change after `after`; return the state and the views of the chats that changed."""
    world = world_of(request)
    after, timeout = (
        int(request.query_params.get("after", 0)),
        float(request.query_params.get("timeout_s", 25)),
    )
    if after <= world.seq:
        await _wait(world, timeout, lambda: world.seq > after)
    for person_id in world.people:
        world.chat(world.bot, person_id)
    fresh = after > world.seq  # the world was reset or started anew: show everything
    changed = [c for c in world.bot.chats.values() if fresh or c.seq > after]
    return JSONResponse(_state(world) | {"chats": [views.chat_view(world, world.bot, c) for c in changed]})


# ---- people, groups


async def people(request: Request) -> Response:
    """List people, or add one."""
    world = world_of(request)
    if request.method == "POST":
        given = {"first_name": "New person"} | await body(request)
        fields: Json = {"id": FIRST_PERSON_ID + world.number()} | given
        person = Person(**fields)
        world.people[person.id] = person
        world.announce()
        return JSONResponse(person.user())
    return JSONResponse(views.people_view(world))


async def groups(request: Request) -> Response:
    """List groups and channels, or make one with the bot in it."""
    world = world_of(request)
    if request.method == "POST":
        given = await body(request)
        group = Group(
            given.get("id", FIRST_GROUP_ID - world.number()),
            given["title"],
            given.get("kind", "supergroup"),
            set(given["members"]),
            is_forum=bool(given.get("forum")),
        )
        if group.kind not in {"group", "supergroup", "channel"} or not group.members:
            raise ControlError("kind is group, supergroup or channel; there is at least one member")
        world.groups[group.id] = group
        chat = world.chat(world.bot, group.id)
        chat.blocked = True
        hand(world, next(iter(given["members"])), group.id).block(blocked=False)
        return JSONResponse(group.chat())
    return JSONResponse(views.groups_view(world))


# ---- acts of a person


async def act(request: Request) -> Response:
    """Do one of ACTS as a person: POST /sim/people/{id}/{act}."""
    given, world = await body(request), world_of(request)
    doing = ACTS.get(request.path_params["act"])
    if doing is None:
        raise ControlError(f"unknown act; there are {', '.join(ACTS)}")
    who = hand(
        world,
        request.path_params["person_id"],
        given.get("chat_id"),
        bot_id=given.get("bot_id"),
        anonymous=bool(given.get("anonymous")),
    )
    before = world.seq
    result = doing(who, given)
    return JSONResponse({"seq": before, "result": result})


# ---- chats and calls


async def chat(request: Request) -> Response:
    """Return a chat as its person sees it; with `after`, wait for a change first."""
    world, query = world_of(request), request.query_params
    bot = bot_of(world, int(query.get("bot_id", 0)))
    seen = world.chat(bot, int(request.path_params["chat_id"]))
    if request.url.path.endswith("/wait"):
        after = int(query.get("after", 0))
        await _wait(world, float(query.get("timeout_s", 10)), lambda: seen.seq > after)
    return JSONResponse(views.chat_view(world, bot, seen))


async def calls(request: Request) -> Response:
    """List API calls, oldest first: of a method, a chat, after a seq; `wait_s`: wait for `count` of them."""
    world, query = world_of(request), request.query_params
    method, after = query.get("method", "").lower(), int(query.get("after", 0))
    wanted_chat, count = query.get("chat_id"), int(query.get("count", 1))

    def matching() -> list[Json]:
        return [
            c
            for c in world.calls
            if c["seq"] > after
            and (not method or c["method"].lower() == method)
            and (wanted_chat is None or str(c["params"].get("chat_id")) == wanted_chat)
        ]

    await _wait(world, float(query.get("wait_s", 0)), lambda: len(matching()) >= count)
    return JSONResponse(matching())


async def cards(request: Request) -> Response:
    """Return what an inline query was answered with, null while it was not; `wait_s`: wait for it."""
    world, query = world_of(request), request.query_params
    asked = bot_of(world, int(query.get("bot_id", 0))).inline_queries.get(request.path_params["query_id"])
    if asked is None:
        raise ControlError("there is no such query")
    await _wait(world, float(query.get("wait_s", 0)), lambda: asked.answer is not None)
    return JSONResponse(asked.answer)


async def stored_file(request: Request) -> Response:
    """Return the content of a file."""
    stored = world_of(request).files.get(request.path_params["file_id"])
    if stored is None:
        raise ControlError("there is no such file")
    inline = stored.mime_type in {"image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg"}
    kind = stored.mime_type if inline else "application/octet-stream"
    return Response(stored.content, media_type=kind, headers={"X-Content-Type-Options": "nosniff"})


def _explained(handler: Handler) -> Handler:
    """Turn wrong wishes into a 400 with a sentence."""

    async def wrapped(request: Request) -> Response:
        try:
            return await handler(request)
        except (ControlError, ApiError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"wrong request: {error!r}"}, status_code=400)

    return wrapped


def routes() -> list[Route]:
    """Return the routes of the control API."""
    table: list[tuple[str, Handler, list[str]]] = [
        ("/reset", reset, ["POST"]),
        ("/state", state, ["GET"]),
        ("/changes", changes, ["GET"]),
        ("/people", people, ["GET", "POST"]),
        ("/groups", groups, ["GET", "POST"]),
        ("/people/{person_id:int}/{act}", act, ["POST"]),
        ("/chats/{chat_id}", chat, ["GET"]),
        ("/chats/{chat_id}/wait", chat, ["GET"]),
        ("/calls", calls, ["GET"]),
        ("/files/{file_id}", stored_file, ["GET"]),
        ("/inline/{query_id}", cards, ["GET"]),
        ("/updates", steering.updates, ["GET", "POST"]),
        ("/updates/{update_id:int}/redeliver", steering.redeliver, ["POST"]),
        ("/faults", steering.faults, ["GET", "POST", "DELETE"]),
        ("/clock", steering.clock, ["GET", "POST"]),
        ("/clock/bot", steering.clock_of_bot, ["POST"]),
    ]
    return [Route(f"/sim{path}", _explained(handler), methods=methods) for path, handler, methods in table]
