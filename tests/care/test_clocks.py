"""By which clock somebody lives who has left."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from care.clocks import ASKED, COUNTRY_CLOCKS, NAMED, clocks, shows_now
from care.transfer import Country

WINTER, SUMMER = datetime(2026, 12, 1, 9, 5, tzinfo=UTC), datetime(2026, 7, 1, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize("now", [WINTER, SUMMER])
def test_each_time_that_somebody_may_see_is_offered_once(now: datetime) -> None:
    offered = clocks(now)

    assert len({shown for _, shown in offered}) == len(offered)
    assert {shown for _, shown in offered} == {shows_now(zone, now) for zone in ASKED}
    for number, shown in offered:
        assert now.astimezone(ZoneInfo(ASKED[number])).time() == shown


def test_a_country_with_one_clock_is_called_by_it() -> None:
    assert {NAMED[zone] for zone in COUNTRY_CLOCKS.values()} == {Country.KG, Country.TJ, Country.UZ}
    assert NAMED["Asia/Almaty"] is Country.KZ
    assert shows_now("Asia/Bishkek", WINTER) == time(15, 5)
