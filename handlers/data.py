"""Write everything that is kept about a person as a text that they can read."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from care.symptoms import Advice
from care.waiting_list import Hours
from handlers.data_family import as_lines as family_lines
from handlers.data_medicine import as_lines as medicine_lines
from handlers.data_words import (
    ADVICE,
    ANSWERS,
    COMPANY,
    DRAFTS,
    GENDERS,
    MESSAGES,
    ROLES,
    SENDING,
    STATES,
    TASKS,
    named,
)
from handlers.reason_words import reason_name
from handlers.transfer_data import as_lines as journey_lines
from handlers.visit_said import said_of_visit
from handlers.wait_words import HOURS, days
from handlers.written import written
from locales.catalogue import Locale
from storage.kept import Kept

INVITED = Advice.CONTACT.name.lower()  # the advice of who came through `storage.household`
_OF_WORK = ("languages", "gender", "here_until", "away_until", "digest_at", "quiet_from", "quiet_until")


def as_text(t: Locale, kept: Kept, *, zone: ZoneInfo) -> str:
    """Return the whole text; times are those of `zone`."""
    parts = (
        _person,
        _referrals,
        _visits,
        _messages,
        _drafts,
        _roles,
        _tasks,
        _talks,
        _companies,
        _waiting,
        _waits,
        journey_lines,
        _passed_on,
        family_lines,
        medicine_lines,
        _care,
    )
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part(t, kept, zone)))) + "\n"


def _person(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    person = kept.person
    yield t.label("EVERYTHING I KEEP ABOUT YOU")
    yield t.label("Language: {name}", name=t.name)
    agreed = _moment(t, person["consented_at"], zone)
    yield t.label("You agreed: {time} (text {version})", time=agreed, version=person["consent_version"])
    yield t.label("Language of that text: {code}", code=person["consent_locale"])
    yield t.label("Your Telegram number: encrypted")
    yield t.label("Your last message: {day}", day=f"{t.long_day(person['seen_on'])} {person['seen_on']:%Y}")
    if kept.link is None:
        yield t.label("You came through a link: no")
    else:
        yield t.label("You came through a link: yes, {time}", time=_moment(t, person["created_at"], zone))
    if kept.area is not None:
        yield t.label("Area: {name}", name=written(t, kept.area["names"]))
    if person["registered_by"] is not None:
        yield t.label("Somebody of our team registered you first: yes")
    if kept.friends:
        yield t.label("Friends without Telegram whose reminders you take: {n}", n=kept.friends)
    if person["blocked_at"] is not None:
        yield t.label("You blocked the bot: {time}", time=_moment(t, person["blocked_at"], zone))


def _referrals(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    for referral in kept.referrals:
        yield t.label("YOUR WAY")
        if referral["ended_from"] is not None:
            yield named(t, STATES, referral["ended_from"])  # where it stood before that
        state = named(t, STATES, referral["state"])
        yield t.label("{time}: {state}", time=_moment(t, referral["changed_at"], zone), state=state)
        if referral["staff_id"] is not None:
            yield t.label("An outreach worker looks after you: yes")
        if referral["wanted_gender"] is not None:
            yield t.label("You prefer to talk to: {whom}", whom=named(t, GENDERS, referral["wanted_gender"]))
        if referral["checked_at"] is not None:
            yield t.label(
                "Symptoms checked: {time}, advice: {advice}. Your answers are not kept.",
                time=_moment(t, referral["checked_at"], zone),
                advice=named(t, ADVICE, referral["advice"] or "-"),
            )
        elif referral["advice"] is not None:
            yield t.label("You were invited to an examination: yes")


def _visits(t: Locale, kept: Kept, _: ZoneInfo) -> Iterable[str]:
    yield from _headed(t.label("YOUR VISITS"), [_visit(t, each, kept) for each in kept.bookings])


def _urgency(t: Locale, visit: RowMapping, kept: Kept) -> str:
    """Say why somebody should come soon; who was invited checked nothing, and reads of nobody's illness."""
    if not visit["advice"]:
        return ""
    checked = [each["checked_at"] for each in kept.referrals if each["id"] == visit["referral_id"]]
    invited = not any(at is not None and at <= visit["created_at"] for at in checked)
    if visit["advice"] == INVITED and invited:
        return t.label("you were invited")
    return t.label("urgency: {advice}", advice=named(t, ADVICE, visit["advice"]))


def _visit(t: Locale, visit: RowMapping, kept: Kept) -> str:
    local = datetime.fromisoformat(visit["local_start"])
    said = f"{t.moment(local)}, {written(t, visit['clinic_names'])}"
    marks = [
        t.label("cancelled by the clinic") if visit["cancelled_at"] and visit["closure_id"] else "",
        t.label("cancelled") if visit["cancelled_at"] and not visit["closure_id"] else "",
        t.label("you came") if visit["came_at"] else "",
        t.label("it did not take place") if visit["missed_at"] else "",
        _urgency(t, visit, kept),
        t.label("a child under 5 lives with you") if visit["child_under_5"] else "",
        t.label("your own answer: {said}", said=named(t, ANSWERS, visit["said"])) if visit["said"] else "",
        t.label("you said that you were on your way") if visit["on_way_at"] else "",
        *said_of_visit(t, visit),
    ]
    return "; ".join([said, *(mark for mark in marks if mark)])


def _messages(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for each in kept.due:
        what, sent = named(t, MESSAGES, each["kind"]), named(t, SENDING, each["state"])
        said.append(f"{_moment(t, each['due_at'], zone)}: {what}, {sent}")
    yield from _headed(t.label("MESSAGES PLANNED FOR YOU"), said)


def _drafts(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for each in kept.drafts:
        content = ", ".join(f"{name} {value}" for name, value in each["content"].items())
        what = named(t, DRAFTS, each["kind"])
        said.append(f"{_moment(t, each['changed_at'], zone)}: {what} {content}".rstrip())
    yield from _headed(t.label("WHAT YOU BEGAN AND DID NOT FINISH"), said)


def _roles(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for role in kept.roles:
        ended = f" - {_moment(t, role['ended_at'], zone)}" if role["ended_at"] else ""
        name = named(t, ROLES, role["role"])
        said.append(f"{name}: {_moment(t, role['started_at'], zone)}{ended}")
        if any(role[part] is not None for part in ("name", "photo", "voice")):
            said.append(t.label("Your card: name, photo and voice as you gave them, encrypted"))
        if any(role[part] is not None for part in _OF_WORK):
            said.append(t.label("What you set: languages, woman or man, hours, time away"))
    yield from _headed(t.label("YOUR WORK HERE"), said)


def _tasks(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for task in kept.tasks:
        times = {
            "time": _moment(t, task["created_at"], zone),
            "promised": _moment(t, task["promised_at"], zone),
        }
        line = (
            t.label(
                "{time}: our team has to do: {what}; by {promised}",
                what=named(t, TASKS, task["kind"]),
                **times,
            )
            if task["kind"] in TASKS
            else t.label("{time}: you asked for a person; promised by {promised}", **times)
        )
        answer = t.answer(task["topic"]) if task["topic"] else None
        about = answer.title if answer else reason_name(t, task["topic"]) or task["topic"]
        topic = f" ({about})" if about else ""
        marks = [
            t.label("your phone: encrypted") if task["contact"] else "",
            t.label("done: {time}", time=_moment(t, task["done_at"], zone)) if task["done_at"] else "",
        ]
        said.append("; ".join([f"{line}{topic}", *(mark for mark in marks if mark)]))
    yield from _headed(t.label("WHAT YOU ASKED FOR, AND WHAT OUR TEAM HAS TO DO FOR YOU"), said)


def _talks(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for talk in kept.talks:
        ended = talk["closed_at"]
        marks = [
            t.label("ended: {time}", time=_moment(t, ended, zone)) if ended else "",
            t.label("it helped") if talk["helped"] else "",
            t.label("it did not help") if talk["helped"] is False else "",
            *(named(t, TASKS, tag) for tag in talk["tags"]),
        ]
        begun = _moment(t, talk["opened_at"], zone)
        said.append("; ".join([begun, *(mark for mark in marks if mark)]))
    yield from _headed(t.label("TALKS WITH A PERSON (WHEN, NOT WHAT WAS SAID)"), said)


def _companies(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for each in kept.companies:
        state = named(t, COMPANY, each["state"])
        marks = [
            t.label("where to meet: encrypted") if each["place"] else "",
            t.label("your phone: encrypted") if each["phone"] else "",
        ]
        line = f"{_moment(t, each['created_at'], zone)}: {state}"
        said.append("; ".join([line, *(mark for mark in marks if mark)]))
    yield from _headed(t.label("WHO COMES ALONG TO YOUR VISITS"), said)


def _waiting(t: Locale, kept: Kept, _: ZoneInfo) -> Iterable[str]:
    said = []
    for each in kept.waiting:
        since = f"{t.long_day(each['since'])} {each['since']:%Y}"
        state = t.label("not yet") if each["decision_id"] is None else t.label("there is one")
        said.append(t.label("{day}: {state}; which question: encrypted", day=since, state=state))
    yield from _headed(t.label("ANSWERS THAT YOU WAIT FOR"), said)


def _waits(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for each in kept.waits:
        where = written(t, each["clinic_names"]) if each["clinic_names"] else t.label("any clinic")
        when = [days(t, frozenset(each["days"])), t.label(HOURS[Hours(each["hours"])])]
        marks = [
            t.label("the clinic cancelled your visit: you go first") if each["lost_booking"] else "",
            t.label("a place is offered to you") if each["offered"] else "",
            t.label("times that you let go: {n}", n=len(each["refused"])) if each["refused"] else "",
            t.label("ended: {time}", time=_moment(t, each["ended_at"], zone)) if each["ended_at"] else "",
        ]
        line = f"{_moment(t, each['created_at'], zone)}: {where}"
        said.append("; ".join([line, *when, *(mark for mark in marks if mark)]))
    yield from _headed(t.label("PLACES THAT YOU WAIT FOR"), said)


def _care(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = [
        f"{each['week']}: {' '.join(str(one) for one in each['answers'].values())}" for each in kept.moods
    ]
    yield from _headed(t.label("HOW YOU SAID YOU WERE (ONLY YOU SEE IT)"), said)
    alone = []
    for each in kept.lone:
        place = t.label("where you were: encrypted") if each["place"] else ""
        span = f"{_moment(t, each['started_at'], zone)} - {_moment(t, each['ends_at'], zone)}"
        alone.append("; ".join(part for part in (span, place) if part))
    yield from _headed(t.label("WHEN YOU WERE ALONE SOMEWHERE"), alone)


def _passed_on(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for link in kept.passed_on:
        ended = t.label("ended: {time}", time=_moment(t, link["ended_at"], zone)) if link["ended_at"] else ""
        said.append("; ".join(part for part in (_moment(t, link["created_at"], zone), ended) if part))
    yield from _headed(t.label("LINKS THAT YOU PASS ON"), said)


def _headed(heading: str, lines: list[str]) -> Iterable[str]:
    return [heading, *lines] if lines else []


def _moment(t: Locale, moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{t.long_day(local)} {local:%Y}, {t.time(local)}"
