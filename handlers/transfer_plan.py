"""Show what to do before leaving: a short list of facts with a source, and what the bot can do for it.

The facts are those of facts.md, `going-home`, `travel`, `treatment-cost` and `social-support`.
"""

from collections.abc import Mapping, Sequence

from care.booking import Booking
from care.transfer import Arrived, Country, Transfer, WentOn, opens
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Key, Reply, key, screen
from handlers.transfer_words import COUNTRIES
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html, Locale
from storage import bookings, centres

TOPIC = "going-home"
BEFORE = (
    N_("💊 If you take medicine, do not stop on the way: a break of days can harm."),  # LUNG
    N_("🗣 Tell your doctor at least 2 weeks before."),  # going-home: needs review
    N_("📄 Ask the clinic for papers: what you take, since when, which tests."),  # going-home: needs review
    N_("🎒 Take medicine for all days of the road and some more, in your hand luggage."),  # travel: review
    N_("🚌 While you are catching, do not fly or ride long in a closed bus, train or car."),  # WHO-AIR
    N_("🏥 Go to the clinic there in the first days, with your papers."),  # going-home: needs review
)
WHO_PAYS: Mapping[Country, str] = {
    Country.UZ: N_(  # UZ-UPL
        "💵 In Uzbekistan medicine against TB was ordered to be free for everybody in 2022. Ask what is true "
        "today."
    ),
    Country.TJ: N_(  # GILPIN
        "💵 In Tajikistan medicine against TB was free and tests cost money, as a study of 2011 says. Ask "
        "what is true today."
    ),
    Country.KG: N_(  # KG-TRAVEL
        "💵 In Kyrgyzstan the law gave people with TB free travel to their clinic. Ask what is true today."
    ),
}


async def show(turn: Turn, transfer: Transfer, *, lead: str = "", toast: str = "") -> Reply:
    """Show a journey; `lead` (HTML) is said first."""
    t = turn.t
    ahead = await bookings.upcoming(turn.store, transfer.person_id, now=turn.now)
    centre = await centres.one(turn.store, transfer.centre_id) if transfer.centre_id is not None else None
    parts = [
        lead,
        t("✈️ <b>{country}</b>, {day}", country=t(COUNTRIES[transfer.country]), day=day_of(t, transfer)),
        t("📍 You go to: {centre}", centre=written(t, centre.names)) if centre else "",
        advice(t, transfer.country),
        card_state(turn, transfer),
        _about_visits(t, transfer, ahead),
    ]
    text = Html("\n\n".join(part for part in parts if part))
    return screen(text, _rows(turn, transfer, ahead), toast=toast)


def advice(t: Locale, country: Country) -> str:
    """Return what to do before leaving, HTML."""
    pays = [t(WHO_PAYS[country])] if country in WHO_PAYS else []
    return Html("\n".join([t("<b>Before you go</b>"), *(t(one) for one in BEFORE), *pays]))


def day_of(t: Locale, transfer: Transfer) -> str:
    """Return when somebody leaves, plain."""
    return t.day(transfer.leaves_on) if transfer.leaves_on else t.label("the day is not known yet")


def card_state(turn: Turn, transfer: Transfer) -> str:
    """Say how the card of a journey stands, HTML; "" where there is none."""
    t = turn.t
    if not transfer.has_code or transfer.expires_at is None:
        return ""
    if transfer.opened_at is not None:
        day = t.day(transfer.opened_at.date())
        return t("🪪 Your card was opened: {day}. It does not open again.", day=day)
    until = t.day(transfer.expires_at.date())
    if opens(transfer, now=turn.now):
        return t("🪪 Your card can be opened once, until {day}.", day=until)
    return t("🪪 Your card cannot be opened any more: it was good until {day}.", day=until)


def plan_key(t: Locale) -> Key:
    """Return the way back to the journey."""
    return key(t.label("⬅️ My journey"), Verb.LEAVING)


def _about_visits(t: Locale, transfer: Transfer, ahead: Sequence[Booking]) -> str:
    if not ahead:
        return ""
    first = ahead[0]
    facts = {"moment": t.moment(first.local)}
    if transfer.leaves_on is not None and first.local.date() > transfer.leaves_on:
        return t("📅 Your visit is after you leave: {moment}. Cancel it, or keep it and go later?", **facts)
    return t("📅 You have a visit before you leave: {moment}. It is good to go there first.", **facts)


def _answers(turn: Turn, transfer: Transfer) -> list[list[Key]]:
    """Return what the person may say by themselves, before the bot asks."""
    t = turn.t
    if transfer.arrived:
        yes = key(t.label("✅ I go on there"), Verb.WENT_ON, transfer.id, WentOn.YES.value)
        needs = key(t.label("🤝 I need help there"), Verb.WENT_ON, transfer.id, WentOn.NEEDS_HELP.value)
        return [[yes], [needs]]
    arrived = key(t.label("✅ I have arrived"), Verb.ARRIVED, transfer.id, Arrived.YES.value)
    is_time = transfer.leaves_on is None or transfer.leaves_on <= turn.now.date()
    left = [key(t.label("🧳 I have left"), Verb.LEFT)]
    return [left, [arrived]] if is_time else [left]


def _rows(turn: Turn, transfer: Transfer, ahead: Sequence[Booking]) -> list[list[Key]]:
    t = turn.t
    card = t.label("🪪 My transfer card") if transfer.has_code else t.label("🪪 Make a transfer card")
    country = () if transfer.country is Country.OTHER else (transfer.country.value,)
    stays = t.label("↩️ I am here again") if transfer.arrived else t.label("✖️ I am staying")
    visits = [
        [
            key(t.label("✅ Keep: {day}", day=t.day(one.local.date())), Verb.VISIT, one.id),
            key(t.label("❌ Cancel it"), Verb.CANCEL, one.id),
        ]
        for one in ahead[:2]
    ]
    return [
        [key(card, Verb.TRANSFER_CARD)],
        [key(t.label("📍 Where to go there"), Verb.CENTRES, *country)],
        *visits,
        [key(t.label("🤝 Talk to a person"), Verb.TALK, TOPIC)],
        [key(t.label("📖 Read more"), Verb.TOPIC, TOPIC)],
        *_answers(turn, transfer),
        [
            key(t.label("🔁 Other place or day"), Verb.LEAVING, "new"),
            key(stays, Verb.STAYING),
        ],
        [home_key(t)],
    ]
