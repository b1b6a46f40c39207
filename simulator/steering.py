"""The part of the control API that steers the world: updates by hand, faults, the clock."""

import time
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator import acts
from simulator.asked import Json, body, bot_of, world_of
from simulator.errors import ControlError
from simulator.faults import Drop, Fault
from simulator.world import World


async def updates(request: Request) -> Response:
    """Queue an update as given, {"update": {…}, "update_id": optional}; GET lists what waits for the bot."""
    world = world_of(request)
    if request.method == "GET":
        return JSONResponse([p.json for p in world.bot.updates.pending])
    given = await body(request)
    if not isinstance(given.get("update"), dict):
        raise ControlError("update must be an object")
    bot = bot_of(world, given.get("bot_id"))
    return JSONResponse(
        {"update_id": acts.inject(world, bot, given["update"], update_id=given.get("update_id"))}
    )


async def redeliver(request: Request) -> Response:
    """Hand an update out once more, although it was confirmed."""
    world = world_of(request)
    update_id = request.path_params["update_id"]
    if not any(b.updates.redeliver(update_id, now=world.clock.timestamp()) for b in world.bots):
        raise ControlError("there is no such update")
    return JSONResponse({"ok": True})


async def faults(request: Request) -> Response:
    """List, add or remove faults."""
    world = world_of(request)
    if request.method == "DELETE":
        world.faults.clear()
    elif request.method == "POST":
        given = await body(request)
        seconds = given.pop("seconds", None)
        if "drop" in given:
            given["drop"] = Drop(given["drop"])
        until = None if seconds is None else time.monotonic() + seconds
        world.faults.append(Fault(**given, until=until))
    return JSONResponse({"faults": len(world.faults)})


def clock_view(world: World) -> Json:
    """Return what there is to know of the clock."""
    due = world.clock.next_due
    return {
        "offset_s": world.clock.offset_s,
        "now": world.clock.now().isoformat(),
        "next_due": due.isoformat() if due else None,
    }


async def clock(request: Request) -> Response:
    """Return the clock, or move it: advance_s, offset_s or to_next_due."""
    world = world_of(request)
    if request.method == "POST":
        given = await body(request)
        if given.get("to_next_due") and not world.clock.advance_to_next_due():
            raise ControlError("the bot has told no due time that lies ahead")
        world.clock.advance(float(given.get("advance_s", 0)))
        world.clock.offset_s = float(given.get("offset_s", world.clock.offset_s))
        world.announce()
    return JSONResponse(clock_view(world))


async def clock_of_bot(request: Request) -> Response:
    """Take the bot's next due time and tell it the offset."""
    world = world_of(request)
    due = (await body(request)).get("next_due")
    parsed = datetime.fromisoformat(due) if due else None
    if parsed is not None and parsed.tzinfo is None:
        raise ControlError("next_due needs a zone")
    if parsed != world.clock.next_due:
        world.clock.next_due = parsed
        world.announce()
    return JSONResponse({"offset_s": world.clock.offset_s})
