"""Look every minute whose time away is over, and whether somebody is nobody's person.

Whoever covered gives the people back, and who was away is told.
"""

from collections import Counter
from datetime import datetime, timedelta

from care.audit import Act, Deed
from care.handover import back
from care.roles import Actor
from storage import audit, due, ownership, settling, shifts
from storage.engine import Database
from storage.handover import give_back
from storage.vault import Vault

EVERY = timedelta(minutes=1)


async def look(database: Database, vault: Vault, *, now: datetime, zone: str) -> None:
    """Take back who was away until now, and settle who has nobody; writes only where there is somebody.

    `zone` is as for `give_back`.
    """
    async with database.reading() as store:
        over, nobodys = await shifts.over(store, now=now), await settling.anybody_alone(store, now=now)
    if over:
        await _take_back(database, vault, now=now, zone=zone)
    if nobodys:
        async with database.reading() as store:
            if not await ownership.team(store, now=now, zone=zone):
                return
        async with database.writing() as store:
            await settling.settle_all(store, now=now, zone=zone)


async def _take_back(database: Database, vault: Vault, *, now: datetime, zone: str) -> None:
    async with database.writing() as store:
        returned: Counter[int] = Counter()
        for one in await shifts.over(store, now=now):
            await shifts.keep_away(store, [one.staff_id], None)
            moved = await give_back(store, one.staff_id, now=now, zone=zone)
            returned[one.person_id] += len(moved)
            deed = Deed(act=Act.BACK, role=Actor.JOB, about="staff", about_id=one.staff_id)
            await audit.append(store, vault, deed, now=now)
        for person_id, people in returned.items():
            await due.schedule(store, back(person_id, people=people, now=now), now=now)
