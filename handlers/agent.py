"""Act for somebody without Telegram, on the phone of a worker: their wishes run for that person.

Who is acted for stands in the worker's draft, and ends by itself half an hour after the last press. Buttons
of these screens are marked with the person, so that one pressed later is never taken for a wish of the
worker's own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from care.claims import SITS_WITH
from care.outcomes import Kind
from care.person import Person, StaffMember, pseudonym
from care.symptoms import Form
from handlers.buttons import MOST_BYTES, Press, Verb, parse, remember
from handlers.roles import HELPERS, work_key
from handlers.screens import Key, Reply, Rows, Step, Way, key, screen
from handlers.turn import Conversation, Turn
from locales.catalogue import Html, Locale, Words
from storage import bookings, drafts, people, waits, without_telegram

DRAFT = "agent"
MARK = "ag"  # in the place of a stranger's language: the screen is about the person whose id follows
VERBS = frozenset(  # what a worker can do for somebody: all else stays their own
    {
        Verb.HOME,
        Verb.CHECK,
        Verb.CHECK_ANSWER,
        Verb.CLINICS,
        Verb.CLINIC,
        Verb.NEAR,
        Verb.MAP,
        Verb.AREAS,
        Verb.BOOK,
        Verb.BOOK_CLINIC,
        Verb.BOOK_DAY,
        Verb.BOOK_TIME,
        Verb.BOOK_YES,
        Verb.VISITS,
        Verb.VISIT,
        Verb.MOVE,
        Verb.MOVE_DAY,
        Verb.MOVE_TIME,
        Verb.MOVE_YES,
        Verb.CANCEL,
        Verb.CANCEL_YES,
        Verb.WENT,
        Verb.WAIT,
        Verb.WAIT_CLINIC,
        Verb.WAIT_DAYS,
        Verb.WAIT_HOURS,
        Verb.WAIT_YES,
        Verb.WAIT_STOP,
        Verb.WAIT_ON,
        Verb.WAIT_TAKE,
        Verb.WAIT_LET,
        Verb.DISPLACED,
        Verb.DISPLACED_TAKE,
        Verb.DISPLACED_OTHER,
        Verb.DISPLACED_BOOK,
        Verb.DISPLACED_NO,
        Verb.CANNOT,
        Verb.WHY,
        Verb.TOPIC,  # to read out
        Verb.LISTEN,
        Verb.NO_HELP,
        Verb.PLAN,
        Verb.FAILED,
        Verb.MY_TICKET,
        Verb.COSTS,
        Verb.ON_WAY,
        Verb.CHILDREN,
        Verb.CHILD_ADD,
        Verb.CHILD_OFF,
        Verb.CHECKLIST,
        Verb.CHECKLIST_TICK,
        Verb.BRIGADE_PLACE,
        Verb.BRIGADE_YES,
        Verb.BRIGADE_NO,
        Verb.COMPANY,
        Verb.COMPANY_WISH,
        Verb.COMPANY_YES,
        Verb.COMPANY_WIDER,
        Verb.COMPANY_CANCEL,
        Verb.LEAVING,
        Verb.LEFT,
        Verb.STAYING,
        Verb.TRANSFER_CARD,
        Verb.TRANSFER_TYPE,
        Verb.TRANSFER_VIEW,
        Verb.TRANSFER_MAKE,
        Verb.TRANSFER_BACK,
        Verb.ARRIVED,
        Verb.WENT_ON,
        Verb.CENTRES,
        Verb.CENTRE,
        Verb.MEDICINE,  # only to say that nobody does this for another
    }
)
_OWN = frozenset(
    {Verb.TICKET, Verb.FRIEND_TICKET, Verb.AGENT, Verb.AGENT_END, Verb.AGENT_LANGUAGE, Verb.AGENT_FORGET}
)
Attempt = Callable[[Turn], Awaitable[Reply | None]]


@dataclass(frozen=True, kw_only=True)
class Agent:
    """Who acts for somebody else, and what that looks like."""

    words: Words

    async def wish(self, turn: Turn, conversation: Conversation) -> Reply | None:
        """Answer a wish for whom the worker acts; None when it is the worker's own."""
        if turn.press is None or turn.press.verb not in VERBS or not staff_ids(turn):
            return None
        acting, meant = await self.acting(turn), _meant(turn.press)
        if meant is not None and (acting is None or acting.known().id != meant):
            return await self._ask_again(turn, meant)
        if acting is None:
            return None
        is_home = turn.press.verb is Verb.HOME
        return self.barred(acting, await (self.home(acting) if is_home else conversation(acting)))

    def attempt(self, attempt: Attempt) -> Attempt:
        """Return an attempt that is made for whom the worker acts, and for nobody else."""

        async def made(turn: Turn) -> Reply | None:
            acting = await self.acting(turn) if turn.person is not None and staff_ids(turn) else None
            reply = await attempt(acting) if acting is not None else None
            return self.barred(acting, reply) if acting is not None and reply is not None else None

        return made

    async def acting(self, turn: Turn) -> Turn | None:
        """Return the turn as that of whom the worker acts for now, or None; each press makes it last."""
        draft = await drafts.get(turn.store, turn.known().id, DRAFT)
        if draft is None:
            return None
        if turn.now - draft.changed_at > SITS_WITH:
            await drafts.drop(turn.store, turn.known().id, DRAFT)
            return None
        person = await without_telegram.one_of(
            turn.store, int(draft.content["person"]), [one.id for one in staff_ids(turn)]
        )
        if person is None:  # they took over their record, were forgotten, or are another's by now
            await drafts.drop(turn.store, turn.known().id, DRAFT)
            return None
        await drafts.put(turn.store, turn.known().id, DRAFT, draft.content, now=turn.now)
        return await self._as(turn, person, theirs=draft.content.get("shown") == "theirs")

    async def sit_down(self, turn: Turn, person: Person, *, theirs: bool = False, made: int = 0) -> Turn:
        """Act for a person from now on; `theirs`: the screens are in their language."""
        content = {"person": person.id, "shown": "theirs" if theirs else "own", "made": made}
        await drafts.put(turn.store, turn.known().id, DRAFT, content, now=turn.now)
        return await self._as(turn, person, theirs=theirs)

    async def _as(self, turn: Turn, person: Person, *, theirs: bool) -> Turn:
        if person.seen_on != turn.now.date():
            await people.change(turn.store, person.id, seen_on=turn.now.date())
        t = self.words[person.locale] if theirs and person.locale in self.words else turn.t
        return replace(turn, person=person, behalf_of=_member(turn, person), t=t)

    async def home(self, acting: Turn) -> Reply:
        """Show all that can be done for the person."""
        await acting.record(Kind.NEWPERSON_SEEN)
        t, person = acting.t, acting.known()
        ahead = await bookings.upcoming(acting.store, person.id, now=acting.now)
        waiting = await waits.of(acting.store, person.id)
        language = self.words[person.locale].name if person.locale in self.words else person.locale
        lines = [
            t("🗣 {language}", language=language),
            t("📅 {moment}", moment=t.moment(ahead[0].local)) if ahead else t("📅 No visit yet"),
            t("👥 A friend takes the reminders")
            if person.reminders_to is not None
            else t("📞 Without a friend I remind you, and you tell them."),
        ]
        swap = t.label("🌐 Their language / my language")
        rows = [
            [key(t.label("🩺 Check symptoms"), Verb.CHECK_ANSWER, Form.SELF.value)],
            [key(t.label("📅 Book"), Verb.BOOK), key(t.label("🗓 Visits"), Verb.VISITS)],
            [key(t.label("🔔 What I wait for"), Verb.WAIT)] if waiting else [],
            [key(t.label("🎫 Ticket"), Verb.TICKET, person.id)],
            [key(t.label("✈️ I am leaving"), Verb.LEAVING)],
            [key(t.label("👥 A friend takes the reminders"), Verb.FRIEND_TICKET, person.id)],
            [key(swap, Verb.AGENT_LANGUAGE)],
            [key(t.label("🗑 Delete everything"), Verb.AGENT_FORGET, person.id)],
        ]
        return screen("\n".join(lines), rows)

    def barred(self, acting: Turn, reply: Reply) -> Reply:
        """Put at the top for whom it is, with the way out, and mark every button."""
        if not reply.steps:
            return reply
        t, name = acting.t, pseudonym(acting.known().id)
        steps = [_marked(step, acting.known().id) for step in reply.steps]
        for place, step in enumerate(steps):
            if step.way in {Way.SHOW, Way.SEND} and not (step.ask_location or step.ask_contact):
                bar = t("👤 For <b>{name}</b>", name=name)
                finish = key(t.label("👤 {name} · ✅ finish", name=name), Verb.AGENT_END)
                text = Html("\n\n".join([bar, step.text]))
                steps[place] = replace(step, text=text, rows=((finish,), *step.rows))
                break
        return replace(reply, steps=tuple(steps), menu="")

    async def _ask_again(self, turn: Turn, person_id: int) -> Reply:
        """Ask before a button of an earlier time does anything: for whom is it meant?"""
        person = await without_telegram.one_of(turn.store, person_id, [one.id for one in staff_ids(turn)])
        t = turn.t
        await turn.record(Kind.REFUSED, detail="stale", role=turn.staff_actor())
        if person is None:
            return screen(t("This is not here any more."), [[work_key(t)]])
        name = pseudonym(person.id)
        return screen(
            t("👤 This screen was for {name}. Their time here is over. Shall we go on?", name=name),
            [
                [key(t.label("▶️ Go on for {name}", name=name), Verb.AGENT, person.id)],
                [work_key(t)],
            ],
        )


def staff_ids(turn: Turn) -> list[StaffMember]:
    """Return the roles in which the sender may act for somebody."""
    return [one for one in turn.person.roles if one.role in HELPERS] if turn.person is not None else []


def _member(turn: Turn, person: Person) -> StaffMember:
    """Return in which role the sender acts: who registered the person, whose the referral is, or else."""
    own = staff_ids(turn)
    known = {person.registered_by, person.episode.staff_id if person.episode else None}
    return next((one for one in own if one.id in known), own[0])


def _meant(press: Press) -> int | None:
    """Return for whom the pressed screen was, or None when it was not for somebody else."""
    if press.locale != MARK or press.link is None or not press.link.isdecimal():
        return None
    return int(press.link)


def _marked(step: Step, person_id: int) -> Step:
    rows: Rows = tuple(
        kept
        for row in step.rows
        if (kept := tuple(_with_mark(item, person_id) for item in row if _fits(item)))
    )
    return replace(step, rows=rows)


def _fits(item: Key) -> bool:
    """Return whether a button of a person's own screen can be pressed for them."""
    press = parse(item.data) if item.data is not None else None
    return press is None or press.verb in VERBS | _OWN


def _with_mark(item: Key, person_id: int) -> Key:
    if item.data is None or "~" in item.data:
        return item
    marked = remember(item.data, MARK, str(person_id))
    return replace(item, data=marked if len(marked.encode()) <= MOST_BYTES else item.data)


def finish_text(t: Locale, name: str) -> str:
    """Say that the worker acts for themselves again, HTML."""
    return t("✅ You are done with {name}. All you press now is your own again.", name=name)
