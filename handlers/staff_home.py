"""Show staff what they can do, by the roles they hold now."""

from dataclasses import dataclass, replace

from care.outcomes import Kind
from care.person import Person
from care.roles import Role
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.due_now import DueNow
from handlers.roles import HELPERS, OVERSEERS, menu, post
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale

BUTTONS = (  # for whom, label, wish; in the order of the screen, two in a row
    (HELPERS, N_("📌 My tasks"), Verb.TASKS),
    (HELPERS, N_("💬 My talks"), Verb.RELAYS),
    ({Role.WORKER}, N_("👥 My people"), Verb.PEOPLE),
    ({Role.WORKER}, N_("🔗 My links"), Verb.LINKS),
    ({Role.WORKER}, N_("🪪 My card"), Verb.CARD),
    (HELPERS, N_("🚶 Company"), Verb.COMPANIES),
    (HELPERS, N_("👤 No Telegram"), Verb.NEWPERSON),
    ({Role.WORKER}, N_("👷 For several people"), Verb.BRIGADE),
    (HELPERS, N_("🗺 Sites"), Verb.SITES),
    (HELPERS, N_("👣 Log a visit"), Verb.SITE_VISIT),
    (HELPERS, N_("🕐 When I am there"), Verb.SHIFT),
    ({Role.REGISTRAR, Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN}, N_("📋 Expected today"), Verb.TODAY),
    ({Role.REGISTRAR, Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN}, N_("🚫 Closed days"), Verb.CLOSED),
    ({Role.REGISTRAR, Role.CLINICIAN}, N_("🩺 Results"), Verb.RESULTS),
    (OVERSEERS, N_("📊 Numbers"), Verb.STATS),
    (OVERSEERS, N_("📬 Questions"), Verb.QUESTIONS),
    (OVERSEERS, N_("👥 The team"), Verb.TEAM),
    (OVERSEERS, N_("🎟 Invite"), Verb.INVITE),
    (set(Role), N_("🌿 Care for you"), Verb.WELLBEING),
)


@dataclass(frozen=True, kw_only=True)
class StaffHome:
    """What 🧰 does."""

    due_now: DueNow

    async def show(self, turn: Turn) -> Reply:
        """Show the person's roles, what is due now, and a button for everything that the roles allow."""
        await turn.record(Kind.STAFF_SEEN, role=turn.staff_actor())
        t, person = turn.t, turn.known()
        posts = [t("• {post}", post=await post(turn.store, t, member)) for member in person.roles]
        head = "\n".join([t("🧰 <b>Your work</b>"), *posts])
        due = "\n".join(await self.due_now.lines(turn))
        shown = screen(Html("\n\n".join(part for part in (head, due) if part)), rows(t, person))
        return replace(shown, menu=menu(t, person))


def rows(t: Locale, person: Person) -> list[list[Key]]:
    """Return the buttons that a person's roles allow."""
    held = {member.role for member in person.roles}
    offered = [key(t.label(label), verb) for roles, label, verb in BUTTONS if roles & held]
    return [*pairs(offered), [home_key(t)]]
