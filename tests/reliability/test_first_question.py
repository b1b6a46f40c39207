"""What a newcomer types before choosing a language is answered by the real program, once they chose."""

import pytest

from locales.catalogue import Words
from simulator.client import Simulator
from tests.reliability.program import FIRST_PERSON, environment, program, stored, telegram
from tests.reliability.taps import calm

pytestmark = pytest.mark.slow
ANNA = FIRST_PERSON
t = Words.load()["uz"]


async def test_a_question_typed_before_the_choice_is_answered_right_after_it(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store, Simulator(server.url) as simulator:
        server.add(ANNA)
        phone = simulator.phone(ANNA)
        async with program(environment(server, store)):
            await phone.say("sil bo'lsam deport qilishadimi")
            await calm(server, store)
            await phone.press("Oʻzbekcha")
            await calm(server, store)

            answer = t.answer("deportation")
            assert answer is not None
            assert answer.title in (await phone.newest()).text
            assert await store.one("SELECT count(*) FROM people") == 0
