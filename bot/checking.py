"""Find everything that is wrong with an installation in one go, and change nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import locales
from bot.auditing import judged
from bot.checking_questions import learned_notices, long_answers, questions_faults
from bot.directory import DirectoryFaults, read_directory
from bot.importing import warnings
from bot.settings import Settings, SettingsFault, load
from bot.staleness import stale_topics
from care.freshness import LEGAL_FOR
from care.sources import unknown
from care.topics import PROMISES, TOPICS
from locales.catalogue import Answer, Words
from locales.checking import SOURCE, words_faults
from locales.faults import WordsFault
from locales.recordings import recording_faults
from storage import files, keys
from storage.engine import StoreFault
from storage.migrate import state

FOLDER = Path(locales.__file__).parent


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was found: faults must be mended, notices are worth knowing."""

    faults: Sequence[str]
    notices: Sequence[str]


async def everything_wrong(*, now: datetime, anchor: str | None = None) -> Wrong:
    """Look at the settings, the words, the directory and the database; one sentence per fault.

    `anchor` is what an earlier check said of the audit log: that its end is still there is seen by it alone.
    """
    faults: list[str] = []
    notices: list[str] = []
    try:
        settings = load()
    except SettingsFault as error:
        faults += error.faults
    else:
        directory = _of_directory(settings)
        faults += directory.faults
        notices += directory.notices
        database = await _of_database(settings, anchor)
        faults += database.faults
        notices += database.notices
    for fault in words_faults(FOLDER):
        (notices if fault.notice else faults).append(str(fault))
    faults += questions_faults(FOLDER, topics=TOPICS)
    notices += learned_notices(FOLDER)
    try:
        words = Words.load(strict=False)
    except WordsFault:  # told already
        return Wrong(faults, notices)
    answers = words[SOURCE].answers
    for fault in recording_faults(FOLDER, topics=answers):
        (notices if fault.notice else faults).append(str(fault))
    return Wrong(
        faults,
        [*notices, *long_answers(words), *_unsourced(answers), *_stale(words, now), *_unreviewed(words)],
    )


def _unsourced(answers: Mapping[str, Answer]) -> list[str]:
    """Name the sources that readers would see as bare ids, and the answers without any."""
    missing = unknown(source for answer in answers.values() for source in answer.sources)
    bare = [topic for topic, answer in answers.items() if not answer.sources]
    found = [f"care/sources.py has no name for: {', '.join(missing)}"] if missing else []
    return [*found, *([f"these answers name no source: {', '.join(bare)}"] if bare else [])]


def _stale(words: Words, now: datetime) -> list[str]:
    """Name the answers about law that wait for a lawyer."""
    topics = stale_topics(words, now=now)
    if not topics:
        return []
    days = LEGAL_FOR.days
    return [f"nobody has compared these answers with the law for more than {days} days: {', '.join(topics)}"]


def _unreviewed(words: Words) -> list[str]:
    """Name the answers that no health worker has read yet, language by language."""
    found = []
    for code, locale in words.items():
        topics = [topic for topic, answer in locale.answers.items() if answer.review in ("", "none")]
        if topics:
            found.append(f"{code}: nobody has reviewed {len(topics)} answers: {', '.join(topics)}")
    return found


def _of_directory(settings: Settings) -> Wrong:
    if settings.directory is None:
        return Wrong([], [])
    try:
        data = read_directory(settings.directory, known_promises=PROMISES, timezone=settings.timezone)
    except DirectoryFaults as error:
        return Wrong([str(fault) for fault in error.faults], [])
    return Wrong([], warnings(data))


async def _of_database(settings: Settings, anchor: str | None) -> Wrong:
    try:
        found = await state(settings.database_url, wait_s=2)
    except StoreFault as error:
        return Wrong([str(error)], [])
    file = settings.sqlite_file
    if file is None and not found.is_ready:
        return Wrong([f"the database needs the schema {found.needed}: run `hamroh migrate`"], [])
    if found.current is None:
        return Wrong([], [f"there is no database {file} yet: `hamroh run` makes it"])
    of_keys = _of_keys(settings, file) if file is not None else Wrong([], [])
    faults, notices = await judged(settings, anchor) if found.is_ready else ([], [])
    return Wrong([*of_keys.faults, *faults], [*of_keys.notices, *notices])


def _of_keys(settings: Settings, file: Path) -> Wrong:
    """Look at the keys beside the SQLite file."""
    beside = files.key_file(file)
    try:
        found = settings.secret_keys or keys.read(beside)
    except StoreFault as error:
        return Wrong([str(error)], [])
    if not found:
        return Wrong([], [f"there are no keys {beside} yet: `hamroh run` makes them when nobody is stored"])
    if not keys.is_private(beside):
        return Wrong([f"others can read the keys in {beside}: run `chmod 600 {beside}`"], [])
    return Wrong([], [])
