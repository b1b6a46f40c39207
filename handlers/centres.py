"""Show who receives people in other countries, as the directory has it: country, list, one centre."""

from collections.abc import Sequence
from dataclasses import dataclass

from care.directory import Centre
from care.outcomes import Kind
from handlers import chosen
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Key, Reply, key, screen
from handlers.transfer_plan import plan_key
from handlers.transfer_words import LANDS
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Locale
from locales.markup import html
from storage import centres, transfers

A_PAGE = 8
LABEL_LENGTH = 40  # characters of a button


@dataclass(frozen=True, kw_only=True)
class Centres:
    """What 📍 'where to go there' does. Everybody may look."""

    async def show(self, turn: Turn) -> Reply:
        """Show the centres of a country, or the countries."""
        country = chosen.word(turn, 0)
        if country is None or country not in LANDS:
            return await self._countries(turn)
        await turn.record(Kind.CENTRES_SEEN, detail=country)
        found = await centres.in_country(turn.store, country)
        return _listed(turn, country, found) if found else _nothing(turn)

    async def one(self, turn: Turn) -> Reply:
        """Show one centre; whoever has a journey may say that they go there."""
        t, centre_id = turn.t, chosen.directory_id(turn, 0)
        centre = await centres.one(turn.store, centre_id) if centre_id is not None else None
        if centre is None:
            await turn.record(Kind.REFUSED, detail="stale")
            text, others = t("This is not here any more."), key(t.label("📍 Where to go there"), Verb.CENTRES)
            return screen(text, [[others], [home_key(t)]])
        known = await transfers.open_of(turn.store, turn.person.id) if turn.person else None
        goes = known is not None and known.centre_id == centre.id
        if known is not None and chosen.word(turn, 1) == "y" and not goes:
            await transfers.change(turn.store, known.id, centre_id=centre.id)
            goes = True
        await turn.record(Kind.CENTRES_SEEN, detail=centre.country)
        there = key(t.label("✅ I go there"), Verb.CENTRE, centre.id, "y")
        return screen(
            described(t, centre, goes=goes),
            [
                [there] if known is not None and not goes else [],
                [key(t.label("⬅️ Back"), Verb.CENTRES, centre.country)],
                _ways_out(turn),
            ],
        )

    async def _countries(self, turn: Turn) -> Reply:
        await turn.record(Kind.CENTRES_SEEN)
        t, found = turn.t, await centres.countries(turn.store)
        lands = [
            [key(t.label("{country} ({n})", country=t.label(LANDS[one]), n=n), Verb.CENTRES, one)]
            for one, n in found.items()
            if one in LANDS
        ]
        if not lands:
            return _nothing(turn)
        return screen(t("📍 <b>Who receives you there</b>\n\nChoose the country."), [*lands, _ways_out(turn)])


def described(t: Locale, centre: Centre, *, goes: bool) -> str:
    """Return all about a centre, HTML."""
    lines = [f"🏥 <b>{html(written(t, centre.names))}</b>"]
    place = ", ".join(written(t, part) for part in (centre.region, centre.address) if part)
    lines.append(f"📍 {html(place)}")
    if centre.hours:
        lines.append(f"🕘 {html(written(t, centre.hours))}")
    if centre.phone:
        lines.append(f"📞 {html(centre.phone)}")
    if centre.source:
        lines.append(t("🔎 From: {source}", source=centre.source))
    lines.append(t("Call before you go there, or ask a person of our team: hours and places change."))
    if goes:
        lines.append(t("✅ You go there."))
    return Html("\n".join(lines))


def _listed(turn: Turn, country: str, found: Sequence[Centre]) -> Reply:
    t = turn.t
    page = min(chosen.page(turn, 1), (len(found) - 1) // A_PAGE)
    shown = found[page * A_PAGE : (page + 1) * A_PAGE]
    keys = [[key(_label(t, one), Verb.CENTRE, one.id)] for one in shown]
    turns = [key("◀️", Verb.CENTRES, country, page - 1)] if page else []
    if (page + 1) * A_PAGE < len(found):
        turns.append(key("▶️", Verb.CENTRES, country, page + 1))
    others = [key(t.label("⬅️ Other countries"), Verb.CENTRES)]
    text = t("📍 <b>{country}</b>\n\nWho receives you there:", country=t(LANDS[country]))
    return screen(text, [*keys, turns, others, _ways_out(turn)])


def _label(t: Locale, centre: Centre) -> str:
    region = f" · {written(t, centre.region)}" if centre.region else ""
    text = f"{written(t, centre.names)}{region}"
    return text if len(text) <= LABEL_LENGTH else f"{text[: LABEL_LENGTH - 1].rstrip()}…"


def _nothing(turn: Turn) -> Reply:
    t = turn.t
    text = t("I know nobody there yet. Ask your clinic for the phone, or a person of our team.")
    talk = [key(t.label("🤝 Talk to a person"), Verb.TALK)]
    others = [key(t.label("⬅️ Other countries"), Verb.CENTRES)] if chosen.word(turn, 0) else []
    return screen(text, [talk, others, _ways_out(turn)])


def _ways_out(turn: Turn) -> list[Key]:
    """Return the ways back: strangers have no journey."""
    return [*([plan_key(turn.t)] if turn.person is not None else []), home_key(turn.t)]
