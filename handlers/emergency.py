"""Show whom to call now, and nothing to decide: the number comes first."""

from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, key, screen
from locales.catalogue import N_, Html, Locale

TOPIC = "emergency"
CALL = N_("<b>Call 103 or 112 now.</b>")


def screen_of(t: Locale) -> Reply:
    """Return the emergency screen."""
    answer = t.answer(TOPIC)
    text = answer.text if answer else t(CALL)
    rows = [[key(t.label("🤝 Talk to a person"), Verb.TALK)], [home_key(t)]]
    return screen(Html(f"🚨 {text}"), rows)
