"""A worker's own link."""

from typing import Any

import pytest

from care.roles import Role
from handlers.buttons import Verb
from handlers.routes import Route, Routes
from handlers.screens import Way
from handlers.worker.links import Links
from locales.catalogue import Words
from storage import schema

CODE = "Fh3kQ9xLm2Zt7PbV"
WORKER = frozenset({Role.WORKER})


@pytest.fixture
def routes(words: Words, make_table: Any) -> Routes:
    links = Links(username="hamroh_bot", words=words)
    return make_table(
        buttons={Verb.LINKS: Route(links.show, WORKER), Verb.LINK_QR: Route(links.picture, WORKER)},
        commands={"links": Verb.LINKS},
    )


async def hired(world: Any, **values: Any) -> tuple[Any, int]:
    worker = world.somebody()
    return worker, await worker.hire(Role.WORKER, **values)


async def test_a_worker_sees_link_picture_code_and_what_to_tell(world: Any) -> None:
    worker, staff_id = await hired(world)
    await world.link(code=CODE, short_code="HJ7K2MXX", staff_id=staff_id)

    await worker.command("/links")

    [facts, picture, letter] = worker.shown.steps
    for text in (facts.text, letter.text):
        assert f"https://t.me/hamroh_bot?start={CODE}" in text
        assert "HJ7K 2MXX" in text
    assert (picture.way, picture.content) == (Way.QR, f"https://t.me/hamroh_bot?start={CODE}")
    assert "0 people came through it." in facts.text


async def test_what_is_forwarded_names_no_disease(world: Any) -> None:
    worker, _ = await hired(world)

    await worker.command("/links")

    letter = worker.shown.steps[-1].text.lower()
    assert not any(word in letter for word in ("tb", "tuberculosis", "hiv", "clinic", "lung"))


async def test_a_worker_without_a_link_gets_one(world: Any) -> None:
    area = await world.area()
    worker, staff_id = await hired(world, area_id=area)

    await worker.command("/links")
    await worker.command("/links")

    [link] = await world.rows(schema.links)
    assert (link["staff_id"], link["area_id"]) == (staff_id, area)


async def test_people_who_came_through_the_link_are_counted_from_the_outcomes(world: Any) -> None:
    worker, staff_id = await hired(world)
    link = await world.link(staff_id=staff_id)
    for referral in (1, 1, 2):
        await world.add(
            schema.outcomes, kind="consented", at=world.now, role="person", referral_id=referral, link_id=link
        )

    await worker.command("/links")

    assert "2 people came through it." in worker.text


async def test_the_message_to_forward_comes_in_another_language(world: Any) -> None:
    worker, staff_id = await hired(world)
    await world.link(code=CODE, staff_id=staff_id)
    await worker.command("/links")

    await worker.press("Тоҷикӣ")

    [letter] = worker.shown.steps
    assert letter.way is Way.SEND
    assert letter.text.startswith("tg‧")
    assert CODE in letter.text


async def test_the_picture_of_a_strange_link_is_not_sent(world: Any) -> None:
    worker, staff_id = await hired(world)
    own = await world.link(staff_id=staff_id)
    _, other_id = await hired(world)
    strange = await world.link(code="x" * 20, short_code="ABCDEFGH", staff_id=other_id)
    ended = await world.link(code="y" * 20, short_code="ABCDEFGX", staff_id=staff_id, ended_at=world.now)

    await worker.tap(f"qr:{own}")
    assert worker.shown.steps[0].way is Way.QR
    answers = [(await worker.tap(f"qr:{link}")).steps[0].text for link in (strange, ended, 1)]

    assert set(answers) == {"This is not here any more."}
