"""Conversations are plain methods: no state of the library, no buttons by hand, no words in the code."""

import ast
import re
from collections.abc import Callable, Collection, Iterator

import pytest

from tests.architecture.source import Module, modules

STATEFUL = {
    "ConversationHandler",
    "CallbackContext",
    "ContextTypes",
    "Application",
    "ApplicationBuilder",
    "CommandHandler",
    "MessageHandler",
    "CallbackQueryHandler",
    "user_data",
    "chat_data",
    "bot_data",
    "InlineKeyboardButton",
    "InlineKeyboardMarkup",
}
MAKERS = {"build", "then"}  # of callback data: `then` puts a wish behind another one, with `build`
MARKED = {"t", "label", "many", "in_context", "N_"}  # the calls whose texts go to translators
SHOWN = {"screen", "key", "Key", "Step", "Reply"}
Look = Callable[[Module], list[object]]
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def state_of_the_library(module: Module) -> list[str]:
    """Return what a module uses of python-telegram-bot's own way to keep state and to route."""
    read = {name.rpartition(".")[2] for _, name in module.names()}
    imported = {name.rpartition(".")[2] for name in module.imports()}
    return sorted((read | imported) & STATEFUL)


def buttons_by_hand(module: Module) -> list[int]:
    """Return the lines where a button's data is written without the module that owns its form."""
    wrong = []
    for call in _calls(module):
        if _called(call) == "Key":
            data = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "data")]
            wrong += [
                one.lineno for one in data if not (isinstance(one, ast.Call) and _called(one) in MAKERS)
            ]
    return wrong


def words_in_code(module: Module) -> list[str]:
    """Return texts with words in them that are shown without having gone through a catalogue."""
    marked = {
        id(constant) for call in _calls(module) if _called(call) in MARKED for constant in ast.walk(call)
    }
    return [
        f"{module.name}:{constant.lineno} {constant.value!r}"
        for call in _calls(module)
        if _called(call) in SHOWN
        for constant in ast.walk(call)
        if isinstance(constant, ast.Constant)
        and isinstance(constant.value, str)
        and WORDS.search(constant.value)
        and id(constant) not in marked
    ]


def unmarked_words(module: Module) -> list[str]:
    """Return texts that are said in a language picked by its code: `make words` finds only marked ones."""
    return [
        f"{module.name}:{call.lineno}"
        for call in _calls(module)
        if isinstance(call.func, ast.Subscript) and any(isinstance(arg, ast.Constant) for arg in call.args)
    ]


def _calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _found(look: Look, *, outside: Collection[str] = ()) -> dict[str, list[object]]:
    return {
        module.name: found
        for module in modules(["handlers"])
        if module.name not in outside and (found := look(module))
    }


def test_conversations_keep_no_state_in_the_library():
    assert _found(state_of_the_library) == {}


def test_buttons_are_built_in_one_place():
    assert _found(buttons_by_hand, outside={"handlers.screens"}) == {}


def test_callback_data_is_named_only_where_it_is_sent():
    naming = {
        module.name
        for module in modules(["bot", "handlers", "care", "storage", "locales"])
        if '"callback_data"' in module.text or "callback_data=" in module.text
    }

    assert naming <= {"bot.calls", "handlers.buttons"}


def test_no_text_for_people_stands_in_the_code():
    assert _found(words_in_code) == {}


def test_every_text_is_found_by_those_who_translate():
    assert _found(unmarked_words) == {}


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (state_of_the_library, "async def f(update, context):\n    context.user_data['x'] = 1"),
        (state_of_the_library, "from telegram.ext import ConversationHandler"),
        (buttons_by_hand, "Key(t.label('Go'), f'book:{clinic}')"),
        (buttons_by_hand, "Key(t.label('Go'), data='book')"),
        (unmarked_words, "self.words[code]('Choose your language')"),
        (words_in_code, "screen('You are booked', [])"),
        (words_in_code, "key('Book an examination', Verb.BOOK)"),
        (words_in_code, "Step(text=f'See you on {day} please come')"),
    ],
)
def test_each_of_these_is_noticed(look: Look, code: str):
    assert look(Module("handlers.book", code))


@pytest.mark.parametrize(
    "code",
    [
        "screen(t('You are booked'), [])",
        "Key(t.label('Open the map'), url=address)",
        "Key(name, build(verb))",
    ],
)
def test_what_is_right_is_left_alone(code: str):
    module = Module("handlers.book", code)

    assert (words_in_code(module), buttons_by_hand(module)) == ([], [])
