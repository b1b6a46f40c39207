"""Show one visit to the desk of its clinic, and write what came of the examination, step by step.

Clinicians of that very clinic write; registrars see how far it is and may say that the person has the result.
What the result is stands on this screen as a code, and only for clinicians: in no toast, and in no list.
"""

from collections.abc import Collection
from dataclasses import dataclass

from care.outcomes import Kind
from care.referral import State
from care.results import (
    STATES,
    Care,
    Examination,
    Result,
    Stage,
    after_given,
    care_steps,
    may_take_back,
    round_of,
    stage,
)
from care.roles import AT_CLINICS, Role
from care.ticket import ticket
from handlers import refusals
from handlers.buttons import Verb
from handlers.clinician import reach, result_words
from handlers.clinician.reach import CLINICIAN, actor_at, is_clinician, list_key, member_at
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import Html, Words
from storage import examinations, result_codes, results
from storage.examinations import Arrived
from storage.vault import Vault

_BACK = {  # what is taken back, as `Kind.UNDONE` says it
    Stage.EXAMINED: Kind.EXAMINED,
    Stage.READY: Kind.RESULT_READY,
    Stage.GIVEN: Kind.RESULT_GIVEN,
}


@dataclass(frozen=True, kw_only=True)
class ResultCard:
    """What the buttons of one visit do."""

    words: Words
    vault: Vault

    async def show(self, turn: Turn) -> Reply:
        """Show how far the examination is, and what can be written now."""
        visit = await self._pressed(turn)
        if visit is None:
            return await reach.gone(turn)
        await turn.record(Kind.RESULTS_SEEN, role=turn.staff_actor())
        return await self.card(turn, visit)

    async def examined(self, turn: Turn) -> Reply:
        """Write that the person was examined."""
        visit = await self._pressed(turn, CLINICIAN)
        if visit is None:
            return await reach.gone(turn)
        done = await results.examined(
            turn.store, visit, by=actor_at(turn, visit), staff_id=_writer(turn, visit), now=turn.now
        )
        return await self._after(turn, visit, Kind.EXAMINED, done=done)

    async def ready(self, turn: Turn) -> Reply:
        """Ask which result it is, by code, and write it; also another one, before and after it was given."""
        visit = await self._pressed(turn, CLINICIAN)
        one = visit.examination if visit else None
        if visit is None or one is None:
            return await reach.gone(turn)
        code = turn.press.word(1) if turn.press else None
        result = next((each for each in Result if each == code), None)
        if result is None:
            return await self._which(turn, visit)
        if one.given_at is not None:
            return await self._replace(turn, visit, one, result)
        is_first = one.ready_at is None
        done = await results.ready(
            turn.store,
            self.vault,
            one,
            result,
            zone=visit.zone,
            by=actor_at(turn, visit),
            staff_id=_writer(turn, visit),
            now=turn.now,
        )
        if done and not is_first:
            await turn.record(Kind.RESULTS_SEEN, role=turn.staff_actor())
            return await self._again(turn, visit, toast=_done(turn, visit))
        return await self._after(turn, visit, Kind.RESULT_READY, done=done)

    async def _replace(self, turn: Turn, visit: Arrived, one: Examination, result: Result) -> Reply:
        """Ask, and write another result than the one that the person has."""
        t, sure = turn.t, turn.press.number(2) if turn.press else None
        if one.given_at is None or sure != round_of(one):
            await turn.record(Kind.RESULTS_SEEN, role=turn.staff_actor())
            text = t(
                "✏️ Ticket {ticket}: <b>{code}</b> replaces the result of {day}. The person is asked to come "
                "again, and is not told why.",
                code=result.value,
                day=result_words.given_on(t, visit),
                **_of(visit),
            )
            wish = (visit.booking_id, result.value, round_of(one))
            yes = key(t.label("✅ Yes, it replaces it"), Verb.RESULT_READY, *wish)
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.RESULT, visit.booking_id)]])
        done = await results.replaced(
            turn.store,
            self.vault,
            one,
            result,
            zone=visit.zone,
            staff_id=_writer(turn, visit),
            now=turn.now,
        )
        return await self._after(turn, visit, Kind.RESULT_READY, done=done)

    async def given(self, turn: Turn) -> Reply:
        """Write that the person was here and has the result."""
        visit = await self._pressed(turn)
        one = visit.examination if visit else None
        if visit is None or one is None or one.ready_at is None:
            return await reach.gone(turn)
        done = await results.given(
            turn.store,
            self.vault,
            one,
            zone=visit.zone,
            by=actor_at(turn, visit),
            staff_id=_writer(turn, visit),
            now=turn.now,
        )
        return await self._after(turn, visit, Kind.RESULT_GIVEN, done=done)

    async def take_back(self, turn: Turn) -> Reply:
        """Take back the step that the button names, as long as it is the newest one and of today."""
        visit = await self._pressed(turn)
        one = visit.examination if visit else None
        if visit is None or one is None:
            return await reach.gone(turn)
        now_at = stage(one)
        if not is_clinician(turn.known(), visit.clinic_id) and now_at is not Stage.GIVEN:
            return await reach.gone(turn)
        wanted = turn.press.word(1) if turn.press else None
        done = (
            wanted == now_at
            and may_take_back(one, zone=visit.zone, now=turn.now)
            and await results.take_back(
                turn.store,
                self.vault,
                one,
                zone=visit.zone,
                by=actor_at(turn, visit),
                staff_id=_writer(turn, visit),
                now=turn.now,
            )
        )
        if not done:
            await turn.record(Kind.REFUSED, detail="stale", role=turn.staff_actor())
            return await self._again(turn, visit, toast=turn.t.label("This cannot be changed any more."))
        await reach.record(turn, visit, Kind.UNDONE, detail=_BACK[now_at].value)
        return await self._again(turn, visit, toast=turn.t.label("↩️ Taken back"))

    async def care(self, turn: Turn) -> Reply:
        """Write what became of a result that asks for care; its end is asked about first."""
        visit = await self._pressed(turn, CLINICIAN)
        one = visit.examination if visit else None
        word = turn.press.word(1) if turn.press else None
        what = next((each for each in Care if each == word), None)
        if visit is None or one is None or what is None:
            return await reach.gone(turn)
        t, sure = turn.t, turn.press is not None and turn.press.word(2) == "y"
        if what is Care.COMPLETED and not sure and what in await self._steps(turn, visit):
            await turn.record(Kind.RESULTS_SEEN, role=turn.staff_actor())
            text = t("🏁 Ticket {ticket}: is everything completed? This cannot be taken back.", **_of(visit))
            yes = key(t.label("✅ Yes, completed"), Verb.RESULT_CARE, visit.booking_id, what.value, "y")
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.RESULT, visit.booking_id)]])
        by = actor_at(turn, visit)
        refused = await results.care(turn.store, self.vault, one, what, by=by, now=turn.now)
        if refused is not None:
            await turn.record(Kind.REFUSED, detail="stale", role=turn.staff_actor())
            referral = await examinations.referral_of(turn.store, visit.referral_id)
            state = results.state_of(referral) or State.RESULT_GIVEN
            why = t("⚠️ {why}", why=refusals.why(t, refused, state, STATES[what]))
            return await self._again(turn, visit, toast=t.label("This cannot be changed any more."), why=why)
        await reach.record_alone(turn, visit, Kind.CARE_NOTED)
        return await self._again(turn, visit, toast=_done(turn, visit))

    async def _pressed(self, turn: Turn, roles: Collection[Role] = AT_CLINICS) -> Arrived | None:
        visit = await reach.pressed(turn, roles)
        return await result_codes.adopt(turn.store, self.vault, visit) if visit is not None else None

    async def card(self, turn: Turn, visit: Arrived, *, toast: str = "", why: str = "") -> Reply:
        """Show a visit with what the sender may write of it; `why` (HTML) something was not written."""
        t, parts, rows = turn.t, [why, result_words.head(turn.t, self.words, visit)], []
        if is_clinician(turn.known(), visit.clinic_id):
            parts += await self._for_clinicians(turn, visit)
            rows += await self._steps_of_clinicians(turn, visit)
        if stage(visit.examination) is Stage.READY:
            rows.append([key(t.label("✅ The person has it"), Verb.RESULT_GIVEN, visit.booking_id)])
        rows.append(self._back_key(turn, visit))
        text = Html("\n\n".join(part for part in parts if part))
        return screen(text, [*rows, [list_key(t)], [work_key(t)]], toast=toast)

    async def _for_clinicians(self, turn: Turn, visit: Arrived) -> list[str]:
        t, one = turn.t, visit.examination
        result = await result_codes.result(turn.store, self.vault, one.id) if one else None
        referral = await examinations.referral_of(turn.store, visit.referral_id)
        found = result_words.moved_away(t, referral, visit.zone)
        if one is None or result is None:
            return found
        found.append(t("🔒 Result: <b>{code}</b>", code=result.value))
        state = results.state_of(referral)
        care = result_words.CARE.get(state) if state is not None else None
        if one.given_at is not None and after_given(result) is not None:
            found += [t(care)] if care is not None else []
            found += [t(result_words.NO_CARE)] if referral is None else []
        return found

    async def _steps(self, turn: Turn, visit: Arrived) -> tuple[Care, ...]:
        one = visit.examination
        result = await result_codes.result(turn.store, self.vault, one.id) if one else None
        referral = await examinations.referral_of(turn.store, visit.referral_id)
        return care_steps(one, result, results.state_of(referral), now=turn.now)

    async def _steps_of_clinicians(self, turn: Turn, visit: Arrived) -> list[list[Key]]:
        t, number = turn.t, visit.booking_id
        match stage(visit.examination):
            case Stage.ARRIVED:
                return [[key(t.label("🩺 Examined"), Verb.RESULT_EXAMINED, number)]]
            case Stage.EXAMINED:
                return [[key(t.label("📨 The result is ready"), Verb.RESULT_READY, number)]]
            case Stage.READY:
                return [[key(t.label("✏️ Another result"), Verb.RESULT_READY, number)]]
            case Stage.GIVEN:
                steps = [
                    [key(t.label(result_words.STEPS[one]), Verb.RESULT_CARE, number, one.value)]
                    for one in await self._steps(turn, visit)
                ]
                return [*steps, [key(t.label("✏️ Another result"), Verb.RESULT_READY, number)]]

    def _back_key(self, turn: Turn, visit: Arrived) -> list[Key]:
        one, t = visit.examination, turn.t
        if not may_take_back(one, zone=visit.zone, now=turn.now):
            return []
        now_at = stage(one)
        if now_at is not Stage.GIVEN and not is_clinician(turn.known(), visit.clinic_id):
            return []
        return [key(t.label("↩️ Take it back"), Verb.RESULT_BACK, visit.booking_id, now_at.value)]

    async def _which(self, turn: Turn, visit: Arrived) -> Reply:
        await turn.record(Kind.RESULTS_SEEN, role=turn.staff_actor())
        t = turn.t
        ask = t(
            "📨 Ticket {ticket}: which result? The person is told only that there is something for them. "
            "Nobody else sees what you choose.",
            **_of(visit),
        )
        codes = [key(each.value, Verb.RESULT_READY, visit.booking_id, each.value) for each in Result]
        back = key(t.label("⬅️ Back"), Verb.RESULT, visit.booking_id)
        return screen(Html("\n\n".join([ask, result_words.legend(t)])), [*pairs(codes), [back]])

    async def _after(self, turn: Turn, visit: Arrived, kind: Kind, *, done: bool) -> Reply:
        """Record a step that was written now, and show the visit as it is; a second press changes nothing."""
        if done:
            await reach.record(turn, visit, kind)
            return await self._again(turn, visit, toast=_done(turn, visit))
        await turn.record(Kind.REFUSED, detail="stale", role=turn.staff_actor())
        return await self._again(turn, visit, toast=turn.t.label("This was written before."))

    async def _again(self, turn: Turn, visit: Arrived, *, toast: str, why: str = "") -> Reply:
        fresh = await examinations.lock(turn.store, visit.booking_id, [visit.clinic_id], now=turn.now)
        if fresh is None:
            return await reach.gone(turn)
        return await self.card(turn, fresh, toast=toast, why=why)


def _of(visit: Arrived) -> dict[str, str]:
    return {"ticket": ticket(visit.booking_id)}


def _done(turn: Turn, visit: Arrived) -> str:
    """Return the toast after every step: it is seen by whoever stands beside, so it says nothing else."""
    return turn.t.label("✅ Written: {ticket}", **_of(visit))


def _writer(turn: Turn, visit: Arrived) -> int:
    """Return the staff id of who writes. Raises LookupError when they do not work at the visit's clinic."""
    member = member_at(turn.known(), visit.clinic_id)
    if member is None:
        raise LookupError("whoever writes of a visit works at its clinic")
    return member.id
