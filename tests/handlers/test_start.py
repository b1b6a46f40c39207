"""How people arrive: by a link, by a code typed by hand, or by themselves."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from care.consent import CONSENT_VERSION
from care.roles import Role
from handlers.attempts import Attempts
from handlers.buttons import Verb, parse
from handlers.consent import Consent
from handlers.home import Home
from handlers.language import Language
from handlers.newcomer import Newcomer
from handlers.routes import Route, Routes
from handlers.screens import Reply, screen
from handlers.start import Start
from handlers.strangers import Strangers
from handlers.turn import Turn
from locales.catalogue import Words
from storage import schema, staff
from storage.vault import Vault

CODE = "Fh3kQ9xLm2Zt7PbV"


async def answered(turn: Turn) -> Reply:
    return screen(f"[answer in {turn.t.code}: {turn.words}]")


async def granted(turn: Turn) -> Reply:
    who = turn.person.id if turn.person else "stranger"
    wish = turn.press.verb.value if turn.press else ""
    return screen(f"[{wish} {turn.press.args if turn.press else ()} for {who}]")


@pytest.fixture
def routes(words: Words, vault: Vault, strangers: Strangers, make_table: Callable[..., Routes]) -> Routes:
    made: list[Routes] = []

    async def go_on(turn: Turn) -> Reply:
        return await made[0].wish(turn)

    language = Language(words=words, strangers=strangers, answer=answered, go_on=go_on)
    home = Home(ask_language=language.ask)
    start = Start(
        strangers=strangers,
        attempts=Attempts(),
        home=home,
        go_on=go_on,
        zone="Asia/Almaty",
        newcomer=Newcomer(vault=vault, words=words),
    )
    consent = Consent(vault=vault, strangers=strangers, go_on=go_on, zone="Asia/Almaty")
    free = {
        Verb.START: start.start,
        Verb.HOME: home.show,
        Verb.CODE: start.ask_code,
        Verb.LANGUAGES: language.ask,
        Verb.LANGUAGE: language.choose,
        Verb.CONSENT: consent.ask,
        Verb.CONSENT_MORE: consent.more,
        Verb.AGREE: consent.agree,
        Verb.LATER: consent.later,
        Verb.ASK: granted,
    }
    buttons = {verb: Route(each, consent=False) for verb, each in free.items()}
    needing = {Verb.BOOK: granted, Verb.VISITS: granted, Verb.JOIN: granted, Verb.BOOK_YES: granted}
    made.append(
        make_table(
            buttons=buttons | {verb: Route(each) for verb, each in needing.items()},
            commands={
                "start": Verb.START,
                "book": Verb.BOOK,
                "language": Verb.LANGUAGES,
                "visits": Verb.VISITS,
            },
            texts=(start.typed, text_attempt(language.ask)),
            ask_consent=consent.ask,
            ask_language=language.ask,
            unknown_command=home.unknown_command,
            stale=home.stale,
            languageless=frozenset({Verb.START, Verb.LANGUAGES, Verb.LANGUAGE}),
        )
    )
    return made[0]


def text_attempt(ask_language: Callable[[Turn], Awaitable[Reply]]) -> Callable[[Turn], Awaitable[Reply]]:
    async def attempt(turn: Turn) -> Reply:
        return await answered(turn) if turn.chosen else await ask_language(turn)

    return attempt


async def test_who_comes_through_a_link_chooses_a_language_and_is_greeted_without_names(world: Any) -> None:
    area = await world.area()
    worker = await world.somebody().hire(Role.WORKER, area_id=area)
    await world.link(code=CODE, staff_id=worker, area_id=area)
    someone = world.somebody(language="ru")

    await someone.command(f"/start {CODE}")
    assert someone.labels[0] == "Русский"
    assert "English" not in someone.labels
    await someone.press("Oʻzbekcha")

    assert "uz‧You came here through a person you trust" in someone.text
    opened = (await world.rows(schema.outcomes, kind="link-opened"))[0]
    assert (opened["staff_id"], opened["area_id"], opened["locale"]) == (worker, area, None)
    assert await world.count(schema.people) == 1  # the worker's own


async def test_the_link_is_owner_of_the_referral_once_the_person_agrees(world: Any) -> None:
    area = await world.area()
    worker = await world.somebody().hire(Role.WORKER, area_id=area)
    link = await world.link(code=CODE, staff_id=worker, area_id=area)
    someone = world.somebody()

    await someone.command(f"/start {CODE}")
    await someone.press("English")
    world.wait(hours=3)  # what memory holds for an hour is gone; the buttons are not
    await someone.press(Verb.BOOK)
    await someone.press("I agree")

    person = await someone.person()
    assert (person.link_id, person.area_id) == (link, area)
    referral = (await world.rows(schema.referrals))[0]
    assert (referral["link_id"], referral["staff_id"], referral["area_id"]) == (link, worker, area)
    consented = (await world.rows(schema.outcomes, kind="consented"))[0]
    assert (consented["link_id"], consented["staff_id"], consented["referral_id"]) == (
        link,
        worker,
        referral["id"],
    )
    assert someone.text == f"[book () for {person.id}]"


@pytest.mark.parametrize("typed", ["HJ7K2M0", "hj7k2mo", " hj7k 2mO ", "HJ-7K-2M-0", "НJ7К2М0", "НJ7К2МО"])
async def test_a_code_is_understood_however_it_is_typed(world: Any, typed: str) -> None:
    await world.link(short_code="HJ7K2M0")
    someone = world.somebody()

    await someone.say(typed)
    await someone.press("English")

    assert "through a person you trust" in someone.text


async def test_a_whole_link_may_be_pasted(world: Any) -> None:
    await world.link(code=CODE)
    someone = world.somebody()

    await someone.say(f"https://t.me/hamroh_bot?start={CODE}")
    await someone.press("English")

    assert "through a person you trust" in someone.text


async def test_an_ended_link_is_said_kindly_and_the_person_belongs_to_nobody(world: Any) -> None:
    worker = await world.somebody().hire(Role.WORKER)
    await world.link(code=CODE, staff_id=worker, ended_at=world.now)
    someone = world.somebody()

    await someone.command(f"/start {CODE}")
    await someone.press("English")

    assert "You are welcome all the same" in someone.text


async def test_an_unknown_code_stops_nobody(world: Any) -> None:
    someone = world.somebody()

    await someone.command("/start nosuchcode")
    await someone.press("English")

    assert "I do not know this code" in someone.text
    assert Verb.ASK in someone.wishes


async def guesser(world: Any) -> Any:
    """Return somebody who guessed wrong ten times and then right."""
    await world.link(code=CODE)
    someone = world.somebody()
    for number in range(10):
        await someone.command(f"/start wrong{number}")
    await someone.command(f"/start {CODE}")
    await someone.press("English")
    return someone


async def test_where_misses_are_not_counted_the_next_guess_opens_the_link(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nobody's tries are ever spent."""
    monkeypatch.setattr(Attempts, "spent", lambda *_, **__: False)

    someone = await guesser(world)

    assert "Too many wrong codes" not in someone.text
    assert "link-opened" in await world.outcomes()


async def test_guessing_ends_after_ten_misses_and_a_right_code_is_not_tried_then(world: Any) -> None:
    someone = await guesser(world)
    assert "Too many wrong codes" in someone.text
    assert "link-opened" not in await world.outcomes()

    world.wait(hours=1)
    await someone.command(f"/start {CODE}")
    assert "link-opened" in await world.outcomes()


async def test_guesses_typed_as_texts_count_too(world: Any) -> None:
    await world.link(short_code="HJ7K2M0")
    someone = world.somebody()
    await someone.agree()
    for number in range(10):
        await someone.say(f"ZZZZZZ{number}")

    await someone.say("HJ7K2M0")

    assert someone.text == "[answer in en: HJ7K2M0]"


async def test_a_short_code_cannot_be_guessed_through_a_buttons_memory(world: Any) -> None:
    await world.link(short_code="HJ7K2M0")
    someone = world.somebody()

    await someone.tap("agree~en~HJ7K2M0")

    assert (await someone.person()).link_id is None


async def test_an_invite_leads_to_joining_after_language_and_consent(world: Any) -> None:
    code = "A" * 22  # 128 random bits
    async with world.database.writing() as store:
        await staff.invite(
            store, code, Role.WORKER, now=world.now, expires_at=world.now.replace(year=2027), created_by=None
        )
    someone = world.somebody(language="uz")

    await someone.command(f"/start {code}")
    await someone.press("Ўзбекча")
    await someone.press("I agree")

    person = await someone.person()
    assert someone.text == f"[join ('{code}',) for {person.id}]"
    assert person.locale == "uz_Cyrl"


async def test_a_returning_person_is_at_home_at_once_and_keeps_the_first_link(world: Any) -> None:
    first = await world.link(code="FirstLinkFirstLink", short_code="AAAAAAAA")
    second = await world.link(code=CODE)
    someone = world.somebody()
    await someone.agree(link_id=first)

    await someone.command(f"/start {CODE}")

    assert "How can I help you?" in someone.text
    assert (await someone.person()).link_id == first
    assert [row["link_id"] for row in await world.rows(schema.outcomes, kind="link-opened")] == [second]


async def test_who_came_alone_may_still_come_through_a_link_later(world: Any) -> None:
    area = await world.area()
    worker = await world.somebody().hire(Role.WORKER, area_id=area)
    link = await world.link(code=CODE, staff_id=worker)
    someone = world.somebody()
    await someone.tap("agree~en")

    await someone.command(f"/start {CODE}")

    assert (await someone.person()).link_id == link
    referral = (await world.rows(schema.referrals))[0]
    assert (referral["staff_id"], referral["area_id"]) == (worker, area)


async def test_a_stranger_who_opens_a_second_link_belongs_to_the_first(world: Any) -> None:
    first = await world.link(code="FirstLinkFirstLink", short_code="AAAAAAAA")
    await world.link(code=CODE)
    someone = world.somebody()

    await someone.command("/start FirstLinkFirstLink")
    await someone.command(f"/start {CODE}")
    await someone.press("English")
    await someone.press(Verb.BOOK)
    await someone.press("I agree")

    assert (await someone.person()).link_id == first


async def test_a_code_is_asked_for_and_a_wrong_one_is_said(world: Any) -> None:
    someone = world.somebody()
    await someone.command("/start")
    await someone.press("English")
    await someone.press("I have a code")

    await someone.say("WRONG-1")

    assert "I do not know this code" in someone.text


async def test_a_person_who_was_asked_for_a_code_may_ask_a_question_instead(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()
    await someone.tap("code")

    await someone.say("is it free of charge?")

    assert someone.text == "[answer in en: is it free of charge?]"


async def test_nothing_about_a_stranger_is_stored(world: Any) -> None:
    await world.link(code=CODE)
    someone = world.somebody()
    await someone.command(f"/start {CODE}")
    await someone.press("English")
    await someone.press(Verb.BOOK)
    await someone.press("Read more")
    await someone.press("Back")

    await someone.press("Ask without being remembered")

    assert someone.text == "[ask () for stranger]"
    for table in (schema.people, schema.referrals, schema.drafts, schema.tasks, schema.due, schema.bookings):
        assert await world.count(table) == 0
    assert {row["referral_id"] for row in await world.rows(schema.outcomes)} == {None}


# --- language -------------------------------------------------------------------------------------


async def test_the_choice_of_language_speaks_all_languages_and_only_them(world: Any) -> None:
    someone = world.somebody(language="tg")

    await someone.command("/start")

    assert someone.texts[0].splitlines() == [
        "tg‧🌐 Choose your language",
        "ru‧🌐 Choose your language",
        "uz‧🌐 Choose your language",
        "uz_Cyrl‧🌐 Choose your language",
        "kk‧🌐 Choose your language",
    ]
    assert someone.labels == ["Тоҷикӣ", "Русский", "Oʻzbekcha", "Ўзбекча", "Қазақша"]


async def test_a_question_typed_before_the_choice_is_answered_right_after_it(world: Any) -> None:
    someone = world.somebody(language="ru")
    await someone.say("это бесплатно?")

    await someone.press("Қазақша")

    assert someone.text == "[answer in kk: это бесплатно?]"


async def test_a_later_change_of_language_does_not_answer_an_old_question_again(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()
    await someone.say("is it free?")
    await someone.tap("langs")

    await someone.press("Тоҷикӣ")

    assert "tg‧How can I help you?" in someone.text


async def test_a_wish_made_before_the_choice_is_granted_after_language_and_consent(world: Any) -> None:
    someone = world.somebody(language="ru")
    await someone.command("/book")
    await someone.press("Тоҷикӣ")
    assert "tg‧" in someone.text

    await someone.press("I agree")

    assert someone.text.startswith("[book ()")


async def test_a_persons_choice_is_kept_and_marked(world: Any) -> None:
    someone = world.somebody()
    await someone.agree(locale="en")
    await someone.command("/language")
    assert "✓ English" in someone.labels

    await someone.press("Русский")
    await someone.command("/language")

    assert (await someone.person()).locale == "ru"
    assert someone.labels[0] == "✓ Русский"
    assert "English" not in someone.labels


async def test_staff_may_choose_english(world: Any) -> None:
    someone = world.somebody()
    await someone.agree(locale="ru")
    await someone.hire(Role.WORKER)

    await someone.command("/language")

    assert "English" in someone.labels


@pytest.mark.parametrize("data", ["lang", "lang:xx", "lang:ru:nosuch:1", "lang:ru:lang:uz", "lang:"])
async def test_a_forged_language_button_breaks_nothing(world: Any, data: str) -> None:
    someone = world.somebody()

    await someone.tap(data)

    assert someone.text


# --- consent --------------------------------------------------------------------------------------


async def test_the_consent_row_has_the_version_the_language_and_the_time(world: Any) -> None:
    someone = world.somebody()
    await someone.tap("book~kk")

    await someone.press("I agree")

    row = (await world.rows(schema.people))[0]
    assert (row["consent_version"], row["consent_locale"], row["consented_at"]) == (
        CONSENT_VERSION,
        "kk",
        world.now,
    )


async def test_agreeing_twice_makes_one_person_and_goes_on_both_times(world: Any) -> None:
    someone = world.somebody()
    await someone.tap("book~en")
    agree = next(key.data for key in someone.keys if parse(key.data).verb is Verb.AGREE)

    await someone.tap(agree)
    await someone.tap(agree)

    assert someone.text.startswith("[book ()")
    assert await world.count(schema.people) == 1
    assert (await world.outcomes()).count("consented") == 1


async def test_another_process_that_was_faster_makes_no_second_person(
    world: Any, vault: Vault, strangers: Strangers
) -> None:
    someone = world.somebody()
    known = await someone.agree()
    consent = Consent(vault=vault, strangers=strangers, go_on=granted, zone="Asia/Almaty")
    async with world.database.writing() as store:
        turn = Turn(
            update_id=1, now=world.now, store=store, t=world.words["en"], telegram_id=someone.telegram_id
        )

        reply = await consent.agree(turn)  # it still believes in a stranger

    assert reply.steps[0].text.endswith(f"for {known.id}]")
    assert await world.count(schema.people) == 1


async def test_a_long_wish_survives_consent_with_link_and_language(world: Any) -> None:
    link = await world.link(code="x" * 20)
    someone = world.somebody()
    await someone.tap(f"bky:123:202611251830:1~uz_Cyrl~{'x' * 20}")

    await someone.press("I agree")

    assert "[bky ('123', '202611251830', '1')" in someone.text
    assert (await someone.person()).link_id == link


# --- home -----------------------------------------------------------------------------------------


async def test_an_old_button_leads_home_and_says_so(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    reply = await someone.tap("thx:nothing:y")

    assert reply.toast == "This button is old."
    assert Verb.ASK in someone.wishes


async def test_an_old_button_of_somebody_without_a_language_leads_to_the_choice(world: Any) -> None:
    someone = world.somebody()

    await someone.tap("thx:nothing:y")

    assert "Тоҷикӣ" in someone.labels


async def test_only_staff_see_work(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()
    await someone.tap("home")
    assert Verb.STAFF not in someone.wishes

    await someone.hire(Role.REGISTRAR)
    await someone.tap("home")

    assert Verb.STAFF in someone.wishes


async def test_an_unknown_command_is_answered_with_the_home_buttons(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()

    await someone.command("/nosuch")

    assert "I do not know this command" in someone.text
    assert Verb.ASK in someone.wishes


async def test_home_says_free_only_where_the_programme_confirmed_it(world: Any) -> None:
    someone = world.somebody()
    await someone.agree()
    await someone.tap("home")
    assert "📅 Book an examination" in someone.labels

    content = {
        "names": {},
        "operator": {"en": "Org"},
        "contact": {"en": "Call"},
        "purpose": {},
        "retention_days": {},
        "promises": ["free-examination"],
    }
    await world.add(schema.programme, id=1, content=content, changed_at=world.now)
    await someone.tap("home")

    assert "📅 Book a free examination" in someone.labels


async def test_every_reply_is_in_the_chosen_language(world: Any) -> None:
    someone = world.somebody(language="ru")
    await someone.command("/start")
    await someone.press("Ўзбекча")
    await someone.press(Verb.BOOK)
    await someone.press("I agree")
    await someone.tap("home")

    assert all(label.startswith("uz_Cyrl‧") for label in someone.labels)
    assert all(text.startswith("uz_Cyrl‧") for text in someone.texts)
