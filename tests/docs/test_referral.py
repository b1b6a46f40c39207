"""The page about referrals is what the code says."""

from pathlib import Path

from care.referral_page import page

PAGE = Path(__file__).parents[2] / "docs" / "referral.md"


def test_the_page_about_referrals_is_made_from_the_moves() -> None:
    assert PAGE.read_text() == page(), "run `make referral-page`"
