"""Name the messages that are due later, and those of them that go to the team."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message due later says."""

    VISIT_EVE = "visit-eve"  # the evening before, 18:00
    VISIT_SOON = "visit-soon"  # two hours before
    VISIT_AFTER = "visit-after"  # the same evening: did you go?
    RECHECK = "recheck"  # the symptom check again, after WATCH
    NUDGE = "nudge"  # a booking was left half-way
    PASSING_ON = "pass-on"  # after a visit: a link to pass on
    ANSWERED = "answered"  # there is an answer to a question that somebody waits for
    HANDED = "handed"  # somebody else of the team looks after them now
    TALK = "talk"  # to staff: somebody asked for a person
    TALK_DANGER = "talk-danger"  # to staff: somebody may need help now, and who answers them is not there
    PIN = "site-pin"  # to staff: a new place of their area was told
    MOOD = "mood"  # to a worker, once a week: how are you?
    LONE_SOON = "lone-soon"  # to staff: they said that they would be back by now
    LONE_LATE = "lone-late"  # to staff: a colleague who is somewhere alone has not come back
    LONE_WELL = "lone-well"  # to staff: that colleague is back
    BOOKED = "booked"  # to staff: somebody of theirs booked, moved, cancelled
    UNKNOWN = "unknown"  # to staff: a message may not have arrived
    FAULT = "fault"  # to coordinators and admins: a message of somebody could not be handled
    STALE = "stale"  # to coordinators and admins: answers about law wait for a lawyer
    DIGEST = "digest"  # to staff, in the morning: what the day brings
    TASK = "task"  # to staff: something that cannot wait for the morning
    LATE = "late"  # to coordinators and admins: tasks that are late
    NOT_EXAMINED = "not-examined"  # to the person, a week after booking
    TEAM = "team"  # to staff, and to who was: their own work changed, or somebody joined
    LOG_CHANGED = "log-changed"  # to coordinators and admins: somebody changed the audit log
    TAKEN_OVER = "taken-over"  # to staff: people of a colleague came to them
    BACK = "back"  # to staff: their time away is over, and their people are back
    NO_TOPIC = "no-topic"  # to who chose a staff group: no topic can be made there
    COMPANY_NEWS = "company-news"  # to the person: who comes along to the clinic, or that nobody does yet
    COMPANY_OFFER = "company-offer"  # to staff: will you come along?
    COMPANY_EVE = "company-eve"  # to staff: they come along tomorrow
    COMPANY_SOON = "company-soon"  # to staff: they come along in two hours
    COMPANY_OFF = "company-off"  # to staff: they need not come along any more
    CALL_ON = "call-on"  # to staff: somebody without Telegram must be told something
    TAKEN_BACK = "taken-back"  # to staff: somebody without Telegram has taken over their record
    DOSE = "dose"  # to the person, who asked for it: a drop, or their own word
    DOSES_MISSED = "doses-missed"  # to the person: what is in the way?
    DOSE_END = "dose-end"  # to the person, on the last day of their plan
    CARE_EVE = "care-eve"  # to the person: a visit that they noted is tomorrow
    CARE_SOON = "care-soon"  # to the person: it is in two hours
    CARE_AFTER = "care-after"  # to the person: did you go?
    COMPANY_NEEDED = "company-needed"  # to coordinators and admins: nobody can come along
    CLOSED = "closed"  # the clinic cannot see them: which other place is kept
    REOPENED = "reopened"  # the clinic sees them after all
    WAIT_OFFER = "wait-offer"  # to the person: a place became free, and is held for them
    WAIT_ENDED = "wait-ended"  # to the person: they are offered no more places
    WAIT_WIDER = "wait-wider"  # likewise: the clinic is not there any more, they wait for any
    RESULT_READY = "result-ready"  # the clinic has something for them, and how to get it
    RESULT_AGAIN = "result-again"  # the same, two days later
    RESULT_NOT_YET = "result-not-yet"  # it was taken back: do not come yet
    AFTER_RESULT = "after-result"  # the day after they have it: is there something to do for them or theirs?
    BRIGADE_SOON = "brigade-soon"  # to who keeps places for others: until when
    BRIGADE_OVER = "brigade-over"  # to who kept places for others: their time is over
    BRIGADE_LOST = "brigade-lost"  # to who kept places for others: the clinic took them back
    CHECKLIST = "checklist"  # to a parent: the worker has ticked something
    CHECKLIST_STAFF = "checklist-staff"  # to staff: a parent has ticked something
    CLINIC_FAILED = "clinic-failed"  # to coordinators and admins: people report failures of a clinic
    ARRIVED = "arrived"  # to who has left: have you arrived?
    WENT_ON = "went-on"  # to who has left: could you go on there?
    TRANSFER_OPENED = "transfer-opened"  # to who carries a card: it was opened


TO_STAFF = frozenset({Kind.TALK, Kind.BOOKED, Kind.UNKNOWN, Kind.FAULT, Kind.STALE, Kind.TAKEN_OVER})

TO_STAFF |= {Kind.BACK, Kind.TALK_DANGER, Kind.NO_TOPIC}
TO_STAFF |= {Kind.DIGEST, Kind.TASK, Kind.LATE}
TO_STAFF |= {Kind.COMPANY_OFFER, Kind.COMPANY_EVE, Kind.COMPANY_SOON, Kind.COMPANY_OFF, Kind.COMPANY_NEEDED}
TO_STAFF |= {Kind.CALL_ON, Kind.TAKEN_BACK}
TO_STAFF |= {Kind.PIN, Kind.MOOD, Kind.LONE_SOON, Kind.LONE_LATE, Kind.LONE_WELL}
TO_STAFF |= {Kind.TEAM, Kind.LOG_CHANGED}
TO_STAFF |= {Kind.CLINIC_FAILED}
TO_STAFF |= {Kind.CHECKLIST_STAFF}
