"""Describe a clinic: where it is, how to get there, and who pays for what."""

from collections.abc import Iterable

from care.directory import Clinic, Payer, Service, ServiceKind
from handlers.buttons import Verb
from handlers.screens import Key, Step, Way, key
from handlers.written import written
from locales.catalogue import N_, Locale
from locales.markup import html

SERVICES = {
    ServiceKind.CONSULTATION: N_("talk with a doctor"),
    ServiceKind.CHEST_XRAY: N_("chest X-ray"),
    ServiceKind.SPUTUM_TEST: N_("sputum test"),
    ServiceKind.MOLECULAR_TEST: N_("rapid sputum test (Xpert)"),
    ServiceKind.SKIN_TEST: N_("skin test"),
    ServiceKind.BLOOD_TEST: N_("blood test"),
    ServiceKind.HIV_TEST: N_("HIV test"),
    ServiceKind.TREATMENT: N_("treatment"),
    ServiceKind.PREVENTIVE_TREATMENT: N_("preventive treatment"),
}
PAYERS = {  # free ones first: what is not free stands last, where it is read
    Payer.FREE_STATE: N_("✅ Free, the state pays: {services}"),
    Payer.FREE_PROGRAMME: N_("✅ Free, the programme pays: {services}"),
    Payer.INSURANCE: N_("⚠️ Free only with medical insurance: {services}"),
    Payer.SELF: N_("💵 You pay yourself: {services}"),
    Payer.UNKNOWN: N_("❔ Not known who pays, ask before: {services}"),
}


def home_key(t: Locale) -> Key:
    """Return the button to the home screen."""
    return key(t.label("🏠 Home"), Verb.HOME)


def map_key(t: Locale, clinic: Clinic) -> Key:
    """Return the button that sends a pin on the map."""
    return key(t.label("🗺 On the map"), Verb.MAP, clinic.id)


def card(t: Locale, clinic: Clinic, *, distance_m: float | None = None) -> str:
    """Return all about a clinic, HTML; the distance is in metres."""
    lines = [f"🏥 {bold(t, clinic)}", "", f"📍 {address(t, clinic)}"]
    if distance_m is not None:
        lines.append(t("📏 {distance} from you", distance=t.distance(distance_m)))
    lines.append(f"🕘 {html(written(t, clinic.hours))}")
    if clinic.phone:
        lines.append(f"📞 {html(clinic.phone)}")
    lines += [
        "",
        t("<b>How to get there</b>\n{directions}", directions=written(t, clinic.directions)),
        "",
        costs(t, clinic.services),
    ]
    return "\n".join(lines).strip()


def bold(t: Locale, clinic: Clinic) -> str:
    """Return the clinic's name, HTML."""
    return f"<b>{html(written(t, clinic.names))}</b>"


def address(t: Locale, clinic: Clinic) -> str:
    """Return the clinic's address, HTML."""
    return html(written(t, clinic.address))


def costs(t: Locale, services: Iterable[Service]) -> str:
    """Say who pays for what, what is not free too, HTML; ask to ask where the directory names no service."""
    every = list(services)
    if not every:
        return t("❔ Ask at the clinic what is free.")
    lines = [t("<b>Who pays</b>")]
    for payer, words in PAYERS.items():
        own = [service for service in every if service.payer is payer]
        if own:
            names = t.listing([t(SERVICES[service.kind]) for service in own])
            lines.append(t(words, services=names))
            lines += [f"<i>{html(written(t, note))}</i>" for note in _notes(own)]
    return "\n".join(lines)


def pin(t: Locale, clinic: Clinic) -> Step:
    """Return the clinic as a pin on the map."""
    return Step(
        way=Way.VENUE,
        text=bold(t, clinic),
        address=written(t, clinic.address),
        latitude=clinic.position.latitude,
        longitude=clinic.position.longitude,
    )


def _notes(services: Iterable[Service]) -> list[dict[str, str]]:
    """Return the notes, each once: several services often share one."""
    found: list[dict[str, str]] = []
    for service in services:
        note = dict(service.note) if service.note else None
        if note and note not in found:
            found.append(note)
    return found
