"""End times away that are over: whoever covered gives the people back, and who was away is told."""

from collections import Counter
from datetime import datetime

from care.audit import Act, Deed
from care.handover import back
from care.roles import Actor
from storage import audit, due, shifts
from storage.engine import Database
from storage.handover import give_back
from storage.vault import Vault


async def look(database: Database, vault: Vault, *, now: datetime, zone: str) -> None:
    """Take back who was away until now; writes only where there is somebody. `zone` as for `give_back`."""
    async with database.reading() as store:
        if not await shifts.over(store, now=now):
            return
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
