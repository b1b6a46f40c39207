"""Plan what the team hears about people without Telegram: call on them, they are here themselves now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from care.message_kinds import Kind
from care.reminders import Planned

WITHOUT = "no telegram"  # why a message was not sent: who looks after the person tells them
USEFUL = timedelta(days=2)
_PASSED = ("company", "child")  # params of the message that its wording for the team needs, too


def call_on(message: Mapping[str, Any], staff_person_id: int, *, now: datetime) -> Planned:
    """Ask somebody of the team to tell a person what a message due now would have said.

    `message` is the row of it that has nowhere to go: id, kind, person_id, booking_id, params, useful_until.
    """
    passed = {name: message["params"][name] for name in _PASSED if message["params"].get(name) is not None}
    return Planned(
        key=f"{Kind.CALL_ON}:{message['id']}:{staff_person_id}",
        again=True,  # a message that was planned anew has the same row
        kind=Kind.CALL_ON,
        person_id=staff_person_id,
        due_at=now,
        useful_until=message["useful_until"],
        booking_id=message["booking_id"],
        params={
            "about": message["person_id"],
            "what": message["kind"],
            **passed,
        },
    )


def taken_back(before: int, after: int, staff_person_id: int, *, now: datetime) -> Planned:
    """Tell who looks after somebody that they have taken over their record, and their name from now on."""
    return Planned(
        key=f"{Kind.TAKEN_BACK}:{before}:{staff_person_id}",
        again=True,
        kind=Kind.TAKEN_BACK,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + USEFUL,
        params={"before": before, "about": after},
    )
