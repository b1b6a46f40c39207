"""Show a person the way to company to the clinic: four questions, a summary, and how it stands."""

from care.booking import Booking
from care.company import TAKEN, State
from care.company import Company as Wish
from care.directory import Clinic, Position
from care.reminders import is_quiet
from handlers.buttons import Verb
from handlers.clinic_card import address, bold, home_key, map_key
from handlers.company_words import WITHOUT, meeting
from handlers.screens import Key, Reply, Step, Way, frozen, key, pairs, screen
from handlers.turn import Turn
from locales.catalogue import N_, Html, Locale, Words
from storage.company import Asked

WHO = {"f": N_("👩 A woman"), "m": N_("👨 A man"), None: N_("👥 Woman or man")}
OVER = {
    State.DONE: N_("✅ Somebody of our team came along."),
    State.MISSED: N_("➖ You did not meet. You can book again at any time."),
    State.NOBODY: N_("🙏 Nobody of our team could come along. We are sorry."),
}


def ask_gender(turn: Turn, booking: Booking) -> Reply:
    """Say what it is, and ask who should come."""
    t = turn.t
    text = t(
        "🚶 <b>Somebody comes along</b>\n\n"
        "A person of our team can go to the visit with you, free: they know the way, and can help to speak "
        "at the desk. They see a picture in place of your name.\n\nWho should come?"
    )
    keys = [
        key(t.label(label), Verb.COMPANY_WISH, booking.id, "g", code or "any") for code, label in WHO.items()
    ]
    return screen(text, [keys[:2], keys[2:], [_back(t, Verb.VISIT, booking.id), home_key(t)]])


def ask_language(turn: Turn, words: Words, booking: Booking) -> Reply:
    """Ask in which language they talk, the person's own first."""
    t = turn.t
    own = turn.known().locale
    codes = sorted(words.choices, key=lambda choice: choice[0] != own)
    keys = [
        key(f"✅ {name}" if code == own else name, Verb.COMPANY_WISH, booking.id, "l", code)
        for code, name in codes
    ]
    any_one = key(t.label("👥 Any language"), Verb.COMPANY_WISH, booking.id, "l", "any")
    rows = [keys[:1], *pairs(keys[1:]), [any_one], [_back(t, Verb.COMPANY, booking.id), home_key(t)]]
    return screen(t("🗣 In which language do you want to talk with them?"), rows)


def ask_place(turn: Turn, booking: Booking, clinic: Clinic | None, wish: Wish) -> Reply:
    """Ask where to meet."""
    t = turn.t
    where = [t("📌 Where do you want to meet?")]
    if clinic is not None:
        where.append(f"{bold(t, clinic)}\n{address(t, clinic)}")
    rows = [
        [key(t.label("🚪 At the door of the clinic"), Verb.COMPANY_WISH, booking.id, "p", "door")],
        [key(t.label("📍 I send a place"), Verb.COMPANY_WISH, booking.id, "p", "pin")],
        [map_key(t, clinic)] if clinic else [],
        [_back(t, Verb.COMPANY_WISH, booking.id, "g", wish.gender or "any"), home_key(t)],
    ]
    return screen("\n\n".join(where), rows)


def take_pin(turn: Turn, booking: Booking, wish: Wish) -> Reply:
    """Ask for a place with the one button that can share it."""
    t = turn.t
    asking = Step(
        way=Way.SEND,
        text=t(
            "📍 Press the button below to send where you are now. For another place press 📎, choose the "
            "location and move the map. Only who comes along sees it."
        ),
        ask_location=t.label("📍 Send this place"),
    )
    door = key(t.label("🚪 At the door of the clinic"), Verb.COMPANY_WISH, booking.id, "p", "door")
    back = _back(t, Verb.COMPANY_WISH, booking.id, "l", wish.locale or "any")
    other = screen(t("Or choose without it:"), [[door], [back, home_key(t)]])
    return Reply((*other.steps, asking))


def ask_phone(turn: Turn, booking: Booking, wish: Wish) -> Reply:
    """Ask whether they may call; it takes none of it for granted."""
    t = turn.t
    text = t(
        "📱 May who comes along call you, so that you find each other? Only they see your number, and I "
        "erase it after the visit. You can also go without."
    )
    rows = [
        [key(t.label(WITHOUT), Verb.COMPANY_WISH, booking.id, "t", "n")],
        [key(t.label("📱 Give my number"), Verb.COMPANY_WISH, booking.id, "t", "y")],
        [_back(t, Verb.COMPANY_WISH, booking.id, "l", wish.locale or "any"), home_key(t)],
    ]
    step = Step(text=text, rows=frozen(rows), close_keyboard=False)
    return Reply((step,))


def ask_contact(turn: Turn, lead: str = "") -> Reply:
    """Ask for the number with the one button that can share it."""
    t = turn.t
    text = t("📱 Press the button below to send your number.")
    asking = Step(
        way=Way.SEND,
        text="\n\n".join(part for part in (lead, text) if part),
        ask_contact=t.label("📱 Send my phone number"),
        ask_nothing=t.label(WITHOUT),
    )
    return Reply((asking,))


def summary(
    turn: Turn, words: Words, booking: Booking, clinic: Clinic | None, wish: Wish, place: Position | None
) -> Reply:
    """Show all that was said, to be confirmed."""
    t = turn.t
    language = words[wish.locale].name if wish.locale and wish.locale in words else ""
    lines = [
        t("🚶 <b>Shall I ask our team?</b>"),
        "",
        t("📅 {moment}", moment=t.moment(booking.local)),
        *([f"{bold(t, clinic)}\n{address(t, clinic)}"] if clinic else []),
        t(WHO[wish.gender]),
        t("🗣 {language}", language=language) if language else t("👥 Any language"),
        meeting(t, place, clinic),
        t("📱 They may call you") if wish.phone else t("➖ Without a number"),
    ]
    rows = [
        [key(t.label("✅ Yes, ask"), Verb.COMPANY_YES, booking.id)],
        [key(t.label("✏️ Change"), Verb.COMPANY, booking.id)],
        [key(t.label("✖️ I go alone"), Verb.COMPANY_CANCEL, booking.id, "y")],
        [home_key(t)],
    ]
    return screen(Html("\n".join(lines)), rows)


def standing(
    turn: Turn, asked: Asked, clinic: Clinic | None, *, name: str | None, place: Position | None
) -> Reply:
    """Show how it stands: asking, somebody comes along, or nobody so far and what else helps."""
    t, wish = turn.t, asked.company
    head = t("🚶 <b>Somebody comes along</b>\n📅 {moment}", moment=t.moment(asked.local))
    cancel = [key(t.label("✖️ I go alone"), Verb.COMPANY_CANCEL, wish.booking_id)]
    ends = [_back(t, Verb.VISIT, wish.booking_id), home_key(t)]
    there = [map_key(t, clinic)] if clinic else []
    if wish.state in TAKEN:
        who = (
            t("✅ <b>{name}</b> of our team comes along.", name=name)
            if name
            else t("✅ Somebody of our team comes along.")
        )
        parts = [
            head,
            f"{who}\n{meeting(t, place, clinic)}",
            t("They know you by a picture: tell your ticket."),
        ]
        return screen(Html("\n\n".join(parts)), [there, cancel, ends])
    if wish.state is State.NOBODY:
        wider = wish.gender is not None or wish.locale is not None
        ask_all = [key(t.label("👥 Ask everybody"), Verb.COMPANY_WIDER, wish.booking_id)] if wider else []
        talk = [key(t.label("🤝 Talk to a person"), Verb.TALK)]
        return screen(Html("\n\n".join([head, nobody(t)])), [ask_all, talk, there, cancel, ends])
    return screen(Html("\n\n".join([head, _asking(turn, asked)])), [cancel, ends])


def nobody(t: Locale) -> str:
    """Say honestly that nobody was found so far, and what else helps, HTML."""
    return t(
        "🙏 So far nobody of our team can come along. A coordinator looks further, and I write to you when "
        "somebody is found. Your visit stays as it is.\n\n"
        "What else helps: take somebody you know along, look at the way on the map, or talk to us."
    )


def _asking(turn: Turn, asked: Asked) -> str:
    t = turn.t
    if asked.company.state is State.ASKED and is_quiet(turn.now, asked.trip.zone):
        return t("⏳ At night we ask nobody. In the morning we go on, and I write to you.")
    return t(
        "⏳ We ask the people of our team, one after the other. I write to you as soon as somebody says yes, "
        "or when nobody can."
    )


def ask_to_cancel(turn: Turn, asked: Asked) -> Reply:
    """Ask before it is ended; the visit stays."""
    t, booking_id = turn.t, asked.company.booking_id
    return screen(
        t("✖️ Shall nobody come along? Your visit on {moment} stays.", moment=t.moment(asked.local)),
        [
            [key(t.label("✖️ Yes, I go alone"), Verb.COMPANY_CANCEL, booking_id, "y")],
            [_back(t, Verb.COMPANY, booking_id), home_key(t)],
        ],
    )


def cancelled(turn: Turn, asked: Asked) -> Reply:
    """Say that nobody comes along now, and that it can be asked for again."""
    t, booking_id = turn.t, asked.company.booking_id
    again = key(t.label("🚶 Come with me"), Verb.COMPANY, booking_id)
    text = t("👌 Nobody comes along. Your visit stays. You can ask again at any time.")
    return screen(text, [[again], [_back(t, Verb.VISIT, booking_id), home_key(t)]])


def over(turn: Turn, asked: Asked, clinic: Clinic | None) -> Reply:
    """Say how it ended."""
    t, word = turn.t, OVER.get(asked.company.state)
    parts = [
        t("🚶 <b>Somebody comes along</b>\n📅 {moment}", moment=t.moment(asked.local)),
        t(word) if word else t("This visit is over."),
    ]
    again = [key(t.label("📅 New time"), Verb.BOOK_CLINIC, clinic.id)] if clinic else []
    return screen(Html("\n\n".join(parts)), [again, [key(t.label("🗓 My visits"), Verb.VISITS), home_key(t)]])


def too_late(turn: Turn, booking: Booking, clinic: Clinic | None) -> Reply:
    """Say that there is no time to find anybody, and what helps now."""
    t = turn.t
    return screen(
        t("🙏 It is too late to find somebody for this visit. The map shows you the way."),
        [
            [map_key(t, clinic)] if clinic else [],
            [key(t.label("🤝 Talk to a person"), Verb.TALK)],
            [_back(t, Verb.VISIT, booking.id), home_key(t)],
        ],
    )


def _back(t: Locale, verb: Verb, *args: str | int) -> Key:
    return key(t.label("⬅️ Back"), verb, *args)
