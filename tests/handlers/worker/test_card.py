"""A worker's card: kept encrypted, seen first by who comes through their links."""

from typing import Any

import pytest

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
PHOTO = [{"file_id": "small", "file_unique_id": "1", "width": 90, "height": 90}]
PHOTO += [{"file_id": "large", "file_unique_id": "2", "width": 900, "height": 900}]
VOICE = {"file_id": "hello", "file_unique_id": "3", "duration": 4}


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Any) -> Routes:
    return link_routes(words, vault, strangers, make_table)


async def hired(world: Any) -> tuple[Any, int]:
    worker = world.somebody()
    staff_id = await worker.hire(Role.WORKER)
    await world.link(code=CODE, staff_id=staff_id)
    return worker, staff_id


async def named(worker: Any, name: str) -> None:
    await worker.tap("cask:name")
    await worker.say(name)


async def greeted(world: Any) -> Any:
    """Return somebody who just came through the link."""
    someone = world.somebody()
    await someone.command(f"/start {CODE}")
    await someone.press("English")
    return someone


async def test_an_empty_card_says_what_could_be_on_it(world: Any) -> None:
    worker, _ = await hired(world)

    await worker.tap("card")

    assert "Name: not yet" in worker.text
    assert "Photo: not yet" in worker.text
    assert Verb.CARD_LESS not in worker.wishes


async def test_a_name_is_kept_encrypted_and_seen_by_the_newcomer(world: Any) -> None:
    worker, _ = await hired(world)
    await named(worker, "  Гул-Нора  ʻOysha ")

    assert "Name: Гул-Нора ʻOysha" in worker.text
    [row] = await world.rows(schema.staff)
    assert "Гул".encode() not in row["name"]
    someone = await greeted(world)
    assert "<b>Гул-Нора ʻOysha</b> sent you here" in someone.text
    assert len(someone.shown.steps) == 1


@pytest.mark.parametrize("typed", ["x" * 31, "Aziz 007", "@aziz", "t.me/aziz", "<b>", "😀", "-"])
async def test_a_name_that_does_not_do_gets_one_clear_sentence(world: Any, typed: str) -> None:
    worker, _ = await hired(world)
    await named(worker, typed)

    assert worker.text == "Write only letters, at most 30, please: a first name or a nickname."
    await worker.say("Aziz")
    assert "Name: Aziz" in worker.text


async def test_photo_and_voice_are_seen_and_heard_first_and_the_buttons_come_last(world: Any) -> None:
    worker, _ = await hired(world)
    await named(worker, "Nilufar")
    await worker.tap("cask:photo")
    await worker.send(photo=PHOTO)
    assert "Photo: yes" in worker.text
    await worker.tap("cask:voice")
    await worker.send(voice=VOICE, caption="salom")
    assert "Voice greeting: yes" in worker.text

    someone = await greeted(world)

    hello, photo, voice, below = someone.shown.steps
    assert "Hamroh" in hello.text
    assert (photo.way, photo.content) == (Way.PHOTO, "large")
    assert "<b>Nilufar</b> sent you here" in photo.text
    assert (voice.way, voice.content) == (Way.VOICE_NOTE, "hello")
    assert below.way is Way.SEND
    assert below.rows
    [row] = await world.rows(schema.staff)
    assert b"large" not in row["photo"]
    assert b"hello" not in row["voice"]


async def test_the_newcomer_learns_which_languages_the_worker_speaks(world: Any) -> None:
    await hired(world)
    async with world.database.writing() as store:
        await store.execute(schema.staff.update().values(languages=["tg", "uz", "uz_Cyrl", "ru"]))

    someone = await greeted(world)

    assert "Speaks: Русский, Oʻzbekcha and Тоҷикӣ" in someone.text


async def test_the_worker_sees_the_card_as_others_do(world: Any) -> None:
    worker, _ = await hired(world)
    await named(worker, "Nilufar")
    await worker.tap("cask:voice")
    await worker.send(voice=VOICE)

    await worker.press("As others see it")

    words, voice = worker.shown.steps
    assert "<b>Nilufar</b> sent you here" in words.text
    assert voice.way is Way.VOICE_NOTE
    assert worker.wishes == [Verb.CARD, Verb.STAFF]


async def test_each_part_is_taken_away_alone(world: Any) -> None:
    worker, _ = await hired(world)
    await named(worker, "Nilufar")
    await worker.tap("cask:photo")
    await worker.send(photo=PHOTO)

    await worker.press("🗑 Photo")

    assert "Photo: not yet" in worker.text
    assert "Name: Nilufar" in worker.text
    [row] = await world.rows(schema.staff)
    assert row["photo"] is None
    await worker.press("🗑 Name")
    [row] = await world.rows(schema.staff)
    assert row["name"] is None


async def test_a_photo_that_nobody_asked_for_is_not_kept(world: Any) -> None:
    worker, _ = await hired(world)
    await worker.send(photo=PHOTO)
    await worker.tap("cask:photo")
    await worker.send(voice=VOICE)
    world.wait(minutes=16)
    await worker.send(photo=PHOTO)
    await worker.tap("cask:photo")
    await worker.send(photo=PHOTO, caption="blood")

    assert worker.text == "[danger]"
    [row] = await world.rows(schema.staff)
    assert (row["photo"], row["voice"]) == (None, None)


async def test_the_card_of_a_worker_who_rests_or_left_is_not_shown(world: Any) -> None:
    worker, _ = await hired(world)
    await named(worker, "Nilufar")
    async with world.database.writing() as store:
        await store.execute(schema.staff.update().values(paused_at=world.now))

    someone = await greeted(world)
    assert "Nilufar" not in someone.text
    assert "welcome" in someone.text
    async with world.database.writing() as store:
        await store.execute(schema.staff.update().values(ended_at=world.now))

    someone = await greeted(world)
    assert "Nilufar" not in someone.text
    assert "not in use any more" in someone.text
