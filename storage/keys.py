"""Keep the secret keys beside the SQLite file when the operator gave none: one key a line, newest first."""

import os
import secrets
from pathlib import Path

from storage.engine import StoreFault
from storage.vault import Vault, VaultFault, new_key


def read(file: Path) -> tuple[str, ...]:
    """Return the keys in the file, empty when there is no file. Raises StoreFault when it cannot be used."""
    try:
        lines = file.read_text("ascii").split()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StoreFault(
            f"the keys in {file} cannot be read ({error.strerror}): let the program read the file"
        ) from error
    except UnicodeDecodeError:
        lines = []
    try:
        Vault(lines)
    except VaultFault:
        raise StoreFault(
            f"the keys in {file} are damaged: restore the file from your backup; without them nobody in the "
            "database can be reached"
        ) from None
    return tuple(lines)


def make(file: Path) -> tuple[str, ...]:
    """Make the file with a fresh key, readable by its owner only; return the keys that are in it then.

    The file appears whole or not at all; of two programs that make it at the same moment one wins, for both.
    Raises StoreFault when it cannot be made.
    """
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as content:
            content.write(new_key() + "\n")
            content.flush()
            os.fsync(content.fileno())
        try:
            file.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise StoreFault(
            f"the keys cannot be kept in {file} ({error.strerror}): let the program write to "
            f"{file.parent.absolute()}, or give it HAMROH_SECRET_KEYS"
        ) from error
    return read(file)


def is_private(file: Path) -> bool:
    """Return whether nobody but its owner can read the file; true when there is none."""
    return not file.exists() or not file.stat().st_mode & 0o077
