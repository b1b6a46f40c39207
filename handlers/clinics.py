"""Find a clinic: the nearest by shared location, by city and area, or all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from care.directory import Area, City, Clinic, Position, nearest_clinics
from care.outcomes import Kind
from handlers import chosen, clinic_list, location
from handlers.buttons import Verb
from handlers.clinic_card import address, bold, card, home_key, map_key, pin
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Locale
from storage import directory, drafts

NEAREST = 3  # clinics shown
NEAR = "near"  # storage.drafts: the person was asked where they are
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Clinics:
    """What /clinics, its buttons and a shared location do. Nothing about who asks is kept."""

    async def show(self, turn: Turn) -> Reply:
        """Offer the three ways to a clinic, or show what one of them found."""
        clinics = await directory.clinics_of(turn.store)
        await turn.record(Kind.CLINICS_SEEN)
        if not clinics:
            return _none(turn.t)
        wish = turn.press.word(0) if turn.press and turn.press.verb is Verb.CLINICS else None
        if wish == ALL:
            return _every_one(turn, clinics)
        area = await _area(turn)
        if area is not None:
            return _listed(turn.t, _around(area, clinics))
        return _ways(turn.t, turn.t("🏥 <b>Where to be examined</b>\n\nHow shall we find a clinic?"))

    async def ask_location(self, turn: Turn) -> Reply:
        """Ask for the location with the one button that can share it."""
        if turn.person is not None:
            await drafts.put(turn.store, turn.person.id, NEAR, {}, now=turn.now)
        await turn.record(Kind.CLINICS_SEEN)
        t = turn.t
        text = t(
            "📍 Press the button below to send where you are. I look for the nearest clinic and do not "
            "keep the place.\n\nNo button? Press 📎 and choose the location."
        )
        other = screen(
            t("Or choose without it:"),
            [[_by_area(t)], [_every(t)], [home_key(t)]],
        )
        return Reply((*other.steps, location.asking(t, text)))

    async def near(self, turn: Turn) -> Reply:
        """Show the clinics nearest to a shared location, and take its button away. The place is not kept."""
        t = turn.t
        clinics = await directory.clinics_of(turn.store)
        await turn.record(Kind.CLINICS_SEEN)
        if turn.location is None or not clinics:
            return _none(t)
        found = nearest_clinics(clinics, Position(*turn.location))[:NEAREST]
        thanks = Step(way=Way.SEND, text=t("👌 Thank you. I do not keep the place."), close_keyboard=True)
        return Reply((thanks, Step(way=Way.SEND, text=_lines(t, found), rows=frozen(_keys(t, found)))))

    async def areas(self, turn: Turn) -> Reply:
        """Show the cities, or the areas of a city where there is one or one was pressed."""
        await turn.record(Kind.CLINICS_SEEN)
        t = turn.t
        cities = await directory.cities(turn.store)
        wish = turn.press.number(0) if turn.press and turn.press.verb is Verb.AREAS else None
        city = next((one for one in cities if one.id == wish), cities[0] if len(cities) == 1 else None)
        if city is None:
            return _cities(t, cities) if cities else _none(t)
        areas = await directory.areas(turn.store, city_id=city.id)
        keys = [key(f"📌 {written(t, area.names)}", Verb.CLINICS, area.id) for area in areas]
        text = t("📌 <b>{city}</b>\n\nWhere are you?", city=written(t, city.names))
        back = Verb.AREAS if len(cities) > 1 else Verb.CLINICS
        return screen(text, [*pairs(keys), [key(t.label("⬅️ Back"), back), home_key(t)]])

    async def clinic(self, turn: Turn) -> Reply:
        """Show one clinic."""
        t = turn.t
        clinic = await chosen.clinic(turn, 0)
        if clinic is None:
            return await self.show(turn)
        await turn.record(Kind.CLINIC_SEEN, clinic_id=clinic.id)
        return screen(
            card(t, clinic),
            [
                [key(t.label("📅 Book here"), Verb.BOOK_CLINIC, clinic.id)],
                [map_key(t, clinic)],
                [key(t.label("⬅️ Back"), Verb.CLINICS), home_key(t)],
            ],
        )

    async def map(self, turn: Turn) -> Reply:
        """Send a clinic as a pin on the map."""
        clinic = await chosen.clinic(turn, 0, also_retired=True)
        if clinic is None:
            return await self.show(turn)
        await turn.record(Kind.CLINIC_SEEN, clinic_id=clinic.id)
        return Reply((pin(turn.t, clinic),))


async def _area(turn: Turn) -> Area | None:
    wished = turn.press is not None and turn.press.verb is Verb.CLINICS
    area_id = chosen.directory_id(turn, 0) if wished else None
    return await directory.area(turn.store, area_id) if area_id is not None else None


def _around(area: Area, clinics: Sequence[Clinic]) -> list[tuple[Clinic, float | None]]:
    """Return the area's own clinics and the nearest others; the distance only where the area has a middle."""
    if area.position is None:
        own = [clinic for clinic in clinics if clinic.area == area.code]
        return [(clinic, None) for clinic in (own or clinics)[: clinic_list.A_PAGE]]
    measured = nearest_clinics(clinics, area.position)
    return [(clinic, metres) for clinic, metres in measured[:NEAREST]]


def _ways(t: Locale, text: str) -> Reply:
    near = key(t.label("📍 Nearest to me"), Verb.NEAR)
    tell = key(t.label("➕ Tell us about a new place"), Verb.PLACE)
    return screen(text, [[near], [_by_area(t)], [_every(t)], [tell], [home_key(t)]])


def _by_area(t: Locale) -> Key:
    return key(t.label("📌 By area"), Verb.AREAS)


def _every(t: Locale) -> Key:
    return key(t.label("🏥 All clinics"), Verb.CLINICS, ALL)


def _every_one(turn: Turn, clinics: Sequence[Clinic]) -> Reply:
    page = chosen.page(turn, 1)
    shown = [(clinic, None) for clinic in clinic_list.on_page(clinics, page)]
    *rows, back = _keys(turn.t, shown)
    turns = clinic_list.turns(clinics, page, Verb.CLINICS, ALL)
    return screen(_lines(turn.t, shown), [*rows, turns, back])


def _listed(t: Locale, found: Sequence[tuple[Clinic, float | None]]) -> Reply:
    return screen(_lines(t, found), _keys(t, found))


def _lines(t: Locale, found: Sequence[tuple[Clinic, float | None]]) -> str:
    parts = [t("🏥 <b>Clinics</b>")]
    for clinic, metres in found:
        away = f" · {t.distance(metres)}" if metres is not None else ""
        parts.append(f"{bold(t, clinic)}{away}\n{address(t, clinic)}")
    return "\n\n".join(parts)


def _keys(t: Locale, found: Sequence[tuple[Clinic, float | None]]) -> list[list[Key]]:
    rows = [[key(clinic_list.name(t, clinic.names), Verb.CLINIC, clinic.id)] for clinic, _ in found]
    return [*rows, [key(t.label("⬅️ Back"), Verb.CLINICS), home_key(t)]]


def _cities(t: Locale, cities: Sequence[City]) -> Reply:
    keys = [key(f"🏙 {written(t, city.names)}", Verb.AREAS, city.id) for city in cities]
    back = [key(t.label("⬅️ Back"), Verb.CLINICS), home_key(t)]
    return screen(t("🏙 In which city are you?"), [*pairs(keys), back])


def _none(t: Locale) -> Reply:
    return screen(
        t("🏥 There is no clinic here yet. A person of our team can help."),
        [[key(t.label("🤝 Talk to a person"), Verb.TALK)], [home_key(t)]],
    )
