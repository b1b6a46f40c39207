"""Decide what may stand on a worker's card as the name."""

import re

MOST_NAME = 30  # letters
_NAME = re.compile(r"[^\W\d_]+(?:[ '’ʻʼ.-]+[^\W\d_]+)*\.?")


def name_in(typed: str) -> str | None:
    """Return a first name or nickname on one line, or None when it does not do.

    Letters of any script, with the marks that stand within names: no numbers, addresses or @names.
    """
    name = " ".join(typed.split())
    return name if len(name) <= MOST_NAME and _NAME.fullmatch(name) else None
