"""Word how many results there were, by code, and for how many care was opened; small numbers are hidden."""

from collections.abc import Hashable, Mapping
from datetime import datetime

from care.results import Result, linkage, shown_count
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import result_counts


async def whole(turn: Turn, begin: datetime, end: datetime) -> list[str]:
    """Return what is said of all clinics together, HTML; nothing when nothing was counted."""
    found = await result_counts.of_period(turn.store, begin, end)
    if not found:
        return []
    every = {result: sum(one.get(result, 0) for one in found.values()) for result in Result}
    return [Html("\n".join([*_lines(turn.t, every), _below(turn.t)]))]


async def by_clinic(turn: Turn, begin: datetime, end: datetime, names: Mapping[Hashable, str]) -> list[str]:
    """Return what is said of each clinic, HTML, by their names; nothing when nothing was counted."""
    t, found = turn.t, await result_counts.of_period(turn.store, begin, end)
    if not found:
        return []
    several = t.label("Several clinics together")
    named = sorted((names.get(clinic_id, several), counts) for clinic_id, counts in found.items())
    parts = [
        Html("\n".join([t("<b>{clinic}</b>", clinic=name), *_lines(t, counts)])) for name, counts in named
    ]
    return [*parts, _below(t)]


def _lines(t: Locale, counts: Mapping[Result, int]) -> list[str]:
    codes = " · ".join(f"{one.value} {shown_count(counts.get(one, 0))}" for one in Result)
    return [t("🩺 Results: {codes}", codes=codes), t("💊 Care opened: {n}", n=linkage(counts))]


def _below(t: Locale) -> str:
    return t(
        "Results are counted at least five at a time, and later than they are given, so that no number "
        "tells of one person."
    )
