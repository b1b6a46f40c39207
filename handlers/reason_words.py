"""Name what is in the way of a visit: on buttons, and for who helps."""

from collections.abc import Mapping

from care.absence import Reason, reason_of
from locales.catalogue import N_, Locale

REASONS: Mapping[Reason, str] = {
    Reason.BOSS: N_("👷 My boss"),
    Reason.MONEY: N_("💵 Money"),
    Reason.FEAR: N_("😟 I am afraid"),
    Reason.PAPERS: N_("📄 Papers"),
    Reason.ROAD: N_("🛣 Far away"),
    Reason.FORGOT: N_("💭 I forgot"),
    Reason.WELL: N_("💪 I feel well"),
    Reason.OTHER: N_("➕ Something else"),
}


def reason_name(t: Locale, word: str | None) -> str | None:
    """Return a reason as it stands on its button, plain; None for what is none."""
    reason = reason_of(word)
    return t.label(REASONS[reason]) if reason is not None else None
