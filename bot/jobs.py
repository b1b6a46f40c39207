"""Run what returns by itself: a table of what runs how often.

APScheduler only ticks, in real time. Whether a daily job's hour has come is read from the program's clock
and from the store, so a job that was missed while the program was down runs when it is up again, and a
clock that is moved moves the jobs with it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import DBAPIError

from storage import marks
from storage.engine import Database, is_collision

LOOK_EVERY = timedelta(minutes=1)  # whether a daily job's hour has come
NIGHTLY_AT = time(3, 30)
COLLISIONS = 3  # tries of a job before it waits for its next time
DUE_EVERY = timedelta(seconds=1)
_DEFAULTS = {
    "coalesce": True,
    "max_instances": 1,
    "misfire_grace_time": 60,
}  # APScheduler's own grace is one second
log = structlog.get_logger()

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that runs by itself: `every` so often, or once a day `at` an hour on the clock of the
    programme."""

    name: str
    work: Work
    every: timedelta | None = None
    at: time | None = None


def due_today(last: date | None, local_now: datetime, at: time) -> bool:
    """Return whether a daily job should run: its hour has come and it did not run since."""
    newest = local_now.date() if local_now.time() >= at else local_now.date() - timedelta(days=1)
    return last is not None and last < newest


class Jobs:
    """Run a table of jobs."""

    def __init__(
        self, table: Sequence[Job], *, database: Database, now: Callable[[], datetime], zone: str
    ) -> None:
        """Take the table. Raises ValueError when a job has not exactly one of `every` and `at`."""
        for job in table:
            if (job.every is None) == (job.at is None):
                raise ValueError(f"the job {job.name} needs either `every` or `at`")
        self._table = tuple(table)
        self._database = database
        self._now = now
        self._zone = ZoneInfo(zone)
        self._scheduler = AsyncIOScheduler(job_defaults=_DEFAULTS, timezone="UTC")

    def start(self) -> None:
        """Begin to tick."""
        for job in self._table:
            every = job.every or LOOK_EVERY
            self._scheduler.add_job(
                self.run, "interval", args=[job], id=job.name, seconds=every.total_seconds()
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more; what runs is not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def run(self, job: Job) -> None:
        """Do a job when it is its time; a fault is logged, and the next time comes all the same."""
        try:
            await self._do(job)
        except Exception as error:
            log.error("job failed", job=job.name, fault=type(error).__name__, exc_info=error)

    async def _do(self, job: Job) -> None:
        """Do a job, again at once where it and somebody's press waited for each other."""
        for left in reversed(range(COLLISIONS)):
            try:
                await (job.work() if job.at is None else self._daily(job, job.at))
            except DBAPIError as error:
                if not left or not is_collision(error):
                    raise
                log.info("job collided", job=job.name)
            else:
                return

    async def _daily(self, job: Job, at: time) -> None:
        """Run once a day; a store that is new begins with the coming night."""
        local_now = self._now().astimezone(self._zone)
        name = f"job:{job.name}"
        async with self._database.reading() as store:
            mark = await marks.read(store, name)
        last = date.fromisoformat(mark) if mark else None
        run = due_today(last, local_now, at)
        if run:
            await job.work()
        if run or last is None:
            ran = local_now.date() if local_now.time() >= at else local_now.date() - timedelta(days=1)
            async with self._database.writing() as store:
                await marks.write(store, name, ran.isoformat(), now=self._now())
            log.info("daily job done" if run else "daily job planned", job=job.name)
