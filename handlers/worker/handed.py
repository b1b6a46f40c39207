"""Tell people who looks after them now, and staff that people of a colleague came to them."""

from dataclasses import dataclass

from care.ownership import Reason
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.notice import Notice, message, staff_rows
from handlers.screens import Reply, key
from locales.catalogue import Html
from storage import looking_after
from storage.vault import Vault

_FROM_A_COLLEAGUE = frozenset({Reason.HANDED, Reason.LEFT, Reason.PAUSED, Reason.AWAY})


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What is said when people get somebody else of the team."""

    vault: Vault  # opens the name on a worker's card

    async def to_person(self, notice: Notice) -> Reply | None:
        """Say who looks after the person now; None when it is somebody else by now."""
        staff_id, t = notice.about("staff"), notice.t
        if staff_id is None or not await looking_after.looks_after(notice.store, staff_id, notice.person.id):
            return None
        name = await looking_after.name_of(notice.store, self.vault, staff_id)
        who = (
            t("👋 <b>{name}</b> of our team is there for you now.", name=name)
            if name
            else t("👋 Somebody else of our team is there for you now.")
        )
        rest = t("You need not do anything. Your visits and requests stay as they are.")
        return message(
            Html("\n\n".join([who, rest])),
            [[key(t.label("🤝 Talk to a person"), Verb.TALK)], [home_key(t)]],
        )


async def to_staff(notice: Notice) -> Reply | None:
    """Say how many people came, and why; None for whoever left meanwhile."""
    people, t = notice.about("people"), notice.t
    if not people or not notice.person.roles:
        return None
    reason = Reason(str(notice.row["params"].get("reason")))
    came = (
        t.many(
            "👥 {n} person came to you from a colleague.",
            "👥 {n} people came to you from a colleague.",
            people,
        )
        if reason in _FROM_A_COLLEAGUE
        else t.many("👥 {n} person is with you now.", "👥 {n} people are with you now.", people)
    )
    why = {
        Reason.AWAY: t("Your colleague is away. When they are back, these people return to them."),
        Reason.PAUSED: t("Your colleague rests for now. When they are back, these people return to them."),
        Reason.LEFT: t("Your colleague does not work with us at the moment."),
    }.get(reason, "")
    told = t("They are told that you are there for them now.") if reason in _FROM_A_COLLEAGUE else ""
    text = Html("\n\n".join(part for part in (came, why, told) if part))
    return message(text, [[key(t.label("🤝 Who asked for a person"), Verb.TASKS)], *staff_rows(notice)])


async def back_again(notice: Notice) -> Reply | None:
    """Say that the time away is over, and who is back; None for whoever left meanwhile."""
    people, t = notice.about("people"), notice.t
    if not notice.person.roles:
        return None
    parts = [t("👋 Welcome back! Your time away is over.")]
    if people:
        parts.append(t.many("{n} person is with you again.", "{n} people are with you again.", people))
    rows = [[key(t.label("🕐 When I am there"), Verb.SHIFT)], *staff_rows(notice)]
    return message(Html("\n\n".join(parts)), rows)
