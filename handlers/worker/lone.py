"""A timer for somebody who is alone somewhere: a colleague is told when they do not come back."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from care.lone import DURATIONS, LoneVisit, is_late, longer
from care.outcomes import Kind
from care.person import StaffMember
from handlers import chosen, location
from handlers.buttons import Verb
from handlers.roles import HELPERS, work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.site_card import label
from handlers.turn import Turn
from locales.catalogue import Locale
from locales.markup import html
from storage import drafts, lone, ownership, sites, wellbeing
from storage.vault import Vault

DRAFT = "lone"  # storage.drafts: where somebody is alone is asked for; the visit


@dataclass(frozen=True, kw_only=True)
class Lone:
    """What 🧍 and its buttons do."""

    vault: Vault
    zone: ZoneInfo  # where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the timer that runs; begin one with a duration; else ask for how long."""
        visit = await lone.open_of(turn.store, turn.known().roles)
        if visit is not None:
            await turn.record(Kind.WELLBEING_SEEN, detail="lone", role=turn.staff_actor())
            return await self._runs(turn, visit)
        minutes, site_id = chosen.number(turn, 0), chosen.directory_id(turn, 1)
        member = turn.known().holds(*HELPERS)
        if minutes not in DURATIONS or member is None:
            return await self._how_long(turn, None)
        return await self._begin(turn, member, minutes, site_id)

    async def at(self, turn: Turn) -> Reply:
        """Ask for how long somebody is alone at a site."""
        visit = await lone.open_of(turn.store, turn.known().roles)
        return await (
            self._runs(turn, visit) if visit else self._how_long(turn, chosen.directory_id(turn, 0))
        )

    async def ask_place(self, turn: Turn) -> Reply:
        """Ask where they are."""
        visit = await lone.open_of(turn.store, turn.known().roles)
        if visit is None:
            return await self._how_long(turn, None)
        await turn.record(Kind.WELLBEING_SEEN, detail="lone", role=turn.staff_actor())
        text = turn.t(
            "📍 Press the button below to send where you are. Only who is told that you did not come back "
            "sees it, and I erase it when you are back."
        )
        return await location.ask(turn, text, DRAFT, {"visit": visit.id})

    async def located(self, turn: Turn) -> Reply | None:
        """Keep where they are, encrypted, when it was asked for; None where it was not."""
        asked = await location.asked(turn, DRAFT)
        if asked is None or turn.location is None:
            return None
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        visit = await lone.open_of(turn.store, turn.known().roles)
        if visit is None:
            return None
        place = "{:.6f},{:.6f}".format(*turn.location).encode()
        await lone.keep_place(turn.store, visit.id, self.vault.seal_for(turn.known().key, place))
        await turn.record(Kind.WELLBEING_SEEN, detail="lone", role=turn.staff_actor())
        shown = await self._text(turn, visit)
        step = Step(way=Way.SEND, text=shown, rows=frozen(running_rows(turn.t, visit)))
        return Reply((location.thanks(turn.t("👌 I keep the place until you are back.")), step))

    async def more(self, turn: Turn) -> Reply:
        """Set the end half an hour later."""
        visit = await self._own(turn)
        if visit is None:
            return await self._over(turn)
        ends_at = longer(visit, now=turn.now)
        if ends_at is None:
            await turn.record(Kind.REFUSED, detail="held", role=turn.staff_actor())
            toast = turn.t.label("That is a long time. Please press 'I am back', and begin anew.")
            return await self._runs(turn, visit, toast=toast)
        later = await lone.prolong(turn.store, visit, ends_at=ends_at, now=turn.now)
        await self._record(turn, Kind.LONE_PROLONGED, later)
        return await self._runs(turn, later, toast=turn.t.label("👌 30 minutes more."))

    async def end(self, turn: Turn) -> Reply:
        """End the timer: by who is back, or by a colleague who was told and has reached them."""
        visit, t = await self._own(turn), turn.t
        if visit is None:
            visit = await self._told(turn)
        if visit is None or not await lone.end(turn.store, visit, now=turn.now, by_person=turn.known().id):
            return await self._over(turn)
        await self._record(turn, Kind.LONE_ENDED, visit)
        if visit.person_id != turn.known().id:
            return screen(t("✅ Thank you for looking after them. Everybody is told."), [[work_key(t)]])
        again = key(t.label("🧍 I am alone somewhere"), Verb.LONE)
        return screen(t("✅ Good that you are back."), [[again], [work_key(t)]])

    async def _how_long(self, turn: Turn, site_id: int | None) -> Reply:
        await turn.record(Kind.WELLBEING_SEEN, detail="lone", role=turn.staff_actor())
        t = turn.t
        team = await ownership.team(turn.store, now=turn.now, zone=self.zone.key)
        alone = not any(one.person_id != turn.known().id for one in team)
        text = t(
            "🧍 <b>I am alone somewhere</b>\n\nFor how long? If you do not say in time that you are back, "
            "I tell a colleague where you are."
        )
        warning = t("⚠️ There is nobody else in the team now: nobody would be told.") if alone else ""
        at_site = [site_id] if site_id is not None else []
        keys = [key(f"⏱ {t.duration(minutes)}", Verb.LONE, minutes, *at_site) for minutes in DURATIONS]
        back = [key(t.label("🌿 Care for you"), Verb.WELLBEING), work_key(t)]
        return screen("\n\n".join(part for part in (text, warning) if part), [*pairs(keys), back])

    async def _begin(self, turn: Turn, member: StaffMember, minutes: int, site_id: int | None) -> Reply:
        roles = turn.known().roles
        place = await sites.one(turn.store, site_id, roles) if site_id is not None else None
        visit = await lone.begin(
            turn.store,
            member,
            ends_at=turn.now + timedelta(minutes=minutes),
            site_id=place.id if place else None,
            now=turn.now,
        )
        await self._record(turn, Kind.LONE_BEGUN, visit, detail=str(minutes))
        return await self._runs(turn, visit)

    async def _runs(self, turn: Turn, visit: LoneVisit, *, toast: str = "") -> Reply:
        return screen(await self._text(turn, visit), running_rows(turn.t, visit), toast=toast)

    async def _text(self, turn: Turn, visit: LoneVisit) -> str:
        t = turn.t
        hours = await wellbeing.hours_of(turn.store, turn.known().id)
        zone = ZoneInfo(hours.zone) if hours and hours.zone else self.zone
        ends = t.time(visit.ends_at.astimezone(zone))
        if is_late(visit, now=turn.now):
            return t("🧍 You wanted to be back at {time}. Are you well?", time=ends)
        place = await sites.any_place(turn.store, visit.site_id) if visit.site_id is not None else None
        text = t("🧍 Until {time}. Then I tell a colleague. Press when you are back.", time=ends)
        return f"📍 {html(label(t, place))}\n\n{text}" if place else text

    async def _record(self, turn: Turn, kind: Kind, visit: LoneVisit, *, detail: str | None = None) -> None:
        await turn.record(
            kind,
            role=turn.staff_actor(),
            referral_id=None,
            link_id=None,
            staff_id=visit.staff_id,
            area_id=visit.area_id,
            site_id=visit.site_id,
            detail=detail,
        )

    async def _own(self, turn: Turn) -> LoneVisit | None:
        visit = await lone.open_of(turn.store, turn.known().roles)
        return visit if visit is not None and visit.id == chosen.number(turn, 0) else None

    async def _told(self, turn: Turn) -> LoneVisit | None:
        """Return the visit that a colleague was told about, or None."""
        visit_id = chosen.number(turn, 0)
        visit = await lone.by_id(turn.store, visit_id) if visit_id is not None else None
        if visit is None or visit.ended_at is not None:
            return None
        return visit if await lone.may_end(turn.store, visit, turn.known().id) else None

    async def _over(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
        t = turn.t
        again = key(t.label("🧍 I am alone somewhere"), Verb.LONE)
        return screen(t("This timer is over."), [[again], [work_key(t)]])


def running_rows(t: Locale, visit: LoneVisit) -> list[list[Key]]:
    """Return the buttons of a timer that runs."""
    return [
        [key(t.label("✅ I am back"), Verb.LONE_END, visit.id)],
        [key(t.label("⏱ 30 minutes longer"), Verb.LONE_MORE, visit.id)],
        [key(t.label("📍 Add where I am"), Verb.LONE_PLACE)],
        [work_key(t)],
    ]
