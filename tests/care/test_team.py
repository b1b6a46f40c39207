"""Who manages whom, and whose work cannot be stopped."""

import pytest

from care.person import Person, StaffMember
from care.roles import Role
from care.team import Reach, Refusal, may_stop, reach_of


def person(*roles: Role, organisation_id: int | None = None) -> Person:
    held = tuple(
        StaffMember(id=number, role=role, person_id=7, organisation_id=organisation_id)
        for number, role in enumerate(roles, start=1)
    )
    return Person(id=7, locale="ru", key=b"", roles=held)


@pytest.mark.parametrize(
    ("roles", "managed"),
    [
        ((), None),
        ((Role.WORKER,), None),
        ((Role.REGISTRAR, Role.WORKER), None),
        ((Role.COORDINATOR,), {Role.WORKER, Role.REGISTRAR, Role.CLINICIAN}),
        ((Role.WORKER, Role.COORDINATOR), {Role.WORKER, Role.REGISTRAR, Role.CLINICIAN}),
        ((Role.ADMIN,), set(Role)),
        ((Role.COORDINATOR, Role.ADMIN), set(Role)),
    ],
)
def test_whom_somebody_manages_follows_from_their_highest_role(
    roles: tuple[Role, ...], managed: set[Role] | None
):
    reach = reach_of(person(*roles))

    assert (set(reach.roles) if reach else None) == managed


@pytest.mark.parametrize(
    ("own", "theirs", "managed"),
    [(None, None, True), (None, 5, True), (5, 5, True), (5, 6, False), (5, None, False)],
)
def test_who_has_an_organisation_manages_its_people_only(own: int | None, theirs: int | None, managed: bool):
    reach = reach_of(person(Role.COORDINATOR, organisation_id=own))

    assert reach is not None
    assert reach.includes(Role.WORKER, theirs) is managed
    assert not reach.includes(Role.COORDINATOR, theirs)


def test_an_admin_of_an_organisation_manages_everybody():
    reach = reach_of(person(Role.ADMIN, organisation_id=5))

    assert reach is not None
    assert reach.includes(Role.ADMIN, 6)


@pytest.mark.parametrize(
    ("who", "role", "others", "in_settings", "refusal"),
    [
        (8, Role.WORKER, 0, False, None),
        (8, Role.ADMIN, 1, False, None),
        (8, Role.ADMIN, 0, False, Refusal.LAST_ADMIN),
        (8, Role.ADMIN, 3, True, Refusal.SETTINGS),
        (8, Role.WORKER, 3, True, None),
        (7, Role.WORKER, 3, False, Refusal.YOURSELF),
        (7, Role.ADMIN, 0, True, Refusal.YOURSELF),
        (None, Role.WORKER, 0, False, None),
    ],
)
def test_nobody_stops_themselves_the_last_admin_or_one_of_the_settings(
    who: int | None, role: Role, others: int, in_settings: bool, refusal: Refusal | None
):
    reach = Reach(person_id=7, staff_id=1, roles=frozenset(Role))

    assert may_stop(reach, person_id=who, role=role, other_admins=others, in_settings=in_settings) is refusal
