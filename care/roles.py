"""Name the roles of staff."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; nobody has a role by default."""

    WORKER = "worker"  # outreach worker of one area
    REGISTRAR = "registrar"  # at the desk of one clinic
    CLINICIAN = "clinician"  # examines at one clinic, and writes what came of it
    COORDINATOR = "coordinator"  # sees the numbers, invites workers and who works at clinics
    ADMIN = "admin"  # from the settings, or invited by an admin


class Actor(StrEnum):
    """By which role an outcome was caused."""

    PERSON = "person"
    WORKER = "worker"
    REGISTRAR = "registrar"
    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    ADMIN = "admin"
    JOB = "job"


AT_CLINICS = (Role.REGISTRAR, Role.CLINICIAN)  # bound to one clinic

MAY_INVITE: dict[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset(Role),
    Role.COORDINATOR: frozenset({Role.WORKER, Role.REGISTRAR, Role.CLINICIAN}),
}


def may_invite(roles: frozenset[Role], wanted: Role) -> bool:
    """Return whether somebody with `roles` may invite a `wanted`."""
    return any(wanted in MAY_INVITE.get(role, frozenset()) for role in roles)
