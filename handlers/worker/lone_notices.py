"""Word what is sent about who is alone somewhere: before the end, when late, when all is well."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.emergency import EMERGENCY
from care.lone import LoneVisit, is_late, late_key
from care.person import Person, pseudonym
from handlers.buttons import Verb
from handlers.notice import Notice, message, staff_rows
from handlers.roles import place_name
from handlers.screens import Reply, Step, Way, key
from handlers.site_card import label, pin
from handlers.worker.lone import running_rows
from storage import lone, people, sites, wellbeing
from storage.vault import Vault, VaultFault


@dataclass(frozen=True, kw_only=True)
class LoneNotices:
    """What due messages about lone visits say."""

    vault: Vault
    zone: ZoneInfo  # where a person's city is not known

    async def soon(self, notice: Notice) -> Reply | None:
        """Remind who is alone that the time is nearly over; None when they are back or took longer."""
        visit, t = await _visit(notice), notice.t
        if visit is None or visit.ended_at is not None or visit.person_id != notice.person.id:
            return None
        ends = t.time(visit.ends_at.astimezone(await self._zone(notice)))
        text = t("🧍 Are you back? At {time} I tell a colleague.", time=ends)
        return message(text, running_rows(t, visit))

    async def late(self, notice: Notice) -> Reply | None:
        """Tell a colleague who has not come back, where they are, and what to do; None when they are back."""
        visit, t = await _visit(notice), notice.t
        if visit is None or visit.person_id is None or not notice.person.roles:
            return None
        if not is_late(visit, now=notice.now) or not notice.row["key"].startswith(late_key(visit)):
            return None
        person = await people.by_id(notice.store, visit.person_id)
        if person is None:
            return None
        place = await sites.any_place(notice.store, visit.site_id) if visit.site_id is not None else None
        area = await place_name(notice.store, t, area_id=visit.area_id)
        ends = t.time(visit.ends_at.astimezone(await self._zone(notice)))
        lines = [
            t("🚨 <b>{who} has not come back</b>", who=await self._name(notice, person)),
            t("They were somewhere alone and wanted to be back at {time}.", time=ends),
            t("📍 {place}", place=label(t, place)) if place else "",
            t("Area: {area}", area=area) if area else "",
            "",
            t("1. Call them now.\n2. If they do not answer, go there with somebody, never alone."),
            t("3. If you are worried: {numbers}.", numbers=_numbers()),
        ]
        reached = key(t.label("✅ I have reached them, all is well"), Verb.LONE_END, visit.id)
        told = message("\n".join(lines).strip(), [[reached], *staff_rows(notice)])
        where = await self._where(notice, visit, person) or (pin(t, place) if place else None)
        return Reply((*told.steps, *([where] if where else [])))

    async def well(self, notice: Notice) -> Reply | None:
        """Say that all is well: to whoever was told, or to who was late when a colleague ended it."""
        visit, t = await _visit(notice), notice.t
        if visit is None or visit.person_id is None or not notice.person.roles:
            return None
        if visit.person_id == notice.person.id:
            return message(t("✅ A colleague has said that all is well with you."), staff_rows(notice))
        person = await people.by_id(notice.store, visit.person_id)
        if person is None:
            return None
        who = await self._name(notice, person)
        return message(t("✅ All is well with {who}.", who=who), staff_rows(notice))

    async def _where(self, notice: Notice, visit: LoneVisit, person: Person) -> Step | None:
        """Return the place they sent as a pin, or None."""
        sealed = await lone.place_of(notice.store, visit.id)
        if sealed is None:
            return None
        try:
            latitude, longitude = self.vault.open_for(person.key, sealed).decode().split(",")
        except VaultFault:
            return None
        t = notice.t
        return Step(
            way=Way.VENUE,
            text=t("Where they were last"),
            address=pseudonym(person.id),
            latitude=float(latitude),
            longitude=float(longitude),
        )

    async def _name(self, notice: Notice, person: Person) -> str:
        """Return how colleagues know somebody: the name on their card, else the picture in place of it."""
        sealed = await lone.card_name(notice.store, person.id)
        if sealed is None:
            return pseudonym(person.id)
        try:
            return f"{self.vault.open_for(person.key, sealed).decode()} ({pseudonym(person.id)})"
        except VaultFault:
            return pseudonym(person.id)

    async def _zone(self, notice: Notice) -> ZoneInfo:
        hours = await wellbeing.hours_of(notice.store, notice.person.id)
        return ZoneInfo(hours.zone) if hours and hours.zone else self.zone


async def _visit(notice: Notice) -> LoneVisit | None:
    visit_id = notice.about("visit")
    return await lone.by_id(notice.store, visit_id) if visit_id is not None else None


def _numbers() -> str:
    """Return the numbers that call help, each once."""
    return ", ".join(dict.fromkeys(number for each in EMERGENCY for number in each.numbers))
