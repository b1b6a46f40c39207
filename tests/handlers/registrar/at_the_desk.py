"""What the tests of the desk share: who sits there, who is booked, and the clock on the wall."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from care.booking import Slot
from care.roles import Role
from storage import appointments, referrals, schema
from storage.people import random_id

ALMATY = ZoneInfo("Asia/Almaty")
TODAY = "2026-11-23"  # the world begins on this Monday at noon


async def registrar_of(world: Any, clinic_id: int | None) -> Any:
    someone = world.somebody()
    await someone.hire(Role.REGISTRAR, clinic_id=clinic_id)
    return someone


async def booked(world: Any, clinic_id: int, local: str = f"{TODAY}T18:30", **values: Any) -> int:
    """Book a visit for somebody new who came through a worker's link, and return its id."""
    someone, number = world.somebody(), await world.count(schema.referrals)
    person = await someone.agree(locale=values.pop("locale", "uz"))
    link = await world.link(code=f"{number:020}", short_code=f"{number:08}")
    slot = Slot(
        clinic_id=clinic_id,
        zone="Asia/Almaty",
        local=datetime.fromisoformat(local),
        minutes=30,
        capacity=50,
    )
    async with world.database.writing() as store:
        await referrals.open_for(store, person.id, now=world.now, link_id=link, area_id=1)
        if "advice" in values:
            referral = await referrals.of(store, person.id)
            await store.execute(
                schema.referrals.update()
                .where(schema.referrals.c.id == referral["id"])
                .values(advice=values["advice"])
            )
        made = await appointments.book(
            store, person, slot, now=world.now, child_under_5=values.get("child_under_5", False)
        )
    return int(made.booking.id)


def at(world: Any, local: str) -> None:
    """Move the clock to a time in Almaty."""
    world.now = datetime.fromisoformat(local).replace(tzinfo=ALMATY)


async def one(world: Any, table: Any, **where: Any) -> Any:
    [row] = await world.rows(table, **where)
    return row


async def child_of(world: Any, clinic_id: int, guardian_id: int, own: int | None = None) -> int:
    """Book a place for a child of somebody, beside the adult's own visit, and return its id."""
    return await kept(
        world, clinic_id, "child", guardian_id=guardian_id, use_id=own, child_age="5-14", place=7
    )


async def kept(world: Any, clinic_id: int, use: str, **values: Any) -> int:
    """Keep a place today at 18:00 that is nobody's own visit, and return its id."""
    row = {
        "id": random_id(),
        "use": use,
        "clinic_id": clinic_id,
        "starts_at": datetime(2026, 11, 23, 18, 0, tzinfo=ALMATY),
        "local_start": f"{TODAY}T18:00",
        "local_day": TODAY,
        "zone": "Asia/Almaty",
        "place": 8,
        "created_at": world.now,
    }
    return await world.add(schema.bookings, **(row | values))
