"""Let a person say whether they prefer to talk to a woman or a man."""

from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from care.links import origin
from care.outcomes import Kind
from handlers import chosen
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Locale
from storage import referrals, wishes

NO_MATTER = "n"
MET = {
    "f": N_("👌 A woman of our team is there for you."),
    "m": N_("👌 A man of our team is there for you."),
    NO_MATTER: N_("👌 Whoever of our team is there first helps you."),
}
UNMET = {
    "f": N_("At the moment there is no woman in our team who can answer. I keep your wish."),
    "m": N_("At the moment there is no man in our team who can answer. I keep your wish."),
    NO_MATTER: N_("👌 Whoever of our team is there first helps you."),
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What 🙋 does."""

    zone: ZoneInfo  # where a worker's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Ask, or keep what was chosen; it holds at once, where there is anybody."""
        word = chosen.word(turn, 0)
        if word not in MET or word is None:
            await turn.record(Kind.WISHED, detail="seen")
            return _ask(turn.t)
        person, gender = turn.known(), None if word == NO_MATTER else word
        if await referrals.of(turn.store, person.id) is None:
            begun = asdict(origin(None, area_id=person.area_id))
            await referrals.open_for(turn.store, person.id, now=turn.now, **begun)
        done = await wishes.prefer(turn.store, person.id, gender, now=turn.now, zone=self.zone.key)
        await turn.record(Kind.WISHED, detail=word)
        t = turn.t
        text = t(MET[word]) if done is not None and done.met else t(UNMET[word])
        return screen(
            text,
            [
                [key(t.label("🤝 Talk to a person"), Verb.TALK)],
                [key(t.label("⬅️ Back"), Verb.WISH), home_key(t)],
            ],
        )


def _ask(t: Locale) -> Reply:
    text = t("🙋 <b>Whom do you prefer to talk to?</b>\n\nYou can change this at any time.")
    return screen(
        text,
        [
            [key(t.label("👩 A woman"), Verb.WISH, "f"), key(t.label("👨 A man"), Verb.WISH, "m")],
            [key(t.label("🤝 No matter"), Verb.WISH, NO_MATTER)],
            [key(t.label("⬅️ Back"), Verb.TALK), home_key(t)],
        ],
    )
