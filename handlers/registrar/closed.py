"""Let the desk of a clinic say that it is closed, that the X-ray does not work, or that it sees fewer people.

Each screen stands in the buttons: clinic, day, what, and until when or how many. The last one says how many
people are concerned before anything happens; what was done can be taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from care.audit import Act, Deed
from care.booking import AHEAD_DAYS, day_word, slots, to_local
from care.closing import PLACES
from care.directory import Clinic, Closure, ClosureKind
from care.outcomes import Kind
from handlers import chosen, clinic_list
from handlers.buttons import Verb
from handlers.registrar.closed_choice import Choice, choice_of, closure_of
from handlers.registrar.closed_words import said_of, summary
from handlers.registrar.desk import choose, clinic_of, clinics_of
from handlers.roles import OVERSEERS, work_key
from handlers.screens import Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Locale
from storage import audit, closing, closures, directory, reopening
from storage.closures import Said
from storage.people import random_id
from storage.vault import Vault

TOO, SEEN = "too", "seen"  # of who has come or should have: another time for them, too, or not
DAYS_SHOWN = 12  # days with sessions to choose from
UNTIL_DAYS = 8  # last days of a broken X-ray to choose from


@dataclass(frozen=True, kw_only=True)
class Closed:
    """What /closed and its buttons do, for the clinics that the sender may touch."""

    vault: Vault

    async def show(self, turn: Turn) -> Reply:
        """Lead from the clinic to the day, to what it is, and to the question whether it is so."""
        clinic = await clinic_of(turn)
        if clinic is None:
            return await _choose_clinic(turn)
        await turn.record(Kind.CLOSURES_SEEN, role=turn.staff_actor(), clinic_id=clinic.id)
        choice = choice_of(turn, clinic)
        if choice.day is None:
            return await _listed(turn, clinic)
        if choice.what is None:
            return _what(turn, clinic, choice.day)
        if choice.what == "d" and choice.until is None:
            return _until(turn, clinic, choice.day)
        if choice.what == "f" and choice.places is None:
            return _how_many(turn, clinic, choice.day)
        return await _ask(turn, clinic, choice)

    async def confirm(self, turn: Turn) -> Reply:
        """Close: who is booked is told, and another place is kept for each. A second press does nothing."""
        clinic = await clinic_of(turn)
        if clinic is None:
            return await _choose_clinic(turn)
        choice, closure_id = choice_of(turn, clinic), chosen.number(turn, 4)
        closure = closure_of(turn, clinic, choice, closure_id or 0)
        if closure is None or closure_id is None or closure_id <= 0:
            await turn.record(Kind.REFUSED, detail="stale", role=turn.staff_actor())
            return await _listed(turn, clinic, toast=turn.t.label("This button is old."))
        staff_id = _staff_id(turn, clinic.id)
        by, now, answer = turn.staff_actor(), turn.now, chosen.word(turn, 5)
        closure = replace(closure, also_begun=answer == TOO)
        concerned = await closing.concerned(turn.store, clinic, closure, now=now)
        if concerned.begun and answer is None and await closures.by_id(turn.store, closure.id, None) is None:
            return await _ask(turn, clinic, choice)  # somebody has come since the question
        if await closing.close(turn.store, clinic, closure, by=by, staff_id=staff_id, now=now):
            await turn.record(
                Kind.CLOSURE_MADE, role=by, clinic_id=clinic.id, detail=closure.kind.value, staff_id=staff_id
            )
            await self._log(turn, Act.CLOSED, clinic.id, closure)
        return await _done(turn, clinic, closure, concerned.readers)

    async def undo(self, turn: Turn) -> Reply:
        """Take a closure back, after asking once: visits come back for those who have chosen no other."""
        closure_id = chosen.number(turn, 0)
        mine = clinics_of(turn)
        said = await closures.by_id(turn.store, closure_id, mine) if closure_id is not None else None
        clinic = await directory.clinic(turn.store, said.clinic_id, also_retired=True) if said else None
        if said is None or clinic is None:
            await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
            return await _choose_clinic(turn, toast=turn.t.label("This is not in the list any more."))
        if chosen.word(turn, 1) != "y" or _by_the_directory(clinic, said):
            return await _ask_undo(turn, clinic, said)
        back = await reopening.undo(turn.store, said, by=turn.staff_actor(), now=turn.now)
        if back is None:
            return await _listed(turn, clinic, toast=turn.t.label("↩️ Taken back"))
        await turn.record(
            Kind.CLOSURE_UNDONE,
            role=turn.staff_actor(),
            clinic_id=clinic.id,
            detail=said.closure.kind.value,
            staff_id=_staff_id(turn, clinic.id),
        )
        await self._log(turn, Act.REOPENED, clinic.id, said.closure)
        current = await directory.clinic(turn.store, clinic.id, also_retired=True) or clinic
        head = turn.t("↩️ Taken back.")
        told = turn.t.many("{n} visit stands again.", "{n} visits stand again.", back)
        return await _listed(turn, current, lead=Html(f"{head} {told}"))

    async def _log(self, turn: Turn, act: Act, clinic_id: int, closure: Closure) -> None:
        deed = Deed(
            act=act,
            role=turn.staff_actor(),
            about="clinic",
            about_id=clinic_id,
            actor_id=_staff_id(turn, clinic_id),
            detail=f"{closure.kind.value} {day_word(closure.begins.date())}",
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)


def _staff_id(turn: Turn, clinic_id: int) -> int | None:
    """Return as whom the sender acts: at the desk of this clinic, else for the office."""
    roles = turn.known().roles
    at_desk = next((one.id for one in roles if one.clinic_id == clinic_id), None)
    return at_desk or next((one.id for one in roles if one.role in OVERSEERS), None)


async def _choose_clinic(turn: Turn, *, toast: str = "") -> Reply:
    await turn.record(Kind.CLOSURES_SEEN, role=turn.staff_actor())
    return await choose(turn, Verb.CLOSED, head=turn.t("🚫 Which clinic?"), toast=toast)


async def _listed(turn: Turn, clinic: Clinic, *, lead: str = "", toast: str = "") -> Reply:
    """Show what is said of the clinic, each with its undo, and the days of which something can be said."""
    t, today = turn.t, to_local(turn.now, clinic.timezone).date()
    now_local = to_local(turn.now, clinic.timezone)
    every = await closures.in_force(turn.store, now=turn.now, clinic_id=clinic.id)
    ahead = [one for one in every if one.closure.ends > now_local]
    page = chosen.page(turn, 2)
    shown = clinic_list.on_page(ahead, page)
    lines = [summary(t, one) for one in shown]
    head = t("🚫 <b>{clinic}</b>: closed, or fewer places", clinic=written(t, clinic.names))
    state = "\n".join(lines) if lines else t("The clinic sees everybody who is booked.")
    ask = t("Which day do you want to change?")
    days = [
        key(t.relative_day(day, today=today), Verb.CLOSED, clinic.id, day_word(day))
        for day in _days(clinic, today, most=DAYS_SHOWN)
    ]
    undo = [[key(f"↩️ {said_of(t, one.closure)}", Verb.CLOSED_UNDO, one.closure.id)] for one in shown]
    turns = clinic_list.turns(ahead, page, Verb.CLOSED, clinic.id, "")
    back = key(t.label("📋 Expected"), Verb.TODAY, clinic.id)
    text = Html("\n\n".join(part for part in (lead, head, state, ask) if part))
    return screen(text, [*undo, turns, *pairs(days), [back, work_key(t)]], toast=toast)


def _what(turn: Turn, clinic: Clinic, day: date) -> Reply:
    t = turn.t
    args = (clinic.id, day_word(day))
    from_now = [key(t.label("🚫 Closed from now on"), Verb.CLOSED, *args, "n")]
    is_today = day == to_local(turn.now, clinic.timezone).date()
    rows = [
        [key(t.label("🚫 Closed all day"), Verb.CLOSED, *args, "a")],
        from_now if is_today else [],
        [key(t.label("🩻 X-ray does not work"), Verb.CLOSED, *args, "d")],
        [key(t.label("➖ Fewer places"), Verb.CLOSED, *args, "f")],
        [key(t.label("⬅️ Back"), Verb.CLOSED, clinic.id), work_key(t)],
    ]
    return screen(_head(turn, clinic, day, t("What is it?")), rows)


def _until(turn: Turn, clinic: Clinic, day: date) -> Reply:
    t, today = turn.t, to_local(turn.now, clinic.timezone).date()
    last = [day, *(one for one in _days(clinic, day, most=UNTIL_DAYS) if one != day)]
    keys = [
        key(t.relative_day(one, today=today), Verb.CLOSED, clinic.id, day_word(day), "d", day_word(one))
        for one in last
    ]
    back = key(t.label("⬅️ Back"), Verb.CLOSED, clinic.id, day_word(day))
    text = t("🩻 Until the end of which day does it not work?")
    return screen(_head(turn, clinic, day, text), [*pairs(keys), [back, work_key(t)]])


def _how_many(turn: Turn, clinic: Clinic, day: date) -> Reply:
    t = turn.t
    keys = [key(f"➖ {n}", Verb.CLOSED, clinic.id, day_word(day), "f", n) for n in PLACES]
    back = key(t.label("⬅️ Back"), Verb.CLOSED, clinic.id, day_word(day))
    text = t("➖ How many people fewer can you see on this day?")
    return screen(_head(turn, clinic, day, text), [*pairs(keys, 5), [back, work_key(t)]])


async def _ask(turn: Turn, clinic: Clinic, choice: Choice) -> Reply:
    """Say how many people are concerned, and ask whether it is so."""
    t, closure = turn.t, closure_of(turn, clinic, choice, random_id())
    if closure is None or choice.day is None or choice.what is None:
        return await _listed(turn, clinic)
    concerned = await closing.concerned(turn.store, clinic, closure, now=turn.now)
    more = day_word(choice.until) if choice.until else (choice.places or 0)
    args = (clinic.id, day_word(choice.day), choice.what, more, closure.id)
    parts = [
        t("❓ <b>{clinic}</b>\n{what}", clinic=written(t, clinic.names), what=said_of(t, closure)),
        t.many("{n} visit is concerned.", "{n} visits are concerned.", concerned.visits),
        t("Each is told at once, and another place is kept for them.") if concerned.visits else "",
        _begun(t, concerned.begun) if concerned.begun else "",
    ]
    yes = (
        [
            [key(t.label("✅ It is so. Another time for them, too"), Verb.CLOSED_YES, *args, TOO)],
            [key(t.label("✅ It is so. They are being seen"), Verb.CLOSED_YES, *args, SEEN)],
        ]
        if concerned.begun
        else [[key(t.label("✅ Yes, it is so"), Verb.CLOSED_YES, *args)]]
    )
    rows = [
        *yes,
        [key(t.label("⬅️ Back"), Verb.CLOSED, clinic.id, day_word(choice.day)), work_key(t)],
    ]
    return screen(Html("\n\n".join(part for part in parts if part)), rows)


def _begun(t: Locale, number: int) -> str:
    return t.many(
        "👣 {n} person has come, or should have come by now, and was not examined. "
        "Another time for them, too?",
        "👣 {n} people have come, or should have come by now, and were not examined. "
        "Another time for them, too?",
        number,
    )


async def _done(turn: Turn, clinic: Clinic, closure: Closure, concerned: int) -> Reply:
    t = turn.t
    said = await closures.by_id(turn.store, closure.id, [clinic.id])
    if said is None or said.undone:
        return await _listed(turn, clinic)
    people = max(concerned, said.people)
    parts = [
        t("✅ <b>{clinic}</b>\n{what}", clinic=written(t, clinic.names), what=said_of(t, closure)),
        t.many("{n} person is told now.", "{n} people are told now.", people) if people else "",
        t("At night only those are told who would come in the morning.") if people else "",
    ]
    rows = [
        [key(t.label("↩️ Take it back"), Verb.CLOSED_UNDO, closure.id)],
        [key(t.label("🚫 All closed days"), Verb.CLOSED, clinic.id)],
        [key(t.label("📋 Expected"), Verb.TODAY, clinic.id), work_key(t)],
    ]
    return screen(Html("\n\n".join(part for part in parts if part)), rows)


async def _ask_undo(turn: Turn, clinic: Clinic, said: Said) -> Reply:
    t = turn.t
    await turn.record(Kind.CLOSURES_SEEN, role=turn.staff_actor(), clinic_id=clinic.id)
    back = [key(t.label("⬅️ Back"), Verb.CLOSED, clinic.id), work_key(t)]
    what = said_of(t, said.closure)
    if said.undone:
        return screen(t("↩️ This was taken back: {what}", what=what), [back])
    if _by_the_directory(clinic, said):
        text = t("The directory says that the clinic is closed on this day. Ask the operator to change it.")
        return screen(text, [back])
    text = t(
        "↩️ Take this back? {what}\n\nWhoever has not chosen another time keeps the old one and is told so.",
        what=what,
    )
    return screen(
        text, [[key(t.label("✅ Yes, take it back"), Verb.CLOSED_UNDO, said.closure.id, "y")], back]
    )


def _by_the_directory(clinic: Clinic, said: Said) -> bool:
    """Return whether the directory closes the day, too: then nothing at the desk opens it."""
    days = {one.day for one in clinic.closed_days}
    if said.closure.kind is ClosureKind.GONE:
        return True
    return said.closure.kind is ClosureKind.CLOSED and said.closure.begins.date() in days


def _head(turn: Turn, clinic: Clinic, day: date, question: str) -> str:
    t = turn.t
    head = t("🚫 <b>{clinic}</b>\n{day}", clinic=written(t, clinic.names), day=t.long_day(day))
    return Html(f"{head}\n\n{question}")


def _days(clinic: Clinic, first: date, *, most: int) -> Sequence[date]:
    """Return the next local days on which the clinic sees somebody, soonest first."""
    every = (first + timedelta(days=n) for n in range(AHEAD_DAYS + 1))
    return [day for day in every if slots(clinic, day)][:most]
