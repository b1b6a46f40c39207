"""Name the roles of staff."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; nobody has a role by default."""

    WORKER = "worker"  # outreach worker of one area
    REGISTRAR = "registrar"  # at the desk of one clinic
    COORDINATOR = "coordinator"  # sees the numbers, invites workers and registrars
    ADMIN = "admin"  # from the settings, or invited by an admin


class Actor(StrEnum):
    """By which role an outcome was caused."""

    PERSON = "person"
    WORKER = "worker"
    REGISTRAR = "registrar"
    COORDINATOR = "coordinator"
    ADMIN = "admin"
    JOB = "job"


MAY_INVITE: dict[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset(Role),
    Role.COORDINATOR: frozenset({Role.WORKER, Role.REGISTRAR}),
}


def may_invite(roles: frozenset[Role], wanted: Role) -> bool:
    """Return whether somebody with `roles` may invite a `wanted`."""
    return any(wanted in MAY_INVITE.get(role, frozenset()) for role in roles)
