"""List the conversations of staff: which button leads where, and who may."""

from zoneinfo import ZoneInfo

from care.roles import Role
from care.search import Search
from handlers.buttons import Verb
from handlers.coordinator.area_posts import AreaPosts
from handlers.coordinator.audit_log import AuditLog
from handlers.coordinator.invite import Invite
from handlers.coordinator.questions import Questions
from handlers.coordinator.stats import Stats
from handlers.coordinator.teach import Teach
from handlers.coordinator.team import Team
from handlers.coordinator.team_changes import TeamChanges
from handlers.coordinator.team_moves import TeamMoves
from handlers.desk_table import desk_buttons
from handlers.due_now import DueNow
from handlers.join import Join
from handlers.link_table import link_buttons
from handlers.parts import Parts
from handlers.roles import HELPERS, OVERSEERS
from handlers.routes import Route
from handlers.staff_home import StaffHome
from handlers.teaching import Teaching
from handlers.worker.caseload_table import caseload_buttons
from handlers.worker.company import Companions
from handlers.worker.shift import Shift
from handlers.worker.shift_away import ShiftAway
from handlers.worker.shift_hours import ShiftHours
from handlers.worker.shift_me import ShiftMe

STAFF = frozenset(Role)


def staff_buttons(parts: Parts, zone: ZoneInfo, search: Search, teaching: Teaching) -> dict[Verb, Route]:
    """Return everything that only staff do."""
    return {**_staff(parts, zone), **_teaching(parts, search, teaching)}


def _staff(parts: Parts, zone: ZoneInfo) -> dict[Verb, Route]:
    companions = Companions(words=parts.words, vault=parts.vault, zone=parts.zone)
    return {
        Verb.JOIN: Route(Join(vault=parts.vault).show),
        Verb.STAFF: Route(StaffHome(due_now=DueNow(zone=zone)).show, STAFF),
        **link_buttons(parts, zone),
        **caseload_buttons(parts, zone),
        Verb.COMPANIES: Route(companions.show, HELPERS),
        Verb.COMPANY_CARD: Route(companions.card, HELPERS),
        Verb.COMPANY_TAKE: Route(companions.take, HELPERS),
        Verb.COMPANY_DECLINE: Route(companions.decline, HELPERS),
        Verb.COMPANY_SWAP: Route(companions.swap, HELPERS),
        Verb.COMPANY_OFF: Route(companions.off, HELPERS),
        Verb.COMPANY_SAID: Route(companions.said, HELPERS),
        Verb.COMPANY_PIN: Route(companions.pin, HELPERS),
        **desk_buttons(parts),
        Verb.STATS: Route(Stats(words=parts.words, zone=zone).show, OVERSEERS),
        Verb.INVITE: Route(
            Invite(username=parts.username, words=parts.words, vault=parts.vault, zone=zone).show, OVERSEERS
        ),
        **_shift(parts, zone),
        **_team(parts, zone),
    }


def _shift(parts: Parts, zone: ZoneInfo) -> dict[Verb, Route]:
    """When somebody is there, and what decides who comes to them."""
    shift = Shift(words=parts.words, zone=zone)
    away, hours = ShiftAway(shift=shift, vault=parts.vault), ShiftHours(shift=shift)
    return {
        Verb.SHIFT: Route(shift.show, HELPERS),
        Verb.SHIFT_HERE: Route(shift.here, HELPERS),
        Verb.SHIFT_AWAY: Route(away.away, HELPERS),
        Verb.SHIFT_BACK: Route(away.back, HELPERS),
        Verb.SHIFT_HOURS: Route(hours.show, HELPERS),
        Verb.SHIFT_DAY: Route(hours.day, HELPERS),
        Verb.SHIFT_ME: Route(ShiftMe(shift=shift).show, HELPERS),
    }


def _team(parts: Parts, zone: ZoneInfo) -> dict[Verb, Route]:
    """Who works here, and what was changed of it."""
    team = Team(words=parts.words, vault=parts.vault, zone=zone)
    changes = TeamChanges(team=team, admin_ids=parts.admin_ids)
    moves, posts = TeamMoves(team=team), AreaPosts(team=team)
    return {
        Verb.TEAM: Route(team.show, OVERSEERS),
        Verb.MEMBER: Route(team.member, OVERSEERS),
        Verb.MEMBER_PAUSE: Route(changes.pause, OVERSEERS),
        Verb.MEMBER_RESUME: Route(changes.resume, OVERSEERS),
        Verb.MEMBER_END: Route(changes.end, OVERSEERS),
        Verb.MEMBER_MOVE: Route(moves.move, OVERSEERS),
        Verb.MEMBER_HAND: Route(moves.hand, OVERSEERS),
        Verb.POSTS: Route(posts.show, OVERSEERS),
        Verb.POST: Route(posts.area, OVERSEERS),
        Verb.POST_SET: Route(posts.choose, OVERSEERS),
        Verb.AUDIT: Route(AuditLog(vault=parts.vault, zone=zone).show, OVERSEERS),
    }


def _teaching(parts: Parts, search: Search, teaching: Teaching) -> dict[Verb, Route]:
    questions = Questions(search=search)
    teach = Teach(questions=questions, teaching=teaching, vault=parts.vault)
    return {
        Verb.QUESTIONS: Route(questions.show, OVERSEERS),
        Verb.QUESTION: Route(questions.question, OVERSEERS),
        Verb.SHELF: Route(questions.shelf, OVERSEERS),
        Verb.TEACH: Route(teach.teach, OVERSEERS),
        Verb.UNTEACH: Route(teach.undo, OVERSEERS),
    }
