"""Let staff choose a colleague: who is there first, then who speaks the language and has the least to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.ownership import Colleague, speaks
from handlers.coordinator.team_words import called
from handlers.screens import Key
from handlers.turn import Turn
from locales.catalogue import Locale
from storage import ownership, team
from storage.vault import Vault

PAGE = 8


@dataclass(frozen=True, kw_only=True)
class Colleagues:
    """Who of the team can take over."""

    vault: Vault
    zone: ZoneInfo  # where a city is not known

    async def able(self, turn: Turn, *, person_id: int, locale: str, owner_id: int | None) -> list[Colleague]:
        """Return who can look after a person now, the best first: nobody who is away, not who has them now.

        Colleagues of another organisation are left out where the sender has one.
        """
        own = {member.organisation_id for member in turn.known().roles} - {None}
        found = await ownership.team(turn.store, now=turn.now, zone=self.zone.key)
        fitting = [
            one
            for one in found
            if not one.away
            and one.person_id != person_id
            and one.staff_id != owner_id
            and (not own or one.organisation_id is None or one.organisation_id in own)
        ]
        return sorted(
            _once(fitting),
            key=lambda one: (
                not one.on_shift,
                not speaks(one.languages, locale),
                one.open_referrals,
                one.since,
            ),
        )

    async def name(self, turn: Turn, staff_id: int) -> str:
        """Return what colleagues call somebody, plain."""
        known = await team.known(turn.store, [staff_id])
        return called(turn.t, self.vault, known.get(staff_id))

    async def keys(
        self,
        turn: Turn,
        able: Sequence[Colleague],
        *,
        page: int,
        choose: Callable[[str, int], Key],
        turn_to: Callable[[str, int], Key],
    ) -> list[list[Key]]:
        """Return a page of colleagues to press and the keys to the other pages."""
        t, last = turn.t, max(len(able) - 1, 0) // PAGE
        page = min(max(page, 0), last)
        shown = able[page * PAGE : (page + 1) * PAGE]
        known = await team.known(turn.store, [one.staff_id for one in shown])
        turns = [
            *([turn_to(t.label("◀️ Back"), page - 1)] if page else []),
            *([turn_to(t.label("More ▶️"), page + 1)] if page < last else []),
        ]
        rows = [
            [choose(_label(t, one, called(t, self.vault, known.get(one.staff_id))), one.staff_id)]
            for one in shown
        ]
        return [*rows, turns]


def _label(t: Locale, one: Colleague, name: str) -> str:
    sign = "🟢" if one.on_shift else "⚪️"
    return t.label("{sign} {name} · 👥 {n}", sign=sign, name=name, n=one.open_referrals)


def _once(team: Sequence[Colleague]) -> list[Colleague]:
    """Return each person once, in the first of their roles."""
    return list({one.person_id: one for one in reversed(team)}.values())
