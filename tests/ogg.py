"""A recording for tests: the pages of an OGG file with OPUS, without any sound in it."""

import struct

_MOST = 60_000  # bytes of a page


def opus(seconds: float = 3.0, *, filling: bytes = b"") -> bytes:
    """Return a stream that says it plays so long (RFC 3533, 6; RFC 7845, 5.1)."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    parts = [filling[at : at + _MOST] for at in range(0, len(filling), _MOST)]
    middle = b"".join(page(0, 0, part) for part in (b"OpusTags", *parts))
    return page(0, 2, head) + middle + page(round(seconds * 48_000), 4, b"\0")


def page(samples: int, flags: int, content: bytes) -> bytes:
    """Return one page; its checksum is left out, which nobody here looks at."""
    sizes = [*[255] * (len(content) // 255), len(content) % 255]
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, samples, 1, 0, 0, len(sizes))
    return head + bytes(sizes) + content
