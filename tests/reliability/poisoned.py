"""The program with one more conversation, which fails as the text asks: for the tests of poison updates."""

import os
import signal
import sys
from dataclasses import replace
from typing import Any

import bot.application
from bot.cli import main
from handlers.screens import Reply
from handlers.turn import Turn

RAISE, KILL = "poison that raises", "poison that kills"
_conversations = bot.application.conversations


async def poison(turn: Turn) -> Reply | None:
    """Fail, or leave the text to the real conversations."""
    if turn.words == RAISE:
        raise LookupError(turn.words)
    if turn.words == KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    return None


def conversations(*arguments: Any, **named: Any) -> Any:
    """Return the real conversations behind the poison."""
    talks = _conversations(*arguments, **named)
    return replace(talks, routes=replace(talks.routes, texts=(poison, *talks.routes.texts)))


if __name__ == "__main__":
    bot.application.conversations = conversations
    sys.exit(main(["run"]))
