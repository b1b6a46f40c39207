"""Log a visit to a site in three taps: which site, how many people, keep. The rest has defaults."""

from dataclasses import dataclass, replace

from care import sites as rules
from care.directory import Position
from care.outcomes import Kind
from care.person import StaffMember
from care.sites import LEAFLETS, MINUTES, TALKED_TO, USUAL_MINUTES, Place, talked_to, usual_leaflets
from care.work import taken_back, visited
from handlers import chosen, location
from handlers.buttons import Verb
from handlers.roles import HELPERS, work_key
from handlers.screens import Key, Reply, Way, key, pairs, screen
from handlers.site_card import label, line
from handlers.turn import Turn
from handlers.worker.sites import NEAR_DRAFT, VISIT
from locales.catalogue import Html, Locale
from storage import drafts, people, site_visits, sites

SHOWN = 6  # sites to choose from; the others are in /sites


@dataclass(frozen=True, kw_only=True)
class SiteVisit:
    """What /visit and its buttons do."""

    async def show(self, turn: Turn) -> Reply:
        """Ask which site, then how many people, then show what is kept with one more tap."""
        place = await self._place(turn)
        if place is None:
            return await self._which(turn, here=None)
        await turn.record(Kind.SITES_SEEN, detail="one", role=turn.staff_actor(), site_id=place.id)
        people_number = chosen.number(turn, 1)
        if people_number is None or people_number not in TALKED_TO.values():
            return self._how_many(turn.t, place)
        leaflets, minutes = chosen.number(turn, 2), chosen.number(turn, 3)
        return self._sure(
            turn.t,
            place,
            people_number,
            leaflets if leaflets in LEAFLETS else usual_leaflets(people_number),
            minutes if minutes in MINUTES else USUAL_MINUTES,
        )

    async def located(self, turn: Turn) -> Reply | None:
        """Show the sites nearest to where the worker stands, when that was asked for for a visit."""
        asked = await location.asked(turn, NEAR_DRAFT)
        if asked is None or asked["for"] != VISIT or turn.location is None:
            return None
        await drafts.drop(turn.store, turn.known().id, NEAR_DRAFT)
        shown = await self._which(turn, here=Position(*turn.location))
        thanks = location.thanks(turn.t("👌 Thank you. I do not keep the place."))
        return Reply((thanks, *(replace(step, way=Way.SEND) for step in shown.steps)))

    async def keep(self, turn: Turn) -> Reply:
        """Keep the visit, once however often the button is pressed."""
        place, member = await self._place(turn), turn.known().holds(*HELPERS)
        people_number, leaflets, minutes, visit_id = (chosen.number(turn, n) for n in range(1, 5))
        if (
            place is None
            or member is None
            or people_number is None
            or leaflets is None
            or minutes is None
            or visit_id is None
            or not rules.is_visit(people_number, leaflets, minutes)
        ):
            return await self._gone(turn)
        new = await site_visits.log_visit(
            turn.store,
            visit_id,
            site_id=place.id,
            staff_id=member.id,
            people=people_number,
            leaflets=leaflets,
            minutes=minutes,
            now=turn.now,
        )
        if new:
            detail = visited(people_number, leaflets, minutes)
            await self._record(turn, Kind.SITE_VISITED, member, place.id, place.area_id, detail)
        elif await site_visits.own_visit(turn.store, visit_id, turn.known().roles) is None:
            return await self._gone(turn)
        return self._kept(turn.t, place, people_number, visit_id)

    async def undo(self, turn: Turn) -> Reply:
        """Take a visit back, within ten minutes."""
        t, visit_id = turn.t, chosen.number(turn, 0)
        roles, member = turn.known().roles, turn.known().holds(*HELPERS)
        visit = await site_visits.own_visit(turn.store, visit_id, roles) if visit_id is not None else None
        if visit is None or member is None:
            return await self._gone(turn)
        if not rules.may_undo(visit["at"], now=turn.now):
            await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
            text = t("This was more than ten minutes ago. It stays as it is.")
            return screen(text, [[work_key(t)]])
        await site_visits.take_back(turn.store, visit["id"])
        place = await sites.one(turn.store, visit["site_id"], roles, also_retired=True)
        area_id = place.area_id if place else member.area_id
        was = visited(visit["people"], visit["leaflets"], visit["minutes"])
        detail = taken_back(Kind.SITE_VISITED, was)
        await self._record(turn, Kind.UNDONE, member, visit["site_id"], area_id, detail)
        again = key(t.label("👣 Log a visit"), Verb.SITE_VISIT)
        return screen(t("↩️ The visit is taken back."), [[again], [work_key(t)]])

    async def _which(self, turn: Turn, *, here: Position | None) -> Reply:
        t = turn.t
        await turn.record(Kind.SITES_SEEN, detail="list", role=turn.staff_actor())
        reachable = await sites.reachable(turn.store, turn.known().roles)
        found = rules.for_visit(reachable, now=turn.now, here=here)[:SHOWN]
        new = key(t.label("➕ New place"), Verb.PLACE)
        if not found:
            text = t("👣 There is no site on your list yet. Tell about the place where you are.")
            return screen(text, [[new], [work_key(t)]])
        lines = [line(t, place, now=turn.now, here=here) for place in found]
        return screen(
            Html("\n\n".join([t("👣 <b>Where are you?</b>"), *lines])),
            [
                *([key(label(t, place), Verb.SITE_VISIT, place.id)] for place in found),
                [key(t.label("📍 Nearest to me"), Verb.SITES_NEAR, VISIT), new],
                [key(t.label("🗺 All sites"), Verb.SITES), work_key(t)],
            ],
        )

    def _how_many(self, t: Locale, place: Place) -> Reply:
        text = t("👣 <b>{name}</b>\n\nWith how many people did you talk?", name=label(t, place))
        keys = [key(shown, Verb.SITE_VISIT, place.id, number) for shown, number in TALKED_TO.items()]
        back = [key(t.label("⬅️ Back"), Verb.SITE_VISIT), work_key(t)]
        return screen(text, [*pairs(keys, 3), back])

    def _sure(self, t: Locale, place: Place, people_number: int, leaflets: int, minutes: int) -> Reply:
        text = t(
            "👣 <b>{name}</b>\n\n👥 People: {people}\n📄 Leaflets: {leaflets}\n⏱ Time: {duration}\n\n"
            "Keep it, or press what was different.",
            name=label(t, place),
            people=talked_to(people_number),
            leaflets=leaflets,
            duration=t.duration(minutes),
        )
        save = key(
            t.label("✅ Keep"),
            Verb.SITE_VISIT_YES,
            place.id,
            people_number,
            leaflets,
            minutes,
            people.random_id(),
        )
        of_leaflets = [
            key(f"📄 {number}", Verb.SITE_VISIT, place.id, people_number, number, minutes)
            for number in LEAFLETS
            if number != leaflets
        ]
        of_minutes = [
            key(f"⏱ {t.duration(number)}", Verb.SITE_VISIT, place.id, people_number, leaflets, number)
            for number in MINUTES
            if number != minutes
        ]
        back = [key(t.label("⬅️ Back"), Verb.SITE_VISIT, place.id), work_key(t)]
        return screen(text, [[save], *pairs(of_leaflets, 5), *pairs(of_minutes), back])

    def _kept(self, t: Locale, place: Place, people_number: int, visit_id: int) -> Reply:
        text = t(
            "✅ Kept: {name}, people: {people}. Thank you!",
            name=label(t, place),
            people=talked_to(people_number),
        )
        rows: list[list[Key]] = [
            [key(t.label("↩️ Take back"), Verb.SITE_VISIT_UNDO, visit_id)],
            [key(t.label("📍 Open the place"), Verb.SITE, place.id)],
            [work_key(t)],
        ]
        return screen(text, rows)

    async def _record(
        self,
        turn: Turn,
        kind: Kind,
        member: StaffMember,
        site_id: int,
        area_id: int | None,
        detail: str,
    ) -> None:
        """Record what is counted for a site: never with the worker's own referral."""
        await turn.record(
            kind,
            role=turn.staff_actor(),
            referral_id=None,
            link_id=None,
            staff_id=member.id,
            area_id=area_id,
            site_id=site_id,
            detail=detail,
        )

    async def _place(self, turn: Turn) -> Place | None:
        site_id = chosen.directory_id(turn, 0)
        return await sites.one(turn.store, site_id, turn.known().roles) if site_id is not None else None

    async def _gone(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        t = turn.t
        again = key(t.label("👣 Log a visit"), Verb.SITE_VISIT)
        return screen(t("This is not here any more."), [[again], [work_key(t)]])
