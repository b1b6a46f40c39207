"""What passes in a talk, who answers it, to whom words go, and what waiting means."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import relay, talk
from care.ownership import Colleague, Wish
from care.relay import (
    MOST_OPEN,
    Chosen,
    Open,
    Refusal,
    addressed,
    answerer,
    colleagues,
    refusal,
    stands_in,
)
from care.reminders import is_urgent
from care.roles import Role
from care.shift import Hours, Schedule

NOON = datetime(2026, 11, 23, 7, tzinfo=UTC)  # a Monday, 12:00 in Almaty
ALMATY = "Asia/Almaty"
TB_WORKER = {"role": Role.WORKER, "since": NOON, "area_id": 1, "languages": frozenset({"uz"})}


@pytest.mark.parametrize("sent", sorted(relay.PASSING))
def test_what_telegram_made_itself_passes_and_what_was_forwarded_does_not(sent: str) -> None:
    assert refusal(sent) is None
    assert refusal(sent, forwarded=True) is Refusal.FORWARDED


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("document", Refusal.FILE),
        ("animation", Refusal.FILE),
        ("audio", Refusal.RECORDING),
        ("video", Refusal.RECORDING),
        ("contact", Refusal.CONTACT),
        ("poll", Refusal.KIND),
        ("dice", Refusal.KIND),
        ("", Refusal.KIND),
    ],
)
def test_what_carries_an_author_a_device_or_a_place_is_refused_with_a_reason(
    sent: str, reason: Refusal
) -> None:
    assert refusal(sent) is reason


def test_what_telegram_says_about_a_chat_is_no_message() -> None:
    assert not relay.is_message("pinned_message")
    assert relay.is_message("document")


def somebody(number: int, **values: object) -> Colleague:
    return Colleague(**{"staff_id": number, "person_id": 100 + number, **TB_WORKER, **values})


WISH = Wish(person_id=1, locale="uz", area_id=1)


def test_whoever_has_as_many_talks_as_one_can_keep_gets_no_more() -> None:
    team = [somebody(1), somebody(2, open_referrals=50)]

    assert answerer(team, WISH, {1: MOST_OPEN - 1}) == team[0]
    assert answerer(team, WISH, {1: MOST_OPEN}) == team[1]
    assert answerer(team, WISH, {1: MOST_OPEN, 2: MOST_OPEN}) is None


@given(st.dictionaries(st.integers(1, 6), st.integers(0, 12)), st.sets(st.integers(1, 6)))
def test_nobody_without_room_ever_answers_and_nobody_is_lost_while_there_is_room(
    busy: dict[int, int], away: set[int]
) -> None:
    team = [somebody(number, away=number in away) for number in range(1, 7)]
    free = {one.staff_id for one in team if not one.away and busy.get(one.staff_id, 0) < MOST_OPEN}

    found = answerer(team, WISH, busy)

    assert (found.staff_id in free) if found else not free


OWNER, COVER, BOSS, OTHER = 1, 2, 3, 4
IN_DANGER = Wish(person_id=1, locale="uz", area_id=1, owner_id=OWNER, cover_id=COVER)


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({OWNER, COVER, BOSS}, None),
        ({COVER, BOSS, OTHER}, COVER),
        ({BOSS, OTHER}, BOSS),
        ({OTHER}, OTHER),
        (set(), None),
    ],
)
def test_of_danger_the_cover_hears_else_a_coordinator_while_who_answers_is_not_there(
    there: set[int], told: int | None
) -> None:
    roles = {BOSS: Role.COORDINATOR}
    team = [
        somebody(number, role=roles.get(number, Role.WORKER), on_shift=number in there)
        for number in (OWNER, COVER, BOSS, OTHER)
    ]

    found = stands_in(team, IN_DANGER, OWNER)

    assert (found.staff_id if found else None) == told


@given(
    st.sets(st.integers(1, 6)),
    st.sets(st.integers(1, 6)),
    st.sampled_from([None, 1, 2, 9]),
    st.sampled_from([None, "f", "m"]),
)
def test_of_danger_nobody_off_shift_ever_hears_and_somebody_does_while_anybody_is_there(
    here: set[int], away: set[int], answers: int | None, gender: str | None
) -> None:
    team = [
        somebody(number, on_shift=number in here, away=number in away, gender="fm"[number % 2])
        for number in range(1, 7)
    ]
    there = {number for number in here if number not in away}

    found = stands_in(team, replace(IN_DANGER, gender=gender), answers)

    if answers in there:
        assert found is None
    else:
        assert (found.staff_id in there) if found else not there


def test_danger_is_told_at_once_and_once_an_hour_without_a_word_of_it() -> None:
    first, again, later = (relay.danger(5, 7, now=NOON + timedelta(minutes=m)) for m in (0, 59, 60))

    assert first.key == again.key != later.key
    assert first.due_at == NOON
    assert is_urgent(first.params)
    assert first.params == {"relay": 5, "urgent": 1}


@pytest.mark.parametrize(
    ("minutes", "waits"), [(None, False), (0, True), (59, True), (60, False), (600, False)]
)
def test_who_wrote_within_an_hour_is_awake_and_waits(minutes: int | None, waits: bool) -> None:
    wrote_at = NOON - timedelta(minutes=minutes) if minutes is not None else None

    assert relay.waits_awake(wrote_at, now=NOON) is waits


def test_a_colleague_who_is_there_comes_first_and_nobody_answers_themselves() -> None:
    team = [
        somebody(1),
        somebody(2, on_shift=False),
        somebody(3, languages=frozenset({"ru"})),
        somebody(4),
        somebody(5, away=True),
        somebody(6, person_id=1),
    ]

    found = colleagues(team, not_this=1, person_id=1, locale="uz")

    assert [one.staff_id for one in found] == [4, 3, 2]


def test_the_promise_keeps_to_the_hours_of_who_answers() -> None:
    evening = Schedule(zone=ALMATY, hours=(Hours(0, time(18), time(21)),))

    assert relay.promise(Schedule(zone=ALMATY), now=NOON) == NOON + timedelta(hours=2)
    assert relay.promise(evening, now=NOON) == NOON + timedelta(hours=8)  # from 18:00 to 20:00
    late = NOON + timedelta(hours=8)  # 20:00: two hours do not fit, so the next Monday
    assert relay.promise(evening, now=late) == NOON + timedelta(days=7, hours=8)
    away = Schedule(zone=ALMATY, away_until=NOON + timedelta(days=60))
    assert relay.promise(away, now=NOON) == NOON + timedelta(hours=2)  # nobody knows better


@given(st.integers(0, 7 * 24 * 60))
def test_where_no_hours_are_set_the_promise_is_that_of_all(minutes: int) -> None:
    from zoneinfo import ZoneInfo

    now = NOON + timedelta(minutes=minutes)

    assert relay.promise(Schedule(zone=ALMATY), now=now) == talk.promise(now, ZoneInfo(ALMATY))


def test_waiting_grows_with_who_waits_before_and_with_how_long_talks_take() -> None:
    assert relay.wait(0) == timedelta(minutes=45)
    assert relay.wait(7) == relay.TYPICAL
    assert relay.wait(0, typical=timedelta(hours=16)) == timedelta(hours=2)
    assert relay.typical([timedelta(hours=1)] * 4) == relay.TYPICAL
    assert relay.typical([timedelta(hours=hours) for hours in (9, 1, 5, 3, 7)]) == timedelta(hours=5)


def open_talk(number: int, *, wrote: int | None = None) -> Open:
    """Return a talk in which the person wrote so many minutes before noon."""
    at = None if wrote is None else NOON - timedelta(minutes=wrote)
    return Open(id=number, person_wrote_at=at, opened_at=NOON - timedelta(days=1))


def chosen(number: int, *, minutes: int) -> Chosen:
    return Chosen(relay_id=number, at=NOON - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("talks", "choice", "to"),
    [
        ([open_talk(1, wrote=5)], None, 1),
        ([open_talk(1, wrote=13 * 60)], None, None),  # long ago: perhaps it is for the bot
        ([open_talk(1, wrote=5), open_talk(2, wrote=50)], None, None),
        ([open_talk(1, wrote=5), open_talk(2, wrote=50)], chosen(1, minutes=10), 1),
        ([open_talk(1, wrote=5), open_talk(2, wrote=9)], chosen(1, minutes=10), None),  # 2 wrote since
        ([open_talk(1, wrote=5)], chosen(1, minutes=60), None),  # an old choice
        ([open_talk(2, wrote=50)], chosen(1, minutes=10), None),  # that one is over
        ([], None, None),
    ],
)
def test_words_that_answer_nobody_go_to_one_or_to_nobody(
    talks: list[Open], choice: Chosen | None, to: int | None
) -> None:
    assert addressed(talks, choice, now=NOON) == to


def test_where_words_go_is_said_at_first_and_after_a_pause() -> None:
    assert relay.says_where(None, now=NOON)
    assert not relay.says_where(NOON - timedelta(minutes=29), now=NOON)
    assert relay.says_where(NOON - timedelta(minutes=30), now=NOON)


@given(st.text(max_size=9000))
def test_no_letter_of_a_long_text_is_lost(text: str) -> None:
    parts = relay.pieces(text)

    assert "".join(parts) == text
    assert all(len(part) <= relay.LONGEST_TEXT for part in parts)
