"""Begin a talk: for whoever presses the button, and for whoever wished before that somebody asks for them.

Both are the same for our team: one talk, one task, one notice, one promise, and no word of what it is about
where the person said none.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from care import talk
from care.outcomes import Kind
from care.person import Person
from care.roles import Actor
from handlers.answering import Answering, Found
from handlers.relay_screens import introduced
from handlers.screens import Step
from storage import due, outcomes, referrals, relay_groups, relay_tasks, relays
from storage.relays import Relay


async def promise(
    answering: Answering, store: AsyncConnection, person: Person, found: Found, *, now: datetime
) -> datetime:
    """Return by when somebody answers (aware, UTC), now or once they have room."""
    if found.free is not None:
        return await answering.promised(store, found.free.staff_id, now=now)
    ahead = len(await relays.queue(store))
    return await answering.waits_until(store, ahead, person.id, now=now)


async def begin(
    answering: Answering,
    store: AsyncConnection,
    person: Person,
    found: Found,
    *,
    now: datetime,
    topic: str | None = None,
    by_itself: bool = False,
) -> Relay:
    """Open a talk with its task, and let who answers know.

    `by_itself`: no reply to the person brings what makes its topic in a staff group (`told`): that is due.
    """
    referral = await referrals.of(store, person.id)
    staff_id = found.free.staff_id if found.free else None
    values: dict[str, Any] = {
        "person_id": person.id,
        "promised_at": await promise(answering, store, person, found, now=now),
        "referral_id": referral["id"] if referral else None,
        "staff_id": staff_id,
        "topic": topic,
        "forum_chat": await relay_groups.of_staff(store, staff_id) if staff_id is not None else None,
    }
    try:
        async with store.begin_nested():
            relay = await relays.begin(store, now=now, **values)
    except IntegrityError:  # the same button, pressed twice, in another process
        known = await relays.open_of(store, person.id)
        return known or await begin(
            answering, store, person, found, now=now, topic=topic, by_itself=by_itself
        )
    task_id = await relay_tasks.begin(store, relay, now=now)
    if found.named is not None and relay.forum_chat is None:
        await _notify(answering, store, relay, task_id, found.named.person_id, now=now)
    elif found.named is not None and by_itself:
        to = found.named.person_id
        planned = talk.topic(relay.id, task_id, to, promised_at=relay.promised_at, now=now)
        await due.schedule(store, planned, now=now)
    return relay


async def _notify(
    answering: Answering, store: AsyncConnection, relay: Relay, task_id: int, to: int, *, now: datetime
) -> None:
    """Plan the notice to who answers, in their hours; the person's first words come instead of it."""
    zone = await answering.zone_of(store, relay.person_id)
    at = talk.notice_at(now + talk.WAITS_FOR_WORDS, zone)
    planned = talk.notice(task_id, to, promised_at=relay.promised_at, at=at)
    await due.schedule(store, planned, now=now)


async def told(
    answering: Answering, store: AsyncConnection, relay: Relay, *, now: datetime
) -> tuple[Step, ...]:
    """Return what tells a staff group of a new talk; nothing where who answers has a notice of their own."""
    place = await answering.of_staff(store, relay, now=now)
    if place is None or not place.group:
        return ()
    return await introduced(store, answering, place, relay)


async def begin_for(
    answering: Answering,
    store: AsyncConnection,
    person: Person,
    *,
    now: datetime,
    update_id: int | None = None,
    by_itself: bool = False,
) -> tuple[Relay | None, bool]:
    """Ask for a person on behalf of somebody who wished so: return their talk, and whether it is new.

    Whoever waits or talks already keeps their talk, also one that fell asleep, as with the button. None:
    there is nobody who could answer. It is written down as a request like any other.
    """
    relay = await relays.open_of(store, person.id)
    if relay is not None:
        return relay, False
    found = await answering.find(store, person, now=now)
    if found.named is None:
        return None, False
    begun = await begin(answering, store, person, found, now=now, by_itself=by_itself)
    await outcomes.append(
        store,
        Kind.TALK_ASKED,
        now=now,
        role=Actor.PERSON,
        update_id=update_id,
        about=await referrals.episode_of(store, person.id),
        staff_id=begun.staff_id,
        locale=person.locale,
    )
    return begun, True
