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
    HELP = "help"  # [all: what is there without a role]
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
    CHILDREN = "kids"  # booking id: who comes along to a visit
    CHILD_ADD = "kid"  # booking id, [age 0-4 | 5-14 | 15-17, how many there are]
    CHILD_OFF = "kidx"  # booking id of the child, [y]
    CHECKLIST = "papers"  # [new]: the way of a child without papers
    CHECKLIST_TICK = "ltick"  # checklist id, record | centre | clinic, y | n
    PERSON_LIST = "plist"  # person id, [new]: the same list, for who looks after the parent
    PERSON_TICK = "ptick"  # checklist id, step, y | n
    BRIGADE = "bg"  # [how many places | new]: places for several people
    BRIGADE_CLINIC = "bgc"  # places, clinic id, [page of days]
    BRIGADE_DAY = "bgd"  # places, clinic id, day, [page of times]
    BRIGADE_TIME = "bgt"  # places, clinic id, start
    BRIGADE_KEEP = "bgk"  # places, clinic id, start, a number that makes it one
    BRIGADE_CARD = "bgs"  # brigade id
    BRIGADE_LINKS = "bgl"  # brigade id, [qr]
    BRIGADE_BACK = "bgb"  # brigade id, [y]: give back what nobody took
    BRIGADE_PLACE = "bgp"  # code: what a link of a brigade opens
    BRIGADE_YES = "bgy"  # code
    BRIGADE_NO = "bgn"  # code, [y]
    VISITS = "visits"
    VISIT = "visit"  # booking id
    MOVE = "mv"  # booking id, [clinic id], [page of days]
    MOVE_DAY = "mvd"  # booking id, clinic id, day, [page]
    MOVE_TIME = "mvt"  # booking id, clinic id, start
    MOVE_YES = "mvy"  # booking id, clinic id, start
    CANCEL = "cx"  # booking id: ask
    CANCEL_YES = "cxy"  # booking id
    CALENDAR = "ics"  # booking id
    MY_TICKET = "mytick"  # booking id: the ticket as a picture
    COSTS = "costs"  # booking id: who pays for what
    ON_WAY = "onway"  # booking id: I am on my way
    WALK_IN_MINE = "wmine"  # booking id, [y]: I am who came without a booking
    WENT = "went"  # booking id, y|n
    WAIT = "wait"  # what is waited for; [new: say it anew], [clinic id]
    WAIT_CLINIC = "waitc"  # clinic id | a
    WAIT_DAYS = "waitd"  # clinic id | a, weekdays chosen so far: 04
    WAIT_HOURS = "waith"  # clinic id | a, weekdays | a
    WAIT_YES = "waity"  # clinic id | a, weekdays | a, any | day | evening, [y: though places are free]
    WAIT_STOP = "waitx"  # wait id, [y]
    WAIT_ON = "waito"  # wait id: go on after the end
    WAIT_TAKE = "waitt"  # booking id, [m: move a visit | k: keep both]
    WAIT_LET = "waitn"  # booking id: not this one
    CANNOT = "cant"  # booking id, [reason], [y]: cannot come to a visit ahead
    WHY = "why"  # booking id, [reason]: why they did not come
    NO_HELP = "nohelp"  # booking id: none of the remedies helps
    PLAN = "plan"  # booking id, [by, or x: none], [from], [minutes before]
    FAILED = "fail"  # booking id, [what]: the clinic failed
    # going home or moving on: a person has one journey at a time
    LEAVING = "leav"  # [country | new], [week | two | unsure | 20261130 | d], [page of days]
    LEFT = "left"  # [y]: I have left
    STAYING = "stay"  # [y]: I am not leaving
    TRANSFER_CARD = "tcard"  # [edit | field: put on the card or take off]
    TRANSFER_TYPE = "ttype"  # field, [x: take it off]
    TRANSFER_VIEW = "tview"
    TRANSFER_MAKE = "tmake"  # what stood when it was looked at: a second press makes no second card
    TRANSFER_BACK = "tback"  # [y]: take the card back
    TRANSFER_OPEN = "topen"  # code, [y]: what the code on a card opens
    NOT_ME = "notme"  # transfer id: whoever opened the card is not known
    ARRIVED = "arriv"  # transfer id, y | n | s
    WENT_ON = "wenton"  # transfer id, y | n | f
    CENTRES = "cents"  # [country], [page]
    CENTRE = "cent"  # centre id, [y: I go there]
    # talk
    TALK = "talk"  # [topic id]
    TALK_YES = "talky"  # [topic id]
    TALK_NO = "talkn"  # end the talk
    TALK_CALL = "call"  # leave a number to be called at
    TALK_BOT = "tobot"  # the next text is for the bot
    TALK_RATE = "rate"  # relay id, y|n: did it help?
    MEDICINE = "med"  # /medicine
    MEDICINE_NEW = "mednew"  # [times a day], [hours 08.20], [days of the week 024 | all], [last day | date], [y]
    MEDICINE_HOURS = "medh"  # plan id, [times a day], [hours], [days of the week]
    MEDICINE_CHANGE = "medc"  # plan id: what can be changed
    MEDICINE_WORD = "medw"  # plan id, [drop | y: what was typed is kept]
    MEDICINE_END = "mede"  # plan id, [last day | date: typed]
    MEDICINE_PAUSE = "medp"  # plan id, [first day of reminders again]
    MEDICINE_GO_ON = "medgo"  # plan id
    MEDICINE_STOP = "medx"  # plan id, [y]
    MEDICINE_UNDO = "medu"  # plan id: it was not to stop
    DOSE = "dose"  # plan id, day, hour 0800, t | l | p | u: taken, later, problem, undo
    DOSE_TROUBLE = "dosew"  # plan id, [word of care.medicine.Trouble]
    CARE_VISITS = "cvs"
    CARE_VISIT = "cv"  # care visit id
    CARE_VISIT_NEW = "cvnew"  # [word of care.care_visits.What], [day | p | date: typed], [hour | page]
    CARE_VISIT_CANCEL = "cvx"  # care visit id, [y]
    CARE_VISIT_SAID = "cvsaid"  # care visit id, y|n
    RESULT_HAVE = "have"  # examination id, [y]: the person has what the clinic had for them
    HOUSEHOLD = "hh"  # [locale of the message | x: end the link], [y]
    SHARE = "share"  # a link of one's own to pass on; [locale of the message]
    SHARE_END = "shend"  # [y]
    # staff
    STAFF = "staff"  # staff home
    JOIN = "join"  # invite code
    LINKS = "links"  # [page]
    LINK = "link"  # link id
    LINK_QR = "qr"  # link id
    LINK_TEXT = "ltext"  # link id, [locale]
    POSTER = "poster"  # link id, [locale | all]
    CARDS = "cards"  # link id, [locale | all]
    LINK_NEW = "lnew"  # [site | event | colleague], [page of sites | other]
    LINK_SITE = "lsite"  # site id
    LINK_DATE = "ldate"  # link id, [d | w | m | none | 20261130 | c: choose], [page of days]
    LINK_CAP = "lcap"  # link id, [10 | 25 | 50 | 100 | none]
    LINK_END = "lend"  # link id, [y]
    LINK_UNDO = "lundo"  # link id
    CARD = "card"  # the worker's own
    CARD_ASK = "cask"  # name | photo | voice
    CARD_LESS = "cless"  # name | photo | voice
    CARD_VIEW = "cview"
    PEOPLE = "ppl"  # page, [all | needs | booked | silent]
    PERSON = "pers"  # person id, [page of the history]
    PERSON_HAND = "phand"  # person id, [page | staff id, y]
    TASKS = "tasks"  # [page], [due | off]
    TASK = "task"  # task id
    TASK_DONE = "tdone"  # task id, [y]
    TASK_UNDO = "tundo"  # task id
    TASK_LATER = "tlate"  # task id, [reason], [days]
    TASK_HAND = "thand"  # task id, [p: then a page | staff id], [y]
    DIGEST = "digest"  # [hour 0830 | none]
    RELAYS = "rels"  # [page]
    RELAY = "rel"  # relay id
    RELAY_SEND = "relto"  # relay id: to whom what was typed goes, and what is typed next
    RELAY_STOP = "relno"  # nobody is chosen any more
    RELAY_BOT = "relbot"  # what was typed is for the bot
    RELAY_TAKE = "reltk"  # relay id: from the queue; now: after a notice of danger
    RELAY_HAND = "relhd"  # relay id, [p: then a page | staff id], [y]
    RELAY_TAG = "reltg"  # relay id, tag
    RELAY_END = "relx"  # relay id, [y]
    RELAY_DELETE = "reldel"  # /delete, as a reply
    FORUM = "forum"  # /relayhere
    FORUM_OFF = "forumx"  # /relayoff, [y]
    TODAY = "today"  # [clinic id], [day], [page], [e | a | m | all: expected, arrived, missing]
    CAME = "came"  # booking id, [filter to go back to]
    MISSED = "miss"  # likewise
    UNDO = "undo"  # likewise
    CHECKIN = "chkin"  # [clinic id]: type a ticket's number
    SCANNED = "scan"  # booking id: the code on a ticket was opened at the desk
    WALK_IN = "walkin"  # clinic id, [locale, a number that makes it one]
    ASK_BACK = "aback"  # booking id, [y]: somebody who was there should come again
    CLOSED = "closed"  # [clinic id], [day], [a: all day | n: from now | d: X-ray | f: fewer], [last day | places]
    CLOSED_YES = "clyes"  # clinic id, day, a | n | d | f, last day | places | 0, a number that makes it one
    CLOSED_UNDO = "clundo"  # closure id, [y]
    DISPLACED = "dis"  # booking id: a visit that the clinic cancelled, and what is kept instead
    DISPLACED_TAKE = "disy"  # booking id, id of the kept place
    DISPLACED_OTHER = "diso"  # booking id: other places
    DISPLACED_BOOK = "disb"  # booking id, clinic id, start
    DISPLACED_NO = "disn"  # booking id, [y]: wants no other place
    RESULTS = "res"  # [a | e | r | g | all: care.results.Stage], [page]
    RESULT_FIND = "resnr"  # type a ticket's number
    RESULT = "rslt"  # booking id
    RESULT_EXAMINED = "rsex"  # booking id
    RESULT_READY = "rsrdy"  # booking id, [code of care.results.Result]
    RESULT_GIVEN = "rsgiv"  # booking id
    RESULT_BACK = "rsbak"  # booking id, stage that is taken back
    RESULT_CARE = "rscar"  # booking id, word of care.results.Care, [y]
    STATS = "stats"  # period, by
    QUESTIONS = "qs"  # [page], [n: those that want a new topic]
    QUESTION = "q"  # question id, newest id shown, [n]
    SHELF = "qsh"  # question id, newest id shown, [n], group id | screens
    TEACH = "qt"  # question id, newest id shown, [n], topic id | none | new
    UNTEACH = "qu"  # decision id
    INVITE = "inv"  # role, [area id | clinic id], [page], [organisation id], [languages: ru.uz], [y]
    PLACE = "place"  # tell about a new place; [kind]
    SITES = "sites"  # [page], [latitude], [longitude]
    SITES_NEAR = "snear"  # sites | visit: ask for the location
    SITE = "site"  # site id
    SITE_MAP = "smap"  # site id: a pin on the map
    SITE_EDIT = "sedit"  # site id, name | notes | clear
    SITE_RETIRE = "sret"  # site id, [y]
    SITE_OK = "sok"  # site id, y | n: what a pin is
    SITE_VISIT = "svis"  # [site id], [people], [leaflets], [minutes]
    SITE_VISIT_YES = "svisy"  # site id, people, leaflets, minutes, visit id
    SITE_VISIT_UNDO = "svisu"  # visit id
    WELLBEING = "well"
    QUIET = "quiet"  # [hour it begins, hour it ends]
    MOOD = "mood"  # [week], [answers so far: 32]
    TEAM_MOOD = "moods"
    LONE = "lone"  # [minutes], [site id]
    LONE_AT = "lonea"  # site id: for how long?
    LONE_PLACE = "lonep"  # ask for the location
    LONE_MORE = "lonem"  # lone visit id
    LONE_END = "lonee"  # lone visit id
    NEWPERSON = "new"  # [locale in which somebody without Telegram is asked]
    NEWPERSON_YES = "newy"  # locale, a number that makes it one: they agreed
    AGENT = "ag"  # person id: act for somebody without Telegram
    AGENT_END = "agx"
    AGENT_LANGUAGE = "agl"  # show the screens in the person's language, or in one's own
    AGENT_FORGET = "agf"  # person id, [y]
    TICKET = "tick"  # person id
    FRIEND_TICKET = "tickf"  # person id: for who takes the reminders
    CLAIM = "claim"  # code, [y]
    FRIEND = "frnd"  # code, [y]
    FRIEND_STOP = "frndx"  # person id
    COMPANY = "co"  # booking id: who comes along, or ask for it
    COMPANY_WISH = "cow"  # booking id, g: f | m | any, or l: locale | any, or p: door | pin, or t: y | n
    COMPANY_YES = "coy"  # booking id: ask the team
    COMPANY_WIDER = "coany"  # booking id: woman or man, any language
    COMPANY_CANCEL = "cox"  # booking id, [y]
    COMPANIES = "comps"  # whom one of the team goes with
    COMPANY_CARD = "comp"  # company id
    COMPANY_TAKE = "cotake"  # company id
    COMPANY_DECLINE = "codecl"  # company id
    COMPANY_SWAP = "coswap"  # company id, [y]
    COMPANY_OFF = "cooff"  # company id, [y]: not needed any more
    COMPANY_SAID = "cosaid"  # company id, met | done | missed
    COMPANY_PIN = "copin"  # company id: where to meet, on the map
    TEAM = "team"  # [page]
    MEMBER = "mem"  # staff id
    MEMBER_PAUSE = "mpau"  # staff id, [y]
    MEMBER_RESUME = "mres"  # staff id
    MEMBER_MOVE = "mmov"  # staff id, [area id | clinic id], [page]
    MEMBER_END = "mend"  # staff id, [y]
    MEMBER_HAND = "mhan"  # staff id, [staff id of who takes the people], [page | y]
    POSTS = "posts"  # [page]: whose each area is
    POST = "post"  # area id
    POST_SET = "pset"  # area id, o|c: owner or cover, [staff id | none], [page]
    AUDIT = "audit"  # [number of the row before which to begin]
    SHIFT = "shift"
    SHIFT_HERE = "here"  # [hours; 0: not any more]
    SHIFT_AWAY = "away"  # [first day back 20261130 | p and a page of days], [y]
    SHIFT_BACK = "back"
    SHIFT_HOURS = "hours"
    SHIFT_DAY = "shday"  # weekday, [hour it begins | off], [hour it ends], [all: on every working day]
    SHIFT_ME = "shme"  # [f | m | n, or a locale to put in or take out]
    WISH = "wish"  # [f | m | n: whom the person prefers to talk to]
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
