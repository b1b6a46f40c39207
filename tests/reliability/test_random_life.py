"""B1-B3, E1-E3: a long random life of the clinics against a plain model; restarts, and a clock that jumps.

After every step: no place is sold twice, nobody has two visits on a day, the store knows exactly the visits
that the model knows, and no message waits or goes out whose cause is gone.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from care.booking import AHEAD_LEAST, MOST_UPCOMING, Refusal, to_utc
from locales.catalogue import Words
from storage import schema
from storage.bookings import Booked
from storage.vault import Vault
from tests.reliability.town import CAPACITY, CLINICS, OF_VISITS, PEOPLE, ZONE, Town

BEGIN = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 09:00 in Almaty
DAYS = 4  # so far ahead people book
WAITING = ("pending", "sending")

someone = st.integers(0, PEOPLE - 1)
some_clinic = st.integers(0, CLINICS - 1)
some_time = st.integers(0, 2 * DAYS - 1)


@dataclass
class Visit:
    """A visit as the model knows it."""

    owner: int  # number in the town
    clinic: int
    local: datetime


@dataclass
class Model:
    """What is so, in the plainest terms."""

    visits: dict[int, Visit] = field(default_factory=dict)  # booking id → visit that stands

    def of(self, owner: int, now: datetime) -> dict[int, Visit]:
        """Return somebody's visits ahead."""
        return {
            one: visit
            for one, visit in self.visits.items()
            if visit.owner == owner and to_utc(visit.local, ZONE) > now
        }

    def at(self, clinic: int, local: datetime) -> int:
        """Return how many people have a place at a time."""
        return sum((one.clinic, one.local) == (clinic, local) for one in self.visits.values())

    def refusal(self, owner: int, clinic: int, local: datetime, kept: int, now: datetime) -> Refusal | None:
        """Return why somebody cannot book a time, by the rules as one would tell them; `kept` for others."""
        if to_utc(local, ZONE) < now + AHEAD_LEAST:
            return Refusal.PAST
        same_day = [
            one for one in self.visits.values() if one.owner == owner and one.local.date() == local.date()
        ]
        if same_day:
            return None if (same_day[0].clinic, same_day[0].local) == (clinic, local) else Refusal.SAME_DAY
        if len(self.of(owner, now)) >= MOST_UPCOMING:
            return Refusal.ENOUGH
        return Refusal.FULL if self.at(clinic, local) + kept >= CAPACITY else None


class Life(RuleBasedStateMachine):
    """Steps of people, of the desk, of the clock and of the machine."""

    template: Path
    words: Words
    vault: Vault

    def __init__(self) -> None:
        """Open a fresh town."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "hamroh.db")
        self.runner = asyncio.Runner()
        self.town = Town(
            url=f"sqlite+aiosqlite:///{self.folder / 'hamroh.db'}",
            vault=self.vault,
            words=self.words,
            now=BEGIN,
        )
        self.model = Model()
        self.do(self.town.build())

    def do(self, work: Any) -> Any:
        """Run a coroutine to its end."""
        return self.runner.run(work)

    def teardown(self) -> None:
        """Close the town."""
        self.do(self.town.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    @rule(who=someone, clinic=some_clinic, n=some_time)
    def book(self, who: int, clinic: int, n: int) -> None:
        """Somebody books; twice the same is once."""
        local = self.town.slot_times(DAYS)[n]
        expected = self.model.refusal(who, clinic, local, self._kept(clinic, local), self.town.now)
        got = self.do(self.town.book(who, clinic, local))
        if expected is not None:
            assert got is expected
            return
        assert isinstance(got, Booked), got
        assert got.is_new == (got.booking.id not in self.model.visits)
        self.model.visits[got.booking.id] = Visit(who, clinic, local)

    @rule(who=someone, nth=st.integers(0, 2), clinic=some_clinic, n=some_time)
    def move(self, who: int, nth: int, clinic: int, n: int) -> None:
        """Somebody moves a visit: the new place or the old one, never both and never none."""
        mine = sorted(self.model.of(who, self.town.now))
        if nth >= len(mine):
            return
        local, old = self.town.slot_times(DAYS)[n], self.model.visits[mine[nth]]
        got = self.do(self.town.move(who, mine[nth], clinic, local))
        if isinstance(got, Booked):
            if got.is_new:
                del self.model.visits[mine[nth]]
            self.model.visits[got.booking.id] = Visit(who, clinic, local)
            return
        others = self.model.at(clinic, local) + self._kept(clinic, local)
        assert (
            (got is Refusal.PAST and to_utc(local, ZONE) < self.town.now + AHEAD_LEAST)
            or (got is Refusal.FULL and others >= CAPACITY)
            or (
                got is Refusal.SAME_DAY
                and any(
                    one.owner == who and one.local.date() == local.date() and one is not old
                    for one in self.model.visits.values()
                )
            )
        ), got

    @rule(who=someone, nth=st.integers(0, 2))
    def cancel(self, who: int, nth: int) -> None:
        """Somebody gives a place back."""
        mine = sorted(self.model.of(who, self.town.now))
        if nth < len(mine):
            assert self.do(self.town.cancel(who, mine[nth]))
            del self.model.visits[mine[nth]]

    @rule(who=someone)
    def forget(self, who: int) -> None:
        """Somebody asks to be erased."""
        gone = self.do(self.town.forget(who))
        self.model.visits = {one: visit for one, visit in self.model.visits.items() if visit.owner != who}
        for table in (schema.bookings, schema.due, schema.referrals):
            assert not self.do(self.town.rows(table, table.c.person_id == gone.id))

    @rule(hours=st.sampled_from([0.25, 1, 3, 12, 24, 72]))
    def wait(self, hours: float) -> None:
        """Time goes by; after days it is as if the machine had slept."""
        self.town.now += timedelta(hours=hours)

    @rule(hours=st.sampled_from([-1, -24]))
    def step_back(self, hours: int) -> None:
        """The clock is set back."""
        self.town.now += timedelta(hours=hours)

    @rule()
    def restart(self) -> None:
        """The program is killed and begins again."""
        self.do(self.town.restart())

    @rule()
    def send(self) -> None:
        """What is due goes out: only what is true at that moment, each message once."""
        before = len(self.town.sent)
        self.do(self.town.send())
        for one in self.town.sent[before:]:
            if one.kind in OF_VISITS:
                assert one.booking is not None
                assert one.booking["cancelled_at"] is None
                assert one.at < one.booking["starts_at"]
        assert max(Counter(one.row_id for one in self.town.sent).values(), default=1) == 1

    @invariant()
    def no_place_is_sold_twice(self) -> None:
        """Taken places of a time are different ones within the capacity."""
        table = schema.bookings
        active = self.do(self.town.rows(table, table.c.cancelled_at.is_(None)))
        taken = Counter((row["clinic_id"], row["local_start"]) for row in active)
        assert max(taken.values(), default=0) <= CAPACITY
        places = Counter((row["clinic_id"], row["local_start"], row["place"]) for row in active)
        assert max(places.values(), default=1) == 1
        days = Counter((row["person_id"], row["local_day"]) for row in active if row["person_id"])
        assert max(days.values(), default=1) == 1

    @invariant()
    def the_store_knows_what_the_model_knows(self) -> None:
        """Every visit of the model stands, and no other."""
        table = schema.bookings
        active = self.do(
            self.town.rows(table, table.c.cancelled_at.is_(None), table.c.person_id.is_not(None))
        )
        numbers = {person.id: n for n, person in enumerate(self.town.people)}
        found = {
            row["id"]: Visit(
                numbers[row["person_id"]],
                self.town.clinics.index(row["clinic_id"]),
                datetime.fromisoformat(row["local_start"]),
            )
            for row in active
        }
        assert found == self.model.visits

    @invariant()
    def no_reminder_survives_its_cause(self) -> None:
        """What waits to be sent about a visit is about one that stands."""
        table = schema.due
        waits = self.do(self.town.rows(table, table.c.state.in_(WAITING), table.c.kind.in_(list(OF_VISITS))))
        assert {row["booking_id"] for row in waits} <= set(self.model.visits)

    def _kept(self, clinic: int, local: datetime) -> int:
        return sum(
            (row["clinic_id"], row["local_start"])
            == (self.town.clinics[clinic], local.isoformat(timespec="minutes"))
            for row in self.do(self.town.kept())
        )


def _life(template: Path, words: Words, vault: Vault) -> type[Life]:
    return type("LifeOfATown", (Life,), {"template": template, "words": words, "vault": vault})


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load(strict=False)


def test_whatever_happens_no_place_is_sold_twice_and_no_message_outlives_its_cause(
    sqlite_template: Path, words: Words, vault: Vault
) -> None:
    run_state_machine_as_test(
        _life(sqlite_template, words, vault),
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
