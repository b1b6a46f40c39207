"""The numbers of a coordinator."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from care.cascade import WIDTH
from care.roles import Role
from handlers.buttons import Verb
from handlers.coordinator.stats import Stats
from handlers.roles import OVERSEERS
from handlers.routes import Route, Routes
from locales.catalogue import Words
from storage import schema


@pytest.fixture
def routes(words: Words, make_table: Any) -> Routes:
    stats = Stats(words=words, zone=ZoneInfo("Asia/Almaty"))
    return make_table(
        buttons={Verb.STATS: Route(stats.show, frozenset(OVERSEERS))}, commands={"stats": Verb.STATS}
    )


@pytest.fixture
async def boss(world: Any) -> Any:
    someone = world.somebody()
    await someone.hire(Role.COORDINATOR)
    return someone


async def journey(world: Any, *, at: datetime | None = None, **fields: Any) -> None:
    """Somebody opens a link, agrees, asks, checks, books and comes."""
    number = await world.count(schema.outcomes)
    told = {"at": at or world.now, "role": "person", "locale": "uz", **fields}
    await world.add(schema.outcomes, kind="link-opened", **told)
    for kind, detail in (
        ("consented", None),
        ("answered", "treatment"),
        ("checked", "soon"),
        ("booked", "soon"),
        ("came", None),
    ):
        await world.add(schema.outcomes, kind=kind, detail=detail, referral_id=number + 1, **told)


def table(screen: Any) -> list[str]:
    """Return the lines of fixed width."""
    assert screen.text.count("<pre>") == 1
    return screen.text.split("<pre>")[1].split("</pre>")[0].splitlines()


async def test_before_anything_happened_the_screen_says_so(boss: Any) -> None:
    await boss.command("/stats")

    assert "Nothing happened in these days." in boss.text
    assert "📊 <b>Tue 17 Nov – Mon 23 Nov</b>" in boss.text


def numbers_of(lines: list[str], name: str) -> list[str]:
    """Return the numbers below a name: they stand in two lines."""
    first, second = lines[lines.index(name) + 1 :][:2]
    return first.split() + second.split()


async def test_one_journey_is_seen_from_link_to_visit(world: Any, boss: Any) -> None:
    await journey(world)

    await boss.command("/stats today")

    assert [line.split() for line in table(boss)] == [
        ["Links", "opened", "1"],
        ["Reached", "1"],
        ["Informed", "1", "100%"],
        ["Screened", "1", "100%"],
        ["Presumptive", "TB", "1", "100%"],
        ["Booked", "1", "100%"],
        ["Came", "1", "100%"],
        ["Examined", "0", "0%"],
        ["Result", "given", "0", "0%"],
    ]
    assert "Of those who booked, 100% came." in boss.text


async def test_a_journey_stands_under_the_worker_who_began_it_without_a_name(world: Any, boss: Any) -> None:
    area = await world.area(name="Old Market")
    first, second = world.somebody(), world.somebody()
    await first.hire(Role.WORKER, area_id=area)
    world.wait(minutes=1)
    staff_id = await second.hire(Role.WORKER, area_id=area)
    await journey(world, staff_id=staff_id, area_id=area)

    await boss.command("/stats week by worker")

    lines = table(boss)
    assert numbers_of(lines, "Old Market 2") == ["1"] * 7 + ["0"] * 2
    assert lines[-3:] == ["Total", "  1   1   1   1   1", "  1   1   0   0"]
    assert "Aziz" not in boss.text


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("area", "Old &lt;Market&gt;"),
        ("clinic", "Clinic A"),
        ("site", "Brickworks"),
        ("language", "Oʻzbekcha"),
    ],
)
async def test_groups_have_names(world: Any, boss: Any, by: str, name: str) -> None:
    area = await world.area(name="Old <Market>")
    site = await world.add(schema.sites, code="s", area_id=area, kind="market", names={"en": "Brickworks"})
    await journey(world, area_id=area, site_id=site, clinic_id=await world.clinic(area))

    await boss.command(f"/stats week by {by}")

    lines = table(boss)
    assert numbers_of(lines, name) == ["1"] * 7 + ["0"] * 2


async def test_days_begin_at_midnight_on_the_clock_of_the_place(world: Any, boss: Any) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Almaty"))
    await journey(world, at=midnight - timedelta(seconds=1))
    await journey(world, at=midnight)

    await boss.command("/stats today")
    assert table(boss)[1].split() == ["Reached", "1"]
    await boss.command("/stats 2026-11-22..2026-11-23")
    assert table(boss)[1].split() == ["Reached", "2"]


async def test_buttons_change_the_period_and_keep_the_grouping(world: Any, boss: Any) -> None:
    await journey(world, at=world.now - timedelta(days=20))
    await boss.command("/stats")

    await boss.press("Languages")
    assert "Nothing happened" in boss.text
    await boss.press("30 days")

    assert "Oʻzbekcha" in table(boss)
    assert {"✓ 30 days", "✓ 🌐 Languages"} <= set(boss.labels)
    await boss.press("Languages")  # pressed again it is taken away
    assert table(boss)[1].split() == ["Reached", "1"]


async def test_a_period_of_ones_own_stays_when_a_grouping_is_pressed(world: Any, boss: Any) -> None:
    await journey(world, at=world.now - timedelta(days=60))
    await boss.command("/stats 2026-09-01..2026-09-30")

    await boss.press("Languages")

    assert "Oʻzbekcha" in table(boss)


@pytest.mark.parametrize("typed", ["yesterday", "week by moon", "2026-11-20..2026-11-01", "<b>"])
async def test_unknown_words_are_answered_with_an_example_that_works(boss: Any, typed: str) -> None:
    await boss.command(f"/stats {typed}")

    example = boss.text.split("<code>")[1].split("</code>")[0]
    await boss.command(example)
    assert "Nothing happened" in boss.text


@pytest.mark.parametrize(
    "data", ["stats:x", "stats:week:x", "stats::area", "stats:..:area", "stats:week:area:x"]
)
async def test_forged_buttons_break_nothing(boss: Any, data: str) -> None:
    await boss.tap(data)

    assert boss.text


async def test_a_table_of_many_groups_fits_a_phone_and_a_message(world: Any, boss: Any) -> None:
    areas = [await world.area(name=f"A very long name of an area, number {n}") for n in range(30)]
    for area in areas:
        await world.add(
            schema.outcomes, kind="consented", at=world.now, role="person", referral_id=area, area_id=area
        )

    await boss.command("/stats today by area")

    lines = table(boss)
    assert all(len(line) <= WIDTH for line in lines)
    assert "Others: 5" in lines
    assert lines[lines.index("Others: 5") + 1].split()[1] == "5"
    assert numbers_of(lines, "Total")[1] == "30"


async def test_colleagues_are_no_part_of_the_cascade(world: Any, boss: Any) -> None:
    for kind in ("consented", "answered", "stats-seen"):
        await world.add(schema.outcomes, kind=kind, at=world.now, role="person", referral_id=5)

    await boss.command("/stats today")

    assert "Nothing happened" in boss.text


async def worked(world: Any, **fields: Any) -> None:
    """Somebody of the team visits a site, answers a talk and goes along to the clinic."""
    told = {"at": world.now, "role": "worker", **fields}
    for kind, detail in (
        ("site-visited", "8.10.30"),
        ("site-visited", "20.5.60"),
        ("undone", "site-visited.20.5.60"),
        ("talk-answered", None),
        ("talk-done", None),
        ("talk-helped", None),
        ("company-done", None),
    ):
        await world.add(schema.outcomes, kind=kind, detail=detail, **told)


async def test_the_work_of_the_team_is_a_view_of_its_own(world: Any, boss: Any) -> None:
    await worked(world)
    await boss.command("/stats today")
    assert "Nothing happened" in boss.text

    await boss.press("Work done")

    shown = {line[:-4].strip(): line[-4:].strip() for line in table(boss)}
    assert shown == {
        "Visits to sites": "1",
        "People talked to": "8",
        "Leaflets given": "10",
        "Hours at sites": "0:30",
        "Came through links": "0",
        "Sent by friends": "0",
        "Taken to the clinic": "1",
        "Talks answered": "1",
        "Talks ended": "1",
        "It helped": "1",
        "It did not help": "0",
    }
    assert "✓ 👣 Work done" in boss.labels


async def test_work_stands_under_the_worker_who_did_it_with_a_total(world: Any, boss: Any) -> None:
    area = await world.area(name="Old Market")
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER, area_id=area)
    await worked(world, staff_id=staff_id, area_id=area)
    await worked(world, staff_id=12345)

    await boss.command("/stats week work by worker")

    lines = table(boss)
    number = lines.index("Old Market 1")
    assert lines[number + 1].split() == ["1", "8", "10", "0:30", "0", "0"]
    assert lines[number + 2].split() == ["1", "1", "1", "1", "0"]
    assert lines[-3] == "Total"
    assert lines[-2].split() == ["2", "16", "20", "1:00", "0", "0"]
    assert "10 It did not help" in boss.text


async def test_the_view_stays_with_another_period_or_grouping_and_is_taken_away(
    world: Any, boss: Any
) -> None:
    await worked(world)
    await boss.command("/stats week by area")
    await boss.press("Work done")
    assert "Not known" in table(boss)

    await boss.press("30 days")
    assert {"✓ 30 days", "✓ 📍 Areas", "✓ 👣 Work done"} <= set(boss.labels)
    assert not any("Clinics" in label or "Languages" in label for label in boss.labels)
    await boss.press("Areas")
    assert "Visits to sites" in boss.text
    await boss.press("Work done")

    assert "Nothing happened" in boss.text


@pytest.mark.parametrize("typed", ["work by clinic", "week work by language", "work work"])
async def test_work_has_no_clinic_and_no_language(boss: Any, typed: str) -> None:
    await boss.command(f"/stats {typed}")

    assert "I do not understand these words." in boss.text


async def reminded(world: Any, referral: int, wording: str, *told: str) -> None:
    """Somebody is reminded of a visit in a wording, and this is what follows."""
    fields = {"role": "job", "referral_id": referral}
    for number, (kind, detail) in enumerate(
        [
            ("reminded", f"visit-eve.{wording}"),
            ("reminded", f"visit-soon.{wording}"),
            *((one, None) for one in told),
        ]
    ):
        at = world.now - timedelta(days=2) + timedelta(hours=10 * number)
        await world.add(schema.outcomes, kind=kind, detail=detail, at=at, **fields)


async def test_the_wordings_of_reminders_are_compared_and_few_people_are_not_shown(
    world: Any, boss: Any
) -> None:
    for number in range(6):
        await reminded(world, number + 1, "a", "came")
    for number in range(4):
        await reminded(world, number + 11, "a", "missed")
    for number in range(5):
        await reminded(world, number + 21, "b")

    await boss.command("/stats week by wording")

    first, second = boss.text.split("<b>b:")
    assert "Visits reminded of: 10" in first
    assert "Came: 6" in first
    assert "Did not come: &lt;5" in first
    assert "No word: 0" in first
    assert "Visits reminded of: 5" in second
    assert "No word: 5" in second
    assert "some hundreds of visits" in boss.text


async def test_where_nobody_was_reminded_there_are_no_wordings(boss: Any) -> None:
    await boss.command("/stats by wording")

    assert "Nothing happened in these days." in boss.text
    await boss.command("/stats work by wording")
    assert "I do not understand these words." in boss.text


async def test_results_stand_there_by_code_with_small_numbers_hidden(world: Any, boss: Any) -> None:
    clinic = await world.clinic(await world.area())
    for code, number in (("R0", 7), ("R1", 4), ("R2", 1)):
        for _ in range(number):
            row = {"kind": "result", "at": world.now, "role": "job", "clinic_id": clinic}
            await world.add(schema.outcomes, **row, detail=code)
    await world.add(schema.outcomes, kind="consented", at=world.now, role="person", referral_id=5)

    await boss.command("/stats today")
    assert "Results: R0 5+ · R1 &lt;5 · R2 &lt;5 · R3 0" in boss.text
    assert "Care opened: 5+" in boss.text
    await boss.press("Clinics")
    assert "<b>Clinic A</b>\n🩺 Results: R0 5+" in boss.text
    await boss.press("Workers")
    assert "R0" not in boss.text
