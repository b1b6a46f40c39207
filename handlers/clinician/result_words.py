"""Word examinations for the desk of a clinic: how far one is. A result stands there as a code."""

from collections.abc import Mapping

from sqlalchemy import RowMapping

from care.booking import to_local
from care.referral import State
from care.results import Care, Result, Stage, stage
from care.ticket import ticket
from handlers.buttons import Verb
from handlers.screens import Key, key
from locales.catalogue import N_, Html, Locale, Words
from storage.examinations import Arrived

STAGES: Mapping[Stage, str] = {
    Stage.ARRIVED: N_("👣 is here, not examined yet"),
    Stage.EXAMINED: N_("🩺 examined"),
    Stage.READY: N_("📨 result ready, not given yet"),
    Stage.GIVEN: N_("✅ result given"),
}
FILTERS: Mapping[Stage, str] = {
    Stage.ARRIVED: N_("👣 To examine: {n}"),
    Stage.EXAMINED: N_("🩺 No result yet: {n}"),
    Stage.READY: N_("📨 To be given: {n}"),
    Stage.GIVEN: N_("✅ Given: {n}"),
}
MEANINGS: Mapping[Result, str] = {  # for clinicians, above the buttons, and nowhere else
    Result.NO_TB: N_("no TB"),
    Result.INFECTION: N_("infection, not ill"),
    Result.TB: N_("TB"),
    Result.RESISTANT: N_("drug-resistant TB"),
}
CARE: Mapping[State, str] = {
    State.IN_CARE: N_("💊 Care: nothing has begun yet"),
    State.PREVENTIVE: N_("💊 Care: preventive treatment"),
    State.TREATMENT: N_("💊 Care: treatment"),
    State.COMPLETED: N_("💊 Care: completed"),
}
NO_CARE = N_(
    "💊 Of a child, or of somebody without the bot, I do not keep what begins now. Write it in the clinic's "
    "own journal."
)
STEPS: Mapping[Care, str] = {
    Care.PREVENTIVE: N_("💊 Preventive treatment has begun"),
    Care.TREATMENT: N_("💊 Treatment has begun"),
    Care.COMPLETED: N_("🏁 Treatment is completed"),
    Care.NOTHING: N_("↩️ Treatment has not begun"),
}
SIGNS: Mapping[Stage, str] = {one: words.partition(" ")[0] for one, words in STAGES.items()}


def line(t: Locale, visit: Arrived) -> str:
    """Return a visit in one line, HTML: ticket, day, how far it is."""
    return t(
        "{sign} <b>{ticket}</b> · {day} {child}",
        sign=SIGNS[stage(visit.examination)],
        ticket=ticket(visit.booking_id),
        day=t.day(visit.local.date()),
        child="🧒" if visit.is_child else "",
    ).rstrip()


def head(t: Locale, words: Words, visit: Arrived) -> str:
    """Return whose ticket it is and how far the examination is, HTML; no result."""
    code = visit.locale or ""
    lines = [
        t("🎫 <b>{ticket}</b>", ticket=ticket(visit.booking_id)),
        t("📅 {moment}", moment=t.moment(visit.local)),
        *([t("🗣 {language}", language=words[code].name if code in words else code)] if code else []),
        *([t("🧒 A child: the adult who booked is told.")] if visit.is_child else []),
        *([t("📵 Not known to the bot: tell them yourself.")] if visit.person_id is None else []),
        t(STAGES[stage(visit.examination)]),
    ]
    return Html("\n".join(lines))


def given_on(t: Locale, visit: Arrived) -> str:
    """Return the day on which the person got the result, at the clinic."""
    given_at = visit.examination.given_at if visit.examination else None
    return t.day(to_local(given_at, visit.zone).date()) if given_at else ""


def legend(t: Locale) -> str:
    """Say what the codes mean, HTML."""
    return Html(
        "\n".join(t("<b>{code}</b>: {meaning}", code=one, meaning=t(MEANINGS[one])) for one in Result)
    )


def moved_away(t: Locale, referral: RowMapping | None, zone: str) -> list[str]:
    """Say that somebody has left and since which day at `zone` (IANA), HTML: why no care can be written."""
    if referral is None or referral["state"] != State.MOVED_AWAY or referral["closed_at"] is None:
        return []
    day = t.day(to_local(referral["closed_at"], zone).date())
    return [
        t("✈️ They moved away on {day}. If they say in the bot that they are staying, care goes on.", day=day)
    ]


def button(visit: Arrived) -> Key:
    """Return the button that opens a visit: a picture and numbers, which need no translation."""
    return key(f"{SIGNS[stage(visit.examination)]} {ticket(visit.booking_id)}", Verb.RESULT, visit.booking_id)
