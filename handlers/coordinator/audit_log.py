"""Show what was changed in the team, in words, and whether anybody changed the log itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.audit import Act, Deed, Row
from care.outcomes import Kind
from care.person import pseudonym
from care.roles import Role
from care.team import Reach
from handlers.buttons import Verb
from handlers.coordinator.team import reach
from handlers.coordinator.team_words import called
from handlers.roles import role_name, work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html, Locale
from storage import audit, audit_subjects, due, team
from storage.audit_subjects import Subjects
from storage.team import Member
from storage.vault import Vault

PAGE = 8  # rows on one screen
MOST_ROWS = 1000  # that somebody who looks waits for, with all who write meanwhile: about 50 ms
WORDS: Mapping[str, str] = {  # act: what stands behind who did it
    Act.INVITED: N_("made an invite: {role}"),
    Act.JOINED: N_("accepted an invite: {role}"),
    Act.PAUSED: N_("paused {whom}"),
    Act.RESUMED: N_("let {whom} work again"),
    Act.MOVED: N_("moved {whom}"),
    Act.ENDED: N_("ended the work of {whom}"),
    Act.LEFT: N_("left the team"),
    Act.AREA_OWNER: N_("made {other} the owner of {whom}"),
    Act.AREA_COVER: N_("made {other} the cover of {whom}"),
    Act.HANDED_OVER: N_("gave {whom} to {other}"),
    Act.AWAY: N_("is away"),
    Act.BACK: N_("is back"),
    Act.LINK_MADE: N_("made a link"),
    Act.LINK_ENDED: N_("ended a link"),
    Act.SITE_ADDED: N_("added a place: {whom}"),
    Act.SITE_CHANGED: N_("changed a place: {whom}"),
    Act.SITE_RETIRED: N_("took a place away: {whom}"),
    Act.FORUM_CHOSEN: N_("chose a group for talks"),
    Act.FORUM_LEFT: N_("gave up the group for talks"),
    Act.PHONE_SEEN: N_("saw the phone of {whom}"),
    Act.REGISTERED: N_("registered {whom}"),
    Act.CLAIMED: N_("took over a record: {whom}"),
    Act.EPISODE_CLOSED: N_("stopped looking after {whom}"),
    Act.EPISODE_REOPENED: N_("looks after {whom} again"),
    Act.CLOSED: N_("closed {whom}, or took fewer people"),
    Act.REOPENED: N_("took back that {whom} is closed"),
    Act.AUDIT_SEEN: N_("looked at this log"),
}
NOBODY_IN_POST: Mapping[str, str] = {  # where the detail is empty
    Act.AREA_OWNER: N_("left {whom} without an owner"),
    Act.AREA_COVER: N_("left {whom} without a cover"),
}
CASELOAD = N_("gave people of {whom} to {other}")
OTHER = N_("changed something")  # an act of a newer program


@dataclass(frozen=True, kw_only=True)
class AuditLog:
    """What /audit and its buttons do."""

    vault: Vault
    zone: ZoneInfo  # of those whose city is not known

    async def show(self, turn: Turn) -> Reply:
        """Show a page, newest first; on the first one, whether the log is whole."""
        await turn.record(Kind.AUDIT_SEEN, role=turn.staff_actor())
        t, within = turn.t, reach(turn)
        before = turn.press.number(0) if turn.press else None
        rows = await audit.newest(
            turn.store, most=PAGE + 1, before=before, organisation_id=within.organisation_id
        )
        shown = rows[:PAGE]
        lines = [t("📜 <b>What was changed in the team</b>")]
        if before is None:
            lines.append(await self._state(turn))
            await self._note(turn, within)
        lines += await self._lines(turn, shown)
        if not shown:
            lines.append(t("There is nothing here yet. Invites, pauses and moves will stand here."))
        turns: list[Key] = [
            *([key(t.label("◀️ Newest"), Verb.AUDIT)] if before is not None else []),
            *([key(t.label("Older ▶️"), Verb.AUDIT, shown[-1].id)] if len(rows) > PAGE else []),
        ]
        return screen(Html("\n\n".join(lines)), [turns, [key(t.label("⬅️ The team"), Verb.TEAM), work_key(t)]])

    async def _state(self, turn: Turn) -> str:
        t = turn.t
        newest = await audit.newest(turn.store, most=1)
        since = newest[0].id - MOST_ROWS + 1 if newest else 1
        broken = await audit.first_broken(turn.store, self.vault, since=since)
        if broken is None and since > 1:
            return t("✅ The newest {n} rows are whole. Every night all of them are looked at.", n=MOST_ROWS)
        if broken is None:
            return t("✅ The log is whole: nobody has changed it.")
        return t(
            "🚨 <b>Row {n} does not fit: somebody has changed the log.</b> Tell the operator now.", n=broken
        )

    async def _note(self, turn: Turn, within: Reach) -> None:
        """Write down who looked at the log: once, until something else happens."""
        last = await audit.newest(turn.store, most=1)
        if last and last[0].act == Act.AUDIT_SEEN and last[0].actor_id == within.staff_id:
            return
        deed = Deed(act=Act.AUDIT_SEEN, role=turn.staff_actor(), about="audit", actor_id=within.staff_id)
        await audit.append(turn.store, self.vault, deed, now=turn.now)

    async def _lines(self, turn: Turn, rows: Sequence[Row]) -> list[str]:
        zone = ZoneInfo(await due.zone_of(turn.store, turn.known().id) or self.zone.key)
        subjects = await audit_subjects.of(turn.store, rows)
        members = await team.known(turn.store, sorted(_staff_ids(rows)))
        names = _Names(turn.t, self.vault, members, subjects)
        return [
            turn.t(
                "<b>{n}.</b> {moment}\n{who} {deed}",
                n=row.id,
                moment=turn.t.moment(row.at.astimezone(zone)),
                who=names.actor(row),
                deed=names.deed(row),
            )
            for row in rows
        ]


@dataclass(frozen=True, slots=True)
class _Names:
    """What the people and places in some rows are called; names of colleagues and pseudonyms only."""

    t: Locale
    vault: Vault
    members: Mapping[int, Member]
    subjects: Subjects

    def actor(self, row: Row) -> str:
        """Return who did it, plain."""
        if row.act in (Act.AWAY, Act.BACK):  # also where the program has ended the time away
            return self._whom(row)
        if row.actor_id is not None:
            return self._colleague(row.actor_id)
        return self.t.label("The program") if row.role == "job" else self.t.label("Somebody")

    def deed(self, row: Row) -> str:
        """Return what was done, HTML."""
        words = CASELOAD if (row.act, row.about) == (Act.HANDED_OVER, "staff") else WORDS.get(row.act, OTHER)
        if row.detail is None:
            words = NOBODY_IN_POST.get(row.act, words)
        role = role_name(self.t, Role(row.detail)) if row.detail in set(Role) else ""
        other = int(row.detail) if row.detail and row.detail.isdecimal() else None
        return self.t(
            words,
            whom=self._whom(row),
            role=role,
            other=self._colleague(other) if other is not None else "",
        )

    def _whom(self, row: Row) -> str:
        if row.about_id is None:
            return self.t.label("somebody")
        if row.about == "staff":
            return self._colleague(row.about_id)
        place = self.subjects.places.get((row.about, row.about_id))
        if place is not None:
            return written(self.t, place)
        person_id = self.subjects.people.get((row.about, row.about_id))
        return pseudonym(person_id) if person_id is not None else self.t.label("somebody")

    def _colleague(self, staff_id: int) -> str:
        return called(self.t, self.vault, self.members.get(staff_id))


def _staff_ids(rows: Sequence[Row]) -> set[int]:
    """Return the ids of all colleagues whom rows name; an id that is none of staff is found nowhere."""
    found = {row.actor_id for row in rows}
    found |= {row.about_id for row in rows if row.about == "staff"}
    details = {int(row.detail) for row in rows if row.detail and row.detail.isdecimal()}
    return {each for each in found if each is not None} | {each for each in details if each < 2**63}
