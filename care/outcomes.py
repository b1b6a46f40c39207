"""Name the outcomes: what happened, in words of a closed list; statistics are made of nothing else."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened. The comment says what `detail` holds, where it holds something."""

    LINK_OPENED = "link-opened"
    LANGUAGE_CHOSEN = "language-chosen"
    CODE_ASKED = "code-asked"  # wanted to type a link's code
    CONSENT_SEEN = "consent-seen"  # short, more
    CONSENTED = "consented"
    NOT_REMEMBERED = "not-remembered"  # went on without being remembered
    HOME_SEEN = "home-seen"
    HELP_SEEN = "help-seen"
    PRIVACY_SEEN = "privacy-seen"
    ANSWERED = "answered"  # topic id
    NOT_ANSWERED = "not-answered"
    NONE_OF_THESE = "none-of-these"  # none of the nearest topics was meant
    TELL_ASKED = "tell-asked"  # wants to be told when there is an answer; topic id when it was there already
    TELL_WITHDRAWN = "tell-withdrawn"
    DANGER_SHOWN = "danger-shown"  # danger class
    TOPICS_SEEN = "topics-seen"
    SOURCE_SEEN = "source-seen"  # topic id
    LISTENED = "listened"  # topic id
    HELPED = "helped"  # topic id
    NOT_HELPED = "not-helped"  # topic id
    CHECK_BEGUN = "check-begun"
    CHECKED = "checked"  # advice class
    CLINICS_SEEN = "clinics-seen"
    CLINIC_SEEN = "clinic-seen"
    BOOKING_BEGUN = "booking-begun"
    BOOKING_FULL = "booking-full"  # wanted a place that was just taken
    BOOKED = "booked"  # advice class
    MOVED = "moved"
    CANCELLED = "cancelled"
    VISITS_SEEN = "visits-seen"
    CAME = "came"
    MISSED = "missed"
    SAID_WENT = "said-went"
    SAID_MISSED = "said-missed"
    UNDONE = "undone"  # what was taken back: came, missed, taught
    TALK_SEEN = "talk-seen"
    TALK_ASKED = "talk-asked"
    TALK_PHONE = "talk-phone"  # left a number to be called at
    TALK_WITHDRAWN = "talk-withdrawn"
    TALK_DONE = "talk-done"
    REMINDED = "reminded"  # kind of reminder
    UNDELIVERABLE = "undeliverable"  # kind of message
    BLOCKED = "blocked"
    RETURNED = "returned"
    DATA_SEEN = "data-seen"
    FORGET_SEEN = "forget-seen"  # was asked whether to delete everything
    FORGOTTEN = "forgotten"
    GROUP_INVITED = "group-invited"  # a group was told where the private chat is
    GROUP_ANSWERED = "group-answered"  # topic id
    CARD_CHOSEN = "card-chosen"  # topic id: a card was sent into some other chat
    CARD_OPENED = "card-opened"  # topic id: somebody came through its button
    INVITED = "invited"  # role
    INVITE_SEEN = "invite-seen"  # role: was asked whether to accept it
    JOINED = "joined"  # role
    STAFF_SEEN = "staff-seen"  # the home screen of staff, or whom they may invite
    LINKS_SEEN = "links-seen"
    PEOPLE_SEEN = "people-seen"
    TASKS_SEEN = "tasks-seen"
    TODAY_SEEN = "today-seen"
    STATS_SEEN = "stats-seen"
    QUESTIONS_SEEN = "questions-seen"  # list, one, shelf, new: what of the questions without an answer
    TAUGHT = "taught"  # topic id, none, new: what was decided about questions without an answer
    NOT_UNDERSTOOD = "not-understood"  # what kind of message: sticker, voice, command …
    REFUSED = "refused"  # why: stale, gone, not-yours, unknown-code, throttled, nobody, held
