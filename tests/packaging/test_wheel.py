"""The wheel holds everything: words, migrations, the demo city, the chat page; the command runs from it."""

import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "care", "storage", "locales", "simulator", "examples")
ENDINGS = {".py", ".po", ".toml", ".yaml", ".csv", ".html", ".css", ".js", ".mako", ".ogg", ".ttf"}
RECORDING = "locales/tg/voice/deportation.ogg"  # none may have been made yet
PROOF = """
import sys
from importlib.resources import files

import bot, care, locales, simulator.server, storage.migrations
assert all(sys.argv[1] in module.__file__ for module in (bot, care, locales, storage.migrations))
from bot.checking import FOLDER
from bot.directory import read_directory
from care.topics import PROMISES
from locales.catalogue import Words
assert sys.argv[1] in str(FOLDER)
assert {"ru", "uz", "uz_Cyrl", "tg", "kk", "en"} <= set(Words.load())
city = files("examples") / "demo-city"
assert len(read_directory(city, known_promises=PROMISES).clinics) == 4
assert (simulator.server.PAGE / "index.html").exists()
print("whole")
"""


def needed() -> set[str]:
    """Return what the tree holds of the packages, as the names in a wheel are written."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    return {path.relative_to(ROOT).as_posix() for path in found if path.suffix in ENDINGS}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `pip install .` builds it, from a copy: nothing is left behind in the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    copied = [*PACKAGES, "pyproject.toml", "README.md", "LICENSE"]
    tree.mkdir()
    subprocess.run(["cp", "-r", *[str(ROOT / name) for name in copied], str(tree)], check=True)
    (tree / RECORDING).parent.mkdir(parents=True, exist_ok=True)
    (tree / RECORDING).write_bytes(b"OggS")
    built = _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(tree))
    if built.returncode and "setuptools" in built.stderr and "No matching distribution" in built.stderr:
        pytest.skip("setuptools cannot be had: no network")
    assert built.returncode == 0, built.stderr
    [made] = folder.glob("hamroh-*.whl")
    return made


def _pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    has_pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    python = sys.executable if has_pip.returncode == 0 else "python3"
    command = [python, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
def test_the_wheel_holds_all_files_of_the_packages(wheel: Path):
    held = set(zipfile.ZipFile(wheel).namelist())

    assert needed() - held == set()


@pytest.mark.slow
def test_a_recording_that_was_dropped_in_is_in_the_wheel(wheel: Path):
    assert RECORDING in zipfile.ZipFile(wheel).namelist()


@pytest.mark.slow
def test_the_wheel_holds_nothing_that_is_not_ours_to_give(wheel: Path):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert {name.partition("/")[0] for name in held} == set(PACKAGES)
    assert not [name for name in held if name.endswith((".db", ".key", ".env", ".pyc"))]


@pytest.mark.slow
def test_the_command_runs_from_the_wheel_outside_the_checkout(wheel: Path, tmp_path: Path):
    """Its libraries are those of this environment: what they are is the business of the locks."""
    place = tmp_path / "venv"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    site = Path(_told(python, "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "libraries.pth").write_text(f"{ours}\n", encoding="utf-8")

    run = [python, "-c", "import sys; from bot.cli import main; sys.exit(main(['version']))"]
    told = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True).stdout

    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert told == f"hamroh {described['project']['version']}\n"
    assert _told(python, PROOF, str(site), cwd=tmp_path) == "whole"
    [points] = (name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("entry_points.txt"))
    assert "hamroh = bot.cli:main" in zipfile.ZipFile(wheel).read(points).decode()


def _told(python: Path, code: str, *arguments: str, cwd: Path) -> str:
    command = [str(python), "-c", code, *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
