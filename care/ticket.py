"""Give a booking a number that can be read aloud, typed, and checked: seven digits and a check digit.

Digits are the same in every script and language. The number follows from the random id of the booking, so it
needs no column; the desk looks for it among the visits of one clinic and day, where seven digits are plenty.
"""

DIGITS = 7
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
    digits = "".join(character for character in text if character not in " -\u00a0")
    if len(digits) != DIGITS + 1 or not (digits.isascii() and digits.isdigit()) or _residue(digits):
        return None
    return f"{digits[:4]} {digits[4:]}"


def _residue(digits: str) -> int:
    """Return 0 for digits that end in their check digit, else the check digit that is missing."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim
