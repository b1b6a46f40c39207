"""The program, not marking what it passes on as leaving: the negative control of promise A5 for talks."""

import sys

from bot.cli import main
from bot.sendings import Sendings

_begin = Sendings.begin


def begin(self: Sendings, update_id: int) -> None:
    """Mark the replies to who wrote only: what goes to others has the mark of its update with a minus."""
    if update_id > 0:
        _begin(self, update_id)


Sendings.begin = begin  # type: ignore[method-assign]
sys.exit(main(["run"]))
