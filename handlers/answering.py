"""Find who answers a person, what they are called, and in which chat each side of a talk is reached."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from care import relay as rules
from care import talk
from care.ownership import Colleague, Wish, choose
from care.person import Person, pseudonym
from care.reminders import is_quiet
from care.roles import Actor
from handlers.screens import JUST_MADE, Step, Way
from locales.catalogue import N_, Locale, Words
from storage import due, looking_after, ownership, people, referrals, relay_tasks, relays, wellbeing
from storage.relays import Relay
from storage.vault import Vault

SOMEBODY = N_("a person of our team")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The chat in which one side of a talk reads."""

    chat_id: int
    t: Locale  # the language of who reads there
    thread: int = 0  # topic of a staff group
    topic: Step | None = None  # makes the topic first
    silent: bool = False  # it is night there: what comes makes no sound

    @property
    def group(self) -> bool:
        """Whether it is a topic of a staff group."""
        return bool(self.thread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who could answer a person."""

    free: Colleague | None  # who has room
    named: Colleague | None  # who would, with room or without; None: there is nobody at all


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Who answers, and where."""

    words: Words
    vault: Vault
    zone: ZoneInfo  # where a person's city, or somebody's area, is not known

    async def find(
        self,
        store: AsyncConnection,
        person: Person,
        *,
        now: datetime,
        topic: str | None = None,
        not_these: Collection[int] = (),
    ) -> Found:
        """Return who answers this person now; their referral's owner first, and never `not_these`.

        What is urgent, by the `topic` or the last check, goes to whoever is there, where anybody is.
        """
        wish = await self._wish(store, person, not_these)
        team = await ownership.team(store, now=now, zone=self.zone.key)
        referral = await referrals.of(store, person.id)
        checked = (referral["advice"], referral["checked_at"]) if referral else (None, None)
        if rules.is_urgent(topic, *checked, now=now):
            there = [one for one in team if one.on_shift]
            team = there if choose(there, wish) else team
        busy = await relays.busy(store, now=now)
        chosen = choose(team, wish)
        return Found(free=rules.answerer(team, wish, busy), named=chosen[0] if chosen else None)

    async def stands_in(
        self, store: AsyncConnection, relay: Relay, person: Person, *, now: datetime
    ) -> Colleague | None:
        """Return who is told that this person may need help now; None: who answers is there, or nobody is."""
        team = await ownership.team(store, now=now, zone=self.zone.key)
        gone: set[int] = set()
        while True:
            wish = await self._wish(store, person, gone)
            found = rules.stands_in(team, wish, relay.staff_id)
            member = await people.by_id(store, found.person_id) if found else None
            if found is None or (member is not None and member.blocked_at is None):
                return found
            gone.add(found.staff_id)

    async def _wish(self, store: AsyncConnection, person: Person, not_these: Collection[int]) -> Wish:
        referral = await referrals.of(store, person.id)
        wish = Wish(
            person_id=person.id,
            locale=person.locale,
            area_id=(referral["area_id"] if referral else None) or person.area_id,
            gender=referral["wanted_gender"] if referral else None,
            link_staff_id=referral["staff_id"] if referral else None,
            not_these=frozenset(not_these),
        )
        return ownership.with_posts(wish, await ownership.posts(store))

    async def promised(self, store: AsyncConnection, staff_id: int, *, now: datetime) -> datetime:
        """Return by when somebody of the team answers (aware, UTC), by their own hours."""
        schedules = await ownership.schedules_of(store, zone=self.zone.key, staff_ids=[staff_id])
        schedule = schedules.get(staff_id)
        return rules.promise(schedule, now=now) if schedule else talk.promise(now, self.zone)

    async def waits_until(
        self, store: AsyncConnection, ahead: int, person_id: int, *, now: datetime
    ) -> datetime:
        """Return by when somebody answers who waits behind `ahead` others (aware, UTC)."""
        takes = rules.wait(ahead, typical=rules.typical(await relays.lengths(store)))
        return talk.promise(now + takes, await self.zone_of(store, person_id))

    async def zone_of(self, store: AsyncConnection, person_id: int) -> ZoneInfo:
        """Return the clock where a person is."""
        name = await due.zone_of(store, person_id)
        return ZoneInfo(name) if name else self.zone

    async def name(self, store: AsyncConnection, staff_id: int | None) -> str | None:
        """Return what somebody of the team calls themselves on their card, if they do."""
        return await looking_after.name_of(store, self.vault, staff_id) if staff_id is not None else None

    async def called(self, store: AsyncConnection, t: Locale, staff_id: int | None) -> str:
        """Return what a person reads of who answers, plain text."""
        return await self.name(store, staff_id) or t.label(SOMEBODY)

    async def of_staff(self, store: AsyncConnection, relay: Relay, *, now: datetime) -> Place | None:
        """Return where the team reads a talk, or None when nobody does: it waits, they left or blocked us."""
        if relay.staff_id is None:
            return None
        found = await ownership.team(
            store, now=relay.opened_at, zone=self.zone.key, staff_ids=[relay.staff_id]
        )
        member = await people.by_id(store, found[0].person_id) if found else None
        if member is None:
            return None
        t = self.locale(member)
        hours = await wellbeing.hours_of(store, member.id)
        zone = (hours.zone if hours else None) or (await self.zone_of(store, member.id)).key
        if relay.forum_chat is not None:  # a group of several: the night, and nobody's own hours
            return _topic(relay, t, silent=is_quiet(now, zone))
        if member.blocked_at is not None or member.telegram_id is None:
            return None
        silent = is_quiet(now, zone, quiet=hours.quiet if hours else None)
        return Place(chat_id=people.telegram_id(self.vault, member), t=t, silent=silent)

    async def of_person(self, store: AsyncConnection, relay: Relay, *, now: datetime) -> Place | None:
        """Return where a person reads, or None when they blocked the bot."""
        person = await people.by_id(store, relay.person_id)
        if person is None or person.blocked_at is not None or person.telegram_id is None:
            return None
        silent = is_quiet(now, (await self.zone_of(store, person.id)).key)
        return Place(chat_id=people.telegram_id(self.vault, person), t=self.locale(person), silent=silent)

    async def reached(
        self, store: AsyncConnection, relay: Relay, person: Person, *, now: datetime
    ) -> tuple[Relay, Place | None]:
        """Return a talk and where the team reads it; whoever cannot be reached gives way to a colleague."""
        place = await self.of_staff(store, relay, now=now)
        if place is not None:
            return relay, place
        gone = [relay.staff_id] if relay.staff_id is not None else []
        found = await self.find(store, person, now=now, not_these=gone)
        staff_id = found.free.staff_id if found.free else None
        if staff_id is None and relay.staff_id is None:
            return relay, None
        await relays.move(store, relay.id, staff_id, now=now)
        moved = await relays.by_id(store, relay.id) or replace(relay, staff_id=staff_id)
        return moved, await self.of_staff(store, moved, now=now)

    async def end(self, store: AsyncConnection, relay: Relay, by: Actor, *, now: datetime) -> bool:
        """End a talk with what it asked for; False when it was over."""
        if not await relays.close(store, relay.id, by, now=now):
            return False
        staff_id = relay.staff_id if by is not Actor.PERSON else None
        for task_id in await relay_tasks.end(store, relay, by=staff_id, now=now):
            await due.cancel(store, key=talk.notice_key(task_id), now=now)
        return True

    def locale(self, person: Person) -> Locale:
        """Return the words of a person's language."""
        return self.words[person.locale if person.locale in self.words else self.words.choices[0][0]]


def _topic(relay: Relay, t: Locale, *, silent: bool) -> Place:
    chat = relay.forum_chat or 0
    if relay.thread_id is not None:
        return Place(chat_id=chat, t=t, thread=relay.thread_id, silent=silent)
    made = Step(way=Way.TOPIC, to=chat, name=pseudonym(relay.person_id), copy=relay.id)
    return Place(chat_id=chat, t=t, thread=JUST_MADE, topic=made, silent=silent)
