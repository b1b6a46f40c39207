"""Take down that somebody has what the clinic had for them, as `handlers/result_notices.py` told them."""

from dataclasses import dataclass

from care.outcomes import Kind
from care.results import round_of
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.result_notices import said_not_yet
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import Locale
from storage import examinations, results
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class ResultTold:
    """What ✅ below such a message does."""

    vault: Vault

    async def have(self, turn: Turn) -> Reply:
        """Ask, and take down that the person has what the clinic had for them."""
        person, t = turn.known(), turn.t
        examination_id = turn.press.number(0) if turn.press else None
        visit = await examinations.own(turn.store, examination_id or 0, person.id)
        one = visit.examination if visit else None
        if visit is None or one is None:
            await turn.record(Kind.REFUSED, detail="not-yours")
            return screen(t("This is not here any more."), [[home_key(t)]])
        if one.ready_at is None:
            await turn.record(Kind.REFUSED, detail="stale")
            return screen(said_not_yet(t, visit), [[home_key(t)]])
        if one.given_at is None and (turn.press is None or turn.press.number(1) != round_of(one)):
            await turn.record(Kind.VISITS_SEEN, clinic_id=visit.clinic_id)
            yes = key(t.label("✅ Yes, I have it"), Verb.RESULT_HAVE, one.id, round_of(one))
            not_yet = key(t.label("📅 Not yet: when is it open?"), Verb.CLINIC, visit.clinic_id)
            return screen(t("Were you there, and do you have it?"), [[yes], [not_yet], [home_key(t)]])
        done = await results.given(turn.store, self.vault, one, zone=visit.zone, by=turn.actor, now=turn.now)
        if done:
            about = {"referral_id": None, "link_id": None, "staff_id": None} if visit.is_child else {}
            await turn.record(Kind.RESULT_GIVEN, clinic_id=visit.clinic_id, **about)
        else:
            await turn.record(Kind.REFUSED, detail="stale")
        return screen(t("🙏 Thank you. If something is not clear, ask me, or talk to a person."), _ways(t))


def _ways(t: Locale) -> list[list[Key]]:
    ask, talk = t.label("❓ Ask a question"), t.label("🤝 Talk to a person")
    return [[key(ask, Verb.ASK), key(talk, Verb.TALK)], [home_key(t)]]
