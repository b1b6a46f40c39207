"""Our own source, parsed: what the tests of the architecture look at."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "care", "storage", "locales", "simulator", "benchmarks", "training")


@dataclass
class Module:
    """One file of Python."""

    name: str  # dotted: "bot.web.server"
    text: str

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def imports(self) -> Iterator[str]:
        """Yield every imported thing with its module: "care.roles.Role", "asyncio"."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def names(self) -> Iterator[tuple[int, str]]:
        """Yield every name and attribute that is read, dotted as far as it goes, with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute | ast.Name):
                yield node.lineno, ast.unparse(node)


def modules(packages: Sequence[str] = PACKAGES) -> list[Module]:
    """Return all modules of the packages, sorted by name."""
    found = []
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found.append(Module(dotted, path.read_text(encoding="utf-8")))
    assert found
    return found
