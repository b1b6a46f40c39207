"""Write everything that is kept about a person as a text that they can read."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from care.referral import State
from care.roles import Role
from handlers.written import written
from locales.catalogue import N_, Locale
from storage.kept import Kept

STATES = {
    State.REACHED: N_("you began to talk with the bot"),
    State.INFORMED: N_("you read answers"),
    State.SCREENED: N_("you checked your symptoms"),
    State.BOOKED: N_("you booked a visit"),
    State.CAME: N_("you came to the visit"),
    State.MISSED: N_("the visit did not take place"),
    State.DECLINED: N_("you did not want a visit"),
    State.LOST: N_("contact was lost"),
    State.MOVED_AWAY: N_("you moved away"),
}
ROLES = {
    Role.WORKER: N_("outreach worker"),
    Role.REGISTRAR: N_("clinic registrar"),
    Role.COORDINATOR: N_("coordinator"),
    Role.ADMIN: N_("administrator"),
}


def as_text(t: Locale, kept: Kept, *, zone: ZoneInfo) -> str:
    """Return the whole text; times are those of `zone`."""
    parts = (_person, _referrals, _visits, _messages, _drafts, _roles, _tasks)
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part(t, kept, zone)))) + "\n"


def _person(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    person = kept.person
    yield t.label("EVERYTHING I KEEP ABOUT YOU")
    yield t.label("Language: {name}", name=t.name)
    agreed = _moment(t, person["consented_at"], zone)
    yield t.label("You agreed: {time} (text {version})", time=agreed, version=person["consent_version"])
    yield t.label("Language of that text: {code}", code=person["consent_locale"])
    yield t.label("Your Telegram number: encrypted")
    if kept.link is None:
        yield t.label("You came through a link: no")
    else:
        yield t.label("You came through a link: yes, {time}", time=_moment(t, person["created_at"], zone))
    if kept.area is not None:
        yield t.label("Area: {name}", name=written(t, kept.area["names"]))
    if person["blocked_at"] is not None:
        yield t.label("You blocked the bot: {time}", time=_moment(t, person["blocked_at"], zone))


def _referrals(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    for referral in kept.referrals:
        yield t.label("YOUR WAY")
        state = t.label(STATES[State(referral["state"])])
        yield t.label("{time}: {state}", time=_moment(t, referral["changed_at"], zone), state=state)
        if referral["staff_id"] is not None:
            yield t.label("An outreach worker looks after you: yes")
        if referral["checked_at"] is not None:
            yield t.label(
                "Symptoms checked: {time}, advice: {advice}. Your answers are not kept.",
                time=_moment(t, referral["checked_at"], zone),
                advice=referral["advice"] or "-",
            )


def _visits(t: Locale, kept: Kept, _: ZoneInfo) -> Iterable[str]:
    yield from _headed(t.label("YOUR VISITS"), [_visit(t, each) for each in kept.bookings])


def _visit(t: Locale, visit: RowMapping) -> str:
    local = datetime.fromisoformat(visit["local_start"])
    said = f"{t.moment(local)}, {written(t, visit['clinic_names'])}"
    marks = [
        t.label("cancelled") if visit["cancelled_at"] else "",
        t.label("you came") if visit["came_at"] else "",
        t.label("it did not take place") if visit["missed_at"] else "",
        t.label("urgency: {advice}", advice=visit["advice"]) if visit["advice"] else "",
        t.label("a child under 5 lives with you") if visit["child_under_5"] else "",
        t.label("your own answer: {said}", said=visit["said"]) if visit["said"] else "",
    ]
    return "; ".join([said, *(mark for mark in marks if mark)])


def _messages(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = [f"{_moment(t, each['due_at'], zone)}: {each['kind']}, {each['state']}" for each in kept.due]
    yield from _headed(t.label("MESSAGES PLANNED FOR YOU"), said)


def _drafts(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = [
        f"{_moment(t, each['changed_at'], zone)}: {each['kind']} {each['content']}" for each in kept.drafts
    ]
    yield from _headed(t.label("WHAT YOU BEGAN AND DID NOT FINISH"), said)


def _roles(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for role in kept.roles:
        ended = f" - {_moment(t, role['ended_at'], zone)}" if role["ended_at"] else ""
        name = t.label(ROLES[Role(role["role"])])
        said.append(f"{name}: {_moment(t, role['started_at'], zone)}{ended}")
    yield from _headed(t.label("YOUR WORK HERE"), said)


def _tasks(t: Locale, kept: Kept, zone: ZoneInfo) -> Iterable[str]:
    said = []
    for task in kept.tasks:
        line = t.label(
            "{time}: you asked for a person; promised by {promised}",
            time=_moment(t, task["created_at"], zone),
            promised=_moment(t, task["promised_at"], zone),
        )
        topic = f" ({task['topic']})" if task["topic"] else ""
        done = f"; {t.label('done')}: {_moment(t, task['done_at'], zone)}" if task["done_at"] else ""
        said.append(f"{line}{topic}{done}")
    yield from _headed(t.label("WHAT YOU ASKED FOR"), said)


def _headed(heading: str, lines: list[str]) -> Iterable[str]:
    return [heading, *lines] if lines else []


def _moment(t: Locale, moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{t.moment(local)} {local:%Y}"
