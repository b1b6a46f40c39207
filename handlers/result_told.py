"""Tell somebody that a clinic has something for them and how to get it, and take down that they have it.

Never what it is: such a message lights up on a lock screen, so it names neither an illness nor a kind of
clinic, and it is the same whatever the result is.
"""

from dataclasses import dataclass

from care.directory import Clinic
from care.lock_screen import telling
from care.outcomes import Kind
from care.results import Stage, stage
from handlers.buttons import Verb
from handlers.clinic_card import address, home_key, map_key
from handlers.notice import Notice, message
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Locale
from storage import directory, examinations, results
from storage.vault import Vault


async def ready(notice: Notice) -> Reply | None:
    """Say that there is something, and where and when to get it; None when they have it, or it is not so."""
    examination_id, t = notice.about("examination"), notice.t
    one = await examinations.by_id(notice.store, examination_id) if examination_id is not None else None
    if one is None or one.person_id != notice.person.id or stage(one) is not Stage.READY:
        return None
    clinic = await directory.clinic(notice.store, one.clinic_id, also_retired=True)
    lines = [t("📨 <b>Your result is ready. Please come for it.</b>"), *_where(t, clinic)]
    there = [map_key(t, clinic)] if clinic else []
    return message(
        Html("\n".join(lines)),
        [
            [*there, *([key(t.label("📅 When is it open?"), Verb.CLINIC, clinic.id)] if clinic else [])],
            [key(t.label("✅ I have it"), Verb.RESULT_HAVE, one.id)],
            [key(t.label("🤝 Come with me, or talk to me"), Verb.TALK)],
            [home_key(t)],
        ],
    )


async def after(notice: Notice) -> Reply | None:
    """Ask on the next day whether there is something to do, for them or for those who live with them.

    Everybody who has a result gets it, in the same words: so that it tells nothing of any of them.
    """
    examination_id, t = notice.about("examination"), notice.t
    one = await examinations.by_id(notice.store, examination_id) if examination_id is not None else None
    if one is None or one.person_id != notice.person.id or stage(one) is not Stage.GIVEN:
        return None
    text = t(
        "👋 You were at the clinic. Is there something I can do for you, or for those who live with you?"
    )
    return message(
        text,
        [
            [key(t.label("🏠 For those who live with me"), Verb.HOUSEHOLD)],
            [key(t.label("❓ Ask a question"), Verb.ASK), key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [home_key(t)],
        ],
    )


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
        if visit is None or one is None or one.ready_at is None:
            await turn.record(Kind.REFUSED, detail="not-yours")
            return screen(t("This is not here any more."), [[home_key(t)]])
        if one.given_at is None and (turn.press is None or turn.press.word(1) != "y"):
            await turn.record(Kind.VISITS_SEEN, clinic_id=visit.clinic_id)
            yes = key(t.label("✅ Yes, I have it"), Verb.RESULT_HAVE, one.id, "y")
            return screen(
                t("Were you there, and do you have it?"),
                [[yes], [key(t.label("📅 Not yet: when is it open?"), Verb.CLINIC, visit.clinic_id)]],
            )
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


def _where(t: Locale, clinic: Clinic | None) -> list[str]:
    """Return address, hours and phone, HTML, without a line that tells what kind of clinic it is."""
    if clinic is None:
        return []
    lines = [
        t("📍 {address}", address=Html(address(t, clinic))),
        t("🕘 {hours}", hours=written(t, clinic.hours)),
        *([t("📞 {phone}", phone=clinic.phone)] if clinic.phone else []),
    ]
    return [line for line in lines if telling(line) is None]
