"""The program, remembering in memory which closing it has begun: the negative control of promise B4."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli import main
from storage import closing
from storage.closures import Said

_close, _look = closing.close, closing.look
_begun: set[int] = set()


async def close(connection: AsyncConnection, clinic: Any, closure: Any, **rest: Any) -> bool:
    """Close, and keep in mind that there is more to do."""
    _begun.add(closure.id)
    return await _close(connection, clinic, closure, **rest)


async def look(connection: AsyncConnection, *, now: datetime) -> Sequence[Said]:
    """Go on only with what this life has begun."""
    return [said for said in await _look(connection, now=now) if said.closure.id in _begun]


closing.close = close
closing.look = look
sys.exit(main(["run"]))
