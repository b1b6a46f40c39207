"""The program, remembering in memory which closing it has begun: the negative control of promise B4.

With an argument it looks five times a second, and says each time that it did.
"""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import timetable
from bot.cli import main
from storage import closing
from storage.closures import Said

LOOKED = '{"event": "looked"}'
_close, _look = closing.close, closing.look
_begun: set[int] = set()


async def close(connection: AsyncConnection, clinic: Any, closure: Any, **rest: Any) -> bool:
    """Close, and keep in mind that there is more to do."""
    _begun.add(closure.id)
    return await _close(connection, clinic, closure, **rest)


async def look(connection: AsyncConnection, *, now: datetime) -> Sequence[Said]:
    """Go on only with what this life has begun."""
    if sys.argv[1:]:
        print(LOOKED, flush=True)
    return [said for said in await _look(connection, now=now) if said.closure.id in _begun]


if __name__ == "__main__":
    closing.close, closing.look = close, look
    if sys.argv[1:]:
        timetable.CLOSURES_EVERY = timedelta(milliseconds=200)
    sys.exit(main(["run"]))
