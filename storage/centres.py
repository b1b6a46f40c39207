"""Read where people are received who go to another country or city: what an import brought, and in force."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from care.directory import Centre
from storage.schema import centres


async def countries(connection: AsyncConnection) -> dict[str, int]:
    """Return how many centres are known in each country (ISO 3166-1 alpha-2); none are left out."""
    statement = (
        select(centres.c.country, func.count())
        .where(centres.c.retired_at.is_(None))
        .group_by(centres.c.country)
        .order_by(centres.c.country)
    )
    return {row[0]: row[1] for row in (await connection.execute(statement)).all()}


async def in_country(connection: AsyncConnection, country: str) -> Sequence[Centre]:
    """Return the centres of a country, in the order of the first import."""
    statement = select(centres).where(centres.c.country == country, centres.c.retired_at.is_(None))
    rows = (await connection.execute(statement.order_by(centres.c.id))).mappings()
    return [_from_row(row) for row in rows]


async def one(connection: AsyncConnection, centre_id: int) -> Centre | None:
    """Return a centre in force, or None."""
    statement = select(centres).where(centres.c.id == centre_id, centres.c.retired_at.is_(None))
    row = (await connection.execute(statement)).mappings().first()
    return _from_row(row) if row is not None else None


def _from_row(row: RowMapping) -> Centre:
    names = ("id", "code", "country", "region", "names", "address", "phone", "hours", "source")
    return Centre(**{name: row[name] for name in names})
