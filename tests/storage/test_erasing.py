from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import DataKind
from care.outcomes import Kind
from care.person import Person
from care.roles import Actor, Role
from storage import awaited_answers, erasing, outcomes, people, referrals, staff, waits
from storage.engine import Database
from storage.erasing import compact, nightly, retention
from storage.people import random_id
from storage.schema import (
    areas,
    bookings,
    cities,
    clinics,
    closures,
    drafts,
    due,
    examinations,
    inbox,
    invites,
    metadata,
    questions,
    regions,
    tasks,
)
from storage.schema import outcomes as outcomes_table
from storage.schema import people as people_table
from storage.schema import referrals as referrals_table
from storage.vault import Vault, new_key

TELEGRAM_ID = 7701234567
TEXT = "я кашляю три недели и боюсь депортации"
NAME = "Дилноза Канареева"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Traces:
    """What the store holds about one person: in the clear nowhere, as stored bytes until it is erased."""

    person: Person
    plain: list[bytes]
    stored: list[bytes]


async def all_rows_about_somebody(database: Database, vault: Vault, now: datetime) -> Traces:
    """Write a person into every table that can hold something about them."""
    payload = vault.seal(
        f'{{"text": "{TEXT}", "from": {{"id": {TELEGRAM_ID}, "first_name": "{NAME}"}}}}'.encode()
    )
    reply = vault.seal(f"{NAME}, {TEXT}".encode())
    async with database.writing() as connection:
        clinic_id = await a_clinic(connection)
        person = await people.add(
            connection, vault, TELEGRAM_ID, locale="ru", consent_version="1", link_id=None, area_id=1, now=now
        )
        referral_id = await referrals.open_for(connection, person.id, now=now)
        booking_id = random_id()
        about = {"person_id": person.id, "created_at": now}
        hashed = vault.hash(str(TELEGRAM_ID))
        rows = {"received_at": now, "person_hash": hashed}
        await connection.execute(insert(inbox).values(update_id=1, payload=payload, **rows))
        await connection.execute(insert(inbox).values(update_id=2, reply=reply, handled_at=now, **rows))
        await connection.execute(
            insert(bookings).values(
                id=booking_id,
                referral_id=referral_id,
                clinic_id=clinic_id,
                starts_at=now + DAY,
                local_start="2026-11-22T09:30",
                local_day="2026-11-22",
                zone="Asia/Almaty",
                place=0,
                **about,
            )
        )
        await connection.execute(
            insert(due).values(
                key=f"visit-eve:{booking_id}",
                kind="visit-eve",
                booking_id=booking_id,
                params={},
                due_at=now,
                useful_until=now + DAY,
                lane=1,
                **about,
            )
        )
        await connection.execute(insert(tasks).values(id=random_id(), kind="talk", promised_at=now, **about))
        await connection.execute(
            insert(drafts).values(person_id=person.id, kind="booking", content={}, changed_at=now)
        )
        await awaited_answers.add(connection, vault, person.id, 1, today=now.date())
        await outcomes.append(
            connection, Kind.CONSENTED, now=now, role=Actor.PERSON, update_id=1, referral_id=referral_id
        )
    stored = [person.telegram_id, person.key, hashed, payload, reply]
    names = [NAME, TEXT, str(TELEGRAM_ID)]
    plain = [form for name in names for form in (name.encode(), name.encode("utf-16-le"))]
    return Traces(person, [*plain, TELEGRAM_ID.to_bytes(8, "big")[2:]], stored)


async def a_clinic(connection: AsyncConnection) -> int:
    await connection.execute(insert(regions).values(id=1, code="r", names={}))
    await connection.execute(insert(cities).values(id=1, code="c", region_id=1, zone="Asia/Almaty", names={}))
    await connection.execute(insert(areas).values(id=1, code="a", city_id=1, names={}))
    texts = {key: {} for key in ("names", "address", "directions", "hours", "bring")}
    await connection.execute(
        insert(clinics).values(id=1, code="k", area_id=1, latitude=43.2, longitude=76.9, **texts)
    )
    return 1


async def forget(database: Database, vault: Vault, traces: Traces, now: datetime) -> None:
    async with database.writing() as connection:
        await people.forget(connection, traces.person, vault.hashes(str(TELEGRAM_ID)), now=now)


def bytes_on_disk(database: Database) -> bytes:
    """All that lies in the SQLite file, its log and the index of its log."""
    assert database.file is not None
    return b"".join(path.read_bytes() for path in sorted(Path(database.file).parent.glob("hamroh.db*")))


def found(wanted: list[bytes], content: bytes) -> list[bytes]:
    return [one for one in wanted if one in content]


@pytest.fixture
async def traces(database: Database, vault: Vault, now: datetime) -> Traces:
    return await all_rows_about_somebody(database, vault, now)


async def test_nothing_of_a_forgotten_person_is_left_in_the_files(database, vault, traces, now):
    await forget(database, vault, traces, now)

    await compact(database)

    content = bytes_on_disk(database)
    assert found(traces.stored, content) == []
    assert found(traces.plain, content) == []
    async with database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in (await connection.execute(select(table))).mappings():
                assert traces.person.id not in row.values()


async def test_without_compacting_the_forgotten_is_still_found(database, vault, traces, now):
    await forget(database, vault, traces, now)

    assert set(found(traces.stored, bytes_on_disk(database))) == set(traces.stored)


async def test_compacting_leaves_people_who_stay_as_they_were(database, vault, traces, now):
    await compact(database)

    assert set(found(traces.stored, bytes_on_disk(database))) == set(traces.stored)
    async with database.reading() as connection:
        person = await people.by_hash(connection, vault.hashes(str(TELEGRAM_ID)))
    assert person is not None
    assert people.telegram_id(vault, person) == TELEGRAM_ID


async def readable(database: Database, vault: Vault, now: datetime) -> list[list[bytes]]:
    """Write a person, forget them, compact; return what a thief without the keys reads after each."""
    traces = await all_rows_about_somebody(database, vault, now)
    moments = [bytes_on_disk(database)]
    await forget(database, vault, traces, now)
    moments.append(bytes_on_disk(database))
    await compact(database)
    moments.append(bytes_on_disk(database))
    return [found(traces.plain, content) for content in moments]


async def test_nobody_can_be_read_in_the_file_at_any_time(database, vault, now):
    assert await readable(database, vault, now) == [[], [], []]


class Unsealed:
    """A cipher that leaves everything as it is."""

    def __init__(self, key: bytes) -> None:
        """Take a key, and make nothing of it."""

    def encrypt(self, nonce: bytes, content: bytes, _: None) -> bytes:
        return content

    decrypt = encrypt


async def test_without_encryption_names_texts_and_telegram_ids_are_read_in_the_file(
    database, now, monkeypatch
):
    """The negative control: the same bytes, sealed with nothing."""
    monkeypatch.setattr("storage.vault.AESGCM", Unsealed)

    seen, forgotten, compacted = await readable(database, Vault([new_key()]), now)

    assert {NAME.encode(), TEXT.encode(), str(TELEGRAM_ID).encode()} <= set(seen)
    assert forgotten != []  # freed bytes of the log stay where they are
    assert compacted == []


async def test_a_text_in_the_clear_would_be_found(database, traces, now):
    async with database.writing() as connection:
        await connection.execute(
            insert(questions).values(
                text=f"{NAME} {TEXT} {TELEGRAM_ID}", locale="ru", asked_on=date(2026, 11, 21)
            )
        )

    assert len(found(traces.plain, bytes_on_disk(database))) == 3


async def test_the_log_is_empty_after_compacting(database, traces):
    await compact(database)

    log = Path(f"{database.file}-wal")
    assert not log.exists() or log.stat().st_size == 0


async def test_the_store_works_on_while_and_after_it_is_compacted(any_database, vault, now):
    await all_rows_about_somebody(any_database, vault, now)

    await compact(any_database)
    async with any_database.writing() as connection:
        await connection.execute(insert(questions).values(text="?", locale="ru", asked_on=date(2026, 11, 21)))
    await compact(any_database)

    async with any_database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM questions"))).scalar() == 1


async def test_what_is_past_its_term_goes_and_the_rest_stays(any_database, vault, now):
    async with any_database.writing() as connection:
        person = await people.add(
            connection, vault, 5, locale="ru", consent_version="1", link_id=None, area_id=None, now=now
        )
        for number, age in enumerate((1, 6, 8), start=1):
            await connection.execute(
                insert(inbox).values(update_id=number, received_at=now, done_at=now - age * DAY)
            )
            await outcomes.append(
                connection, Kind.CONSENTED, now=now - age * DAY, role=Actor.PERSON, update_id=number
            )
        await connection.execute(
            insert(inbox).values(update_id=4, received_at=now, set_aside_at=now - 8 * DAY, payload=b"x")
        )
        await connection.execute(insert(inbox).values(update_id=5, received_at=now - 30 * DAY, payload=b"x"))
        for age in (89, 91):
            await connection.execute(
                insert(questions).values(text=str(age), locale="ru", asked_on=(now - age * DAY).date())
            )
        for key, state, age in (
            ("a", "sent", 29),
            ("b", "sent", 31),
            ("c", "pending", 31),
            ("d", "failed", 31),
        ):
            await connection.execute(
                insert(due).values(
                    key=key,
                    kind="notice",
                    person_id=person.id,
                    params={},
                    due_at=now - age * DAY,
                    useful_until=now,
                    lane=1,
                    state=state,
                    finished_at=None if state == "pending" else now - age * DAY,
                    created_at=now,
                )
            )
        for code, left in (("fresh", DAY), ("late", -DAY)):
            await staff.invite(connection, code, Role.WORKER, now=now, expires_at=now + left, created_by=None)

    gone = await retention(any_database, now=now)

    async with any_database.reading() as connection:

        async def left(column: object) -> list[object]:
            return sorted((await connection.execute(select(column))).scalars(), key=str)  # type: ignore[call-overload]

        assert await left(inbox.c.update_id) == [1, 2, 5]
        assert await left(outcomes_table.c.update_id) == [1, 2, None]
        assert await left(questions.c.text) == ["89"]
        assert await left(due.c.key) == ["a", "c"]
        assert await left(invites.c.code_hash) == [staff.code_hash("fresh")]
    assert gone == {
        "inbox": 2,
        "outcomes": 1,
        "questions": 1,
        "waiting": 0,
        "brigades": 0,
        "checklists": 0,
        "decisions": 0,
        "due": 2,
        "tasks": 0,
        "transfers": 0,
        "claims": 0,
        "companies": 0,
        "waits": 0,
        "relays": 0,
        "relay_messages": 0,
        "dose_plans": 0,
        "care_visits": 0,
        "lone_visits": 0,
        "moods": 0,
        "drafts": 0,
        "invites": 1,
    }


@pytest.mark.parametrize("is_checked", [True, False], ids=["checked", "invited"])
async def test_visits_and_advice_go_after_the_terms_of_the_programme(any_database, vault, now, is_checked):
    traces = await all_rows_about_somebody(any_database, vault, now)
    async with any_database.writing() as connection:
        advice = {"advice": "contact", "checked_at": now if is_checked else None, "changed_at": now}
        await connection.execute(referrals_table.update().values(**advice))

    later = now + 60 * DAY
    await retention(any_database, now=later, kept_days={DataKind.VISITS: 90, DataKind.CHECKS: 30})

    async with any_database.reading() as connection:
        assert (await connection.execute(select(bookings.c.person_id))).scalars().all() == [traces.person.id]
        assert (await connection.execute(select(referrals_table.c.advice))).scalars().all() == [None]
    await retention(any_database, now=later + 60 * DAY, kept_days={DataKind.VISITS: 90})
    async with any_database.reading() as connection:
        assert (await connection.execute(select(bookings.c.id))).scalars().all() == []


async def test_what_is_nobodys_own_visit_goes_after_the_same_term(any_database, vault, now):
    """Walk-ins, children, places kept for somebody, closed days, and what clinics wrote of visits."""
    traces = await all_rows_about_somebody(any_database, vault, now)
    uses = ("walk-in", "child", "wait", "brigade", "displaced", "blocked")
    async with any_database.writing() as connection:
        for number, use in enumerate(uses):
            whose = {"guardian_id": traces.person.id} if use == "child" else {}
            at = {"local_start": "2026-11-22T10:00", "local_day": "2026-11-22", "starts_at": now + DAY}
            place = {"clinic_id": 1, "zone": "Asia/Almaty", "place": number, "created_at": now}
            await connection.execute(
                insert(bookings).values(id=random_id(), use=use, use_id=7, **whose, **at, **place)
            )
        hours = {"local_from": "2026-11-22T00:00", "local_until": "2026-11-23T00:00"}
        await connection.execute(
            insert(closures).values(id=1, clinic_id=1, kind="closed", **hours, created_at=now)
        )
        for number, person_id in (
            (1, traces.person.id),
            (2, None),
        ):  # of a walk-in whom the bot does not know
            seen = {
                "person_id": person_id,
                "clinic_id": 1,
                "examined_at": now + DAY,
                "ready_at": now + 2 * DAY,
            }
            await connection.execute(insert(examinations).values(id=number, booking_id=number, **seen))

    before = await retention(any_database, now=now + 80 * DAY, kept_days={DataKind.VISITS: 90})
    assert {before[name] for name in ("bookings", "closures", "examinations")} == {0}
    gone = await retention(any_database, now=now + 100 * DAY, kept_days={DataKind.VISITS: 90})
    assert (gone["bookings"], gone["closures"], gone["examinations"]) == (len(uses) + 1, 1, 2)


async def test_a_wait_that_is_over_goes_after_thirty_days(any_database, vault, now):
    person_id = await somebody_seen(any_database, vault, 10, now)
    async with any_database.writing() as connection:
        wait = await waits.begin(connection, person_id, now=now)
        assert await waits.save(connection, replace(wait, ended_at=now), was_offered=None)

    assert (await retention(any_database, now=now + 30 * DAY))["waits"] == 0
    assert (await retention(any_database, now=now + 31 * DAY))["waits"] == 1


async def test_the_night_works_without_a_programme(any_database, now):
    assert (await nightly(any_database, now=now))["questions"] == 0


async def somebody_seen(database: Database, vault: Vault, telegram_id: int, at: datetime) -> int:
    async with database.writing() as connection:
        terms = {"locale": "ru", "consent_version": "1", "link_id": None, "area_id": None}
        return (await people.add(connection, vault, telegram_id, now=at, **terms)).id


async def test_people_who_wrote_nothing_for_the_programmes_term_are_forgotten(any_database, vault, now):
    silent = await somebody_seen(any_database, vault, 10, now - 31 * DAY)
    await somebody_seen(any_database, vault, 11, now - 30 * DAY)
    working = await somebody_seen(any_database, vault, 12, now - 31 * DAY)
    async with any_database.writing() as connection:
        await staff.add(connection, working, Role.WORKER, now=now)

    gone = await retention(any_database, now=now, kept_days={DataKind.PERSON: 30})

    assert gone["people"] == 1
    async with any_database.reading() as connection:
        left = set((await connection.execute(select(people_table.c.id))).scalars())
        forgotten = (await connection.execute(select(outcomes_table))).mappings().one()
    assert silent not in left
    assert len(left) == 2
    assert (forgotten["kind"], forgotten["role"]) == ("forgotten", "job")


async def test_whoever_has_a_visit_ahead_is_not_forgotten(any_database, vault, now):
    traces = await all_rows_about_somebody(any_database, vault, now)
    term = {DataKind.PERSON: 1}
    async with any_database.writing() as connection:
        await connection.execute(people_table.update().values(seen_on=(now - 9 * DAY).date()))
        await connection.execute(bookings.update().values(starts_at=now + 2 * DAY))

    assert (await retention(any_database, now=now, kept_days=term))["people"] == 0
    async with any_database.writing() as connection:
        await connection.execute(bookings.update().values(cancelled_at=now))
    assert (await retention(any_database, now=now, kept_days=term))["people"] == 1

    async with any_database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in (await connection.execute(select(table))).mappings():
                assert traces.person.id not in row.values()


async def test_many_silent_people_are_forgotten_in_one_night(database, vault, now):
    for number in range(erasing.FORGOTTEN_AT_ONCE + 3):
        await somebody_seen(database, vault, number, now - 9 * DAY)

    gone = await retention(database, now=now, kept_days={DataKind.PERSON: 5})

    assert gone["people"] == erasing.FORGOTTEN_AT_ONCE + 3


async def test_requests_that_are_over_go_and_a_phone_goes_sooner(any_database, vault, now):
    person_id = await somebody_seen(any_database, vault, 10, now)
    async with any_database.writing() as connection:
        for number, (made, done) in enumerate(((40, 31), (40, 29), (40, None), (9, None)), start=1):
            await connection.execute(
                insert(tasks).values(
                    id=number,
                    kind="talk",
                    person_id=person_id,
                    contact=b"sealed",
                    promised_at=now,
                    created_at=now - made * DAY,
                    done_at=now - done * DAY if done else None,
                )
            )

    await retention(any_database, now=now, kept_days={DataKind.CONTACTS: 10})

    async with any_database.reading() as connection:
        left = (await connection.execute(select(tasks.c.id, tasks.c.contact).order_by(tasks.c.id))).all()
    assert [tuple(row) for row in left] == [(2, None), (3, None), (4, b"sealed")]


@pytest.mark.parametrize(("term", "days"), [(365, 90), (90, 90), (7, 7)])
def test_a_question_is_kept_for_ninety_days_at_most(term, days):
    assert erasing.questions_days({DataKind.QUESTIONS: term}) == days
    assert erasing.questions_days({}) == 90
