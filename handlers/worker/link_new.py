"""Make a labelled link: for a site of the worker's area, another place, an event, a colleague."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from care.audit import Act, Deed
from care.directory import Site
from care.links import LinkKind, label_in
from care.outcomes import Kind
from care.person import StaffMember
from care.roles import Role
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.worker import link_screen
from handlers.worker.link_screen import not_here
from handlers.written import written
from locales.catalogue import N_, Locale
from storage import audit, directory, drafts, links
from storage.vault import Vault

DRAFT = "link-label"  # storage.drafts: the worker was asked what to call a link; content: kind
TYPED_WITHIN = timedelta(minutes=15)  # afterwards a text is a question again
PAGE = 12  # sites on one screen
_ASKED = {
    LinkKind.SITE: N_("📍 What is the place called? Write a few words, without names of people."),
    LinkKind.EVENT: N_("🎉 What is the event? Write a few words, without names of people."),
    LinkKind.COLLEAGUE: N_("🤝 Who hands it on? Write a nickname or what they do: only you see it."),
}


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """What 'new link' and the text that it asks for do."""

    username: str  # of the bot, without the @
    vault: Vault
    zone: ZoneInfo  # where a worker's own is not known

    async def show(self, turn: Turn) -> Reply:
        """Ask what the link is for, then for its site or its label."""
        worker = turn.known().holds(Role.WORKER)
        if worker is None:
            return await not_here(turn)
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        kind = turn.press.word(0) if turn.press else None
        if kind == LinkKind.SITE and (turn.press is None or turn.press.word(1) != "other"):
            sites = await _sites(turn, worker)
            if sites:
                return self._choose_site(turn, sites)
        if kind not in _ASKED:
            return self._choose_kind(turn.t)
        await drafts.put(turn.store, turn.known().id, DRAFT, {"kind": kind}, now=turn.now)
        return screen(turn.t(_ASKED[LinkKind(kind)]), [[_back(turn.t), work_key(turn.t)]])

    async def site(self, turn: Turn) -> Reply:
        """Make a link for a site of the worker's area; or show the one there is."""
        worker, site_id = turn.known().holds(Role.WORKER), turn.press.number(0) if turn.press else None
        sites = await _sites(turn, worker) if worker else []
        if worker is None or site_id not in {one.id for one in sites}:
            return await not_here(turn)
        found = await links.of_staff(turn.store, worker.id, now=turn.now)
        there = next((link.id for link in found if link.site_id == site_id), None)
        if there is None:
            there = await self._make(turn, worker, LinkKind.SITE, site_id=site_id)
        return await self._made(turn, worker, there)

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for the label that was asked for; else leave it."""
        worker = turn.person.holds(Role.WORKER) if turn.person else None
        draft = await drafts.get(turn.store, turn.person.id, DRAFT) if turn.person and worker else None
        if worker is None or draft is None or turn.now - draft.changed_at > TYPED_WITHIN:
            return None
        label, t = label_in(turn.words), turn.t
        if label is None:
            await turn.record(Kind.REFUSED, detail="label", role=turn.staff_actor())
            text = t("Write at most 40 letters, without addresses and phone numbers.")
            return screen(text, [[_back(t), work_key(t)]])
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        kind = LinkKind(draft.content["kind"])
        return await self._made(turn, worker, await self._make(turn, worker, kind, label=label))

    async def _make(
        self,
        turn: Turn,
        worker: StaffMember,
        kind: LinkKind,
        *,
        label: str | None = None,
        site_id: int | None = None,
    ) -> int:
        link_id = await links.add(
            turn.store,
            now=turn.now,
            kind=kind,
            label=label,
            staff_id=worker.id,
            area_id=None if site_id else worker.area_id,
            site_id=site_id,
        )
        deed = Deed(
            act=Act.LINK_MADE,
            role=turn.staff_actor(),
            about="link",
            actor_id=worker.id,
            about_id=link_id,
            detail=kind.value,
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)
        await turn.record(Kind.LINK_MADE, role=turn.staff_actor(), detail=kind.value, link_id=link_id)
        return link_id

    async def _made(self, turn: Turn, worker: StaffMember, link_id: int) -> Reply:
        found = await links.own(turn.store, link_id, worker.id, now=turn.now)
        if found is None:
            return await not_here(turn)
        shown = await link_screen.shown(turn, *found, zone=self.zone)
        return link_screen.one(turn, shown, self.username, lead=turn.t("✅ The link is ready."))

    def _choose_kind(self, t: Locale) -> Reply:
        return screen(
            t("➕ <b>New link</b>\n\nWhat is it for? People who come through it are yours, as always."),
            [
                [key(t.label("📍 A place: site, market, hostel"), Verb.LINK_NEW, LinkKind.SITE)],
                [key(t.label("🎉 An event"), Verb.LINK_NEW, LinkKind.EVENT)],
                [key(t.label("🤝 A colleague who hands it on"), Verb.LINK_NEW, LinkKind.COLLEAGUE)],
                [key(t.label("⬅️ My links"), Verb.LINKS), work_key(t)],
            ],
        )

    def _choose_site(self, turn: Turn, sites: Sequence[Site]) -> Reply:
        t, last = turn.t, (len(sites) - 1) // PAGE
        page = min(max((turn.press.number(1) if turn.press else None) or 0, 0), last)
        keys = [
            [key(f"📍 {written(t, one.names)}", Verb.LINK_SITE, one.id)]
            for one in sites[page * PAGE : (page + 1) * PAGE]
        ]
        turns: list[Key] = [
            *([key(t.label("◀️ Before"), Verb.LINK_NEW, LinkKind.SITE, page - 1)] if page else []),
            *([key(t.label("More ▶️"), Verb.LINK_NEW, LinkKind.SITE, page + 1)] if page < last else []),
        ]
        other = [key(t.label("✏️ Another place"), Verb.LINK_NEW, LinkKind.SITE, "other")]
        return screen(t("📍 Which place?"), [*keys, turns, other, [_back(t), work_key(t)]])


async def _sites(turn: Turn, worker: StaffMember) -> list[Site]:
    """Return the sites of the worker's area."""
    if worker.area_id is None:
        return []
    return await directory.sites(turn.store, area_id=worker.area_id)


def _back(t: Locale) -> Key:
    return key(t.label("⬅️ Back"), Verb.LINK_NEW)
