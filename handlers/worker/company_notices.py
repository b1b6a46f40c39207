"""Word the messages about company to the clinic: will you come along, who comes along, nobody can.

They light up on lock screens: an address and a time, never a kind of clinic.
"""

from dataclasses import dataclass

from care.booking import parse_start, to_local
from care.company import TAKEN, State, answer_by
from care.person import Person, pseudonym
from handlers.buttons import Verb
from handlers.clinic_card import address, home_key, map_key
from handlers.company_screens import nobody
from handlers.company_words import meeting, place_of
from handlers.notice import Notice, message, staff_rows
from handlers.roles import OVERSEERS
from handlers.screens import Reply, key
from locales.catalogue import Html, Words
from storage import company, directory, looking_after, people
from storage.company import Asked
from storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class CompanyNotices:
    """What is said about company to the clinic without being asked."""

    words: Words
    vault: Vault

    async def offer(self, notice: Notice) -> Reply | None:
        """Ask somebody of the team whether they come along; None when somebody else is asked by now."""
        asked, t = await _asked(notice), notice.t
        if asked is None or asked.company.state is not State.OFFERED or asked.company.offered_at is None:
            return None
        if asked.company.offered_to not in {one.id for one in notice.person.roles}:
            return None
        until = to_local(answer_by(asked.company.offered_at, asked.trip), asked.trip.zone)
        head = (
            t("🔁 The visit was moved. Can you come along at the new time?")
            if notice.about("moved")
            else t("🚶 Can you come along to a visit?")
        )
        parts = [
            head,
            *await self._facts(notice, asked),
            t("Please answer by {time}. Then I ask somebody else.", time=t.time(until)),
        ]
        return message(
            Html("\n".join(parts)),
            [
                [key(t.label("✅ I come along"), Verb.COMPANY_TAKE, asked.company.id)],
                [key(t.label("✖️ I cannot"), Verb.COMPANY_DECLINE, asked.company.id)],
                [key(t.label("👀 Show more"), Verb.COMPANY_CARD, asked.company.id)],
            ],
        )

    async def ahead(self, notice: Notice) -> Reply | None:
        """Remind who comes along; None when it is not them any more."""
        asked, t = await _asked(notice), notice.t
        mine = {one.id for one in notice.person.roles}
        if asked is None or asked.company.state not in TAKEN or asked.company.staff_id not in mine:
            return None
        if asked.trip.starts_at <= notice.now:
            return None
        parts = [t("⏰ You come along to a visit"), *await self._facts(notice, asked)]
        card = key(t.label("🚶 All about it"), Verb.COMPANY_CARD, asked.company.id)
        return message(Html("\n".join(parts)), [[card], *staff_rows(notice)])

    async def needed(self, notice: Notice) -> Reply | None:
        """Tell a coordinator that nobody can; None when somebody was found, or it is over."""
        asked, t = await _asked(notice), notice.t
        if asked is None or asked.company.state is not State.NOBODY or asked.company.ended_at is not None:
            return None
        if notice.person.holds(*OVERSEERS) is None:
            return None
        parts = [
            t("🙏 Everybody was asked, and nobody can come along. Please look for somebody."),
            *await self._facts(notice, asked),
        ]
        return message(
            Html("\n".join(parts)),
            [
                [key(t.label("✅ I come along"), Verb.COMPANY_TAKE, asked.company.id)],
                [key(t.label("👀 Show more"), Verb.COMPANY_CARD, asked.company.id)],
                *staff_rows(notice),
            ],
        )

    async def off(self, notice: Notice) -> Reply | None:
        """Tell who would have come along that they need not; it stands on its own, see `called_off`."""
        t, about = notice.t, notice.about("about")
        start = parse_start(str(notice.row["params"].get("start")))
        if start is None or not notice.person.roles:
            return None
        if about is None:
            text = t("✖️ You need not come along to the visit on {moment} any more.", moment=t.moment(start))
        else:
            text = t(
                "✖️ {name} needs nobody any more for the visit on {moment}. You need not come along.",
                name=pseudonym(about),
                moment=t.moment(start),
            )
        return message(text, staff_rows(notice))

    async def news(self, notice: Notice) -> Reply | None:
        """Tell the person how it stands; None when it stands otherwise by now."""
        asked, t = await _asked(notice), notice.t
        if asked is None or asked.company.person_id != notice.person.id:
            return None
        word, wish = notice.row["params"].get("state"), asked.company
        gone = word == "gone" and wish.state in {State.ASKED, State.OFFERED}
        if not gone and word != wish.state.value:
            return None
        show = key(t.label("🚶 Who comes along"), Verb.COMPANY, wish.booking_id)
        clinic = await directory.clinic(notice.store, asked.clinic_id, also_retired=True)
        if gone:
            text = t(
                "🔁 Who wanted to come along to your visit cannot. We are asking others, and I write to you."
            )
            return message(text, [[show], [home_key(t)]])
        if wish.state is State.NOBODY:
            talk = key(t.label("🤝 Talk to a person"), Verb.TALK)
            return message(nobody(t), [[show], [talk], [map_key(t, clinic)] if clinic else [], [home_key(t)]])
        if wish.state is State.CANCELLED:
            text = t("✖️ Nobody comes along to your visit now. The visit itself stays. You can ask again.")
            return message(text, [[show], [home_key(t)]])
        if wish.state is not State.ACCEPTED or wish.staff_id is None:
            return None
        name = await looking_after.name_of(notice.store, self.vault, wish.staff_id)
        who = (
            t("🚶 <b>{name}</b> of our team comes along to your visit.", name=name)
            if name
            else t("🚶 Somebody of our team comes along to your visit.")
        )
        parts = [
            who,
            t("📅 {moment}", moment=t.moment(asked.local)),
            meeting(t, place_of(self.vault, notice.person, wish), clinic),
        ]
        return message(Html("\n".join(parts)), [[show], [home_key(t)]])

    async def _facts(self, notice: Notice, asked: Asked) -> list[str]:
        """Return whom, when, where and in which language; HTML."""
        t = notice.t
        person = await people.by_id(notice.store, asked.company.person_id)
        clinic = await directory.clinic(notice.store, asked.clinic_id, also_retired=True)
        if person is None:
            return []
        language = self._language(person, asked)
        return [
            t("<b>{name}</b> · {language}", name=pseudonym(person.id), language=language),
            t("📅 {moment}", moment=t.moment(asked.local)),
            *([t("📍 {address}", address=Html(address(t, clinic)))] if clinic else []),
            meeting(t, place_of(self.vault, person, asked.company), clinic),
        ]

    def _language(self, person: Person, asked: Asked) -> str:
        code = asked.company.locale or person.locale
        return self.words[code].name if code in self.words else code


async def _asked(notice: Notice) -> Asked | None:
    company_id = notice.about("company")
    return await company.by_id(notice.store, company_id) if company_id is not None else None
