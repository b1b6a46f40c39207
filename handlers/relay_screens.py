"""Word what both sides of a talk are told by the bot itself: who, by when, why not, and that it is over."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from care.person import pseudonym
from care.relay import Refusal, Side
from handlers.answering import Answering, Place
from handlers.buttons import Verb
from handlers.screens import Key, Reply, Step, Way, frozen, key, screen
from handlers.written import written
from locales.catalogue import N_, Html, Locale
from storage import caseload
from storage.relays import Relay

NEW = "new"  # as the second part of a button: what it opens stands beside what was pressed
REASONS: Mapping[Refusal, str] = {  # why something does not pass, and what to do instead
    Refusal.FILE: N_(
        "🔒 I do not pass on files: a file can carry the name of who made it, the device or the place. "
        "Send a photo of it, or write what stands in it."
    ),
    Refusal.RECORDING: N_(
        "🔒 I do not pass on recordings and videos from the phone: they can carry the device, the place or a "
        "name. Hold 🎙 and speak, or record a round video."
    ),
    Refusal.FORWARDED: N_(
        "🔒 I do not pass on forwarded messages: they belong to who wrote them. Write in your own words, or "
        "copy the text and send it."
    ),
    Refusal.KIND: N_("I cannot pass this on. Write, speak, or send a photo, a place or a sticker."),
}
CONTACT_OF_PERSON = N_(
    "🔒 I have not passed on this contact, and I have not kept it: it is a name and a number. If you want to "
    "be called, press 📞."
)
CONTACT_OF_STAFF = N_(
    "🔒 I do not pass on contacts: they are a name and a number. Write what the person should know."
)


def home(t: Locale) -> Key:
    """Return the way home."""
    return key(t.label("🏠 Home"), Verb.HOME)


def danger_line(t: Locale) -> str:
    """Say what not to wait for."""
    return t("If you feel very ill now, do not wait: call 103 or 112.")


def moment_of(t: Locale, moment: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """Say a moment as "14:00, today", on the clock of `zone`."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    return t("{time}, {day}", time=t.time(local), day=t.relative_day(local.date(), today=today))


def rows_of_person(t: Locale, relay: Relay) -> list[list[Key]]:
    """Return what a person can do beside writing."""
    bot = [key(t.label("❓ Ask the bot instead"), Verb.TALK_BOT)] if relay.staff_id is not None else []
    return [
        [key(t.label("📞 Call me"), Verb.TALK_CALL)],
        bot,
        [key(t.label("✖️ End the talk"), Verb.TALK_NO)],
        [home(t)],
    ]


def why_not(t: Locale, reason: Refusal, side: Side, *, group: bool = False) -> Reply:
    """Say why a message does not pass, and what to do instead; in a group of the team without buttons."""
    contact = reason is Refusal.CONTACT
    if side is Side.STAFF:
        text = t(CONTACT_OF_STAFF if contact else REASONS[reason])
        return screen(text, [] if group else [[key(t.label("💬 My talks"), Verb.RELAYS)]])
    call = [key(t.label("📞 Call me"), Verb.TALK_CALL)] if contact else []
    back = [key(t.label("⬅️ Back to the talk"), Verb.TALK), home(t)]
    return screen(t(CONTACT_OF_PERSON if contact else REASONS[reason]), [call, back])


def head_of_person(relay: Relay, place: Place) -> str:
    """Return who says it, in front of a person's words: nothing in a topic, which is theirs (HTML)."""
    return "" if place.group else f"<b>{pseudonym(relay.person_id)}:</b>"


def head_of_staff(t: Locale, name: str | None) -> str:
    """Return who says it, in front of the words of the team (HTML)."""
    return t("<b>👤 {name}:</b>", name=name) if name else "👤"


def not_to_person(t: Locale, relay: Relay) -> str:
    """Say to who answers that a person did not get it."""
    return t(
        "⚠️ This may not have reached {name}: perhaps they have blocked the bot. I do not send it again by "
        "myself.",
        name=pseudonym(relay.person_id),
    )


def not_to_staff(t: Locale) -> str:
    """Say to a person that who answers did not get it."""
    return t(
        "⚠️ This may not have reached the person who answers you. Please send it again: if they cannot be "
        "reached, it goes to a colleague."
    )


def helped_rows(t: Locale, relay: Relay) -> list[list[Key]]:
    """Return the buttons of 'did it help?'."""
    return [
        [key("👍", Verb.TALK_RATE, relay.id, "y"), key("👎", Verb.TALK_RATE, relay.id, "n")],
        [home(t)],
    ]


def did_it_help(t: Locale, relay: Relay) -> Step:
    """Ask a person who has ended a talk."""
    text = t("✅ The talk is over. Nothing of what was said is kept. Did it help you?")
    return Step(text=text, rows=frozen(helped_rows(t, relay)))


def ended_to_person(place: Place, relay: Relay, who: str | None) -> tuple[Step, ...]:
    """Tell a person that the team has ended the talk, and ask whether it helped."""
    t = place.t
    text = (
        t("✅ <b>{name}</b> has ended the talk. Nothing of what was said is kept. Did it help you?", name=who)
        if who
        else t("✅ Our team has ended the talk. Nothing of what was said is kept. Did it help you?")
    )
    rows = [*helped_rows(t, relay)[:1], [key(t.label("🤝 Talk to a person"), Verb.TALK)], [home(t)]]
    return (_to(place, text, rows),)


def ended_to_staff(place: Place, relay: Relay) -> tuple[Step, ...]:
    """Tell who answers that a person has ended the talk; nothing where there is no topic to say it in."""
    if place.topic is not None:
        return ()
    t = place.t
    text = t("✖️ {name} has ended the talk. Nothing of it is kept.", name=pseudonym(relay.person_id))
    rows = [] if place.group else [[key(t.label("💬 My talks"), Verb.RELAYS)]]
    return (_to(place, text, rows),)


def _to(place: Place, text: str, rows: list[list[Key]]) -> Step:
    return Step(
        way=Way.SEND,
        to=place.chat_id,
        thread=place.thread,
        text=text,
        rows=frozen(rows),
        silent=place.silent,
    )


async def introduced(
    store: AsyncConnection, answering: Answering, place: Place, relay: Relay, *, lead: str = ""
) -> tuple[Step, ...]:
    """Tell who answers whose words come now, and how to answer; in a staff group the topic is made first."""
    t = place.t
    face = (await caseload.faces(store, [relay.person_id])).get(relay.person_id)
    code = face.locale if face else ""
    answer = t.answer(relay.topic) if relay.topic else None
    zone = await answering.zone_of(store, relay.person_id)
    lines = [
        lead or t("🤝 <b>{name}</b> asks for a person.", name=pseudonym(relay.person_id)),
        t("🗣 {language}", language=answering.words[code].name if code in answering.words else code),
        t("📍 {area}", area=written(t, face.area_names)) if face and face.area_names else "",
        t("💬 {topic}", topic=answer.title) if answer else "",
        t("⏰ Promised until: {moment}", moment=t.moment(relay.promised_at.astimezone(zone))),
        "",
        t("What you write in this topic goes to them. What begins with // stays here.")
        if place.group
        else t("Reply to their message, and I pass it on."),
        t("Neither of you sees the other's name or number. Nothing is kept, earlier words neither."),
    ]
    end = key(t.label("✅ End the talk"), Verb.RELAY_END, relay.id)
    opened = t.label("💬 Open this talk")
    more = (
        [end, key(opened, Verb.RELAY, relay.id, NEW)] if place.group else [key(opened, Verb.RELAY, relay.id)]
    )
    text = Html("\n".join(line for line in lines if line))
    card = _to(place, text, [more])
    return (place.topic, card) if place.topic else (card,)
