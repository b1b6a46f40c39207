"""Updates delivered twice, poisoned, malformed, swapped (promises A3, A8, A10, A12, C5, C7, C8, H3)."""

import asyncio
from typing import Any

import pytest

from locales.catalogue import Words
from simulator.client import Simulator
from tests.reliability.poisoned import KILL, RAISE
from tests.reliability.program import (
    FIRST_PERSON,
    LONG,
    environment,
    events,
    free_port,
    posting,
    program,
    stored,
    telegram,
    until,
)
from tests.reliability.taps import calm, find, tap

pytestmark = pytest.mark.slow
ANNA, BORIS, VERA = FIRST_PERSON, FIRST_PERSON + 1, FIRST_PERSON + 2
REPEATS = 10_000 if LONG else 2_000
t = Words.load()["ru"]


def message(update_id: int, person_id: int, said: str, **more: Any) -> dict[str, Any]:
    who = {"id": person_id, "is_bot": False, "first_name": "Anna", "language_code": "ru"}
    chat = {"id": person_id, "type": "private", "first_name": "Anna"}
    head = {"message_id": update_id, "date": 1_790_000_000, "chat": chat, "from": who}
    entities = [{"type": "bot_command", "offset": 0, "length": len(said)}] if said.startswith("/") else []
    return {"update_id": update_id, "message": head | {"text": said, "entities": entities} | more}


async def redelivered(url: str, *command: str) -> tuple[set[int], int, int]:
    """Deliver 20 updates, then each again and again; return the statuses, new messages, new outcomes."""
    port = free_port()
    async with telegram(port=port) as server, stored(url) as store:
        await store.agreed([ANNA])
        server.add(ANNA)
        server.hand(ANNA).chat.started = True
        async with program(environment(server, store, port=port), *command), posting(port) as post:
            batch = [message(number, ANNA, "/help") for number in range(1, 21)]
            assert {await post(one) for one in batch} == {200}
            await until(lambda: len(server.texts(ANNA)) == len(batch))
            await calm(server, store)
            outcomes = await store.one("SELECT count(*) FROM outcomes")

            statuses: set[int] = set()

            async def repeat(share: int) -> None:
                for number in range(share):
                    statuses.add(await post(batch[number % len(batch)]))

            await asyncio.gather(*(repeat(REPEATS // 8) for _ in range(8)))
            await calm(server, store)
            post_after = message(99, ANNA, "/privacy")
            assert await post(post_after) == 200
            await until(lambda: len(server.texts(ANNA)) > len(batch))
            await calm(server, store)
            more = await store.one("SELECT count(*) FROM outcomes") - outcomes - 1
            return statuses, len(server.texts(ANNA)) - len(batch) - 1, more


async def test_an_update_delivered_a_hundred_times_has_one_effect(sqlite_url):
    assert await redelivered(sqlite_url) == ({200}, 0, 0)


async def test_with_repeats_taken_for_new_updates_people_are_answered_again(sqlite_url):
    _, more_messages, _ = await redelivered(sqlite_url, "-m", "tests.reliability.credulous")

    assert more_messages > 0


async def test_a_poison_update_is_set_aside_after_three_tries_and_stops_nobody_else(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store:
        await store.agreed([ANNA, BORIS])
        anna, boris = server.add(ANNA), server.add(BORIS)
        async with program(environment(server, store), "-m", "tests.reliability.poisoned") as running:
            anna.say(RAISE)
            poison = server.last_id
            anna.say("/help")
            boris.say("/help")
            await until(lambda: len(server.texts(BORIS)) == 1)
            assert server.texts(ANNA) == []  # hers wait behind the poison, his did not
            await until(lambda: len(server.texts(ANNA)) == 2)
            await calm(server, store)

            apology = t("Something went wrong on our side. Please try again in a minute.")
            assert apology in server.texts(ANNA)[0]
            rows = await store.rows(
                "SELECT update_id, tries, fault, payload, reply FROM inbox WHERE set_aside_at IS NOT NULL"
            )
            assert [tuple(row) for row in rows] == [(poison, 3, "LookupError", None, None)]
            assert len(events(running, "handling failed")) == 3
            assert RAISE not in running.log


async def test_an_update_that_ends_the_process_is_set_aside_at_the_start_and_takes_nobody_with_it(any_url):
    async with telegram() as server, stored(any_url) as store:
        await store.agreed([ANNA, BORIS, VERA])
        anna, boris, vera = (server.add(one) for one in (ANNA, BORIS, VERA))
        settings = environment(server, store)
        async with program(settings, "-m", "tests.reliability.poisoned", ready=None) as running:
            anna.say(KILL)
            poison = server.last_id
            for who in (boris, vera, anna):
                who.say("/help")
            lives = 0
            while not server.texts(VERA) or not server.texts(BORIS) or not server.texts(ANNA):
                lives += 1
                assert lives <= 6
                await running.start(ready=None)
                await until(
                    lambda: not running.alive or all(server.texts(person) for person in (ANNA, BORIS, VERA))
                )
            await running.logged('"event": "running"')
            await calm(server, store)

            aside = await store.rows("SELECT update_id, fault FROM inbox WHERE set_aside_at IS NOT NULL")
            assert [tuple(row) for row in aside] == [(poison, "ended the process")]
            assert lives == 4


async def test_who_blocked_the_bot_is_marked_at_the_first_refusal_until_they_write_again(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store:
        await store.agreed([ANNA])
        anna = server.add(ANNA)
        async with program(environment(server, store)):
            anna.chat.started = True
            for _ in range(5):
                anna.say("/help")
            anna.chat.blocked = True  # without the update that tells so: the first 403 must do
            await calm(server, store)
            refused = [call for call in server.world.calls if call["status"] == 403]
            assert 1 <= len(refused) <= 5  # never a second time for one reply
            assert await store.one("SELECT blocked_at FROM people") is not None

            anna.chat.blocked = False
            anna.say("/privacy")
            await calm(server, store)
            assert await store.one("SELECT blocked_at FROM people") is None
            assert server.texts(ANNA)


async def test_a_kill_in_the_middle_of_a_conversation_is_not_noticed(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store, Simulator(server.url) as simulator:
        await store.agreed([ANNA])
        server.add(ANNA)
        phone = simulator.phone(ANNA)
        async with program(environment(server, store)) as running:
            await phone.say("/book")
            await calm(server, store)
            for wish in ("bkt", "bky"):
                await running.kill()
                await running.start()
                await tap(phone, wish)
                await calm(server, store)
            assert await store.one("SELECT count(*) FROM bookings WHERE cancelled_at IS NULL") == 1
            assert t("✅ <b>You are booked</b>") in server.calls("editMessageText")[-1]["params"]["text"]

            await phone.say("/check")
            await calm(server, store)
            await tap(phone, "ch")  # for me
            await calm(server, store)
            await running.kill()
            await running.start()
            await phone.press(t.label("No"))  # no danger sign
            await calm(server, store)
            assert t("Is there a cough now, of any kind?") in (await phone.newest()).text
            await find(phone, "ch")
            assert not running.errors()


async def test_a_kill_while_a_booking_is_confirmed_leaves_one_booking_and_never_half_of_one(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store, Simulator(server.url) as simulator:
        await store.agreed([ANNA])
        server.add(ANNA)
        phone = simulator.phone(ANNA)
        async with program(environment(server, store)) as running:
            await phone.say("/book")
            await calm(server, store)
            await tap(phone, "bkt")
            await calm(server, store)
            asked, button = await find(phone, "bky")
            for _ in range(2):
                seq = server.seq()
                await phone.press_button(asked.id, button)
                await until(lambda: server.seq() > seq)  # noqa: B023  it has just begun to act on it
                await running.kill()
                await running.start()
            await calm(server, store)

            assert await store.one("SELECT count(*) FROM bookings") == 1
            assert await store.one("SELECT count(*) FROM due WHERE kind = 'visit-eve'") <= 1
            await phone.say("/visits")
            await calm(server, store)
            await find(phone, "visit")


async def test_a_second_process_stands_by_and_takes_over_when_the_first_is_killed(any_url):
    async with telegram() as server, stored(any_url) as store:
        await store.agreed([ANNA])
        anna = server.add(ANNA)
        settings = environment(server, store)
        async with program(settings) as first, program(settings, ready="standing by") as second:
            anna.say("/help")
            await until(lambda: len(server.texts(ANNA)) == 1)
            await first.kill()
            anna.say("/privacy")
            await second.logged("taking over")
            await until(lambda: len(server.texts(ANNA)) == 2)
            await calm(server, store)

            assert await store.one("SELECT count(*) FROM outcomes") == 2
            assert [call for call in server.world.calls if call["status"] == 409] == []


NASTY: list[Any] = [
    {},
    {"message": None},
    {"message": "x"},
    {"message": 7},
    {"message": []},
    {"message": {}},
    {"message": {"text": "no head"}},
    {"message": {"message_id": 1, "text": "no date", "chat": {"id": ANNA, "type": "private"}}},
    {"message": {"message_id": "one", "date": 0, "chat": {"id": ANNA, "type": "private"}}},
    {"message": {"message_id": 1, "date": "today", "chat": {"id": ANNA, "type": "private"}}},
    {"message": {"message_id": 1, "date": 10**20, "chat": {"id": ANNA, "type": "private"}}},
    {"message": {"message_id": 1, "date": -1, "chat": {"id": ANNA, "type": "private"}, "text": ""}},
    {"message": {"message_id": 1, "date": 0, "chat": None, "text": "a"}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": "x", "type": "private"}, "text": "a"}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 2**80, "type": "private"}, "text": "a"}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "planet"}, "text": "a"}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "from": "me"}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "from": {"id": None}}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "from": {"id": True}}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "from": {"id": 2**70}}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": ["a"]}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": 5}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "entities": "b"}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "location": {}}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "location": [1, 2]}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "photo": {}}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "reply_to_message": 3}},
    {"callback_query": {}},
    {"callback_query": {"id": "1"}},
    {"callback_query": {"id": 1, "from": {"id": ANNA}}},
    {"callback_query": {"id": "1", "from": {"id": ANNA, "is_bot": False, "first_name": "A"}}},
    {"callback_query": {"id": "1", "from": {"id": ANNA, "is_bot": False, "first_name": "A"}, "data": 5,
                        "chat_instance": "1"}},
    {"callback_query": {"id": "1", "from": {"id": ANNA, "is_bot": False, "first_name": "A"}, "data": "\0",
                        "chat_instance": "1"}},
    {"callback_query": {"id": "1", "from": {"id": ANNA, "is_bot": False, "first_name": "A"}, "data": "home",
                        "chat_instance": "1", "message": "gone"}},
    {"callback_query": {"id": "1", "from": {"id": ANNA, "is_bot": False, "first_name": "A"}, "data": "home",
                        "chat_instance": "1", "inline_message_id": "7"}},
    {"my_chat_member": {}},
    {"my_chat_member": {"chat": {"id": ANNA, "type": "private"}, "from": {"id": ANNA}}},
    {"edited_message": {}},
    {"channel_post": {"message_id": 1, "date": 0, "chat": {"id": -1, "type": "channel"}}},
    {"something_new": {"message_id": 1}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": ANNA, "type": "private"}}, "callback_query": 1},
]  # fmt: skip


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_malformed_updates_hide_no_good_one_and_end_nothing(mode, sqlite_url):
    port = free_port() if mode == "webhook" else None
    async with telegram(port=port) as server, stored(sqlite_url) as store:
        await store.agreed([BORIS])
        boris = server.add(BORIS)
        settings = environment(server, store, port=port)
        async with program(settings, ready=None) as running:
            server.world.bot.updates.allowed = None
            good = 0
            for number, nasty in enumerate(NASTY):
                server.inject(nasty)
                if number % 8 == 0:
                    boris.say("/help")
                    good += 1
            await running.start()
            await until(lambda: len(server.texts(BORIS)) == good)
            await calm(server, store)

            assert running.alive
            assert "Traceback" not in running.log
            assert events(running, "handling failed") == []
            texts = server.texts(BORIS)
            assert len(set(texts)) == 1


async def test_a_button_press_that_overtakes_the_message_before_it_books_nothing_wrong(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store, Simulator(server.url) as simulator:
        await store.agreed([ANNA])
        anna = server.add(ANNA)
        phone = simulator.phone(ANNA)
        async with program(environment(server, store)) as running:
            await phone.say("/book")
            await calm(server, store)
            _, time = await find(phone, "bkt")
            queue = server.world.bot.updates
            pressed = time.data or ""
            for first, second in ((0, 1), (1, 0)):  # as Telegram's two queues may bring them
                updates: list[Any] = []
                original, queue.pending = queue.pending, []
                anna.say("/visits")
                server.press(ANNA, pressed.replace("bkt", "bky"))
                updates, queue.pending = queue.pending, original
                for position in (first, second):
                    server.inject(updates[position].json)
                await calm(server, store)
            assert await store.one("SELECT count(*) FROM bookings") == 1
            assert running.errors() == []
            await find(phone, "visit")
            await find(phone, "home")


MARKUP = [
    "<b>bold</b>",
    "<a href='https://evil.example'>click</a>",
    "</b></i><script>alert(1)</script>",
    "&lt;b&gt; &amp; &#60;b&#62; &nbsp;",
    "*bold* _it_ [x](https://evil.example) `code`",
    "{name} {0} %s %(name)s {t.locale}",
    "\u202eright to left\u202c \u2067rli\u2069",
    "zero\u200bwidth\u200d\ufeff\u00ad",
    "🧑‍🤝‍🧑" * 300,
    "ж" * 4096,
    "<" * 4096,
    "'; DROP TABLE people; --",
    "\x00\x01\x02",
    "a\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "tg://user?id=1 https://evil.example @somebody #tag /nosuch",
]


async def test_markup_in_texts_and_names_changes_no_message_of_ours(sqlite_url):
    async with telegram() as server, stored(sqlite_url) as store:
        await store.agreed([ANNA])
        anna = server.add(ANNA, name="<b>Anna</b> & {name}", last_name="</a><i>")
        stranger = server.add(BORIS, name="\u202e<script>", username="x")
        async with program(environment(server, store)) as running:
            for said in MARKUP:
                anna.say(said)
                stranger.say(said)
            await calm(server, store)

            assert running.errors() == []
            assert [call for call in server.world.calls if call["status"] not in {200, None}] == []
            shown = "\n".join(
                str(call["params"].get("text", "")) + str(call["params"].get("reply_markup", ""))
                for call in server.calls()
                if call["method"] in {"sendMessage", "editMessageText", "answerCallbackQuery"}
            )
            for foreign in ("evil.example", "<script>", "DROP TABLE", "{name}", "</a><i>", "tg://user"):
                assert foreign not in shown
            assert len(server.texts(ANNA)) == len(MARKUP)
