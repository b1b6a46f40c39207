"""Answer what people send besides text: one kind sentence, and what helps instead. Nothing of it is kept."""

from dataclasses import dataclass, replace

from care.outcomes import Kind
from handlers.buttons import Verb
from handlers.screens import SILENCE, Key, Reply, Step, Way, key, screen
from handlers.turn import Turn
from locales.catalogue import N_, Locale

_VOICE = N_("🎙 I cannot listen yet. Please write, or talk to a person.")
_PAPERS = N_("🔒 Please do not send photos of papers. I have not kept it. Write your question in words.")
_CONTACT = N_("🔒 I do not need a phone number, and I have not kept it. Write your question in words.")
_SMILE = N_("🙂 Thank you! Write a question, or choose a button.")
_OTHER = N_("I can read text only, and I have not kept this. Write your question in words.")
ANSWERS = {
    "voice": _VOICE,
    "video_note": _VOICE,
    "audio": _VOICE,
    "photo": _PAPERS,
    "document": _PAPERS,
    "video": _PAPERS,
    "contact": _CONTACT,
    "sticker": _SMILE,
    "animation": _SMILE,
    "dice": _SMILE,
    "poll": _OTHER,
    "game": _OTHER,
    "story": _OTHER,
    "paid_media": _OTHER,
    "checklist": _OTHER,
    "invoice": _OTHER,
    "giveaway": _OTHER,
    "": _OTHER,  # newer than the library
}
"""What is said to each kind of message, in Telegram's words; to anything else, such as 'pinned', nothing."""


@dataclass(frozen=True, kw_only=True)
class Other:
    """What stickers, voice messages, photos and the like are answered with."""

    async def show(self, turn: Turn) -> Reply:
        """Say one sentence, and offer what helps."""
        said = ANSWERS.get(turn.sent)
        if said is None or turn.edited:
            return SILENCE
        await turn.record(Kind.NOT_UNDERSTOOD, detail=turn.sent or "other")
        return screen(turn.t(said), _instead(turn.t))

    def beside(self, turn: Turn, answer: Reply) -> Reply:
        """Say the sentence above an answer to what stood under a photo: the photo was not kept."""
        said = ANSWERS.get(turn.sent)
        note = (Step(way=Way.SEND, text=turn.t(said)),) if said and answer.steps else ()
        return replace(answer, steps=(*note, *answer.steps))


def _instead(t: Locale) -> list[list[Key]]:
    return [
        [key(t.label("❓ Ask a question"), Verb.ASK), key(t.label("🤝 Talk to a person"), Verb.TALK)],
        [key(t.label("🏠 Home"), Verb.HOME)],
    ]
