"""Change the team: pause and resume a role, move it, end it, give a whole caseload to a colleague.

What reaches far asks first and says what will happen. All of it acts with this transaction: roles are read
with every update. Every change goes to the audit log.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from care import team as rules
from care.audit import Act, Deed
from care.handover import Moved
from care.outcomes import Kind
from care.ownership import Reason
from care.roles import Role
from care.team import Refusal
from care.team_news import What, news
from handlers.buttons import Verb
from handlers.coordinator.team import Team, reach
from handlers.coordinator.team_words import back_words, called, load_words, moved_words
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html
from storage import audit, due, people, team
from storage.handover import give_back, hand_over
from storage.team import Load, Member

REFUSALS = {
    Refusal.YOURSELF: N_("Nobody pauses or ends their own work here. Ask another administrator."),
    Refusal.LAST_ADMIN: N_("This is the last administrator: invite another one first."),
    Refusal.SETTINGS: N_("This administrator stands in the settings: the operator changes that."),
}
_ASKED = {
    Verb.MEMBER_PAUSE: N_("⏸ <b>Pause {name}?</b>\n\nThis acts at once. You can end the pause at any time."),
    Verb.MEMBER_END: N_("⛔️ <b>End the work of {name}?</b>\n\nThis acts at once and cannot be taken back."),
}
_YES = {Verb.MEMBER_PAUSE: N_("⏸ Yes, pause"), Verb.MEMBER_END: N_("⛔️ Yes, end it")}


@dataclass(frozen=True, kw_only=True)
class TeamChanges:
    """What the buttons of a member do that change something."""

    team: Team
    admin_ids: frozenset[int]  # Telegram ids: admins of the settings

    async def pause(self, turn: Turn) -> Reply:
        """Ask, then let a role rest; its people go to colleagues."""
        found, refused = await self._stoppable(turn, Verb.MEMBER_PAUSE)
        if found is None or refused is not None:
            return refused or await self.team.gone(turn)
        toast = turn.t.label("⏸ Paused")
        if not await team.pause(turn.store, found.id, now=turn.now):
            return await self.team.card(turn, found, toast=toast)  # pressed twice
        moved = await self._give(turn, found, reason=Reason.PAUSED)
        await self._written(turn, Act.PAUSED, found, What.PAUSED, moved)
        after = await self.team.wanted(turn) or found
        return await self.team.card(turn, after, toast=toast, notes=moved_words(turn.t, moved))

    async def resume(self, turn: Turn) -> Reply:
        """Let somebody work again; people whom colleagues have only because of the pause return."""
        found = await self.team.wanted(turn, lock=True)
        if found is None or found.person_id == turn.known().id:
            return await self.team.gone(turn)
        moved: Sequence[Moved] = ()
        if await team.resume(turn.store, found.id):
            moved = await give_back(turn.store, found.id, now=turn.now, zone=self.team.zone.key)
            await self._written(turn, Act.RESUMED, found, What.RESUMED)
        after = await self.team.wanted(turn) or found
        toast = turn.t.label("▶️ Back at work")
        return await self.team.card(turn, after, toast=toast, notes=back_words(turn.t, moved))

    async def end(self, turn: Turn) -> Reply:
        """Ask, then end a role for good; its people and open talks go to colleagues."""
        found, refused = await self._stoppable(turn, Verb.MEMBER_END)
        if found is None or refused is not None:
            return refused or await self.team.gone(turn)
        await team.end(turn.store, found.id, now=turn.now)
        moved = await self._give(turn, found, reason=Reason.LEFT)
        await self._written(turn, Act.ENDED, found, What.ENDED, moved)
        t = turn.t
        name = called(t, self.team.vault, found)
        lines = [t("⛔️ <b>{name} does not work here any more.</b>", name=name), *moved_words(t, moved)]
        rows = [[key(t.label("🗺 Whose each area is"), Verb.POSTS)], _back(turn)]
        return screen(Html("\n\n".join(lines)), rows)

    async def _stoppable(self, turn: Turn, verb: Verb) -> tuple[Member | None, Reply | None]:
        """Return whom to stop, or what to show instead: a refusal, or the question whether to do it."""
        found = await self.team.wanted(turn)
        if found is None:
            return None, None
        others = await team.other_admins(turn.store, found.id) if found.role is Role.ADMIN else 0
        found = await self.team.wanted(turn, lock=True)  # after the admins, so that two do not wait in a ring
        if found is None:
            return None, None
        refusal = rules.may_stop(
            reach(turn),
            person_id=found.person_id,
            role=found.role,
            other_admins=others,
            in_settings=await self._in_settings(turn, found),
        )
        if refusal is not None:
            await turn.record(Kind.REFUSED, detail=refusal.value, role=turn.staff_actor())
            return None, await self.team.card(turn, found, notes=[turn.t(REFUSALS[refusal]), ""])
        if turn.press is None or turn.press.word(1) != "y":
            return found, await self._ask(turn, found, verb)
        return found, None

    async def _ask(self, turn: Turn, found: Member, verb: Verb) -> Reply:
        t = turn.t
        load = (await team.loads(turn.store, [found.id])).get(found.id, Load())
        lines = [t(_ASKED[verb], name=called(t, self.team.vault, found))]
        if load.people:
            lines.append(
                t(
                    "What is open goes to colleagues: {open}. "
                    "These people are told who is there for them now.",
                    open=load_words(t, load),
                )
            )
            if verb is Verb.MEMBER_PAUSE:
                lines.append(t("When the pause ends, these people return to them."))
        else:
            lines.append(t("Nobody is in their care."))
        lines.append(t("{name} gets a kind message, by day.", name=called(t, self.team.vault, found)))
        first = key(t.label("🤝 Give all people to a colleague"), Verb.MEMBER_HAND, found.id)
        rows = [
            [key(t.label(_YES[verb]), verb, found.id, "y")],
            [first] if load.people else [],
            [key(t.label("⬅️ Back"), Verb.MEMBER, found.id), work_key(t)],
        ]
        await turn.record(Kind.TEAM_SEEN, detail="asked", role=turn.staff_actor())
        return screen(Html("\n\n".join(lines)), rows)

    async def _in_settings(self, turn: Turn, found: Member) -> bool:
        if found.role is not Role.ADMIN or found.person_id is None or not self.admin_ids:
            return False
        person = await people.by_id(turn.store, found.person_id)
        if person is None or person.telegram_id is None:
            return False
        return people.telegram_id(self.team.vault, person) in self.admin_ids

    async def _give(
        self, turn: Turn, found: Member, *, reason: Reason, to: int | None = None
    ) -> Sequence[Moved]:
        return await hand_over(
            turn.store, found.id, reason=reason, now=turn.now, zone=self.team.zone.key, to=to
        )

    async def _written(
        self, turn: Turn, act: Act, found: Member, what: What, moved: Sequence[Moved] = ()
    ) -> None:
        """Write a change down, and tell whom it is about."""
        await tell(turn, found, what)
        await log(turn, self.team, act, found)
        for staff_id in sorted({one.to_staff_id for one in moved if one.to_staff_id is not None}):
            await log(turn, self.team, Act.HANDED_OVER, found, detail=str(staff_id))
        await turn.record(Kind.TEAM_CHANGED, detail=act.value, role=turn.staff_actor())


async def tell(turn: Turn, found: Member, what: What, *, area_id: int | None = None) -> None:
    """Plan the message to whom a change is about, unless they made it themselves."""
    if found.person_id is not None and found.person_id != turn.known().id:
        planned = news(found.person_id, found.id, what, now=turn.now, area_id=area_id)
        await due.schedule(turn.store, planned, now=turn.now)


async def log(turn: Turn, one: Team, act: Act, found: Member, *, detail: str | None = None) -> None:
    """Write a change of a member into the audit log: by whom, in which role."""
    deed = Deed(
        act=act,
        role=turn.staff_actor(),
        about="staff",
        actor_id=reach(turn).staff_id,
        about_id=found.id,
        detail=detail,
    )
    await audit.append(turn.store, one.vault, deed, now=turn.now)


def _back(turn: Turn) -> list[Key]:
    return [key(turn.t.label("⬅️ The team"), Verb.TEAM), work_key(turn.t)]
