"""Invite staff: a link that works once and for 72 hours, bound to a role, a place and an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from care.audit import Act, Deed
from care.directory import Organisation
from care.invites import VALID, Bound, deep_link, new_code
from care.outcomes import Kind
from care.roles import Role, may_invite
from handlers.buttons import Verb
from handlers.coordinator.places import PAGE, WHERE, Place, places, side_by_side
from handlers.coordinator.team import reach
from handlers.roles import role_name, work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Locale, Words
from storage import audit, directory, staff
from storage.vault import Vault

NO_ORGANISATION = "0"
_BUTTONS = {
    Role.WORKER: N_("🚶 Outreach worker"),
    Role.REGISTRAR: N_("🏥 Registrar"),
    Role.CLINICIAN: N_("🩺 Doctor or nurse"),
    Role.COORDINATOR: N_("🧭 Coordinator"),
    Role.ADMIN: N_("🛠 Administrator"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What was chosen so far: it travels in the buttons."""

    role: Role
    place: str = ""  # area or clinic id
    page: int = 0
    organisation: str = ""  # its id, or "0": none; "": not chosen yet
    languages: tuple[str, ...] = ()
    done: bool = False

    def key(self, label: str) -> Key:
        """Return a button that leads on to this wish."""
        languages = ".".join(self.languages)
        args = [self.role, self.place, self.page or "", self.organisation, languages, "y" * self.done]
        while args[-1] == "":
            args.pop()
        return key(label, Verb.INVITE, *args)


@dataclass(frozen=True, kw_only=True)
class Invite:
    """What /invite and its buttons do."""

    username: str  # of the bot, without the @
    words: Words
    vault: Vault
    zone: ZoneInfo  # for those who are bound to no place

    async def show(self, turn: Turn) -> Reply:
        """Ask for the role, the place, the organisation, the languages; then make the invite."""
        wish = _wish(turn)
        if wish is None:
            await turn.record(Kind.STAFF_SEEN, role=turn.staff_actor())
            return self._roles(turn)
        if not may_invite(frozenset(member.role for member in turn.known().roles), wish.role):
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return self._roles(turn)
        place = Place()
        if wish.role in WHERE:
            there = await places(turn, wish.role, organisation_id=reach(turn).organisation_id)
            chosen = next((one for one in there if str(one.id) == wish.place), None)
            if chosen is None:
                return self._where(turn, wish, there)
            place = chosen
        organisations = await self._organisations(turn, wish.role)
        organisation = _organisation(wish, organisations)
        if organisations and organisation is None and wish.organisation != NO_ORGANISATION:
            return self._whose(turn, wish, organisations)
        if not wish.done:
            return self._languages(turn, wish)
        return await self._make(turn, wish, place, organisation)

    def _roles(self, turn: Turn) -> Reply:
        t = turn.t
        held = frozenset(member.role for member in turn.known().roles)
        keys = [
            _Wish(role=role).key(t.label(label)) for role, label in _BUTTONS.items() if may_invite(held, role)
        ]
        return screen(t("🎟 Whom do you invite?"), [*pairs(keys, 1), [work_key(t)]])

    def _where(self, turn: Turn, wish: _Wish, there: Sequence[Place]) -> Reply:
        t = turn.t
        back = [key(t.label("⬅️ Back"), Verb.INVITE), work_key(t)]
        if not there:
            return screen(
                t("There is no place to choose yet. Ask the operator to import the directory first."), [back]
            )
        page = max(0, wish.page)
        shown = there[page * PAGE : (page + 1) * PAGE] or there[:PAGE]
        keys = [replace(wish, place=str(one.id), page=0).key(one.name) for one in shown]
        turns: list[Key] = [
            *([replace(wish, place="", page=page - 1).key(t.label("◀️ Before"))] if page else []),
            *(
                [replace(wish, place="", page=page + 1).key(t.label("More ▶️"))]
                if (page + 1) * PAGE < len(there)
                else []
            ),
        ]
        return screen(t(WHERE[wish.role]), [*side_by_side(keys), turns, back])

    async def _organisations(self, turn: Turn, role: Role) -> list[Organisation]:
        """Return of which organisations the invited person may be; an inviter who is bound has one choice."""
        if role is Role.ADMIN:
            return []
        own = reach(turn).organisation_id
        found = await directory.organisations(turn.store, also_retired=own is not None)
        return [one for one in found if own in {None, one.id}]

    def _whose(self, turn: Turn, wish: _Wish, organisations: Sequence[Organisation]) -> Reply:
        t = turn.t
        keys = [replace(wish, organisation=str(one.id)).key(written(t, one.names)) for one in organisations]
        none = replace(wish, organisation=NO_ORGANISATION).key(t.label("➖ Of none"))
        back = [replace(wish, place="", organisation="").key(t.label("⬅️ Back")), work_key(t)]
        if wish.role not in WHERE:
            back = [key(t.label("⬅️ Back"), Verb.INVITE), work_key(t)]
        return screen(t("🏢 Of which organisation?"), [*pairs(keys, 1), [none], back])

    def _languages(self, turn: Turn, wish: _Wish) -> Reply:
        """Show every spoken language once, to be switched on and off."""
        t = turn.t
        keys = []
        for code in self._spoken():
            on = code in wish.languages
            after = tuple(one for one in self._spoken() if (one in wish.languages) != (one == code))
            keys.append(replace(wish, languages=after).key(f"{'✅' if on else '▫️'} {self.words[code].name}"))
        ready = replace(wish, done=True).key(t.label("🎟 Make the invite"))
        text = t(
            "🗣 Which languages does your colleague speak? Press all of them.\n\n"
            "If you press none, it is the language in which they read me."
        )
        back = replace(wish, place="", organisation="", languages=())
        back_key = back.key(t.label("⬅️ Back")) if wish.role in WHERE else key(t.label("⬅️ Back"), Verb.INVITE)
        return screen(text, [*pairs(keys), [ready], [back_key, work_key(t)]])

    def _spoken(self) -> list[str]:
        """Return the languages, each once: those written in two scripts are spoken as one."""
        return [code for code in self.words if "_" not in code]

    async def _make(self, turn: Turn, wish: _Wish, place: Place, organisation: Organisation | None) -> Reply:
        code, expires_at = new_code(), turn.now + VALID
        bound = Bound(
            area_id=place.area_id,
            clinic_id=place.clinic_id,
            organisation_id=organisation.id if organisation else None,
            languages=tuple(one for one in self.words if one.partition("_")[0] in wish.languages),
        )
        inviter = reach(turn).staff_id
        invite_id = await staff.invite(
            turn.store, code, wish.role, now=turn.now, expires_at=expires_at, created_by=inviter, bound=bound
        )
        deed = Deed(
            act=Act.INVITED,
            role=turn.staff_actor(),
            about="invite",
            actor_id=inviter,
            about_id=invite_id,
            detail=wish.role.value,
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)
        at = {"area_id": place.area_id, "clinic_id": place.clinic_id}
        await turn.record(
            Kind.INVITED,
            detail=wish.role.value,
            role=turn.staff_actor(),
            **{name: value for name, value in at.items() if value is not None},
        )
        zone = ZoneInfo(place.zone) if place.zone else self.zone
        until = turn.t.moment(expires_at.astimezone(zone))
        names = [place.name, written(turn.t, organisation.names) if organisation else ""]
        post = ", ".join(part for part in (role_name(turn.t, wish.role), *names) if part)
        return _shown(turn.t, post, deep_link(self.username, code), until)


def _shown(t: Locale, post: str, address: str, until: str) -> Reply:
    """Show an invite: what it is for, its picture, and a message to forward."""
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


def _organisation(wish: _Wish, organisations: Sequence[Organisation]) -> Organisation | None:
    """Return the chosen organisation; where there is one, nobody is asked."""
    if len(organisations) == 1:
        return organisations[0]
    return next((one for one in organisations if str(one.id) == wish.organisation), None)


def _wish(turn: Turn) -> _Wish | None:
    """Return what a button, or the word after the command, wishes for."""
    typed = turn.words.lower().split() if turn.command else []
    word = (turn.press.word(0) if turn.press else None) or (typed[0] if typed else None)
    if word not in set(Role):
        return None
    press = turn.press
    return _Wish(
        role=Role(word),
        place=(press.word(1) if press else None) or "",
        page=(press.number(2) if press else None) or 0,
        organisation=(press.word(3) if press else None) or "",
        languages=tuple(code for code in ((press.word(4) if press else None) or "").split(".") if code),
        done=press is not None and press.word(5) == "y",
    )
