"""A module is read in one sitting."""

import ast

from tests.architecture.source import modules

MOST_LINES = 300
ONE_PAGE = "storage.schema"  # declarations only: all tables stand on one page, however many there are

HISTORY = "storage.migrations.versions."  # a step that was released is never changed again


def test_no_module_has_more_than_300_lines():
    long = {
        module.name: lines
        for module in modules()
        if (lines := len(module.text.splitlines())) > MOST_LINES
        and module.name != ONE_PAGE
        and not module.name.startswith(HISTORY)
    }

    assert long == {}


def test_the_page_of_all_tables_holds_nothing_else():
    [schema] = [module for module in modules(["storage"]) if module.name == ONE_PAGE]

    assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(schema.tree))
