"""Write for /mydata what clinics wrote of a person's visits; what a result is only once they have it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from care.results import Result
from handlers.clinician.result_words import MEANINGS
from handlers.data_words import STATES, named
from handlers.written import written
from locales.catalogue import Locale
from storage.kept import Kept
from storage.vault import Vault


def as_text(t: Locale, kept: Kept, *, zone: ZoneInfo, vault: Vault) -> str:
    """Return the text, empty when nothing was written; times are those of `zone`.

    Raises VaultFault when a result was changed.
    """
    key = bytes(kept.person["key"])
    lines = [line for one in kept.examinations for line in _lines(t, one, zone=zone, vault=vault, key=key)]
    return "\n".join(["", t.label("WHAT CLINICS WROTE ABOUT YOUR VISITS"), *lines, ""]) if lines else ""


def _lines(t: Locale, one: RowMapping, *, zone: ZoneInfo, vault: Vault, key: bytes) -> Iterator[str]:
    yield t.label(
        "{clinic}: examined {time}",
        clinic=written(t, one["clinic_names"]),
        time=_moment(t, one["examined_at"], zone),
    )
    if one["earlier"] is not None:
        yield from _has(t, one["earlier_at"], one["earlier"], zone=zone, vault=vault, key=key)
        yield from _stood(t, one["earlier_stood"], zone)
    elif one["counted"] is not None:
        yield _wrote(t, one["counted"], vault=vault, key=key)
    if one["ready_at"] is not None:
        yield t.label("The result was ready: {time}; encrypted", time=_moment(t, one["ready_at"], zone))
    if one["given_at"] is not None:
        yield from _has(t, one["given_at"], one["outcome"], zone=zone, vault=vault, key=key)


def _has(
    t: Locale, at: datetime, sealed: bytes | None, *, zone: ZoneInfo, vault: Vault, key: bytes
) -> Iterator[str]:
    yield t.label("You have it: {time}", time=_moment(t, at, zone))
    if sealed is not None:
        yield _wrote(t, sealed, vault=vault, key=key)


def _wrote(t: Locale, sealed: bytes, *, vault: Vault, key: bytes) -> str:
    found = Result(vault.open_for(key, sealed).decode())
    return t.label("The clinic wrote: {result}", result=t.label(MEANINGS[found]))


def _stood(t: Locale, where: Mapping[str, str | None] | None, zone: ZoneInfo) -> Iterator[str]:
    """Say where the person's way stood while they had that result; nothing where none is kept."""
    if where is None:
        return
    if where["ended_from"]:
        yield named(t, STATES, where["ended_from"])
    if where["state"] and where["changed_at"]:
        time = _moment(t, datetime.fromisoformat(where["changed_at"]), zone)
        yield t.label("{time}: {state}", time=time, state=named(t, STATES, where["state"]))


def _moment(t: Locale, moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{t.long_day(local)} {local:%Y}, {t.time(local)}"
