"""Whose a referral is: the table of the rule, and what holds whatever the team looks like."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.handover import Stretch, goes_back_to
from care.ownership import Colleague, Reason, Wish, best_of, choose, gives_way, speaks
from care.roles import Role

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
HELPERS = (Role.WORKER, Role.COORDINATOR, Role.ADMIN)
WISH = Wish(person_id=1, locale="uz", area_id=7)


def member(number: int, role: Role = Role.WORKER, **values: object) -> Colleague:
    given = {"area_id": 7 if role is Role.WORKER else None, "languages": frozenset({"uz"}), **values}
    return Colleague(
        staff_id=number, person_id=100 + number, role=role, since=BEGAN + timedelta(days=number), **given
    )


LINK = member(1, area_id=8, on_shift=False)
OWNER, COVER, MATE = member(2), member(3), member(4)
BOSS, ADMIN = member(5, Role.COORDINATOR), member(6, Role.ADMIN)
FULL = Wish(person_id=1, locale="uz", area_id=7, link_staff_id=1, owner_id=2, cover_id=3)


def off(one: Colleague) -> Colleague:
    return replace(one, on_shift=False)


def away(one: Colleague) -> Colleague:
    return replace(one, on_shift=False, away=True)


@pytest.mark.parametrize(
    ("team", "wish", "expected"),
    [
        ([LINK, OWNER, COVER, BOSS], FULL, (1, Reason.LINK)),
        ([away(LINK), OWNER, COVER, BOSS], FULL, (2, Reason.OWNER)),
        ([OWNER, COVER, BOSS], FULL, (2, Reason.OWNER)),
        ([off(OWNER), COVER, BOSS], FULL, (3, Reason.COVER)),
        ([off(OWNER), off(COVER), MATE, BOSS], FULL, (5, Reason.OFFICE)),
        ([off(OWNER), off(COVER), MATE, off(BOSS)], FULL, (4, Reason.COVER)),
        ([off(OWNER), off(COVER), BOSS, ADMIN], FULL, (5, Reason.OFFICE)),
        ([off(OWNER), off(COVER), ADMIN], FULL, (6, Reason.OFFICE)),
        ([off(OWNER), off(COVER), off(BOSS), ADMIN], FULL, (6, Reason.OFFICE)),
        ([off(OWNER), off(COVER), off(BOSS), off(ADMIN)], FULL, (5, Reason.OFFICE)),
        ([off(OWNER), off(COVER)], FULL, (2, Reason.COVER)),
        ([away(OWNER), off(COVER)], FULL, (3, Reason.COVER)),
        ([OWNER, MATE], WISH, (2, Reason.OWNER)),
        ([off(OWNER), MATE, BOSS], replace(WISH, owner_id=2), (4, Reason.COVER)),
        ([member(8, area_id=9), BOSS], WISH, (5, Reason.OFFICE)),
        ([member(8, area_id=9)], WISH, (8, Reason.COVER)),
        ([off(member(8, area_id=9))], WISH, (8, Reason.COVER)),
        ([BOSS, OWNER], Wish(person_id=1, locale="uz"), (5, Reason.OFFICE)),
        ([away(OWNER), away(BOSS)], FULL, None),
        ([], FULL, None),
        ([LINK, OWNER], replace(FULL, person_id=101), (2, Reason.OWNER)),
        ([LINK, OWNER], replace(FULL, not_these=frozenset({1})), (2, Reason.OWNER)),
    ],
)
def test_a_referral_goes_to_the_link_the_owner_the_cover_or_the_office(team, wish, expected):
    found = choose(team, wish)

    assert (found and (found[0].staff_id, found[1])) == expected


def test_the_asked_for_woman_comes_before_whose_the_link_is():
    woman = off(member(9, area_id=9, gender="f"))
    man = replace(LINK, gender="m")

    assert choose([man, OWNER, woman], replace(FULL, gender="f")) == (woman, Reason.COVER)
    assert choose([man, OWNER], replace(FULL, gender="f")) == (man, Reason.LINK)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"languages": frozenset({"uz"}), "open_referrals": 9}, {"languages": frozenset({"ru"})}),
        ({"open_referrals": 1}, {"open_referrals": 2}),
        ({}, {}),
    ],
)
def test_among_equals_language_comes_first_then_the_load_then_how_long_they_are_there(one, other):
    first, second = member(1, **one), member(2, **other)

    assert best_of([second, first], locale="uz") == first


@pytest.mark.parametrize(
    ("languages", "locale", "speaks_it"),
    [
        ({"uz"}, "uz_Cyrl", True),
        ({"uz_Cyrl", "ru"}, "uz", True),
        ({"ru"}, "uz_Cyrl", False),
        (set(), "uz", False),
    ],
)
def test_a_language_is_one_language_in_all_its_scripts(languages, locale, speaks_it):
    assert speaks(languages, locale) is speaks_it


def test_of_nobody_nobody_is_best():
    assert best_of([], locale="uz") is None


@pytest.mark.parametrize(
    ("held", "found", "gives"),
    [
        (None, Reason.OFFICE, True),
        (None, Reason.LINK, True),
        (Reason.OFFICE, Reason.LINK, True),
        (Reason.COVER, Reason.LINK, True),
        (Reason.OFFICE, Reason.OWNER, False),
        (Reason.LINK, Reason.LINK, False),
        (Reason.HANDED, Reason.LINK, False),
        (Reason.TAKEN, Reason.LINK, False),
        (Reason.WISH, Reason.LINK, False),
    ],
)
def test_only_who_stands_in_gives_way_to_the_links_worker(held, found, gives):
    assert gives_way(held, found) is gives


STAFF_IDS = st.integers(1, 8)
COLLEAGUES = st.builds(
    Colleague,
    staff_id=STAFF_IDS,
    person_id=st.integers(1, 8),
    role=st.sampled_from(HELPERS),
    since=st.integers(0, 3).map(lambda days: BEGAN + timedelta(days=days)),
    area_id=st.none() | st.integers(1, 3),
    languages=st.frozensets(st.sampled_from(["uz", "ru", "tg"])),
    gender=st.sampled_from([None, "f", "m"]),
    open_referrals=st.integers(0, 5),
    on_shift=st.booleans(),
    away=st.booleans(),
).map(lambda one: replace(one, on_shift=one.on_shift and not one.away))
TEAMS = st.lists(COLLEAGUES, max_size=8, unique_by=lambda one: one.staff_id)
WISHES = st.builds(
    Wish,
    person_id=st.integers(1, 8),
    locale=st.sampled_from(["uz", "ru", "kk"]),
    area_id=st.none() | st.integers(1, 3),
    gender=st.sampled_from([None, "f", "m"]),
    link_staff_id=st.none() | STAFF_IDS,
    owner_id=st.none() | STAFF_IDS,
    cover_id=st.none() | STAFF_IDS,
    not_these=st.frozensets(STAFF_IDS, max_size=2),
)


def able(team: list[Colleague], wish: Wish) -> list[Colleague]:
    fit = [
        one
        for one in team
        if not one.away and one.person_id != wish.person_id and one.staff_id not in wish.not_these
    ]
    return [one for one in fit if one.gender == wish.gender] or fit if wish.gender else fit


@given(TEAMS, WISHES)
def test_nobody_is_lost_while_anybody_could_look_after_them(team, wish):
    assert (choose(team, wish) is not None) == bool(able(team, wish))


@given(TEAMS, WISHES)
def test_nobody_looks_after_themselves_and_nobody_away_or_left_out_gets_anybody(team, wish):
    found = choose(team, wish)
    if found is not None:
        chosen = found[0]
        assert chosen.person_id != wish.person_id
        assert chosen.staff_id not in wish.not_these
        assert not chosen.away


@given(TEAMS, WISHES)
def test_somebody_off_shift_is_chosen_only_as_the_links_worker_or_when_everybody_is_off(team, wish):
    found = choose(team, wish)
    if found is not None and not found[0].on_shift:
        by_link = found[0].staff_id == wish.link_staff_id
        assert by_link or not any(one.on_shift for one in able(team, wish))


@given(TEAMS, WISHES)
def test_a_woman_or_a_man_is_kept_to_while_there_is_any(team, wish):
    found = choose(team, wish)
    if found is not None and wish.gender and any(one.gender == wish.gender for one in able(team, wish)):
        assert found[0].gender == wish.gender


@given(TEAMS, WISHES)
def test_the_links_worker_has_the_first_word_whatever_the_hour(team, wish):
    linked = [one for one in able(team, wish) if one.staff_id == wish.link_staff_id]
    if linked:
        assert choose(team, wish) == (linked[0], Reason.LINK)


@given(TEAMS, WISHES, st.randoms())
def test_the_order_in_which_the_team_is_read_changes_nothing(team, wish, random):
    shuffled = list(team)
    random.shuffle(shuffled)

    assert choose(shuffled, wish) == choose(team, wish)


@given(st.integers(1, 40), st.integers(2, 5))
def test_people_are_spread_evenly_over_equals(number, size):
    team = {one: member(one) for one in range(1, size + 1)}
    for _ in range(number):
        found = choose(list(team.values()), WISH)
        assert found is not None
        chosen = found[0]
        team[chosen.staff_id] = replace(chosen, open_referrals=chosen.open_referrals + 1)

    loads = [one.open_referrals for one in team.values()]
    assert sum(loads) == number
    assert max(loads) - min(loads) <= 1


def stretches(*rows: tuple[int, Reason]) -> list[Stretch]:
    return [Stretch(staff_id=staff_id, reason=reason) for staff_id, reason in rows]


A, B, C = 1, 2, 3


@pytest.mark.parametrize(
    ("history", "home"),
    [
        (stretches((A, Reason.LINK), (B, Reason.AWAY)), A),
        (stretches((A, Reason.LINK), (B, Reason.AWAY), (C, Reason.AWAY)), A),
        (stretches((C, Reason.LINK), (A, Reason.HANDED), (B, Reason.AWAY)), A),
        (stretches((A, Reason.LINK), (B, Reason.AWAY), (A, Reason.BACK), (C, Reason.AWAY)), A),
        (stretches((A, Reason.LINK), (B, Reason.AWAY), (A, Reason.BACK)), None),
        (stretches((A, Reason.LINK), (B, Reason.AWAY), (C, Reason.HANDED)), None),
        (stretches((A, Reason.LINK), (B, Reason.PAUSED)), A),
        (stretches((A, Reason.LINK), (B, Reason.PAUSED), (C, Reason.AWAY)), A),
        (stretches((A, Reason.LINK), (B, Reason.AWAY), (C, Reason.PAUSED)), A),
        (stretches((A, Reason.LINK), (B, Reason.PAUSED), (A, Reason.BACK)), None),
        (stretches((A, Reason.LINK), (B, Reason.PAUSED), (C, Reason.WISH)), None),
        (stretches((A, Reason.LINK), (B, Reason.LEFT)), None),
        (stretches((A, Reason.LINK)), None),
        (stretches((B, Reason.AWAY)), None),
        ([], None),
    ],
)
def test_a_referral_goes_back_only_to_whose_it_was_before_somebody_was_away(history, home):
    assert [one for one in (A, B, C) if goes_back_to(history, one)] == ([home] if home else [])


@given(st.lists(st.builds(Stretch, staff_id=st.integers(1, 4), reason=st.sampled_from(Reason)), max_size=8))
def test_a_referral_goes_back_to_at_most_one(history):
    assert sum(goes_back_to(history, staff_id) for staff_id in range(1, 5)) <= 1
