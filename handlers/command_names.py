"""Name the commands of each role: for the menu of a chat, and for /help."""

from collections.abc import Iterable

from care.roles import Role
from locales.catalogue import N_

EVERYBODY = (
    ("ask", N_("Ask a question")),
    ("check", N_("Check symptoms")),
    ("book", N_("Book an examination")),
    ("visits", N_("My visits")),
    ("share", N_("Pass it on")),
    ("clinics", N_("Clinics and addresses")),
    ("leaving", N_("I am leaving")),
    ("talk", N_("Talk to a person")),
    ("medicine", N_("My daily reminders")),
    ("language", N_("Change the language")),
    ("privacy", N_("What is kept about me")),
    ("mydata", N_("My data as a file")),
    ("forget", N_("Delete my data")),
    ("help", N_("Help")),
)
_HELPING = (  # whoever looks after people
    ("tasks", N_("What waits for me")),
    ("relays", N_("My talks with people")),
    ("sites", N_("Sites: where to go next")),
    ("visit", N_("Log a visit to a site")),
    ("company", N_("To the clinic together")),
    ("newperson", N_("Somebody without Telegram")),
    ("shift", N_("When I am there")),
)
_TODAY = (
    ("today", N_("Who is expected today")),
    ("checkin", N_("Check in by the number of a ticket")),
    ("closed", N_("Closed that day, or fewer places")),
)
_RESULTS = ("results", N_("Examined, ready, given"))
_OFFICE = (
    ("stats", N_("Numbers")),
    ("questions", N_("Questions without an answer")),
    ("invite", N_("Invite a colleague")),
    ("team", N_("The team")),
    ("audit", N_("What was changed in the team")),
    *_TODAY,
    *_HELPING,
)
OF_ROLE = {
    Role.WORKER: (
        ("links", N_("My link and QR code")),
        ("people", N_("People who came through my link")),
        *_HELPING,
    ),
    Role.REGISTRAR: (*_TODAY, _RESULTS),
    Role.CLINICIAN: (*_TODAY, _RESULTS),
    Role.COORDINATOR: _OFFICE,
    Role.ADMIN: _OFFICE,
}


def of_roles(roles: Iterable[Role]) -> dict[str, str]:
    """Return what the commands of these roles do, by command, each once."""
    return {name: text for role in roles for name, text in OF_ROLE[role]}
