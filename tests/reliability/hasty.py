"""The program, confirming updates before they are kept: the negative control of promise A2."""

import sys
from collections.abc import Sequence
from typing import Any

from bot.cli import main
from bot.intake import Intake, Item
from bot.senders import sender


async def receive(self: Intake, batch: Sequence[Any]) -> None:
    """Take updates into memory only, as libraries do."""
    for raw in batch:
        self._enqueue(sender(raw) or 0, Item(raw["update_id"], raw=raw))


Intake.receive = receive  # type: ignore[method-assign]
sys.exit(main(["run"]))
