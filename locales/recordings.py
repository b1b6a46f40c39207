"""Find the answers that somebody has read aloud: `<language>/voice/<topic>.ogg`, OGG with OPUS.

Telegram plays no other format as a voice message (Bot API, sendVoice). A language that is another one in a
script of its own has its recordings.
"""

import hashlib
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from locales.faults import Fault

HERE = Path(__file__).parent
FOLDER, ENDING = "voice", ".ogg"
MOST_BYTES = 1_000_000  # of a recording: data is dear, and a minute of speech needs a quarter of it
RATE = 48_000  # samples a second that an OPUS stream counts, whatever it was made from (RFC 7845, 4)
_PAGE = b"OggS"  # RFC 3533, 6
_OPUS = b"OpusHead"  # RFC 7845, 5.1
_REMEDY = "make it again as docs/translating.md says"


@dataclass(frozen=True, slots=True)
class Recording:
    """One answer, read aloud."""

    name: str  # "<language>/<topic>"
    content: bytes
    seconds: int  # how long it plays, rounded up

    @property
    def digest(self) -> bytes:
        """A hash of the content: a recording that was replaced is another one."""
        return hashlib.sha256(self.content).digest()


class Recordings:
    """Which answers can be listened to."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look which recordings there are; their content is read when it is needed."""
        self._folder = folder or HERE
        self._names = frozenset(_name(path) for path in _files(self._folder))

    def name(self, locale: str, topic: str) -> str | None:
        """Return the name of the recording of a topic, or None when there is none in this language."""
        name = f"{locale.partition('_')[0]}/{topic}"
        return name if name in self._names else None

    def read(self, name: str) -> Recording | None:
        """Return a recording as it is now, or None when it is gone."""
        if name not in self._names:
            return None
        language, _, topic = name.partition("/")
        try:
            content = (self._folder / language / FOLDER / f"{topic}{ENDING}").read_bytes()
        except OSError:
            return None
        return Recording(name, content, _seconds(content))


def recording_faults(folder: Path, *, topics: Collection[str]) -> list[Fault]:
    """Return what is wrong with the recordings of all languages; `topics` are those that have an answer."""
    return [fault for path in _files(folder) for fault in _wrong(path, topics)]


def _wrong(path: Path, topics: Collection[str]) -> Iterator[Fault]:
    if path.stem not in topics:
        yield Fault(path, f"there is no answer {path.stem!r}", "name the file after a topic of answers.po")
    try:
        content = path.read_bytes()
    except OSError as error:
        yield Fault(path, f"it cannot be read ({error.strerror})", "let the program read it")
        return
    if not (content.startswith(_PAGE) and _OPUS in content[:256]):
        yield Fault(path, "this is not OGG with OPUS, so Telegram would not play it", _REMEDY)
    elif len(content) > MOST_BYTES:
        what = f"it has {len(content) / 1e6:.1f} MB, and listeners pay for their data"
        yield Fault(path, what, _REMEDY, notice=True)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/{FOLDER}/*{ENDING}"))


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


def _seconds(content: bytes) -> int:
    """Return how long a stream plays: what its last page counts, in samples; 0 when that cannot be read."""
    at = content.rfind(_PAGE)
    if at < 0 or len(content) < at + 14:
        return 0
    samples: int = struct.unpack_from("<q", content, at + 6)[0]
    return max(0, -(-samples // RATE))
