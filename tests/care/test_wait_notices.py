"""What the waiting list tells people: when it is planned, and how long it is of use."""

from datetime import UTC, datetime, timedelta

from care.booking import Slot
from care.message_kinds import Kind
from care.offer_round import Chance
from care.wait_notices import ENDED_USEFUL, ended, offer_key, offered
from care.waiting_list import HELD, LASTS, TIME_TO_ANSWER, End, Wait, Waiter

NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WAIT = Wait(id=5, person_id=3, created_at=NOON, ends_at=NOON + LASTS)


def test_an_offer_is_of_use_as_long_as_there_is_time_to_answer_it() -> None:
    local = datetime.fromisoformat("2026-11-25T18:00")
    slot = Slot(clinic_id=1, zone="Asia/Almaty", local=local, minutes=30, capacity=1)
    told_at = NOON + timedelta(hours=1)
    chance = Chance(slot=slot, waiter=Waiter(wait=WAIT), told_at=told_at, until=told_at + HELD)

    planned = offered(chance, 9)

    assert (planned.key, planned.kind, planned.person_id) == (offer_key(9), Kind.WAIT_OFFER, 3)
    assert (planned.due_at, planned.useful_until) == (told_at, told_at + HELD - TIME_TO_ANSWER)
    assert (planned.booking_id, dict(planned.params)) == (9, {"wait": 5})


def test_the_end_of_a_wait_is_told_once_a_day_with_its_reason() -> None:
    planned = ended(WAIT, End.OVER, now=NOON)

    assert planned.key == ended(WAIT, End.LAPSED, now=NOON + timedelta(hours=3)).key
    assert planned.key != ended(WAIT, End.OVER, now=NOON + timedelta(days=1)).key
    assert (planned.due_at, planned.useful_until) == (NOON, NOON + ENDED_USEFUL)
    assert dict(planned.params) == {"wait": 5, "why": "over"}
