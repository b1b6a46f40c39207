"""Compare updates handled a second, processor time an update, and time to reply: `make bench`.

All bots run in turn, several rounds, against the same stub of the Bot API in this process. Hamroh does what
it always does: the update is durable before it is confirmed, effects, outcome and reply are one commit with
every byte on disk, one person's updates keep their order. Its own limit of 30 messages a second is lifted for
the measurement.
"""

import argparse
import asyncio
import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.contestants import CONTESTANTS, Contestant, Process, started
from benchmarks.stub import Api, Feed

CHATS = range(5_000_001, 5_000_301)
WARM_UP = 100
PATIENCE_S = 120.0


@dataclass(slots=True)
class Figures:
    """What one bot showed in one round."""

    burst_per_s: float = 0.0
    burst_cpu_ms: float = 0.0
    slow_per_s: float = 0.0  # with an API that takes 50 ms to answer
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    rate_cpu_ms: float = 0.0
    memory_mb: float = 0.0


@dataclass(slots=True)
class Field:
    """One stub and its counter of update ids."""

    feed: Feed
    next_id: int = 1
    done: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 0

    def push(self, chat: int, text: str) -> None:
        """Offer one update."""
        self.feed.push(self.next_id, chat, text)
        self.next_id += 1

    async def answered(self, count: int) -> None:
        """Wait until `count` more messages were sent."""
        self.wanted, self.done = self.feed.answered + count, asyncio.Event()
        self.feed.on_answer = self._look
        await asyncio.wait_for(self.done.wait(), PATIENCE_S)

    def _look(self) -> None:
        if self.feed.answered >= self.wanted:
            self.done.set()


async def burst(field_: Field, process: Process, text: str, count: int) -> tuple[float, float]:
    """Return updates a second and processor milliseconds an update for `count` updates at once."""
    loop, cpu = asyncio.get_running_loop(), process.cpu_s()
    begin = loop.time()
    for number in range(count):
        field_.push(CHATS[number % len(CHATS)], text)
    await field_.answered(count)
    return count / (loop.time() - begin), (process.cpu_s() - cpu) / count * 1000


async def steady(
    field_: Field, process: Process, text: str, *, per_s: int, count: int
) -> tuple[float, float, float]:
    """Return median and 99th percentile of the time to reply in ms, and processor ms an update."""
    loop, cpu = asyncio.get_running_loop(), process.cpu_s()
    field_.feed.times_s.clear()
    waiting = asyncio.create_task(field_.answered(count))
    begin = loop.time()
    for number in range(count):
        await asyncio.sleep(max(0.0, begin + number / per_s - loop.time()))
        field_.push(CHATS[number % len(CHATS)], text)
    await waiting
    times = sorted(field_.feed.times_s)
    return (
        statistics.median(times) * 1000,
        times[int(len(times) * 0.99)] * 1000,
        (process.cpu_s() - cpu) / count * 1000,
    )


async def round_of(contestant: Contestant, size: int) -> Figures:
    """Measure one bot once, from its start on."""
    field_, figures = Field(Feed()), Figures()
    server = await asyncio.get_running_loop().create_server(lambda: Api(field_.feed), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with tempfile.TemporaryDirectory() as name:
        async with started(contestant, url=url, folder=Path(name), chats=CHATS) as process:
            await burst(field_, process, contestant.text, WARM_UP)
            figures.burst_per_s, figures.burst_cpu_ms = await burst(field_, process, contestant.text, size)
            figures.p50_ms, figures.p99_ms, figures.rate_cpu_ms = await steady(
                field_, process, contestant.text, per_s=50, count=max(100, size // 3)
            )
            field_.feed.latency_s = 0.05
            one_by_one = contestant.script == "echo_ptb.py"  # 20 a second: fewer tell as much
            figures.slow_per_s, _ = await burst(
                field_, process, contestant.text, size // 10 if one_by_one else size
            )
            figures.memory_mb = process.memory_mb()
    server.close()
    return figures


def median(rounds: list[Figures], name: str) -> float:
    """Return the median of one figure over all rounds."""
    return float(statistics.median(getattr(figures, name) for figures in rounds))


async def main(rounds: int, size: int) -> None:
    """Measure all bots in turn, and print the table."""
    found: dict[str, list[Figures]] = {contestant.name: [] for contestant in CONTESTANTS}
    for number in range(rounds):
        for contestant in CONTESTANTS:
            found[contestant.name].append(await round_of(contestant, size))
            print(f"round {number + 1}: {contestant.name}", flush=True)
    print(
        f"\n{'medians of ' + str(rounds) + ' rounds':28} {'updates/s':>9} {'CPU ms':>7} {'API 50 ms:/s':>12} "
        f"{'50/s: p50 ms':>12} {'p99 ms':>7} {'CPU ms':>7} {'MB':>5}"
    )
    for name, figures in found.items():
        print(
            f"{name:28} {median(figures, 'burst_per_s'):9.0f} {median(figures, 'burst_cpu_ms'):7.2f} "
            f"{median(figures, 'slow_per_s'):12.0f} {median(figures, 'p50_ms'):12.1f} "
            f"{median(figures, 'p99_ms'):7.1f} {median(figures, 'rate_cpu_ms'):7.2f} "
            f"{median(figures, 'memory_mb'):5.0f}"
        )
    ours, others = CONTESTANTS[0].name, [one.name for one in CONTESTANTS if one.script]
    for other in others:
        ratio = median(found[ours], "burst_per_s") / median(found[other], "burst_per_s")
        slow = median(found[ours], "slow_per_s") / median(found[other], "slow_per_s")
        print(f"{ours} against {other}: {ratio:.2f} x, with an API of 50 ms {slow:.2f} x")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=1000)
    given = parser.parse_args()
    asyncio.run(main(given.rounds, given.size))
