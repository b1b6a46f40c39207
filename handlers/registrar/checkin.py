"""Check somebody in: by the code on the ticket, or by its number, typed.

What a number belongs to is said only as far as the desk needs it: a ticket of another clinic is answered like
one that is not there, and of another day only the day is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from care.booking import to_local
from care.outcomes import Kind
from care.register import Attendance, Mark, marked, may_undo
from care.ticket import read_ticket, ticket
from care.typed import plain
from handlers import chosen
from handlers.buttons import Verb
from handlers.registrar.day_screen import language, needs
from handlers.registrar.desk import clinics_of, is_desk, locked, record
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import Html, Words
from storage import directory, drafts, register

DRAFT = "checkin"  # storage.drafts: tickets are being typed
TYPED_FOR = timedelta(hours=12)  # a working day
_LIKE_A_NUMBER = re.compile(r"[\d \u00a0-]{4,24}", re.ASCII)
_LIKE_A_TICKET = re.compile(r"\d{4}[ \u00a0-]?\d{4}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class CheckIn:
    """What /checkin does, and what follows from a ticket at the desk."""

    words: Words
    zone: ZoneInfo  # where the sender's clinics are in several

    async def show(self, turn: Turn) -> Reply:
        """Ask for the number of a ticket; `/checkin 4829 1573` takes it at once."""
        await drafts.put(turn.store, turn.known().id, DRAFT, {}, now=turn.now)
        if turn.command is not None and _LIKE_A_NUMBER.fullmatch(turn.words):
            return await self._number(turn, turn.words)
        await turn.record(Kind.TODAY_SEEN, role=turn.staff_actor(), detail="checkin")
        t = turn.t
        text = t(
            "🔢 <b>Check in</b>\n\nType the number of the ticket and send it to me. "
            "Or scan the code on the ticket with the camera of your phone."
        )
        return screen(text, [*self._on(turn, chosen.directory_id(turn, 0)), [work_key(t)]])

    async def arrived(self, turn: Turn) -> Reply:
        """Check in whose ticket was scanned, or chosen."""
        found = await locked(turn, also_cancelled=True)
        return await self._unknown(turn) if found is None else await self._check_in(turn, found)

    async def typed(self, turn: Turn) -> Reply | None:
        """Take a text for a ticket's number: where one is awaited, and eight digits also without that.

        Not where something else was asked for, unless it surely is a ticket of this desk.
        """
        said = plain(turn.words).strip()
        if turn.person is None or not is_desk(turn) or not _LIKE_A_NUMBER.fullmatch(said):
            return None
        draft = await drafts.get(turn.store, turn.person.id, DRAFT)
        if draft is not None and turn.now - draft.changed_at < TYPED_FOR:
            return await self._number(turn, turn.words.strip())
        number = read_ticket(said)
        known = number is not None and await self._found(turn, number)
        alike = _LIKE_A_TICKET.fullmatch(said) is not None
        if known or (alike and not await drafts.other_than(turn.store, turn.person.id, DRAFT)):
            return await self._number(turn, said)
        return None

    async def _number(self, turn: Turn, text: str) -> Reply:
        number = read_ticket(text)
        if number is None:
            await turn.record(Kind.REFUSED, detail="wrong-number", role=turn.staff_actor())
            text = turn.t(
                "🔢 This number is not right: a digit is wrong or missing. Please look at the ticket again, "
                "and type all eight digits."
            )
            return screen(text, [*self._on(turn), [work_key(turn.t)]])
        found = await self._found(turn, number)
        if not found:
            return await self._unknown(turn)
        if len(found) > 1:
            return await self._which(turn, found)
        visit = await register.lock(turn.store, found[0].id, clinics_of(turn), also_cancelled=True)
        return await self._unknown(turn) if visit is None else await self._check_in(turn, visit)

    async def _found(self, turn: Turn, number: str) -> Sequence[Attendance]:
        """Return what has this number: today's, else those of the nearest day."""
        today = turn.now.astimezone(self.zone).date()
        every = await register.by_number(turn.store, clinics_of(turn), number, today)
        return [one for one in every if one.local.date() == every[0].local.date()]

    async def _check_in(self, turn: Turn, visit: Attendance) -> Reply:
        """Take down that somebody came, or say in one sentence why not."""
        t, number = turn.t, ticket(visit.id)
        if visit.cancelled_at is not None:
            return await self._cancelled(turn, visit)
        if visit.local.date() != to_local(turn.now, visit.zone).date():
            await turn.record(Kind.REFUSED, detail="another-day", role=turn.staff_actor())
            day, time = t.day(visit.local.date()), t.time(visit.local)
            text = t(
                "🗓 Ticket {number} is not for today. It is for {day}, {time}.",
                number=number,
                day=day,
                time=time,
            )
            return await self._said(turn, visit, text)
        if marked(visit) is Mark.CAME and visit.came_at is not None:
            at = t.time(to_local(visit.came_at, visit.zone))
            text = t("☑️ Ticket {number} was checked in already, at {time}.", number=number, time=at)
            return await self._said(
                turn, visit, text, undo=may_undo(visit, now=turn.now, examined=visit.examined)
            )
        if marked(visit) is Mark.MISSED:  # late, and already given up
            await register.undo(turn.store, visit, by=turn.staff_actor(), now=turn.now)
        await register.mark(turn.store, visit, Mark.CAME, by=turn.staff_actor(), now=turn.now)
        await record(turn, visit, Kind.CAME)
        text = t("✅ <b>Came: {ticket}</b>", ticket=number)
        return await self._said(turn, visit, text, undo=True)

    async def _cancelled(self, turn: Turn, visit: Attendance) -> Reply:
        """Go on with the visit to which this one was moved; else say that it is cancelled."""
        moved_to = await register.replaced_by(turn.store, visit)
        if moved_to is not None:
            now_at = await register.lock(turn.store, moved_to, [visit.clinic_id])
            if now_at is not None:
                return await self._check_in(turn, now_at)
        await turn.record(Kind.REFUSED, detail="cancelled", role=turn.staff_actor())
        text = turn.t("❌ Ticket {number} was cancelled.", number=ticket(visit.id))
        return await self._said(turn, visit, text)

    async def _said(self, turn: Turn, visit: Attendance, text: str, *, undo: bool = False) -> Reply:
        """Show a sentence about a visit with what the desk may know of it, and the ways on."""
        t, parts = turn.t, [text]
        clinics = clinics_of(turn)
        if clinics is None or len(clinics) > 1:
            clinic = await directory.clinic(turn.store, visit.clinic_id, also_retired=True)
            parts.append(t("🏥 {clinic}", clinic=written(t, clinic.names) if clinic else ""))
        if undo:
            parts.append(
                t(
                    "🕘 {time} · 🗣 {language} {signs}",
                    time=t.time(visit.local),
                    language=language(self.words, visit),
                    signs=needs(visit),
                ).rstrip()
            )
        back = [key(t.label("↩️ Take back"), Verb.UNDO, visit.id)] if undo else []
        return screen(Html("\n".join(parts)), [back, *self._on(turn, visit.clinic_id), [work_key(t)]])

    async def _which(self, turn: Turn, found: Sequence[Attendance]) -> Reply:
        """Let the desk say which one it is, where clinics or visits share a number."""
        await turn.record(Kind.TODAY_SEEN, role=turn.staff_actor(), detail="checkin")
        t = turn.t
        rows = [
            [key(f"{t.time(one.local)} · {language(self.words, one)}", Verb.SCANNED, one.id)] for one in found
        ]
        return screen(t("🔢 Several visits have this number. Which one is it?"), [*rows, [work_key(t)]])

    async def _unknown(self, turn: Turn) -> Reply:
        """Say the same of what is not there and of what is another clinic's."""
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        t = turn.t
        text = t("🔍 This ticket is not in your list. Perhaps it is for another clinic.")
        return screen(text, [*self._on(turn), [work_key(t)]])

    def _on(self, turn: Turn, clinic_id: int | None = None) -> list[list[Key]]:
        """Return the buttons of the desk: the next ticket, a walk-in, the list."""
        t, clinics = turn.t, clinics_of(turn)
        if clinic_id is None and clinics is not None and len(clinics) == 1:
            clinic_id = clinics[0]
        at = [clinic_id] if clinic_id is not None else []
        walk_in = [key(t.label("➕ Walk-in"), Verb.WALK_IN, *at)]
        return [
            [key(t.label("🔢 Type a ticket"), Verb.CHECKIN, *at), *walk_in],
            [key(t.label("📋 Today's list"), Verb.TODAY, *at)],
        ]
