"""A worker's card is kept under the worker's own key."""

from datetime import datetime

from sqlalchemy import select, update

from care.roles import Role
from storage import people, schema, staff, staff_cards
from storage.engine import Database
from storage.staff_cards import Card
from storage.vault import Vault


async def test_a_card_is_encrypted_and_goes_with_its_worker(
    any_database: Database, vault: Vault, now: datetime
) -> None:
    async with any_database.writing() as connection:
        person = await people.add(
            connection, vault, 1, locale="en", consent_version="t", link_id=None, area_id=None, now=now
        )
        staff_id = await staff.add(connection, person.id, Role.WORKER, now=now)
        assert await staff_cards.of(connection, vault, staff_id) == Card()

        await staff_cards.change(
            connection, vault, staff_id, person.key, name="Нилуфар", photo="p", voice="v"
        )
        await connection.execute(update(schema.staff).values(languages=["tg", "ru"]))

        card = await staff_cards.of(connection, vault, staff_id)
        assert card == Card(name="Нилуфар", languages=("tg", "ru"), photo="p", voice="v")
        stored = (await connection.execute(select(schema.staff.c.name))).scalar_one()
        assert "Нилуфар".encode() not in stored
        await staff_cards.change(connection, vault, staff_id, person.key, photo="")
        card = await staff_cards.of(connection, vault, staff_id)
        assert card is not None
        assert (card.photo, card.voice) == ("", "v")

        await people.forget(connection, person, [], now=now)

        assert await staff_cards.of(connection, vault, staff_id) is None
        left = (await connection.execute(select(schema.staff.c.name, schema.staff.c.voice))).one()
        assert tuple(left) == (None, None)


async def test_who_rests_or_left_has_no_card(any_database: Database, vault: Vault, now: datetime) -> None:
    for column in ("paused_at", "ended_at"):
        async with any_database.writing() as connection:
            number = 10 if column == "paused_at" else 11
            person = await people.add(
                connection,
                vault,
                number,
                locale="en",
                consent_version="t",
                link_id=None,
                area_id=None,
                now=now,
            )
            staff_id = await staff.add(connection, person.id, Role.WORKER, now=now)
            await connection.execute(
                update(schema.staff).where(schema.staff.c.id == staff_id).values({column: now})
            )

            assert await staff_cards.of(connection, vault, staff_id) is None
