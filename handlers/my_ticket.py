"""Give people what they need on the day: the ticket as a picture, what it costs, 'I am on my way'.

Also the ticket that the desk gave to somebody who came without a booking: with its code they make the visit
their own.
"""

import json
from dataclasses import dataclass

from care.booking import Booking, Refusal, may_change
from care.directory import Clinic
from care.invites import deep_link
from care.outcomes import Kind
from care.register import may_set_out
from care.roles import Actor
from care.ticket import payload, ticket
from handlers import chosen, own_visit, visit_card
from handlers.buttons import Press, Verb
from handlers.children import given_back, line
from handlers.clinic_card import address, costs, home_key
from handlers.registrar.desk import is_desk
from handlers.screens import Reply, Step, Way, key, screen
from handlers.turn import Turn
from handlers.visits import Visits
from handlers.written import written
from locales.catalogue import Html, Locale
from storage import appointments, bookings, children, directory, register, walk_ins
from storage.children import Child

MINE, INSTEAD = "y", "c"  # a walk-in is mine; it is, and a visit elsewhere on that day is cancelled for it


@dataclass(frozen=True, kw_only=True)
class MyTicket:
    """What the buttons of a visit do on and before its day. A visit of somebody else is not there."""

    username: str  # of the bot, without the @

    async def picture(self, turn: Turn) -> Reply:
        """Send the ticket as a picture, with those of the children who come along; or a child's alone.

        Of a visit that was moved, cancelled or missed, or is long over, the card is shown instead.
        """
        booking, clinic = await self._own(turn)
        if booking is None:
            return await self._of_child(turn)
        if not visit_card.keeps_ticket(booking, now=turn.now):
            return await own_visit.stale(turn, booking)
        await turn.record(Kind.TICKET_SHOWN, detail="visit", clinic_id=booking.clinic_id)
        text = turn.t("🎫 Ticket: <b>{number}</b>. Show it at the desk.", number=ticket(booking.id))
        known = await children.of(turn.store, booking.id, booking.person_id)
        of_children = (self._drawn(turn, child, clinic, line(turn.t, child)) for child in known)
        return Reply((self._drawn(turn, booking, clinic, text), *of_children))

    async def _of_child(self, turn: Turn) -> Reply:
        """Send the ticket of a child whom the person brings along."""
        person_id = turn.known().id
        child = await children.own(turn.store, chosen.number(turn, 0) or 0, person_id)
        visit = await bookings.own(turn.store, child.visit_id, person_id) if child is not None else None
        if child is None or visit is None:
            return await Visits().visit(turn)
        if not visit_card.is_found(visit, now=turn.now):
            return await own_visit.stale(turn, visit)
        await turn.record(Kind.TICKET_SHOWN, detail="child", clinic_id=child.clinic_id)
        clinic = await directory.clinic(turn.store, child.clinic_id, also_retired=True)
        return Reply((self._drawn(turn, child, clinic, line(turn.t, child)),))

    def _drawn(self, turn: Turn, whose: Booking | Child, clinic: Clinic | None, text: str) -> Step:
        content = picture_of(turn.t, whose, clinic, username=self.username)
        return Step(way=Way.TICKET, content=content, name=f"ticket-{ticket(whose.id)[:4]}.png", text=text)

    async def costs(self, turn: Turn) -> Reply:
        """Say who pays for what at the clinic."""
        booking, clinic = await self._own(turn)
        if booking is None or clinic is None:
            return await Visits().visit(turn)
        if booking.cancelled_at is not None:
            return await own_visit.stale(turn, booking)
        await turn.record(Kind.VISITS_SEEN, clinic_id=booking.clinic_id, detail="costs")
        t = turn.t
        parts = [t("💰 <b>What it costs</b>"), costs(t, clinic.services)]
        back = key(t.label("⬅️ Back"), Verb.VISIT, booking.id)
        return screen(Html("\n\n".join(parts)), [[back], [home_key(t)]])

    async def on_way(self, turn: Turn) -> Reply:
        """Let the desk know that the person is on the way."""
        booking, _ = await self._own(turn, lock=True)
        if booking is None:
            return await Visits().visit(turn)
        if not may_set_out(booking, now=turn.now):
            return await own_visit.stale(turn, booking)
        if booking.on_way_at is None:
            await bookings.change(turn.store, booking.id, on_way_at=turn.now)
        kind = Kind.ON_WAY if booking.on_way_at is None else Kind.VISITS_SEEN
        await turn.record(kind, clinic_id=booking.clinic_id)
        shown = await bookings.own(turn.store, booking.id, turn.known().id) or booking
        return await own_visit.shown(turn, shown)

    async def walk_in(self, turn: Turn) -> Reply:
        """Ask, and make the visit theirs whose ticket the desk gave without a booking."""
        booking_id = chosen.number(turn, 0)
        if booking_id is None or is_desk(turn):
            return await self._over(turn)  # the desk shows the code to others, and takes nothing by it
        if mine := await bookings.own(turn.store, booking_id, turn.known().id):
            await turn.record(Kind.VISITS_SEEN, clinic_id=mine.clinic_id)
            return await own_visit.present(turn, mine)
        clinic_id = await walk_ins.open_one(turn.store, booking_id, now=turn.now)
        if clinic_id is None:
            return await self._over(turn)
        t = turn.t
        if chosen.word(turn, 1) not in {MINE, INSTEAD}:
            await turn.record(Kind.CLAIM_SEEN, detail="walk-in", clinic_id=clinic_id)
            text = t(
                "🎫 Ticket <b>{number}</b>. Is this your visit? Then I keep it for you here.",
                number=ticket(booking_id),
            )
            yes = key(t.label("✅ Yes, it is mine"), Verb.WALK_IN_MINE, booking_id, MINE)
            return screen(text, [[yes], [key(t.label("✖️ No"), Verb.HOME)]])
        clinic = await directory.clinic(turn.store, clinic_id, also_retired=True)
        if clinic is None:
            return await self._over(turn)
        return await self._take(turn, booking_id, clinic)

    async def _take(self, turn: Turn, booking_id: int, clinic: Clinic) -> Reply:
        person = turn.known()
        other = await walk_ins.same_day(turn.store, booking_id, person.id)
        elsewhere = other is not None and other.clinic_id != clinic.id
        gives_way = elsewhere and chosen.word(turn, 1) == INSTEAD
        if other is not None and not (gives_way and may_change(other, now=turn.now) is None):
            return await self._same_day(turn, booking_id, other, elsewhere=elsewhere)
        referral = await appointments.referral_for(turn.store, person, zone=clinic.timezone, now=turn.now)
        mine = {"referral_id": referral["id"], "now": turn.now}
        taken = (
            await walk_ins.take(turn.store, booking_id, person_id=person.id, **mine)
            if other is None
            else await walk_ins.take_instead(turn.store, booking_id, other, by=turn.actor, **mine)
        )
        if isinstance(taken, Refusal):
            return await self._over(turn)
        if other is not None:
            await turn.record(Kind.CANCELLED, clinic_id=other.clinic_id, detail=other.advice)
        await turn.record(Kind.CAME, role=Actor.REGISTRAR, clinic_id=clinic.id, detail="walk-in")
        return await own_visit.shown(turn, taken, lead=turn.t("✅ <b>This visit is yours now.</b>"))

    async def _same_day(self, turn: Turn, booking_id: int, other: Booking, *, elsewhere: bool) -> Reply:
        """Ask whether a visit elsewhere gives way; of one at the same clinic, or begun, show the ticket."""
        await turn.record(Kind.REFUSED, detail=Refusal.SAME_DAY.value, clinic_id=other.clinic_id)
        t, clinic = turn.t, await directory.clinic(turn.store, other.clinic_id, also_retired=True)
        known = await children.of(turn.store, other.id, other.person_id)
        if elsewhere and may_change(other, now=turn.now) is None:
            moment = t.moment(other.local)
            parts = [
                t("📅 You have a visit at another clinic on this day: <b>{moment}</b>.", moment=moment),
                f"📍 {address(t, clinic)}" if clinic else "",
                t("Cancel that one and keep this?"),
                given_back(t, len(known)),
            ]
            yes = key(t.label("✅ Yes, cancel that one"), Verb.WALK_IN_MINE, booking_id, INSTEAD)
            no = key(t.label("✖️ No, keep that one"), Verb.VISIT, other.id)
            return screen(Html("\n".join(part for part in parts if part)), [[yes], [no], [home_key(t)]])
        lead = t("You already have a visit on this day. Show its ticket at the desk.")
        card = await own_visit.shown(turn, other, lead=lead)
        if not visit_card.is_ahead(other, now=turn.now):
            return card
        number = t("🎫 Ticket: <b>{number}</b>. Show it at the desk.", number=ticket(other.id))
        return Reply((*card.steps, self._drawn(turn, other, clinic, number)))

    async def _own(self, turn: Turn, *, lock: bool = False) -> tuple[Booking | None, Clinic | None]:
        booking_id = chosen.number(turn, 0)
        if booking_id is None:
            return None, None
        read = bookings.lock_own if lock else bookings.own
        booking = await read(turn.store, booking_id, turn.known().id)
        if booking is None:
            return None, None
        return booking, await directory.clinic(turn.store, booking.clinic_id, also_retired=True)

    async def _over(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="unknown-code")
        t = turn.t
        text = t("This ticket is not valid any more. Ask whoever gave it to you for a new one.")
        return screen(text, [[home_key(t)]])


def picture_of(t: Locale, whose: Booking | Child, clinic: Clinic | None, *, username: str) -> str:
    """Return what the picture of a ticket is made from, as `bot.print.ticket` reads it.

    Others may see it: no name, no age, no illness, and not what kind of clinic it is.
    """
    day = t.long_day(whose.local.date())
    values = {
        "title": t.label("Child's ticket") if isinstance(whose, Child) else t.label("Ticket"),
        "number": ticket(whose.id),
        "opens": deep_link(username, payload(whose.id)),
        "day": f"{day[:1].upper()}{day[1:]}",
        "time": t.time(whose.local),
        "address": written(t, clinic.address) if clinic else "",
        "foot": t.label("Show this at the desk"),
    }
    return json.dumps(values, ensure_ascii=False)


async def scanned(turn: Turn, booking_id: int) -> Press | None:
    """Return what the code of a ticket leads whoever opened it to; None when it is nothing to them."""
    own = await register.whose(turn.store, booking_id)
    me = turn.person.id if turn.person is not None else None
    if own is not None and me is not None and me in {own.person_id, own.guardian_id}:
        child = await children.own(turn.store, booking_id, me) if own.person_id != me else None
        if child is None and own.person_id != me:
            return Press(Verb.VISITS)
        return Press(Verb.VISIT, (str(child.visit_id if child is not None else booking_id),))
    if is_desk(turn):
        return Press(Verb.SCANNED, (str(booking_id),))
    if await walk_ins.open_one(turn.store, booking_id, now=turn.now) is not None:
        return Press(Verb.WALK_IN_MINE, (str(booking_id),))
    return None
