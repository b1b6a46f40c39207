"""Show whom to call now, and nothing to decide: the number comes first."""

from care.emergency import EMERGENCY
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, key, screen
from locales.catalogue import N_, Html, Locale

TOPIC = "emergency"
CALL = N_("<b>Call 103 or 112 now.</b>")
_COUNTRIES = {
    "KZ": N_("Kazakhstan"),
    "UZ": N_("Uzbekistan"),
    "KG": N_("Kyrgyzstan"),
    "TJ": N_("Tajikistan"),
    "RU": N_("Russia"),
}


def screen_of(t: Locale) -> Reply:
    """Return the emergency screen."""
    answer = t.answer(TOPIC)
    numbers = "\n".join(
        t(
            "{country}: <b>{numbers}</b>",
            country=t.label(_COUNTRIES[one.country]),
            numbers=", ".join(one.numbers),
        )
        for one in EMERGENCY
    )
    text = answer.text if answer else t(CALL)
    rows = [[key(t.label("🤝 Talk to a person"), Verb.TALK)], [home_key(t)]]
    return screen(Html(f"🚨 {text}\n\n{numbers}"), rows)
