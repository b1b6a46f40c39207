"""Move a member to another area or clinic, and give a whole caseload to a chosen colleague."""

from collections.abc import Sequence
from dataclasses import dataclass

from care.audit import Act
from care.outcomes import Kind
from care.ownership import Colleague, Reason
from care.team_news import What
from handlers.buttons import Verb
from handlers.coordinator.places import PAGE, WHERE, Place, places, side_by_side
from handlers.coordinator.team import Team, reach
from handlers.coordinator.team_changes import log, tell
from handlers.coordinator.team_words import called, load_words, moved_words
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Html
from storage import ownership, team
from storage.handover import hand_over
from storage.team import Load, Member

COLLEAGUES = 12  # on one screen


@dataclass(frozen=True, kw_only=True)
class TeamMoves:
    """What 📍 and 🤝 on the screen of a member do."""

    team: Team

    async def move(self, turn: Turn) -> Reply:
        """Ask where to, then bind the role to that area or clinic."""
        found = await self.team.wanted(turn, lock=True)
        if found is None or found.role not in WHERE:
            return await self.team.gone(turn)
        there = await places(turn, found.role, organisation_id=found.organisation_id)
        wanted = turn.press.number(1) if turn.press else None
        chosen = next((one for one in there if one.id == wanted), None)
        if chosen is None:
            return await self._where(turn, found, there)
        if await team.move(turn.store, found, area_id=chosen.area_id, clinic_id=chosen.clinic_id):
            await tell(turn, found, What.MOVED, area_id=chosen.area_id)
            await log(turn, self.team, Act.MOVED, found, detail=str(chosen.id))
            await turn.record(Kind.TEAM_CHANGED, detail=Act.MOVED.value, role=turn.staff_actor())
        after = await self.team.wanted(turn) or found
        return await self.team.card(turn, after, toast=turn.t.label("📍 Moved"))

    async def _where(self, turn: Turn, found: Member, there: Sequence[Place]) -> Reply:
        t = turn.t
        await turn.record(Kind.TEAM_SEEN, detail="asked", role=turn.staff_actor())
        page = max(0, (turn.press.number(2) if turn.press else None) or 0)
        now_at = found.clinic_id or found.area_id
        others = [one for one in there if one.id != now_at]
        shown = others[page * PAGE : (page + 1) * PAGE] or others[:PAGE]
        keys = [key(one.name, Verb.MEMBER_MOVE, found.id, one.id) for one in shown]
        lines = [t("📍 <b>{name}</b>", name=called(t, self.team.vault, found)), t(WHERE[found.role])]
        lines.append(
            t("People in their care stay with them.")
            if others
            else t("There is no other place. Ask the operator to import the directory first.")
        )
        turns = _turns(turn, page, len(others), PAGE, Verb.MEMBER_MOVE, found.id, "")
        return screen(Html("\n\n".join(lines)), [*side_by_side(keys), turns, _back(turn, found)])

    async def hand(self, turn: Turn) -> Reply:
        """Ask to whom, then whether, then give all people of a member to that colleague."""
        found = await self.team.wanted(turn, lock=True)
        if found is None:
            return await self.team.gone(turn)
        load = (await team.loads(turn.store, [found.id])).get(found.id, Load())
        if not load.people:
            await turn.record(Kind.REFUSED, detail="nobody", role=turn.staff_actor())
            return await self.team.card(turn, found, toast=turn.t.label("Nobody is in their care."))
        colleagues = await self._colleagues(turn, found)
        wanted = turn.press.number(1) if turn.press else None
        chosen = next((one for one in colleagues if one.staff_id == wanted), None)
        if chosen is None:
            return await self._whom(turn, found, colleagues)
        if turn.press is None or turn.press.word(2) != "y":
            return await self._ask(turn, found, chosen, load)
        moved = await hand_over(
            turn.store,
            found.id,
            reason=Reason.HANDED,
            now=turn.now,
            zone=self.team.zone.key,
            to=chosen.staff_id,
        )
        await tell(turn, found, What.HANDED)
        for staff_id in sorted({one.to_staff_id for one in moved if one.to_staff_id is not None}):
            await log(turn, self.team, Act.HANDED_OVER, found, detail=str(staff_id))
        await turn.record(Kind.TEAM_CHANGED, detail=Act.HANDED_OVER.value, role=turn.staff_actor())
        return await self.team.card(turn, found, notes=[*moved_words(turn.t, moved), ""])

    async def _colleagues(self, turn: Turn, found: Member) -> list[Colleague]:
        """Return who may take the people: of one's reach, there, and somebody else; the area's own first."""
        within = reach(turn)
        able = [
            one
            for one in await ownership.team(turn.store, now=turn.now, zone=self.team.zone.key)
            if (within.includes(one.role, one.organisation_id) or one.person_id == within.person_id)
            and one.person_id != found.person_id
            and not one.away
        ]
        return sorted(
            able, key=lambda one: (one.area_id != found.area_id, not one.on_shift, one.open_referrals)
        )

    async def _whom(self, turn: Turn, found: Member, colleagues: Sequence[Colleague]) -> Reply:
        t = turn.t
        await turn.record(Kind.TEAM_SEEN, detail="asked", role=turn.staff_actor())
        page = max(0, (turn.press.number(2) if turn.press else None) or 0)
        shown = colleagues[page * COLLEAGUES : (page + 1) * COLLEAGUES] or colleagues[:COLLEAGUES]
        names = await team.known(turn.store, [one.staff_id for one in shown])
        keys = [
            key(
                f"{'🟢' if one.on_shift else '⚪️'} "
                f"{called(t, self.team.vault, names.get(one.staff_id))}: {one.open_referrals}",
                Verb.MEMBER_HAND,
                found.id,
                one.staff_id,
            )
            for one in shown
        ]
        lines = [t("🤝 <b>Who takes the people of {name}?</b>", name=called(t, self.team.vault, found))]
        lines.append(
            t("The number says how many people somebody looks after now.")
            if colleagues
            else t("Nobody can take them now. Invite a colleague first.")
        )
        turns = _turns(turn, page, len(colleagues), COLLEAGUES, Verb.MEMBER_HAND, found.id, "")
        return screen(Html("\n\n".join(lines)), [*pairs(keys, 1), turns, _back(turn, found)])

    async def _ask(self, turn: Turn, found: Member, chosen: Colleague, load: Load) -> Reply:
        t = turn.t
        await turn.record(Kind.TEAM_SEEN, detail="asked", role=turn.staff_actor())
        names = await team.known(turn.store, [chosen.staff_id])
        text = t(
            "🤝 <b>{name}</b> → <b>{to}</b>\n\n"
            "All that is open goes to this colleague: {open}. "
            "These people are told who is there for them now.",
            name=called(t, self.team.vault, found),
            to=called(t, self.team.vault, names.get(chosen.staff_id)),
            open=load_words(t, load),
        )
        yes = key(t.label("🤝 Yes, give them"), Verb.MEMBER_HAND, found.id, chosen.staff_id, "y")
        return screen(text, [[yes], _back(turn, found)])


def _turns(turn: Turn, page: int, count: int, size: int, verb: Verb, *args: str | int) -> list[Key]:
    """Return the buttons that turn the pages of a list."""
    t = turn.t
    return [
        *([key(t.label("◀️ Before"), verb, *args, page - 1)] if page else []),
        *([key(t.label("More ▶️"), verb, *args, page + 1)] if (page + 1) * size < count else []),
    ]


def _back(turn: Turn, found: Member) -> list[Key]:
    return [key(turn.t.label("⬅️ Back"), Verb.MEMBER, found.id), work_key(turn.t)]
