"""Tell the office that people report failures of a clinic: how many of which, and nobody's name."""

from datetime import timedelta

from handlers.buttons import Verb
from handlers.clinic_failed import FAILURES
from handlers.notice import Notice, message
from handlers.roles import OVERSEERS, work_key
from handlers.screens import Reply, key
from handlers.written import written
from locales.catalogue import Html
from locales.markup import html
from storage import directory, failures

LOOK_BACK = timedelta(days=7)  # of reports, not of visits


async def to_office(notice: Notice) -> Reply | None:
    """Name the address and what was reported of the last seven days; None when there is nothing."""
    clinic_id, t = notice.about("clinic"), notice.t
    clinic = (
        await directory.clinic(notice.store, clinic_id, also_retired=True) if clinic_id is not None else None
    )
    if clinic is None or notice.person.holds(*OVERSEERS) is None:
        return None
    found = await failures.reported(notice.store, clinic.id, since=notice.now - LOOK_BACK)
    if not found:
        return None
    where = written(t, clinic.address)  # not by its name: the message lights up on a lock screen
    head = t("🚪 People report of 📍 {address}, in the last 7 days:", address=where)
    lines = [f"{html(t.label(FAILURES[one]))}: {number}" for one, number in found.items()]
    by_clinic = key(t.label("📊 Numbers"), Verb.STATS, "week", "clinic")
    return message(Html("\n".join([head, *lines])), [[by_clinic], [work_key(t)]])
