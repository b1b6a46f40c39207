"""Cards for other chats, and the way from a card into the private chat."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.links import MOST_PAYLOAD, new_code, opening, payload
from care.roles import Role
from care.topics import FEARS, TOPICS
from handlers.buttons import Verb
from handlers.incoming import What, read
from handlers.inline import PAGE, Cards, Inline
from locales.catalogue import Words
from storage import schema

CODE = "Fh3kQ9xLm2Zt7PbV"


@pytest.fixture
def inline(whole: Any, words: Words, vault: Any, strangers: Any) -> Inline:
    search = whole.make_search(words)
    parts = {"search": search, "danger": whole.make_danger(search)}
    return Inline(words=words, vault=vault, strangers=strangers, username="hamroh_bot", **parts)


@pytest.fixture
def card_chosen(inline: Inline) -> Any:
    return inline.chosen


@pytest.fixture
async def worker(world: Any) -> Any:
    """An outreach worker with a link."""
    someone = world.somebody(language="ru")
    staff = await someone.hire(Role.WORKER)
    await world.link(code=CODE, staff_id=staff)
    return someone


async def cards(world: Any, inline: Inline, someone: Any, query: str = "", offset: str = "") -> Cards:
    raw = {"id": "7", "from": someone._user, "query": query, "offset": offset}
    update = read({"update_id": 1, "inline_query": raw})
    assert update is not None
    assert update.what is What.INLINE
    async with world.database.reading() as store:
        return await inline.cards(store, update, world.now)


def starts(found: Cards) -> list[str]:
    """Return the start payloads of the buttons under the cards."""
    addresses = [item.url or "" for card in found.cards for row in card.rows for item in row]
    return [parse_qs(urlsplit(address).query)["start"][0] for address in addresses]


async def test_nothing_typed_shows_what_people_fear_most_and_then_all_topics(world, inline, words):
    found = await cards(world, inline, world.somebody())
    seen = [card.id for card in found.cards]
    assert tuple(seen[: len(FEARS)]) == FEARS
    while found.next_offset:
        assert len(found.cards) == PAGE
        found = await cards(world, inline, world.somebody(), offset=found.next_offset)
        seen += [card.id for card in found.cards]

    assert sorted(seen) == sorted(words["en"].answers)


@pytest.mark.parametrize("offset", ["10000", "x", "-3", "٣", "9" * 60])
async def test_an_offset_that_leads_nowhere_is_borne(world, inline, offset):
    found = await cards(world, inline, world.somebody(), offset=offset)

    assert len(found.cards) in (0, PAGE)


async def test_the_best_answer_comes_first_in_the_language_of_the_phone(world, inline, words):
    found = await cards(world, inline, world.somebody(language="tg"), "маро депорт мекунанд?")

    first = found.cards[0]
    assert (first.id, first.title) == ("deportation", words["tg"].answer("deportation").title)
    assert first.text.startswith(f"<b>{first.title}</b>")
    assert 1 < len(found.cards) <= PAGE
    assert not found.next_offset


@pytest.mark.parametrize(("language", "shown"), [("de", "ru"), (None, "ru"), ("kk", "kk"), ("uz", "uz")])
async def test_who_chose_no_language_reads_that_of_the_phone_or_russian(world, inline, language, shown):
    found = await cards(world, inline, world.somebody(language=language))

    assert found.label.startswith(f"{shown}‧")


async def test_a_chosen_language_wins(world, inline):
    person, stranger = world.somebody(language="ru"), world.somebody(language="ru")
    await person.agree(locale="kk")
    world.strangers.note(stranger.telegram_id, now=world.now, locale="uz_Cyrl")

    assert (await cards(world, inline, person)).label.startswith("kk‧")
    assert (await cards(world, inline, stranger)).label.startswith("uz_Cyrl‧")


async def test_the_best_answer_is_offered_in_the_language_of_the_query_too(world, inline, words):
    someone = world.somebody(language="ru")

    found = await cards(world, inline, someone, "мени депорт қилишадими")

    assert [card.id for card in found.cards[:2]] == ["deportation", "deportation.uz_Cyrl"]
    assert found.cards[1].title == words["uz_Cyrl"].answer("deportation").title


async def test_danger_comes_first(world, inline):
    found = await cards(world, inline, world.somebody(), "кашляю кровью, много крови")

    assert found.cards[0].id == "emergency"
    assert "103" in found.cards[0].title
    assert found.cards[0].text.startswith("🚨")


async def test_nonsense_has_no_cards_but_the_way_to_the_private_chat(world, inline):
    found = await cards(world, inline, world.somebody(), "🙂🙂🙂")

    assert found.cards == ()
    assert found.start
    assert found.label


async def test_no_card_shows_commands_that_lead_nowhere_elsewhere(world, inline, words):
    offset, shown = "", []
    for _ in range(20):
        found = await cards(world, inline, world.somebody(), offset=offset)
        shown += found.cards
        offset = found.next_offset
        if not offset:
            break

    assert [card.id for card in shown if re.search(r"\(/\w+\)", card.text)] == []
    assert all(len(card.id.encode()) <= 64 and len(card.text) <= 4096 for card in shown)


async def test_a_workers_cards_carry_the_link_and_the_topic(world, inline, worker):
    found = await cards(world, inline, worker, "депортируют ли меня")

    assert starts(found)[0] == f"{CODE}__deportation"
    assert found.start == CODE


async def test_everybody_elses_cards_carry_the_topic_only(world, inline, worker):
    person = world.somebody()
    await person.agree()
    ended = world.somebody()
    staff = await ended.hire(Role.WORKER)
    await world.link(code="AAAAAAAAAAAAAAAA", short_code="AAAA", staff_id=staff, ended_at=world.now)

    for someone in (person, world.somebody(), ended):
        found = await cards(world, inline, someone, "will I be deported")
        assert starts(found)[0] == "__deportation"
        assert CODE not in str(found)


async def test_looking_leaves_no_trace(world, inline, worker):
    before = [await world.count(table) for table in schema.metadata.sorted_tables]
    await cards(world, inline, worker, "will I be deported")

    assert [await world.count(table) for table in schema.metadata.sorted_tables] == before


async def test_a_card_that_was_sent_is_counted_with_the_link_and_without_the_person(world, worker):
    for chooser, card in ((worker, "deportation.uz"), (world.somebody(), "test-cost"), (worker, "nosuch")):
        result = {"result_id": card, "from": chooser._user, "query": "my name is Aziz"}
        assert not (await world.answer(chosen_inline_result=result)).steps

    first, second = await world.rows(schema.outcomes, kind="card-chosen")
    assert (first["detail"], first["role"]) == ("deportation", "worker")
    assert first["link_id"] is not None
    assert (second["detail"], second["role"], second["link_id"]) == ("test-cost", "person", None)


async def test_a_card_opens_the_answer_and_the_worker_owns_who_comes(world, worker, words):
    someone = world.somebody()

    await someone.command(f"/start {CODE}__deportation")
    await someone.press(words["en"].name)

    assert someone.text.startswith(f"<b>{words['en'].answer('deportation').title}</b>")
    assert all(CODE in (item.data or CODE) for item in someone.keys)
    assert {"link-opened", "card-opened", "answered"} <= set(await world.outcomes())


async def test_somebody_known_reads_the_answer_at_once(world, worker, words):
    someone = world.somebody()
    await someone.agree()

    await someone.command(f"/start {CODE}__test-cost")

    assert someone.text.startswith(f"<b>{words['en'].answer('test-cost').title}</b>")
    assert (await someone.person()).link_id is not None


async def test_a_pasted_address_of_a_card_works_too(world, words):
    someone = world.somebody()
    await someone.agree()

    await someone.say("https://t.me/hamroh_bot?start=__test-cost")

    assert someone.text.startswith(f"<b>{words['en'].answer('test-cost').title}</b>")


async def test_a_card_with_a_wrong_link_still_shows_the_answer_and_counts_as_a_guess(world, words):
    someone = world.somebody()
    await someone.agree()
    for _ in range(12):
        await someone.command("/start wrong-code__test-cost")
        assert someone.text.startswith(f"<b>{words['en'].answer('test-cost').title}</b>")
    await someone.command("/start another-wrong-code")

    assert "Too many wrong codes" in someone.text


async def test_the_button_above_the_cards_greets(world):
    someone = world.somebody()
    await someone.agree()

    await someone.command(f"/start {payload(None, None)}")

    assert Verb.ASK in someone.wishes
    assert "I do not know this code" not in someone.text


@given(code=st.none() | st.builds(new_code), topic=st.none() | st.sampled_from(sorted(TOPICS)))
def test_a_payload_comes_back_as_it_was(code: str | None, topic: str | None):
    written = payload(code, topic)
    found = opening(written, topics=TOPICS)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", written)
    assert (found.code, found.topic) == (code or "", topic)


@given(code=st.text("Aa0_-", min_size=1, max_size=40), topic=st.sampled_from(sorted(TOPICS)))
def test_a_payload_always_fits_and_never_loses_the_link(code: str, topic: str):
    written = payload(code, topic)

    assert len(written) <= MOST_PAYLOAD
    assert opening(written, topics=TOPICS).code in (code, written)


@given(text=st.text(max_size=80))
def test_any_payload_can_be_read(text: str):
    found = opening(text, topics=TOPICS)

    assert found.topic is None or found.topic in TOPICS
    assert found.code in text
