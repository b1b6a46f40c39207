"""Say which languages somebody of the team speaks, and whether they are a woman or a man."""

from dataclasses import dataclass, replace

from care.outcomes import Kind
from handlers import chosen
from handlers.buttons import Verb
from handlers.screens import Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.worker.shift import Shift, back_key, languages, spoken
from storage import shifts
from storage.shifts import Said

UNSAID = "n"


@dataclass(frozen=True, kw_only=True)
class ShiftMe:
    """What 🗣 does."""

    shift: Shift

    async def show(self, turn: Turn) -> Reply:
        """Show what one said of oneself; a pressed word changes it."""
        mine, word = await self.shift.mine(turn), chosen.word(turn, 0)
        said = await shifts.said(turn.store, mine.ids[0])
        said = replace(said, languages=spoken(said, turn.t))
        changed = self._changed(said, word)
        if changed is None:
            await turn.record(Kind.SHIFT_SEEN, role=turn.staff_actor())
            return self._screen(turn, said)
        if not changed.languages:
            return self._screen(turn, said, toast=turn.t.label("One language must stay."))
        await shifts.keep_said(turn.store, mine.ids, changed)
        await turn.record(Kind.SHIFT_CHANGED, detail="me", role=turn.staff_actor())
        return self._screen(turn, changed, toast=turn.t.label("👌 Kept."))

    def _changed(self, said: Said, word: str | None) -> Said | None:
        """Return what holds after a press, or None when it says nothing that can be said."""
        if word in {"f", "m", UNSAID}:
            return replace(said, gender=None if word == UNSAID else word)
        if word is None or word not in languages(self.shift.words):
            return None
        return replace(said, languages=said.languages ^ {word})

    def _screen(self, turn: Turn, said: Said, *, toast: str = "") -> Reply:
        t, words = turn.t, self.shift.words
        text = t(
            "🗣 <b>Who comes to you</b>\n\n"
            "People come first to somebody who speaks their language. Some ask for a woman or a man."
        )
        tongues = [
            key(f"{'✅' if code in said.languages else '➕'} {words[code].name}", Verb.SHIFT_ME, code)
            for code in languages(words)
        ]
        choices = (("f", t.label("👩 Woman")), ("m", t.label("👨 Man")), (UNSAID, t.label("➖ Not said")))
        genders = [
            key(f"✅ {label}" if (said.gender or UNSAID) == word else label, Verb.SHIFT_ME, word)
            for word, label in choices
        ]
        return screen(text, [*pairs(tongues), *pairs(genders), [back_key(t)]], toast=toast)
