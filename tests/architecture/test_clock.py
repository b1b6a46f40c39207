"""Time is an argument: one module of the program reads the clock, and the simulator has its own."""

import pytest

from tests.architecture.source import Module, modules

READS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "time.time",
    "time.time_ns",
    "time.gmtime",
    "time.localtime",
    "func.now",
    "func.current_timestamp",
}
THE_CLOCK = "bot.clock"
DURATIONS = {"time.perf_counter", "time.monotonic"}  # say how long something took, never when it was
MEASURES = {"bot.asking"}  # `hamroh ask --jsonl` tells how long a search took


def readings(module: Module, names: set[str]) -> list[str]:
    """Return where a module reads the clock."""
    imported = [name for name in module.imports() if name in names]
    return [*imported, *(f"{module.name}:{line} {name}" for line, name in module.names() if name in names)]


def test_only_the_clock_reads_the_clock():
    reading = [
        place
        for module in modules(["bot", "handlers", "care", "storage", "locales"])
        if module.name != THE_CLOCK
        for place in readings(module, READS)
    ]

    assert reading == []


def test_nothing_is_measured_with_a_clock_but_a_search():
    measuring = {
        module.name
        for module in modules(["bot", "handlers", "care", "storage", "locales"])
        if readings(module, DURATIONS)
    }

    assert measuring == MEASURES


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import UTC, datetime\nx = datetime.now(UTC)",
        "import time\nx = time.time()",
        "from time import time as soon",
        "import datetime\nx = datetime.datetime.now",
    ],
)
def test_a_look_at_the_clock_is_noticed(code: str):
    names = READS | {"time.time"}

    assert readings(Module("handlers.book", code), names)
