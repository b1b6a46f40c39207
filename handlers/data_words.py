"""Name, in words for the person, what the store keeps as words of closed lists."""

from collections.abc import Mapping

from care.absence import Said
from care.company import State as Company
from care.message_kinds import TO_STAFF, Kind
from care.referral import State
from care.roles import Role
from care.tasks import Kind as Task
from locales.catalogue import N_, Locale

STATES: Mapping[str, str] = {
    State.REACHED: N_("you began to talk with the bot"),
    State.INFORMED: N_("you read answers"),
    State.SCREENED: N_("you checked your symptoms"),
    State.BOOKED: N_("you booked a visit"),
    State.CAME: N_("you came to the visit"),
    State.MISSED: N_("the visit did not take place"),
    State.EXAMINED: N_("you were examined"),
    State.RESULT_READY: N_("the clinic asks you to come for your result"),
    State.RESULT_GIVEN: N_("you have your result"),
    State.IN_CARE: N_("the clinic looks after you"),
    State.PREVENTIVE: N_("the clinic looks after you"),
    State.TREATMENT: N_("the clinic looks after you"),
    State.COMPLETED: N_("you have finished"),
    State.DECLINED: N_("you did not want a visit"),
    State.LOST: N_("contact was lost"),
    State.MOVED_AWAY: N_("you moved away"),
}
ROLES: Mapping[str, str] = {
    Role.WORKER: N_("outreach worker"),
    Role.REGISTRAR: N_("clinic registrar"),
    Role.CLINICIAN: N_("clinic doctor or nurse"),
    Role.COORDINATOR: N_("coordinator"),
    Role.ADMIN: N_("administrator"),
}
ADVICE: Mapping[str, str] = {
    "none": N_("no sign now"),
    "routine": N_("a yearly check"),
    "watch": N_("wait and check again"),
    "contact": N_("a check after contact"),
    "soon": N_("an examination soon"),
    "urgent": N_("an examination today or tomorrow"),
    "red": N_("an ambulance"),
}
MESSAGES: Mapping[str, str] = {
    **dict.fromkeys(TO_STAFF, N_("a notice for your work")),
    Kind.VISIT_EVE: N_("a reminder of a visit"),
    Kind.VISIT_SOON: N_("a reminder of a visit"),
    Kind.VISIT_AFTER: N_("a question after a visit"),
    Kind.RECHECK: N_("a reminder to check again"),
    Kind.NUDGE: N_("a reminder of what you began"),
    Kind.PASSING_ON: N_("an offer to pass the bot on"),
    Kind.HANDED: N_("who is there for you now"),
    Kind.NOT_EXAMINED: N_("a question after a visit"),
    Kind.ANSWERED: N_("that there is an answer"),
    Kind.COMPANY_NEWS: N_("who comes along to your visit"),
    **dict.fromkeys((Kind.RESULT_READY, Kind.RESULT_AGAIN), N_("that your result is ready")),
    Kind.RESULT_NOT_YET: N_("that there is no need to come yet"),
    Kind.AFTER_RESULT: N_("a question after a visit"),
    Kind.CLOSED: N_("that the clinic cannot see you as booked"),
    Kind.REOPENED: N_("that the clinic sees you after all"),
    Kind.MOOD: N_("the question how you are"),
    **dict.fromkeys((Kind.DOSE, Kind.DOSES_MISSED, Kind.DOSE_END), N_("a reminder that you asked for")),
    **dict.fromkeys((Kind.CARE_EVE, Kind.CARE_SOON, Kind.CARE_AFTER), N_("a reminder that you asked for")),
    Kind.ARRIVED: N_("a question after your journey"),
    Kind.WENT_ON: N_("a question after your journey"),
    Kind.TRANSFER_OPENED: N_("that your card was opened"),
    Kind.WAIT_OFFER: N_("that a place is free for you"),
    Kind.WAIT_ENDED: N_("that no more places are offered to you"),
    Kind.WAIT_WIDER: N_("that you wait for a place at any clinic now"),
    Kind.CHECKLIST: N_("that there is something new on your list"),
    Kind.BRIGADE_SOON: N_("how long places for others are kept"),
    Kind.BRIGADE_OVER: N_("how long places for others are kept"),
    Kind.BRIGADE_LOST: N_("that places for others were taken back"),
}
SENDING: Mapping[str, str] = {
    "pending": N_("not sent yet"),
    "sending": N_("being sent"),
    "sent": N_("sent"),
    "failed": N_("could not be sent"),
    "expired": N_("not sent: too late"),
    "unknown": N_("perhaps sent"),
    "cancelled": N_("cancelled"),
}
DRAFTS: Mapping[str, str] = {
    "booking": N_("a booking"),
    "checkin": N_("tickets that you check in"),
    "code": N_("a code"),
    "link-label": N_("a link"),
    "result-number": N_("the number of a ticket"),
    "card-name": N_("your card"),
    "card-photo": N_("your card"),
    "card-voice": N_("your card"),
    "company": N_("who comes along to your visit"),
    "agent": N_("for whom you act"),
    "relay": N_("to whom what you type goes"),
    "ask-bot": N_("that your next question is for the bot"),
    "call": N_("that you were asked for your phone"),
    "near": N_("that you were asked where you are"),
    "place": N_("a new place"),
    "place-name": N_("a new place"),
    "where": N_("where you are"),
    "site-text": N_("notes of a place"),
    "lone": N_("where you are"),
    "dose-end": N_("your own plan"),
    "dose-word": N_("your own plan"),
    "care-day": N_("a visit that you note"),
    "transfer": N_("what stands on your card"),
}
COMPANY: Mapping[str, str] = {
    Company.BEGUN: N_("you began to ask"),
    Company.ASKED: N_("we look for somebody"),
    Company.OFFERED: N_("we look for somebody"),
    Company.ACCEPTED: N_("somebody comes along"),
    Company.MET: N_("you met"),
    Company.DONE: N_("somebody came along"),
    Company.MISSED: N_("you did not meet"),
    Company.UNSAID: N_("it is over"),
    Company.CANCELLED: N_("it was cancelled"),
    Company.PAUSED: N_("it waits for your new time"),
    Company.NOBODY: N_("nobody was found"),
}
TASKS: Mapping[str, str] = {  # what others than the person asked for; a talk they asked for themselves
    Task.UNBOOKED: N_("ask whether you need help to book a visit"),
    Task.MISSED: N_("ask whether you need another visit"),
    Task.UNEXAMINED: N_("ask whether you need help with your visit"),
    Task.COMPANY: N_("find somebody who comes along"),
    Task.RESULT: N_("ask you to come to the clinic again"),
    Task.LAWYER: N_("find a lawyer"),
    Task.PSYCHOLOGIST: N_("find a psychologist"),
    Task.ABROAD: N_("help you to go on where you are now"),
    Task.MISSED_TWICE: N_("ask whether you need another visit"),
    Task.REMEDY: N_("help with what is in the way of your visit"),
    Task.DISPLACED: N_("ask whether you need another visit"),
}
GENDERS: Mapping[str, str] = {"f": N_("a woman"), "m": N_("a man")}
ANSWERS: Mapping[str, str] = {
    Said.WENT: N_("I went"),
    Said.MISSED: N_("I did not go"),
    Said.DECLINED: N_("I want no other time"),
    Said.HAVE_ONE: N_("I have another time"),
}


def named(t: Locale, names: Mapping[str, str], word: str) -> str:
    """Return the plain words for a word of the list; one that nobody named yet stands as it is."""
    return t.label(names[word]) if word in names else word
