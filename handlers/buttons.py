"""Build and parse callback data: the only place that knows how a button's wish is written.

The form is `verb:argument:argument~locale~link`, at most 64 bytes. What follows the first `~` is what a
stranger's buttons remember for us: nothing about a person is stored before they agreed, so the language and
the link travel here. Whatever comes back was written by whoever wanted to: `parse` trusts nothing, and every
handler loads the object by id *and* by what the sender may touch.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_BYTES = 64  # Bot API, InlineKeyboardButton.callback_data
_DATA = re.compile(
    r"([a-z0-9]{1,6})((?::[A-Za-z0-9_.+-]{0,40}){0,6})(?:~([A-Za-z_]{2,10})(?:~([A-Za-z0-9_-]{1,40}))?)?"
)


class Verb(StrEnum):
    """What a button wishes for; at most six letters, since 64 bytes hold all."""

    HOME = "home"
    START = "start"  # /start; [via | code | throttled: what to say above the home screen]
    LANGUAGES = "langs"  # choose a language
    LANGUAGE = "lang"  # code, [q | then-verb and its arguments]
    CONSENT = "cons"  # show the short consent; then-verb
    CONSENT_MORE = "more"  # read more; then-verb
    AGREE = "agree"  # then-verb
    LATER = "later"  # go on without being remembered
    CODE = "code"  # type a link code by hand
    HELP = "help"
    PRIVACY = "priv"
    DATA = "data"  # /mydata
    FORGET = "forget"
    FORGET_YES = "erase"
    # ask
    ASK = "ask"
    GROUP = "group"  # group id
    TOPIC = "topic"  # topic id, [locale to read it in], [its shelf], [locale of the question]
    SOURCE = "src"  # likewise
    HELPED = "thx"  # topic id, y|n, then likewise
    LISTEN = "play"  # topic id, [locale to hear it in]
    NONE_OF_THESE = "nope"  # [question id, mark]
    TELL_ME = "tell"  # question id, mark
    TELL_NOT = "telln"  # question id, mark
    # check
    CHECK = "check"  # start
    CHECK_ANSWER = "ch"  # encoded answers so far
    # clinics, booking, visits
    CLINICS = "clins"  # [area id | all]
    CLINIC = "clin"  # clinic id
    NEAR = "near"  # ask for the location
    MAP = "map"  # clinic id: a pin on the map
    AREAS = "areas"  # [city id]
    BOOK = "book"  # start; [all: choose a clinic]
    BOOK_CLINIC = "bkc"  # clinic id, [page of days]
    BOOK_DAY = "bkd"  # clinic id, day 20261125, [page]
    BOOK_TIME = "bkt"  # clinic id, 202611251830
    BOOK_YES = "bky"  # clinic id, 202611251830, [child under five: y | n | skip]
    VISITS = "visits"
    VISIT = "visit"  # booking id
    MOVE = "mv"  # booking id, [clinic id], [page of days]
    MOVE_DAY = "mvd"  # booking id, clinic id, day, [page]
    MOVE_TIME = "mvt"  # booking id, clinic id, start
    MOVE_YES = "mvy"  # booking id, clinic id, start
    CANCEL = "cx"  # booking id: ask
    CANCEL_YES = "cxy"  # booking id
    CALENDAR = "ics"  # booking id
    WENT = "went"  # booking id, y|n
    # talk
    TALK = "talk"  # [topic id]
    TALK_YES = "talky"  # [topic id]
    TALK_NO = "talkn"  # withdraw what was asked
    # staff
    STAFF = "staff"  # staff home
    JOIN = "join"  # invite code
    LINKS = "links"
    LINK_QR = "qr"  # link id
    PEOPLE = "ppl"  # page
    TASKS = "tasks"
    TASK_DONE = "tdone"  # task id
    TODAY = "today"  # [clinic id], [day]
    CAME = "came"  # booking id
    MISSED = "miss"  # booking id
    UNDO = "undo"  # booking id
    STATS = "stats"  # period, by
    QUESTIONS = "qs"  # [page], [n: those that want a new topic]
    QUESTION = "q"  # question id, newest id shown, [n]
    SHELF = "qsh"  # question id, newest id shown, [n], group id | screens
    TEACH = "qt"  # question id, newest id shown, [n], topic id | none | new
    UNTEACH = "qu"  # decision id
    INVITE = "inv"  # role, [area id | clinic id]
    NOTHING = "nop"  # a label that only looks like a button


@dataclass(frozen=True, slots=True)
class Press:
    """What came back from a button: a wish, nothing more."""

    verb: Verb
    args: tuple[str, ...] = ()
    locale: str | None = None  # what a stranger's buttons remember
    link: str | None = None

    def word(self, position: int) -> str | None:
        """Return an argument, or None when there is none."""
        return self.args[position] if position < len(self.args) and self.args[position] else None

    def number(self, position: int) -> int | None:
        """Return an argument as a whole number that a database takes (63 bits), or None when it is none."""
        word = self.word(position)
        if word is None or not re.fullmatch(r"-?[0-9]{1,18}|[0-9]{19}", word, re.ASCII):
            return None
        number = int(word)
        return number if -(2**63) <= number < 2**63 else None


def build(verb: Verb, *args: str | int) -> str:
    """Write callback data. Raises ValueError when it would not come back as it was."""
    data = ":".join([verb.value, *(str(arg) for arg in args)])
    if len(data.encode()) > MOST_BYTES or not _DATA.fullmatch(data):
        raise ValueError(f"callback data cannot hold {verb.value} with these arguments")
    return data


def remember(data: str, locale: str, link: str | None) -> str:
    """Add what a stranger's buttons remember, as much of it as fits."""
    with_locale = f"{data}~{locale}"
    with_link = f"{with_locale}~{link}" if link else with_locale
    for candidate in (with_link, with_locale):
        if len(candidate.encode()) <= MOST_BYTES:
            return candidate
    return data


def parse(data: str) -> Press | None:
    """Read callback data, or return None when it is none of ours (old, foreign or forged)."""
    match = _DATA.fullmatch(data)
    if match is None:
        return None
    verb, args, locale, link = match.groups()
    try:
        known = Verb(verb)
    except ValueError:
        return None
    return Press(known, tuple(args[1:].split(":")) if args else (), locale, link)
