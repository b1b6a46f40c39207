"""Show the cascade, or the work of the team, as a table that fits a phone, from the outcomes alone.

Small numbers are not hidden here: a coordinator must see one person's journey under the worker who began it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from care.cascade import (
    MOST_GROUPS,
    STAGES,
    WORK_BY,
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
from care.work import total as total_work
from handlers.buttons import Verb
from handlers.coordinator import stats_ends, stats_results, stats_transfers, stats_visits, stats_work
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html, Locale, Words
from locales.markup import html
from storage import cascade, caseload, directory, work

_NAMES = {
    "opened": N_("Links opened"),
    "reached": N_("Reached"),
    "informed": N_("Informed"),
    "screened": N_("Screened"),
    "presumptive": N_("Presumptive TB"),
    "booked": N_("Booked"),
    "came": N_("Came"),
    "examined": N_("Examined"),
    "given": N_("Result given"),
}
_SPANS = {Span.TODAY: N_("Today"), Span.WEEK: N_("7 days"), Span.MONTH: N_("30 days")}
_BY = {
    By.AREA: N_("📍 Areas"),
    By.WORKER: N_("🚶 Workers"),
    By.CLINIC: N_("🏥 Clinics"),
    By.LANGUAGE: N_("🌐 Languages"),
    By.SITE: N_("🏗 Sites"),
    By.WORDING: N_("✍️ Reminders a / b"),
}
_WORK = "work"
_Counted = TypeVar("_Counted")  # Stages or Work


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
        parts = await (self._work(turn, asked) if asked.work else self._cascade(turn, asked))
        t, period = turn.t, asked.period
        head = t("📊 <b>{first} – {last}</b>", first=t.day(period.first), last=t.day(period.last))
        parts = parts or [t("Nothing happened in these days. Choose others.")]
        return screen(Html("\n\n".join([head, *parts])), _keys(t, asked))

    def _example(self, turn: Turn) -> Reply:
        today = turn.now.astimezone(self.zone).date()
        t, week = turn.t, Asked(span(Span.WEEK, today), span=Span.WEEK)
        first = today - timedelta(days=27)
        text = t(
            "I do not understand these words. Write for example: {example}",
            example=Html(f"<code>/stats {first}..{today} by area</code>"),
        )
        return screen(text, _keys(t, week))

    async def _cascade(self, turn: Turn, asked: Asked) -> list[str]:
        """Return the parts of the screen; none when nothing happened."""
        t, (begin, end) = turn.t, asked.period.moments(self.zone)
        if asked.by is By.WORDING:
            return await stats_visits.by_wording(turn, begin, end)
        groups = await cascade.count(turn.store, begin, end, by=asked.by)
        whole = total(groups.values())
        if whole == Stages():
            return []
        names = [t.label(_NAMES[stage]) for stage in STAGES]
        if asked.by is None:
            return [
                _fixed(ladder(names, whole)),
                _below(t, whole),
                *await stats_results.whole(turn, begin, end),
                *await stats_transfers.whole(turn, begin, end),
                *await stats_ends.whole(turn, begin, end),
            ]
        named = await self._names(turn, asked.by)
        rows = _rows(t, named, groups, add=total, size=lambda one: (one.reached, one.opened))
        legend = Html("\n".join(f"{n} {html(name)}" for n, name in enumerate(names)))
        kept = await stats_visits.by_clinic(turn, begin, end, named) if asked.by is By.CLINIC else []
        kept += await stats_results.by_clinic(turn, begin, end, named) if asked.by is By.CLINIC else []
        return [_fixed(grid(rows)), legend, *kept]

    async def _work(self, turn: Turn, asked: Asked) -> list[str]:
        """Return the parts of the screen; none when nothing was done."""
        t, (begin, end) = turn.t, asked.period.moments(self.zone)
        groups = await work.count(turn.store, begin, end, by=asked.by)
        if not groups:
            return []
        if asked.by is None:
            return stats_work.whole(t, total_work(groups.values()))
        named = await self._names(turn, asked.by)
        rows = _rows(t, named, groups, add=total_work, size=lambda one: (one.visits, one.answered))
        return stats_work.grouped(t, rows)

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


def _rows(
    t: Locale,
    names: Mapping[Hashable, str],
    groups: Mapping[Hashable, _Counted],
    *,
    add: Callable[[Iterable[_Counted]], _Counted],
    size: Callable[[_Counted], tuple[int, ...]],
) -> list[tuple[str, _Counted]]:
    """Return the groups with their names, the largest first, the smallest together, and the total."""
    unknown = t.label("Not known")
    ordered: list[tuple[str, _Counted]] = [
        (names.get(group, unknown), numbers) for group, numbers in groups.items()
    ]
    ordered.sort(key=lambda row: row[0])
    ordered.sort(key=lambda row: size(row[1]), reverse=True)
    rest = ordered[MOST_GROUPS:]
    others = [(t.label("Others: {n}", n=len(rest)), add(numbers for _, numbers in rest))] if rest else []
    return [*ordered[:MOST_GROUPS], *others, (t.label("Total"), add(groups.values()))]


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
    """Return the words of the command, or those of the button: period, work, grouping."""
    if turn.command is not None:
        return turn.words.split()
    pressed = [turn.press.word(number) for number in range(3)] if turn.press else []
    return [word for word in pressed if word]


def _below(t: Locale, whole: Stages) -> str:
    return t(
        "The percentage is of those reached in these days. Of those who booked, {share} came.",
        share=share(whole.came, whole.booked),
    )


def _fixed(table: str) -> Html:
    return Html(f"<pre>{html(table)}</pre>")


def _keys(t: Locale, asked: Asked) -> list[list[Key]]:
    """Return a row of periods and rows of groupings; what is chosen is marked and can be taken away."""
    work_word, by = [_WORK] if asked.work else [], [asked.by.value] if asked.by else []
    period = asked.span.value if asked.span else asked.period.word()
    spans = [
        key(_chosen(t.label(label), asked.span is one), Verb.STATS, one.value, *work_word, *by)
        for one, label in _SPANS.items()
    ]
    groupings = [
        key(
            _chosen(t.label(label), asked.by is one),
            Verb.STATS,
            period,
            *work_word,
            *([] if asked.by is one else [one.value]),
        )
        for one, label in _BY.items()
        if not asked.work or one in WORK_BY
    ]
    kept = by if asked.by in WORK_BY else []
    done = key(
        _chosen(t.label("👣 Work done"), asked.work),
        Verb.STATS,
        period,
        *([] if asked.work else [_WORK]),
        *kept,
    )
    return [spans, *pairs(groupings), [done], [work_key(t)]]


def _chosen(label: str, chosen: bool) -> str:  # a label and whether it is the chosen one
    return f"✓ {label}" if chosen else label
