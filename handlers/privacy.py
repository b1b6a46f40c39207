"""Say what is kept, show it, erase it: /privacy, /mydata and /forget."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.person import Person
from care.roles import Actor
from handlers import kept, result_data
from handlers.buttons import Verb
from handlers.data import as_text
from handlers.leaving import leave
from handlers.screens import NO_MENU, Reply, Step, Way, frozen, key, screen
from handlers.strangers import Strangers
from handlers.turn import Turn
from storage import bookings, company_offers, directory, due, locking, outcomes, people
from storage import kept as store
from storage.vault import Vault

FILE_NAME = "hamroh.txt"  # says nothing on a shared phone


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What /privacy, /mydata and /forget do."""

    vault: Vault
    strangers: Strangers
    zone: ZoneInfo  # where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show the true list of what is kept, for how long, and who sees it."""
        await turn.record(Kind.PRIVACY_SEEN)
        t = turn.t
        programme = await directory.programme(turn.store)
        now = "" if turn.person else nothing_kept(turn)
        parts = [
            t("🔒 <b>Privacy</b>"),
            now,
            kept.what(t) if turn.person else t("If you agree to be remembered:") + "\n" + kept.what(t),
            kept.who_sees(t),
            kept.how_long(t, programme),
            kept.who_runs(t, programme),
        ]
        return screen(
            "\n\n".join(part for part in parts if part),
            [
                [key(t.label("📄 My data"), Verb.DATA)],
                [key(t.label("🗑 Delete everything"), Verb.FORGET)],
                [key(t.label("🏠 Home"), Verb.HOME)],
            ],
        )

    async def data(self, turn: Turn) -> Reply:
        """Give the person everything that is kept about them, as a file."""
        await turn.record(Kind.DATA_SEEN)
        t = turn.t
        about = await store.about(turn.store, turn.person.id) if turn.person else None
        back = frozen([[key(t.label("⬅️ Back"), Verb.PRIVACY), key(t.label("🏠 Home"), Verb.HOME)]])
        if about is None:
            return Reply((Step(text=nothing_kept(turn), rows=back),))
        zone = ZoneInfo(await due.zone_of(turn.store, about.person["id"]) or self.zone.key)
        file = Step(
            way=Way.FILE,
            text=t("📄 Everything I keep about you."),
            name=FILE_NAME,
            content=as_text(t, about, zone=zone) + result_data.as_text(t, about, zone=zone, vault=self.vault),
        )
        return Reply((file, Step(way=Way.SEND, text=t("You can delete everything with /forget."), rows=back)))

    async def ask_forget(self, turn: Turn) -> Reply:
        """Say what would be erased and what stays, and ask."""
        t = turn.t
        home = [key(t.label("🏠 Home"), Verb.HOME)]
        if turn.person is None:
            self.strangers.drop(turn.telegram_id)
            await turn.record(Kind.FORGET_SEEN)
            return screen(nothing_kept(turn), [home])
        await turn.record(Kind.FORGET_SEEN)
        visits = await bookings.upcoming(turn.store, turn.person.id, now=turn.now)
        parts = [
            t("🗑 <b>Delete everything about me?</b>"),
            t(
                "I erase at once: your language, your visits, reminders, requests, and your Telegram "
                "number. It cannot be undone."
            ),
            t("Your booked visits are cancelled, and the places are given to others.") if visits else "",
            t("Your work here ends, and your links stop.") if turn.person.roles else "",
            t("What stays: numbers without you, such as “one person booked”."),
        ]
        yes = key(t.label("🗑 Yes, delete everything"), Verb.FORGET_YES, turn.person.id)
        return screen("\n\n".join(part for part in parts if part), [[yes], home])

    async def erase(self, turn: Turn) -> Reply:
        """Erase the person; a button of an earlier life, before they came back, asks again instead."""
        person = turn.person
        if person is None or turn.press is None or turn.press.number(0) != person.id:
            return await self.ask_forget(turn)
        await locking.all_visits_of(turn.store, person.id)  # before what hangs on them
        await leave(turn, self.vault, zone=self.zone.key)
        await self._count(turn, person)
        await company_offers.person_forgotten(turn.store, person.id, now=turn.now)
        await people.forget(turn.store, person, self.vault.hashes(str(turn.telegram_id)), now=turn.now)
        self.strangers.drop(turn.telegram_id)
        t = turn.t
        erased = screen(
            t(
                "✅ Everything about you is erased.\n\n"
                "This chat itself stays on your phone and with Telegram: to delete it, open the chat menu "
                "and choose “Delete chat”.\n\n"
                "You are welcome at any time. Take care of yourself."
            )
        )
        return replace(erased, menu=NO_MENU)

    async def _count(self, turn: Turn, person: Person) -> None:
        """Record that somebody was forgotten, not who."""
        await outcomes.append(
            turn.store,
            Kind.FORGOTTEN,
            now=turn.now,
            role=Actor.PERSON,
            update_id=turn.update_id,
            link_id=person.link_id,
            area_id=person.area_id,
            locale=turn.t.code,
        )


def nothing_kept(turn: Turn) -> str:
    """Say that nothing is kept about a stranger."""
    return turn.t(
        "I keep nothing about you. Your language, and the link you came through, stand only in the buttons "
        "of this chat."
    )
