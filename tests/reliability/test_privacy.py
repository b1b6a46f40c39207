"""What is kept, erased and logged by the running program (promises G1, G3, G10)."""

import pytest

from locales.catalogue import Words
from simulator.client import Simulator
from tests.reliability.program import (
    FIRST_PERSON,
    SECRET,
    TOKEN,
    environment,
    program,
    stored,
    telegram,
)
from tests.reliability.taps import calm, tap

pytestmark = pytest.mark.slow
NAME, SURNAME, USERNAME, PHONE = "Zulfiqorxon", "Qanarov", "kanareyka_77", "+998907654321"
WRITTEN = "kanareyka sayraydi yomgʻirda"
CANARIES = (NAME, SURNAME, USERNAME, PHONE[1:], WRITTEN, str(FIRST_PERSON))
t = Words.load()["ru"]


def traces(*contents: bytes) -> list[str]:
    """Return the canaries that stand in the clear."""
    return [c for c in CANARIES if any(c.encode() in content for content in contents)]


async def test_before_consent_nothing_is_kept_and_after_forgetting_nothing_is_left(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store, Simulator(server.url) as simulator:
        server.add(FIRST_PERSON, name=NAME, last_name=SURNAME, username=USERNAME, phone=PHONE)
        phone = simulator.phone(FIRST_PERSON)
        settings = environment(server, store)
        async with program(settings) as running:
            await phone.start()
            await calm(server, store)
            await tap(phone, "lang:ru")
            await calm(server, store)
            for said in (WRITTEN, "/check", "/book", "/talk", "/clinics", "/mydata", "/visits"):
                await phone.say(said)
                await calm(server, store)
            await phone.share_contact()
            await calm(server, store)
            for table in ("people", "referrals", "bookings", "due", "drafts", "tasks", "questions"):
                columns = "WHERE person_id IS NOT NULL" if table == "questions" else ""
                rows = await store.rows(f"SELECT * FROM {table} LIMIT 1")
                assert not rows or "person_id" not in rows[0]._fields, (table, columns)

            await phone.say("/book")
            await calm(server, store)
            for wish in ("agree", "bkt", "bky"):
                await tap(phone, wish)
                await calm(server, store)
            assert await store.one("SELECT count(*) FROM bookings") == 1
            await phone.say("/forget")
            await calm(server, store)
            await tap(phone, "erase")
            await calm(server, store)
            assert await store.one("SELECT count(*) FROM people") == 0

            async with program(settings, "-m", "bot.cli", "compact", ready=None) as compacting:
                await compacting.start(ready=None)
                await phone.say("/help")  # the bot answers while its files are made anew
                await calm(server, store)
                assert await compacting.ended() == 0, compacting.log
            assert running.errors() == []
            files = [file for file in store.file.parent.iterdir() if file.is_file()]
            assert store.file in files
            assert traces(*(file.read_bytes() for file in files)) == []
            assert traces(running.log.encode()) == []


async def test_a_debug_log_of_a_whole_life_names_nobody_and_holds_no_secret(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store, Simulator(server.url) as simulator:
        server.add(FIRST_PERSON, name=NAME, last_name=SURNAME, username=USERNAME, phone=PHONE)
        phone = simulator.phone(FIRST_PERSON)
        async with program(environment(server, store, log_level="debug")) as running:
            await phone.start()
            await calm(server, store)
            await tap(phone, "lang:ru")
            await calm(server, store)
            await phone.say(WRITTEN)
            await phone.share_contact()
            await phone.say("/book")
            await calm(server, store)
            for wish in ("agree", "bkt", "bky"):
                await tap(phone, wish)
                await calm(server, store)
            await simulator.fault(method="sendMessage", drop="after", times=1)
            server.inject({"message": {"message_id": 1, "text": WRITTEN, "from": {"first_name": NAME}}})
            await phone.say(WRITTEN)
            await calm(server, store)
            await running.stop()

            assert traces(running.log.encode()) == []
            for secret in (TOKEN, TOKEN.partition(":")[2], SECRET, store.key):
                assert secret not in running.log
            assert len(running.lines) > 2


def test_the_same_canaries_are_found_in_the_clear():
    assert traces(f"{NAME} {PHONE}".encode()) == [NAME, PHONE[1:]]
