"""Show one of the team their talks and who waits; take one, end one, ask for another profession."""

from collections.abc import Mapping
from dataclasses import dataclass

from care.audit import Act, Deed
from care.outcomes import Kind
from care.ownership import Colleague
from care.person import Person, pseudonym
from care.relay import MOST_OPEN, Tag
from care.roles import Role
from handlers.answering import Answering, Place
from handlers.buttons import Verb
from handlers.relay_screens import ended_to_person, introduced
from handlers.roles import HELPERS, OVERSEERS, work_key
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from handlers.worker.replies import CHOSEN, Replies, staff_ids
from handlers.written import written
from locales.catalogue import N_, Html, Locale
from storage import audit, caseload, drafts, ownership, reach, relay_tasks, relays
from storage.caseload import Face
from storage.relays import Relay

PAGE = 8  # talks on one screen
TAGS: Mapping[Tag, str] = {
    Tag.PSYCHOLOGIST: N_("🧠 A psychologist is needed"),
    Tag.LAWYER: N_("⚖️ A lawyer is needed"),
}


@dataclass(frozen=True, kw_only=True)
class Relays:
    """What /relays and its buttons do."""

    answering: Answering
    replies: Replies

    async def show(self, turn: Turn) -> Reply:
        """Show the sender's open talks, the newest words first, and who waits for anybody."""
        await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
        return await self._list(turn)

    async def _list(self, turn: Turn, *, toast: str = "") -> Reply:
        t, store = turn.t, turn.store
        talks = await relays.open_of_staff(store, staff_ids(turn))
        waiting = await self._waiting(turn)
        last = max(len(talks) - 1, 0) // PAGE
        wish = turn.press.number(0) if turn.press and turn.press.verb is Verb.RELAYS else None
        page = min(max(wish or 0, 0), last)
        shown = talks[page * PAGE : (page + 1) * PAGE]
        faces = await caseload.faces(store, [one.person_id for one in [*shown, *waiting]])
        if not talks and not waiting:
            text = t("💬 You have no talks now. When somebody asks for a person, I write to you.")
            return screen(text, [[work_key(t)]], toast=toast)
        lines = [
            t.many("💬 <b>{n} talk</b>", "💬 <b>{n} talks</b>", len(talks)),
            *(self._line(turn, one, faces) for one in shown),
        ]
        if waiting:
            lines.append(
                t.many("📥 {n} person waits for anybody", "📥 {n} people wait for anybody", len(waiting))
            )
        keys = pairs([key(_mark(one) + pseudonym(one.person_id), Verb.RELAY, one.id) for one in shown])
        take = [[key(t.label("📥 Take the next one"), Verb.RELAY_TAKE, waiting[0].id)]] if waiting else []
        turns: list[Key] = [
            *([key(t.label("◀️ Newer"), Verb.RELAYS, page - 1)] if page else []),
            *([key(t.label("Older ▶️"), Verb.RELAYS, page + 1)] if page < last else []),
        ]
        return screen(Html("\n\n".join(lines)), [*keys, turns, *take, [work_key(t)]], toast=toast)

    async def relay(self, turn: Turn) -> Reply:
        """Show one talk and what can be done."""
        relay = await self._own(turn)
        if relay is None:
            return await self.replies.gone(turn)
        await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
        return await self.one(turn, relay)

    async def one(self, turn: Turn, relay: Relay, *, toast: str = "") -> Reply:
        """Show one talk of the sender."""
        t = turn.t
        faces = await caseload.faces(turn.store, [relay.person_id])
        marked = [t.label(TAGS[tag]) for tag in relay.tags]
        how = t("Reply to a message, or press ✍️ and type. Nothing is kept.")
        text = Html("\n\n".join([self._line(turn, relay, faces), *marked, how]))
        write = [key(t.label("✍️ Write"), Verb.RELAY_SEND, relay.id)]
        back = [key(t.label("⬅️ Back"), Verb.RELAYS), work_key(t)]
        return screen(text, [write, *rows_of_talk(t, relay), back], toast=toast)

    async def take(self, turn: Turn) -> Reply:
        """Take who waits, while the sender has room; tell the person who answers now."""
        wish = turn.press.number(0) if turn.press else None
        waiting = await self._waiting(turn)
        relay = next((one for one in waiting if one.id == wish), None)
        member = turn.known().holds(*HELPERS)
        busy = await relays.busy(turn.store, now=turn.now)
        if member is not None and busy.get(member.id, 0) >= MOST_OPEN:
            await turn.record(Kind.REFUSED, detail="full", role=turn.staff_actor())
            return await self._list(
                turn, toast=turn.t.label("You have as many talks as one person can keep.")
            )
        if relay is None or member is None or not await relays.take(turn.store, relay.id, member.id):
            await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
            return await self._list(turn, toast=turn.t.label("A colleague was quicker."))
        deed = Deed(
            act=Act.HANDED_OVER,
            role=turn.staff_actor(),
            about="relay",
            actor_id=member.id,
            about_id=relay.id,
            detail=str(member.id),
        )
        await audit.append(turn.store, self.answering.vault, deed, now=turn.now)
        await turn.record(Kind.TALK_MOVED, detail="taken", role=turn.staff_actor(), staff_id=member.id)
        moved = await relays.by_id(turn.store, relay.id) or relay
        shown = await self.one(turn, moved, toast=turn.t.label("📥 It is yours now."))
        place = await self.answering.of_person(turn.store, moved, now=turn.now)
        told = (await self._here(turn, place, moved),) if place else ()
        return Reply((*shown.steps, *told), toast=shown.toast)

    async def _here(self, turn: Turn, place: Place, relay: Relay) -> Step:
        who = await self.answering.called(turn.store, place.t, relay.staff_id)
        text = place.t(
            "👋 <b>{who}</b> has time for you now. Write, speak or send a photo: I pass it on.", who=who
        )
        rows = frozen([[key(place.t.label("✖️ End the talk"), Verb.TALK_NO)]])
        return Step(way=Way.SEND, to=place.chat_id, text=text, rows=rows, silent=place.silent)

    async def end(self, turn: Turn) -> Reply:
        """Ask, then end a talk; the person is told and asked whether it helped."""
        relay, t = await self._own(turn), turn.t
        if relay is None:
            return await self.replies.gone(turn)
        name = pseudonym(relay.person_id)
        if turn.press is None or turn.press.word(1) != "y":
            await turn.record(Kind.RELAYS_SEEN, role=turn.staff_actor())
            text = t(
                "End the talk with <b>{name}</b>? They are told, and asked whether it helped.", name=name
            )
            yes = key(t.label("✅ Yes, end it"), Verb.RELAY_END, relay.id, "y")
            return screen(text, [[yes], [key(t.label("⬅️ Back"), Verb.RELAY, relay.id)]])
        told = await ended_by_team(turn, self.answering, relay)
        await drafts.drop(turn.store, turn.known().id, CHOSEN)
        shown = await self._list(turn, toast=t.label("✅ The talk is over."))
        return Reply((*shown.steps, *told), toast=shown.toast)

    async def tag(self, turn: Turn) -> Reply:
        """Say that a psychologist or a lawyer is needed: a coordinator gets a task."""
        relay, word = await self._own(turn), turn.press.word(1) if turn.press else None
        tag = next((one for one in Tag if one.value == word), None)
        if relay is None or tag is None:
            return await self.replies.gone(turn)
        toast = await self.need(turn, relay, tag)
        return await self.one(turn, await relays.by_id(turn.store, relay.id) or relay, toast=toast)

    async def need(self, turn: Turn, relay: Relay, tag: Tag) -> str:
        """Let a coordinator look for another profession, once; return what to say."""
        if await relays.add_tag(turn.store, relay, tag):
            office = await self._office(turn, relay)
            await relay_tasks.need(
                turn.store, relay, tag, staff_id=office.staff_id if office else None, now=turn.now
            )
            await turn.record(
                Kind.TALK_TAGGED, detail=tag.value, role=turn.staff_actor(), staff_id=relay.staff_id
            )
        return turn.t.label("A coordinator looks for somebody.")

    async def _office(self, turn: Turn, relay: Relay) -> Colleague | None:
        """Return the coordinator, else the admin, of the same organisation first, who is there first."""
        team = await ownership.team(turn.store, now=turn.now, zone=self.answering.zone.key)
        own = next((one.organisation_id for one in team if one.staff_id == relay.staff_id), None)
        ranks = {Role.COORDINATOR: 0, Role.ADMIN: 1}
        able = [one for one in team if one.role in ranks and one.person_id != relay.person_id]
        return min(
            able,
            key=lambda one: (
                ranks[one.role],
                one.away,
                one.organisation_id != own,
                not one.on_shift,
                one.open_referrals,
                one.staff_id,
            ),
            default=None,
        )

    async def _own(self, turn: Turn) -> Relay | None:
        return await self.replies.own(turn, turn.press.number(0) if turn.press else None)

    async def _waiting(self, turn: Turn) -> list[Relay]:
        """Return who waits for anybody: whom one oversees, those of the area for a worker; never oneself."""
        person = turn.known()
        found = [one for one in await relays.queue(turn.store) if one.person_id != person.id]
        ids = [one.person_id for one in found]
        if person.holds(*OVERSEERS):
            overseen = await reach.overseen(turn.store, person.roles, ids)
            return [one for one in found if one.person_id in overseen]
        areas = await relays.areas_of(turn.store, ids)
        return [one for one in found if _in_reach(person, areas.get(one.person_id))]

    def _line(self, turn: Turn, relay: Relay, faces: Mapping[int, Face]) -> str:
        t, face = turn.t, faces.get(relay.person_id)
        words = self.answering.words
        language = (words[face.locale].name if face.locale in words else face.locale) if face else ""
        parts = [
            t("<b>{name}</b>", name=_mark(relay) + pseudonym(relay.person_id)),
            t("🗣 {language}", language=language) if language else "",
            t("📍 {area}", area=written(t, face.area_names)) if face and face.area_names else "",
            t("⏳ {duration} ago", duration=t.duration(_minutes_since(turn, relay))),
        ]
        return Html(" · ".join(part for part in parts if part))


def rows_of_talk(t: Locale, relay: Relay) -> list[list[Key]]:
    """Return what can be done with a talk beside writing."""
    tags = [
        [key(t.label(label), Verb.RELAY_TAG, relay.id, tag.value)]
        for tag, label in TAGS.items()
        if tag not in relay.tags
    ]
    hand = [key(t.label("🤝 Hand over to a colleague"), Verb.RELAY_HAND, relay.id)]
    return [*tags, hand, [key(t.label("✅ End the talk"), Verb.RELAY_END, relay.id)]]


async def ended_by_team(turn: Turn, answering: Answering, relay: Relay) -> tuple[Step, ...]:
    """End a talk for the team, and return what tells the person; nothing when it was over."""
    actor = turn.staff_actor()
    if not await answering.end(turn.store, relay, actor, now=turn.now):
        return ()
    await turn.record_of(Kind.TALK_DONE, relay.person_id, staff_id=relay.staff_id)
    place = await answering.of_person(turn.store, relay, now=turn.now)
    if place is None:
        return ()
    return ended_to_person(place, relay, await answering.name(turn.store, relay.staff_id))


async def introduced_to(turn: Turn, answering: Answering, relay: Relay) -> tuple[Step, ...]:
    """Return what tells a new colleague whose talk is theirs now."""
    place = await answering.of_staff(turn.store, relay, now=turn.now)
    if place is None:
        return ()
    lead = place.t("🤝 A colleague handed <b>{name}</b> over to you.", name=pseudonym(relay.person_id))
    return await introduced(turn.store, answering, place, relay, lead=lead)


def _minutes_since(turn: Turn, relay: Relay) -> int:
    """Return for how many minutes nobody has written; at least one."""
    return max(int((turn.now - relay.for_rules().stirred_at).total_seconds() // 60), 1)


def _mark(relay: Relay) -> str:
    """Return a sign in front of whoever waits for an answer."""
    wrote, answered = relay.person_wrote_at, relay.staff_wrote_at
    waits = wrote is not None and (answered is None or answered < wrote)
    return "🔵 " if waits else ""


def _in_reach(person: Person, area_id: int | None) -> bool:
    own = [member.area_id for member in person.roles if member.role is Role.WORKER]
    return area_id is None or area_id in own
