"""Imports go one way: bot → handlers → care, storage, locales; storage → care; the simulator stands alone."""

import ast

import pytest

from tests.architecture.source import ROOT, Module, modules

OURS = {
    "bot",
    "handlers",
    "care",
    "storage",
    "locales",
    "simulator",
    "benchmarks",
    "tests",
    "examples",
    "training",
}
MAY_IMPORT = {
    "care": set(),
    "locales": set(),
    "simulator": set(),
    "storage": {"care"},
    "handlers": {"care", "storage", "locales"},
    "bot": {"handlers", "care", "storage", "locales", "simulator"},
    "benchmarks": {"bot", "handlers", "care", "storage", "locales", "simulator", "training"},
    "training": {"care", "locales"},
}
ONLY_THE_DEMO = {"bot.demo"}  # may bring the simulator and the bot together
PURE = {  # what a rule must not touch: Telegram, a database, the network, files, a clock, chance
    "telegram",
    "sqlalchemy",
    "aiohttp",
    "aiosqlite",
    "asyncpg",
    "asyncio",
    "random",
    "time",
    "structlog",
    "logging",
    "os",
    "subprocess",
}
WHEN_USED = {"matplotlib", "fpdf", "openpyxl", "numpy", "scipy", "sklearn", "PIL", "alembic", "segno"}


def wrong_ways(module: Module) -> list[str]:
    """Return the imports of a module that its package may not have."""
    allowed = MAY_IMPORT[module.package] | {module.package}
    wrong = [name for name in module.imports() if name.split(".")[0] in OURS - allowed]
    if module.package == "bot" and module.name not in ONLY_THE_DEMO:
        wrong += [name for name in module.imports() if name.startswith("simulator.")]
    return wrong


def test_nobody_imports_against_the_direction():
    found = {module.name: wrong for module in modules() if (wrong := wrong_ways(module))}

    assert found == {}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("care.booking", "from storage import bookings"),
        ("storage.people", "from handlers.turn import Turn"),
        ("handlers.book", "from bot.clock import Clock"),
        ("handlers.book", "def later():\n    import bot.cli"),
        ("locales.update", "from care.topics import TOPICS"),
        ("simulator.world", "from care.roles import Role"),
        ("bot.due", "from simulator.world import World"),
        ("care.links", "import tests.samples"),
    ],
)
def test_an_import_against_the_direction_is_noticed(name: str, line: str):
    assert wrong_ways(Module(name, line))


def test_rules_are_pure():
    impure = {
        module.name: name
        for module in modules(["care"])
        for name in module.imports()
        if name.split(".")[0] in PURE or name == "datetime.datetime.now"
    }

    assert impure == {}


def test_relative_imports_are_not_used():
    dotted = [module.name for module in modules() for name in module.imports() if name.startswith("None.")]

    assert dotted == []


def test_the_table_of_packages_is_whole():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert packages == set(MAY_IMPORT) | {"examples"}
    assert {module.package for module in modules()} == set(MAY_IMPORT)


def test_heavy_libraries_are_imported_only_where_they_are_used():
    at_start = [
        (module.name, name)
        for module in modules(["bot", "handlers", "care", "storage", "simulator"])
        if not module.name.startswith(("storage.migrations", "training"))
        for node in module.tree.body
        for name in Module(module.name, _text(node)).imports()
        if name.split(".")[0] in WHEN_USED
    ]

    assert at_start == []


def _text(node: ast.stmt) -> str:
    """Return the source of an import, empty for anything else."""
    return ast.unparse(node) if isinstance(node, ast.Import | ast.ImportFrom) else ""
