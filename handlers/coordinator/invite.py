"""Invite staff: a link that works once and for 72 hours, bound to a role and its area or clinic."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.directory import Area, Clinic
from care.invites import VALID, deep_link, new_code
from care.outcomes import Kind
from care.roles import Role, may_invite
from handlers.buttons import Verb
from handlers.roles import OVERSEERS, role_name, work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Locale
from storage import directory, staff

PAGE = 24  # places on one screen
_BUTTONS = {
    Role.WORKER: N_("🚶 Outreach worker"),
    Role.REGISTRAR: N_("🏥 Registrar"),
    Role.COORDINATOR: N_("🧭 Coordinator"),
    Role.ADMIN: N_("🛠 Administrator"),
}
_WHERE = {Role.WORKER: N_("In which area?"), Role.REGISTRAR: N_("At which clinic?")}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the invited person will work."""

    name: str = ""  # plain
    zone: str | None = None  # IANA name
    area_id: int | None = None
    clinic_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Invite:
    """What /invite and its buttons do."""

    username: str  # of the bot, without the @
    zone: ZoneInfo  # for those who are bound to no place

    async def show(self, turn: Turn) -> Reply:
        """Ask for the role, then for the place, then make the invite."""
        role = _role(turn)
        if role is None:
            await turn.record(Kind.STAFF_SEEN, role=turn.staff_actor())
            return self._roles(turn)
        if not may_invite(frozenset(member.role for member in turn.known().roles), role):
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return self._roles(turn)
        if role not in _WHERE:
            return await self._make(turn, role, _Place())
        places = await _places(turn, role)
        wanted = turn.press.number(1) if turn.press else None
        chosen = next((one for one in places if wanted in {one.area_id, one.clinic_id} - {None}), None)
        return await self._make(turn, role, chosen) if chosen else self._where(turn, role, places)

    def _roles(self, turn: Turn) -> Reply:
        t = turn.t
        held = frozenset(member.role for member in turn.known().roles)
        keys = [
            key(t.label(label), Verb.INVITE, role)
            for role, label in _BUTTONS.items()
            if may_invite(held, role)
        ]
        return screen(t("🎟 Whom do you invite?"), [*pairs(keys, 1), [work_key(t)]])

    def _where(self, turn: Turn, role: Role, places: Sequence[_Place]) -> Reply:
        t = turn.t
        back = [key(t.label("⬅️ Back"), Verb.INVITE), work_key(t)]
        if not places:
            return screen(
                t("There is no place to choose yet. Ask the operator to import the directory first."), [back]
            )
        page = max(0, (turn.press.number(2) if turn.press else None) or 0)
        shown = places[page * PAGE : (page + 1) * PAGE] or places[:PAGE]
        keys = [key(one.name, Verb.INVITE, role, one.clinic_id or one.area_id or 0) for one in shown]
        more = (page + 1) * PAGE < len(places)
        turns: list[Key] = [
            *([key(t.label("◀️ Before"), Verb.INVITE, role, "", page - 1)] if page else []),
            *([key(t.label("More ▶️"), Verb.INVITE, role, "", page + 1)] if more else []),
        ]
        return screen(t(_WHERE[role]), [*pairs(keys), turns, back])

    async def _make(self, turn: Turn, role: Role, place: _Place) -> Reply:
        code, expires_at = new_code(), turn.now + VALID
        inviter = turn.known().holds(*OVERSEERS)
        await staff.invite(
            turn.store,
            code,
            role,
            now=turn.now,
            expires_at=expires_at,
            created_by=inviter.id if inviter else None,
            area_id=place.area_id,
            clinic_id=place.clinic_id,
        )
        bound = {"area_id": place.area_id, "clinic_id": place.clinic_id}
        await turn.record(
            Kind.INVITED,
            detail=role.value,
            role=turn.staff_actor(),
            **{name: value for name, value in bound.items() if value is not None},
        )
        zone = ZoneInfo(place.zone) if place.zone else self.zone
        until = turn.t.moment(expires_at.astimezone(zone))
        return _shown(turn.t, role, place.name, deep_link(self.username, code), until)


def _shown(t: Locale, role: Role, place: str, address: str, until: str) -> Reply:
    """Show an invite: what it is for, its picture, and a message to forward."""
    post = ", ".join(part for part in (role_name(t, role), place) if part)
    facts = t(
        "🎟 <b>Invite: {post}</b>\n\n"
        "Forward the message below, or let your colleague scan the picture. It works once, until {until}. "
        "I show it only now.",
        post=post,
        until=until,
    )
    letter = t(
        "👋 You are invited to work with Hamroh: {post}.\n\n"
        "Open this link and agree: {link}\n\nIt is for you alone, and works until {until}.",
        post=post,
        link=address,
        until=until,
    )
    rows = [[key(t.label("🎟 Invite one more"), Verb.INVITE)], [work_key(t)]]
    return Reply(
        (
            Step(text=facts, rows=frozen(rows)),
            Step(way=Way.QR, content=address, text=t("Invite: {post}", post=post)),
            Step(way=Way.SEND, text=letter),
        )
    )


async def _places(turn: Turn, role: Role) -> list[_Place]:
    """Return where somebody with this role can work now."""
    if role is Role.REGISTRAR:
        return [_at_clinic(turn.t, one) for one in await directory.clinics_of(turn.store)]
    zones = {one.code: one.timezone for one in await directory.cities(turn.store)}
    return [_in_area(turn.t, one, zones.get(one.city)) for one in await directory.areas(turn.store)]


def _at_clinic(t: Locale, clinic: Clinic) -> _Place:
    return _Place(written(t, clinic.names), clinic.timezone, clinic_id=clinic.id)


def _in_area(t: Locale, area: Area, zone: str | None) -> _Place:
    return _Place(written(t, area.names), zone, area_id=area.id)


def _role(turn: Turn) -> Role | None:
    """Return the role that a button or the word after the command names."""
    typed = turn.words.lower().split() if turn.command else []
    word = (turn.press.word(0) if turn.press else None) or (typed[0] if typed else None)
    return Role(word) if word in set(Role) else None
