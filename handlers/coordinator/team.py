"""Show the team: who works where, who is there now and how much is theirs; and each member on a screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.roles import AT_CLINICS, Role
from care.team import Reach, Standing, reach_of, standing
from handlers.buttons import Verb
from handlers.coordinator.places import WHERE
from handlers.coordinator.team_words import (
    called,
    load_words,
    organisation_name,
    sign,
    standing_words,
)
from handlers.roles import place_name, role_name, work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Locale, Words
from locales.markup import html
from storage import directory, ownership, posts, team
from storage.posts import NOBODY
from storage.team import Load, Member
from storage.vault import Vault

PAGE = 8  # members on one screen
_ORDER = (Role.WORKER, Role.REGISTRAR, Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class _Place:
    """A heading of the list, and where it stands in it."""

    rank: int  # areas, clinics, those bound to no place
    id: int
    heading: str  # HTML


@dataclass(frozen=True, kw_only=True)
class Team:
    """What /team and the buttons of its members do."""

    words: Words
    vault: Vault  # opens the names on cards
    zone: ZoneInfo  # of those whose city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show a page of the team, by area."""
        await turn.record(Kind.TEAM_SEEN, role=turn.staff_actor())
        return await self.overview(turn, page=(turn.press.number(0) if turn.press else None) or 0)

    async def member(self, turn: Turn) -> Reply:
        """Show one member."""
        found = await self.wanted(turn)
        if found is None:
            return await self.gone(turn)
        await turn.record(Kind.TEAM_SEEN, detail=found.role.value, role=turn.staff_actor())
        return await self.card(turn, found)

    async def wanted(self, turn: Turn, *, lock: bool = False) -> Member | None:
        """Return the member whom the pressed button names, when they are in reach."""
        staff_id = turn.press.number(0) if turn.press else None
        return await team.member(turn.store, staff_id, reach(turn), lock=lock)

    async def gone(self, turn: Turn) -> Reply:
        """Answer a button about somebody who left or whom the sender does not manage: both alike."""
        await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
        return replace(await self.overview(turn), toast=turn.t.label("This is not in your team any more."))

    async def overview(self, turn: Turn, *, page: int = 0) -> Reply:
        """Return a page of the team."""
        t = turn.t
        members = await team.members(turn.store, reach(turn))
        places = await self._places(turn, members)
        members.sort(key=lambda one: (places[one.id].rank, places[one.id].id, _ORDER.index(one.role)))
        last = (len(members) - 1) // PAGE
        page = min(max(page, 0), max(last, 0))
        shown = members[page * PAGE : (page + 1) * PAGE]
        standings = await self._standings(turn, shown)
        loads = await team.loads(turn.store, [one.id for one in shown])
        people = len({one.person_id for one in members})
        lines = [t.many("👥 <b>The team: {n} person</b>", "👥 <b>The team: {n} people</b>", people)]
        heading = None
        for one in shown:
            if places[one.id] != heading:
                heading = places[one.id]
                lines.append(Html(f"\n{heading.heading}"))
            lines.append(self._line(turn, one, standings[one.id], loads.get(one.id, Load())))
        if people == 1:
            lines += ["", t("Nobody else is here yet. Invite a colleague.")]
        keys = [
            key(f"{sign(t, standings[one.id])} {called(t, self.vault, one)}", Verb.MEMBER, one.id)
            for one in shown
        ]
        turns: list[Key] = [
            *([key(t.label("◀️ Before"), Verb.TEAM, page - 1)] if page else []),
            *([key(t.label("More ▶️"), Verb.TEAM, page + 1)] if page < last else []),
        ]
        below = [
            [key(t.label("🗺 Whose each area is"), Verb.POSTS)],
            [
                key(t.label("🎟 Invite a colleague"), Verb.INVITE),
                key(t.label("📜 What was changed"), Verb.AUDIT),
            ],
            [work_key(t)],
        ]
        return screen(Html("\n".join(lines)), [*pairs(keys), turns, *below])

    def _line(self, turn: Turn, one: Member, now: Standing, load: Load) -> str:
        t = turn.t
        name, role = html(called(t, self.vault, one)), html(role_name(t, one.role))
        return Html(f"<b>{name}</b> · {role}\n{_state(t, one, now, load)}")

    async def card(self, turn: Turn, one: Member, *, toast: str = "", notes: Sequence[str] = ()) -> Reply:
        """Return the screen of one member, with what there is to say above it."""
        t = turn.t
        load = (await team.loads(turn.store, [one.id])).get(one.id, Load())
        now = (await self._standings(turn, [one]))[one.id]
        place = await place_name(turn.store, t, area_id=one.area_id, clinic_id=one.clinic_id)
        organisation = await organisation_name(turn.store, t, one.organisation_id)
        lines = [
            *notes,
            t("👤 <b>{name}</b>", name=called(t, self.vault, one)),
            html(", ".join(part for part in (role_name(t, one.role), place) if part)),
            *([t("Organisation: {name}", name=organisation)] if organisation else []),
            t("Speaks: {languages}", languages=t.listing(self.languages(one.languages))),
            _state(t, one, now, load),
            t("In the team since {day}", day=t.day(one.started_at.astimezone(self.zone).date())),
        ]
        return screen(Html("\n".join(lines)), [*self._keys(turn, one, load), _back(turn)], toast=toast)

    def languages(self, codes: Sequence[str]) -> list[str]:
        """Return the names of languages, each once: those written in two scripts are spoken as one."""
        spoken = dict.fromkeys(code.partition("_")[0] for code in codes)
        return [self.words[code].name if code in self.words else code for code in spoken]

    def _keys(self, turn: Turn, one: Member, load: Load) -> list[list[Key]]:
        t = turn.t
        themselves = one.person_id == turn.known().id
        rest = (
            key(t.label("▶️ Let them work again"), Verb.MEMBER_RESUME, one.id)
            if one.paused_at is not None
            else key(t.label("⏸ Pause"), Verb.MEMBER_PAUSE, one.id)
        )
        return [
            [key(t.label("📍 Move elsewhere"), Verb.MEMBER_MOVE, one.id)] if one.role in WHERE else [],
            [key(t.label("🤝 Give all people to a colleague"), Verb.MEMBER_HAND, one.id)]
            if load.people
            else [],
            [] if themselves else [rest, key(t.label("⛔️ End"), Verb.MEMBER_END, one.id)],
        ]

    async def _standings(self, turn: Turn, members: Sequence[Member]) -> dict[int, Standing]:
        ids = [one.id for one in members]
        schedules = await ownership.schedules_of(turn.store, zone=self.zone.key, staff_ids=ids)
        return {
            one.id: standing(schedules[one.id], paused=one.paused_at is not None, now=turn.now)
            for one in members
        }

    async def _places(self, turn: Turn, members: Sequence[Member]) -> Mapping[int, _Place]:
        """Return by staff id under which heading each member stands."""
        t = turn.t
        owned = {area_id for area_id, post in (await posts.posts(turn.store)).items() if post != NOBODY}
        areas = {one.id: one for one in await directory.areas(turn.store, also_retired=True)}
        clinics = {one.id: one for one in await directory.clinics_of(turn.store, also_retired=True)}
        found = {}
        for one in members:
            if one.clinic_id in clinics:
                name = written(t, clinics[one.clinic_id].names)
                found[one.id] = _Place(1, one.clinic_id, t("🏥 <b>{name}</b>", name=name))
            elif one.area_id in areas:
                name = written(t, areas[one.area_id].names)
                marked = t("📍 <b>{name}</b> · ⚠️ no owner", name=name)
                plain = t("📍 <b>{name}</b>", name=name)
                found[one.id] = _Place(0, one.area_id, plain if one.area_id in owned else marked)
            else:
                found[one.id] = _Place(2, 0, t("🧭 <b>Everywhere</b>"))
        return found


def _state(t: Locale, one: Member, now: Standing, load: Load) -> str:
    """Return whether somebody works now and how much is theirs; a desk has nobody in its care."""
    parts = [html(standing_words(t, now))]
    if load.people or one.role not in AT_CLINICS:
        parts.append(load_words(t, load))
    return Html(" · ".join(parts))


def reach(turn: Turn) -> Reach:
    """Return whom the sender manages. Raises LookupError where a route forgot to ask for the role."""
    found = reach_of(turn.known())
    if found is None:
        raise LookupError("this conversation needs a coordinator or an admin")
    return found


def _back(turn: Turn) -> list[Key]:
    return [key(turn.t.label("⬅️ The team"), Verb.TEAM), work_key(turn.t)]
