"""`python -m simulator --port N`: serve the simulated Telegram until interrupted."""

import argparse
import asyncio
import contextlib

from simulator.server import serve

parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8081)
arguments = parser.parse_args()
with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(serve(arguments.host, arguments.port))
