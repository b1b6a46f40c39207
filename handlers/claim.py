"""Use a ticket: take over the record that a worker kept, or take a friend's reminders."""

from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from care.audit import Act, Deed
from care.claims import Claim
from care.claims import Kind as Good
from care.consent import CONSENT_VERSION
from care.outcomes import Kind
from care.person import Person
from care.roles import Actor
from care.without_telegram import taken_back
from handlers import chosen
from handlers.buttons import Press, Verb
from handlers.clinic_card import home_key
from handlers.consent import short_text
from handlers.language import then
from handlers.roles import menu
from handlers.screens import Key, Reply, key, screen
from handlers.strangers import Strangers
from handlers.turn import Conversation, Turn
from locales.catalogue import Html
from storage import audit, claims, due, people, taking_over, without_telegram
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class TicketCodes:
    """What the codes of tickets do; used, late, unknown and one's own clients' ones look the same."""

    vault: Vault
    strangers: Strangers
    go_on: Conversation  # grants the wish that waits in `turn.press`

    async def claim(self, turn: Turn) -> Reply:
        """Ask, and give the record to whoever holds the ticket."""
        claim, old = await self._good(turn, Good.RECORD)
        if claim is None or old is None:
            return await self._over(turn)
        if chosen.word(turn, 1) != "y":
            return await self._ask(turn)
        if not await claims.use(turn.store, claim.id, now=turn.now):
            return await self._over(turn)
        person = await self._give(turn, old)
        if person is None:
            return await self._over(turn)
        self.strangers.drop(turn.telegram_id)
        claimed = replace(turn, person=person, link=None)
        await claimed.record(Kind.CLAIMED, detail="new" if turn.person is None else "known")
        await self._tell(claimed, old)
        reply = await self.go_on(claimed.pressing(Press(Verb.VISITS)))
        thanks = turn.t.label("✅ Everything is yours now.")
        return replace(reply, toast=thanks, menu=reply.menu or menu(turn.t, person))

    async def friend(self, turn: Turn) -> Reply:
        """Ask, and send a friend's reminders here."""
        claim, about = await self._good(turn, Good.REMINDERS)
        t = turn.t
        if claim is None or about is None:
            return await self._over(turn)
        code = chosen.word(turn, 0) or ""
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.CLAIM_SEEN, detail=claim.kind.value)
            return screen(
                t(
                    "👥 <b>A friend without Telegram asks you for help</b>\n\n"
                    "I would send you the reminders of their visits: day, time and address, never what for. "
                    "You tell them. You can stop it at any time. Do you agree?"
                ),
                [[key(t.label("✅ I agree"), Verb.FRIEND, code, "y")], [key(t.label("✖️ No"), Verb.HOME)]],
            )
        if not await claims.use(turn.store, claim.id, now=turn.now):
            return await self._over(turn)
        await people.change(turn.store, about.id, reminders_to=turn.known().id)
        await turn.record(Kind.REMINDERS_TAKEN)
        text = t("✅ Thank you! I write to you on the evening before their visit and two hours before.")
        return screen(text, [[key(t.label("✖️ Stop it"), Verb.FRIEND_STOP, about.id)], [home_key(t)]])

    async def stop(self, turn: Turn) -> Reply:
        """Send the friend's reminders here no more; the worker tells them then."""
        t, about = turn.t, chosen.number(turn, 0)
        if about is None or not await without_telegram.stop_reminders(turn.store, about, turn.known().id):
            await turn.record(Kind.REFUSED, detail="stale")
            return screen(t("This is not here any more."), [[home_key(t)]])
        await turn.record(Kind.REMINDERS_STOPPED)
        return screen(t("👌 I do not write to you about your friend's visits any more."), [[home_key(t)]])

    async def _ask(self, turn: Turn) -> Reply:
        """Ask whoever is new whether they agree to be remembered, and others whether it is theirs."""
        await turn.record(Kind.CLAIM_SEEN, detail=Good.RECORD.value)
        t, code = turn.t, chosen.word(turn, 0) or ""
        if turn.person is None:
            lead = t("🎫 This ticket brings you what was booked for you.")
            more = Key(t.label("📖 Read more"), then(Verb.CONSENT_MORE, wish=Press(Verb.CLAIM, (code,))))
            yes = key(t.label("✅ I agree, it is mine"), Verb.CLAIM, code, "y")
            return screen(Html("\n\n".join([lead, short_text(t)])), [[yes], [more], [home_key(t)]])
        text = t(
            "🎫 Is this ticket yours? Then the visits that were booked with it come to you here. "
            "Of two visits on one day your own stays."
        )
        return screen(
            text,
            [[key(t.label("✅ Yes, it is mine"), Verb.CLAIM, code, "y")], [key(t.label("✖️ No"), Verb.HOME)]],
        )

    async def _give(self, turn: Turn, old: Person) -> Person | None:
        """Write the account to that very record, or give the record to who is known already."""
        if turn.person is not None:
            await taking_over.take_over(turn.store, self.vault, old, turn.person, now=turn.now)
            return await people.by_id(turn.store, turn.person.id)
        try:
            async with turn.store.begin_nested():
                await without_telegram.give_telegram(
                    turn.store,
                    self.vault,
                    old,
                    turn.telegram_id,
                    locale=turn.t.code,
                    consent_version=CONSENT_VERSION,
                    now=turn.now,
                )
        except IntegrityError:  # known since a moment ago, from another phone
            return None
        await claims.end_all(turn.store, old.id)
        return await people.by_id(turn.store, old.id)

    async def _good(self, turn: Turn, kind: Good) -> tuple[Claim | None, Person | None]:
        """Return what the pressed code is good for; who looks after the person cannot use it themselves."""
        claim = await claims.by_code(turn.store, chosen.word(turn, 0) or "", now=turn.now)
        if claim is None or claim.kind is not kind:
            return None, None
        about = await people.by_id(turn.store, claim.person_id)
        if about is None:
            return None, None
        looks_after = {about.registered_by, about.episode.staff_id if about.episode else None}
        own = {one.id for one in turn.person.roles} if turn.person is not None else set()
        return (None, None) if own & looks_after else (claim, about)

    async def _tell(self, turn: Turn, old: Person) -> None:
        """Write it down, and tell who looks after them under which name they stand now."""
        deed = Deed(act=Act.CLAIMED, role=Actor.PERSON, about="person", about_id=turn.known().id)
        await audit.append(turn.store, self.vault, deed, now=turn.now)
        for staff_person_id in await due.responsible_for(turn.store, turn.known().id):
            planned = taken_back(old.id, turn.known().id, staff_person_id, now=turn.now)
            await due.schedule(turn.store, planned, now=turn.now)

    async def _over(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="unknown-code")
        t = turn.t
        text = t("This ticket is not valid any more. Ask whoever gave it to you for a new one.")
        return screen(text, [[home_key(t)]])
