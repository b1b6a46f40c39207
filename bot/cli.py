"""The `hamroh` command: one short function per sub-command.

Each imports what it needs when it runs, so that `hamroh version` takes no time. Exit codes: 0 done, 1 `check`
found faults, 2 it cannot run.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.settings import Settings

DONE = 0
FAULTS_FOUND = 1
CANNOT_RUN = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells count
BROKEN = 70  # EX_SOFTWARE of sysexits.h


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sub-command and return its exit code; say expected faults in plain sentences."""
    given = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = given.command
    try:
        return command(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        sentences = _expected(error)
        if sentences is None:
            return _broken(error)
        _complain(sentences)
        return CANNOT_RUN


def run(given: argparse.Namespace) -> int:
    """Run the bot: with a token on Telegram, without one in the simulator."""
    from bot import application
    from bot.settings import SettingsFault

    settings = _settings()
    if given.webhook and settings.webhook_url is None:
        raise SettingsFault(["HAMROH_WEBHOOK_URL is missing: `hamroh run --webhook` needs it"])
    if settings.bot_token is None:
        from bot import demo

        running = demo.run(settings)
    else:
        running = application.run(settings)
    return _in_loop(running)


def check(given: argparse.Namespace) -> int:
    """Say everything that is wrong: settings, words, directory, database."""
    from bot.checking import everything_wrong
    from bot.clock import SystemClock

    wrong = asyncio.run(everything_wrong(now=SystemClock().now(), anchor=given.anchor))
    for sentence in wrong.faults:
        print(f"wrong: {sentence}")
    for sentence in wrong.notices:
        print(f"note: {sentence}")
    print(f"{len(wrong.faults)} faults, {len(wrong.notices)} notes" if wrong.faults else "Nothing is wrong.")
    return FAULTS_FOUND if wrong.faults else DONE


def migrate(_: argparse.Namespace) -> int:
    """Bring the database to the schema of this program."""
    from storage import migrate as schema

    before = asyncio.run(schema.migrate(_settings().database_url))
    was = before.current or "nothing"
    print("The database is up to date." if before.is_ready else f"Migrated from {was} to {before.needed}.")
    return DONE


def import_directory(given: argparse.Namespace) -> int:
    """Load a folder of regions, areas, sites and clinics; all of it or nothing."""
    from bot.directory import read_directory
    from bot.importing import import_into, warnings
    from care.topics import PROMISES

    settings = _settings()
    data = read_directory(given.directory, known_promises=PROMISES, timezone=settings.timezone)
    changes = asyncio.run(import_into(settings, data))
    print(f"Imported: {changes.added} added, {changes.changed} changed, {changes.retired} retired.")
    if changes.visits:
        print(f"note: {changes.visits} visits ahead are at clinics that left the directory: people are told")
    for sentence in warnings(data):
        print(f"note: {sentence}")
    return DONE


def compact(_: argparse.Namespace) -> int:
    """Make true on disk what was deleted, now instead of at night."""
    from bot.compacting import compact as compact_store

    asyncio.run(compact_store(_settings()))
    print("Compacted: what was deleted is gone from the files.")
    return DONE


def export(given: argparse.Namespace) -> int:
    """Write down what coordinators taught the bot, for locales/LANGUAGE/questions.toml."""
    from bot import exporting

    text = asyncio.run(exporting.export_questions(_settings()))
    if given.to is None:
        print(text, end="")
    else:
        exporting.write(text, given.to)
    return DONE


def key(given: argparse.Namespace) -> int:
    """Print a fresh key for HAMROH_SECRET_KEYS, or a secret for HAMROH_WEBHOOK_SECRET."""
    import secrets

    from storage.vault import new_key

    print(secrets.token_urlsafe(32) if given.webhook else new_key())
    return DONE


def ask(given: argparse.Namespace) -> int:
    """Show what the bot answers to a question; with --jsonl which topics it finds, a question a line."""
    from bot import asking
    from bot.faults import CannotRun

    if given.jsonl:
        asking.answer_lines(sys.stdin, sys.stdout)
    elif given.question is None:
        raise CannotRun("write the question behind `hamroh ask`, or use --jsonl")
    else:
        print(asking.answer(given.question, language=given.lang))
    return DONE


def version(_: argparse.Namespace) -> int:
    """Print the version of the program."""
    try:
        print(f"hamroh {version_of('hamroh')}")
    except PackageNotFoundError:
        print("hamroh, not installed: run from its sources")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hamroh", description="Hamroh, the one who walks with you.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        summary = (command.__doc__ or "").splitlines()[0]
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(command=command)
        return sub

    add("run", run).add_argument("--webhook", action="store_true", help="insist on webhook mode")
    add("check", check).add_argument(
        "--anchor", metavar="ROW:MARK", help="of the audit log, as an earlier check said it"
    )
    add("migrate", migrate)
    add("import", import_directory).add_argument("directory", type=Path, metavar="DIRECTORY")
    add("compact", compact)
    exported = add("export", export)
    exported.add_argument("what", choices=["questions"], help="what the bot was asked and could not answer")
    exported.add_argument("--to", type=Path, metavar="FILE", help="a file instead of the screen")
    add("key", key).add_argument("--webhook", action="store_true", help="a secret for the webhook instead")
    asking = add("ask", ask)
    asking.add_argument("question", nargs="?", metavar="QUESTION")
    asking.add_argument("--lang", metavar="LANG", default="ru", help="of the answer: ru, uz, tg, kk, en")
    asking.add_argument(
        "--jsonl",
        action="store_true",
        help='read {"id","lang","text"} lines, write {"id","topics","ms"} lines',
    )
    add("version", version)
    return parser


def _settings() -> "Settings":
    """Read the settings and begin to log as they say."""
    from bot import logs
    from bot.settings import load

    settings = load()
    logs.configure(level=settings.log_level, style=settings.log_format, secrets=settings.secrets)
    return settings


def _in_loop(work: Coroutine[Any, Any, int]) -> int:
    """Run the bot, and log what its tasks leave uncaught."""
    from bot import logs

    async def watched() -> int:
        logs.watch(asyncio.get_running_loop())
        return await work

    return asyncio.run(watched())


def _expected(error: Exception) -> Sequence[str] | None:
    """Return the sentences of a fault that the operator can mend, or None for one of our own making."""
    from bot.directory import DirectoryFaults
    from bot.faults import CannotRun
    from bot.settings import SettingsFault
    from locales.faults import WordsFault
    from storage.engine import StoreFault
    from storage.vault import VaultFault

    if isinstance(error, SettingsFault):
        return error.faults
    if isinstance(error, DirectoryFaults | WordsFault):
        return [str(fault) for fault in error.faults]
    return [str(error)] if isinstance(error, StoreFault | VaultFault | CannotRun) else None


def _broken(error: Exception) -> int:
    from bot.logs import error_words

    words = error_words(error)
    _complain([f"stopped by a fault in the program, {words['error']} at {words.get('trace', 'its start')}"])
    return BROKEN


def _complain(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(f"hamroh: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
