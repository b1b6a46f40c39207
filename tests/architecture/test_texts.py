"""Every text for people can be found by those who translate."""

import ast

import pytest

from tests.architecture.source import modules

MARKED = {"t", "label", "many", "in_context", "N_"}  # the calls whose texts go to translators


def texts_in_f_strings(tree: ast.AST) -> list[int]:
    """Return the lines of texts inside f-strings: Python 3.11 reads those as one piece, and finds no text."""
    return [
        call.lineno
        for joined in ast.walk(tree)
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).rpartition(".")[2] in MARKED
        and any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in call.args)
    ]


def test_no_text_stands_inside_an_f_string() -> None:
    found = {
        module.name: lines
        for module in modules(["handlers", "care", "bot"])
        if (lines := texts_in_f_strings(module.tree))
    }

    assert found == {}


@pytest.mark.parametrize(
    "code", ["f\"; {t.label('done')}: {x}\"", "f\"{t('Hello')}\"", "f\"{turn.t.many('one', 'more', n)}\""]
)
def test_a_text_inside_an_f_string_is_noticed(code: str) -> None:
    assert texts_in_f_strings(ast.parse(code))


def test_a_text_of_a_table_may_stand_there() -> None:
    assert not texts_in_f_strings(ast.parse('f"{mark} {t.label(NAMES[word])} {t.time(x)}"'))
