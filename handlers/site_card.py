"""Describe a site: where migrants work, eat or live, and what the team knows of the place."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from sqlalchemy import RowMapping

from care.directory import LANGUAGES, Position, SiteKind, Texts
from care.sites import Place, Refusal, away_m, days_since, talked_to
from handlers.screens import Step, Way
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html, Locale, Words
from locales.markup import html

EMOJI = {
    SiteKind.BUILDING_SITE: "🏗",
    SiteKind.MARKET: "🛒",
    SiteKind.CANTEEN: "🍲",
    SiteKind.HOSTEL: "🛏",
    SiteKind.OTHER: "📌",
}
KINDS = {
    SiteKind.BUILDING_SITE: N_("Building site"),
    SiteKind.MARKET: N_("Market"),
    SiteKind.CANTEEN: N_("Canteen"),
    SiteKind.HOSTEL: N_("Hostel"),
    SiteKind.OTHER: N_("Other place"),
}
REFUSALS = {
    Refusal.EMPTY: N_("This text is empty. Please write a few words."),
    Refusal.TOO_LONG: N_("This text is too long. Please make it shorter."),
    Refusal.PHONE: N_("I do not keep phone numbers here. Please write about the place only."),
    Refusal.NAME: N_(
        "I do not keep names of accounts or addresses of pages here. Please write about the place only."
    ),
}
_MOST_DAYS = 99


def label(t: Locale, place: Place) -> str:
    """Return the site's name with the picture of its kind, plain text."""
    return f"{EMOJI[place.kind]} {written(t, place.names)}"


def kind_label(t: Locale, kind: SiteKind) -> str:
    """Return a kind of site with its picture, plain text."""
    return f"{EMOJI[kind]} {t.label(KINDS[kind])}"


def line(t: Locale, place: Place, *, now: datetime, here: Position | None) -> Html:
    """Return what decides about the order of a site, HTML: who waits, when somebody was there, how far."""
    days, metres = days_since(place, now=now), away_m(place, here)
    facts = [
        "" if place.confirmed else t("❔ to be looked at"),
        t.many("{n} waits", "{n} wait", place.waiting) if place.waiting else "",
        t("nobody was there yet")
        if days is None
        else t("visited today")
        if days == 0
        else t.many("{n} day ago", "{n} days ago", min(days, _MOST_DAYS)),
        t.distance(metres) if metres is not None else "",
    ]
    name = Html(f"<b>{html(label(t, place))}</b>")
    return Html(f"{name}\n{html(' · '.join(part for part in facts if part))}")


def card(
    t: Locale, place: Place, visits: Sequence[RowMapping], *, now: datetime, zone: tzinfo, area: str
) -> Html:
    """Return all about a site, HTML; never who was there, and nobody's name."""
    head = t(
        "<b>{name}</b>\n{kind} · {area}", name=label(t, place), kind=t.label(KINDS[place.kind]), area=area
    )
    parts = [
        head,
        "" if place.confirmed else t("❔ Somebody told us about it. Is it a place where we should go?"),
        t.many("⏳ {n} person waits here", "⏳ {n} people wait here", place.waiting) if place.waiting else "",
        t("📝 {notes}", notes=place.notes) if place.notes else "",
        _visits(t, visits, now=now, zone=zone),
    ]
    return Html("\n\n".join(part for part in parts if part))


def _visits(t: Locale, visits: Sequence[RowMapping], *, now: datetime, zone: tzinfo) -> str:
    if not visits:
        return t("👣 Nobody of the team was here yet.")
    today = now.astimezone(zone).date()
    lines = [
        t(
            "• {day}: talked to {people}, leaflets {leaflets}, {duration}",
            day=t.relative_day(visit["at"].astimezone(zone).date(), today=today),
            people=talked_to(visit["people"]),
            leaflets=visit["leaflets"],
            duration=t.duration(visit["minutes"]),
        )
        for visit in visits
    ]
    return Html("\n".join([t("👣 <b>Last visits</b>"), *lines]))


def pin(t: Locale, place: Place) -> Step | None:
    """Return the site as a pin on the map; None where its position is not known."""
    if place.position is None:
        return None
    return Step(
        way=Way.VENUE,
        text=html(written(t, place.names)),
        address=t.label(KINDS[place.kind]),
        latitude=place.position.latitude,
        longitude=place.position.longitude,
    )


def in_every_language(name: str) -> dict[str, str]:
    """Return a name that somebody typed as the directory keeps names: the same in all languages."""
    return dict.fromkeys(LANGUAGES, name)


def without_name(words: Words, kind: SiteKind, number: int) -> Texts:
    """Return how a site without a name is called in each language: "Market 7"."""
    every: Mapping[str, Locale] = words
    return {code: f"{every[code].label(KINDS[kind])} {number}" for code in LANGUAGES if code in every}


def here_in(turn: Turn, position: int) -> Position | None:
    """Return the place that the arguments of a button carry, from that position on, or None."""
    press = turn.press
    parts = [press.word(position), press.word(position + 1)] if press else []
    try:
        latitude, longitude = (float(part or "nan") for part in parts)
    except ValueError:
        return None
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    return Position(latitude, longitude) if inside else None


def here_args(here: Position | None) -> tuple[str, ...]:
    """Return a place as arguments of a button, to about a hundred metres: it is kept nowhere else."""
    return (f"{here.latitude:.3f}", f"{here.longitude:.3f}") if here else ()
