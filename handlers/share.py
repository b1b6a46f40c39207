"""Give a person a link of their own to pass on: who comes through it is helped by the same team.

Who brought whom is counted and shown to nobody.
"""

from dataclasses import dataclass

from care.links import Link
from care.outcomes import Kind
from care.person import Person
from care.roles import Role
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.newcomer import PASSED_ON
from handlers.roles import work_key
from handlers.screens import Key, Reply, Step, frozen, key, pairs, screen
from handlers.turn import Turn
from handlers.worker import link_screen
from locales.catalogue import Html, Locale, Words
from storage import links


@dataclass(frozen=True, kw_only=True)
class Share:
    """What /share and its buttons do."""

    username: str  # of the bot, without the @
    words: Words

    async def show(self, turn: Turn) -> Reply:
        """Show the link, its picture and a message to forward; or that message in another language."""
        person = turn.known()
        if person.holds(Role.WORKER):
            return await _has_others(turn)
        link = await self._own(turn, person)
        language = turn.press.word(0) if turn.press else None
        if language is not None and language in self.words:
            return Reply((link_screen.letter(self.words[language], link, self.username),))
        t = turn.t
        keys = [key(name, Verb.SHARE, code) for code, name in self.words.choices]
        end = key(t.label("🛑 End my link"), Verb.SHARE_END)
        text = t(
            "💌 <b>Pass it on</b>\n\nIs there somebody near you who needs help, too? Show them the picture, "
            "or forward the message below. They are helped as you were.\n\n"
            "Nobody is told that they came through you, and you are not told who came.\n\n"
            "In which language do they read?"
        )
        text = Html(f"{text}\n\n{they_read(t)}")
        return Reply(
            (
                Step(text=text, rows=frozen([*pairs(keys), [end], [home_key(t)]])),
                link_screen.picture(t, link, self.username),
                link_screen.letter(t, link, self.username),
            )
        )

    async def end(self, turn: Turn) -> Reply:
        """Ask, and end the link."""
        link, t = await links.of_friend(turn.store, turn.known().id, now=turn.now), turn.t
        if link is None:
            await turn.record(Kind.REFUSED, detail="gone")
            return screen(t("You have no link that could be ended."), [[share_key(t)], [home_key(t)]])
        if turn.press is None or turn.press.word(0) != "y":
            await turn.record(Kind.SHARE_SEEN)
            text = t("🛑 End your link? Whoever still comes through it is helped all the same.")
            yes = key(t.label("🛑 Yes, end it"), Verb.SHARE_END, "y")
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.SHARE)], [home_key(t)]])
        await links.end(turn.store, link.id, now=turn.now)
        await turn.record(Kind.SHARE_ENDED)
        text = t("Your link is ended. You can have a new one at any time: /share")
        return screen(text, [[share_key(t)], [home_key(t)]])

    async def _own(self, turn: Turn, person: Person) -> Link:
        """Return the person's link, made now when there is none.

        Raises LookupError when it cannot be read back.
        """
        link = await links.of_friend(turn.store, person.id, now=turn.now)
        if link is not None:
            await turn.record(Kind.SHARE_SEEN)
            return link
        link_id = await links.add_friend(turn.store, person.id, now=turn.now, area_id=person.area_id)
        await turn.record(Kind.SHARED)
        made = await links.by_id(turn.store, link_id, now=turn.now)
        if made is None:
            raise LookupError("the link that was just made is not there")
        return made


def they_read(t: Locale) -> str:
    """Say what whoever opens a link that a person passes on reads first, HTML."""
    return t("Whoever opens it reads first:\n<blockquote>{words}</blockquote>", words=t(PASSED_ON))


def share_key(t: Locale) -> Key:
    """Return the button that leads to the link to pass on."""
    return key(t.label("💌 Pass it on"), Verb.SHARE)


async def _has_others(turn: Turn) -> Reply:
    """Lead a worker to the links that they have anyway."""
    await turn.record(Kind.LINKS_SEEN, role=turn.staff_actor())
    t = turn.t
    links_key = key(t.label("🔗 My link and QR code"), Verb.LINKS)
    return screen(
        t("You have links of your own: people who come through them are yours."), [[links_key], [work_key(t)]]
    )
