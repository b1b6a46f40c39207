"""Answer what a link of a brigade opens: a place that is kept for whoever holds the link, to say yes or no.

One link, one place, one use. Links that were used, that came late, or whose place was given back look the
same. Who asked for the places cannot answer by their links: behind each of them they see the same screen,
which leads to a booking of their own, so that nothing they press tells anything of the answers.
"""

from dataclasses import dataclass

from care.booking import Booking, Refusal
from care.brigade import Brigade
from care.links import Link
from care.outcomes import Kind
from care.places import Use
from care.roles import Actor
from handlers import chosen, own_visit, times
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import Html
from locales.markup import html
from storage import bookings, brigades, directory, links, places, taking
from storage.brigades import Opened
from storage.places import Kept


@dataclass(frozen=True, kw_only=True)
class BrigadePlace:
    """What the link of a place, and its yes and no, do."""

    zone: str  # IANA name, where a worker's own is not known

    async def show(self, turn: Turn) -> Reply:
        """Ask whether they want the place, and say who would learn of it."""
        opened, kept = await self._found(turn)
        if opened is not None and _is_own(turn, opened):
            return await self._own_link(turn, opened)
        if opened is None or kept is None:
            return await self._over(turn, opened)
        await turn.record(Kind.BRIGADE_SEEN, detail="link", clinic_id=kept.clinic_id)
        clinic = await directory.clinic(turn.store, kept.clinic_id, also_retired=True)
        t, code = turn.t, chosen.word(turn, 0) or ""
        parts = [
            t("👷 <b>A place is kept for you</b>"),
            f"📅 <b>{html(t.moment(kept.local))}</b>",
            times.place(t, clinic) if clinic else "",
            t(
                "Do you want it? If you say yes, who sent you this link looks after you and sees your visit. "
                "If you say no, nobody is told."
            )
            if await self._seen_by_sender(turn, opened)
            else t("Do you want it? Your group is not told what you say."),
        ]
        yes, no = t.label("✅ Yes"), t.label("✖️ No")
        return screen(
            Html("\n\n".join(part for part in parts if part)),
            [[key(yes, Verb.BRIGADE_YES, code)], [key(no, Verb.BRIGADE_NO, code)], [home_key(t)]],
        )

    async def _own_link(self, turn: Turn, opened: Opened) -> Reply:
        """Show who asked for the places one of their links, whatever became of it."""
        brigade, t = opened.brigade, turn.t
        await turn.record(Kind.BRIGADE_SEEN, detail="link", clinic_id=brigade.clinic_id)
        clinic = await directory.clinic(turn.store, brigade.clinic_id, also_retired=True)
        parts = [
            t("👷 This is one of your links: send it on. Do you want a place yourself?"),
            f"📅 <b>{html(t.moment(opened.local))}</b>",
            times.place(t, clinic) if clinic else "",
        ]
        book = key(t.label("📅 Book an examination"), Verb.BOOK)
        show = key(t.label("👷 The places you keep"), Verb.BRIGADE_CARD, brigade.id)
        return screen(Html("\n\n".join(part for part in parts if part)), [[book], [show], [home_key(t)]])

    async def yes(self, turn: Turn) -> Reply:
        """Make the place their own visit."""
        opened, kept = await self._found(turn)
        if opened is not None and _is_own(turn, opened):
            return await self._own_link(turn, opened)
        if opened is None or kept is None:
            return await self._over(turn, opened)
        await self._sent_by(turn, opened)
        taken = await taking.of_brigade(turn.store, turn.known(), kept, by=turn.actor, now=turn.now)
        if isinstance(taken, Refusal):
            return await self._refused(turn, opened, kept, taken)
        await turn.record(Kind.BRIGADE_CONFIRMED, clinic_id=taken.clinic_id)
        await turn.record(Kind.BOOKED, clinic_id=taken.clinic_id, detail=taken.advice)
        return await self._visit(turn, taken, turn.t("✅ <b>You are booked</b>"))

    async def no(self, turn: Turn) -> Reply:
        """Ask, and give the place back."""
        opened, kept = await self._found(turn)
        if opened is not None and _is_own(turn, opened):
            return await self._own_link(turn, opened)
        if opened is None or kept is None:
            return await self._over(turn, opened)
        t, code = turn.t, chosen.word(turn, 0) or ""
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.BRIGADE_SEEN, detail="link", clinic_id=kept.clinic_id)
            text = t("✖️ Give this place back? Somebody else can have it then. Nobody is told.")
            give = key(t.label("✖️ Yes, give it back"), Verb.BRIGADE_NO, code, "y")
            return screen(text, [[give], [key(t.label("⬅️ Back"), Verb.BRIGADE_PLACE, code)]])
        if await brigades.decline(turn.store, kept.id, now=turn.now):
            await turn.record(Kind.BRIGADE_DECLINED, clinic_id=kept.clinic_id)
        else:
            await turn.record(Kind.REFUSED, detail="gone")
        text = t("👌 The place is given back. Nobody is told. You can book at another time at any moment.")
        return screen(text, [[key(t.label("📅 Book an examination"), Verb.BOOK)], [home_key(t)]])

    async def _found(self, turn: Turn) -> tuple[Opened | None, Kept | None]:
        """Return what the pressed code opens, and the place behind it while it can be had."""
        opened = await brigades.by_code(turn.store, chosen.word(turn, 0) or "")
        if opened is None or opened.used or not opened.brigade.is_open(now=turn.now):
            return opened, None
        kept = await places.by_id(turn.store, opened.booking_id, Use.BRIGADE, opened.brigade.id)
        return opened, kept if kept is not None and kept.starts_at > turn.now else None

    async def _sent_by(self, turn: Turn, opened: Opened) -> None:
        """Let the worker who asked for the places look after who came by them, if nobody brought them."""
        link = await _bringing(turn, opened.brigade)
        if link is not None:
            await links.adopt(turn.store, turn.known().id, link, now=turn.now, zone=self.zone)

    async def _seen_by_sender(self, turn: Turn, opened: Opened) -> bool:
        """Return whether the worker who asked for the places sees the visit after a yes."""
        staff_id, person = opened.brigade.staff_id, turn.person
        if staff_id is None:
            return False
        if person is not None and person.episode is not None and person.episode.staff_id == staff_id:
            return True
        return await _bringing(turn, opened.brigade) is not None

    async def _refused(self, turn: Turn, opened: Opened, kept: Kept, refusal: Refusal) -> Reply:
        """Say kindly what is in the way; the place stays kept."""
        if refusal is Refusal.FULL:
            return await self._over(turn, opened)
        await turn.record(Kind.REFUSED, detail=refusal.value)
        t = turn.t
        if refusal is Refusal.SAME_DAY:
            ahead = await bookings.upcoming(turn.store, turn.known().id, now=turn.now)
            own = next((one for one in ahead if one.local.date() == kept.local.date()), None)
            if own is not None:
                lead = t("You already have a visit on this day. You can move or cancel it.")
                return await self._visit(turn, own, lead)
        text = t("You have several visits ahead. Please come to one of them first, or cancel one.")
        return screen(text, [[key(t.label("🗓 My visits"), Verb.VISITS)], [home_key(t)]])

    async def _over(self, turn: Turn, opened: Opened | None) -> Reply:
        """Show who took the place their visit; say the same to everybody else."""
        if opened is not None and turn.person is not None:
            own = await bookings.own(turn.store, opened.booking_id, turn.person.id)
            if own is not None and own.cancelled_at is not None:
                own = await bookings.moved_to(turn.store, own.id, turn.person.id)
            if own is not None:
                await turn.record(Kind.VISITS_SEEN, clinic_id=own.clinic_id)
                return await self._visit(turn, own, "")
        await turn.record(Kind.REFUSED, detail="unknown-code")
        t = turn.t
        text = t("🙏 No place is kept behind this link now. You can book one yourself: it takes a minute.")
        return screen(text, [[key(t.label("📅 Book an examination"), Verb.BOOK)], [home_key(t)]])

    async def _visit(self, turn: Turn, booking: Booking, lead: str) -> Reply:
        return await own_visit.shown(turn, booking, lead=lead)


async def _bringing(turn: Turn, brigade: Brigade) -> Link | None:
    """Return the link by which a yes brings the sender to the worker who asked for the places, or None."""
    person = turn.person
    theirs = person is not None and (person.link_id is not None or bool(person.roles))
    if brigade.staff_id is None or theirs or turn.actor is not Actor.PERSON:
        return None
    of_worker = await links.of_staff(turn.store, brigade.staff_id, now=turn.now)
    return of_worker[0] if of_worker else None


def _is_own(turn: Turn, opened: Opened) -> bool:
    """Return whether the sender asked for the places, also while they act for somebody else."""
    if not opened.brigade.is_open(now=turn.now):
        return False
    acts = turn.behalf_of.person_id if turn.behalf_of is not None else None
    me = turn.person.id if turn.person is not None else None
    return opened.brigade.person_id in {acts, me}
