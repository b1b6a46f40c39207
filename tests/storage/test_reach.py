"""Whom coordinators and administrators reach: nobody of another organisation, and nobody is overlooked."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert

from care.person import StaffMember
from care.roles import Role
from storage import people, reach, referrals, staff
from storage.engine import Database
from storage.schema import organisations
from storage.vault import Vault

HERE, THERE = 1, 2


@pytest.fixture
async def world(any_database: Database, vault: Vault, now: datetime) -> dict[str, int]:
    """Return people by whose they are, and who oversees them."""
    found: dict[str, int] = {}
    async with any_database.writing() as store:

        async def somebody(number: int) -> int:
            person = await people.add(
                store, vault, number, locale="uz", now=now, consent_version="t", link_id=None, area_id=None
            )
            return person.id

        for number, code in ((HERE, "here"), (THERE, "there")):
            await store.execute(insert(organisations).values(id=number, code=code, names={}))
        for number, house in enumerate((HERE, THERE, None)):
            boss = found[f"boss {house}"] = await somebody(10 + number)
            await staff.add(store, boss, Role.COORDINATOR, now=now, organisation_id=house)
            worker = await staff.add(
                store, await somebody(20 + number), Role.WORKER, now=now, organisation_id=house
            )
            person = found[f"of {house}"] = await somebody(30 + number)
            await referrals.open_for(store, person, now=now, staff_id=worker)
        found["nobody's"] = await somebody(40)
        await referrals.open_for(store, found["nobody's"], now=now)
        found["none open"] = await somebody(41)
        found["admin"] = await somebody(42)
        await staff.add(store, found["admin"], Role.ADMIN, now=now, organisation_id=THERE)
    return found


def member(role: Role, organisation_id: int | None = None) -> StaffMember:
    return StaffMember(id=99, role=role, organisation_id=organisation_id)


FREE = {"of None", "nobody's", "none open"}
ALL = {*FREE, f"of {HERE}", f"of {THERE}"}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((), set()),
        ((member(Role.WORKER, HERE), member(Role.REGISTRAR)), set()),
        ((member(Role.COORDINATOR, HERE),), {*FREE, f"of {HERE}"}),
        ((member(Role.COORDINATOR, HERE), member(Role.WORKER)), {*FREE, f"of {HERE}"}),
        ((member(Role.COORDINATOR, HERE), member(Role.COORDINATOR, THERE)), ALL),
        ((member(Role.COORDINATOR),), ALL),
        ((member(Role.ADMIN, HERE),), ALL),
    ],
)
async def test_an_office_reaches_its_organisation_and_whom_nobody_else_would_see(
    any_database: Database, world: dict[str, int], roles: Any, expected: set[str]
):
    async with any_database.reading() as store:
        found = await reach.overseen(store, roles, [world[name] for name in ALL])

    assert {name for name in ALL if world[name] in found} == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (f"of {HERE}", {f"boss {HERE}", "boss None", "admin"}),
        (f"of {THERE}", {f"boss {THERE}", "boss None", "admin"}),
        ("of None", {f"boss {HERE}", f"boss {THERE}", "boss None", "admin"}),
        ("nobody's", {f"boss {HERE}", f"boss {THERE}", "boss None", "admin"}),
    ],
)
async def test_who_is_told_of_somebody_is_who_reaches_them(
    any_database: Database, world: dict[str, int], person: str, expected: set[str]
):
    async with any_database.reading() as store:
        found = await reach.overseers_of(store, world[person])

    assert {name for name, number in world.items() if number in found} == expected
