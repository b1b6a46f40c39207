"""Read what a request of the control API asks."""

import json
from typing import Any

from starlette.requests import Request

from simulator.errors import ControlError
from simulator.world import Bot, World

Json = dict[str, Any]


async def body(request: Request) -> Json:
    """Return the JSON object that came; empty when nothing came. Raises ControlError for anything else."""
    raw = await request.body()
    try:
        parsed = json.loads(raw) if raw else {}
    except ValueError as error:
        raise ControlError(f"the body is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ControlError("the body must be a JSON object")
    return parsed


def world_of(request: Request) -> World:
    """Return the world that this server simulates."""
    world: World = request.app.state.world
    return world


def bot_of(world: World, bot_id: int | None) -> Bot:
    """Return the bot with the id, or the first one."""
    return next((b for b in world.bots if b.id == bot_id), world.bot)
