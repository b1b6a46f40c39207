"""Show staff what they can do, by the roles they hold now."""

from dataclasses import dataclass, replace

from care.outcomes import Kind
from care.person import Person
from care.roles import Role
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.roles import menu, post
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale

BUTTONS = (  # for whom, label, wish; in the order of the screen
    ({Role.WORKER}, N_("🔗 My link and QR code"), Verb.LINKS),
    ({Role.WORKER}, N_("👥 My people"), Verb.PEOPLE),
    ({Role.WORKER, Role.COORDINATOR, Role.ADMIN}, N_("🤝 Who asked for a person"), Verb.TASKS),
    ({Role.WORKER, Role.COORDINATOR, Role.ADMIN}, N_("🚶 To the clinic together"), Verb.COMPANIES),
    ({Role.WORKER, Role.COORDINATOR, Role.ADMIN}, N_("🗺 Sites"), Verb.SITES),
    ({Role.WORKER, Role.COORDINATOR, Role.ADMIN}, N_("👣 Log a visit"), Verb.SITE_VISIT),
    ({Role.WORKER, Role.COORDINATOR, Role.ADMIN}, N_("🕐 When I am there"), Verb.SHIFT),
    ({Role.REGISTRAR, Role.COORDINATOR, Role.ADMIN}, N_("📋 Who is expected today"), Verb.TODAY),
    ({Role.COORDINATOR, Role.ADMIN}, N_("📊 Numbers"), Verb.STATS),
    ({Role.COORDINATOR, Role.ADMIN}, N_("📬 Questions without an answer"), Verb.QUESTIONS),
    ({Role.COORDINATOR, Role.ADMIN}, N_("👥 The team"), Verb.TEAM),
    ({Role.COORDINATOR, Role.ADMIN}, N_("🎟 Invite a colleague"), Verb.INVITE),
    (set(Role), N_("🌿 Care for you"), Verb.WELLBEING),
)


@dataclass(frozen=True, kw_only=True)
class StaffHome:
    """What 🧰 does."""

    async def show(self, turn: Turn) -> Reply:
        """Show the person's roles and a button for everything that they allow."""
        await turn.record(Kind.STAFF_SEEN, role=turn.staff_actor())
        t, person = turn.t, turn.known()
        posts = [t("• {post}", post=await post(turn.store, t, member)) for member in person.roles]
        shown = screen(Html("\n".join([t("🧰 <b>Your work</b>"), *posts])), rows(t, person))
        return replace(shown, menu=menu(t, person))


def rows(t: Locale, person: Person) -> list[list[Key]]:
    """Return the buttons that a person's roles allow."""
    held = {member.role for member in person.roles}
    return [
        *([key(t.label(label), verb)] for roles, label, verb in BUTTONS if roles & held),
        [home_key(t)],
    ]
