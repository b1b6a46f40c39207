"""Show what became of visits: by clinic, beside what clinics did wrong, and by the wording of reminders."""

from collections.abc import Hashable, Mapping
from datetime import datetime

from care.cascade import MOST_GROUPS
from care.failures import Tally
from care.results import SMALL
from care.wording import Results, Variant, shown
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from locales.markup import html
from storage import failures, wordings

_WORDINGS: Mapping[Variant, str] = {
    Variant.A: N_("a: “Your visit: tomorrow, 18:30”"),
    Variant.B: N_("b: “We expect you: tomorrow, 18:30. Your place is kept for you.”"),
}


async def by_clinic(turn: Turn, begin: datetime, end: datetime, names: Mapping[Hashable, str]) -> list[str]:
    """Return a paragraph with a line for each clinic, the most failures first; none without visits."""
    t, found = turn.t, await failures.tallies(turn.store, begin, end)
    visits = [(names.get(clinic_id, t.label("Not known")), one) for clinic_id, one in found.items()]
    visits = [(name, one) for name, one in visits if one != Tally()]
    if not visits:
        return []
    visits.sort(key=lambda row: (-row[1].failed, -row[1].missed, row[0]))
    head = t("<b>What became of visits</b>")
    lines = [_clinic(t, name, one) for name, one in visits[:MOST_GROUPS]]
    below = t(
        "🚪 is what people report: a closed door, asked to pay, turned away. Who was not seen is no no-show."
    )
    return [Html("\n".join([head, *lines])), below]


async def by_wording(turn: Turn, begin: datetime, end: datetime) -> list[str]:
    """Return what came of visits in each wording; none when nobody was reminded."""
    t, found = turn.t, await wordings.results(turn.store, begin, end)
    if not any(one.reminded for one in found.values()):
        return []
    parts = [_wording(t, label, found[wording]) for wording, label in _WORDINGS.items()]
    return [
        *parts,
        t("{few} is 1 to {most}: few people are not shown.", few=shown(1), most=SMALL - 1),
        t(
            "Half of the people get each wording, by chance. A difference means little before each has some "
            "hundreds of visits: see the page on coordinating."
        ),
    ]


def _clinic(t: Locale, name: str, one: Tally) -> str:
    return t(
        "{name}: ✅ {came} came · ➖ {missed} did not come · 🚪 {failed} clinic failed",
        name=name,
        came=one.came,
        missed=one.missed,
        failed=one.failed,
    )


def _wording(t: Locale, label: str, one: Results) -> str:
    lines = [
        t("Visits reminded of: {n}", n=shown(one.reminded)),
        t("✅ Came: {n}", n=shown(one.came)),
        t("➖ Did not come: {n}", n=shown(one.missed)),
        t("🔁 Moved or cancelled: {n}", n=shown(one.changed)),
        t("❔ No word: {n}", n=shown(one.silent)),
    ]
    return Html("\n".join([f"<b>{html(t.label(label))}</b>", *lines]))
