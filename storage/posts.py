"""Keep whose each area is, and who stands in there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import area_posts, areas, cities, organisations, staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Whose an area is, and who stands in: staff ids."""

    owner_id: int | None = None
    cover_id: int | None = None


NOBODY = Post()


async def posts(connection: AsyncConnection) -> dict[int, Post]:
    """Return by area id whose it is and who stands in; only of those who have not left."""
    there = select(staff.c.id).where(staff.c.ended_at.is_(None))
    rows = (await connection.execute(select(area_posts))).mappings().all()
    alive = set((await connection.execute(there)).scalars())
    return {
        row["area_id"]: Post(
            owner_id=row["owner_id"] if row["owner_id"] in alive else None,
            cover_id=row["cover_id"] if row["cover_id"] in alive else None,
        )
        for row in rows
    }


async def set_post(connection: AsyncConnection, area_id: int, post: Post) -> None:
    """Say whose an area is, and who stands in."""
    values = {"owner_id": post.owner_id, "cover_id": post.cover_id}
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(area_posts).values(area_id=area_id, **values)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[area_posts.c.area_id], set_=values)
    )


async def areas_of(connection: AsyncConnection, organisation_id: int | None) -> Sequence[int]:
    """Return the ids of the areas where an organisation works: of its region, or all."""
    statement = select(areas.c.id).where(areas.c.retired_at.is_(None)).order_by(areas.c.id)
    if organisation_id is not None:
        region = (
            select(organisations.c.region_id).where(organisations.c.id == organisation_id).scalar_subquery()
        )
        of_region = select(cities.c.id).where(or_(region.is_(None), cities.c.region_id == region))
        statement = statement.where(areas.c.city_id.in_(of_region))
    return (await connection.execute(statement)).scalars().all()


async def vacate(connection: AsyncConnection, staff_id: int, *, area_id: int | None = None) -> None:
    """Take a member of staff off the posts of an area, or of all."""
    for column in (area_posts.c.owner_id, area_posts.c.cover_id):
        statement = update(area_posts).where(column == staff_id).values({column: null()})
        if area_id is not None:
            statement = statement.where(area_posts.c.area_id == area_id)
        await connection.execute(statement)
