"""Show places that are kept for several people: how many, where, when, and until when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from care.booking import Slot, day_word, start_word, to_local
from care.brigade import LEAST, MOST, Brigade
from care.directory import Clinic
from handlers import clinic_list, times
from handlers.buttons import Verb
from handlers.clinic_card import address, bold, home_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Locale
from locales.markup import html
from storage.people import random_id

ME = "me"  # in a button: one of the places is for who asks


def brigade_key(t: Locale) -> Key:
    """Return the button that begins."""
    return key(t.label("👷 For several people"), Verb.BRIGADE)


def again_key(t: Locale) -> Key:
    """Return the button that keeps places anew."""
    return key(t.label("👷 Keep places again"), Verb.BRIGADE)


def how_many(t: Locale, *, of_worker: bool) -> Reply:
    """Ask for how many people, and say how it goes, and what is learned of the answers."""
    keys = [key(str(number), Verb.BRIGADE, number) for number in range(LEAST, MOST + 1)]
    text = t(
        "👷 <b>Places for several people</b>\n\nYou get a link for each person. Each one says yes or no "
        "alone. You are not told who says what.\n\nHow many places?"
    )
    if of_worker:
        text = t(
            "👷 <b>Places for several people</b>\n\nYou get a link for each person. Each one says yes or no "
            "alone. Who says yes becomes one of your people. You are not told who says no."
            "\n\nHow many places?"
        )
    return screen(text, [*pairs(keys, 3), [key(t.label("⬅️ Back"), Verb.BOOK), home_key(t)]])


def clinics(t: Locale, found: Sequence[Clinic], people: int, *, page: int = 0) -> Reply:
    """Let a clinic be chosen."""
    back = [key(t.label("⬅️ Back"), Verb.BRIGADE, "new"), home_key(t)]
    if not found:
        talk = key(t.label("🤝 Talk to a person"), Verb.TALK)
        return screen(t("🏥 There is no clinic here yet. A person of our team can help."), [[talk], back])
    shown = clinic_list.on_page(found, page)
    rows = [[key(clinic_list.name(t, one.names), Verb.BRIGADE_CLINIC, people, one.id)] for one in shown]
    turns = clinic_list.turns(found, page, Verb.BRIGADE, people)
    lines = [f"{bold(t, one)}\n{address(t, one)}" for one in shown]
    text = "\n\n".join([t("👷 For {n} people", n=people), t("🏥 <b>Choose a clinic</b>"), *lines])
    return screen(Html(text), [*rows, turns, back])


def choosing(t: Locale, people: int) -> times.Choosing:
    """Return the buttons that choose day and time for so many people."""
    return times.Choosing(
        clinics=key(t.label("⬅️ Back"), Verb.BRIGADE, people),
        days=Verb.BRIGADE_CLINIC,
        day=Verb.BRIGADE_DAY,
        time=Verb.BRIGADE_TIME,
        yes=Verb.BRIGADE_KEEP,
        before=(people,),
        may_wait=False,
    )


def too_few(turn: Turn, clinic: Clinic, people: int, by_day: Mapping[date, int]) -> Reply:
    """Say that no day has places enough, and how many there are on the day that has most."""
    t = turn.t
    day = max(by_day, key=lambda one: (by_day[one], -one.toordinal()), default=None)
    rows = [[key(t.label("🏥 Another clinic"), Verb.BRIGADE, people)]]
    name = written(t, clinic.names)
    if day is None or by_day[day] < LEAST:
        text = t("🙏 {clinic} has no places for several people in the next four weeks.", clinic=name)
        rows.append([key(t.label("🤝 Talk to a person"), Verb.TALK)])
    else:
        text = t(
            "🙏 {clinic} does not have {n} free places on one day. On {day} there are {most}.",
            clinic=name,
            n=people,
            day=t.long_day(day),
            most=by_day[day],
        )
        take = t.label("✅ Take {n} places", n=by_day[day])
        rows.insert(0, [key(take, Verb.BRIGADE_DAY, by_day[day], clinic.id, day_word(day))])
    back = key(t.label("👥 Another number"), Verb.BRIGADE, "new")
    return screen(text, [*rows, [back, home_key(t)]])


def proposal(
    turn: Turn,
    clinic: Clinic,
    found: Sequence[tuple[Slot, int]],
    *,
    at: datetime,
    one_is_mine: bool,
    lead: str = "",
) -> Reply:
    """Show how many come when, around `at` (local), to be confirmed. `found` is not empty.

    `one_is_mine`: whether one of the places may be for who asks.
    """
    t, people = turn.t, sum(number for _, number in found)
    starts = [slot.local for slot, number in found for _ in range(number)]
    parts = [
        *([lead] if lead else []),
        t("👷 <b>{n} places</b>", n=people),
        _when(t, starts),
        times.place(t, clinic),
        t("Keep them? Then you get a link for each person."),
    ]
    wish = (people, clinic.id)
    keep = (*wish, start_word(at), random_id())
    mine = [key(t.label("🙋 Yes, one is for me"), Verb.BRIGADE_KEEP, *keep, ME)] if one_is_mine else []
    return screen(
        Html("\n\n".join(parts)),
        [
            [key(t.label("✅ Yes, keep them"), Verb.BRIGADE_KEEP, *keep)],
            mine,
            [key(t.label("🕐 Another time"), Verb.BRIGADE_DAY, *wish, day_word(at.date()), 0)],
            [key(t.label("⬅️ Other days"), Verb.BRIGADE_CLINIC, *wish), home_key(t)],
        ],
    )


def listed(t: Locale, found: Sequence[tuple[Brigade, Sequence[datetime]]]) -> Reply:
    """List the brigades that a worker keeps places for."""
    rows = [
        [key(f"👷 {t.day(starts[0].date())}, {t.time(starts[0])} · {len(starts)}", Verb.BRIGADE_CARD, one.id)]
        for one, starts in found
        if starts
    ]
    new = key(t.label("➕ Places for others"), Verb.BRIGADE, "new")
    return screen(t("👷 <b>The places you keep</b>"), [*rows, [new], [home_key(t)]])


def kept(t: Locale, own: datetime | None) -> str:
    """Say that the places are kept, HTML; and when who asks comes themselves (`own`, local)."""
    said = t("✅ <b>The places are kept</b>\nForward each message below to one person.")
    if own is None:
        return said
    lines = [t("✅ <b>You are booked</b>"), f"📅 <b>{html(t.moment(own))}</b>", "", said]
    return Html("\n".join(lines))


def card(
    turn: Turn,
    brigade: Brigade,
    clinic: Clinic | None,
    starts: Sequence[datetime],
    *,
    lead: str = "",
    comes_too: bool = False,
) -> Reply:
    """Show when, where, how many, and until when; nothing of what anybody answered.

    `comes_too`: who asks has just booked a place of their own.
    """
    t, zone = turn.t, clinic.timezone if clinic else "UTC"
    parts = [
        lead or t("👷 <b>The places you keep</b>"),
        _when(t, starts),
        times.place(t, clinic) if clinic else "",
        t("🎫 {n} places", n=len(starts)),
        t(
            "⏳ Kept until {moment}. What nobody has taken by then is free for others.",
            moment=t.moment(to_local(brigade.confirm_until, zone)),
        ),
        t("Who says yes becomes one of your people, as through your link. Who says no is not told to you.")
        if brigade.staff_id is not None
        else t("I tell nobody who said yes or no."),
    ]
    return screen(
        Html("\n\n".join(part for part in parts if part)),
        [
            [key(t.label("📨 Send the links again"), Verb.BRIGADE_LINKS, brigade.id)],
            [key(t.label("🔳 Pictures to scan"), Verb.BRIGADE_LINKS, brigade.id, "qr")],
            [key(t.label("↩️ Give places back"), Verb.BRIGADE_BACK, brigade.id)],
            [key(t.label("🗓 My visits"), Verb.VISITS)] if comes_too else [],
            [home_key(t)],
        ],
    )


def _when(t: Locale, starts: Sequence[datetime]) -> str:
    """Return the day and how many come when, HTML."""
    if not starts:
        return ""
    counts = {local: sum(one == local for one in starts) for local in dict.fromkeys(starts)}
    lines = [t("🕐 {time}: {n}", time=t.time(local), n=number) for local, number in counts.items()]
    return Html("\n".join([t("📅 <b>{day}</b>", day=t.long_day(starts[0].date())), *lines]))
