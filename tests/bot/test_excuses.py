"""What is said instead of an answer, in the language of whoever waits."""

from datetime import datetime, timedelta

import pytest

from bot.excuses import APOLOGY, SLOW_DOWN, Excuses
from handlers.incoming import Incoming, What
from handlers.screens import Reply
from handlers.strangers import KEPT_FOR, Strangers
from locales.catalogue import Words
from storage import people
from storage.engine import Database
from storage.vault import Vault

ANNA = 7
UPDATE = Incoming(update_id=1, what=What.MESSAGE, chat_id=ANNA, private=True, sender_id=ANNA)


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.load(strict=False)


@pytest.fixture
def strangers() -> Strangers:
    return Strangers()


@pytest.fixture
def excuses(database: Database, vault: Vault, words: Words, strangers: Strangers, now: datetime) -> Excuses:
    return Excuses(database=database, vault=vault, words=words, strangers=strangers, now=lambda: now)


def text(reply: Reply) -> str:
    (step,) = reply.steps
    return step.text


async def test_a_person_hears_the_apology_in_their_language_with_a_way_home(
    excuses, database, vault, words, now
):
    async with database.writing() as store:
        await people.add(
            store, vault, ANNA, locale="tg", consent_version="1", link_id=None, area_id=None, now=now
        )

    reply = await excuses.apologise(UPDATE)

    assert text(reply) == words["tg"](APOLOGY)
    assert [key.data for row in reply.steps[0].rows for key in row] == ["home"]


async def test_a_stranger_hears_it_in_the_language_they_chose_a_moment_ago(excuses, strangers, words, now):
    strangers.note(ANNA, now=now - KEPT_FOR + timedelta(seconds=1), locale="uz_Cyrl")

    assert text(await excuses.slow_down(UPDATE)) == words["uz_Cyrl"](SLOW_DOWN)


async def test_whoever_chose_no_language_reads_a_line_in_each(excuses, words):
    said = text(await excuses.apologise(UPDATE))

    assert said.splitlines() == [words[code](APOLOGY) for code in words if code != "en"]


async def test_a_choice_of_long_ago_counts_no_more(excuses, strangers, words, now):
    strangers.note(ANNA, now=now - KEPT_FOR, locale="tg")

    assert len(text(await excuses.apologise(UPDATE)).splitlines()) == len(words) - 1


async def test_a_language_that_is_gone_is_like_none(excuses, strangers, words, now):
    strangers.note(ANNA, now=now, locale="xx")

    assert len(text(await excuses.slow_down(UPDATE)).splitlines()) == len(words) - 1


async def test_an_update_of_nobody_is_excused_in_each_language(excuses, words):
    nobody = Incoming(update_id=1, what=What.MESSAGE, chat_id=-5)

    assert len(text(await excuses.apologise(nobody)).splitlines()) == len(words) - 1
