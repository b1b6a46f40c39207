"""Bring a child along to one's own visit: a place beside it, with a ticket of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from care.booking import Booking, may_change
from care.children import MOST, Age
from care.outcomes import Kind
from care.ticket import ticket
from handlers import chosen
from handlers.answer import topic_key
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from storage import bookings, children, offering
from storage.children import Child

AGES: Mapping[Age, str] = {
    Age.UNDER_5: N_("👶 Under 5"),
    Age.UNDER_15: N_("🧒 5 to 14"),
    Age.UNDER_18: N_("🧑 15 to 17"),
}


@dataclass(frozen=True, kw_only=True)
class Children:
    """What '👶 Bring a child' and its buttons do."""

    async def show(self, turn: Turn) -> Reply:
        """Show who comes along to a visit."""
        visit = await self._visit(turn)
        return await self._gone(turn) if visit is None else await self._shown(turn, visit)

    async def add(self, turn: Turn) -> Reply:
        """Ask how old the child is, and keep a place for it."""
        visit = await self._visit(turn, lock=True)
        if visit is None:
            return await self._gone(turn)
        age, after = _age(turn), chosen.number(turn, 2)
        known = await children.of(turn.store, visit.id, visit.person_id)
        if age is None or after is None:
            await turn.record(Kind.CHILDREN_SEEN, clinic_id=visit.clinic_id)
            return _ask_age(turn.t, visit, len(known))
        if len(known) > after:
            return await self._shown(turn, visit)
        child = await children.add(turn.store, visit, age, after=after, now=turn.now)
        if child is None:
            return await self._none(turn, visit, enough=len(known) >= MOST)
        await turn.record(Kind.CHILD_ADDED, clinic_id=visit.clinic_id, detail=age.value)
        return await self._shown(turn, visit, lead=turn.t("✅ <b>The child has a place, too</b>"))

    async def off(self, turn: Turn) -> Reply:
        """Ask, and give a child's place back."""
        person, t = turn.known(), turn.t
        child = await children.own(turn.store, chosen.number(turn, 0) or 0, person.id)
        visit = await bookings.own(turn.store, child.visit_id, person.id) if child is not None else None
        if child is None or visit is None or may_change(visit, now=turn.now) is not None:
            return await self._gone(turn)
        if chosen.word(turn, 1) != "y":
            await turn.record(Kind.CHILDREN_SEEN, clinic_id=child.clinic_id)
            text = t("Give the child's place back?\n\n{child}", child=Html(line(t, child)))
            yes = key(t.label("❌ Yes, give it back"), Verb.CHILD_OFF, child.id, "y")
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.CHILDREN, visit.id)]])
        if await children.give_back(turn.store, child.id, now=turn.now):
            await turn.record(Kind.CHILD_REMOVED, clinic_id=child.clinic_id)
            await offering.freed(turn.store, child.clinic_id, now=turn.now)
        return await self._shown(turn, visit, lead=t("👌 The child's place is given back. Yours stays."))

    async def _shown(self, turn: Turn, visit: Booking, *, lead: str = "") -> Reply:
        await turn.record(Kind.CHILDREN_SEEN, clinic_id=visit.clinic_id)
        t, known = turn.t, await children.of(turn.store, visit.id, visit.person_id)
        parts = [
            lead or t("👶 <b>Children at your visit</b>"),
            t("📅 {moment}", moment=t.moment(visit.local)),
            lines(t, known) or t("No child comes along yet."),
            t("🎒 Bring what you have: maternity paper, vaccination card, your passport, photos."),
        ]
        return screen(
            Html("\n\n".join(parts)),
            [
                [key(t.label("👶 Bring a child"), Verb.CHILD_ADD, visit.id)] if len(known) < MOST else [],
                *([one] for child in known for one in (_ticket_key(t, child), _off_key(t, child))),
                [key(t.label("📋 The child has no papers"), Verb.CHECKLIST)],
                [topic_key(t, "children-tb")],
                [key(t.label("⬅️ My visit"), Verb.VISIT, visit.id), home_key(t)],
            ],
        )

    async def _none(self, turn: Turn, visit: Booking, *, enough: bool) -> Reply:
        """Say that there is no place beside the adult's, and what can be done."""
        t = turn.t
        await turn.record(Kind.REFUSED if enough else Kind.BOOKING_FULL, clinic_id=visit.clinic_id)
        if enough:
            text = t("You bring {n} children already. For more, write to a person of our team.", n=MOST)
        else:
            text = t(
                "🙏 There is no free place for a child at your time or the next one. Take another time for "
                "all of you, or ask a person. You can also bring the child and ask at the desk."
            )
        return screen(
            text,
            [
                [] if enough else [key(t.label("🔁 Another time"), Verb.MOVE, visit.id)],
                [key(t.label("🤝 Talk to a person"), Verb.TALK)],
                [key(t.label("⬅️ Back"), Verb.CHILDREN, visit.id), home_key(t)],
            ],
        )

    async def _visit(self, turn: Turn, *, lock: bool = False) -> Booking | None:
        """Return the pressed visit of the person while it is ahead."""
        read = bookings.lock_own if lock else bookings.own
        visit = await read(turn.store, chosen.number(turn, 0) or 0, turn.known().id)
        return visit if visit is not None and may_change(visit, now=turn.now) is None else None

    async def _gone(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="gone")
        t = turn.t
        return screen(
            t("This is not here any more."), [[key(t.label("🗓 My visits"), Verb.VISITS)], [home_key(t)]]
        )


def lines(t: Locale, known: Sequence[Child]) -> str:
    """Return the children with their times and tickets, HTML; empty where there are none."""
    return Html("\n".join(line(t, child) for child in known))


def line(t: Locale, child: Child) -> str:
    """Return one child with time and ticket, HTML."""
    return t(
        "{age} · {time} · 🎫 <b>{number}</b>",
        age=t.label(AGES[child.age]),
        time=t.time(child.local),
        number=ticket(child.id),
    )


async def along(turn: Turn, visit: Booking) -> str:
    """Return what a visit's card says of the children who come along, HTML; empty where there are none."""
    known = await children.of(turn.store, visit.id, visit.person_id)
    return Html("\n".join([turn.t("👶 <b>With you</b>"), lines(turn.t, known)])) if known else ""


def reminded(t: Locale, known: Sequence[Child]) -> str:
    """Return a line for reminders of a visit to which children come along, HTML; empty where none does."""
    if not known:
        return ""
    numbers = ", ".join(ticket(child.id) for child in known)
    return t.many(
        "🧒 With you: {n} child · 🎫 <b>{numbers}</b>",
        "🧒 With you: {n} children · 🎫 <b>{numbers}</b>",
        len(known),
        numbers=numbers,
    )


def given_back(t: Locale, known: int) -> str:
    """Say that the children's places go with a visit that is cancelled, HTML; empty where none comes."""
    if not known:
        return ""
    return t.many(
        "👶 The child's place is given back, too.",
        "👶 The places of {n} children are given back, too.",
        known,
    )


def left_behind(t: Locale, children_left: int) -> str:
    """Say that children lost their place when the visit was moved, HTML; empty where none did."""
    if children_left <= 0:
        return ""
    return t("⚠️ At the new time there was no place for a child. Take another time, or ask at the desk.")


def would_be_left(t: Locale, children_left: int) -> str:
    """Warn before a visit is moved to where children find no place, HTML; empty where all do."""
    if not children_left:
        return ""
    return t(
        "⚠️ There is no place there for a child who comes with you. If you move, the child's place is given "
        "back."
    )


def _ask_age(t: Locale, visit: Booking, known: int) -> Reply:
    rows = [[key(t.label(label), Verb.CHILD_ADD, visit.id, age.value, known)] for age, label in AGES.items()]
    back = [key(t.label("⬅️ Back"), Verb.CHILDREN, visit.id), home_key(t)]
    text = t("👶 How old is the child?\n\nThe child gets a place at your time or at the next one.")
    return screen(text, [*rows, back])


def _ticket_key(t: Locale, child: Child) -> Key:
    return key(f"🎫 {t.label(AGES[child.age])} · {ticket(child.id)}", Verb.MY_TICKET, child.id)


def _off_key(t: Locale, child: Child) -> Key:
    return key(f"❌ {t.label(AGES[child.age])} · {ticket(child.id)}", Verb.CHILD_OFF, child.id)


def _age(turn: Turn) -> Age | None:
    word = chosen.word(turn, 1)
    return next((age for age in Age if age.value == word), None)
