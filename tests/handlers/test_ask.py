"""Questions: browsed or typed, in any language; danger first, honesty where the answer is not clear."""

import re
from typing import Any

import pytest

from care.sources import readable
from care.topics import FEARS, TOPICS, Group, Step, browsing
from handlers.buttons import Verb, parse
from handlers.topic_names import topic_name
from locales.catalogue import Words
from storage import referrals, schema

STEPS = {
    Step.CHECK: Verb.CHECK,
    Step.BOOK: Verb.BOOK,
    Step.CLINICS: Verb.CLINICS,
    Step.TALK: Verb.TALK,
    Step.LEAVE: Verb.LEAVING,
    Step.PAPERS: Verb.CHECKLIST,
}


@pytest.fixture
async def person(world: Any) -> Any:
    """Somebody who agreed, in English."""
    someone = world.somebody()
    await someone.agree()
    return someone


@pytest.fixture
def stranger(world: Any) -> Any:
    """Somebody of whom nothing is known."""
    return world.somebody()


async def programme(world: Any, *promises: str) -> None:
    content = {name: {"en": "x"} for name in ("names", "operator", "contact", "purpose")}
    content |= {"retention_days": {}, "promises": list(promises)}
    await world.add(schema.programme, id=1, content=content, changed_at=world.now)


def topics_of(someone: Any) -> list[str]:
    """Return the topics that buttons of the screen lead to."""
    presses = [parse(item.data or "") for item in someone.keys]
    return [press.args[0] for press in presses if press and press.verb is Verb.TOPIC]


def title(words: Words, topic: str, code: str = "en") -> str:
    answer = words[code].answer(topic)
    assert answer is not None
    return answer.title


async def test_ask_opens_with_what_people_fear_most_then_the_groups(person, words):
    await person.command("/ask")

    assert tuple(topics_of(person)) == FEARS
    groups = [parse(item.data).args[0] for item in person.keys if parse(item.data).verb is Verb.GROUP]
    assert groups == [
        group.value
        for group in Group
        if group is not Group.SMALLTALK and browsing(group, written=set(words["en"].answers))
    ]
    assert person.wishes[-1] is Verb.HOME


async def test_a_question_behind_the_command_is_answered_at_once(person, words):
    await person.command("/ask will I be deported")

    assert title(words, "deportation") in person.text


async def test_a_danger_sign_behind_the_command_wins(person):
    await person.command("/ask I am coughing up a lot of blood")

    assert person.text.startswith("🚨")


@pytest.mark.parametrize("group", [group for group in Group if group is not Group.SMALLTALK])
async def test_each_group_lists_its_topics_and_leads_back(person, words, group):
    await person.tap(f"group:{group.value}")

    assert topics_of(person) == [one.id for one in browsing(group, written=set(words["en"].answers))]
    assert {Verb.ASK, Verb.HOME} <= set(person.wishes)


@pytest.mark.parametrize(
    "data", ["group:", "group:nosuch", "group:smalltalk", "topic:", "topic:nosuch", "src:x"]
)
async def test_a_wish_for_what_there_is_not_opens_the_questions(person, data):
    await person.tap(data)

    assert "Write your question" in person.text


async def test_each_answer_offers_at_most_three_steps_that_fit(person, words):
    for topic in (each for each in words["en"].answers if each != "emergency"):
        await person.tap(f"topic:{topic}")

        assert person.text.startswith(f"<b>{title(words, topic)}</b>")
        following = person.wishes[: person.wishes.index(Verb.HELPED)]
        assert 0 < len(following) <= 3
        assert following[: len(TOPICS[topic].steps)] == [STEPS[step] for step in TOPICS[topic].steps]
        assert {Verb.SOURCE, Verb.ASK, Verb.HOME} <= set(person.wishes)


async def test_a_promise_is_shown_only_where_the_programme_confirms_it(world, person, words):
    answer = words["en"].answer("test-cost")
    ((promise, sentence),) = answer.promises
    await person.tap("topic:test-cost")
    assert sentence not in person.text

    await programme(world, "peer-talk", promise)
    await person.tap("topic:test-cost")

    before, _, after = person.text.partition(sentence)
    assert after.strip(), "a legal answer keeps its last paragraph last"
    assert answer.text.endswith(after.strip())
    assert before


async def test_a_promise_of_something_else_confirms_nothing(world, person, words):
    await programme(world, "peer-talk")

    await person.tap("topic:test-cost")

    assert words["en"].answer("test-cost").promises[0][1] not in person.text


async def test_an_answer_to_a_question_in_another_language_is_read_there_and_back(world, words):
    someone = world.somebody()
    await someone.agree(locale="kk")

    await someone.say("депортируют ли меня, если найдут туберкулёз")
    assert title(words, "deportation", "kk") in someone.text
    await someone.press(words["ru"].name)
    assert title(words, "deportation", "ru") in someone.text
    assert "kk‧🏠" in " ".join(someone.labels), "only the answer is in the other language"
    await someone.press(words["kk"].name)

    assert title(words, "deportation", "kk") in someone.text
    assert (await someone.person()).locale == "kk"


async def test_an_answer_in_the_own_language_offers_no_other(person, words):
    await person.say("will I be deported")

    assert not any(label.startswith("🌐") for label in person.labels)


async def test_cyrillic_and_latin_are_one_language(world):
    someone = world.somebody()
    await someone.agree(locale="uz_Cyrl")

    await someone.say("sil davolanadimi")

    assert not any(label.startswith("🌐") for label in someone.labels)


async def test_a_forged_language_shows_the_answer_in_the_own_one(person, words):
    await person.tap("topic:deportation:xx")

    assert title(words, "deportation") in person.text


async def test_the_source_says_where_from_when_and_whether_a_doctor_has_read_it(world, person, words):
    await person.tap("topic:deportation")
    await person.press("Where from?")

    answer = words["en"].answer("deportation")
    assert answer.sources
    assert all(readable(source) in person.text for source in answer.sources)
    assert not any(f"{source}," in person.text for source in answer.sources)
    assert answer.checked in person.text
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer.checked)
    assert "doctor has not read" in person.text
    await person.press(Verb.TOPIC)
    assert person.text.startswith(f"<b>{answer.title}</b>")
    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="source-seen")] == ["deportation"]


async def test_what_helped_is_counted_and_the_screen_says_thank_you(world, person, words):
    await person.tap("topic:deportation")
    before = person.wishes

    reply = await person.press("👍")

    assert reply.toast
    assert person.text.startswith(f"<b>{title(words, 'deportation')}</b>")
    assert "Thank you" in person.text
    assert person.wishes == [wish for wish in before if wish is not Verb.HELPED]
    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="helped")] == ["deportation"]


async def test_one_person_judges_an_answer_once(world, person):
    await person.tap("topic:deportation")
    up = next(item.data for item in person.keys if item.label == "👍")
    down = next(item.data for item in person.keys if item.label == "👎")
    for data in (up, up, down):
        await person.tap(data)
    await person.press(Verb.TOPIC)

    assert Verb.HELPED not in person.wishes
    assert [kind for kind in await world.outcomes() if "helped" in kind] == ["helped"]


async def test_others_and_another_day_count_again(world, person, stranger):
    for someone in (person, world.somebody()):
        await someone.tap("thx:deportation:y~en")
    world.wait(hours=25)
    await person.tap("thx:deportation:n")

    assert [kind for kind in await world.outcomes() if "helped" in kind] == ["helped", "helped", "not-helped"]


async def test_what_did_not_help_leads_to_a_person(world, person):
    await person.tap("topic:deportation")
    await person.press("👎")

    assert [row["detail"] for row in await world.rows(schema.outcomes, kind="not-helped")] == ["deportation"]
    assert person.wishes[:2] == [Verb.TALK, Verb.ASK]
    await person.press(Verb.TALK)
    assert person.text.startswith("🤝")


async def test_back_leads_to_where_the_answer_was_taken_from(person, words):
    await person.tap(f"group:{Group.TREATMENT.value}")
    shelf = person.texts
    await person.press(title(words, "side-effects"))
    await person.press("Where from?")
    await person.press("Back")
    await person.press("👍")
    await person.press("Back")
    assert person.texts == shelf

    await person.command("/ask")
    opened = person.texts
    await person.press(title(words, "deportation"))
    await person.press("Back")
    assert person.texts == opened


async def test_the_other_language_stays_at_hand_behind_the_source_and_the_verdict(world, words):
    someone = world.somebody()
    await someone.agree(locale="uz_Cyrl")
    await someone.say("депортируют ли меня, если найдут туберкулёз")
    for button in ("Where from", "Back", "👍", words["ru"].name):
        await someone.press(button)

    assert title(words, "deportation", "ru") in someone.text
    await someone.press(words["uz_Cyrl"].name)
    assert title(words, "deportation", "uz_Cyrl") in someone.text
    assert words["ru"].name in " ".join(someone.labels)


@pytest.mark.parametrize(
    ("question", "language"), [("meni deport qilishadimi", "uz"), ("мени депорт қилишадими", "uz_Cyrl")]
)
async def test_the_other_language_is_in_the_script_of_the_question(person, words, question, language):
    await person.say(question)
    await person.press(words[language].name)

    assert title(words, "deportation", language) in person.text


async def test_no_button_of_an_answer_loses_the_link_of_a_stranger(world, words):
    longest = max(words["en"].answers, key=len)
    someone = world.somebody()
    link = "Fh3kQ9xLm2Zt7PbVaaaa"
    for data in (f"topic:{longest}::5:ru~uz_Cyrl~{link}", f"topic:{longest}:uz_Cyrl:5~ru~{link}"):
        await someone.tap(data)

        assert [item.label for item in someone.keys if item.data and link not in item.data] == []


@pytest.mark.parametrize("data", ["thx", "thx:deportation", "thx:deportation:maybe", "thx:nosuch:y"])
async def test_a_forged_verdict_is_not_counted(world, person, data):
    await person.tap(data)

    assert not {"helped", "not-helped"} & set(await world.outcomes())


@pytest.mark.parametrize(
    ("locale", "typed", "topic"),
    [
        ("ru", "депортируют ли меня, если найдут туберкулёз?", "deportation"),
        ("ru", "menya deportiruyut esli naydut tuberkulez", "deportation"),
        ("uz", "sil davolanadimi", "is-tb-curable"),
        ("uz", "deportatsiya qilishadimi sil boʻlsa", "deportation"),
        ("uz", "deportatsiya qilishadimi sil bo'lsa", "deportation"),
        ("uz_Cyrl", "депортация қиладими сил бўлса", "deportation"),
        ("uz_Cyrl", "СИЛ ДАВОЛАНАДИМИ???", "is-tb-curable"),
        ("tg", "сил табобат мешавад?", "is-tb-curable"),
        ("tg", "маро депорт мекунанд агар сил дошта бошам?", "deportation"),
        ("kk", "туберкулез емделе ме", "is-tb-curable"),
        ("kk", "туберкулез болса депортациялай ма", "deportation"),
        ("en", "is tb curable", "is-tb-curable"),
    ],
)
async def test_a_typed_question_is_answered_in_the_persons_language(world, words, locale, typed, topic):
    someone = world.somebody()
    await someone.agree(locale=locale)

    await someone.say(typed)

    assert someone.text.startswith(f"<b>{title(words, topic, locale)}</b>")
    rows = await world.rows(schema.outcomes, kind="answered")
    assert [(row["detail"], row["locale"]) for row in rows] == [(topic, locale)]


async def test_an_answered_question_is_kept_nowhere(world, person):
    await person.say("will I be deported")

    assert await world.count(schema.questions) == 0


async def test_an_answer_moves_the_referral_to_informed(world, person):
    known = await person.person()
    async with world.database.writing() as store:
        await referrals.open_for(store, known.id, now=world.now)

    await person.tap("topic:deportation")

    assert [row["state"] for row in await world.rows(schema.referrals)] == ["informed"]


async def test_a_stranger_who_types_chooses_a_language_and_is_answered(world, stranger, words):
    await stranger.say("will I be deported")
    await stranger.press("Oʻzbekcha")

    assert stranger.text.startswith(f"<b>{title(words, 'deportation', 'uz')}</b>")


async def test_nothing_of_a_strangers_unclear_question_is_stored(world, stranger):
    await stranger.tap("lang:en")
    await stranger.say("what is the weather in almaty for tomorrow")

    assert "I am not sure what you mean" in stranger.text
    assert await world.count(schema.questions) == 0
    assert await world.count(schema.people) == 0
    (row,) = await world.rows(schema.outcomes, kind="not-answered")
    assert row["detail"] is None
    assert row["referral_id"] is None


async def test_an_unclear_question_of_a_person_is_kept_scrubbed_and_without_them(world):
    someone = world.somebody()
    await someone.agree(locale="ru")

    await someone.say("скажи где тут дешевые телефоны, +77001234567, меня зовут Азиз Каримов")

    (row,) = await world.rows(schema.questions)
    assert row["text"] == "скажи где тут дешевые телефоны, [number], [name]"
    assert row["locale"] == "ru"
    assert row["asked_on"] == world.now.date()
    assert set(row) == {"id", "text", "locale", "asked_on", "decision_id"}
    assert row["decision_id"] is None


async def test_an_unclear_question_offers_the_nearest_topics_and_a_person(person, words):
    await person.say("what is the weather in almaty for tomorrow")

    near = topics_of(person)
    assert 0 < len(near) <= 3
    assert set(near) <= TOPICS.keys()
    assert {Verb.TALK, Verb.ASK, Verb.HOME} <= set(person.wishes)
    names = [topic_name(words["en"], topic) for topic in near]
    assert [label for label in person.labels if label in names] == names
    answered = [topic for topic in near if words["en"].answer(topic)]
    await person.tap(f"{Verb.TOPIC.value}:{answered[0]}")
    assert person.text.startswith(f"<b>{title(words, answered[0])}</b>")


async def test_a_text_that_resembles_nothing_leads_to_a_person(person):
    await person.say("☺☺☺")

    assert "I do not know the answer" in person.text
    assert person.wishes == [Verb.TALK, Verb.ASK, Verb.HOME]


ACTIONS = [
    ("book an examination", "book"),
    ("my visits", "visits"),
    ("where is the clinic", "clins"),
    ("talk to a person", "talk"),
    ("change the language", "langs"),
    ("delete my data", "forget"),
    ("check my symptoms", "check"),
    ("hello", "home"),
    ("хочу записаться на обследование", "book"),
    ("где клиника", "clins"),
]


@pytest.mark.parametrize(("typed", "wish"), ACTIONS)
async def test_a_wish_that_is_typed_leads_to_the_screen_of_its_button(world, person, typed, wish):
    await world.clinic(await world.area())
    await person.tap(wish)
    shown = person.texts, person.wishes

    await person.say(typed)

    assert (person.texts, person.wishes) == shown


async def test_a_wish_of_a_stranger_that_needs_consent_asks_for_it(world, stranger):
    await stranger.tap("lang:en")
    await stranger.say("book an examination")

    assert Verb.AGREE in stranger.wishes
    assert await world.count(schema.people) == 0


@pytest.mark.parametrize("typed", ["thank you", "спасибо", "rahmat"])
async def test_thanks_are_welcome(person, typed):
    await person.say(typed)

    assert "You are welcome" in person.text


async def test_the_bot_is_shared_by_its_address(person):
    await person.say("share this bot")

    assert "https://t.me/hamroh_bot" in person.text


async def test_whoever_wishes_to_be_reminded_of_medicines_is_asked_how_often(world, person):
    await person.say("remind me to take pills")

    assert "How many times a day?" in person.text
    assert Verb.MEDICINE_NEW in person.wishes


async def test_only_answers_about_treatment_offer_reminders(person, words):
    offered = set()
    for topic in (each for each in words["en"].answers if each != "emergency"):
        await person.tap(f"topic:{topic}")
        offered |= {topic} if Verb.MEDICINE in person.wishes else set()

    assert offered == {
        each.id for each in TOPICS.values() if each.group is Group.TREATMENT and each.command is None
    } | {"preventive-treatment"}


@pytest.mark.parametrize(
    ("locale", "typed"),
    [
        ("ru", "кашляю кровью много, что делать"),
        ("uz", "nafas ololmayapman"),
        ("uz_Cyrl", "нафас ололмаяпман"),
        ("tg", "нафас гирифта наметавонам"),
        ("kk", "дем ала алмай жатырмын"),
        ("en", "I cannot breathe, will I be deported?"),
    ],
)
async def test_a_danger_sign_wins_over_the_question(world, locale, typed):
    someone = world.somebody()
    await someone.agree(locale=locale)

    await someone.say(typed)

    assert someone.text.startswith("🚨")
    assert "danger-shown" in await world.outcomes()
    assert await world.count(schema.questions) == 0


async def test_a_stranger_in_danger_sees_the_numbers_before_the_choice_of_language(world, stranger, words):
    await stranger.say("не могу дышать")

    assert stranger.text.startswith("🚨")
    assert "103" in stranger.text
    assert {f"{code}‧" in stranger.text for code in words if code != "en"} == {True}
    assert set(stranger.wishes) == {Verb.LANGUAGE}


async def test_a_danger_sign_in_the_middle_of_a_booking_wins_and_the_booking_can_go_on(world):
    area = await world.area()
    await world.clinic(area)
    someone = world.somebody()
    await someone.agree(area_id=area)
    await someone.command("/book")
    await someone.press("1️⃣")
    confirm = next(item.data for item in someone.keys if item.data and item.data.startswith("bky"))

    await someone.say("I am coughing up a lot of blood")
    assert someone.text.startswith("🚨")
    await someone.tap(confirm)

    assert "You are booked" in someone.text
