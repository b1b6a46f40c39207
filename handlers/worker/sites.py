"""Show a worker their sites: most people waiting, longest without a visit, nearest; and one site at a time.

Where the worker stands is asked for on purpose, used for the order, and travels in the buttons of the list.
It is not stored.
"""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from care.audit import Act, Deed
from care.directory import Position
from care.outcomes import Kind
from care.sites import MOST_NAME, MOST_NOTES, Place, Refusal, in_order, name_in, notes_in, page_of
from handlers import chosen, location
from handlers.buttons import Verb
from handlers.roles import place_name, work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key, screen
from handlers.site_card import REFUSALS, card, here_args, here_in, in_every_language, label, line, pin
from handlers.turn import Turn
from locales.catalogue import Html, Locale
from storage import audit, drafts, site_visits, sites
from storage.vault import Vault

PAGE = 6  # sites on one screen
VISITS_SHOWN = 3
NEAR_DRAFT = "where"  # storage.drafts: where the worker stands is asked for; for which list
TEXT_DRAFT = "site-text"  # a name or notes are asked for; of which site
NAME, NOTES, CLEAR = "name", "notes", "clear"
SITES, VISIT = "sites", "visit"


@dataclass(frozen=True, kw_only=True)
class Sites:
    """What /sites and its buttons do."""

    vault: Vault

    async def show(self, turn: Turn) -> Reply:
        """Show a page of the worker's sites."""
        await turn.record(Kind.SITES_SEEN, detail="list", role=turn.staff_actor())
        return await self._list(turn, page=chosen.page(turn, 0), here=here_in(turn, 1))

    async def near(self, turn: Turn) -> Reply:
        """Ask where the worker stands."""
        await turn.record(Kind.SITES_SEEN, detail="list", role=turn.staff_actor())
        wanted = VISIT if chosen.word(turn, 0) == VISIT else SITES
        text = turn.t("📍 Press the button below to send where you are. I do not keep it.")
        return await location.ask(turn, text, NEAR_DRAFT, {"for": wanted})

    async def located(self, turn: Turn) -> Reply | None:
        """Show the sites from where the worker stands, when that was asked for for this list."""
        asked = await location.asked(turn, NEAR_DRAFT)
        if asked is None or asked["for"] != SITES or turn.location is None:
            return None
        await drafts.drop(turn.store, turn.known().id, NEAR_DRAFT)
        await turn.record(Kind.SITES_SEEN, detail="list", role=turn.staff_actor())
        shown = await self._list(turn, page=0, here=Position(*turn.location))
        thanks = location.thanks(turn.t("👌 Thank you. I do not keep the place."))
        return Reply((thanks, *(replace(step, way=Way.SEND) for step in shown.steps)))

    async def site(self, turn: Turn) -> Reply:
        """Show one site."""
        place = await self._chosen(turn)
        if place is None:
            return await self._gone(turn)
        await turn.record(
            Kind.SITES_SEEN, detail="one", role=turn.staff_actor(), site_id=place.id, area_id=place.area_id
        )
        return await self._card(turn, place)

    async def map(self, turn: Turn) -> Reply:
        """Send a site as a pin on the map."""
        place = await self._chosen(turn)
        step = pin(turn.t, place) if place else None
        if place is None or step is None:
            return await self._gone(turn)
        await turn.record(
            Kind.SITES_SEEN, detail="map", role=turn.staff_actor(), site_id=place.id, area_id=place.area_id
        )
        return Reply((step,))

    async def edit(self, turn: Turn) -> Reply:
        """Ask for notes or a name, or clear the notes."""
        place, what, t = await self._chosen(turn), chosen.word(turn, 1), turn.t
        if place is None or what not in {NAME, NOTES, CLEAR} or not await self._may(turn, place, what):
            return await self._gone(turn)
        if what == CLEAR:
            await self._change(turn, place, NOTES, notes=None)
            return await self._card(turn, replace(place, notes=None), toast=t.label("👌 Cleared."))
        await drafts.put(
            turn.store, turn.known().id, TEXT_DRAFT, {"site": place.id, "what": what}, now=turn.now
        )
        await turn.record(Kind.SITES_SEEN, detail="one", role=turn.staff_actor(), site_id=place.id)
        text = (
            t("✏️ Write the name of the place, at most {n} letters.", n=MOST_NAME)
            if what == NAME
            else t(
                "📝 Write what colleagues should know, at most {n} letters: the entrance, good hours. "
                "About the place, never about people.",
                n=MOST_NOTES,
            )
        )
        clear = [key(t.label("🗑 Clear the notes"), Verb.SITE_EDIT, place.id, CLEAR)] if place.notes else []
        return screen(text, [clear if what == NOTES else [], [_back_to(t, place)]])

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for the notes or the name that were asked for; None where they were not."""
        asked = await location.asked(turn, TEXT_DRAFT)
        if asked is None or turn.edited:
            return None
        what = str(asked["what"])
        place = await sites.one(turn.store, int(asked["site"]), turn.known().roles)
        if place is None or not await self._may(turn, place, what):
            await drafts.drop(turn.store, turn.known().id, TEXT_DRAFT)
            return None
        text = name_in(turn.words) if what == NAME else notes_in(turn.words)
        if isinstance(text, Refusal):
            await turn.record(Kind.REFUSED, detail=text.value, role=turn.staff_actor())
            return screen(turn.t(REFUSALS[text]), [[_back_to(turn.t, place)]])
        await drafts.drop(turn.store, turn.known().id, TEXT_DRAFT)
        if what == NAME:
            await self._change(turn, place, NAME, names=in_every_language(text))
            return await self._card(turn, replace(place, names=in_every_language(text)))
        await self._change(turn, place, NOTES, notes=text)
        return await self._card(turn, replace(place, notes=text))

    async def retire(self, turn: Turn) -> Reply:
        """Ask whether the place is not there any more, and take it off the list."""
        place, t = await self._chosen(turn), turn.t
        if place is None or not await sites.may_change(turn.store, place.area_id, turn.known().roles):
            return await self._gone(turn)
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.SITES_SEEN, detail="one", role=turn.staff_actor(), site_id=place.id)
            text = t(
                "🗑 <b>{name}</b>\n\nIs this place not there any more? It leaves the list.",
                name=label(t, place),
            )
            yes = key(t.label("🗑 Yes, take it off the list"), Verb.SITE_RETIRE, place.id, "y")
            return screen(text, [[yes], [_back_to(t, place)]])
        await sites.change(turn.store, place.id, retired_at=turn.now)
        await self._write_down(turn, Act.SITE_RETIRED, place)
        await turn.record(Kind.SITE_RETIRED, role=turn.staff_actor(), site_id=place.id, area_id=place.area_id)
        again = key(t.label("↩️ It is there after all"), Verb.SITE_OK, place.id, "y")
        text = t("🗑 {name} is off the list.", name=label(t, place))
        return screen(text, [[again], [key(t.label("🗺 Sites"), Verb.SITES)], [work_key(t)]])

    async def judge(self, turn: Turn) -> Reply:
        """Say that a pin is a site, or that it is none; either can be taken back by the other button."""
        site_id, word, t = chosen.directory_id(turn, 0), chosen.word(turn, 1), turn.t
        roles = turn.known().roles
        place = (
            await sites.one(turn.store, site_id, roles, also_retired=True) if site_id is not None else None
        )
        if place is None or word not in {"y", "n"}:
            return await self._gone(turn)
        if not await sites.may_change(turn.store, place.area_id, roles):
            return await self._gone(turn)
        if word == "n":
            await sites.change(turn.store, place.id, retired_at=turn.now)
            await self._write_down(turn, Act.SITE_RETIRED, place)
            await turn.record(
                Kind.SITE_RETIRED, role=turn.staff_actor(), site_id=place.id, area_id=place.area_id
            )
            again = key(t.label("↩️ It is there after all"), Verb.SITE_OK, place.id, "y")
            return screen(t("👌 {name} is not on the list.", name=label(t, place)), [[again], [work_key(t)]])
        await sites.change(turn.store, place.id, confirmed_at=turn.now, retired_at=None)
        await self._write_down(turn, Act.SITE_CHANGED, place, detail="confirmed")
        await turn.record(
            Kind.SITE_CONFIRMED, role=turn.staff_actor(), site_id=place.id, area_id=place.area_id
        )
        toast = t.label("✅ It is on the list.")
        return await self._card(turn, replace(place, confirmed=True, retired=False), toast=toast)

    async def _list(self, turn: Turn, *, page: int, here: Position | None) -> Reply:
        t = turn.t
        found = in_order(await sites.reachable(turn.store, turn.known().roles), now=turn.now, here=here)
        new = [key(t.label("➕ New place"), Verb.PLACE)]
        if not found:
            text = t(
                "🗺 There is no site on your list yet. Where do people from far away work, eat or live? "
                "Tell about the first place."
            )
            return screen(text, [new, [work_key(t)]])
        shown, page, last = page_of(found, page, most=PAGE)
        lines = [line(t, place, now=turn.now, here=here) for place in shown]
        head = t.many("🗺 <b>{n} site</b>", "🗺 <b>{n} sites</b>", len(found))
        args = here_args(here)
        turns = [
            *([key(t.label("◀️ Back"), Verb.SITES, page - 1, *args)] if page else []),
            *([key(t.label("More ▶️"), Verb.SITES, page + 1, *args)] if page < last else []),
        ]
        return screen(
            Html("\n\n".join([head, *lines])),
            [
                *([key(label(t, place), Verb.SITE, place.id)] for place in shown),
                turns,
                [key(t.label("📍 Nearest to me"), Verb.SITES_NEAR, SITES), *new],
                [work_key(t)],
            ],
        )

    async def _card(self, turn: Turn, place: Place, *, toast: str = "") -> Reply:
        t = turn.t
        visits = await site_visits.of_site(turn.store, place.id, most=VISITS_SHOWN)
        area = await place_name(turn.store, t, area_id=place.area_id)
        zone = ZoneInfo(place.zone)
        text = card(t, place, visits, now=turn.now, zone=zone, area=area)
        rows = await self._rows(turn, place)
        return Reply((Step(text=text, rows=frozen(rows)),), toast=toast)

    async def _rows(self, turn: Turn, place: Place) -> list[list[Key]]:
        t, rows = turn.t, []
        owns = await sites.may_change(turn.store, place.area_id, turn.known().roles)
        if owns and not place.confirmed:
            rows.append(
                [
                    key(t.label("✅ It is a place"), Verb.SITE_OK, place.id, "y"),
                    key(t.label("❌ Not a place"), Verb.SITE_OK, place.id, "n"),
                ]
            )
        rows.append([key(t.label("👣 Visit now"), Verb.SITE_VISIT, place.id)])
        rows.append([key(t.label("🧍 I am alone here"), Verb.LONE_AT, place.id)])
        notes = key(t.label("📝 Notes"), Verb.SITE_EDIT, place.id, NOTES)
        rows.append(
            [key(t.label("🗺 On the map"), Verb.SITE_MAP, place.id), notes] if place.position else [notes]
        )
        if owns:
            rename = key(t.label("✏️ Rename"), Verb.SITE_EDIT, place.id, NAME)
            rows.append([rename, key(t.label("🗑 Not there any more"), Verb.SITE_RETIRE, place.id)])
        rows.append([key(t.label("⬅️ Back"), Verb.SITES), work_key(t)])
        return rows

    async def _chosen(self, turn: Turn) -> Place | None:
        site_id = chosen.directory_id(turn, 0)
        return await sites.one(turn.store, site_id, turn.known().roles) if site_id is not None else None

    async def _may(self, turn: Turn, place: Place, what: str) -> bool:
        """Return whether somebody may change this: notes everybody who goes there, the name its owner."""
        return what != NAME or await sites.may_change(turn.store, place.area_id, turn.known().roles)

    async def _change(self, turn: Turn, place: Place, what: str, **values: object) -> None:
        await sites.change(turn.store, place.id, **values)
        await self._write_down(turn, Act.SITE_CHANGED, place, detail=what)
        await turn.record(
            Kind.SITE_CHANGED, detail=what, role=turn.staff_actor(), site_id=place.id, area_id=place.area_id
        )

    async def _write_down(self, turn: Turn, act: Act, place: Place, *, detail: str | None = None) -> None:
        deed = Deed(
            act=act,
            role=turn.staff_actor(),
            about="site",
            actor_id=turn.known().roles[0].id,
            about_id=place.id,
            detail=detail,
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)

    async def _gone(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        t = turn.t
        return screen(t("This is not here any more."), [[key(t.label("🗺 Sites"), Verb.SITES)], [work_key(t)]])


def _back_to(t: Locale, place: Place) -> Key:
    return key(t.label("⬅️ Back"), Verb.SITE, place.id)
