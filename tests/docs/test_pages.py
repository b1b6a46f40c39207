"""All pages: links lead somewhere, what is told to type exists, and nobody's own machine shines through."""

import re
import subprocess
from pathlib import Path

import pytest

import bot.cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
FOREIGN = {  # what belongs to one machine
    "a home folder": re.compile(r"/(?:home|Users)/[a-z]|/root/"),
    "a folder of work": re.compile(r"(?<![\w.])/" + r"work/"),
    "a host of packages": re.compile(
        r"pypi|index-url|extra-index|find-links|\bproxy\.golang\b", re.IGNORECASE
    ),
}
MAY_NAME = {  # the locks hold hashes only
    "a host of packages": {"tests/docs/test_pages.py"},
    "a home folder": {"tests/docs/test_pages.py"},
    "a folder of work": set(),
}


def anchors(page: Path) -> set[str]:
    """Return the anchors that headings make."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def tracked() -> list[str]:
    """Return the files that are in the repository; skips where git or the repository is missing."""
    try:
        told = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a checkout")
    return told.stdout.splitlines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_told_to_type_exists(page: Path):
    text = page.read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:bin/hamroh|`hamroh|^hamroh|bot\.cli) ([a-z]+)", text, re.MULTILINE))
    known = set(re.findall(r"^    ([a-z]+)(?:  |$)", bot.cli._parser().format_help(), re.MULTILINE))
    made = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
    started = set(re.findall(r"python -m ([a-z_.]+)", text))

    assert commands - known == set()
    assert made - set(TARGETS) == set()
    assert [name for name in started if not _module(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path):
    named = re.findall(
        r"`((?:bot|handlers|care|storage|locales|simulator|tests|docs|examples|deploy|benchmarks|\.ci)/[\w./-]*)`",
        page.read_text(encoding="utf-8"),
    )
    examples = {"handlers/name.py"}

    assert [name for name in named if name not in examples and not (ROOT / name).exists()] == []


def test_every_page_is_reached_from_the_first_one():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in PAGES[1:] if page.name not in readme] == []


@pytest.mark.parametrize("what", FOREIGN)
def test_nobodys_own_machine_is_in_the_repository(what: str):
    found = []
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".png", ".lock", ".bin", ".ttf"} or name in MAY_NAME[what] or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if FOREIGN[what].search(line):
                found.append(f"{name}:{number}")

    assert found == []


def test_the_locks_name_no_host():
    for lock in ROOT.glob("requirements*.lock"):
        assert not re.search(r"https?://|--index|--find", lock.read_text(encoding="utf-8"))


def _module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()
