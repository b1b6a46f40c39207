"""Tick together, a parent and who looks after them, the way of a child without papers.

Both see the same list, and who ticked what: "you", or the other side; never a name. The other side is told at
most once a day that there is something new, and not what.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from care.children import Checklist, Step, all_done, news
from care.message_kinds import Kind as Message
from care.outcomes import Kind
from care.person import pseudonym
from care.roles import Actor
from handlers import chosen
from handlers.answer import topic_key
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.notice import Notice, message, staff_rows
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale
from storage import case_card, checklists, due, looking_after
from storage.checklists import Listed

KIND = Checklist.WITHOUT_PAPERS
NAMES: Mapping[Step, str] = {
    Step.RECORD: N_("📄 A record of the birth"),
    Step.CENTRE: N_("🏢 Service centre"),
    Step.CLINIC: N_("🏥 Clinic"),
}
HINTS: Mapping[Step, str] = {  # facts.md, child-without-documents: what to bring; a certificate comes later
    Step.RECORD: N_("Any paper of the birth: from the maternity hospital, or from home."),
    Step.CENTRE: N_("Ask there for the certificate. Your consulate or an NGO can help."),
    Step.CLINIC: N_("Bring the child and what you have. You need not wait for the other steps."),
}


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What the parent's list and its buttons do."""

    async def show(self, turn: Turn) -> Reply:
        """Show the list of the person, begun now where there is none."""
        anew = chosen.word(turn, 0) == "new"
        listed = await checklists.begin(turn.store, turn.known().id, KIND, now=turn.now, anew=anew)
        await turn.record(Kind.CHECKLIST_SEEN, detail=KIND.value)
        return _own(turn, listed)

    async def tick(self, turn: Turn) -> Reply:
        """Tick a step, or take it back; who looks after the person is told that there is something new."""
        listed, step = await _pressed(turn), _step(turn)
        if listed is None or listed.person_id != turn.known().id:
            await turn.record(Kind.REFUSED, detail="gone")
            return screen(turn.t("This is not here any more."), [[home_key(turn.t)]])
        if step is not None and await ticked(turn, listed, step, by=turn.actor):
            worker = await looking_after.told_of_visits(turn.store, listed.person_id)
            if worker is not None and turn.actor is Actor.PERSON:
                planned = news(listed.id, worker, listed.person_id, staff=True, now=turn.now)
                await due.schedule(turn.store, planned, now=turn.now)
        else:
            await turn.record(Kind.CHECKLIST_SEEN, detail=KIND.value)
        return _own(turn, await checklists.by_id(turn.store, listed.id) or listed)


@dataclass(frozen=True, kw_only=True)
class PapersOfPerson:
    """The same list for whoever looks after the parent."""

    async def show(self, turn: Turn) -> Reply:
        """Show somebody's list, begun now where there is none."""
        person_id = chosen.number(turn, 0) or 0
        if await case_card.card(turn.store, turn.known().roles, person_id, now=turn.now) is None:
            return await self._gone(turn)
        anew = chosen.word(turn, 1) == "new"
        listed = await checklists.begin(turn.store, person_id, KIND, now=turn.now, anew=anew)
        await turn.record_of(Kind.CHECKLIST_SEEN, person_id, detail=KIND.value)
        return _of_person(turn, listed)

    async def tick(self, turn: Turn) -> Reply:
        """Tick a step for somebody, or take it back; the parent is told that there is something new."""
        listed, step = await _pressed(turn), _step(turn)
        roles = turn.known().roles
        if listed is None or await case_card.card(turn.store, roles, listed.person_id, now=turn.now) is None:
            return await self._gone(turn)
        if step is not None and await ticked(turn, listed, step, by=turn.staff_actor()):
            if listed.person_id != turn.known().id:
                planned = news(listed.id, listed.person_id, listed.person_id, staff=False, now=turn.now)
                await due.schedule(turn.store, planned, now=turn.now)
        else:
            await turn.record_of(Kind.CHECKLIST_SEEN, listed.person_id, detail=KIND.value)
        return _of_person(turn, await checklists.by_id(turn.store, listed.id) or listed)

    async def _gone(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
        return screen(turn.t("This is not here any more."), [[work_key(turn.t)]])


async def ticked(turn: Turn, listed: Listed, step: Step, *, by: Actor) -> bool:
    """Tick a step or take it back, and count it; return False when it stood so before."""
    done = chosen.word(turn, 2) == "y"
    if not await checklists.tick(turn.store, listed.id, step, by=by, done=done, now=turn.now):
        return False
    kind = Kind.CHECKLIST_TICKED if done else Kind.CHECKLIST_UNTICKED
    if by is Actor.PERSON:
        await turn.record(kind, detail=step.value)
    else:
        await turn.record_of(kind, listed.person_id, detail=step.value)
    return True


async def to_parent(notice: Notice) -> Reply | None:
    """Tell a parent that there is something new on the list; None when it is gone."""
    listed, t = await _noticed(notice), notice.t
    if listed is None or listed.person_id != notice.person.id:
        return None
    show = key(t.label("📋 Show the list"), Verb.CHECKLIST)
    return message(t("📋 There is something new on your list."), [[show], [home_key(t)]])


async def to_staff(notice: Notice) -> Reply | None:
    """Tell who looks after a parent; None when they do so no more."""
    listed, t = await _noticed(notice), notice.t
    if listed is None:
        return None
    card = await case_card.card(notice.store, notice.person.roles, listed.person_id, now=notice.now)
    if card is None:
        return None
    text = t("📋 {who}: there is something new on the list.", who=pseudonym(listed.person_id))
    show = key(t.label("📋 Show the list"), Verb.PERSON_LIST, listed.person_id)
    return message(text, [[show], *staff_rows(notice)])


WORDINGS = {Message.CHECKLIST: to_parent, Message.CHECKLIST_STAFF: to_staff}


def _own(turn: Turn, listed: Listed) -> Reply:
    """Show the list to the parent."""
    t = turn.t
    head = t(
        "📋 <b>A child without papers</b>\nA child does not have to prove anything to be helped. "
        "Is the child ill? Go to the doctor first, the papers can wait."
    )
    new = [[key(t.label("➕ For another child"), Verb.CHECKLIST, "new")]] if listed.ended_at else []
    return screen(
        _text(t, head, listed, for_parent=True),
        [
            *([_tick_key(t, Verb.CHECKLIST_TICK, listed, step)] for step in Step),
            *new,
            [key(t.label("🤝 Talk to a person"), Verb.TALK, "child-without-documents")],
            [topic_key(t, "child-without-documents")],
            [home_key(t)],
        ],
    )


def _of_person(turn: Turn, listed: Listed) -> Reply:
    """Show the list to who looks after the parent."""
    t, person_id = turn.t, listed.person_id
    head = t("📋 <b>A child without papers</b>\n{who} sees the same list.", who=pseudonym(person_id))
    new = (
        [[key(t.label("➕ For another child"), Verb.PERSON_LIST, person_id, "new")]]
        if listed.ended_at
        else []
    )
    return screen(
        _text(t, head, listed, for_parent=False),
        [
            *([_tick_key(t, Verb.PERSON_TICK, listed, step)] for step in Step),
            *new,
            [key(t.label("⬅️ Back"), Verb.PERSON, person_id), work_key(t)],
        ],
    )


def _text(t: Locale, head: str, listed: Listed, *, for_parent: bool) -> str:
    """Return the list with who ticked what, HTML."""
    parts = [head]
    for number, step in enumerate(Step, start=1):
        name, by = t(NAMES[step]), listed.ticked.get(step)
        if by is None:
            parts.append(f"⬜ {number}. <b>{name}</b>\n{t(HINTS[step])}")
        else:
            parts.append(f"✅ {number}. <b>{name}</b> · {_who(t, by, for_parent=for_parent)}")
    if all_done(listed.ticked):
        parts.append(t("🎉 All is done."))
    return Html("\n\n".join(parts))


def _who(t: Locale, by: str, *, for_parent: bool) -> str:
    if by == Actor.PERSON:
        return t("you") if for_parent else t("the parent")
    return t("the worker") if by == Actor.WORKER else t("the team")


def _tick_key(t: Locale, verb: Verb, listed: Listed, step: Step) -> Key:
    name = t.label(NAMES[step])
    if step in listed.ticked:
        return key(t.label("↩️ Not yet: {step}", step=name), verb, listed.id, step.value, "n")
    return key(t.label("✅ Done: {step}", step=name), verb, listed.id, step.value, "y")


async def _pressed(turn: Turn) -> Listed | None:
    return await checklists.by_id(turn.store, chosen.number(turn, 0) or 0)


async def _noticed(notice: Notice) -> Listed | None:
    checklist_id = notice.about("checklist")
    return await checklists.by_id(notice.store, checklist_id) if checklist_id is not None else None


def _step(turn: Turn) -> Step | None:
    word = chosen.word(turn, 1)
    return next((step for step in Step if step.value == word), None)
