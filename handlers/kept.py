"""Say truthfully what is kept about people, for how long, and who sees it: one text for all screens."""

from care.directory import DataKind, Programme
from handlers.written import written
from locales.catalogue import Locale
from storage.erasing import questions_days
from storage.transfers import ENDED_FOR


def what(t: Locale) -> str:
    """Return what is kept."""
    return t(
        "<b>What I keep</b>\n"
        "• your language, and when you agreed\n"
        "• through which link you came, and your area\n"
        "• your visits, how urgent they are, and whether a small child lives with you if you said so\n"
        "• the age of a child who comes along, roughly, and what you ticked on its list\n"
        "• places that you keep for others, without whom; what they answer is theirs\n"
        "• which places you wait for, if you want to be told of one\n"
        "• what a clinic writes: that you were examined, and what was found, as a code: encrypted\n"
        "• if you leave: where to, when, and what you want on your card; what you type for it encrypted\n"
        "• how you plan to come, what was in the way, and what was wrong at the clinic, if you said so\n"
        "• what you began and did not finish\n"
        "• that you talked to a person, and when; what you write there goes through me and is not kept\n"
        "• your phone, only if you send it for a call or for who comes along to a visit, until then: "
        "encrypted\n"
        "• whom you want to come along to a visit, and where you meet: the place encrypted, until then\n"
        "• for which friends without Telegram you take the reminders\n"
        "• reminders that I will send you\n"
        "• your own plan of reminders, if you want one: its hours, what you answered, visits that you note; "
        "your own word encrypted\n"
        "• your role, if you work here\n"
        "• your Telegram number: encrypted, to write to you\n"
        "• the day of your last message\n"
        "• what happened here (a question, a visit) is counted, without your name or number\n"
        "• a question that I could not answer, without you; the team may keep its words as an example\n"
        "• that you wait for an answer, if you want to be told: 90 days at most\n"
        "Otherwise I do not keep your name, your papers or your answers about symptoms."
    )


def who_sees(t: Locale) -> str:
    """Return who sees it."""
    return t(
        "<b>Who sees it</b>\n"
        "• The outreach worker who looks after you sees a picture in place of your name, your language, your "
        "area, where you stand, and what help you need.\n"
        "• Who comes along to a visit sees where you meet, and your phone if you gave it for that.\n"
        "• The clinic sees the time of your visit, its ticket number, your language, how urgent it is, and "
        "who comes along; its doctors and nurses see what they found.\n"
        "• Whoever opens the code on your card sees, once, what you want on it.\n"
        "• Coordinators see numbers, unanswered questions, and what outreach workers see, so that nobody is "
        "forgotten.\n"
        "• Nobody else of our team sees a result, your answers about symptoms, or your own plan of "
        "reminders.\n"
        "• Telegram keeps this chat on its own computers."
    )


def how_long(t: Locale, programme: Programme | None) -> str:
    """Return for how long it is kept."""
    if programme is None:
        return t("<b>How long</b>\nUntil you delete it with /forget.")
    days = programme.retention_days
    lines = [
        t("<b>How long</b>"),
        t("• about you, after your last message: {days}", days=_days(t, days[DataKind.PERSON])),
        t("• visits, and what a clinic writes of them: {days}", days=_days(t, days[DataKind.VISITS])),
        t("• your own plan of reminders, after its end: {days}", days=_days(t, days[DataKind.VISITS])),
        t("• your card for a clinic elsewhere, after its end: {days}", days=_days(t, ENDED_FOR.days)),
        t("• the advice of a symptom check: {days}", days=_days(t, days[DataKind.CHECKS])),
        t("• your phone, when you were not called: {days}", days=_days(t, days[DataKind.CONTACTS])),
        t("• questions that I could not answer: {days}", days=_days(t, questions_days(days))),
        t("You can delete everything at once with /forget."),
    ]
    return "\n".join(lines)


def _days(t: Locale, n: int) -> str:
    return t.many("{n} day", "{n} days", n)


def who_runs(t: Locale, programme: Programme | None) -> str:
    """Return who answers for the bot and how to reach them; empty before the first import."""
    if programme is None:
        return ""
    return t(
        "<b>Who runs this bot</b>\n{operator}\n{contact}",
        operator=written(t, programme.operator),
        contact=written(t, programme.contact),
    )
