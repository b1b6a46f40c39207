"""Show the cascade as a table that fits a phone, from the outcomes alone.

Small numbers are not hidden here: a coordinator must see one person's journey under the worker who began it.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from care.cascade import (
    MOST_GROUPS,
    STAGES,
    Asked,
    By,
    Span,
    Stages,
    grid,
    ladder,
    read,
    share,
    span,
    total,
)
from care.directory import Texts
from care.outcomes import Kind
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html, Locale, Words
from locales.markup import html
from storage import cascade, caseload, directory

_NAMES = {
    "opened": N_("Links opened"),
    "reached": N_("Reached"),
    "informed": N_("Informed"),
    "screened": N_("Screened"),
    "presumptive": N_("Presumptive TB"),
    "booked": N_("Booked"),
    "came": N_("Came"),
}
_SPANS = {Span.TODAY: N_("Today"), Span.WEEK: N_("7 days"), Span.MONTH: N_("30 days")}
_BY = {
    By.AREA: N_("📍 Areas"),
    By.WORKER: N_("🚶 Workers"),
    By.CLINIC: N_("🏥 Clinics"),
    By.LANGUAGE: N_("🌐 Languages"),
    By.SITE: N_("🏗 Sites"),
}


@dataclass(frozen=True, kw_only=True)
class Stats:
    """What /stats and its buttons do."""

    words: Words
    zone: ZoneInfo  # on whose clock a day begins

    async def show(self, turn: Turn) -> Reply:
        """Show the table that the command or the button asks for."""
        today = turn.now.astimezone(self.zone).date()
        asked = read(_words(turn), today=today)
        if asked is None:
            return self._example(turn)
        await turn.record(Kind.STATS_SEEN, role=turn.staff_actor())
        begin, end = asked.period.moments(self.zone)
        groups = await cascade.count(turn.store, begin, end, by=asked.by)
        return screen(await self._text(turn, asked, groups), _keys(turn.t, asked))

    def _example(self, turn: Turn) -> Reply:
        today = turn.now.astimezone(self.zone).date()
        t, week = turn.t, Asked(span(Span.WEEK, today), span=Span.WEEK)
        first = today - timedelta(days=27)
        text = t(
            "I do not understand these words. Write for example: {example}",
            example=Html(f"<code>/stats {first}..{today} by area</code>"),
        )
        return screen(text, _keys(t, week))

    async def _text(self, turn: Turn, asked: Asked, groups: Mapping[Hashable, Stages]) -> str:
        t, whole = turn.t, total(groups.values())
        head = t("📊 <b>{first} – {last}</b>", first=t.day(asked.period.first), last=t.day(asked.period.last))
        if whole == Stages():
            return Html("\n\n".join([head, t("Nothing happened in these days. Choose others.")]))
        names = [t.label(_NAMES[stage]) for stage in STAGES]
        if asked.by is None:
            parts = [_fixed(ladder(names, whole)), _below(t, whole)]
        else:
            rows = await self._rows(turn, asked.by, groups)
            legend = Html("\n".join(f"{n} {html(name)}" for n, name in enumerate(names)))
            parts = [_fixed(grid([*rows, (t.label("Total"), whole)])), legend]
        return Html("\n\n".join([head, *parts]))

    async def _rows(self, turn: Turn, by: By, groups: Mapping[Hashable, Stages]) -> list[tuple[str, Stages]]:
        """Return the groups with their names, the largest first, and the smallest together."""
        names, unknown = await self._names(turn, by), turn.t.label("Not known")
        ordered = sorted(
            ((names.get(group, unknown), numbers) for group, numbers in groups.items()),
            key=lambda row: (-row[1].reached, -row[1].opened, row[0]),
        )
        shown, rest = ordered[:MOST_GROUPS], ordered[MOST_GROUPS:]
        if rest:
            shown.append((turn.t.label("Others: {n}", n=len(rest)), total(numbers for _, numbers in rest)))
        return shown

    async def _names(self, turn: Turn, by: By) -> Mapping[Hashable, str]:
        store, t = turn.store, turn.t
        if by is By.LANGUAGE:
            return dict(self.words.choices)
        if by is By.WORKER:
            return await _workers(turn)
        places: list[tuple[int, Texts]] = []
        if by is By.AREA:
            places = [(one.id, one.names) for one in await directory.areas(store, also_retired=True)]
        elif by is By.SITE:
            places = [(one.id, one.names) for one in await directory.sites(store, also_retired=True)]
        else:
            places = [(one.id, one.names) for one in await directory.clinics_of(store, also_retired=True)]
        return {place_id: written(t, names) for place_id, names in places}


async def _workers(turn: Turn) -> Mapping[Hashable, str]:
    """Name workers by their area and a number: a table that is passed on names nobody."""
    areas = await directory.areas(turn.store, also_retired=True)
    names = {one.id: written(turn.t, one.names) for one in areas}
    found = await caseload.workers(turn.store)
    nowhere = turn.t.label("Team")
    return {
        staff_id: f"{names.get(area_id, nowhere) if area_id else nowhere} {number}"
        for staff_id, (area_id, number) in found.items()
    }


def _words(turn: Turn) -> list[str]:
    """Return the words of the command, or those of the button: period, grouping."""
    if turn.command is not None:
        return turn.words.split()
    period = turn.press.word(0) if turn.press else None
    by = turn.press.word(1) if turn.press else None
    return [word for word in (period, by) if word]


def _below(t: Locale, whole: Stages) -> str:
    return t(
        "The percentage is of those reached in these days. Of those who booked, {share} came.",
        share=share(whole.came, whole.booked),
    )


def _fixed(table: str) -> Html:
    return Html(f"<pre>{html(table)}</pre>")


def _keys(t: Locale, asked: Asked) -> list[list[Key]]:
    """Return a row of periods and rows of groupings; what is chosen is marked and can be taken away."""
    by = [asked.by.value] if asked.by else []
    period = asked.span.value if asked.span else asked.period.word()
    spans = [
        key(_chosen(t.label(label), asked.span is one), Verb.STATS, one.value, *by)
        for one, label in _SPANS.items()
    ]
    groupings = [
        key(
            _chosen(t.label(label), asked.by is one),
            Verb.STATS,
            period,
            *([] if asked.by is one else [one.value]),
        )
        for one, label in _BY.items()
    ]
    return [spans, *pairs(groupings), [work_key(t)]]


def _chosen(label: str, chosen: bool) -> str:  # a label and whether it is the chosen one
    return f"✓ {label}" if chosen else label
