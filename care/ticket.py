"""Give a booking a number that can be read aloud, typed, and checked: seven digits and a check digit.

Digits are the same in every script and language. The number follows from the random id of the booking, so it
needs no column; the desk looks for it among the visits of one clinic and day, where seven digits are plenty.
The QR code of a ticket carries the whole id, so that what it opens is surely this booking.
"""

import base64
import re

from care.typed import plain

DIGITS = 7
MARK = "tk_"  # before the id in a start payload; a link's code and an invite's are longer than the whole
_PAYLOAD = re.compile(MARK + "[A-Za-z0-9_-]{11}")
_ID_BYTES = 8
_DAMM = (  # quasigroup of order 10, weakly totally anti-symmetric: H. M. Damm, dissertation, Marburg 2004
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def ticket(booking_id: int) -> str:
    """Return the number of a booking: "4829 1573"."""
    digits = f"{booking_id % 10**DIGITS:0{DIGITS}d}"
    whole = f"{digits}{_residue(digits)}"
    return f"{whole[:4]} {whole[4:]}"


def read_ticket(text: str) -> str | None:
    """Return a typed number as `ticket` writes it, or None when a digit is wrong, swapped or missing."""
    digits = "".join(character for character in plain(text) if character not in " -\u00a0")
    if len(digits) != DIGITS + 1 or not (digits.isascii() and digits.isdigit()) or _residue(digits):
        return None
    return f"{digits[:4]} {digits[4:]}"


def remainder(number: str) -> int:
    """Return what the id of a booking with this number leaves when it is divided by 10 ** DIGITS.

    `number` is as `read_ticket` returns it.
    """
    return int(number.replace(" ", "")[:DIGITS])


def payload(booking_id: int) -> str:
    """Return the start payload of a ticket: 14 letters, safe in an address."""
    whole = base64.urlsafe_b64encode(booking_id.to_bytes(_ID_BYTES, "big")).decode()
    return f"{MARK}{whole.rstrip('=')}"


def opened(payload_text: str) -> int | None:
    """Return the id of the booking that a start payload names, or None when `payload` never wrote it."""
    if not _PAYLOAD.fullmatch(payload_text):
        return None
    whole = base64.urlsafe_b64decode(f"{payload_text[len(MARK) :]}=")
    booking_id = int.from_bytes(whole, "big")
    return booking_id if 0 < booking_id < 2**63 and payload(booking_id) == payload_text else None


def _residue(digits: str) -> int:
    """Return 0 for digits that end in their check digit, else the check digit that is missing."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim
