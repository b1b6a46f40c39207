"""Draw a day of a clinic: a page of visits with their marks, filters with counts, and the ways on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from care.booking import day_word
from care.directory import Clinic
from care.places import Use
from care.register import AHEAD, BACK, Attendance, Mark, Standing, marked, may_mark, may_undo
from care.symptoms import Advice
from care.ticket import ticket
from handlers.buttons import Verb
from handlers.registrar.closed_words import shut_on
from handlers.registrar.desk import clinics_of
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html, Locale, Words

PAGE = 10  # visits on one screen
ALL = "all"  # in place of a filter
MARKS = {Mark.CAME: "✅", Mark.MISSED: "✖️"}
_URGENT = frozenset({Advice.URGENT.name.lower(), Advice.RED.name.lower()})
_VERBS = {Mark.CAME: Verb.CAME, Mark.MISSED: Verb.MISSED}
_EMPTY = {
    Standing.EXPECTED: N_("Nobody is expected any more on this day."),
    Standing.ARRIVED: N_("Nobody has come so far."),
    Standing.MISSING: N_("Nobody is missing."),
    None: N_("Nobody is booked on this day."),
}
_LEGEND = (  # what may stand behind a ticket, and what it means
    ("✅", N_("✅ came")),
    ("✖️", N_("✖️ did not come")),
    ("⌛", N_("⌛ the time has begun")),
    ("🚶", N_("🚶 on the way")),
    ("👥", N_("👥 comes with somebody")),
    ("❗", N_("❗ urgent")),
    ("👶", N_("👶 a child under 5 at home")),
    ("🧒", N_("🧒 a child")),
    ("➕", N_("➕ without a booking")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a day's screen shows."""

    clinic: Clinic
    day: date
    which: Standing | None  # the filter; None: all
    page: int  # 0 …
    counts: Mapping[Standing, int]
    visits: Sequence[Attendance]  # of this page
    just: Attendance | None = None  # what was marked a moment ago, wherever it stands now

    @property
    def many(self) -> int:
        """How many visits the filter leaves."""
        return self.counts[self.which] if self.which is not None else sum(self.counts.values())


def day_screen(turn: Turn, words: Words, shown: Shown, *, toast: str = "") -> Reply:
    """Show a page of a day."""
    t, now = turn.t, turn.now
    just = visit_keys(shown.just, shown.which, now=now) if shown.just is not None else []
    rows = [
        just,
        *(visit_keys(one, shown.which, now=now) for one in shown.visits if not _same(one, shown.just)),
        _filters(t, shown),
        _pages(shown),
        _ways_in(turn, shown),
        _closing(turn, shown),
        _days(t, shown, now),
        _weeks(t, shown, now),
        *_ways_out(turn),
    ]
    return screen(_text(turn, words, shown), rows, toast=toast)


def line(t: Locale, words: Words, one: Attendance, *, now: datetime) -> str:
    """Say of a visit all that the desk needs, HTML: time, ticket, language, signs."""
    return t(
        "<code>{time}</code> · <b>{ticket}</b> · {language} {signs}",
        time=t.time(one.local),
        ticket=ticket(one.id),
        language=language(words, one),
        signs=signs(one, now=now),
    ).rstrip()


def language(words: Words, one: Attendance) -> str:
    """Return the name of the language to speak with them, plain text."""
    return words[one.locale].name if one.locale in words else one.locale


def signs(one: Attendance, *, now: datetime) -> str:
    """Return the pictures that stand behind a visit in the list: what it needs, and how it stands."""
    said = marked(one)
    if said is not None:
        return f"{needs(one)}{MARKS[said]}"
    if one.on_way_at is not None:
        return f"{needs(one)}🚶"
    return f"{needs(one)}⌛" if one.starts_at <= now else needs(one)


def needs(one: Attendance) -> str:
    """Return the pictures of what the desk should know when somebody is there."""
    found = {
        "❗": one.advice in _URGENT,
        "👶": one.child_under_5,
        f"🧒{_years(one)}": one.use is Use.CHILD,
        "👥": one.accompanied,
        "➕": one.use is Use.WALK_IN,
    }
    return "".join(sign for sign, there in found.items() if there)


def _years(one: Attendance) -> str:
    """Return how old a child is, roughly: "5–14" needs no translation."""
    return f"({one.child_age.replace('-', '–')})" if one.child_age else ""


def visit_keys(one: Attendance, which: Standing | None, *, now: datetime) -> list[Key]:
    """Return the buttons of a visit: pictures and numbers, which need no translation."""
    label, back = f"{one.local:%H:%M} · {ticket(one.id)[:4]}", which.value if which is not None else ALL
    said = marked(one)
    if said is not None:
        back_again = may_undo(one, now=now, examined=one.examined)
        undo = [key(f"↩️ {label}", Verb.UNDO, one.id, back)] if back_again else []
        asks = said is Mark.CAME and one.referral_id is not None
        return [*undo, *([key(f"📨 {label}", Verb.ASK_BACK, one.id)] if asks else [])]
    return [
        key(f"{MARKS[mark]} {label}", verb, one.id, back)
        for mark, verb in _VERBS.items()
        if may_mark(one, mark, now=now)
    ]


def _same(one: Attendance, other: Attendance | None) -> bool:
    return other is not None and one.id == other.id


def _text(turn: Turn, words: Words, shown: Shown) -> str:
    t, now = turn.t, turn.now
    head = t("📋 <b>{clinic}</b>\n{day}", clinic=written(t, shown.clinic.names), day=t.long_day(shown.day))
    shut = shut_on(t, shown.clinic, shown.day)
    told = [
        *([t("🚫 {what}", what=shut)] if shut else []),
        t(
            "Expected: {expected} · came: {came} · did not come: {missing}",
            expected=shown.counts[Standing.EXPECTED],
            came=shown.counts[Standing.ARRIVED],
            missing=shown.counts[Standing.MISSING],
        ),
    ]
    if shown.just is not None:
        told.append(t("👉 Just now: {line}", line=Html(line(t, words, shown.just, now=now))))
    if not shown.visits:
        empty = _EMPTY[shown.which] if any(shown.counts.values()) else _EMPTY[None]
        return Html("\n\n".join([head, *told, t(empty)]))
    lines = "\n".join(line(t, words, one, now=now) for one in shown.visits)
    return Html("\n\n".join([head, *told, Html(lines), _legend(t, shown, now)]))


def _legend(t: Locale, shown: Shown, now: datetime) -> str:
    """Explain the signs that are on the screen, and the buttons."""
    just = [shown.just] if shown.just is not None else []
    every = "".join(signs(one, now=now) for one in (*shown.visits, *just))
    both = "✅" not in every and shown.which in {None, Standing.EXPECTED}
    said = [t(words) for sign, words in _LEGEND if sign in every and not (both and sign == "✖️")]
    if shown.which is not Standing.MISSING and "✅" in every:
        said.append(t("📨 ask to come again"))
    if both:
        said.insert(0, t("✅ came · ✖️ did not come"))
    return Html(" · ".join(said))


def _filters(t: Locale, shown: Shown) -> list[Key]:
    labels = (
        (Standing.EXPECTED, f"⏳ {shown.counts[Standing.EXPECTED]}"),
        (Standing.ARRIVED, f"✅ {shown.counts[Standing.ARRIVED]}"),
        (Standing.MISSING, f"✖️ {shown.counts[Standing.MISSING]}"),
        (None, t.label("All {n}", n=sum(shown.counts.values()))),
    )
    day = day_word(shown.day)
    return [
        key(
            f"• {label}" if which is shown.which else label, Verb.TODAY, shown.clinic.id, day, 0, _word(which)
        )
        for which, label in labels
    ]


def _word(which: Standing | None) -> str:
    return which.value if which is not None else ALL


def _pages(shown: Shown) -> list[Key]:
    last = max(shown.many - 1, 0) // PAGE
    if not last:
        return []
    near = sorted({0, last, *(page for page in range(shown.page - 2, shown.page + 3) if 0 <= page <= last)})
    args = (shown.clinic.id, day_word(shown.day))
    return [
        key(
            f"· {page + 1} ·" if page == shown.page else f"{page + 1}",
            Verb.TODAY,
            *args,
            page,
            _word(shown.which),
        )
        for page in near
    ]


def _ways_in(turn: Turn, shown: Shown) -> list[Key]:
    t, clinic = turn.t, shown.clinic
    if shown.day != _today(clinic, turn.now):
        return []
    return [
        key(t.label("🔢 Type a ticket"), Verb.CHECKIN, clinic.id),
        key(t.label("➕ Walk-in"), Verb.WALK_IN, clinic.id),
    ]


def _closing(turn: Turn, shown: Shown) -> list[Key]:
    if shown.day < _today(shown.clinic, turn.now):
        return []
    label = turn.t.label("🚫 Closed, fewer places")
    return [key(label, Verb.CLOSED, shown.clinic.id, day_word(shown.day))]


def _days(t: Locale, shown: Shown, now: datetime) -> list[Key]:
    today, one, day = _today(shown.clinic, now), timedelta(days=1), shown.day
    before, after = day - one, day + one
    keys = [
        (f"◀️ {t.relative_day(before, today=today)}", before, before >= today - BACK),
        (f"📍 {t.relative_day(today, today=today)}", today, today not in (before, day, after)),
        (f"{t.relative_day(after, today=today)} ▶️", after, after <= today + AHEAD),
    ]
    return [key(label, Verb.TODAY, shown.clinic.id, day_word(to)) for label, to, there in keys if there]


def _weeks(t: Locale, shown: Shown, now: datetime) -> list[Key]:
    """Return the buttons to the same day of the week before and after."""
    today, week = _today(shown.clinic, now), timedelta(days=7)
    keys = [
        (f"⏪ {t.day(shown.day - week)}", shown.day - week),
        (f"{t.day(shown.day + week)} ⏩", shown.day + week),
    ]
    within = (today - BACK, today + AHEAD)
    return [
        key(label, Verb.TODAY, shown.clinic.id, day_word(to))
        for label, to in keys
        if within[0] <= to <= within[1]
    ]


def _ways_out(turn: Turn) -> list[list[Key]]:
    t = turn.t
    all_clinics = [key(t.label("🏥 Other clinic"), Verb.TODAY)] if clinics_of(turn) is None else []
    return [all_clinics, [work_key(t)]]


def _today(clinic: Clinic, now: datetime) -> date:
    return now.astimezone(ZoneInfo(clinic.timezone)).date()
