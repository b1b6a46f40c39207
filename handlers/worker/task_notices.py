"""Word what is said of tasks outside the morning: to their owner, to the coordinator, to the person.

Such a message lights up on a lock screen: it says that there is something to do, and not what.
"""

from care.booking import to_local
from care.person import pseudonym
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.notice import Notice, message
from handlers.roles import OVERSEERS, work_key
from handlers.screens import Reply, key
from locales.catalogue import Html
from storage import absences, bookings, task_lists, tasks

MOST = 5


async def to_owner(notice: Notice) -> Reply | None:
    """Tell the owner of a task; None when it is done or somebody else's by now."""
    task_id, t = notice.about("task"), notice.t
    task = await tasks.reach(notice.store, task_id or 0, notice.person.roles)
    if task is None or all(member.id != task.staff_id for member in notice.person.roles):
        return None
    text = t("📌 <b>{name}</b> needs you.", name=pseudonym(task.person_id))
    return message(text, [[key(t.label("📌 What is it?"), Verb.TASK, task.id)], [work_key(t)]])


async def to_office(notice: Notice) -> Reply | None:
    """Tell a coordinator how much is late, and whom it is about; None when it was done meanwhile."""
    t, roles = notice.t, notice.person.roles
    if notice.person.holds(*OVERSEERS) is None:
        return None
    load = await task_lists.load(notice.store, roles, now=notice.now, day_ends=notice.now)
    if not load.climbed:
        return None
    shown = await task_lists.page(notice.store, roles, now=notice.now, first=0, most=MOST)
    names = [pseudonym(task.person_id) for task in shown if task.escalated_at is not None]
    text = t.many(
        "🔴 {n} person of your team needs help that is late.",
        "🔴 {n} people of your team need help that is late.",
        load.climbed_people,
    )
    who = t("{names}", names=t.listing(list(dict.fromkeys(names))))
    return message(Html("\n".join([text, who])), [[key(t.label("📌 Look at it"), Verb.TASKS)], [work_key(t)]])


async def to_person(notice: Notice) -> Reply | None:
    """Offer help to somebody who booked a week ago: never for what. None when it is not so any more."""
    task_id, t = notice.about("task"), notice.t
    task = await tasks.by_id(notice.store, task_id) if task_id is not None else None
    if task is None or task.done_at is not None or task.person_id != notice.person.id:
        return None
    ahead = await bookings.upcoming(notice.store, notice.person.id, now=notice.now)
    if not ahead and await absences.person_writes(notice.store, notice.person.id, now=notice.now):
        return None  # one of the team writes to them
    talk = [key(t.label("🤝 Talk to a person"), Verb.TALK)]
    if ahead:
        local = to_local(ahead[0].starts_at, ahead[0].zone)
        text = t("👋 Your visit is on {moment}. Can we help you to get there?", moment=t.moment(local))
        visit = [key(t.label("✅ All about my visit"), Verb.VISIT, ahead[0].id)]
        return message(text, [visit, talk, [home_key(t)]])
    past = await bookings.past(notice.store, notice.person.id, now=notice.now)
    if any(one.came_at is not None and one.referral_id == task.referral_id for one in past):
        return None  # who came has done their part
    text = t(
        "👋 You wanted to make a visit, and it has not worked out yet. Shall we find a time that suits you?"
    )
    return message(text, [[key(t.label("📅 New time"), Verb.BOOK)], talk, [home_key(t)]])
