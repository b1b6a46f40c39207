"""Come along to the clinic with somebody: say yes or no, see whom and where, say afterwards how it went."""

from dataclasses import dataclass, replace

from care import company as rules
from care.company import TAKEN, UNANSWERED, UNSEEN, State
from care.directory import Clinic
from care.outcomes import Kind
from care.person import Person, StaffMember, pseudonym
from care.roles import Role
from handlers import chosen
from handlers.buttons import Verb
from handlers.clinic_card import address, bold, map_key
from handlers.company_words import meeting, place_of
from handlers.roles import OVERSEERS, work_key
from handlers.screens import Key, Reply, Step, Way, key, screen
from handlers.turn import Turn
from handlers.worker.tasks import phone_seen
from locales.catalogue import N_, Html, Locale, Words
from storage import audit, company, company_offers, directory, people, reach
from storage.company import Asked
from storage.vault import Vault

STATES = {
    State.OFFERED: N_("❔ You are asked. Can you come along?"),
    State.ACCEPTED: N_("✅ You come along."),
    State.MET: N_("🤝 You have met."),
    State.NOBODY: N_("🙏 Nobody was found so far."),
    State.ASKED: N_("⏳ Others are being asked."),
}
SAID = {"met": State.MET, "done": State.DONE, "missed": State.MISSED}
OUTCOMES = {State.MET: Kind.COMPANY_MET, State.DONE: Kind.COMPANY_DONE, State.MISSED: Kind.COMPANY_MISSED}


@dataclass(frozen=True, kw_only=True)
class Companions:
    """What /company and its buttons do; what is not theirs is answered like what is not there."""

    words: Words
    vault: Vault
    zone: str  # IANA name, where somebody of the team has no city

    async def show(self, turn: Turn, *, toast: str = "") -> Reply:
        """List whom they go with and for whom they are asked; coordinators also see who has nobody."""
        await turn.record(Kind.COMPANY_SEEN, role=turn.staff_actor())
        t, found = turn.t, await self._open(turn)
        if not found:
            text = t("🚶 You go with nobody at the moment. When somebody asks for company, I write to you.")
            return screen(text, [[work_key(t)]], toast=toast)
        lines = [t("🚶 <b>To the clinic together</b>")]
        keys: list[list[Key]] = []
        for one in found:
            name, when = pseudonym(one.company.person_id), t.moment(one.local)
            state = t(STATES[one.company.state])
            lines.append(t("<b>{name}</b> · {moment}\n{state}", name=name, moment=when, state=Html(state)))
            keys.append([key(f"{name} · {when}", Verb.COMPANY_CARD, one.company.id)])
        return screen(Html("\n\n".join(lines)), [*keys, [work_key(t)]], toast=toast)

    async def card(self, turn: Turn) -> Reply:
        """Show one: whom, when, where, what to do next."""
        asked = await self._asked(turn)
        if asked is None:
            return await self._gone(turn)
        await turn.record(Kind.COMPANY_SEEN, role=turn.staff_actor(), clinic_id=asked.clinic_id)
        return await self._card(turn, asked)

    async def take(self, turn: Turn) -> Reply:
        """Come along; the first who says yes goes."""
        asked = await self._asked(turn)
        member = _as_whom(turn, asked) if asked else None
        if asked is None or member is None:
            return await self._gone(turn)
        after = rules.accepted(asked.company, member.id, oversees=_oversees(turn), now=turn.now)
        if after is None:
            return await self._card(turn, asked)
        await company_offers.settle(turn.store, asked, after, now=turn.now, by=member.id)
        await self._record(turn, Kind.COMPANY_ACCEPTED, asked, member)
        return await self._card(turn, replace(asked, company=after), lead=turn.t("✅ <b>Thank you!</b>"))

    async def decline(self, turn: Turn) -> Reply:
        """Say that they cannot: the next one is asked. They may change their mind while nobody else goes."""
        asked = await self._asked(turn)
        member = _as_whom(turn, asked) if asked else None
        after = rules.declined(asked.company, member.id) if asked and member else None
        if asked is None or member is None:
            return await self._gone(turn)
        if after is None:
            return await self._card(turn, asked)
        await company_offers.settle(turn.store, asked, after, now=turn.now, by=member.id)
        await self._record(turn, Kind.COMPANY_DECLINED, asked, member)
        await self._advance(turn, replace(asked, company=after))
        t = turn.t
        return screen(
            t("👌 I ask somebody else. If you can after all, say so as soon as possible."),
            [[key(t.label("✅ I can after all"), Verb.COMPANY_TAKE, asked.company.id)], [work_key(t)]],
        )

    async def swap(self, turn: Turn) -> Reply:
        """Ask, and then let somebody else be asked; the person is told."""
        asked, member = await self._mine(turn)
        if asked is None or member is None:
            return await self._gone(turn)
        t = turn.t
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.COMPANY_SEEN, role=turn.staff_actor(), clinic_id=asked.clinic_id)
            return screen(
                t("🔁 Must somebody else go? I ask your colleagues and tell the person."),
                [
                    [key(t.label("🔁 Yes, ask somebody else"), Verb.COMPANY_SWAP, asked.company.id, "y")],
                    [key(t.label("⬅️ Back"), Verb.COMPANY_CARD, asked.company.id)],
                ],
            )
        after = rules.swapped(asked.company, member.id)
        if after is None:
            return await self._card(turn, asked)
        await company_offers.settle(turn.store, asked, after, now=turn.now, by=member.id)
        await self._record(turn, Kind.COMPANY_SWAPPED, asked, member)
        await self._advance(turn, replace(asked, company=after))
        return await self.show(turn, toast=t.label("👌 I ask your colleagues."))

    async def off(self, turn: Turn) -> Reply:
        """Ask, and then end it because the person does not need it any more; the person is told."""
        asked, member = await self._mine(turn)
        if asked is None or member is None:
            return await self._gone(turn)
        t = turn.t
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.COMPANY_SEEN, role=turn.staff_actor(), clinic_id=asked.clinic_id)
            return screen(
                t("✖️ Has the person told you that they need nobody? The visit stays, and I tell them."),
                [
                    [key(t.label("✖️ Yes, not needed"), Verb.COMPANY_OFF, asked.company.id, "y")],
                    [key(t.label("⬅️ Back"), Verb.COMPANY_CARD, asked.company.id)],
                ],
            )
        after = rules.cancelled(asked.company, now=turn.now)
        if after is None:
            return await self._gone(turn)
        await company_offers.settle(turn.store, asked, after, now=turn.now, by=member.id)
        await self._record(turn, Kind.COMPANY_CANCELLED, asked, member)
        return await self.show(turn, toast=t.label("👌 It is ended."))

    async def said(self, turn: Turn) -> Reply:
        """Write down that they met, that it is done, or that the person did not come."""
        asked, member = await self._mine(turn)
        what = SAID.get(chosen.word(turn, 1) or "")
        if asked is None or member is None or what is None:
            return await self._gone(turn)
        may = rules.may_say(asked.company, member.id, asked.trip, now=turn.now)
        after = rules.said(asked.company, what, now=turn.now) if may else None
        if after is None:
            return await self._card(turn, asked)
        await company_offers.settle(turn.store, asked, after, now=turn.now, by=member.id)
        await self._record(turn, OUTCOMES[what], asked, member)
        if after.ended_at is None:
            return await self._card(turn, replace(asked, company=after))
        return await self.show(turn, toast=turn.t.label("✅ Written down. Thank you!"))

    async def pin(self, turn: Turn) -> Reply:
        """Send where to meet as a pin; only to who comes along."""
        asked, member = await self._mine(turn)
        person = await people.by_id(turn.store, asked.company.person_id) if asked else None
        place = place_of(self.vault, person, asked.company) if asked and person else None
        if asked is None or member is None or place is None:
            return await self._gone(turn)
        await turn.record(Kind.COMPANY_SEEN, role=turn.staff_actor(), clinic_id=asked.clinic_id)
        pinned = Step(
            way=Way.VENUE,
            text=pseudonym(asked.company.person_id),
            address=turn.t.label("You meet here: {moment}", moment=turn.t.moment(asked.local)),
            latitude=place.latitude,
            longitude=place.longitude,
        )
        return Reply((pinned,))

    async def _card(self, turn: Turn, asked: Asked, *, lead: str = "") -> Reply:
        t, wish = turn.t, asked.company
        person = await people.by_id(turn.store, wish.person_id)
        clinic = await directory.clinic(turn.store, asked.clinic_id, also_retired=True)
        if person is None:
            return await self._gone(turn)
        goes = wish.state in TAKEN and wish.staff_id in _staff_ids(turn)
        if goes and wish.phone is not None:
            seen = phone_seen(turn, person.id, among=[wish.staff_id])
            await audit.append(turn.store, self.vault, seen, now=turn.now)
        lines = [
            *([lead, ""] if lead else []),
            self._who(t, person),
            t("📅 {moment}", moment=t.moment(asked.local)),
            *([f"{bold(t, clinic)}\n📍 {address(t, clinic)}"] if clinic else []),
            meeting(t, place_of(self.vault, person, wish), clinic),
            self._phone(t, person, asked) if goes else "",
            "",
            t(STATES[wish.state]) if wish.state in STATES and (goes or not wish.staff_id) else _taken(t),
        ]
        text = Html("\n".join(line for line in lines if line or line == ""))
        return screen(text, self._rows(turn, asked, clinic, goes=goes))

    def _who(self, t: Locale, person: Person) -> str:
        language = self.words[person.locale].name if person.locale in self.words else person.locale
        return t("🚶 <b>{name}</b> · {language}", name=pseudonym(person.id), language=language)

    def _phone(self, t: Locale, person: Person, asked: Asked) -> str:
        if asked.company.phone is None:
            return t("➖ No number: you meet by the ticket.")
        number = self.vault.open_for(person.key, asked.company.phone).decode()
        return t("📞 Phone: {phone}", phone=number)

    def _rows(self, turn: Turn, asked: Asked, clinic: Clinic | None, *, goes: bool) -> list[list[Key]]:
        t, wish = turn.t, asked.company
        ends = [key(t.label("⬅️ Back"), Verb.COMPANIES), work_key(t)]
        there = [map_key(t, clinic)] if clinic else []
        if wish.ended_at is not None or (wish.state in TAKEN and not goes):
            return [ends]
        if not goes:
            cannot = key(t.label("✖️ I cannot"), Verb.COMPANY_DECLINE, wish.id)
            asks = wish.state is State.OFFERED and wish.offered_to in _staff_ids(turn)
            take = key(t.label("✅ I come along"), Verb.COMPANY_TAKE, wish.id)
            return [[take], [cannot] if asks else [], there, ends]
        if wish.place is not None:
            there = [key(t.label("📌 Where we meet"), Verb.COMPANY_PIN, wish.id), *there]
        return [*self._words_of_the_day(turn, asked), there, *self._changes(t, asked), ends]

    def _words_of_the_day(self, turn: Turn, asked: Asked) -> list[list[Key]]:
        t, wish = turn.t, asked.company
        if wish.staff_id is None or not rules.may_say(wish, wish.staff_id, asked.trip, now=turn.now):
            return []
        done = key(t.label("✅ Done"), Verb.COMPANY_SAID, wish.id, "done")
        if wish.state is State.MET:
            return [[done]]
        met = key(t.label("🤝 We have met"), Verb.COMPANY_SAID, wish.id, "met")
        missed = key(t.label("➖ Did not come"), Verb.COMPANY_SAID, wish.id, "missed")
        return [[met], [done, missed]]

    def _changes(self, t: Locale, asked: Asked) -> list[list[Key]]:
        if asked.company.state is not State.ACCEPTED:
            return []
        swap = key(t.label("🔁 Somebody else must go"), Verb.COMPANY_SWAP, asked.company.id)
        return [[swap], [key(t.label("✖️ Not needed any more"), Verb.COMPANY_OFF, asked.company.id)]]

    async def _asked(self, turn: Turn) -> Asked | None:
        """Return one that concerns the sender: theirs, offered to them, or that they can still take."""
        company_id = chosen.number(turn, 0)
        asked = await company.by_id(turn.store, company_id) if company_id is not None else None
        if asked is None or asked.company.state in UNSEEN or asked.company.person_id == turn.known().id:
            return None
        wish, mine = asked.company, _staff_ids(turn)
        own = wish.staff_id in mine or wish.offered_to in mine
        overseen = await reach.overseen(turn.store, turn.known().roles, [wish.person_id])
        open_to = wish.state in UNANSWERED and bool(overseen)
        was_asked = bool(set(wish.refused) & set(mine))
        return asked if own or open_to or was_asked else None

    async def _open(self, turn: Turn) -> list[Asked]:
        """Return the sender's own, and for whom nobody was found among those whom they oversee."""
        found = await company.of_staff(turn.store, _staff_ids(turn), oversees=_oversees(turn))
        alone = {one.company.person_id for one in found if one.company.state is State.NOBODY}
        strange = alone - await reach.overseen(turn.store, turn.known().roles, alone)
        return [one for one in found if one.company.person_id not in strange]

    async def _mine(self, turn: Turn) -> tuple[Asked | None, StaffMember | None]:
        """Return one that the sender goes to, and in which of their roles."""
        asked = await self._asked(turn)
        if asked is None or asked.company.state not in TAKEN:
            return None, None
        return asked, next((one for one in turn.known().roles if one.id == asked.company.staff_id), None)

    async def _advance(self, turn: Turn, asked: Asked) -> None:
        await company_offers.advance(turn.store, asked, now=turn.now, zone=self.zone)

    async def _record(self, turn: Turn, kind: Kind, asked: Asked, member: StaffMember) -> None:
        """Record the outcome with the person's referral, in their language, not the worker's."""
        person_id = asked.company.person_id
        await turn.record_of(kind, person_id, staff_id=member.id, clinic_id=asked.clinic_id)

    async def _gone(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        t = turn.t
        together = key(t.label("🚶 To the clinic together"), Verb.COMPANIES)
        return screen(t("This is not here any more."), [[together], [work_key(t)]])


def _taken(t: Locale) -> str:
    return t("👌 Somebody else comes along already, or it is over. Thank you!")


def _staff_ids(turn: Turn) -> list[int]:
    """Return the roles in which somebody can come along."""
    return [one.id for one in turn.known().roles if one.role in {Role.WORKER, *OVERSEERS}]


def _oversees(turn: Turn) -> bool:
    return turn.known().holds(*OVERSEERS) is not None


def _as_whom(turn: Turn, asked: Asked) -> StaffMember | None:
    """Return the role in which the sender is asked, was asked, or else may come along."""
    able = [one for one in turn.known().roles if one.id in _staff_ids(turn)]
    known = {asked.company.offered_to, asked.company.staff_id, *asked.company.refused}
    return next((one for one in able if one.id in known), able[0] if able else None)
