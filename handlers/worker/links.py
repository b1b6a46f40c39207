"""Show a worker their own link: an address, a picture to scan, a short code, and what to tell people."""

from dataclasses import dataclass

from care.invites import deep_link
from care.links import Link, spoken
from care.outcomes import Kind
from care.person import StaffMember
from care.roles import Role
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Locale, Words
from storage import cascade, links


@dataclass(frozen=True, kw_only=True)
class Links:
    """What /links and its buttons do."""

    username: str  # of the bot, without the @
    words: Words

    async def show(self, turn: Turn) -> Reply:
        """Show the link, its picture and a message to forward; or that message in another language."""
        worker = turn.known().holds(Role.WORKER)
        if worker is None:
            return await self._not_here(turn)
        link = await _own(turn, worker)
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        language = turn.press.word(0) if turn.press else None
        if language is not None and language in self.words:
            return Reply((self._letter(self.words[language], link),))
        return Reply((await self._facts(turn, link), self._picture(turn.t, link), self._letter(turn.t, link)))

    async def picture(self, turn: Turn) -> Reply:
        """Send the picture of one of the worker's own links."""
        worker, link_id = turn.known().holds(Role.WORKER), turn.press.number(0) if turn.press else None
        own = await links.of_staff(turn.store, worker.id) if worker else []
        link = next((one for one in own if one.id == link_id), None)
        if link is None:
            return await self._not_here(turn)
        await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
        return Reply((self._picture(turn.t, link),))

    async def _facts(self, turn: Turn, link: Link) -> Step:
        t = turn.t
        people = await cascade.through_link(turn.store, link.id)
        parts = [
            t(
                "🔗 <b>Your link</b>\n{link}\n\nCode to type by hand: <code>{code}</code>",
                link=deep_link(self.username, link.code),
                code=spoken(link.short_code),
            ),
            t.many("{n} person came through it.", "{n} people came through it.", people),
            t("Show the picture, or forward the message below. In which language do people read it?"),
        ]
        keys = [key(name, Verb.LINKS, code) for code, name in self.words.choices]
        picture = key(t.label("🔳 Show the picture"), Verb.LINK_QR, link.id)
        rows = [*pairs(keys), [picture], [work_key(t)]]
        return Step(text="\n\n".join(parts), rows=frozen(rows))

    def _picture(self, t: Locale, link: Link) -> Step:
        address = deep_link(self.username, link.code)
        caption = t("📷 Scan with the camera of a phone. Code: {code}", code=spoken(link.short_code))
        return Step(way=Way.QR, content=address, text=f"{caption}\n{address}")

    def _letter(self, t: Locale, link: Link) -> Step:
        text = t(
            "👋 Hamroh helps people who work far from home. Ask about your health in your own language. "
            "Nobody asks for your name or documents.\n\n{link}\n\n"
            "If the chat stays empty, send this code: {code}",
            link=deep_link(self.username, link.code),
            code=spoken(link.short_code),
        )
        return Step(way=Way.SEND, text=text)

    async def _not_here(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        return screen(turn.t("This is not here any more."), [[work_key(turn.t)]])


async def _own(turn: Turn, worker: StaffMember) -> Link:
    """Return the worker's first link, made now when there is none.

    Raises LookupError when it cannot be read back.
    """
    found = await links.of_staff(turn.store, worker.id)
    if not found:
        await links.add(turn.store, now=turn.now, staff_id=worker.id, area_id=worker.area_id)
        found = await links.of_staff(turn.store, worker.id)
    if not found:
        raise LookupError("the link that was just made is not there")
    return found[0]
