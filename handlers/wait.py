"""Let a person wait for a place: which clinic, which days, which hours; change it, stop, go on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from care import waiting_list as rules
from care.booking import Refusal, Slot, start_word, to_local
from care.directory import Clinic
from care.offer_round import may_come_true
from care.outcomes import Kind
from care.places import Use
from care.waiting_list import HELD, HELD_FOR_A_CALL, End, Hours, Wait, Wish, fits
from handlers import chosen, clinic_list, times
from handlers import wait_screens as screens
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.wait_screens import WEEKDAYS
from handlers.wait_words import ANY, offer_keys, offered, visits_key, wished
from locales.catalogue import Locale
from storage import directory, offering, places, wait_taking, waiters, waits

FREE_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class WaitingList:
    """What 🔔 and its buttons do. A wait of somebody else is answered like one that is not there."""

    async def show(self, turn: Turn) -> Reply:
        """Show what the person waits for, or begin to ask."""
        await turn.record(Kind.WAIT_SEEN)
        wait = await waits.of(turn.store, turn.known().id)
        if wait is not None and chosen.word(turn, 0) != "set":
            return await standing(turn, wait)
        return await _first(turn, here=chosen.directory_id(turn, 1))

    async def clinic(self, turn: Turn) -> Reply:
        """Take the clinic and ask for the days."""
        where = await _where(turn)
        if where is None:
            return await self.show(turn)
        await turn.record(Kind.WAIT_SEEN)
        if len(await directory.clinics_of(turn.store)) == 1:
            return await _first(turn)
        return screens.days(turn.t, where, back=key(turn.t.label("⬅️ Back"), Verb.WAIT, "set"))

    async def days(self, turn: Turn) -> Reply:
        """Let single weekdays be chosen."""
        where = await _where(turn)
        if where is None:
            return await self.show(turn)
        await turn.record(Kind.WAIT_SEEN)
        return screens.single_days(turn.t, where, _weekdays(turn))

    async def hours(self, turn: Turn) -> Reply:
        """Take the days and ask for the hours."""
        where = await _where(turn)
        if where is None:
            return await self.show(turn)
        await turn.record(Kind.WAIT_SEEN)
        return screens.hours(turn.t, where, _weekdays(turn))

    async def begin(self, turn: Turn) -> Reply:
        """Put the person on the list, and show what suits and is free at this moment."""
        where, hours = await _where(turn), chosen.word(turn, 2)
        if where is None or hours not in set(Hours):
            return await self.show(turn)
        clinic_id = None if where == ANY else int(where)
        picked = _weekdays(turn)
        wish = Wish(
            clinic_id=clinic_id,
            days=picked if len(picked) < len(WEEKDAYS) else frozenset(),
            hours=Hours(hours),
        )
        if not await _may_come_true(turn, wish):
            return await _never(turn, wish)
        free = await free_for(turn, wish)
        soonest = free[0].starts_at if free else None
        wait = await waits.begin(turn.store, turn.known().id, wish, sooner_than=soonest, now=turn.now)
        wait = await _without_unfit(turn, wait)
        await turn.record(Kind.WAIT_BEGUN, clinic_id=clinic_id, detail=hours)
        return await standing(turn, wait, free=free, lead=turn.t("✅ <b>You are on the list.</b>"))

    async def stop(self, turn: Turn) -> Reply:
        """End the wait; it can be taken up again at once."""
        wait = await self._own(turn)
        if wait is None:
            return await self._gone(turn)
        kept = await places.by_id(turn.store, wait.offered, Use.WAIT, wait.id) if wait.offered else None
        if wait.ended_at is None and await offering.end(
            turn.store, wait, End.STOPPED, by=turn.actor, now=turn.now
        ):
            await turn.record(Kind.WAIT_ENDED, detail=End.STOPPED.value)
            if kept is not None:
                await offering.freed(turn.store, kept.clinic_id, now=turn.now)
        else:
            await turn.record(Kind.WAIT_SEEN)
        return over(turn.t, wait)

    async def go_on(self, turn: Turn) -> Reply:
        """Take up a wait that is over, with its turn."""
        wait = await self._own(turn)
        if wait is None:
            return await self._gone(turn)
        if wait.ended_at is not None and not await _may_come_true(turn, wait.wish):
            return await _never(turn, wait.wish)
        again = await waits.go_on(turn.store, wait, now=turn.now)
        if again is None:
            return await self._gone(turn)
        await turn.record(Kind.WAIT_BEGUN, clinic_id=again.wish.clinic_id, detail=again.wish.hours.value)
        return await standing(turn, again, lead=turn.t("✅ <b>You are on the list.</b>"))

    async def _own(self, turn: Turn) -> Wait | None:
        wait_id = chosen.number(turn, 0)
        return await waits.own(turn.store, wait_id, turn.known().id) if wait_id is not None else None

    async def _gone(self, turn: Turn) -> Reply:
        """Show how it stands: the same answer for 'not yours', 'not there' and 'too late'."""
        await turn.record(Kind.REFUSED, detail="stale")
        wait = await waits.of(turn.store, turn.known().id)
        toast = turn.t.label("This button is old.")
        if wait is not None:
            return replace(await standing(turn, wait), toast=toast)
        return replace(await _first(turn), toast=toast)


async def standing(turn: Turn, wait: Wait, *, lead: str = "", free: Sequence[Slot] = ()) -> Reply:
    """Show what somebody waits for, what is offered to them now, and `free` places that suit."""
    t = turn.t
    clinics = {clinic.id: clinic for clinic in await directory.clinics_of(turn.store)}
    kept = await places.by_id(turn.store, wait.offered, Use.WAIT, wait.id) if wait.offered else None
    clinic = clinics.get(kept.clinic_id) if kept is not None else None
    if kept is not None and clinic is not None and kept.held_until is not None:
        until = to_local(kept.held_until, kept.zone)
        return screen(offered(t, kept, clinic, until), [*offer_keys(t, kept), [home_key(t)]])
    where = wait.wish.clinic_id
    named = await directory.clinic(turn.store, where, also_retired=True) if where is not None else None
    wish = wished(t, wait.wish, named)
    bound = rules.standing(wait, now=turn.now).sooner_than
    told = t("🔔 I tell you when such a place is free:")
    if bound is not None and clinics:
        zone = clinics.get(wait.wish.clinic_id or 0, next(iter(clinics.values()))).timezone
        moment = t.moment(to_local(bound, zone))
        told = t("🔔 I tell you when a place is free sooner than {moment}:", moment=moment)
    held = HELD if turn.known().telegram_id is not None else HELD_FOR_A_CALL
    kindly = t(
        "One person after the other is asked, who waits longest first. Each place is kept for {duration}.",
        duration=t.duration(held // timedelta(minutes=1)),
    )
    parts = [lead, f"{told}\n{wish}", kindly, t("These suit and are free now:") if free else ""]
    rows = [
        *_free_rows(turn, free[:FREE_SHOWN], clinics),
        [
            key(t.label("✏️ Change"), Verb.WAIT, "set"),
            key(t.label("🔕 Stop telling me"), Verb.WAIT_STOP, wait.id),
        ],
        [visits_key(t), home_key(t)],
    ]
    return screen("\n\n".join(part for part in parts if part), rows)


async def free_for(turn: Turn, wish: Wish) -> list[Slot]:
    """Return the free places that suit, soonest first."""
    free = await waiters.free_at(turn.store, await _clinics_of(turn, wish), now=turn.now)
    return sorted((slot for slot in free if fits(wish, slot)), key=lambda slot: slot.starts_at)


async def free_now(turn: Turn) -> tuple[list[list[Key]], bool]:
    """Return buttons to the soonest free places in the person's city, and whether there is any."""
    clinics = {clinic.id: clinic for clinic in await directory.clinics_of(turn.store)}
    free = await free_for(turn, Wish())
    return _free_rows(turn, free[:FREE_SHOWN], clinics), bool(free)


def over(t: Locale, wait: Wait) -> Reply:
    """Say that somebody waits no more, with the way back."""
    return screen(
        t("🔕 I do not offer you places any more."),
        [
            [key(t.label("🔔 Tell me again"), Verb.WAIT_ON, wait.id)],
            [key(t.label("📅 Book an examination"), Verb.BOOK)],
            [home_key(t)],
        ],
    )


async def _first(turn: Turn, *, here: int | None = None) -> Reply:
    """Ask the first question: where, or on which days if there is one clinic.

    Back leads to what the person waits for already, else to booking. `here`: the clinic at which they looked.
    """
    t, clinics = turn.t, await directory.clinics_of(turn.store)
    waiting = await waits.of(turn.store, turn.known().id) is not None
    back = key(t.label("⬅️ Back"), Verb.WAIT if waiting else Verb.BOOK)
    if len(clinics) == 1:
        return screens.days(t, ANY, back=back)
    return screens.clinics(t, clinics, here, page=chosen.page(turn, 2), back=back)


async def _clinics_of(turn: Turn, wish: Wish) -> Sequence[Clinic]:
    """Return the clinic that is wished for, or those of the person's city."""
    clinics = await waiters.clinics_of(turn.store, wish.clinic_id)
    return clinics if wish.clinic_id is not None else await waiters.near(turn.store, turn.known().id, clinics)


async def _may_come_true(turn: Turn, wish: Wish) -> bool:
    return may_come_true(wish, await _clinics_of(turn, wish), now=turn.now)


async def _never(turn: Turn, wish: Wish) -> Reply:
    """Say that nobody is seen then, before somebody waits for it in vain; what they waited for stays."""
    await turn.record(Kind.REFUSED, detail=Refusal.CLOSED.value, clinic_id=wish.clinic_id)
    clinic = await directory.clinic(turn.store, wish.clinic_id) if wish.clinic_id is not None else None
    elsewhere = clinic is not None and await _may_come_true(turn, replace(wish, clinic_id=None))
    wait = await waits.of(turn.store, turn.known().id)
    return screens.never(turn.t, wish, clinic, elsewhere=elsewhere, waits_already=wait is not None)


async def _without_unfit(turn: Turn, wait: Wait) -> Wait:
    """Give back what was offered for an earlier wish, if it does not suit the new one."""
    kept = await places.by_id(turn.store, wait.offered, Use.WAIT, wait.id) if wait.offered else None
    if kept is None or fits(wait.wish, kept):
        return wait
    after = replace(wait, offered=None, offered_until=None)
    await wait_taking.let_go(turn.store, after, kept, now=turn.now)
    return after


async def _where(turn: Turn) -> str | None:
    """Return the chosen clinic as buttons carry it, or None when there is none like that."""
    if chosen.word(turn, 0) == ANY:
        return ANY
    clinic = await chosen.clinic(turn, 0)
    return str(clinic.id) if clinic is not None else None


def _weekdays(turn: Turn) -> frozenset[int]:
    word = chosen.word(turn, 1) or ANY
    return frozenset(int(one) for one in word) if set(word) <= WEEKDAYS else frozenset()


def _free_rows(turn: Turn, free: Sequence[Slot], clinics: dict[int, Clinic]) -> list[list[Key]]:
    return [[_free_key(turn, slot, clinics)] for slot in free if slot.clinic_id in clinics]


def _free_key(turn: Turn, slot: Slot, clinics: dict[int, Clinic]) -> Key:
    t, today = turn.t, to_local(turn.now, slot.zone).date()
    when = f"{t.relative_day(slot.day, today=today)}, {t.time(slot.local)}{times.marks(slot)}"
    return key(
        clinic_list.name(t, clinics[slot.clinic_id].names, lead=f"📅 {when} · "),
        Verb.BOOK_TIME,
        slot.clinic_id,
        start_word(slot.local),
    )
