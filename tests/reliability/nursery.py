"""Processes for tests that start the program again and again: forked from one that has imported it already.

Each is a process of its own that runs a module as `python -m` does, with its own memory, connections and end;
only the two seconds of imports and catalogues are spared. tests/reliability/test_beginning.py starts afresh.
"""

import asyncio
import atexit
import contextlib
import functools
import gc
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
MOST_BYTES = 2**20  # of a request: the environment and what to run


class Child:
    """A forked program: as much of asyncio's own `Process` as the tests use."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, ending: asyncio.StreamReader) -> None:
        """Watch for its end at once, so that `returncode` is right without waiting."""
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._watching = asyncio.create_task(self._watch(ending))

    async def _watch(self, ending: asyncio.StreamReader) -> None:
        self.returncode = int(await ending.readline())

    async def wait(self) -> int:
        """Wait for its end; return the exit code, or minus the number of the signal."""
        await asyncio.shield(self._watching)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal. Raises ProcessLookupError when it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


async def born(module: str, arguments: Sequence[str], environment: dict[str, str]) -> Child:
    """Run a module in a process of its own; its output and its errors come together."""
    reading, writing = os.pipe()
    connection = socket.socket(socket.AF_UNIX)
    await asyncio.to_thread(connection.connect, _address())
    request = json.dumps([module, list(arguments), environment]).encode()
    try:
        socket.send_fds(connection, [len(request).to_bytes(4), request], [writing])
    finally:
        os.close(writing)
    answers, leaving = await asyncio.open_connection(sock=connection)
    stdout = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stdout), os.fdopen(reading, "rb", buffering=0)
    )
    child = Child(int(await answers.readline()), stdout, answers)
    child._watching.add_done_callback(lambda _: leaving.close())
    return child


@functools.cache
def _address() -> str:
    """Begin with the nursery of this process and return where it listens; it ends with this process."""
    folder = tempfile.mkdtemp(prefix="hamroh-")
    address = str(Path(folder, "nursery"))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.nursery", address],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("HAMROH_")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def end(stdin: IO[bytes] = process.stdin) -> None:
        stdin.close()
        process.wait()
        shutil.rmtree(folder)

    atexit.register(end)
    with process.stdout as told:
        assert told.readline(), "the nursery did not begin: see what the test wrote to stderr"
    return address


def warm() -> None:
    """Import the program and read its words, which are frozen: every life may have the same."""
    import bot.application
    import simulator.client  # noqa: F401  # the clock of the journeys
    from locales.catalogue import Words

    bot.application.Words = _Known(Words.load())  # type: ignore[assignment, misc]
    gc.collect()
    gc.freeze()
    assert threading.active_count() == 1  # a fork would lose the others


class _Known:
    """What the program calls `Words`, as far as it reads them at the start."""

    def __init__(self, words: object) -> None:
        self._words = words

    def load(self) -> object:
        """Return what was read before."""
        return self._words


def serve(address: str) -> tuple[str, list[str]]:
    """Fork for everybody who connects, until the input ends; return in the child what it is to run."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        os.write(1, b"listening\n")
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who waits for a program ends unwatched
        while True:
            ready, _, _ = select.select([listening, 0], [], [])
            if 0 in ready:
                os._exit(0)
            connection, _ = listening.accept()
            with connection:
                if os.fork() == 0:
                    listening.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    return _raise(connection)


def _raise(connection: socket.socket) -> tuple[str, list[str]]:
    """Fork once more and tell of the end; return in that child what it is to run."""
    request, [output], _, _ = socket.recv_fds(connection, MOST_BYTES, 1)
    size, request = int.from_bytes(request[:4]), request[4:]
    while len(request) < size:
        request += connection.recv(size)
    pid = os.fork()
    if pid:
        os.close(output)
        connection.sendall(b"%d\n" % pid)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with contextlib.suppress(OSError):  # whoever asked may be gone
            connection.sendall(b"%d\n" % code)
        os._exit(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(output)
    module, arguments, environment = json.loads(request)
    os.environ.clear()
    os.environ.update(environment)
    return module, arguments


if __name__ == "__main__":
    warm()
    module, arguments = serve(sys.argv[1])
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
