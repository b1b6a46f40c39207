"""Give somebody a link for those who live with them: the person decides whether and to whom it goes.

Who lived close to somebody with TB should be examined. Nothing is sent to anybody, and whoever comes through
the link is not told who sent it. Where there is no reason for that, the button leads to the link that
everybody can pass on; both look and are counted alike.
"""

from dataclasses import dataclass

from care.links import Link
from care.outcomes import Kind
from care.roles import Role
from handlers.answer import topic_key
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, Step, frozen, key, pairs, screen
from handlers.share import Share, they_read
from handlers.turn import Turn
from handlers.worker import link_screen
from locales.catalogue import Html
from storage import household, links, result_codes
from storage.vault import Vault

TOPIC = "contact-with-patient"
END, SURE = "x", "y"


@dataclass(frozen=True, kw_only=True)
class Household:
    """What 🏠 after a visit to the clinic does."""

    share: Share
    vault: Vault

    async def show(self, turn: Turn) -> Reply:
        """Show what is good for those who live with the person, with a link for them."""
        person = turn.known()
        is_theirs = turn.behalf_of is None and not person.holds(Role.WORKER)
        if not is_theirs or not await result_codes.is_of_household(turn.store, self.vault, person.id):
            return await self.share.show(turn)
        word = turn.press.word(0) if turn.press else None
        if word == END:
            return await self._end(turn)
        link = await self._own(turn)
        if word is not None and word in self.share.words:
            return Reply((link_screen.letter(self.share.words[word], link, self.share.username),))
        t = turn.t
        text = t(
            "🏠 <b>For those who live with you</b>\n\n"
            "Whoever lives with you, sleeps in one room with you or is close to you for long should be "
            "examined at a clinic now, also when they feel well. Most of them are not ill. Children under 5 "
            "go first.\n\n"
            "Show them the picture, or forward the message below: they are helped to an examination. You "
            "decide whether, to whom, and what you say. I send nothing to anybody, and nobody is told that "
            "they came through you.\n\n"
            "In which language do they read?"
        )
        text = Html(f"{text}\n\n{they_read(t)}")
        languages = [key(name, Verb.HOUSEHOLD, code) for code, name in self.share.words.choices]
        end = key(t.label("🛑 End this link"), Verb.HOUSEHOLD, END)
        more = [topic_key(t, TOPIC)] if t.answer(TOPIC) is not None else []
        return Reply(
            (
                Step(text=text, rows=frozen([*pairs(languages), more, [end], [home_key(t)]])),
                link_screen.picture(t, link, self.share.username),
                link_screen.letter(t, link, self.share.username),
            )
        )

    async def _own(self, turn: Turn) -> Link:
        """Return the person's link for those who live with them, made now when there is none."""
        person = turn.known()
        link = await household.link_of(turn.store, person.id, now=turn.now)
        await turn.record(Kind.SHARED if link is None else Kind.SHARE_SEEN)
        if link is None:
            link = await household.add_link(turn.store, person.id, now=turn.now, area_id=person.area_id)
        return link

    async def _end(self, turn: Turn) -> Reply:
        """Ask, and end the link."""
        t = turn.t
        link = await household.link_of(turn.store, turn.known().id, now=turn.now)
        if link is None:
            await turn.record(Kind.REFUSED, detail="gone")
            return screen(t("You have no link that could be ended."), [[home_key(t)]])
        if turn.press is None or turn.press.word(1) != SURE:
            await turn.record(Kind.SHARE_SEEN)
            text = t("🛑 End your link? Whoever still comes through it is helped all the same.")
            yes = key(t.label("🛑 Yes, end it"), Verb.HOUSEHOLD, END, SURE)
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.HOUSEHOLD)], [home_key(t)]])
        await links.end(turn.store, link.id, now=turn.now)
        await turn.record(Kind.SHARE_ENDED)
        again = [key(t.label("🏠 For those who live with me"), Verb.HOUSEHOLD)]
        return screen(t("Your link is ended."), [again, [home_key(t)]])
