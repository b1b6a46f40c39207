"""End what the team does for a person: they do not want to, or could not be reached for long; undo it for a
day.

The person is told nothing: for them everything is open as before, and a visit that they book begins anew.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from care.audit import Act, Deed
from care.outcomes import Kind
from care.person import pseudonym
from care.referral import Refusal, State, refusal
from care.work import taken_back
from handlers import refusals
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.worker.end_keys import LABELS, UNDO, WAYS, acting, may_end, undo_key, way
from handlers.worker.person import PersonCard
from locales.catalogue import N_, Html, Locale
from storage import audit, endings, referrals
from storage.case_card import Card
from storage.vault import Vault

QUESTIONS: Mapping[State, str] = {
    State.DECLINED: N_("🚪 They told you that they do not want to be examined?"),
    State.LOST: N_("🔕 Nobody could reach them for long, in several ways and on several days?"),
}
SURE = "y"


@dataclass(frozen=True, kw_only=True)
class PersonEnd:
    """What 🚪 and 🔕 below a person's card do."""

    cards: PersonCard
    vault: Vault

    async def show(self, turn: Turn) -> Reply:
        """Ask, and end it; or take the end back."""
        word = turn.press.word(1) if turn.press else None
        if word == UNDO:
            return await self._take_back(turn)
        found, to = await self.cards.reached(turn), WAYS.get(word or "")
        if found is None or to is None or turn.press is None or not await may_end(turn, found):
            return await self.cards.gone(turn)
        state = found.case.state
        refused = refusal(state, to, acting(turn))
        if refused is not None:
            return await self._refused(turn, found, refusals.why(turn.t, refused, state, to))
        if found.case.next_start is not None:
            return await self._visit_ahead(turn, found)
        if turn.press.word(2) != SURE:
            return await self._ask(turn, found, to)
        return await self._end(turn, found, to)

    async def _ask(self, turn: Turn, found: Card, to: State) -> Reply:
        t, person_id = turn.t, found.case.person_id
        await turn.record(Kind.PERSON_SEEN, role=turn.staff_actor())
        follows = t(
            "Then they leave your list: open tasks and a wait for a place end. Their own reminders and an "
            "open talk stay. They are told nothing, and can book and write again at any time."
        )
        parts = [self.cards.text(turn, found), t(QUESTIONS[to]), follows]
        yes = key(t.label("✅ Yes, end it"), Verb.PERSON_END, person_id, way(to), SURE)
        return screen(Html("\n\n".join(parts)), [[yes], [_back(t, person_id)]])

    async def _end(self, turn: Turn, found: Card, to: State) -> Reply:
        t, person_id, by = turn.t, found.case.person_id, acting(turn)
        episode = await referrals.episode_of(turn.store, person_id)
        ended = await endings.close(turn.store, found.referral_id, to, by=by, now=turn.now)
        if isinstance(ended, Refusal):
            return await self._refused(turn, found, refusals.why(t, ended, found.case.state, to))
        if ended is not None:
            return await self._visit_ahead(turn, found)
        await turn.record_of(
            Kind.EPISODE_CLOSED,
            person_id,
            detail=to.value,
            **(asdict(episode) if episode else {}),
        )
        await self._audit(turn, Act.EPISODE_CLOSED, found.referral_id, found.staff_id, to)
        text = t(
            "{label}\n\n{name} is not in your list any more. For a day you can take that back.",
            label=t.label(LABELS[to]),
            name=pseudonym(person_id),
        )
        return screen(
            text, [[undo_key(t, person_id)], [key(t.label("⬅️ My people"), Verb.PEOPLE), work_key(t)]]
        )

    async def _take_back(self, turn: Turn) -> Reply:
        t, person_id = turn.t, (turn.press.number(0) if turn.press else None) or 0
        ended = await referrals.ended_of(turn.store, person_id)
        try:
            refused = await endings.take_back(
                turn.store, turn.known().roles, person_id, by=acting(turn), now=turn.now
            )
        except LookupError:
            found = await self.cards.reached(turn)
            return await self.cards.gone(turn) if found is None else await self.cards.card(turn, found)
        if refused is not None:
            await turn.record(Kind.REFUSED, detail=refused[0].value, role=turn.staff_actor())
            rows = [[key(t.label("⬅️ My people"), Verb.PEOPLE), work_key(t)]]
            return screen(t("{why}", why=refusals.why(t, *refused)), rows)
        if ended is not None:
            closed = taken_back(Kind.EPISODE_CLOSED, ended["state"])
            await turn.record_of(Kind.UNDONE, person_id, detail=closed)
            await self._audit(turn, Act.EPISODE_REOPENED, ended["id"], ended["staff_id"], None)
        found = await self.cards.reached(turn)
        if found is None:
            return await self.cards.gone(turn)
        return await self.cards.card(turn, found, toast=t.label("↩️ Taken back"))

    async def _visit_ahead(self, turn: Turn, found: Card) -> Reply:
        t = turn.t
        return await self._refused(
            turn,
            found,
            t.label("A visit is ahead. It stays: this can end only when it is over or cancelled."),
        )

    async def _refused(self, turn: Turn, found: Card, why: str) -> Reply:
        await turn.record(Kind.REFUSED, detail="held", role=turn.staff_actor())
        t = turn.t
        text = Html("\n\n".join([self.cards.text(turn, found), t("{why}", why=why)]))
        return screen(text, [[_back(t, found.case.person_id)], [work_key(t)]])

    async def _audit(
        self, turn: Turn, act: Act, referral_id: int, owner_id: int | None, to: State | None
    ) -> None:
        roles = turn.known().roles
        actor = next((one for one in roles if one.id == owner_id), roles[0])
        deed = Deed(
            act=act,
            role=acting(turn),
            about="referral",
            actor_id=actor.id,
            about_id=referral_id,
            detail=to.value if to is not None else None,
        )
        await audit.append(turn.store, self.vault, deed, now=turn.now)


def _back(t: Locale, person_id: int) -> Key:
    return key(t.label("⬅️ Back"), Verb.PERSON, person_id)
