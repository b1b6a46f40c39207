"""Make and examine the SQLite file, and say in one sentence what is wrong with it.

A new file is made only where there was none before: never in place of one that is missing, locked or broken.
"""

import os
import sqlite3
from pathlib import Path

from storage.engine import StoreFault
from storage.writer import BUSY_WAIT_S

KEY_SUFFIX = ".key"  # HAMROH_SECRET_KEYS, beside the file when the operator gave none
_MAGIC = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html, 1.3


def key_file(file: Path) -> Path:
    """Return where the keys of this SQLite file are kept when the operator gave none."""
    return file.with_name(file.name + KEY_SUFFIX)


def exists(file: Path) -> bool:
    """Return whether the store has a file with anything in it.

    Raises StoreFault when it had one: its keys or its log are still there.
    """
    try:
        if file.stat().st_size:
            return True
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _unreadable(file, error) from error
    for trace in (key_file(file), file.with_name(file.name + "-wal")):
        if trace.exists() and trace.stat().st_size:
            raise StoreFault(
                f"the database {file} is missing or empty, but {trace.name} is still beside it: restore the "
                f"database from your backup, or move {trace.name} away to begin with nothing"
            )
    return False


def make(file: Path) -> None:
    """Make an empty file, readable by its owner only. Raises StoreFault when that cannot be done."""
    if not file.parent.is_dir():
        raise StoreFault(
            f"the folder {file.parent.absolute()} of the database does not exist or cannot be entered: "
            "make it, or correct HAMROH_DATABASE_URL"
        )
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreFault(
            f"the database {file} cannot be made ({error.strerror}): let the program write to "
            f"{file.parent.absolute()}, or correct HAMROH_DATABASE_URL"
        ) from error


def examine(file: Path, *, wait_s: float = BUSY_WAIT_S) -> None:
    """Open the file for writing and look through all its pages; leave it as it was.

    Raises StoreFault when it cannot be read or written, is no database, is damaged, or stays locked for
    `wait_s` seconds.
    """
    _look_at_head(file)
    try:
        connection = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=wait_s, isolation_level=None
        )
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            connection.execute("PRAGMA journal_mode = WAL")  # this would not wait for a lock
            findings = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise fault_of(file, error) from error
    if findings != ["ok"]:
        raise _damaged(file)


def fault_of(file: Path, error: sqlite3.Error) -> StoreFault:
    """Return the sentence for what SQLite says about the file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreFault(
            f"the database {file} is locked by another program: stop that program (perhaps a copy tool or a "
            "shell), then start again"
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return StoreFault(
            f"the database {file} cannot be written: let the program write to the file and to its folder "
            f"{file.parent.absolute()}"
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return _damaged(file)
    if code == sqlite3.SQLITE_FULL:
        return StoreFault(f"the disk that holds the database {file} is full: make room, then start again")
    return StoreFault(
        f"the database {file} cannot be used ({getattr(error, 'sqlite_errorname', 'unknown fault')}): look "
        "at the disk, or restore the database from your backup"
    )


def _look_at_head(file: Path) -> None:
    try:
        with file.open("rb") as content:
            head = content.read(len(_MAGIC))
    except OSError as error:
        raise _unreadable(file, error) from error
    if head and head != _MAGIC:
        raise StoreFault(
            f"{file} is not a SQLite database: correct HAMROH_DATABASE_URL, or restore the database from "
            "your backup"
        )


def _unreadable(file: Path, error: OSError) -> StoreFault:
    return StoreFault(
        f"the database {file} cannot be read ({error.strerror}): let the program read and write it, "
        "or correct HAMROH_DATABASE_URL"
    )


def _damaged(file: Path) -> StoreFault:
    return StoreFault(
        f"the database {file} is damaged: keep a copy of it, and restore the database from your backup"
    )
