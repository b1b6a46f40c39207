"""Ask whether a person may be remembered: short, honest, with more to read; nothing is stored before.

The wish that needed it waits in the buttons and is granted right after.
"""

from dataclasses import asdict, dataclass, replace

from sqlalchemy.exc import IntegrityError

from care.consent import CONSENT_VERSION
from care.links import Link, LinkKind, origin
from care.outcomes import Kind
from care.person import Person
from handlers import kept
from handlers.buttons import Press, Verb
from handlers.language import then, waiting
from handlers.roles import menu
from handlers.screens import Key, Reply, key, screen
from handlers.strangers import Strangers
from handlers.turn import Conversation, Turn
from locales.catalogue import Locale
from storage import directory, household, links, ownership, people, referrals, staff
from storage.vault import Vault

_OWN = frozenset({Verb.CONSENT, Verb.CONSENT_MORE, Verb.AGREE})


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What is asked where a conversation needs a person who agreed."""

    vault: Vault
    strangers: Strangers
    go_on: Conversation  # grants the wish that waits in `turn.press`
    zone: str  # IANA name, where a worker's own is not known

    async def ask(self, turn: Turn) -> Reply:
        """Ask in a few words."""
        if turn.person is not None:
            return await self._on(turn)
        await turn.record(Kind.CONSENT_SEEN, detail="short")
        wish, t = _wish(turn), turn.t
        more = Key(t.label("📖 Read more"), then(Verb.CONSENT_MORE, wish=wish))
        return screen(short_text(t), [*_answers(t, wish), [more], [key(t.label("🏠 Home"), Verb.HOME)]])

    async def more(self, turn: Turn) -> Reply:
        """Say everything there is to know before agreeing."""
        if turn.person is not None:
            return await self._on(turn)
        await turn.record(Kind.CONSENT_SEEN, detail="more")
        wish, t = _wish(turn), turn.t
        programme = await directory.programme(turn.store)
        parts = [kept.what(t), kept.who_sees(t), kept.how_long(t, programme), kept.who_runs(t, programme)]
        back = Key(t.label("⬅️ Back"), then(Verb.CONSENT, wish=wish))
        return screen("\n\n".join(part for part in parts if part), [*_answers(t, wish), [back]])

    async def agree(self, turn: Turn) -> Reply:
        """Remember the person, open their referral, and go on; whoever agreed a moment ago just goes on."""
        if turn.person is not None:
            return await self._on(turn)
        link = await links.by_full_code(turn.store, turn.link, now=turn.now) if turn.link else None
        person, is_new = await self._remember(turn, link)
        if turn.admin:
            await staff.give_admin(turn.store, person.id, now=turn.now)
            person = await people.by_id(turn.store, person.id) or person
        agreed = replace(turn, person=person, link=None)
        if is_new:
            await self._open(agreed, person, link)
            await agreed.record(Kind.CONSENTED)
            if link is not None and link.kind in (LinkKind.FRIEND, LinkKind.HOUSEHOLD):
                await household.came_through(turn.store, person.id, link)
                await agreed.record(Kind.BROUGHT, staff_id=link.staff_id)
        self.strangers.drop(turn.telegram_id)
        reply = await self._on(agreed)
        return replace(reply, menu=reply.menu or menu(agreed.t, person))

    async def later(self, turn: Turn) -> Reply:
        """Go on without remembering anything: questions are answered all the same."""
        await turn.record(Kind.NOT_REMEMBERED)
        return await self.go_on(turn.pressing(Press(Verb.ASK)))

    async def _remember(self, turn: Turn, link: Link | None) -> tuple[Person, bool]:
        """Add the person; another process may have done so for the same button, pressed twice."""
        try:
            async with turn.store.begin_nested():
                person = await people.add(
                    turn.store,
                    self.vault,
                    turn.telegram_id,
                    locale=turn.t.code,
                    consent_version=CONSENT_VERSION,
                    link_id=link.id if link else None,
                    area_id=link.area_id if link else None,
                    now=turn.now,
                )
        except IntegrityError:
            known = await people.by_hash(turn.store, self.vault.hashes(str(turn.telegram_id)))
            if known is None:
                raise
            return known, False
        return person, True

    async def _open(self, turn: Turn, person: Person, link: Link | None) -> None:
        """Open the referral and make it somebody's; who joins the team needs nobody to look after them."""
        begun = origin(link)
        await referrals.open_for(turn.store, person.id, now=turn.now, **asdict(replace(begun, staff_id=None)))
        wish = _wish(turn)
        if not turn.admin and (wish is None or wish.verb is not Verb.JOIN):
            await ownership.settle(
                turn.store, person.id, now=turn.now, zone=self.zone, link_staff_id=begun.staff_id
            )

    async def _on(self, turn: Turn) -> Reply:
        wish = _wish(turn)
        return await self.go_on(turn.pressing(wish if wish and wish.verb not in _OWN else Press(Verb.HOME)))


def short_text(t: Locale) -> str:
    """Return the consent in a few words."""
    return t(
        "🔒 <b>May I remember you?</b>\n\n"
        "For this I must keep a little about you: your language, your visits, the link you came through, "
        "and your Telegram number (encrypted).\n\n"
        "I do not ask for your name or documents. You can delete everything at any time: /forget"
    )


def _answers(t: Locale, wish: Press | None) -> list[list[Key]]:
    return [
        [Key(t.label("✅ I agree"), then(Verb.AGREE, wish=wish))],
        [key(t.label("❓ Ask without being remembered"), Verb.LATER)],
    ]


def _wish(turn: Turn) -> Press | None:
    """Return the wish behind a button of the consent, or the one that consent interrupted."""
    return waiting(turn.press, 0) if turn.press and turn.press.verb in _OWN else turn.press
