"""Listen: uvicorn inside the program, which keeps the signals to itself."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette

LOOK_S = 0.01


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the program around."""
        yield


@contextlib.asynccontextmanager
async def serving(application: Starlette, *, host: str, port: int) -> AsyncIterator[int]:
    """Serve while the body runs; yields the port. Raises OSError when the address cannot be listened on."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    listening = socket.create_server(
        (host, port)
    )  # uvicorn itself would end the process with a bare exit code
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            await asyncio.sleep(LOOK_S)
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task
