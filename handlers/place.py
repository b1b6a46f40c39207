"""Tell about a new place where migrants work, eat or live: anybody may, and the area's owner is told.

A pin of the team is a site at once. Of anybody else nothing is kept with it: no person, no link, no language,
the day instead of the moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from care.audit import Act, Deed
from care.directory import Area, Position, SiteKind
from care.message_kinds import Kind as Notice
from care.outcomes import Kind
from care.reminders import Planned
from care.roles import Role
from care.sites import PINS_COUNTED_FOR, Refusal, known_as, may_pin, name_in, nearest_area
from handlers import chosen, location
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.pins import Pins
from handlers.roles import HELPERS, work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.site_card import REFUSALS, in_every_language, kind_label, label, without_name
from handlers.turn import Turn
from locales.catalogue import Words
from storage import audit, directory, drafts, due, sites
from storage.vault import Vault

DRAFT = "place"  # storage.drafts: a location is asked for; its kind
NAME_DRAFT = "place-name"  # of the team: its name is asked for; the site
NAME = "name"  # as an argument: the place that was just told gets a name
NOTICE_USEFUL_FOR = timedelta(days=7)
WAITS_FOR_NAME = timedelta(minutes=2)  # before the area's owner is told: to write a name first
NOBODY = dict.fromkeys(("referral_id", "link_id", "staff_id", "locale"))  # to which no pin is joined
TEAM = (Role.WORKER, Role.COORDINATOR, Role.ADMIN, Role.REGISTRAR, Role.CLINICIAN)


@dataclass(frozen=True, kw_only=True)
class NewPlace:
    """What 📍 'tell us about a new place' does."""

    words: Words
    vault: Vault
    pins: Pins

    async def show(self, turn: Turn) -> Reply:
        """Ask what kind of place it is, then where it is."""
        if turn.press and turn.press.word(0) == NAME:
            return await self._ask_name(turn)
        if await self._spent(turn):
            return await self._enough(turn)
        kind = _kind(turn.press.word(0) if turn.press else None)
        await turn.record(Kind.PLACE_ASKED, **_whose(turn))
        t = turn.t
        if kind is not None:
            text = t(
                "{kind}\n\n📍 Press the button below when you are there, or press 📎 and choose the place on "
                "the map.",
                kind=kind_label(t, kind),
            )
            return await location.ask(turn, text, DRAFT, {"kind": kind.value})
        promise = "" if turn.known().roles else t("I do not keep who told about it.")
        text = t(
            "📍 <b>A new place</b>\n\nWhere do people from far away work, eat or live? A person of our team "
            "comes by. What kind of place is it?"
        )
        kinds = [key(kind_label(t, one), Verb.PLACE, one.value) for one in SiteKind]
        return screen("\n\n".join(part for part in (text, promise) if part), [*pairs(kinds), [_back(turn)]])

    async def located(self, turn: Turn) -> Reply | None:
        """Make a pin of a location that was asked for; None where it was not."""
        asked = await location.asked(turn, DRAFT)
        kind = _kind(str(asked["kind"])) if asked else None
        if kind is None or turn.location is None:
            return None
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        if await self._spent(turn):
            return await self._enough(turn)
        position = Position(*turn.location)
        area = nearest_area(await directory.areas(turn.store), position)
        if area is None:
            await turn.record(Kind.REFUSED, detail="nobody", **_whose(turn))
            text = turn.t("🙏 Thank you. Our team does not go there yet. I have not kept the place.")
            return _sent(turn, text)
        known = known_as(await sites.of_area(turn.store, area.id), kind, position)
        if known is not None:
            await turn.record(Kind.REFUSED, detail="known", **_whose(turn))
            return self._known(turn, label(turn.t, known), known.id)
        return await self._keep(turn, kind, position, area)

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for the name of a place, when one was asked for and it is no question."""
        site_id = await self._unnamed(turn)
        if site_id is None or turn.edited or "?" in turn.words:
            return None
        t, name = turn.t, name_in(turn.words)
        if isinstance(name, Refusal):
            await turn.record(Kind.REFUSED, detail=name.value, **_whose(turn))
            return screen(t(REFUSALS[name]), [[_back(turn)]])
        roles = turn.known().roles
        by = [member.id for member in roles] or None
        named = await sites.name_pin(turn.store, site_id, in_every_language(name), by=by)
        self.pins.named(turn.telegram_id)
        await drafts.drop(turn.store, turn.known().id, NAME_DRAFT)
        await turn.record(Kind.SITE_CHANGED, detail="name", **_whose(turn))
        if not named:
            return screen(
                t("🙏 Thank you. Somebody of our team looked at the place already."), [[_back(turn)]]
            )
        return screen(t("🙏 Thank you. The place is called: {name}", name=name), [[_back(turn)]])

    async def _ask_name(self, turn: Turn) -> Reply:
        """Ask for the name of a place that was just told."""
        t, site_id = turn.t, chosen.directory_id(turn, 1)
        if turn.known().roles and site_id is not None:
            await drafts.put(turn.store, turn.known().id, NAME_DRAFT, {"site": site_id}, now=turn.now)
        waits = self.pins.wait(turn.telegram_id, now=turn.now) or site_id is not None
        await turn.record(Kind.PLACE_ASKED, **_whose(turn))
        if not waits:
            return screen(
                t("🙏 Thank you. Somebody of our team looked at the place already."), [[_back(turn)]]
            )
        text = t("✏️ Write the name of the place: one line, about the place only, never about people.")
        return screen(text, [[_back(turn)]])

    async def _keep(self, turn: Turn, kind: SiteKind, position: Position, area: Area) -> Reply:
        person = turn.known()
        member = person.holds(*TEAM)
        number = await sites.number_in(turn.store, area.id, kind) + 1
        site_id = await sites.add(
            turn.store,
            area_id=area.id,
            kind=kind,
            names=without_name(self.words, kind, number),
            position=position,
            added_at=turn.now if member else _day(turn.now),
            added_by=member.id if member else None,
        )
        if member is None:
            self.pins.add(turn.telegram_id, site_id, now=turn.now)
            await turn.record(Kind.SITE_ADDED, detail=kind.value, **NOBODY, area_id=area.id, site_id=None)
        else:
            await turn.record(
                Kind.SITE_ADDED,
                role=turn.staff_actor(),
                detail=kind.value,
                **{**NOBODY, "staff_id": member.id},
                area_id=area.id,
                site_id=site_id,
            )
            deed = Deed(
                act=Act.SITE_ADDED,
                role=turn.staff_actor(),
                about="site",
                actor_id=member.id,
                about_id=site_id,
            )
            await audit.append(turn.store, self.vault, deed, now=turn.now)
        await self._tell(turn, site_id, area.id)
        return self._kept(turn, site_id)

    def _kept(self, turn: Turn, site_id: int) -> Reply:
        t, works = turn.t, bool(turn.known().roles)
        text = (
            t("✅ The place is on the list.")
            if works
            else t("🙏 Thank you! A person of our team will look at the place.")
        )
        name = key(t.label("✏️ Write its name"), Verb.PLACE, NAME, *([site_id] if works else []))
        below = Step(way=Way.SEND, text=text, rows=frozen([[name], *self._below(turn, site_id)]))
        return Reply((location.thanks(t("👌 I have the place.")), below))

    def _known(self, turn: Turn, name: str, site_id: int) -> Reply:
        text = turn.t("🙏 Thank you. We know this place already: {name}", name=name)
        below = Step(way=Way.SEND, text=text, rows=frozen(self._below(turn, site_id)))
        return Reply((location.thanks(turn.t("👌 Thank you.")), below))

    def _below(self, turn: Turn, site_id: int) -> list[list[Key]]:
        t, works = turn.t, turn.known().holds(*HELPERS) is not None
        opened = [key(t.label("📍 Open the place"), Verb.SITE, site_id)] if works else []
        return [opened, [_back(turn)]]

    async def _tell(self, turn: Turn, site_id: int, area_id: int) -> None:
        """Tell the area's owner, except about their own pin."""
        for person_id in await sites.to_tell(turn.store, area_id):
            if person_id == turn.known().id and turn.known().roles:
                continue
            planned = Planned(
                key=f"{Notice.PIN}:{site_id}:{person_id}",
                kind=Notice.PIN,
                person_id=person_id,
                due_at=turn.now + WAITS_FOR_NAME,
                useful_until=turn.now + NOTICE_USEFUL_FOR,
                params={"site": site_id},
            )
            await due.schedule(turn.store, planned, now=turn.now)

    async def _spent(self, turn: Turn) -> bool:
        roles = turn.known().roles
        if not roles:
            return not may_pin(self.pins.made(turn.telegram_id, now=turn.now))
        since = turn.now - PINS_COUNTED_FOR
        return not may_pin(await sites.made_by(turn.store, [one.id for one in roles], since=since))

    async def _enough(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="throttled", **_whose(turn))
        text = turn.t("🙏 Thank you. You told about three places today. Please come back tomorrow.")
        return _sent(turn, text) if turn.location else screen(text, [[_back(turn)]])

    async def _unnamed(self, turn: Turn) -> int | None:
        if turn.person is None:
            return None
        if not turn.person.roles:
            return self.pins.unnamed(turn.telegram_id, now=turn.now)
        asked = await location.asked(turn, NAME_DRAFT)
        return int(asked["site"]) if asked else None


def _kind(word: str | None) -> SiteKind | None:
    return next((kind for kind in SiteKind if kind.value == word), None)


def _whose(turn: Turn) -> dict[str, None]:
    """Return what is left out of an outcome: of who is not of the team, everything."""
    return {} if turn.known().roles else {**NOBODY, "area_id": None, "site_id": None}


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _back(turn: Turn) -> Key:
    return work_key(turn.t) if turn.known().roles else home_key(turn.t)


def _sent(turn: Turn, text: str) -> Reply:
    step = Step(way=Way.SEND, text=text, rows=frozen([[_back(turn)]]))
    return Reply((location.thanks(turn.t("👌 Thank you.")), step))
