"""Name colleagues and say how they stand, for the screens of the team and of the audit log."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from care.handover import Moved
from care.person import pseudonym
from care.team import Standing
from handlers.written import written
from locales.catalogue import N_, Html, Locale
from storage import directory
from storage.team import Load, Member, nickname
from storage.vault import Vault

STANDINGS: Mapping[Standing, str] = {
    Standing.ON_SHIFT: N_("🟢 on shift"),
    Standing.OFF: N_("⚪️ off shift"),
    Standing.AWAY: N_("🌴 away"),
    Standing.PAUSED: N_("⏸ paused"),
}


def called(t: Locale, vault: Vault, member: Member | None) -> str:
    """Return what colleagues call somebody, plain: the name on their card, if any, and the pseudonym."""
    if member is None or member.person_id is None:
        return t.label("a colleague who has left")
    name, animal = nickname(vault, member), pseudonym(member.person_id)
    return f"{name} · {animal}" if name else animal


def standing_words(t: Locale, standing: Standing) -> str:
    """Return whether somebody works now, with its sign, plain."""
    return t.label(STANDINGS[standing])


def sign(t: Locale, standing: Standing) -> str:
    """Return the sign alone."""
    return standing_words(t, standing).partition(" ")[0]


def load_words(t: Locale, load: Load) -> str:
    """Return what is open of somebody: people, and talks through the bot where there are any."""
    parts = [t.many("{n} person", "{n} people", load.people)]
    if load.relays:
        parts.append(t.many("{n} open talk", "{n} open talks", load.relays))
    return Html(" · ".join(parts))


def moved_words(t: Locale, moved: Sequence[Moved]) -> list[str]:
    """Return what became of somebody's people, a sentence each."""
    given = len({one.person_id for one in moved if one.to_staff_id is not None})
    left = len({one.person_id for one in moved if one.to_staff_id is None})
    said = []
    if given:
        said.append(
            t.many(
                "🤝 {n} person has another colleague now, and is told.",
                "🤝 {n} people have other colleagues now, and are told.",
                given,
            )
        )
    if left:
        said.append(
            t.many(
                "⚠️ There was nobody for {n} person. Coordinators see what is open of them.",
                "⚠️ There was nobody for {n} people. Coordinators see what is open of them.",
                left,
            )
        )
    return said


def back_words(t: Locale, moved: Sequence[Moved]) -> list[str]:
    """Return how many people returned to somebody who works again, a sentence; none when nobody did."""
    if not moved:
        return []
    return [
        t.many(
            "🤝 {n} person is with them again.",
            "🤝 {n} people are with them again.",
            len(moved),
        )
    ]


async def organisation_name(store: AsyncConnection, t: Locale, organisation_id: int | None) -> str:
    """Return the name of an organisation, plain; empty for none."""
    found = await directory.organisations(store, also_retired=True) if organisation_id is not None else []
    return next((written(t, one.names) for one in found if one.id == organisation_id), "")
