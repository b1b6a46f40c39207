"""A worker's own link and the labelled ones: made, printed, limited, ended."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.print.leaflet import read as read_leaflet
from care.roles import Role
from handlers.buttons import Verb
from handlers.routes import Routes
from handlers.screens import Way
from handlers.strangers import Strangers
from locales.catalogue import Words
from storage import schema
from storage.vault import Vault
from tests.handlers.worker.link_routes import link_routes

CODE = "Fh3kQ9xLm2Zt7PbV"
ILLNESS = ("tb", "tuberculosis", "hiv", "clinic", "lung", "x-ray")


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    return link_routes(words, vault, strangers, make_table)


async def hired(world: Any, **values: Any) -> tuple[Any, int]:
    worker = world.somebody()
    return worker, await worker.hire(Role.WORKER, **values)


async def with_link(world: Any, **values: Any) -> tuple[Any, int]:
    """Return a worker who looks at one link of theirs, and the link's id."""
    worker, staff_id = await hired(world)
    link = await world.link(code=CODE, short_code="HJ7K2MXX", staff_id=staff_id, **values)
    await worker.tap(f"link:{link}")
    return worker, link


async def came(world: Any, link: int, people: int = 1, *, kind: str = "consented", **values: Any) -> None:
    for referral in range(people):
        row = {"kind": kind, "at": world.now, "role": "person", "link_id": link, "referral_id": referral}
        await world.add(schema.outcomes, **{**row, **values})


async def programme(world: Any, *promises: str) -> None:
    every = {"en": "x"}
    texts = dict.fromkeys(("names", "operator", "contact", "purpose"), every)
    content = {**texts, "retention_days": {}, "promises": list(promises)}
    await world.add(schema.programme, id=1, content=content, changed_at=world.now)


async def site(world: Any, area: int, name: str) -> int:
    number = await world.count(schema.sites) + 1
    return await world.add(
        schema.sites, code=f"site{number}", area_id=area, kind="market", names={"en": name}
    )


async def test_a_worker_sees_their_own_link_with_its_code(world: Any) -> None:
    worker, staff_id = await hired(world)
    await world.link(code=CODE, short_code="HJ7K2MXX", staff_id=staff_id)

    await worker.command("/links")

    assert f"https://t.me/hamroh_bot?start={CODE}" in worker.text
    assert "HJ7K 2MXX" in worker.text
    assert "0 people came through it." in worker.text


async def test_a_worker_without_a_link_gets_one(world: Any) -> None:
    area = await world.area()
    worker, staff_id = await hired(world, area_id=area)

    await worker.command("/links")
    await worker.command("/links")

    [link] = await world.rows(schema.links)
    assert (link["staff_id"], link["area_id"], link["kind"]) == (staff_id, area, "worker")


async def test_the_picture_and_the_message_are_one_press_away(world: Any) -> None:
    worker, staff_id = await hired(world)
    await world.link(code=CODE, short_code="HJ7K2MXX", staff_id=staff_id)
    await worker.command("/links")

    [picture] = (await worker.press("picture")).steps
    await worker.command("/links")
    await worker.press("forward")
    [letter] = (await worker.press("Тоҷикӣ")).steps

    assert (picture.way, picture.content) == (Way.QR, f"https://t.me/hamroh_bot?start={CODE}")
    assert letter.way is Way.SEND
    assert letter.text.startswith("tg‧")
    assert CODE in letter.text


async def test_what_is_forwarded_and_printed_names_no_disease(world: Any) -> None:
    await programme(world, "free-bot", "no-reporting", "accompaniment")
    worker, link = await with_link(world)

    letter = (await worker.tap(f"ltext:{link}:en")).steps[0].text.lower()
    poster = (await worker.tap(f"poster:{link}:en")).steps[0].content.lower()

    assert not any(word in letter or word in poster for word in ILLNESS)


async def test_the_people_of_each_link_are_counted_from_the_outcomes(world: Any) -> None:
    worker, staff_id = await hired(world)
    own = await world.link(staff_id=staff_id)
    market = await world.link(
        code="m" * 20, short_code="ABCDEFGH", staff_id=staff_id, kind="event", label="Navruz"
    )
    await came(world, own, 2)
    await came(world, market, 3, referral_id=7)

    await worker.command("/links")

    assert "2 people came through it." in worker.text
    assert "🎉 Navruz · 1" in worker.labels


async def test_a_link_for_a_place_of_the_area_is_called_as_the_place_and_made_once(world: Any) -> None:
    area = await world.area()
    worker, staff_id = await hired(world, area_id=area)
    bazaar = await site(world, area, "Eastern bazaar")
    await site(world, await world.area(name="Area B"), "Far away")
    await worker.command("/links")
    await worker.press("New link")
    await worker.press("A place")
    assert not [label for label in worker.labels if "Far away" in label]

    await worker.press("Eastern bazaar")
    assert "Eastern bazaar" in worker.text
    assert "The link is ready" in worker.text
    await worker.tap(f"lsite:{bazaar}")

    [made] = await world.rows(schema.links, kind="site")
    assert (made["site_id"], made["staff_id"]) == (bazaar, staff_id)
    [deed] = await world.rows(schema.audit)
    assert (deed["act"], deed["about_id"], deed["actor_id"]) == ("link-made", made["id"], staff_id)


@pytest.mark.parametrize("kind", ["event", "colleague", "site"])
async def test_a_link_is_called_as_the_worker_typed(world: Any, kind: str) -> None:
    worker, _ = await hired(world)
    await worker.tap(f"lnew:{kind}" + (":other" if kind == "site" else ""))

    await worker.say("  Navruz,\nold  square ")

    [made] = await world.rows(schema.links, kind=kind)
    assert made["label"] == "Navruz, old square"
    assert await worker.say("what is it") is not None
    assert worker.text == "[asked: what is it]"


@pytest.mark.parametrize("typed", ["x" * 41, "+7 701 123 45 67", "https://t.me/x", "@somebody", "…", "<b>"])
async def test_what_is_typed_wrongly_gets_one_clear_sentence(world: Any, typed: str) -> None:
    worker, _ = await hired(world)
    await worker.tap("lnew:event")

    await worker.say(typed)

    assert worker.text == "Write at most 40 letters, without addresses and phone numbers."
    assert not await world.rows(schema.links)
    await worker.say("Navruz")
    assert [row["label"] for row in await world.rows(schema.links)] == ["Navruz"]


async def test_danger_comes_before_a_label_and_a_late_text_is_a_question(world: Any) -> None:
    worker, _ = await hired(world)
    await worker.tap("lnew:event")

    await worker.say("blood")
    assert worker.text == "[danger]"
    world.wait(minutes=16)
    await worker.say("cough")

    assert worker.text == "[asked: cough]"
    assert not await world.rows(schema.links)


async def test_looking_at_the_links_gives_up_a_label_that_was_asked_for(world: Any) -> None:
    worker, _ = await hired(world)
    await worker.tap("lnew:event")
    await worker.command("/links")

    await worker.say("cough")

    assert worker.text == "[asked: cough]"


async def test_a_link_is_ended_after_asking_and_taken_up_again_within_ten_minutes(world: Any) -> None:
    worker, _ = await with_link(world, kind="event", label="Navruz")
    await worker.press("End it now")
    [row] = await world.rows(schema.links)
    assert row["ended_at"] is None

    await worker.press("Yes, end it")
    [row] = await world.rows(schema.links)
    assert row["ended_at"] == world.now
    assert "ended" in worker.text
    world.wait(minutes=10)
    await worker.press("Take it up again")

    [row] = await world.rows(schema.links)
    assert row["ended_at"] is None
    assert [deed["act"] for deed in await world.rows(schema.audit)] == ["link-ended", "link-made"]


async def test_after_ten_minutes_the_end_stays(world: Any) -> None:
    worker, link = await with_link(world)
    await worker.tap(f"lend:{link}:y")
    world.wait(minutes=11)

    await worker.tap(f"lundo:{link}")

    [row] = await world.rows(schema.links)
    assert row["ended_at"] is not None
    assert Verb.LINK_UNDO not in worker.wishes


@pytest.mark.parametrize(
    ("word", "last"),
    [
        ("d", datetime(2026, 11, 23, tzinfo=UTC)),
        ("w", datetime(2026, 11, 29, tzinfo=UTC)),
        ("m", datetime(2026, 11, 30, tzinfo=UTC)),
        ("20261215", datetime(2026, 12, 15, tzinfo=UTC)),
    ],
)
async def test_a_link_ends_at_the_end_of_a_day_on_the_workers_clock(
    world: Any, word: str, last: datetime
) -> None:
    worker, link = await with_link(world)

    await worker.tap(f"ldate:{link}:{word}")

    [row] = await world.rows(schema.links)
    assert row["ends_at"] == last + timedelta(hours=24 - 5)  # Almaty
    assert "until the end of" in worker.text
    await worker.tap(f"ldate:{link}:none")
    [row] = await world.rows(schema.links)
    assert row["ends_at"] is None


async def test_another_day_is_chosen_from_a_list_and_none_in_the_past(world: Any) -> None:
    worker, link = await with_link(world)
    await worker.press("End date")
    await worker.press("Another day")
    assert len([verb for verb in worker.wishes if verb is Verb.LINK_DATE]) == 18 + 2

    await worker.press("More")
    await worker.press("Fri 11 Dec")

    [row] = await world.rows(schema.links)
    assert row["ends_at"] is not None
    for wrong in ("20261122", "20991231", "x"):
        await worker.tap(f"ldate:{link}:{wrong}")
    assert (await world.rows(schema.links))[0]["ends_at"] == row["ends_at"]


async def test_a_link_takes_no_more_people_than_its_worker_said(world: Any) -> None:
    worker, link = await with_link(world)
    await worker.press("How many")
    await worker.press("25")
    assert "for 25 people at most" in worker.text

    for wrong in ("11", "x", "-1"):
        await worker.tap(f"lcap:{link}:{wrong}")
    [row] = await world.rows(schema.links)
    assert row["most_people"] == 25
    await came(world, link, 25)
    await worker.tap(f"link:{link}")

    assert "as many came as should" in worker.text
    assert Verb.POSTER not in worker.wishes
    await worker.tap(f"lcap:{link}:none")
    assert "open" in worker.text


async def test_strange_and_missing_links_are_answered_alike(world: Any) -> None:
    worker, staff_id = await hired(world)
    _, other_id = await hired(world)
    strange = await world.link(code="x" * 20, short_code="ABCDEFGH", staff_id=other_id)
    await world.link(staff_id=staff_id)

    answers = {
        (await worker.tap(f"{verb}:{link}{rest}")).steps[0].text
        for verb, rest in [
            ("link", ""),
            ("qr", ""),
            ("ltext", ":en"),
            ("poster", ":en"),
            ("cards", ":all"),
            ("ldate", ":d"),
            ("lcap", ":10"),
            ("lend", ":y"),
            ("lundo", ""),
            ("lsite", ""),
        ]
        for link in (strange, 1)
    }

    assert answers == {"This is not here any more."}
    [row] = await world.rows(schema.links, id=strange)
    assert (row["ended_at"], row["ends_at"], row["most_people"]) == (None, None, None)


async def test_a_poster_says_what_is_true_here_and_nothing_else(world: Any) -> None:
    worker, link = await with_link(world)

    [before] = (await worker.tap(f"poster:{link}:en")).steps
    await programme(world, "free-bot")
    [after] = (await worker.tap(f"poster:{link}:en")).steps

    facts = [read_leaflet(step.content).said[0].facts for step in (before, after)]
    assert facts == [("No name, no documents",), ("No name, no documents", "It costs you nothing")]
    assert (before.way, before.name) == (Way.POSTER, "hamroh-poster-en.pdf")


async def test_paper_in_all_languages_carries_each_and_the_name_of_the_worker(world: Any) -> None:
    worker, link = await with_link(world)
    await worker.tap("cask:name")
    await worker.say("Nilufar")
    await worker.tap(f"link:{link}")
    await worker.press("Pocket cards")

    [sheet] = (await worker.press("All on one sheet")).steps

    assert sheet.way is Way.CARDS
    values = json.loads(sheet.content)
    assert values["address"] == f"https://t.me/hamroh_bot?start={CODE}"
    assert values["code"] == "HJ7K 2MXX"
    said = read_leaflet(sheet.content).said
    assert [one.headline.split("‧")[0] for one in said] == ["ru", "uz", "tg", "kk"]
    assert all("Nilufar" in one.person for one in said)


async def test_many_links_have_pages_and_open_ones_come_first(world: Any) -> None:
    worker, staff_id = await hired(world)
    await world.link(code=CODE, staff_id=staff_id)
    for number in range(11):
        world.wait(minutes=1)
        await world.link(
            code=f"{number:020}",
            short_code=f"AAAAAA{number:02}",
            staff_id=staff_id,
            kind="event",
            label=f"Event {number}",
            ended_at=world.now if number == 0 else None,
        )
    await worker.command("/links")
    first = [label for label in worker.labels if "Event" in label]

    await worker.press("More")
    second = [label for label in worker.labels if "Event" in label]

    assert len(first) == 8
    assert first[0].startswith("🎉 Event 1 ")
    assert second[-1].startswith("🛑 Event 0")
    assert len(second) == 3


CLOSED: list[dict[str, Any]] = [
    {"ended_at": datetime(2026, 11, 22, tzinfo=UTC)},
    {"ends_at": datetime(2026, 11, 22, tzinfo=UTC)},
    {"most_people": 1},
]


@pytest.mark.parametrize("why", CLOSED)
async def test_a_closed_link_says_so_kindly_and_the_newcomer_is_helped_all_the_same(
    world: Any, why: dict[str, Any]
) -> None:
    area = await world.area()
    _, staff_id = await hired(world, area_id=area)
    link = await world.link(code=CODE, staff_id=staff_id, area_id=area, **why)
    await came(world, link)
    someone = world.somebody()

    await someone.command(f"/start {CODE}")
    await someone.press("English")

    assert "This link is not in use any more. You are welcome all the same" in someone.text
    await someone.tap(f"agree:home~en~{CODE}")
    person = await someone.person()
    assert (person.link_id, person.area_id) == (link, area)


async def test_an_open_link_makes_the_newcomer_its_workers(world: Any) -> None:
    _, staff_id = await hired(world)
    await world.link(code=CODE, staff_id=staff_id, ends_at=world.now + timedelta(days=1), most_people=2)
    someone = world.somebody()
    await someone.command(f"/start {CODE}")
    await someone.press("English")

    assert "through a person you trust" in someone.text
    await someone.tap(f"agree:home~en~{CODE}")

    [referral] = [row for row in await world.rows(schema.referrals) if row["link_id"]]
    assert referral["staff_id"] == staff_id
