"""Join the staff: an invite is accepted once, in time, and the role acts at once."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError

from care.audit import Act, Deed
from care.outcomes import Kind
from care.person import Person, StaffMember, pseudonym
from care.roles import Actor, Role
from care.team_news import What, news
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.coordinator.team_words import organisation_name
from handlers.roles import menu, place_name, role_name, work_key
from handlers.screens import Reply, key, screen
from handlers.staff_home import rows
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import audit, directory, due, links, people, staff, team
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Join:
    """What an invite's link and its buttons do."""

    vault: Vault

    async def show(self, turn: Turn) -> Reply:
        """Ask whether to accept, and accept; used, late and unknown invites look the same."""
        code = (turn.press.word(0) if turn.press else None) or ""
        invite = await staff.open_invite(turn.store, code, now=turn.now)
        if invite is None:
            return await self._over(turn)
        role = Role(invite["role"])
        if turn.known().holds(role):
            return await self._held(turn, role)
        if turn.press is None or turn.press.word(1) != "y":
            return await self._ask(turn, invite, code)
        return await self._accept(turn, invite, role)

    async def _ask(self, turn: Turn, invite: RowMapping, code: str) -> Reply:
        await turn.record(Kind.INVITE_SEEN, detail=invite["role"])
        t = turn.t
        return screen(
            t(
                "🎟 You are invited as: <b>{post}</b>.\n\n"
                "What you do here in this role is counted. What you learn about people stays with you. "
                "Do you accept?",
                post=await _post(turn, invite),
            ),
            [
                [key(t.label("✅ I accept"), Verb.JOIN, code, "y")],
                [key(t.label("✖️ No"), Verb.HOME)],
            ],
        )

    async def _accept(self, turn: Turn, invite: RowMapping, role: Role) -> Reply:
        """Give the role and use the invite up, both or neither."""
        person = turn.known()
        try:
            async with turn.store.begin_nested() as both:
                staff_id = await staff.add(
                    turn.store,
                    person.id,
                    role,
                    now=turn.now,
                    organisation_id=invite["organisation_id"],
                    languages=invite["languages"],
                    **_bound(invite),
                )
                won = await staff.use_invite(turn.store, invite["id"], staff_id, now=turn.now)
                if not won:
                    await both.rollback()
        except IntegrityError:  # the same person accepted on another phone a moment ago
            return await self._held(turn, role)
        if not won:
            return await self._over(turn)
        area_id = await _area(turn, invite)
        if role is Role.WORKER:
            await links.add(turn.store, now=turn.now, staff_id=staff_id, area_id=area_id)
        if person.area_id is None and area_id is not None:
            await people.change(turn.store, person.id, area_id=area_id)  # whose clock says when it is night
        await self._written(turn, invite, staff_id)
        member = StaffMember(
            id=staff_id,
            role=role,
            person_id=person.id,
            organisation_id=invite["organisation_id"],
            **_bound(invite),
        )
        return await self._welcome(turn, replace(person, roles=(*person.roles, member)), invite, area_id)

    async def _written(self, turn: Turn, invite: RowMapping, staff_id: int) -> None:
        """Write down who joined, and tell whoever invited them under which name they stand in the team."""
        role = invite["role"]
        deed = Deed(
            act=Act.JOINED,
            role=Actor(role),
            about="invite",
            actor_id=staff_id,
            about_id=invite["id"],
            detail=role,
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)
        inviter = (await team.known(turn.store, [invite["created_by"] or 0])).get(invite["created_by"] or 0)
        if inviter is not None and inviter.person_id is not None:
            planned = news(inviter.person_id, staff_id, What.JOINED, now=turn.now)
            await due.schedule(turn.store, planned, now=turn.now)

    async def _welcome(self, turn: Turn, person: Person, invite: RowMapping, area_id: int | None) -> Reply:
        t, role = turn.t, Role(invite["role"])
        bound = {"area_id": area_id, "clinic_id": invite["clinic_id"]}
        await turn.record(
            Kind.JOINED,
            detail=role.value,
            role=Actor(role.value),
            **{name: value for name, value in bound.items() if value is not None},
        )
        lines = [
            t("🎉 Welcome! You are now: <b>{post}</b>.", post=await _post(turn, invite)),
            t("In the team you are called {who}.", who=pseudonym(person.id)),
        ]
        return replace(screen(Html("\n\n".join(lines)), rows(t, person)), menu=menu(t, person))

    async def _held(self, turn: Turn, role: Role) -> Reply:
        await turn.record(Kind.REFUSED, detail="held")
        t = turn.t
        text = t(
            "You have this role already: <b>{role}</b>. The invite can be given to somebody else.",
            role=role_name(t, role),
        )
        return screen(text, [[work_key(t)], [home_key(t)]])

    async def _over(self, turn: Turn) -> Reply:
        t = turn.t
        await turn.record(Kind.REFUSED, detail="unknown-code")
        return screen(over(t), [[home_key(t)]])


def over(t: Locale) -> str:
    """Return what is said about an invite that was used, is late, or never was."""
    return t("This invite is not valid any more. Ask whoever sent it for a new one.")


def _bound(invite: RowMapping) -> dict[str, Any]:
    return {"area_id": invite["area_id"], "clinic_id": invite["clinic_id"]}


async def _post(turn: Turn, invite: RowMapping) -> str:
    place = await place_name(turn.store, turn.t, **_bound(invite))
    organisation = await organisation_name(turn.store, turn.t, invite["organisation_id"])
    return ", ".join(part for part in (role_name(turn.t, Role(invite["role"])), place, organisation) if part)


async def _area(turn: Turn, invite: RowMapping) -> int | None:
    """Return the area where the role is: its own, or that of its clinic."""
    if invite["clinic_id"] is None:
        area_id: int | None = invite["area_id"]
        return area_id
    clinic = await directory.clinic(turn.store, invite["clinic_id"], also_retired=True)
    areas = await directory.areas(turn.store, also_retired=True)
    return next((one.id for one in areas if clinic is not None and one.code == clinic.area), None)
