"""Register somebody without Telegram on the worker's phone, and give them a ticket."""

from dataclasses import dataclass

from care.audit import Act, Deed
from care.claims import Kind as Good
from care.consent import CONSENT_VERSION
from care.invites import deep_link, new_code
from care.outcomes import Kind
from care.person import Person, pseudonym
from care.roles import Actor
from care.ticket import ticket
from handlers import chosen
from handlers.agent import DRAFT, Agent, finish_text, staff_ids
from handlers.buttons import Verb
from handlers.clinic_card import address
from handlers.roles import work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Html, Locale, Words
from storage import (
    audit,
    bookings,
    claims,
    company_offers,
    directory,
    drafts,
    locking,
    outcomes,
    people,
    without_telegram,
)
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """What /newperson and its buttons do; somebody else's people are answered like those not there."""

    words: Words
    vault: Vault
    username: str  # of the bot, without the @
    agent: Agent

    async def show(self, turn: Turn) -> Reply:
        """Show for whom the worker acts now, or whom they registered; or ask for consent in a language."""
        code = chosen.word(turn, 0)
        if code is not None and code in self.words:
            return await self._consent(turn, code)
        acting = await self.agent.acting(turn)
        if acting is not None and code != "more":
            return self.agent.barred(acting, await self.agent.home(acting))
        await turn.record(Kind.NEWPERSON_SEEN, role=turn.staff_actor())
        t = turn.t
        known = await without_telegram.all_of(turn.store, [one.id for one in staff_ids(turn)])
        keys = [key(f"👤 {pseudonym(one['id'])}", Verb.AGENT, one["id"]) for one in known]
        languages = [key(name, Verb.NEWPERSON, code) for code, name in self.words.choices]
        text = t(
            "👤 <b>Somebody without Telegram</b>\n\n"
            "You register them, read out the questions of the check, and book for them on your phone. They "
            "get a ticket, and can take over everything later.\n\n"
            "A new person: which language do they speak?"
        )
        return screen(text, [*pairs(languages), *pairs(keys), [work_key(t)]])

    async def agreed(self, turn: Turn) -> Reply:
        """Remember who agreed, and act for them; the same screen pressed twice makes one person."""
        code, number = chosen.word(turn, 0) or "", chosen.number(turn, 1) or 0
        member = staff_ids(turn)[0]
        if code not in self.words:
            return await self.show(turn)
        draft = await drafts.get(turn.store, turn.known().id, DRAFT)
        if draft is not None and draft.content.get("made") == number:
            acting = await self.agent.acting(turn)
            if acting is not None:
                return self.agent.barred(acting, await self.agent.home(acting))
        person = await without_telegram.register(
            turn.store,
            self.vault,
            staff_id=member.id,
            locale=code,
            consent_version=CONSENT_VERSION,
            area_id=member.area_id or turn.known().area_id,
            now=turn.now,
        )
        acting = await self.agent.sit_down(turn, person, made=number)
        await self._log(turn, Act.REGISTERED, person.id)
        await acting.record(Kind.REGISTERED)
        await acting.record(Kind.CONSENTED)
        return self.agent.barred(acting, await self.agent.home(acting))

    async def act(self, turn: Turn) -> Reply:
        """Act for somebody whom the worker registered or looks after."""
        person = await self._theirs(turn)
        if person is None:
            return await self._gone(turn)
        acting = await self.agent.sit_down(turn, person)
        return self.agent.barred(acting, await self.agent.home(acting))

    async def language(self, turn: Turn) -> Reply:
        """Show the screens in the person's language, or in the worker's own again."""
        draft = await drafts.get(turn.store, turn.known().id, DRAFT)
        acting = await self.agent.acting(turn)
        if acting is None or draft is None:
            return await self.show(turn)
        theirs, made = draft.content.get("shown") != "theirs", int(draft.content.get("made", 0))
        acting = await self.agent.sit_down(turn, acting.known(), theirs=theirs, made=made)
        return self.agent.barred(acting, await self.agent.home(acting))

    async def end(self, turn: Turn) -> Reply:
        """Act for oneself again."""
        acting = await self.agent.acting(turn)
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        await turn.record(Kind.NEWPERSON_SEEN, role=turn.staff_actor())
        t = turn.t
        rows = [[key(t.label("👤 Somebody without Telegram"), Verb.NEWPERSON)], [work_key(t)]]
        if acting is None:
            return screen(t("👤 You act for yourself."), rows)
        return screen(finish_text(t, pseudonym(acting.known().id)), rows)

    async def ticket(self, turn: Turn) -> Reply:
        """Show the ticket: a picture to photograph or print, and a few words to write down."""
        person = await self._theirs(turn)
        if person is None:
            return await self._gone(turn)
        code = await self._code(turn, person, Good.RECORD)
        t = self.words.get(person.locale, turn.t)
        lines = [t("🎫 <b>Hamroh</b> · {name}", name=pseudonym(person.id))]
        for booking in await bookings.upcoming(turn.store, person.id, now=turn.now):
            clinic = await directory.clinic(turn.store, booking.clinic_id, also_retired=True)
            lines.append(t("📅 {moment}", moment=t.moment(booking.local)))
            lines += [t("📍 {address}", address=Html(address(t, clinic)))] if clinic else []
            lines.append(t("Number: <b>{number}</b>. Say it at the desk.", number=ticket(booking.id)))
        lines.append(t("Have you Telegram later? Scan this, and everything is yours. It works once."))
        return self._picture(turn, code, Html("\n".join(lines)), person)

    async def friend(self, turn: Turn) -> Reply:
        """Show a code with which a friend takes the reminders."""
        person = await self._theirs(turn)
        if person is None:
            return await self._gone(turn)
        code = await self._code(turn, person, Good.REMINDERS)
        text = turn.t(
            "👥 A friend scans this and agrees: then they get the reminders for {name}, with day, time and "
            "address. It works once.",
            name=pseudonym(person.id),
        )
        return self._picture(turn, code, text, person)

    async def forget(self, turn: Turn) -> Reply:
        """Ask, and delete everything about somebody who wishes it."""
        person = await self._theirs(turn)
        if person is None:
            return await self._gone(turn)
        t, name = turn.t, pseudonym(person.id)
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.FORGET_SEEN, role=turn.staff_actor())
            return screen(
                t(
                    "🗑 <b>Delete everything about {name}?</b>\n\nDo this when they wish it. Visits are "
                    "cancelled, the ticket stops. It cannot be undone.",
                    name=name,
                ),
                [
                    [key(t.label("🗑 Yes, delete everything"), Verb.AGENT_FORGET, person.id, "y")],
                    [key(t.label("⬅️ Back"), Verb.AGENT, person.id)],
                ],
            )
        await outcomes.append(
            turn.store,
            Kind.FORGOTTEN,
            now=turn.now,
            role=turn.staff_actor(),
            update_id=turn.update_id,
            area_id=person.area_id,
            locale=person.locale,
        )
        await locking.all_visits_of(turn.store, person.id)  # before what hangs on them
        await company_offers.person_forgotten(turn.store, person.id, now=turn.now)
        await people.forget(turn.store, person, [], now=turn.now)
        await drafts.drop(turn.store, turn.known().id, DRAFT)
        another = key(t.label("👤 Somebody without Telegram"), Verb.NEWPERSON)
        return screen(t("✅ Everything about {name} is erased.", name=name), [[another], [work_key(t)]])

    async def _consent(self, turn: Turn, code: str) -> Reply:
        """Show the consent in the person's language, to be read out."""
        await turn.record(Kind.CONSENT_SEEN, detail="short", role=turn.staff_actor())
        t = turn.t
        parts = [t("🗣 Read this out, and ask: do you agree?"), spoken_consent(self.words[code])]
        yes = key(t.label("✅ They agree"), Verb.NEWPERSON_YES, code, turn.update_id)
        no = key(t.label("✖️ They do not agree"), Verb.STAFF)
        back = key(t.label("⬅️ Back"), Verb.NEWPERSON, "more")
        return screen(Html("\n\n".join(parts)), [[yes], [no], [back]])

    async def _code(self, turn: Turn, person: Person, good: Good) -> str:
        code = new_code()
        await claims.add(turn.store, person.id, good, code, now=turn.now)
        await turn.record(Kind.TICKET_SHOWN, detail=good.value, role=turn.staff_actor())
        return code

    def _picture(self, turn: Turn, code: str, text: str, person: Person) -> Reply:
        link = deep_link(self.username, code)
        words = Html("\n".join([text, link]))
        back = _back(turn.t, person)
        below = Step(
            way=Way.SEND, text=turn.t("🖨 Let them photograph it, or print it."), rows=frozen([[back]])
        )
        return Reply((Step(way=Way.QR, content=link, text=words), below))

    async def _theirs(self, turn: Turn) -> Person | None:
        person_id = chosen.number(turn, 0)
        if person_id is None:
            return None
        own = [one.id for one in staff_ids(turn)]
        return await without_telegram.one_of(turn.store, person_id, own)

    async def _log(self, turn: Turn, act: Act, person_id: int) -> None:
        member = staff_ids(turn)[0]
        deed = Deed(
            act=act, role=Actor(member.role.value), about="person", actor_id=member.id, about_id=person_id
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)

    async def _gone(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        t = turn.t
        rows = [[key(t.label("👤 Somebody without Telegram"), Verb.NEWPERSON)], [work_key(t)]]
        return screen(t("This is not here any more."), rows)


def _back(t: Locale, person: Person) -> Key:
    return key(t.label("⬅️ Back to {name}", name=pseudonym(person.id)), Verb.AGENT, person.id)


def spoken_consent(t: Locale) -> str:
    """Return the consent of somebody without Telegram, as it is read out; HTML."""
    return t(
        "🔒 <b>May we remember you?</b>\n\n"
        "For this we must keep a little about you: your language, your visits, and how urgent they are. We "
        "do not ask for your name, your phone or documents. Who talks with you now can see your visits.\n\n"
        "You can have everything deleted at any time: tell any of us."
    )
