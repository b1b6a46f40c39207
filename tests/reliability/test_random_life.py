"""B1-B4, E1-E3: a long random life of the clinics against a plain model; restarts, and a clock that jumps.

People book, move, cancel, wait, confirm places of a brigade and are erased; the desk closes days, takes
fewer people, opens again and checks in. After every step no place is sold twice, nobody has two visits on a
day, the store knows exactly the visits that the model knows, no message waits or goes out whose cause is
gone, and whoever lost a visit through the clinic was told once and has another place or goes first in the
queue.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import true

from care.booking import AHEAD_LEAST, MOST_UPCOMING, Booking, Refusal, to_utc
from care.directory import ClosureKind
from care.places import Use
from care.register import Mark
from locales.catalogue import Words
from storage import schema
from storage.bookings import Booked
from storage.engine import open_database
from storage.vault import Vault
from tests.reliability.clinic_side import ClinicSide
from tests.reliability.town import CAPACITY, CLINICS, OF_VISITS, PEOPLE, ZONE, Town

BEGIN = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 09:00 in Almaty
DAYS = 4  # so far ahead people book
EXAMPLES = int(os.environ.get("HAMROH_LIVES", "15"))  # a longer trial: HAMROH_LIVES=500
POSTGRES = os.environ.get("HAMROH_TEST_POSTGRES")
LIVES_ON_A_SERVER = max(2, EXAMPLES // 5)
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # each step is a store: shrinking takes minutes
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
    said: set[int] = field(default_factory=set)  # of which the desk has said something
    shut: dict[int, tuple[int, datetime]] = field(
        default_factory=dict
    )  # closure → clinic, some time of the day
    fewer: set[int] = field(default_factory=set)  # closures that only take places back
    lost: dict[int, Visit] = field(default_factory=dict)  # booking id → visit that a clinic cancelled
    brigades: list[tuple[int, int]] = field(default_factory=list)  # booking, brigade: places to confirm

    def of(self, owner: int, now: datetime) -> dict[int, Visit]:
        """Return somebody's visits ahead."""
        return {
            one: visit
            for one, visit in self.visits.items()
            if visit.owner == owner and to_utc(visit.local, ZONE) > now
        }

    def is_shut(self, clinic: int, local: datetime) -> bool:
        """Return whether the clinic has said that it sees nobody then."""
        return any(
            closed == clinic and day.date() == local.date()
            for closure, (closed, day) in self.shut.items()
            if closure not in self.fewer
        )

    def at(self, clinic: int, local: datetime) -> int:
        """Return how many people have a place at a time."""
        return sum((one.clinic, one.local) == (clinic, local) for one in self.visits.values())

    def refusal(self, owner: int, clinic: int, local: datetime, kept: int, now: datetime) -> Refusal | None:
        """Return why somebody cannot book a time, by the rules as one would tell them; `kept` for others."""
        if to_utc(local, ZONE) < now + AHEAD_LEAST:
            return Refusal.PAST
        if self.is_shut(clinic, local):
            return Refusal.CLOSED
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
    server: str | None  # the URL of a database on PostgreSQL, for one life after the other

    def __init__(self) -> None:
        """Open a fresh town."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.town = Town(url=self._fresh(), vault=self.vault, words=self.words, now=BEGIN)
        self.model = Model()
        self.side = ClinicSide(self.town)
        self.do(self.town.build())

    def _fresh(self) -> str:
        """Return the URL of an empty store."""
        if self.server is not None:
            self.do(_emptied(self.server))
            return self.server
        shutil.copy(self.template, self.folder / "hamroh.db")
        return f"sqlite+aiosqlite:///{self.folder / 'hamroh.db'}"

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
            (got is Refusal.CLOSED and self.model.is_shut(clinic, local))
            or (got is Refusal.CAME and mine[nth] in self.model.said)
            or (got is Refusal.PAST and to_utc(local, ZONE) < self.town.now + AHEAD_LEAST)
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
            done = self.do(self.town.cancel(who, mine[nth]))
            assert done or mine[nth] in self.model.said
            if done:
                del self.model.visits[mine[nth]]

    @rule(who=someone)
    def forget(self, who: int) -> None:
        """Somebody asks to be erased."""
        mine = {one for one, visit in self.model.lost.items() if visit.owner == who}
        gone = self.do(self.town.forget(who))
        for visits in (self.model.visits, self.model.lost):
            for one in [one for one, visit in visits.items() if visit.owner == who]:
                del visits[one]
        for table in (schema.bookings, schema.due, schema.referrals, schema.waits, schema.brigades):
            assert not self.do(self.town.rows(table, table.c.person_id == gone.id))
        assert not [row for row in self.do(self.town.kept()) if row["use_id"] in mine]

    @rule(clinic=some_clinic, n=some_time, kind=st.sampled_from(ClosureKind), many=st.integers(1, 3))
    def close(self, clinic: int, n: int, kind: ClosureKind, many: int) -> None:
        """A clinic sees nobody, or fewer people: everybody concerned is told once and keeps their turn."""
        local = self.town.slot_times(DAYS)[n]
        is_fewer = kind is ClosureKind.FEWER
        closure = self.do(self.side.close(clinic, local, kind, many if is_fewer else None))
        self.model.shut[closure] = (clinic, local)
        self.model.fewer |= {closure} if is_fewer else set()
        self.do(self.side.jobs())
        self._take_over_offers()
        self._displaced(closure)

    def _displaced(self, closure: int) -> None:
        """Compare who lost a visit with what the model says: all of a shut day, the fewest of a short one."""
        clinic, day = self.model.shut[closure]
        table = schema.bookings
        rows = self.do(self.town.rows(table, table.c.closure_id == closure, table.c.person_id.is_not(None)))
        gone = {row["id"] for row in rows if row["id"] in self.model.visits}
        concerned = {
            one
            for one, visit in self.model.visits.items()
            if (visit.clinic, visit.local.date()) == (clinic, day.date())
            and one not in self.model.said
            and to_utc(visit.local, ZONE) > self.town.now - timedelta(days=1)
        }
        assert gone <= concerned
        if closure not in self.model.fewer:
            assert gone == concerned, "somebody would come to a closed door"
        for one in gone:
            self.model.lost[one] = self.model.visits.pop(one)
            self._told(closure, one)

    def _told(self, closure: int, booking: int) -> None:
        table = schema.due
        notices = self.do(self.town.rows(table, table.c.key == f"closed:{closure}:{booking}"))
        assert len(notices) == 1
        kept = [row for row in self.do(self.town.kept()) if row["use_id"] == booking]
        waits = schema.waits
        first = self.do(self.town.rows(waits, waits.c.lost_booking.is_not(None), waits.c.ended_at.is_(None)))
        owner = self.town.people[self.model.lost[booking].owner].id
        assert kept or owner in {row["person_id"] for row in first}, "somebody has lost their turn"

    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        """A closure is taken back: visits come back for who has not chosen something else."""
        if not self.model.shut:
            return
        closure = data.draw(st.sampled_from(sorted(self.model.shut)))
        before = self._standing()
        self.do(self.side.reopen(closure))
        del self.model.shut[closure]
        for one in self._standing() - before:
            self.model.visits[one] = self.model.lost.pop(one)

    @rule(who=someone, yes=st.booleans())
    def answer_clinic(self, who: int, yes: bool) -> None:
        """Somebody who lost a visit takes what is kept for them, or wants no other."""
        for lost in self.do(self.side.lost(who)):
            if not yes:
                self.do(self.side.decline_kept(lost))
            elif lost.kept is not None:
                got = self.do(self.side.take_kept(who, lost))
                if isinstance(got, Refusal):
                    assert got in {Refusal.SAME_DAY, Refusal.ENOUGH} or lost.kept.starts_at <= self.town.now
                    continue
                self._add(got, who)
        self._take_over_offers()

    @rule(data=st.data(), what=st.sampled_from(Mark))
    def check_in(self, data: st.DataObject, what: Mark) -> None:
        """The desk says who came and who did not."""
        if self.model.visits:
            one = data.draw(st.sampled_from(sorted(self.model.visits)))
            if self.do(self.side.mark(one, what)):
                self.model.said.add(one)

    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """The desk has said it of the wrong visit."""
        if self.model.said & set(self.model.visits):
            one = data.draw(st.sampled_from(sorted(self.model.said & set(self.model.visits))))
            if self.do(self.side.unmark(one)):
                self.model.said.discard(one)

    @rule(who=someone, clinic=st.none() | some_clinic)
    def wait_for_a_place(self, who: int, clinic: int | None) -> None:
        """Somebody asks to be told when a place is free."""
        self.do(self.side.wait(who, clinic))

    @rule(who=someone, yes=st.booleans())
    def answer_offer(self, who: int, yes: bool) -> None:
        """Somebody takes what they are offered, or lets it go to the next."""
        got = self.do(self.side.answer_offer(who, yes=yes))
        if isinstance(got, tuple):
            taken, instead = got
            if instead is not None:
                del self.model.visits[instead]
            self._add(taken, who)

    @rule(who=someone)
    def stop_waiting(self, who: int) -> None:
        """Somebody waits no more."""
        self.do(self.side.stop_waiting(who))

    @rule(who=someone, clinic=some_clinic, n=some_time, many=st.integers(2, 4))
    def make_a_brigade(self, who: int, clinic: int, n: int, many: int) -> None:
        """A foreman keeps places for his men: all or none."""
        before = self.do(self.town.kept())
        made = self.do(self.side.brigade(who, clinic, self.town.slot_times(DAYS)[n], many))
        new = [row for row in self.do(self.town.kept()) if row["id"] not in {one["id"] for one in before}]
        assert len(new) == (many if made else 0)
        self.model.brigades += [(row["id"], row["use_id"]) for row in new]

    @rule(who=someone, data=st.data())
    def confirm(self, who: int, data: st.DataObject) -> None:
        """One of the men says yes; a link is good once."""
        if not self.model.brigades:
            return
        place = data.draw(st.sampled_from(self.model.brigades))
        got = self.do(self.side.confirm(who, *place))
        if got is None:
            self.model.brigades.remove(place)
        elif not isinstance(got, Refusal):
            self.model.brigades.remove(place)
            self._add(got, who)

    @rule()
    def tick(self) -> None:
        """What runs by itself runs."""
        self.do(self.side.jobs())
        self._take_over_offers()

    def _add(self, booking: Booking, who: int) -> None:
        self.model.visits[booking.id] = Visit(who, self.town.clinics.index(booking.clinic_id), booking.local)

    def _standing(self) -> set[int]:
        table = schema.bookings
        rows = self.do(self.town.rows(table, table.c.cancelled_at.is_(None), table.c.person_id.is_not(None)))
        return {row["id"] for row in rows}

    def _take_over_offers(self) -> None:
        """Jobs never book for anybody: nothing to take over, and that is what is looked at."""
        assert self._standing() <= set(self.model.visits) | set(self.model.lost)

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

    @invariant()
    def nobody_is_kept_two_places_for_one_thing(self) -> None:
        """What is kept belongs to one who waits, to a brigade, or to one lost visit, each once."""
        kept = Counter(
            (row["use"], row["use_id"])
            for row in self.do(self.town.kept())
            if row["use"] in {Use.WAIT, Use.DISPLACED}
        )
        assert max(kept.values(), default=1) == 1
        waits = schema.waits
        offered = self.do(self.town.rows(waits, waits.c.offered.is_not(None), waits.c.ended_at.is_(None)))
        held = {row["id"] for row in self.do(self.town.kept()) if row["use"] == Use.WAIT}
        assert {row["offered"] for row in offered} == held

    def _kept(self, clinic: int, local: datetime) -> int:
        return sum(
            (row["clinic_id"], row["local_start"])
            == (self.town.clinics[clinic], local.isoformat(timespec="minutes"))
            for row in self.do(self.town.kept())
        )


async def _emptied(url: str) -> None:
    """Empty all tables of a store on PostgreSQL."""
    names = ", ".join(f'"{table.name}"' for table in schema.metadata.sorted_tables)
    store = open_database(url)
    async with store.writing() as connection:
        await connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    await store.close()


def _life(template: Path, words: Words, vault: Vault, server: str | None = None) -> type[Life]:
    values = {"template": template, "words": words, "vault": vault, "server": server}
    return type("LifeOfATown", (Life,), values)


def _lead(life: type[Life], *, examples: int) -> None:
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load(strict=False)


def test_whatever_happens_no_place_is_sold_twice_and_no_message_outlives_its_cause(
    sqlite_template: Path, words: Words, vault: Vault
) -> None:
    _lead(_life(sqlite_template, words, vault), examples=EXAMPLES)


@pytest.mark.skipif(POSTGRES is None, reason="there is no PostgreSQL for tests here")
def test_a_life_on_postgresql_is_the_same(
    sqlite_template: Path, words: Words, vault: Vault, request: pytest.FixtureRequest
) -> None:
    server = str(request.getfixturevalue("postgres_url"))
    _lead(_life(sqlite_template, words, vault, server), examples=LIVES_ON_A_SERVER)


@pytest.mark.parametrize("guard", ["the place", "the reminders", "the queue"])
def test_without_its_guards_a_random_life_goes_wrong(
    sqlite_template: Path, words: Words, vault: Vault, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """The negative control: each guard is switched off in turn."""
    if guard == "the place":
        monkeypatch.setattr("storage.places._kept", lambda *_: [true()])
    elif guard == "the reminders":
        monkeypatch.setattr("storage.appointments.due.cancel", _nothing)
        monkeypatch.setattr("storage.displacing.due.cancel", _nothing)
    else:
        monkeypatch.setattr("storage.displacing._keep", _nothing)
        monkeypatch.setattr("storage.displacing.waits.begin", _nothing)
    life = _life(sqlite_template, words, vault)()
    try:
        with pytest.raises(AssertionError):
            _be_closed(life)
    finally:
        life.teardown()


def _be_closed(life: Life) -> None:
    """Book, be sent away by the clinic, want no other place: each guard has something to do."""
    life.book(who=0, clinic=0, n=4)
    life.book(who=1, clinic=1, n=6)
    life.close(clinic=0, n=4, kind=ClosureKind.CLOSED, many=1)
    life.answer_clinic(who=0, yes=False)
    life.cancel(who=1, nth=0)
    life.the_store_knows_what_the_model_knows()
    life.no_reminder_survives_its_cause()


def test_who_is_sent_away_and_wants_no_other_place_leaves_nothing_behind(
    sqlite_template: Path, words: Words, vault: Vault
) -> None:
    life = _life(sqlite_template, words, vault)()
    _be_closed(life)
    life.teardown()


async def _nothing(*_: object, **__: object) -> int:
    return 0
