"""Whatever a button says, the store is asked only for what it can hold."""

from typing import Any

import pytest

from handlers import chosen
from handlers.buttons import parse
from handlers.turn import Turn


def turn(data: str) -> Any:
    return Turn(update_id=1, now=None, store=None, t=None, telegram_id=1, press=parse(data))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("clin:7", 7),
        ("clin:2147483647", 2147483647),
        ("clin:2147483648", None),
        ("clin:9223372036854775807", None),
        ("clin:-1", None),
        ("clin:x", None),
        ("clin", None),
    ],
)
def test_an_id_of_the_directory_has_at_most_31_bits(data, found):
    assert chosen.directory_id(turn(data), 0) == found


@pytest.mark.parametrize(
    ("data", "page"), [("bkc:1:3", 3), ("bkc:1", 0), ("bkc:1:-4", 0), ("bkc:1:99999", 99)]
)
def test_a_page_is_within_reason(data, page):
    assert chosen.page(turn(data), 1) == page
