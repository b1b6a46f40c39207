"""Name what somebody of the team is told about their own work, and plan the message."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from care.message_kinds import Kind
from care.reminders import Planned

USEFUL = timedelta(days=7)


class What(StrEnum):
    """What changed for somebody of the team."""

    JOINED = "joined"  # to whoever invited: a colleague has accepted
    PAUSED = "paused"
    RESUMED = "resumed"
    MOVED = "moved"
    ENDED = "ended"
    HANDED = "handed"  # their people were given to a colleague
    OWNER = "owner"  # an area is theirs
    COVER = "cover"  # they stand in for an area


def news(person_id: int, staff_id: int, what: What, *, now: datetime, area_id: int | None = None) -> Planned:
    """Tell a person by day what changed in the role `staff_id`: their own, or that of who joined."""
    params: dict[str, str | int] = {"what": what.value, "staff": staff_id}
    if area_id is not None:
        params["area"] = area_id
    return Planned(
        key=f"{Kind.TEAM}:{what}:{staff_id}:{area_id or 0}:{int(now.timestamp())}",
        kind=Kind.TEAM,
        person_id=person_id,
        due_at=now,
        useful_until=now + USEFUL,
        params=params,
    )


def log_changed(staff_person_id: int, *, now: datetime) -> Planned:
    """Tell staff that somebody changed the audit log: once a day until it is seen to."""
    return Planned(
        key=f"{Kind.LOG_CHANGED}:{staff_person_id}:{now.astimezone(UTC):%Y%m%d}",
        kind=Kind.LOG_CHANGED,
        person_id=staff_person_id,
        due_at=now,
        useful_until=now + timedelta(days=2),
    )
