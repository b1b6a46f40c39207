"""Show a worker's links: what each is called, how many came through it, and whether it is open."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from care.invites import deep_link
from care.links import Closed, Link, LinkKind, may_reopen, spoken
from care.outcomes import Kind
from care.roles import Role
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Key, Reply, Step, Way, key, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html, Locale
from locales.markup import html
from storage import directory, due, links

SHORT = 22  # letters of a link's name on a button
KINDS = {
    LinkKind.WORKER: N_("My own link"),
    LinkKind.SITE: N_("A place"),
    LinkKind.EVENT: N_("An event"),
    LinkKind.COLLEAGUE: N_("A colleague"),
}
ICONS = {LinkKind.WORKER: "🔗", LinkKind.SITE: "📍", LinkKind.EVENT: "🎉", LinkKind.COLLEAGUE: "🤝"}
_CLOSED = {
    Closed.ENDED: N_("🛑 ended"),
    Closed.LATE: N_("🛑 its date is over"),
    Closed.FULL: N_("🛑 as many came as should"),
    Closed.LEFT: N_("🛑 ended"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A link with all that its screen says."""

    link: Link
    people: int  # came through it
    name: str  # plain
    zone: ZoneInfo  # of the worker


async def own(turn: Turn, zone: ZoneInfo) -> Shown | None:
    """Return the link that a button names when it is this worker's; `zone` where theirs is not known."""
    worker, link_id = turn.known().holds(Role.WORKER), turn.press.number(0) if turn.press else None
    if worker is None or link_id is None:
        return None
    found = await links.own(turn.store, link_id, worker.id, now=turn.now)
    return await shown(turn, *found, zone=zone) if found else None


async def shown(turn: Turn, link: Link, people: int, *, zone: ZoneInfo) -> Shown:
    """Return a link with its name; a site is called as in the directory."""
    t = turn.t
    name = link.label or t.label(KINDS.get(LinkKind(link.kind), KINDS[LinkKind.WORKER]))
    if link.site_id is not None and link.label is None:
        site = await directory.site(turn.store, link.site_id, also_retired=True)
        name = written(t, site.names) if site else name
    return Shown(link=link, people=people, name=name, zone=await clock_of(turn, zone))


async def clock_of(turn: Turn, zone: ZoneInfo) -> ZoneInfo:
    """Return the zone of the worker's place, or else `zone`."""
    name = await due.zone_of(turn.store, turn.known().id)
    return ZoneInfo(name) if name else zone


def one(turn: Turn, shown: Shown, username: str, *, lead: str = "", toast: str = "") -> Reply:
    """Show one link with everything that can be done with it; `lead` (HTML) is said first."""
    t, link = turn.t, shown.link
    parts = [
        lead,
        Html(f"{icon(link)} <b>{html(shown.name)}</b>"),
        "" if link.closed else address(t, link, username),
        Html("\n".join([state(t, shown), came(t, shown.people)])),
    ]
    rows = [*(ways(t, link) if not link.closed else []), *_limits(turn, link), [_back(t), work_key(t)]]
    return screen(Html("\n\n".join(part for part in parts if part)), rows, toast=toast)


def address(t: Locale, link: Link, username: str) -> str:
    """Say the address and the code to type, HTML."""
    return t(
        "{link}\n\nCode to type by hand: <code>{code}</code>",
        link=deep_link(username, link.code),
        code=spoken(link.short_code),
    )


def state(t: Locale, shown: Shown) -> str:
    """Say whether a link is open, until when and for how many, HTML."""
    link = shown.link
    if link.closed is not None:
        return t(_CLOSED[link.closed])
    limits = [t("✅ open")]
    if link.ends_at is not None:
        last = (link.ends_at - timedelta(seconds=1)).astimezone(shown.zone).date()
        limits.append(t("until the end of {day}", day=t.day(last)))
    if link.most_people is not None:
        limits.append(t("for {n} people at most", n=link.most_people))
    return Html(", ".join(limits))


def came(t: Locale, people: int) -> str:
    """Say how many came through a link, HTML."""
    return t.many("{n} person came through it.", "{n} people came through it.", people)


def button(shown: Shown) -> Key:
    """Return the button that opens a link; its name is cut, not its number."""
    link = shown.link
    name = shown.name if len(shown.name) <= SHORT else f"{shown.name[: SHORT - 1]}…"
    mark = "🛑" if link.closed else icon(link)
    return key(f"{mark} {name} · {shown.people}", Verb.LINK, link.id)


def icon(link: Link) -> str:
    """Return the picture that stands for the kind of a link."""
    return ICONS.get(LinkKind(link.kind), "🔗")


def letter(t: Locale, link: Link, username: str) -> Step:
    """Return the message to forward: no illness is named, and no kind of clinic."""
    text = t(
        "👋 Hamroh helps people who work far from home. Ask about your health in your own language. "
        "Nobody asks for your name or documents.\n\n{link}\n\n"
        "If the chat stays empty, send this code: {code}",
        link=deep_link(username, link.code),
        code=spoken(link.short_code),
    )
    return Step(way=Way.SEND, text=text)


def picture(t: Locale, link: Link, username: str) -> Step:
    """Return the QR code of a link."""
    opens = deep_link(username, link.code)
    caption = t("📷 Scan with the camera of a phone. Code: {code}", code=spoken(link.short_code))
    return Step(way=Way.QR, content=opens, text=f"{caption}\n{opens}")


async def not_here(turn: Turn) -> Reply:
    """Say the same about what is not theirs and what is not there."""
    await turn.record(Kind.REFUSED, detail="not-yours", role=turn.staff_actor())
    t = turn.t
    return screen(t("This is not here any more."), [[_back(t), work_key(t)]])


def ways(t: Locale, link: Link) -> list[list[Key]]:
    """Return the buttons by which a link gets to people."""
    return [
        [
            key(t.label("🔳 Show the picture"), Verb.LINK_QR, link.id),
            key(t.label("✉️ Message to forward"), Verb.LINK_TEXT, link.id),
        ],
        [
            key(t.label("🖨 Poster"), Verb.POSTER, link.id),
            key(t.label("✂️ Pocket cards"), Verb.CARDS, link.id),
        ],
    ]


def _limits(turn: Turn, link: Link) -> list[list[Key]]:
    t = turn.t
    if link.closed in {Closed.ENDED, Closed.LEFT}:
        again = may_reopen(link, now=turn.now)
        return [[key(t.label("↩️ Take it up again"), Verb.LINK_UNDO, link.id)]] if again else []
    limits = [
        key(t.label("📅 End date"), Verb.LINK_DATE, link.id),
        key(t.label("👥 How many"), Verb.LINK_CAP, link.id),
    ]
    return [limits, [key(t.label("🛑 End it now"), Verb.LINK_END, link.id)]]


def _back(t: Locale) -> Key:
    return key(t.label("⬅️ My links"), Verb.LINKS)
