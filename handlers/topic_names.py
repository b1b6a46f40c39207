"""Name topics on buttons: an answer by its title, a screen of the bot by what it does."""

from collections.abc import Mapping

from locales.catalogue import N_, Locale

SCREENS: Mapping[str, str] = {  # topics that are no answers, in the order shown
    "symptom-check": N_("🩺 Check symptoms"),
    "book-screening": N_("📅 Book an examination"),
    "my-visits": N_("🗓 My visits"),
    "find-clinic": N_("📍 Clinics"),
    "talk-to-person": N_("🤝 Talk to a person"),
    "accompany-me": N_("🚶 Somebody goes with me"),
    "treatment-reminders": N_("💊 Reminders of medicines"),
    "change-language": N_("🌐 Language"),
    "share-bot": N_("📣 Tell friends about the bot"),
    "delete-my-data": N_("🗑 Delete everything"),
    "greeting": N_("👋 A greeting"),
    "thanks": N_("🙏 Thanks"),
}
POLITE = frozenset({"greeting", "thanks"})  # said, not asked: nobody needs a button for them


def topic_name(t: Locale, topic: str) -> str | None:
    """Return what a topic is called, plain text, or None when it can be shown nowhere."""
    answer = t.answer(topic)
    if answer is not None:
        return answer.title
    return t.label(SCREENS[topic]) if topic in SCREENS else None
