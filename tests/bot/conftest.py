"""What tests of the running program need: an event loop whose clock jumps to the next timer."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest


class _Selector:
    """Wraps the loop's selector: instead of waiting for a timer, move the clock to it."""

    def __init__(self, inner: Any, loop: "TimelessLoop") -> None:
        self._inner = inner
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        self._loop.clock += timeout
        return self._inner.select(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class TimelessLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self.clock = 1_000.0
        self._selector = _Selector(self._selector, self)

    def time(self) -> float:
        return self.clock


@pytest.fixture(scope="session")
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine to its end; waiting is exact and takes no time."""

    def timeless(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=TimelessLoop) as runner:
            return runner.run(coroutine)

    return timeless
