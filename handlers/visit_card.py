"""Show one visit: when, where, how to get there, its ticket, and what can be done with it."""

from datetime import datetime

from care.absence import Said, past_of, was_missed
from care.booking import Booking, may_change
from care.directory import Clinic
from care.register import may_set_out
from care.results import LOOKED_BACK
from care.ticket import ticket
from handlers.buttons import Verb
from handlers.clinic_card import home_key, map_key
from handlers.plan_words import line, plan_key
from handlers.screens import Key, Reply, Rows, Step, frozen, key
from handlers.times import bring, place
from handlers.visit_after import after_keys
from handlers.written import written
from locales.catalogue import Locale
from locales.markup import html

CHILD_ASKED = frozenset({"urgent", "soon", "contact"})  # advice classes; the programme's screening form, Q10


def visit(
    t: Locale,
    booking: Booking,
    clinic: Clinic | None,
    *,
    now: datetime,
    lead: str = "",
    along: str = "",
    asks_child: bool = False,
) -> Reply:
    """Show a visit; `lead` (HTML) is said first, then the visit, then who comes `along` (HTML).

    A clinic that left the directory for good has no card.
    """
    child = child_question(t) if asks_child else ""
    parts = (lead, summary(t, booking, clinic, now=now), along, child)
    text = "\n\n".join(part for part in parts if part)
    return Reply((Step(text=text, rows=_rows(t, booking, clinic, now=now, asks_child=asks_child)),))


def summary(t: Locale, booking: Booking, clinic: Clinic | None, *, now: datetime) -> str:
    """Return all about a visit, HTML."""
    when = f"📅 <b>{html(t.moment(booking.local))}</b>"
    parts = [f"{when}\n{place(t, clinic)}" if clinic else when]
    ahead = is_ahead(booking, now=now)
    if ahead:
        parts.append(t("🎫 Ticket: <b>{number}</b>. Say this number at the desk.", number=ticket(booking.id)))
        if booking.on_way_at is not None:
            parts.append(t("🚶 You said that you are on your way. The desk sees it."))
    elif state := standing(t, booking, now=now):
        parts.append(state)
        if keeps_ticket(booking, now=now):
            parts.append(t("🎫 Ticket: <b>{number}</b>", number=ticket(booking.id)))
    if clinic and ahead:
        parts.append(t("<b>How to get there</b>\n{directions}", directions=written(t, clinic.directions)))
        parts.append(bring(t, clinic))
    if booking.plan is not None and may_change(booking, now=now) is None:
        parts.append(line(t, booking))
    return "\n\n".join(parts)


def is_ahead(booking: Booking, *, now: datetime) -> bool:
    """Return whether a visit can still take place: before it begins, and for an hour after."""
    return may_change(booking, now=now) is None or may_set_out(booking, now=now)


def keeps_ticket(booking: Booking, *, now: datetime) -> bool:
    """Return whether the desk may still ask for the ticket: of who came, whatever came of it, for long."""
    return is_ahead(booking, now=now) or (booking.came_at is not None and is_found(booking, now=now))


def is_found(booking: Booking, *, now: datetime) -> bool:
    """Return whether the clinic still finds a visit by its number."""
    return booking.cancelled_at is None and now - booking.starts_at <= LOOKED_BACK


def standing(t: Locale, booking: Booking, *, now: datetime) -> str:
    """Say what became of a visit, HTML; empty while it is ahead."""
    if booking.cancelled_at is not None:
        return t("❌ This visit is cancelled.")
    if booking.came_at is not None or booking.said == Said.WENT:
        return t("✅ You were there.")
    if was_missed(past_of(booking)):
        return t("➖ You were not there.")
    if booking.failure is not None:
        return t("🚪 Something was wrong at the clinic. You missed nothing.")
    return "" if booking.starts_at > now else t("This visit is over.")


def child_question(t: Locale) -> str:
    """Ask the one optional question, HTML; the programme's screening form, Q10."""
    return t("👶 Does a child under 5 live with you? You may skip. The clinic will see it.")


def _rows(t: Locale, booking: Booking, clinic: Clinic | None, *, now: datetime, asks_child: bool) -> Rows:
    ends = [key(t.label("🗓 My visits"), Verb.VISITS), home_key(t)]
    if may_change(booking, now=now) is not None:
        again = [key(t.label("📅 New time"), Verb.BOOK_CLINIC, clinic.id)] if clinic else []
        late = [day_keys(t, booking, now=now), _papers(t, booking, clinic)]
        late = late if is_ahead(booking, now=now) else [_ticket_key(t, booking, now=now)]
        return frozen([*late, *after_keys(t, booking, now=now), again, ends])
    there = [map_key(t, clinic)] if clinic else []
    return frozen(
        [
            _child_keys(t, booking) if asks_child else [],
            [*day_keys(t, booking, now=now), *_cannot(t, booking, now=now)],
            _papers(t, booking, clinic),
            [plan_key(t, booking)],
            [
                key(t.label("🚶 Come with me"), Verb.COMPANY, booking.id),
                key(t.label("👶 Bring a child"), Verb.CHILDREN, booking.id),
            ],
            [key(t.label("📲 To my calendar"), Verb.CALENDAR, booking.id), *there],
            [
                key(t.label("🔁 Another time"), Verb.MOVE, booking.id),
                key(t.label("❌ Cancel"), Verb.CANCEL, booking.id),
            ],
            ends,
        ]
    )


def day_keys(t: Locale, booking: Booking, *, now: datetime) -> list[Key]:
    """Return what somebody can say on the day of the visit; nothing on other days."""
    if not may_set_out(booking, now=now) or booking.on_way_at is not None:
        return []
    return [key(t.label("🚶 I am on my way"), Verb.ON_WAY, booking.id)]


def _cannot(t: Locale, booking: Booking, *, now: datetime) -> list[Key]:
    """Return how to say on the day that something is in the way: there may be help for it."""
    return (
        [key(t.label("🙋 I cannot come"), Verb.CANNOT, booking.id)] if may_set_out(booking, now=now) else []
    )


def _ticket_key(t: Locale, booking: Booking, *, now: datetime) -> list[Key]:
    shown = keeps_ticket(booking, now=now)
    return [key(t.label("🎫 My ticket"), Verb.MY_TICKET, booking.id)] if shown else []


def _papers(t: Locale, booking: Booking, clinic: Clinic | None) -> list[Key]:
    costs = [key(t.label("💰 What it costs"), Verb.COSTS, booking.id)] if clinic else []
    return [key(t.label("🎫 My ticket"), Verb.MY_TICKET, booking.id), *costs]


def _child_keys(t: Locale, booking: Booking) -> list[Key]:
    """Return the answers; pressing one confirms the same place again, which the person already has."""
    wish = (booking.clinic_id, f"{booking.local:%Y%m%d%H%M}")
    labels = ((t.label("👶 Yes"), "y"), (t.label("No"), "n"), (t.label("Skip"), "skip"))
    return [key(label, Verb.BOOK_YES, *wish, answer) for label, answer in labels]
