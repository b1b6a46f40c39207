"""Write what is kept of somebody's children, checklists and places for others, for /mydata."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from care.booking import to_local
from care.children import Age, Step
from handlers.checklist import NAMES
from handlers.children import AGES
from handlers.written import written
from locales.catalogue import Locale
from storage.kept import Kept


def as_lines(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    """Return lines of plain text; none where nothing is kept."""
    found = kept.family
    if found.children:
        yield t.label("CHILDREN AT YOUR VISITS")
        yield from (_child(t, child) for child in found.children)
    if found.checklists:
        yield t.label("A CHILD WITHOUT PAPERS: WHAT IS DONE")
        yield from (_checklist(t, each, zone) for each in found.checklists)
    if found.brigades:
        yield t.label("PLACES THAT YOU KEPT FOR OTHERS")
        yield from (_brigade(t, each, zone) for each in found.brigades)


def _child(t: Locale, child: RowMapping) -> str:
    local = datetime.fromisoformat(child["local_start"])
    marks = [
        t.label("cancelled") if child["cancelled_at"] else "",
        t.label("the child came") if child["came_at"] else "",
        t.label("it did not take place") if child["missed_at"] else "",
    ]
    said = (t.moment(local), written(t, child["clinic_names"]), t.label(AGES[Age(child["child_age"])]))
    return "; ".join([", ".join(said), *(mark for mark in marks if mark)])


def _checklist(t: Locale, each: RowMapping, zone: ZoneInfo) -> str:
    done = [t.label(NAMES[step]) for step in Step if step in each["ticked"]]
    said = ", ".join(done) if done else t.label("not yet")
    return f"{_moment(t, each['changed_at'], zone)}: {said}"


def _brigade(t: Locale, each: RowMapping, zone: ZoneInfo) -> str:
    until = t.label("until {time}", time=_moment(t, each["confirm_until"], zone))
    where = written(t, each["clinic_names"])
    places = t.label("{n} places", n=each["places"])
    return "; ".join([f"{_moment(t, each['created_at'], zone)}: {where}", places, until])


def _moment(t: Locale, moment: datetime, zone: ZoneInfo) -> str:
    local = to_local(moment, zone.key)
    return f"{t.long_day(local)} {local:%Y}, {t.time(local)}"
