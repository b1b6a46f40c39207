"""Places for several people: all or none, each taken once, whoever comes at the same moment."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from care.booking import Booking, Refusal, Slot
from care.brigade import Brigade
from care.places import Use
from care.roles import Actor
from storage import brigades, people, places, schema, taking
from storage.brigades import Opened
from storage.engine import Database
from storage.vault import Vault, new_key

ZONE = "Asia/Almaty"
LOCAL = datetime.fromisoformat("2026-11-26T17:00")


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()])


class Clinic:
    """A clinic with four places at one time, and people."""

    def __init__(self, database: Database, vault: Vault, now: datetime) -> None:
        self.database, self.vault, self.now = database, vault, now
        self.slot = Slot(clinic_id=1, zone=ZONE, local=LOCAL, minutes=30, capacity=4)

    async def build(self) -> "Clinic":
        async with self.database.writing() as store:
            await store.execute(insert(schema.regions).values(id=1, code="r", names={}))
            await store.execute(
                insert(schema.cities).values(id=1, code="c", region_id=1, zone=ZONE, names={})
            )
            await store.execute(insert(schema.areas).values(id=1, code="a", city_id=1, names={}))
            texts: dict[str, dict[str, str]] = {
                name: {} for name in ("names", "address", "directions", "hours", "bring")
            }
            await store.execute(
                insert(schema.clinics).values(id=1, code="k", area_id=1, latitude=0.0, longitude=0.0, **texts)
            )
            for n in range(1, 13):
                await store.execute(
                    insert(schema.people).values(
                        id=n,
                        telegram_hash=n.to_bytes(32, "big"),
                        telegram_id=b"",
                        key=b"",
                        locale="en",
                        consent_version="1",
                        consent_locale="en",
                        consented_at=self.now,
                        seen_on=self.now.date(),
                        created_at=self.now,
                    )
                )
                await store.execute(
                    insert(schema.referrals).values(
                        id=n, person_id=n, state="reached", opened_at=self.now, changed_at=self.now
                    )
                )
        return self

    def brigade(self, number: int) -> Brigade:
        until = self.now + timedelta(hours=24)
        return Brigade(id=number, person_id=number, staff_id=None, clinic_id=1, confirm_until=until)

    async def make(self, number: int, wanted: int) -> bool:
        async with self.database.writing() as store:
            spread = [(self.slot, wanted)]
            return await brigades.make(store, self.vault, self.brigade(number), spread, now=self.now)

    async def opened(self, number: int) -> list[Opened]:
        async with self.database.reading() as store:
            letters = await brigades.letters(store, self.vault, number)
            found = [await brigades.by_code(store, one.code) for one in letters]
        return [one for one in found if one is not None]

    async def take(self, opened: Opened, person: int) -> Any:
        async with self.database.writing() as store:
            kept = await places.by_id(store, opened.booking_id, Use.BRIGADE, opened.brigade.id)
            known = await people.by_id(store, person)
            if kept is None or known is None:
                return None
            return await taking.of_brigade(store, known, kept, by=Actor.PERSON, now=self.now)

    async def decline(self, opened: Opened) -> bool:
        async with self.database.writing() as store:
            return await brigades.decline(store, opened.booking_id, now=self.now)

    async def lose(self, opened: Opened) -> None:
        """Let the clinic take a place back, as a closing does."""
        async with self.database.writing() as store:
            gone = update(schema.bookings).where(schema.bookings.c.id == opened.booking_id)
            await store.execute(gone.values(cancelled_at=self.now))
            await brigades.place_lost(store, opened.booking_id, 5, now=self.now)

    async def rows(self, *where: Any) -> Sequence[Any]:
        async with self.database.reading() as store:
            return (await store.execute(select(schema.bookings).where(*where))).mappings().all()

    async def count(self, table: Any) -> int:
        async with self.database.reading() as store:
            return int((await store.execute(select(func.count()).select_from(table))).scalar_one())


@pytest.fixture
async def clinic(any_database: Database, vault: Vault, now: datetime) -> Clinic:
    return await Clinic(any_database, vault, now).build()


async def test_too_few_places_keep_nothing(clinic: Clinic) -> None:
    assert not await clinic.make(1, 5)

    assert await clinic.count(schema.bookings) == 0
    assert await clinic.count(schema.brigades) == 0
    assert await clinic.count(schema.brigade_places) == 0
    assert await clinic.count(schema.due) == 0


async def test_brigades_that_come_at_once_never_share_a_place(clinic: Clinic) -> None:
    made = await asyncio.gather(*(clinic.make(n, 2) for n in range(1, 5)))

    rows = await clinic.rows(schema.bookings.c.cancelled_at.is_(None))
    assert len({row["place"] for row in rows}) == len(rows) == 2 * made.count(True)
    assert 1 <= made.count(True) <= 2


async def test_each_link_opens_its_own_place(clinic: Clinic) -> None:
    await clinic.make(1, 3)

    opened = await clinic.opened(1)

    assert len({one.booking_id for one in opened}) == 3
    assert not any(one.used for one in opened)


async def test_several_people_with_one_link_get_one_place(clinic: Clinic) -> None:
    await clinic.make(1, 2)
    [first, _] = await clinic.opened(1)

    taken = await asyncio.gather(*(clinic.take(first, person) for person in range(2, 8)))

    assert sum(isinstance(one, Booking) for one in taken) == 1
    assert len(await clinic.rows(schema.bookings.c.person_id.is_not(None))) == 1


async def test_a_place_that_is_taken_while_it_is_given_back_has_one_fate(clinic: Clinic) -> None:
    await clinic.make(1, 4)
    opened = await clinic.opened(1)

    async def over() -> bool:
        async with clinic.database.writing() as store:
            return await brigades.end(store, 1, now=clinic.now)

    results = await asyncio.gather(*(clinic.take(one, 2 + n) for n, one in enumerate(opened)), over())

    visits = sum(isinstance(one, Booking) for one in results[:-1])
    assert results[-1] is True
    assert len(await clinic.rows(schema.bookings.c.person_id.is_not(None))) == visits
    assert len(await clinic.rows(schema.bookings.c.cancelled_at.is_not(None))) == 4 - visits
    assert not await over()


async def test_a_yes_and_a_no_by_the_same_link_at_once_have_one_winner(clinic: Clinic) -> None:
    await clinic.make(1, 4)
    opened = await clinic.opened(1)

    took = [clinic.take(one, 2 + n) for n, one in enumerate(opened)]
    said = await asyncio.gather(*took, *(clinic.decline(one) for one in opened))

    for yes, no in zip(said[:4], said[4:], strict=True):
        assert isinstance(yes, Booking) is not no
    assert all(one.used for one in await clinic.opened(1))
    visits = sum(isinstance(one, Booking) for one in said[:4])
    assert len(await clinic.rows(schema.bookings.c.person_id.is_not(None))) == visits
    for one in opened:
        assert not await clinic.decline(one)


@pytest.mark.parametrize("answer", ["yes", "no", None])
async def test_a_brigade_is_over_when_the_clinic_took_all_its_places_whatever_was_answered(
    clinic: Clinic, answer: str | None
) -> None:
    await clinic.make(1, 2)
    first, second = await clinic.opened(1)
    if answer is not None:
        await (clinic.take(first, 2) if answer == "yes" else clinic.decline(first))

    async def is_open() -> bool:
        async with clinic.database.reading() as store:
            return bool(await brigades.open_of(store, 1, now=clinic.now))

    await clinic.lose(second)
    assert await is_open()
    await clinic.lose(first)
    assert not await is_open()


async def test_one_place_for_who_asks_is_booked_with_the_others_or_not_at_all(
    clinic: Clinic, vault: Vault
) -> None:
    async def with_own(others: int) -> Booking | Refusal:
        async with clinic.database.writing() as store:
            known = await people.by_id(store, 1)
            assert known is not None
            brigade = replace(clinic.brigade(1), id=others)
            return await taking.beside_brigade(
                store, vault, known, brigade, clinic.slot, [(clinic.slot, others)],
                by=Actor.PERSON, now=clinic.now,
            )  # fmt: skip

    assert await with_own(4) is Refusal.FULL
    assert await clinic.count(schema.bookings) == await clinic.count(schema.brigades) == 0
    assert await clinic.count(schema.due) == 0
    own = await with_own(2)
    assert isinstance(own, Booking)
    assert own.person_id == 1
    assert await with_own(1) is Refusal.SAME_DAY
    assert await clinic.count(schema.brigades) == 1
    assert len(await clinic.opened(2)) == 2


async def test_what_is_over_is_ended_once_and_told_once(clinic: Clinic) -> None:
    await clinic.make(1, 2)
    late = clinic.now + timedelta(hours=24)
    async with clinic.database.reading() as store:
        assert not await brigades.anything_over(store, now=late - timedelta(seconds=1))
        assert await brigades.anything_over(store, now=late)

    for expected in (1, 0):
        async with clinic.database.writing() as store:
            assert len(await brigades.end_overdue(store, now=late)) == expected
    async with clinic.database.reading() as store:
        assert not await brigades.anything_over(store, now=late)
        kinds = (await store.execute(select(schema.due.c.kind, schema.due.c.state))).all()

    assert sorted(map(tuple, kinds)) == [("brigade-over", "pending"), ("brigade-soon", "cancelled")]


async def test_links_can_be_shown_again_after_the_key_was_changed(clinic: Clinic, vault: Vault) -> None:
    keys = [new_key(), new_key()]
    clinic.vault = Vault(keys[:1])
    await clinic.make(1, 2)
    before = [one.booking_id for one in await clinic.opened(1)]

    clinic.vault = Vault([keys[1], keys[0]])

    assert [one.booking_id for one in await clinic.opened(1)] == before
    clinic.vault = vault
    assert await clinic.opened(1) == []  # without the key there is no link


async def test_only_open_brigades_count(clinic: Clinic) -> None:
    await clinic.make(1, 2)
    for now, may in ((clinic.now, False), (clinic.now + timedelta(hours=24), True)):
        async with clinic.database.writing() as store:
            assert await brigades.may_make(store, 1, of_worker=False, now=now) is may
            assert await brigades.may_make(store, 1, of_worker=True, now=now)
            assert len(await brigades.open_of(store, 1, now=now)) == (0 if may else 1)
