"""Invites: one use, in time, bound to a role, whoever accepts at the same moment."""

import asyncio
import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from care.invites import VALID, Bound, new_code
from care.links import new_code as new_link_code
from care.links import short_code_in
from care.roles import Role
from handlers.buttons import Press, Verb
from handlers.join import Join
from handlers.screens import Reply
from handlers.turn import Turn
from locales.catalogue import Locale, Words
from storage import links, people, schema, staff
from storage.engine import Database, open_database
from storage.vault import Vault

WELCOME = "Welcome"
POSTGRES = os.environ.get("HAMROH_TEST_POSTGRES")


@pytest.fixture(scope="module")
def english() -> Locale:
    return Words.load(strict=False)["en"]


class Office:
    """People who were invited to one area."""

    def __init__(self, database: Database, vault: Vault, t: Locale, now: datetime) -> None:
        self.database, self.vault, self.t, self.now = database, vault, t, now
        self.updates = 0

    async def build(self, *, number: int) -> "Office":
        async with self.database.writing() as store:
            region = await _add(store, schema.regions, code="r", names={"en": "R"})
            zone = {"zone": "Asia/Almaty", "names": {"en": "C"}}
            city = await _add(store, schema.cities, code="c", region_id=region, **zone)
            names = {"en": "Old Market", "ru": "Старый рынок"}
            self.area = await _add(store, schema.areas, code="a", city_id=city, names=names)
            self.invited = [await self._person(store, telegram_id) for telegram_id in range(number)]
        return self

    async def invite(self, role: Role = Role.WORKER) -> str:
        code = new_code()
        async with self.database.writing() as store:
            await staff.invite(
                store,
                code,
                role,
                now=self.now,
                expires_at=self.now + VALID,
                created_by=None,
                bound=Bound(area_id=self.area),
            )
        return code

    async def accept(self, who: int, code: str, *, later: timedelta = timedelta()) -> Reply:
        self.updates += 1
        update_id = self.updates
        async with self.database.writing() as store:
            turn = Turn(
                update_id=update_id,
                now=self.now + later,
                store=store,
                t=self.t,
                telegram_id=who,
                person=await people.by_id(store, self.invited[who]),
                press=Press(Verb.JOIN, (code, "y")),
            )
            return await Join(vault=self.vault).show(turn)

    async def roles(self) -> list[Any]:
        async with self.database.reading() as store:
            return list((await store.execute(select(schema.staff))).mappings())

    async def _person(self, store: Any, telegram_id: int) -> int:
        given: dict[str, Any] = {"link_id": None, "area_id": None, "locale": "en", "consent_version": "1"}
        return (await people.add(store, self.vault, telegram_id, now=self.now, **given)).id


async def _add(store: Any, table: Any, **values: Any) -> int:
    return int((await store.execute(insert(table).values(**values))).inserted_primary_key[0])


async def accepted_by_all(office: Office) -> tuple[int, int]:
    """Let everybody accept one invite at once; return how many were welcomed, how many were too late."""
    code = await office.invite()
    replies = await asyncio.gather(*(office.accept(who, code) for who in range(len(office.invited))))
    texts = [reply.steps[0].text for reply in replies]
    return sum(WELCOME in text for text in texts), sum("not valid any more" in text for text in texts)


async def test_an_invite_that_is_not_used_up_gives_its_role_to_everybody(
    any_database: Database, vault: Vault, english: Locale, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    """The negative control: nobody marks the invite as used."""

    async def not_marked(*args: Any, **kwargs: Any) -> bool:
        return True

    monkeypatch.setattr(staff, "use_invite", not_marked)
    office = await Office(any_database, vault, english, now).build(number=8)

    assert await accepted_by_all(office) == (8, 0)


async def test_when_many_accept_one_invite_at_once_exactly_one_gets_the_role(
    any_database: Database, vault: Vault, english: Locale, now: datetime
):
    office = await Office(any_database, vault, english, now).build(number=8)

    assert await accepted_by_all(office) == (1, 7)

    [role] = await office.roles()
    assert (role["role"], role["area_id"]) == ("worker", office.area)
    async with any_database.reading() as store:
        [link] = await links.of_staff(store, role["id"], now=office.now)
        assert link.area_id == office.area


@pytest.mark.skipif(not POSTGRES, reason="on SQLite writers take turns, so nobody can look at the same time")
@pytest.mark.parametrize(("guarded", "hired"), [(True, 1), (False, 2)], ids=["guarded", "control"])
async def test_who_looked_at_the_same_open_invite_does_not_share_it(
    postgres_url: str,
    vault: Vault,
    english: Locale,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    guarded: bool,
    hired: int,
):
    database = open_database(postgres_url)
    office = await Office(database, vault, english, now).build(number=2)
    code, look, both = await office.invite(), staff.open_invite, asyncio.Barrier(2)

    async def look_together(*args: Any, **kwargs: Any) -> Any:
        found = await look(*args, **kwargs)
        await asyncio.wait_for(both.wait(), timeout=60)
        return found

    async def always(*args: Any, **kwargs: Any) -> bool:
        return True

    monkeypatch.setattr(staff, "open_invite", look_together)
    if not guarded:
        monkeypatch.setattr(staff, "use_invite", always)

    await asyncio.gather(office.accept(0, code), office.accept(1, code))

    assert len(await office.roles()) == hired
    await database.close()


async def test_one_person_accepting_twice_at_once_has_the_role_once(
    any_database: Database, vault: Vault, english: Locale, now: datetime
):
    office = await Office(any_database, vault, english, now).build(number=1)
    codes = [await office.invite() for _ in range(4)]

    replies = await asyncio.gather(*(office.accept(0, code) for code in codes))

    assert sum(WELCOME in reply.steps[0].text for reply in replies) == 1
    assert len(await office.roles()) == 1


@pytest.mark.parametrize(
    ("later", "welcome"),
    [(VALID - timedelta(seconds=1), True), (VALID, False), (VALID + timedelta(days=9), False)],
)
async def test_an_invite_ends_after_72_hours(
    any_database: Database, vault: Vault, english: Locale, now: datetime, later: timedelta, welcome: bool
):
    office = await Office(any_database, vault, english, now).build(number=1)

    assert await welcomed(office, later=later) is welcome
    assert len(await office.roles()) == welcome


async def welcomed(office: Office, *, later: timedelta) -> bool:
    """Accept an invite some time after it was made; return whether it was still good."""
    reply = await office.accept(0, await office.invite(), later=later)
    return WELCOME in reply.steps[0].text


async def test_an_invite_whose_end_nobody_looks_at_is_good_days_later(
    any_database: Database, vault: Vault, english: Locale, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    """The negative control: the time of the invite stands still."""
    look, use = staff.open_invite, staff.use_invite

    async def look_early(*args: Any, **kwargs: Any) -> Any:
        return await look(*args, **kwargs | {"now": now})

    async def use_early(*args: Any, **kwargs: Any) -> bool:
        return await use(*args, **kwargs | {"now": now})

    monkeypatch.setattr(staff, "open_invite", look_early)
    monkeypatch.setattr(staff, "use_invite", use_early)
    office = await Office(any_database, vault, english, now).build(number=1)

    assert await welcomed(office, later=VALID + timedelta(days=9))


async def test_only_the_hash_of_an_invites_code_is_stored(
    any_database: Database, vault: Vault, english: Locale, now: datetime
):
    office = await Office(any_database, vault, english, now).build(number=0)
    code = await office.invite()

    async with any_database.reading() as store:
        [row] = (await store.execute(select(schema.invites))).mappings().all()
    assert row["code_hash"] == staff.code_hash(code)
    assert code not in str(dict(row))


def test_codes_of_invites_and_of_links_are_never_confused():
    invites, own = [new_code() for _ in range(200)], [new_link_code() for _ in range(200)]

    assert {len(code) for code in invites} == {22}  # 128 bits, six to a letter
    assert {len(code) for code in own} == {20}
    assert not any(short_code_in(code) for code in [*invites, *own])
