"""Choose a language: the first thing a stranger sees, and later /language.

Until somebody chose, no text stands in one language alone: the screen says one short line in each, and its
buttons are the languages' own names. What the person wished for, or typed, is answered right after it.
"""

from dataclasses import dataclass, replace

from care.outcomes import Kind
from handlers.buttons import MOST_BYTES, Press, Verb, build
from handlers.roles import menu
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.strangers import Strangers
from handlers.turn import Conversation, Turn
from locales.catalogue import N_, Html, Words
from storage import people

CHOOSE = N_("🌐 Choose your language")
ENGLISH = "en"  # the language of the source and of staff: offered to those who seem to read it
QUESTION = "q"  # in a button: the screen replied to a typed question, which waits for its answer
_NO_WISH = frozenset({Verb.LANGUAGES, Verb.LANGUAGE, Verb.NOTHING, Verb.HOME})
_LONG = frozenset(  # their code is long, and matters more than a link
    {Verb.JOIN, Verb.CLAIM, Verb.FRIEND, Verb.BRIGADE_PLACE, Verb.TRANSFER_OPEN}
)
_MEMORY = len("~uz_Cyrl~") + 20  # bytes that a stranger's language and link take in a button


@dataclass(frozen=True, kw_only=True)
class Language:
    """What /language and its buttons do."""

    words: Words
    strangers: Strangers
    answer: Conversation  # answers a typed question, as if it had just been typed
    go_on: Conversation  # grants the wish that waits in `turn.press`

    async def ask(self, turn: Turn) -> Reply:
        """Show the languages; the wish that brought the person here waits in the buttons."""
        keys = [self._key(turn, code) for code in self._offered(turn)]
        rows = pairs(keys)
        if turn.chosen:
            t = turn.t
            return screen(t(CHOOSE), [*rows, [key(t.label("🏠 Home"), Verb.HOME)]])
        lines = [self.words[code](CHOOSE) for code in self._offered(turn)]
        return replace(screen(Html("\n".join(lines)), rows), quotes=_typed(turn))

    async def choose(self, turn: Turn) -> Reply:
        """Speak the chosen language from now on, and go on with what was wished for or typed."""
        code = turn.press.word(0) if turn.press else None
        if code is None or code not in self.words:
            return await self.ask(turn)
        spoken = replace(turn, t=self.words[code], chosen=True)
        if turn.person is None:
            self.strangers.note(turn.telegram_id, now=turn.now, locale=code, link=turn.link)
        else:
            await people.change(turn.store, turn.person.id, locale=code)
            spoken = replace(spoken, person=replace(turn.person, locale=code))
        await spoken.record(Kind.LANGUAGE_CHOSEN)
        reply = await self._go_on(spoken)
        return replace(reply, menu=reply.menu or menu(spoken.t, spoken.person))

    async def _go_on(self, spoken: Turn) -> Reply:
        wish = waiting(spoken.press, 1)
        typed = spoken.press is not None and spoken.press.word(1) == QUESTION
        if typed and (asked := _without_command(spoken.asked)):
            return await self.answer(replace(spoken, press=None, words=asked, sent="text"))
        return await self.go_on(spoken.pressing(wish or Press(Verb.HOME)))

    def _offered(self, turn: Turn) -> list[str]:
        """Return the codes to offer: the present or guessed one first, English only to those who read it."""
        staff = turn.person is not None and bool(turn.person.roles)
        english = staff or turn.t.code == ENGLISH or set(self.words) == {ENGLISH}
        codes = [code for code, _ in self.words.choices if english or code != ENGLISH]
        return sorted(codes, key=lambda code: code != turn.t.code)

    def _key(self, turn: Turn, code: str) -> Key:
        name = dict(self.words.choices)[code]
        label = f"✓ {name}" if turn.chosen and code == turn.t.code else name
        if _typed(turn):
            return key(label, Verb.LANGUAGE, code, QUESTION)
        return Key(label, then(Verb.LANGUAGE, code, wish=turn.press))


def _typed(turn: Turn) -> bool:
    """Return whether a typed question led to the choice, so that it waits for its answer."""
    if turn.chosen or not turn.words:
        return False
    if turn.command is not None:
        return turn.command == Verb.ASK.value
    return turn.press is None or turn.press.verb is Verb.LANGUAGES


def _without_command(asked: str) -> str:
    """Return a typed question, also one behind /ask; nothing for another command."""
    if not asked.startswith("/"):
        return asked
    command, _, words = asked.partition(" ")
    return words.strip() if command.partition("@")[0] == "/ask" else ""


def then(verb: Verb, *args: str, wish: Press | None) -> str:
    """Write callback data behind which a wish waits; without the wish when 64 bytes cannot hold both."""
    if wish is None or wish.verb in _NO_WISH:
        return build(verb, *args)
    try:
        data = build(verb, *args, wish.verb.value, *wish.args)
    except ValueError:
        return build(verb, *args)
    spare = 0 if wish.verb in _LONG else _MEMORY
    return data if len(data.encode()) + spare <= MOST_BYTES else build(verb, *args)


def waiting(press: Press | None, position: int) -> Press | None:
    """Return the wish that waits in a button from the argument at `position` on, or None."""
    word = press.word(position) if press else None
    if press is None or word is None:
        return None
    try:
        return Press(Verb(word), press.args[position + 1 :], press.locale, press.link)
    except ValueError:
        return None
