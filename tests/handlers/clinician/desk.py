"""People who were booked and came, and those who work at the clinic's desk."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from care.booking import Slot
from care.register import Mark
from care.roles import Actor, Role
from handlers.buttons import Verb
from storage import appointments, referrals, register, schema

ALMATY = ZoneInfo("Asia/Almaty")
DAY = "2026-11-23"  # the world begins on this Monday at noon


def at(world: Any, local: str) -> None:
    """Move the clock to a time in Almaty."""
    world.now = datetime.fromisoformat(local).replace(tzinfo=ALMATY)


async def hired(world: Any, role: Role, clinic_id: int) -> Any:
    """Return somebody new with a role at a clinic."""
    someone = world.somebody()
    await someone.hire(role, clinic_id=clinic_id)
    return someone


async def arrived(
    world: Any, clinic_id: int, *, staff_id: int | None = None, local: str = f"{DAY}T10:00", **values: Any
) -> tuple[Any, int]:
    """Return somebody who was booked, and came, and the id of the visit."""
    someone = world.somebody()
    person = await someone.agree(locale="en", **values)
    slot = Slot(
        clinic_id=clinic_id,
        zone="Asia/Almaty",
        local=datetime.fromisoformat(local),
        minutes=30,
        capacity=50,
    )
    async with world.database.writing() as store:
        await referrals.open_for(store, person.id, now=world.now, area_id=1, staff_id=staff_id)
        booked = await appointments.book(store, person, slot, now=world.now)
    booking_id = int(booked.booking.id)
    async with world.database.writing() as store:
        visit = await register.lock(store, booking_id, None)
        found = getattr(visit, "booking", visit)
        await register.mark(store, found, Mark.CAME, by=Actor.REGISTRAR, now=world.now)
    return someone, booking_id


async def given(world: Any, clinician: Any, booking_id: int, code: str) -> None:
    """Write every step until the person has the result."""
    await clinician.tap(f"{Verb.RESULT_EXAMINED.value}:{booking_id}")
    await clinician.tap(f"{Verb.RESULT_READY.value}:{booking_id}:{code}")
    await clinician.tap(f"{Verb.RESULT_GIVEN.value}:{booking_id}")


async def state(world: Any, someone: Any) -> str:
    """Return where the newest referral of somebody stands."""
    person = await someone.person()
    rows = await world.rows(schema.referrals, person_id=person.id)
    return str(sorted(rows, key=lambda row: row["opened_at"])[-1]["state"])
