"""Show a worker their own link and the labelled ones, and bring them to people: picture, message, paper."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.links import Link, LinkKind
from care.outcomes import Kind
from care.person import StaffMember
from care.roles import Role
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, Step, Way, key, pairs, screen
from handlers.turn import Turn
from handlers.worker import leaflet, link_new, link_screen
from handlers.worker.link_screen import Shown, not_here
from locales.catalogue import Html, Locale, Words
from storage import directory, drafts, links, staff_cards
from storage.vault import Vault

PAGE = 8  # links on one screen
ALL = "all"  # in place of a language: all of them on one sheet


@dataclass(frozen=True, kw_only=True)
class Links:
    """What /links and its buttons do."""

    username: str  # of the bot, without the @
    words: Words
    vault: Vault
    zone: ZoneInfo  # where a worker's own is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the worker's own link, and a page of the labelled ones with how many came."""
        worker = turn.known().holds(Role.WORKER)
        if worker is None:
            return await not_here(turn)
        await drafts.drop(turn.store, turn.known().id, link_new.DRAFT)
        own = await _own(turn, worker)
        every = await links.all_of_staff(turn.store, worker.id, now=turn.now)
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        labelled = [pair for pair in every if pair[0].id != own.id]
        labelled.sort(key=lambda pair: pair[0].ended)  # open ones first, oldest first among them
        people = next((count for link, count in every if link.id == own.id), 0)
        brought = await links.brought(turn.store, worker.id)
        page = min(
            max((turn.press.number(0) if turn.press else None) or 0, 0), max(len(labelled) - 1, 0) // PAGE
        )
        on_page = labelled[page * PAGE : (page + 1) * PAGE]
        listed = [await link_screen.shown(turn, *pair, zone=self.zone) for pair in on_page]
        mine = await link_screen.shown(turn, own, people, zone=self.zone)
        turns = _turns(turn.t, page, more=len(labelled) > (page + 1) * PAGE)
        return self._listed(turn.t, mine, listed, turns, brought)

    async def link(self, turn: Turn) -> Reply:
        """Show one link."""
        shown = await link_screen.own(turn, self.zone)
        if shown is None:
            return await not_here(turn)
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        return link_screen.one(turn, shown, self.username)

    async def picture(self, turn: Turn) -> Reply:
        """Send the picture of one of the worker's own links."""
        shown = await self._open(turn)
        if shown is None:
            return await not_here(turn)
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        return Reply((link_screen.picture(turn.t, shown.link, self.username),))

    async def letter(self, turn: Turn) -> Reply:
        """Ask in which language people read, and send the message to forward."""
        shown = await self._open(turn)
        if shown is None:
            return await not_here(turn)
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        language = turn.press.word(1) if turn.press else None
        if language is not None and language in self.words:
            return Reply((link_screen.letter(self.words[language], shown.link, self.username),))
        text = turn.t("✉️ In which language do people read it?")
        return self._ask_language(turn.t, shown, text, Verb.LINK_TEXT)

    async def poster(self, turn: Turn) -> Reply:
        """Ask for the language, and send the poster."""
        return await self._print(turn, Verb.POSTER)

    async def cards(self, turn: Turn) -> Reply:
        """Ask for the language, and send the sheet of pocket cards."""
        return await self._print(turn, Verb.CARDS)

    async def _print(self, turn: Turn, verb: Verb) -> Reply:
        shown, t = await self._open(turn), turn.t
        if shown is None:
            return await not_here(turn)
        wanted = turn.press.word(1) if turn.press else None
        codes = (
            leaflet.all_languages(self.words) if wanted == ALL else [wanted] if wanted in self.words else []
        )
        if not codes:
            await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
            text = t("🖨 In which language? Or take all of them on one sheet.")
            return self._ask_language(t, shown, text, verb)
        detail = "poster" if verb is Verb.POSTER else "cards"
        await turn.record(Kind.PRINTED, role=turn.staff_actor(), detail=detail)
        programme = await directory.programme(turn.store)
        card = (
            await staff_cards.of(turn.store, self.vault, shown.link.staff_id) if shown.link.staff_id else None
        )
        content = leaflet.content(
            [self.words[code] for code in codes if code],
            shown.link,
            username=self.username,
            name=card.name if card else "",
            promises=programme.promises if programme else frozenset(),
        )
        name = f"hamroh-{detail}-{wanted}.pdf"
        if verb is Verb.POSTER:
            return Reply((Step(way=Way.POSTER, content=content, name=name, text=t("🖨 Print it on A4.")),))
        text = t("✂️ Print it on A4, thick paper if you have it, and cut along the marks.")
        return Reply((Step(way=Way.CARDS, content=content, name=name, text=text),))

    async def _open(self, turn: Turn) -> Shown | None:
        """Return the link that a button names when people can still come through it."""
        shown = await link_screen.own(turn, self.zone)
        return shown if shown and not shown.link.closed else None

    def _ask_language(self, t: Locale, shown: Shown, text: str, verb: Verb) -> Reply:
        keys = [key(name, verb, shown.link.id, code) for code, name in self.words.choices]
        every = (
            [] if verb is Verb.LINK_TEXT else [key(t.label("🌐 All on one sheet"), verb, shown.link.id, ALL)]
        )
        back = key(t.label("⬅️ Back"), Verb.LINK, shown.link.id)
        return screen(text, [*pairs(keys), every, [back, work_key(t)]])

    def _listed(self, t: Locale, mine: Shown, listed: list[Shown], turns: list[Key], brought: int) -> Reply:
        parts = [
            t("🔗 <b>Your link</b>"),
            link_screen.address(t, mine.link, self.username),
            link_screen.came(t, mine.people),
            *([_friends(t, brought)] if brought else []),
            t("Your other links:")
            if listed
            else t("Make a link of its own for each place or event, to see where people come from."),
        ]
        rows = [
            *link_screen.ways(t, mine.link),
            [link_screen.button(mine)],
            *([link_screen.button(one)] for one in listed),
            turns,
            [key(t.label("➕ New link"), Verb.LINK_NEW), key(t.label("🪪 My card"), Verb.CARD)],
            [work_key(t)],
        ]
        return screen(Html("\n\n".join(parts)), rows)


def _friends(t: Locale, brought: int) -> str:
    return t.many(
        "{n} more person came through people you brought.",
        "{n} more people came through people you brought.",
        brought,
    )


def _turns(t: Locale, page: int, *, more: bool) -> list[Key]:
    return [
        *([key(t.label("◀️ Before"), Verb.LINKS, page - 1)] if page else []),
        *([key(t.label("More ▶️"), Verb.LINKS, page + 1)] if more else []),
    ]


async def _own(turn: Turn, worker: StaffMember) -> Link:
    """Return the worker's own link, made now when there is none.

    Raises LookupError when it cannot be read back.
    """
    for _ in range(2):
        found = await links.of_staff(turn.store, worker.id, now=turn.now)
        mine = next((link for link in found if link.kind == LinkKind.WORKER and link.label is None), None)
        if mine is not None:
            return mine
        await links.add(turn.store, now=turn.now, staff_id=worker.id, area_id=worker.area_id)
    raise LookupError("the link that was just made is not there")
