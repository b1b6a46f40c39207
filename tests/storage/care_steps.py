"""Steps of an episode for tests of what happens at the same moment: ends, results, company, missed visits.

Each is done as the conversation does it: in one transaction, after the same looks.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from bot.accompanying import ask_the_next
from care import company as rules
from care.absence import Said
from care.booking import may_change
from care.company import State as With
from care.failures import Failure, may_report
from care.referral import State
from care.results import Care, Result, may_take_back
from care.roles import Actor, Role
from storage import (
    absences,
    bookings,
    company,
    company_offers,
    endings,
    examinations,
    failures,
    moving_away,
    referrals,
    results,
    schema,
    staff,
)
from tests.reliability.town import CLINICS, ZONE, Town


@dataclass(kw_only=True)
class Steps:
    """What people, workers and clinicians do with an episode, at random."""

    town: Town
    chance: random.Random
    crowd: int  # people by number: 0 … crowd - 1
    worker: int = 0  # staff id of who comes along
    away: set[int] = field(default_factory=set)  # clinics that are not in the directory

    async def hire(self) -> None:
        """Let one more person of the town be a worker."""
        person = await self.town.arrive(self.crowd)
        async with self.town.database.writing() as store:
            self.worker = await staff.add(
                store, person.id, Role.WORKER, area_id=self.town.area, now=self.town.now
            )

    def somebody(self) -> int:
        """Return the id of somebody."""
        return self.town.people[self.chance.randrange(self.crowd)].id

    async def some(self, table: Table, *where: Any) -> Any:
        """Return any row; None where there is none."""
        rows = await self.town.rows(table, *where)
        return self.chance.choice(rows) if rows else None

    async def stay(self, n: int) -> None:
        """Say that one is staying after all."""
        async with self.town.database.writing() as store:
            ended = await referrals.ended_of(store, self.town.people[n].id)
            self.town.taken_up |= {ended["id"]} if ended is not None else set()
            await moving_away.stay(store, self.town.people[n].id, by=Actor.PERSON, now=self.town.now)

    async def say(self, n: int) -> None:
        """Say whether one went to a visit, or what was wrong there, or that nothing was."""
        table, now = schema.bookings, self.town.now
        mine = table.c.person_id == self.town.people[n].id, table.c.starts_at <= now
        row = await self.some(table, *mine, table.c.cancelled_at.is_(None))
        if row is None:
            return
        async with self.town.database.writing() as store:
            visit = await bookings.lock_own(store, row["id"], row["person_id"])
            if visit is None or visit.cancelled_at is not None or not may_report(visit, now=now):
                return
            if visit.came_at is None and self.chance.random() < 0.5:
                await absences.say(store, visit, self.chance.choice([Said.WENT, Said.MISSED]), now=now)
            elif visit.failure is None or self.chance.random() < 0.5:
                await failures.keep(store, visit, self.chance.choice(list(Failure)), now=now)
            else:
                await failures.take_back(store, visit, now=now)

    async def company(self, n: int) -> None:
        """Ask that somebody comes along: begin, and send it off; or need nobody any more."""
        for ahead in (await self.town.visits(n))[:1]:
            for _ in range(2):
                await self._company(ahead.id, ahead.person_id)

    async def _company(self, booking_id: int, person_id: int) -> None:
        now = self.town.now
        async with self.town.database.writing() as store:
            visit = await bookings.own(store, booking_id, person_id)
            if visit is None or may_change(visit, now=now) is not None:
                return
            asked = await company.open_for(store, visit.id)
            if asked is None:
                await company.begin(store, visit.person_id, visit.id, now=now)
                return
            after = rules.sent_off(asked.company)
            if after is None and self.chance.random() < 0.2:
                after = rules.cancelled(asked.company, now=now)
            if after is not None:
                await company_offers.settle(store, asked, after, now=now, told=True)

    async def come_along(self) -> None:
        """Say yes to somebody, or no more."""
        table = schema.companies
        row = await self.some(table, table.c.ended_at.is_(None), table.c.state != With.BEGUN.value)
        if row is None:
            return
        async with self.town.database.writing() as store:
            asked = await company.by_id(store, row["id"])
            if asked is None:
                return
            if asked.company.state is With.ACCEPTED and self.chance.random() < 0.3:
                after = rules.swapped(asked.company, self.worker)
            else:
                after = rules.accepted(asked.company, self.worker, oversees=True, now=self.town.now)
            if after is not None:
                await company_offers.settle(store, asked, after, now=self.town.now, by=self.worker)

    async def ask_the_next(self) -> None:
        """Do what runs by itself for who wants company."""
        await ask_the_next(self.town.database, now=self.town.now, zone=ZONE)

    async def give_up(self) -> None:
        """End an episode for the team: they do not want to, or are not reached."""
        async with self.town.database.writing() as store:
            episode = await referrals.episode_of(store, self.somebody())
            if episode is not None and episode.referral_id is not None:
                to = self.chance.choice([State.DECLINED, State.LOST])
                await endings.close(store, episode.referral_id, to, by=Actor.WORKER, now=self.town.now)

    async def take_up(self) -> None:
        """Take such an end back."""
        table = schema.referrals
        states = [one.value for one in endings.BY_THE_TEAM]
        row = await self.some(table, table.c.closed_at.is_not(None), table.c.state.in_(states))
        if row is None:
            return
        async with self.town.database.writing() as store:
            ended = await referrals.ended_of(store, row["person_id"])
            if ended is not None and ended["state"] in endings.BY_THE_TEAM:
                self.town.taken_up.add(ended["id"])
                await referrals.take_up(store, ended, by=Actor.WORKER, now=self.town.now)

    async def examine(self) -> None:
        """Write the next step of a visit, another result, or take the newest one back, as the clinic does."""
        now, by, table = self.town.now, Actor.CLINICIAN, schema.bookings
        row = await self.some(table, table.c.cancelled_at.is_(None), table.c.came_at.is_not(None))
        if row is None:
            return
        async with self.town.database.writing() as store:
            visit = await examinations.lock(store, row["id"], self.town.clinics, now=now)
            if visit is None:
                return
            one, of_clinic = visit.examination, {"zone": ZONE, "staff_id": self.worker, "now": now}
            if one is None:
                await results.examined(store, visit, by=by, staff_id=self.worker, now=now)
            elif self.chance.random() < 0.3 and may_take_back(one, zone=ZONE, now=now):
                await results.take_back(store, self.town.vault, one, by=by, **of_clinic)
            elif one.given_at is not None and self.chance.random() < 0.3:
                what = self.chance.choice(list(Care))
                await results.care(store, self.town.vault, one, what, by=by, now=now)
            elif one.ready_at is not None and one.given_at is None and self.chance.random() < 0.7:
                await results.given(store, self.town.vault, one, by=by, **of_clinic)
            else:
                found = self.chance.choice(list(Result))
                another = {} if one.given_at is not None else {"by": by}
                write = results.replaced if one.given_at is not None else results.ready
                await write(store, self.town.vault, one, found, **another, **of_clinic)

    async def publish(self) -> None:
        """Import the directory: a clinic leaves it, or the one that left comes back."""
        away = set() if self.away else {self.chance.randrange(CLINICS)}
        await self.town.publish(without=away)
        self.away = away
