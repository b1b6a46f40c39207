"""Answer while somebody types behind the bot's name, in any chat: cards that can be sent there.

Queries come with every letter, so they are only read for and nothing is written. A card holds a general
answer, in the language of who types, and a button to the private chat; from a worker it carries their link.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from care.danger import DangerRule
from care.links import Link, payload
from care.outcomes import Kind
from care.person import Person
from care.roles import Actor, Role
from care.search import Finding, Search
from care.topics import FEARS, TOPICS, related
from care.topics import Kind as TopicKind
from handlers import emergency
from handlers.elsewhere import general, private_key
from handlers.incoming import Incoming
from handlers.screens import Rows, frozen
from handlers.strangers import Strangers
from handlers.unanswered import NEAR
from locales.catalogue import Locale, Words
from storage import links, outcomes, people
from storage.vault import Vault

PAGE = 10  # cards at once
IN = "."  # in a card's id, between the topic and a language other than the sender's


@dataclass(frozen=True, slots=True)
class Card:
    """One answer that can be sent into any chat."""

    id: str
    title: str  # plain
    text: str  # HTML
    rows: Rows


@dataclass(frozen=True, slots=True)
class Cards:
    """What is shown to who types."""

    cards: tuple[Card, ...] = ()
    next_offset: str = ""  # from where on there are more; empty: there are none
    label: str = ""  # of the button above the cards …
    start: str | None = None  # … and the start payload it opens the private chat with


@dataclass(frozen=True, slots=True)
class _Sender:
    t: Locale
    person: Person | None
    link: Link | None  # their own, when they are a worker


@dataclass(frozen=True, kw_only=True)
class Inline:
    """What is answered behind the bot's name."""

    words: Words
    vault: Vault
    strangers: Strangers
    search: Search
    danger: DangerRule
    username: str  # of the bot, without the @

    async def cards(self, store: AsyncConnection, query: Incoming, now: datetime) -> Cards:
        """Return the cards for a query; for an empty one what people fear most, then all topics."""
        sender = await self._sender(store, query, now)
        text = query.text.strip()
        wanted = list(dict.fromkeys(self._wanted(sender.t, text)))
        begin = int(query.offset) if query.offset.isascii() and query.offset.isdecimal() else 0
        page = wanted[begin : begin + PAGE]
        made = [await self._card(store, sender, topic, language) for topic, language in page]
        return Cards(
            cards=tuple(card for card in made if card is not None),
            next_offset=str(begin + PAGE) if len(wanted) > begin + PAGE else "",
            label=sender.t.label("💬 Ask in a private chat"),
            start=payload(sender.link.code if sender.link else None, None),
        )

    async def chosen(self, store: AsyncConnection, result: Incoming, now: datetime) -> None:
        """Count a card that was sent, and whose link it carries; never by whom or where."""
        topic = result.data.partition(IN)[0]
        if topic not in TOPICS:
            return
        sender = await self._sender(store, result, now)
        link = sender.link
        await outcomes.append(
            store,
            Kind.CARD_CHOSEN,
            now=now,
            role=Actor.WORKER if link else Actor.PERSON,
            update_id=result.update_id,
            detail=topic,
            locale=sender.t.code,
            link_id=link.id if link else None,
            staff_id=link.staff_id if link else None,
            area_id=link.area_id if link else None,
            site_id=link.site_id if link else None,
        )

    async def _sender(self, store: AsyncConnection, query: Incoming, now: datetime) -> _Sender:
        who = query.sender_id or 0
        person = await people.by_hash(store, self.vault.hashes(str(who)))
        chosen = person.locale if person else self.strangers.hint(who, now=now).locale
        guess = self.words.preselect(query.language_code) or self.words.choices[0][0]
        worker = person.holds(Role.WORKER) if person else None
        own = await links.of_staff(store, worker.id, now=now) if worker else []
        code = chosen if chosen in self.words else guess
        return _Sender(self.words[code or guess], person, own[0] if own else None)

    def _wanted(self, t: Locale, text: str) -> Iterator[tuple[str, str]]:
        """Yield topics, best first, each with the language of its card; perhaps the same one twice."""
        if not text:
            for topic in (*FEARS, *TOPICS):
                yield from self._written(t, topic)
            return
        if self.danger(text) is not None:
            yield from self._written(t, emergency.TOPIC)
        finding = self.search.ask(text)
        found = [one.topic for one in finding.topics if one.score >= NEAR]
        for place, topic in enumerate(found):
            yield from self._written(t, topic)
            if place == 0:
                yield from self._in_other_words(t, topic, finding, text)
        for topic in found:
            for other in related(topic, written=frozenset(t.answers)):
                yield from self._written(t, other)

    def _written(self, t: Locale, topic: str) -> Iterator[tuple[str, str]]:
        if TOPICS[topic].kind is TopicKind.ANSWER and t.answer(topic) is not None:
            yield topic, t.code

    def _in_other_words(
        self, t: Locale, topic: str, finding: Finding, text: str
    ) -> Iterator[tuple[str, str]]:
        """Offer the best answer in the language of the query, too, when it is not the sender's own."""
        if finding.confident and finding.language and t.code.partition("_")[0] != finding.language:
            other = self.words.written_in(finding.language, text)
            if other:
                yield from self._written(self.words[other], topic)

    async def _card(self, store: AsyncConnection, sender: _Sender, topic: str, language: str) -> Card | None:
        t = self.words[language]
        text, answer = await general(store, t, topic), t.answer(topic)
        if text is None or answer is None:
            return None
        code = sender.link.code if sender.link else None
        title = t.label("🚨 Danger: call 103 or 112 now") if topic == emergency.TOPIC else answer.title
        return Card(
            id=topic if t is sender.t else f"{topic}{IN}{language}",
            title=title,
            text=text,
            rows=frozen([[private_key(t, self.username, code=code, topic=topic)]]),
        )
