"""B1-B4, E1-E3: a long random life of the clinics against a plain model; restarts, and a clock that jumps.

People book, move, cancel, wait, answer for places of a brigade and are erased; the desk closes days, takes
fewer people, sends away who came, opens again and checks in; a clinic leaves the directory and comes back.
After every step no place is sold twice, nobody has two visits on a
day, the store knows exactly the visits that the model knows, no message waits or goes out whose cause is
gone, and whoever lost a visit through the clinic was told once and has another place or goes first in the
queue.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import RowMapping, true

from care.booking import AHEAD_LEAST, Booking, Refusal, to_utc
from care.directory import ClosureKind
from care.places import Use
from care.register import Mark
from locales.catalogue import Words
from storage import schema
from storage.bookings import Booked
from storage.engine import open_database
from storage.vault import Vault
from tests.reliability.clinic_side import ClinicSide
from tests.reliability.life_model import Hours, Model, Visit
from tests.reliability.town import CAPACITY, CLINICS, OF_VISITS, PEOPLE, ZONE, Town

BEGIN = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 09:00 in Almaty
DAYS = 4  # so far ahead people book
EXAMPLES = int(os.environ.get("HAMROH_LIVES", "15"))  # a longer trial: HAMROH_LIVES=500
POSTGRES = os.environ.get("HAMROH_TEST_POSTGRES")
LIVES_ON_A_SERVER = max(2, EXAMPLES // 5)
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # each step is a store: shrinking takes minutes
WAITING = ("pending", "sending")
A_DAY = timedelta(days=1)
SAID_AT_THE_DESK = (ClosureKind.CLOSED, ClosureKind.DOWN, ClosureKind.FEWER)

T = TypeVar("T")
someone = st.integers(0, PEOPLE - 1)
some_clinic = st.integers(0, CLINICS - 1)
some_time = st.integers(0, 2 * DAYS - 1)
any_of_them = st.integers(0, 999)  # not `sampled_from`: how many there are hangs on random ids, too


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
        if got.is_new:
            self.model.add(got.booking.id, Visit(who, clinic, local))

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
                self.model.add(got.booking.id, Visit(who, clinic, local))
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
        self.model.chose(who)
        for visits in (self.model.visits, self.model.lost):
            for one in [one for one, visit in visits.items() if visit.owner == who]:
                del visits[one]
        for table in (schema.bookings, schema.due, schema.referrals, schema.waits, schema.brigades):
            assert not self.do(self.town.rows(table, table.c.person_id == gone.id))
        assert not [row for row in self.do(self.town.kept()) if row["use_id"] in mine]

    @rule(clinic=some_clinic, n=some_time, kind=st.sampled_from(SAID_AT_THE_DESK), many=st.integers(1, 3))
    def close(self, clinic: int, n: int, kind: ClosureKind, many: int) -> None:
        """A clinic sees nobody, or fewer people: everybody concerned is told once and keeps their turn."""
        local = self.town.slot_times(DAYS)[n]
        is_fewer = kind is ClosureKind.FEWER
        closure = self.do(self.side.close(clinic, local, kind, many if is_fewer else None))
        day = datetime.combine(local, time())
        self.model.shut[closure] = Hours(clinic, day, day + A_DAY, fewer=is_fewer)
        self._jobs()

    @rule(clinic=some_clinic, too=st.booleans())
    def close_now(self, clinic: int, too: bool) -> None:
        """A clinic sees nobody from now on, and who came or should have gets a new time, `too`, or stays."""
        before = dict(self.model.visits)
        said = self.do(self.side.close_now(clinic, too=too))
        self.model.shut[said.id] = Hours(clinic, said.begins, said.ends, also_begun=too)
        made = {row["id"]: row["created_at"] for row in self.do(self.town.rows(schema.bookings))}
        begun = {
            one
            for one, visit in before.items()
            if visit.clinic == clinic
            and visit.local.date() == said.begins.date()
            and (visit.local < said.begins or one in self.model.said)
            and to_utc(visit.local, ZONE) > self.town.now - A_DAY
            and made[one] <= self.town.now  # the clock may have been set back
        }
        self._jobs()
        assert not too or not begun & set(self.model.visits), "somebody who came was sent away for nothing"

    @rule(clinic=some_clinic, at_once=st.booleans())
    def leave_the_directory(self, clinic: int, at_once: bool) -> None:
        """An import has a clinic no more: it is closed to everybody by the job, not by the desk."""
        known = self._concerned(clinic)
        said = self.do(self.town.publish(without={*self.model.away, clinic}))
        self.model.away.add(clinic)
        assert said.visits >= known
        if at_once:
            self._jobs()

    @rule(clinic=some_clinic)
    def come_back(self, clinic: int) -> None:
        """An import has the clinic again: whoever lost a visit with it, and chose nothing since, has it."""
        if clinic not in self.model.away:
            return
        self._jobs()  # so that each visit there is lost
        self.model.away.remove(clinic)
        assert self.do(self.town.publish(without=self.model.away)).changed == 1
        before = self._standing()
        self._jobs()
        back = self._standing() - before
        hoped = {
            one
            for one in self.model.hopeful
            if (visit := self.model.lost[one]).clinic == clinic
            and to_utc(visit.local, ZONE) > self.town.now
            and not self.model.is_shut(clinic, visit.local)
        }
        assert hoped <= back, "somebody has lost their visit with a clinic that is back"
        self._take_over_visits(back)
        assert not self._closed_for_good(clinic)

    def _concerned(self, clinic: int) -> int:
        """Return how many people would come to a clinic, for all that its desk has said."""
        return sum(
            visit.clinic == clinic
            and one not in self.model.said
            and to_utc(visit.local, ZONE) > self.town.now
            and not self.model.is_shut(clinic, visit.local)
            for one, visit in self.model.visits.items()
        )

    def _closed_for_good(self, clinic: int) -> Sequence[RowMapping]:
        """Return the closures of a clinic that left the directory."""
        table = schema.closures
        gone = table.c.kind == ClosureKind.GONE.value, table.c.undone_at.is_(None)
        rows: Sequence[RowMapping] = self.do(
            self.town.rows(table, *gone, table.c.clinic_id == self.town.clinics[clinic])
        )
        return rows

    def _jobs(self) -> None:
        """Do what runs by itself, and compare who lost a visit with what the model says."""
        self.do(self.side.jobs())
        self._displaced()
        self._nobody_comes_to_a_closed_door()
        self._take_over_offers()

    def _displaced(self) -> None:
        """Take over what clinics cancelled: visits in hours that are shut, or fewer on a short day."""
        table = schema.bookings
        rows = self.do(self.town.rows(table, table.c.closure_id.is_not(None), table.c.person_id.is_not(None)))
        for row in rows:
            one, closure = row["id"], row["closure_id"]
            if row["cancelled_at"] is None or one not in self.model.visits:
                continue
            visit = self.model.visits.pop(one)
            hours = self.model.shut.get(closure)
            if hours is None:
                [gone] = [own for own in self._closed_for_good(visit.clinic) if own["id"] == closure]
                assert visit.clinic in self.model.away
                assert gone["staff_id"] is None
                self.model.hopeful.add(one)
            else:
                assert hours.may_take(visit)
            assert one not in self.model.said or (hours is not None and hours.also_begun)
            self.model.said.discard(one)
            self.model.lost[one] = visit
            self._told(closure, one)

    def _nobody_comes_to_a_closed_door(self) -> None:
        """Look that no visit stands in hours that are shut, and that nobody waits for a clinic that left."""
        for one, visit in self.model.visits.items():
            if one in self.model.said or to_utc(visit.local, ZONE) <= self.town.now:
                continue
            assert not self.model.is_shut(visit.clinic, visit.local), "somebody would come to a closed door"
        gone = [self.town.clinics[clinic] for clinic in self.model.away]
        waits, kept = schema.waits, self.do(self.town.kept())
        assert not self.do(self.town.rows(waits, waits.c.ended_at.is_(None), waits.c.clinic_id.in_(gone)))
        for row in kept:
            ahead = row["starts_at"] > self.town.now and row["use"] != Use.BLOCKED
            assert not (ahead and row["clinic_id"] in gone), "a place is kept where nobody is seen"

    def _told(self, closure: int, booking: int) -> None:
        table = schema.due
        notices = self.do(self.town.rows(table, table.c.key == f"closed:{closure}:{booking}"))
        assert len(notices) == 1
        kept = [row for row in self.do(self.town.kept()) if row["use_id"] == booking]
        waits = schema.waits
        first = self.do(self.town.rows(waits, waits.c.lost_booking.is_not(None), waits.c.ended_at.is_(None)))
        owner = self.town.people[self.model.lost[booking].owner].id
        assert kept or owner in {row["person_id"] for row in first}, "somebody has lost their turn"

    @rule(n=any_of_them)
    def reopen(self, n: int) -> None:
        """A closure is taken back: visits come back for who has not chosen something else."""
        if not self.model.shut:
            return
        closure = _one_of(self.model.shut, n)
        before = self._standing()
        self.do(self.side.reopen(closure))
        del self.model.shut[closure]
        self._take_over_visits(self._standing() - before)

    def _take_over_visits(self, back: set[int]) -> None:
        """Take over visits that stand again."""
        self.model.hopeful -= back
        for one in back:
            self.model.visits[one] = self.model.lost.pop(one)

    @rule(who=someone, yes=st.booleans())
    def answer_clinic(self, who: int, yes: bool) -> None:
        """Somebody who lost a visit takes what is kept for them, or wants no other."""
        for lost in self.do(self.side.lost(who)):
            self.model.chose(who)
            if not yes:
                self.do(self.side.decline_kept(lost))
            elif lost.kept is not None:
                got = self.do(self.side.take_kept(who, lost))
                if isinstance(got, Refusal):
                    assert got in {Refusal.SAME_DAY, Refusal.ENOUGH} or lost.kept.starts_at <= self.town.now
                    continue
                self._add(got, who)
        self._take_over_offers()

    @rule(n=any_of_them, what=st.sampled_from(Mark))
    def check_in(self, n: int, what: Mark) -> None:
        """The desk says who came and who did not."""
        if self.model.visits:
            one = _one_of(self.model.visits, n)
            if self.do(self.side.mark(one, what)):
                self.model.said.add(one)

    @rule(n=any_of_them)
    def take_back(self, n: int) -> None:
        """The desk has said it of the wrong visit."""
        if self.model.said & set(self.model.visits):
            one = _one_of([one for one in self.model.visits if one in self.model.said], n)
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

    @rule(who=someone, clinic=some_clinic, n=some_time, many=st.integers(2, 4), own=st.booleans())
    def make_a_brigade(self, who: int, clinic: int, n: int, many: int, own: bool) -> None:
        """A foreman keeps places for his men, and takes his own visit among them: all or none."""
        before = {row["id"] for row in self.do(self.town.kept())}
        local = self.town.slot_times(DAYS)[n]
        busy = {visit.local.date() for visit in self.model.visits.values() if visit.owner == who}
        made = self.do(self.side.brigade(who, clinic, local, many, own=own))
        new = [row for row in self.do(self.town.kept()) if row["id"] not in before]
        assert len(new) == (many - own if made else 0)
        assert (made is not None and made[1] is not None) == (made is not None and own)
        self.model.brigades += [(row["id"], row["use_id"]) for row in new]
        if made is not None and made[1] is not None:
            assert local.date() not in busy
            self._add(made[1], who)

    @rule(who=someone, n=any_of_them)
    def confirm(self, who: int, n: int) -> None:
        """One of the men says yes; a link is good once."""
        places = [*self.model.brigades, *self.model.declined]
        if not places:
            return
        place = _one_of(places, n)
        got = self.do(self.side.confirm(who, *place))
        if place in self.model.declined:
            assert got is None or isinstance(got, Refusal), "a no is followed by a yes"
        elif got is None:
            self.model.brigades.remove(place)
        elif not isinstance(got, Refusal):
            self.model.brigades.remove(place)
            self._add(got, who)

    @rule(n=any_of_them)
    def decline(self, n: int) -> None:
        """One of the men says no: nobody can see that in what is free at the clinic."""
        if not self.model.brigades:
            return
        place = _one_of(self.model.brigades, n)
        before = self._standing_or_kept()
        if self.do(self.side.decline(*place)):
            self.model.brigades.remove(place)
            self.model.declined.append(place)
        assert self._standing_or_kept() == before

    @rule()
    def tick(self) -> None:
        """What runs by itself runs."""
        self._jobs()

    def _add(self, booking: Booking, who: int) -> None:
        clinic = self.town.clinics.index(booking.clinic_id)
        self.model.add(booking.id, Visit(who, clinic, booking.local))

    def _standing_or_kept(self) -> set[int]:
        table = schema.bookings
        return {row["id"] for row in self.do(self.town.rows(table, table.c.cancelled_at.is_(None)))}

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

    @invariant()
    def a_declined_place_is_kept_until_its_brigade_is_over(self) -> None:
        """Who asked for the places cannot see in the free times of the clinic who said no."""
        if not self.model.declined:
            return
        open_ones = self.do(self.town.rows(schema.brigades, schema.brigades.c.ended_at.is_(None)))
        brigades = {row["id"] for row in open_ones}
        held = {(row["id"], row["use_id"]) for row in self.do(self.town.kept())}
        taken_back = {
            row["id"]
            for row in self.do(self.town.rows(schema.bookings, schema.bookings.c.closure_id.is_not(None)))
        }
        for place in self.model.declined:
            assert (place in held) == (place[1] in brigades and place[0] not in taken_back)

    def _kept(self, clinic: int, local: datetime) -> int:
        return sum(
            (row["clinic_id"], row["local_start"])
            == (self.town.clinics[clinic], local.isoformat(timespec="minutes"))
            for row in self.do(self.town.kept())
        )


def _one_of(found: Iterable[T], n: int) -> T:
    several = list(found)
    return several[n % len(several)]


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
