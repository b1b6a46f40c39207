"""Remember which replies have begun to leave, in a file that is mapped: it outlives kill -9 without a commit.

A commit of its own before each reply would cost as much as handling the update, and a process killed between
that commit and the socket would count a copy that never left. A mark in mapped memory costs a microsecond, at
the last moment. Only a power cut may lose it: then a reply may come once more than twice.
"""

import hashlib
import mmap
import os
import tempfile
from collections.abc import Collection
from pathlib import Path

from storage.engine import Database

SLOTS = 4096  # replies that leave at the same time; there are far fewer lanes
_BYTES = 8  # of an update's id


def to_others(update_id: int) -> int:
    """Return the mark of what the reply to an update brings into other chats: apart, it is never repeated."""
    return -update_id


class Sendings:
    """Update ids whose replies are leaving."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. Only one process may have it: see bot/alone.py."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
        try:
            known = os.fstat(descriptor).st_size == SLOTS * _BYTES
            if not known:
                os.ftruncate(descriptor, 0)
                os.ftruncate(descriptor, SLOTS * _BYTES)
            self._slots = memoryview(mmap.mmap(descriptor, SLOTS * _BYTES)).cast("q")
        finally:
            os.close(descriptor)
        self.former = frozenset(filter(None, self._slots)) if known else None
        """What a former life had begun to send; None when nobody knows: then all of it may have left."""
        self._free = list(range(SLOTS))
        self._used: dict[int, int] = {}

    def forget_former(self, keep: Collection[int] = ()) -> None:
        """Begin anew, once what a former life had begun is counted in the store; but for what is kept."""
        for slot in range(SLOTS):
            if self._slots[slot] in keep:
                self._used[self._slots[slot]] = slot
                self._free.remove(slot)
            else:
                self._slots[slot] = 0
        for mark in keep:
            self.begin(mark)

    def begin(self, update_id: int) -> None:
        """Note that the reply to an update leaves now."""
        if update_id not in self._used and self._free:
            slot = self._used[update_id] = self._free.pop()
            self._slots[slot] = update_id

    def end(self, update_id: int) -> None:
        """Note that a reply needs no more care: its update is marked as done."""
        slot = self._used.pop(update_id, None)
        if slot is not None:
            self._slots[slot] = 0
            self._free.append(slot)


def place_of(database: Database) -> Path:
    """Return where the file of a store lies: beside SQLite, else among the machine's temporary files."""
    if database.file is not None:
        return Path(f"{database.file}.sending")
    name = hashlib.sha256(database.url.render_as_string().encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"hamroh-{os.getuid()}-{name}.sending"
