"""Make the buttons with which the team ends what it does for a person, and takes that back.

Only who looks after the person, or the office, may do so: who has a task about them sees their card, too.
"""

from collections.abc import Mapping

from care.person import pseudonym
from care.referral import State, refusal, shown_to_workers
from care.roles import Actor, Role
from handlers.buttons import Verb
from handlers.screens import Key, key
from handlers.turn import Turn
from locales.catalogue import N_, Locale
from storage.case_card import Card
from storage.reach import OVERSEERS, overseen

WAYS: Mapping[str, State] = {"d": State.DECLINED, "l": State.LOST}
LABELS: Mapping[State, str] = {
    State.DECLINED: N_("🚪 Does not want to"),
    State.LOST: N_("🔕 Not reached for long"),
}
UNDO = "u"


def acting(turn: Turn) -> Actor:
    """Return in which role of the team the sender looks after people, whatever else they are."""
    held = {one.role for one in turn.known().roles}
    roles = (Role.ADMIN, Role.COORDINATOR, Role.WORKER)
    return next((Actor(one.value) for one in roles if one in held), turn.staff_actor())


async def may_end(turn: Turn, found: Card) -> bool:
    """Return whether the sender may end what is done for somebody: who could also take it back."""
    roles, person_id = turn.known().roles, found.case.person_id
    if any(one.role in {Role.WORKER, *OVERSEERS} and one.id == found.staff_id for one in roles):
        return True
    return person_id in await overseen(turn.store, roles, [person_id])


async def end_keys(turn: Turn, found: Card) -> list[Key]:
    """Return how the sender may end what is done for somebody: by where they stand as the team sees it."""
    if not await may_end(turn, found):
        return []
    t, shown = turn.t, shown_to_workers(found.case.state)
    return [
        key(t.label(LABELS[to]), Verb.PERSON_END, found.case.person_id, way(to))
        for to in WAYS.values()
        if refusal(shown, to, acting(turn)) is None
    ]


def undo_key(t: Locale, person_id: int, *, named: bool = False) -> Key:
    """Return the button that takes an end back; `named`: where several may stand beside each other."""
    label = (
        t.label("↩️ Look after {name} again", name=pseudonym(person_id))
        if named
        else t.label("↩️ Take it back")
    )
    return key(label, Verb.PERSON_END, person_id, UNDO)


def way(to: State) -> str:
    """Return the word of a button that ends an episode so."""
    return next(word for word, state in WAYS.items() if state is to)
