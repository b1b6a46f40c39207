"""A team at work: three people come through a worker's poster, and nobody is lost, whoever comes and goes."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from care.person import pseudonym
from handlers.buttons import Verb
from handlers.parts import Parts
from handlers.strangers import Strangers
from handlers.table import COMMANDS, conversations
from locales.catalogue import Words
from simulator.screen import Message
from simulator.world import Person
from tests.journeys.moved import SAID
from tests.journeys.team import (
    ADMIN,
    BOSS,
    COVER,
    KYRGYZ,
    MIGRANTS,
    STAFF,
    TAJIK,
    UZBEK,
    WAYS_BACK,
    WORKER,
    Town,
    invite,
    names,
    press_data,
    requests,
    town,
)

pytestmark = pytest.mark.slow
WORDS = Words.load()
MONDAY = datetime(2026, 11, 30, 5, tzinfo=UTC)  # ten in the morning in the invented city
NICKNAME = "Ақбота"  # what the worker's card says: given on purpose
BEGINNINGS = {Verb.HELP, Verb.LANGUAGE, Verb.RELAY, Verb.VISIT}  # home, choose a language, what begins a talk
LABEL = "Нон дўкони"


async def test_nobody_is_lost_whoever_of_the_team_comes_and_goes(best_url: str) -> None:
    async with town(best_url, begins=MONDAY) as there:
        await journey(there)


async def journey(town: Town) -> None:
    await hire(town)
    link = await print_a_poster(town)
    for person, code in ((UZBEK, "uz"), (TAJIK, "tg"), (KYRGYZ, "ru")):
        await come_through(town, person, link, code)
    await book_with_company(town)
    await fall_silent_after_a_check(town)
    await talk(town)
    await be_killed_in_the_middle(town)
    await go_together(town)
    await be_missed(town)
    await go_on_holiday(town)
    await dismiss(town)
    await look_at_everything(town)


async def hire(town: Town) -> None:
    """Let the administrator invite a coordinator and a worker, and the coordinator the worker's cover."""
    await town.say(ADMIN, "/start")
    await town.tap(ADMIN, "lang:en")
    await town.say(ADMIN, "/visits")
    await town.tap(ADMIN, "agree")
    await invite(town, ADMIN, BOSS, "coordinator", "ru", ["Русский", "English"])
    await invite(town, ADMIN, WORKER, "worker", "kk", ["Русский", "Oʻzbekcha", "Тоҷикӣ", "Қазақша"])
    await invite(town, BOSS, COVER, "worker", "ru", ["Русский"])
    worker, cover = await town.staff_id(WORKER), await town.staff_id(COVER)
    await town.say(BOSS, "/team")
    await town.tap(BOSS, "posts", "post", "pset")
    area = (await town.store.rows("SELECT area_id FROM staff WHERE id = :id", id=worker))[0][0]
    await town.tap(BOSS, f"pset:{area}:o:{worker}", f"pset:{area}:c", f"pset:{area}:c:{cover}")
    posts = await town.store.rows("SELECT owner_id, cover_id FROM area_posts WHERE area_id = :a", a=area)
    assert [tuple(post) for post in posts] == [(worker, cover)]


async def print_a_poster(town: Town) -> str:
    """Let the worker give a nickname, make a labelled link and print it; return the link's code."""
    await town.say(WORKER, "/links")
    await town.tap(WORKER, "card", "cask:name")
    await town.say(WORKER, NICKNAME)
    await town.tap(WORKER, "links", "lnew", "lnew:site", "lnew:site:other")
    await town.say(WORKER, LABEL)
    made = await town.phone(WORKER).newest()
    [address] = re.findall(r"https://t\.me/\S+", made.text)
    poster = await town.tap(WORKER, "poster")
    uz = next(button for button in poster.buttons if (button.data or "").endswith(":uz"))
    await town.press(WORKER, poster, uz)
    sent = [one for one in await town.messages(WORKER, after=poster.id) if one.media == "document"]
    content = await town.simulator.file(sent[-1].file_id or "")
    page = pypdfium2.PdfDocument(io.BytesIO(content))[0].render(scale=200 / 72).to_pil().convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [address]
    return str(address).partition("?start=")[2]


async def come_through(town: Town, person: Person, link: str, code: str) -> None:
    """Come through the poster: the card is seen first, and after the consent the worker looks after them."""
    await town.phone(person).start(link)
    await town.calm()
    seen = await town.tap(person, f"lang:{code}")
    assert NICKNAME in seen.text
    await town.say(person, "/visits")
    await town.tap(person, "agree")
    assert await town.owner(person) == await town.staff_id(WORKER)


async def book_with_company(town: Town) -> None:
    """Book, ask for a woman to come along, hear that there is none, take whoever comes: the worker does."""
    await check(town, UZBEK, "uz")
    await town.say(UZBEK, "/book")
    days = await town.tap(UZBEK, "book:all", "bkc")
    tomorrow = [button for button in days.buttons if (button.data or "").startswith("bkd:")][1]
    await town.press(UZBEK, days, tomorrow)
    await town.tap(UZBEK, "bkt", "bky", "co")
    for answer in (":g:f", ":l:uz", ":p:door", ":t:n"):
        await press_data(town, UZBEK, answer)
    await town.tap(UZBEK, "coy")
    assert await company(town) == ("nobody", None)
    await town.tap(UZBEK, "coany")
    assert await company(town) == ("offered", None)
    await town.tap(WORKER, "comp", "cotake")
    assert await company(town) == ("accepted", await town.staff_id(WORKER))
    assert NICKNAME in (await town.phone(UZBEK).newest()).text


async def company(town: Town) -> tuple[str, int | None]:
    [row] = await town.store.rows("SELECT state, staff_id FROM companies")
    return row[0], row[1]


async def check(town: Town, person: Person, code: str) -> None:
    """Answer the check as somebody who has coughed for two weeks: a visit within days is advised."""
    t = WORDS[code]
    none = {t.label("No"), t.label("None of these")}
    await town.say(person, "/check")
    await town.tap(person, "ch")
    for number in range(20):
        message = await town.phone(person).newest()
        choices = [button for button in message.buttons if (button.data or "").startswith("ch:")]
        if not choices:
            break
        sick = {1: 0, 2: 1}.get(number)  # after the signs of danger: a cough, two weeks or more
        calm = [button for button in choices if button.text in none]
        await town.press(person, message, choices[sick] if sick is not None else (calm or choices)[0])
    query = "SELECT advice FROM referrals WHERE person_id = :person"
    assert await town.store.one(query, person=await town.person_id(person)) == "soon"


async def fall_silent_after_a_check(town: Town) -> None:
    """Say nothing any more after a check that advised an examination."""
    await check(town, TAJIK, "tg")


async def talk(town: Town) -> None:
    """Write, speak and send a photo both ways: threaded, changed, deleted, and always as a copy."""
    await town.say(KYRGYZ, "/talk")
    await town.tap(KYRGYZ, "talky")
    first = await said(town, KYRGYZ, "Салам, меня зовут-никак, токен-один")
    there = await copy_of(town, WORKER, "токен-один")
    answered = await town.say(WORKER, "Жауап-бір", reply_to=there.id)
    here = await copy_of(town, KYRGYZ, "Жауап-бір")
    assert here.reply_to == first
    threaded = await said(town, KYRGYZ, "токен-два", reply_to=here.id)
    assert (await copy_of(town, WORKER, "токен-два")).reply_to == answered

    await town.phone(KYRGYZ).edit(threaded, "токен-два-исправлен")
    await town.calm()
    assert (await copy_of(town, WORKER, "токен-два-исправлен")).edited
    await town.say(KYRGYZ, "/delete", reply_to=threaded)
    assert "токен-два" not in await town.texts(WORKER)

    await said(town, KYRGYZ, "voice")
    await said(town, KYRGYZ, "photo", caption="токен-фото")
    [voice, photo] = (await town.messages(WORKER))[-2:]
    assert (voice.media, photo.media) == ("voice", "photo")
    for kind in ("voice", "photo"):
        await town.send(WORKER, kind, reply_to=photo.id)
        assert (await town.phone(KYRGYZ).newest()).media == kind


async def said(town: Town, person: Person, what: str, **fields: Any) -> int:
    """Say something in a talk that must get to somebody; return the message's id."""
    if what in ("voice", "photo"):
        number = await town.send(person, what, **fields)
        sent = next(one for one in await town.phone(person).messages() if one.id == number)
        town.said.append((person.id, sent.file_id or ""))
    else:
        number = await town.say(person, what, **fields)
        town.said.append((person.id, what))
    return number


async def copy_of(town: Town, person: Person, token: str) -> Message:
    """Return the newest message of the bot to somebody that contains a word."""
    return next(one for one in reversed(await town.messages(person)) if token in one.text)


async def be_killed_in_the_middle(town: Town) -> None:
    """kill -9 while both sides write: after the next start everything is there."""
    before = await town.newest_id(WORKER)
    last = await copy_of(town, WORKER, "токен-фото")
    await town.phone(KYRGYZ).say("токен-три")
    await town.program.kill()
    await town.phone(KYRGYZ).say("токен-четыре")
    await town.phone(WORKER).say("Жауап-үш", reply_to=last.id)
    await town.phone(TAJIK).say("/visits")
    shown = await town.newest_id(TAJIK)
    await town.program.start(ready=SAID)
    await town.calm()
    town.said += [(KYRGYZ.id, "токен-три"), (KYRGYZ.id, "токен-четыре")]
    for token in ("токен-три", "токен-четыре"):
        assert token in await town.texts(WORKER, after=before)
    assert "Жауап-үш" in await town.texts(KYRGYZ)
    assert await town.messages(TAJIK, after=shown)


async def go_together(town: Town) -> None:
    """Meet before the visit and say afterwards that it is done; both were reminded."""
    [starts_at] = (await town.store.rows("SELECT starts_at FROM bookings WHERE cancelled_at IS NULL"))[0]
    begins = datetime.fromisoformat(str(starts_at)).replace(tzinfo=UTC)
    before = {one.id: await town.newest_id(one) for one in (WORKER, UZBEK)}
    await town.move_to(begins - timedelta(hours=1))
    assert pseudonym(await town.person_id(UZBEK)) in await town.texts(WORKER, after=before[WORKER.id])
    assert "🚶" in await town.texts(UZBEK, after=before[UZBEK.id])
    await town.say(WORKER, "/company")
    await town.tap(WORKER, "comp")
    await press_data(town, WORKER, ":met")
    await town.move_to(begins + timedelta(hours=1))
    await press_data(town, WORKER, ":done")
    assert await company(town) == ("done", await town.staff_id(WORKER))


async def be_missed(town: Town) -> None:
    """Two days after the check the worker has a task; a day and some hours later the coordinator has it."""
    who = pseudonym(await town.person_id(TAJIK))
    query = "SELECT staff_id FROM tasks WHERE kind = 'unbooked' AND done_at IS NULL"
    assert await town.store.rows(query) == []
    await town.move_to(MONDAY + timedelta(days=2, hours=1))
    await town.tap(UZBEK, "went")
    assert [row[0] for row in await town.store.rows(query)] == [await town.staff_id(WORKER)]
    await town.say(WORKER, "/tasks")
    assert who in (await town.phone(WORKER).newest()).text
    assert who not in await town.texts(BOSS)
    await town.move_to(MONDAY + timedelta(days=3, hours=5))
    assert who in await town.texts(BOSS)


async def go_on_holiday(town: Town) -> None:
    """The worker is away: the cover gets what is said, and the people hear of it; then all of it returns."""
    worker, cover = await town.staff_id(WORKER), await town.staff_id(COVER)
    before = {one.id: await town.newest_id(one) for one in MIGRANTS}
    await town.say(WORKER, "/shift")
    days = await town.tap(WORKER, "away")
    three = [button for button in days.buttons if re.fullmatch(r"away:\d{8}", button.data or "")][1]
    await town.press(WORKER, days, three)
    await press_data(town, WORKER, ":y")
    assert [await town.owner(one) for one in MIGRANTS] == [cover] * 3
    assert all([await town.messages(one, after=before[one.id]) for one in MIGRANTS])  # they are told
    await said(town, KYRGYZ, "токен-пять")
    assert "токен-пять" in await town.texts(COVER)
    assert "токен-пять" not in await town.texts(WORKER)
    old = await copy_of(town, WORKER, "токен-четыре")
    await town.say(WORKER, "Жауап-төрт", reply_to=old.id)
    assert "Жауап-төрт" not in await town.texts(KYRGYZ)

    before = {one.id: await town.newest_id(one) for one in MIGRANTS}
    await town.say(WORKER, "/shift")
    await town.tap(WORKER, "back")
    assert [await town.owner(one) for one in MIGRANTS] == [worker] * 3
    assert all([NICKNAME in await town.texts(one, after=before[one.id]) for one in MIGRANTS])
    await said(town, KYRGYZ, "токен-шесть")
    assert "токен-шесть" in await town.texts(WORKER)
    assert "токен-шесть" not in await town.texts(COVER)


async def dismiss(town: Town) -> None:
    """End the worker's work in the middle of two talks: colleagues go on, and the worker can do nothing."""
    worker = await town.staff_id(WORKER)
    await town.say(TAJIK, "/talk")
    await town.tap(TAJIK, "talky")
    await said(town, TAJIK, "нишона-як")
    assert "нишона-як" in await town.texts(WORKER)
    screens = [one for one in await town.messages(WORKER) if one.buttons]
    before = {one.id: await town.newest_id(one) for one in (*MIGRANTS, WORKER)}
    await town.say(BOSS, "/team")
    await town.tap(BOSS, f"mem:{worker}", f"mend:{worker}", f"mend:{worker}:y")
    assert worker not in [await town.owner(one) for one in MIGRANTS]
    assert all([await town.messages(one, after=before[one.id]) for one in (*MIGRANTS, WORKER)])  # told
    await said(town, KYRGYZ, "токен-семь")
    await said(town, TAJIK, "нишона-ду")
    for token in ("токен-семь", "нишона-ду"):
        assert token not in await town.texts(WORKER)
        assert token in await town.texts(COVER) + await town.texts(BOSS)
    await do_nothing_any_more(town, screens)


async def do_nothing_any_more(town: Town, screens: Sequence[Message]) -> None:
    """Let who was dismissed try every command, every old button and an answer to every old message."""
    people = [pseudonym(await town.person_id(one)) for one in MIGRANTS]
    before, kept, seq = await town.newest_id(WORKER), await everything_kept(town), town.telegram.seq()
    buttons = {(one.id, button.data): (one, button) for one in screens for button in one.buttons}
    wishes = wishes_of_staff(town)
    forbidden = [pair for pair in buttons.values() if (pair[1].data or "").partition(":")[0] in wishes]
    for one, button in forbidden:
        await town.press(WORKER, one, button)
    for command, verb in COMMANDS.items():
        if verb in wishes:
            await town.say(WORKER, f"/{command}")
    for word in ("токен-фото", "нишона-як"):
        await town.phone(WORKER).say("Мен әлі осындамын", reply_to=(await copy_of(town, WORKER, word)).id)
    await town.calm()
    texts = await town.texts(WORKER, after=before)
    assert texts
    assert not any(one in texts for one in people)
    assert await everything_kept(town) == kept
    assert {whose for whose, _, _ in requests(town.telegram, after=seq) if whose is not None} == {WORKER.id}


def wishes_of_staff(town: Town) -> frozenset[Verb]:
    """Return what only somebody of the team may wish for."""
    parts = Parts(
        words=WORDS, vault=town.store.vault, strangers=Strangers(), zone="Asia/Almaty", username="hamroh_bot"
    )
    return frozenset(verb for verb, route in conversations(parts).routes.buttons.items() if route.roles)


async def everything_kept(town: Town) -> list[Any]:
    tables = (
        "staff",
        "referrals",
        "relays",
        "tasks",
        "companies",
        "links",
        "invites",
        "area_posts",
        "shifts",
    )
    return [await town.store.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


async def look_at_everything(town: Town) -> None:
    """Search all that the bot sent: nobody is named to anybody, nothing is forwarded or lost."""
    everybody = (*STAFF, *MIGRANTS)
    for whose, method, text in requests(town.telegram):
        assert method not in {"forwardMessage", "copyMessage", "forwardMessages", "copyMessages"}
        for one in everybody:
            found = [name.pattern for name in names(one) if one.id != whose and name.search(text)]
            assert not found, (whose, method, text)
    team = {one.id for one in STAFF}
    got = [text for whose, _, text in requests(town.telegram) if whose in team]
    for person, what in town.said:
        assert any(what in text for text in got), (person, what)
    assert await town.store.rows("SELECT text FROM questions") == []  # nor is what was meant for them kept
    assert town.program.errors() == []
    for call in town.telegram.world.calls:
        assert call["status"] != 400 or "message is not modified" in call["description"], call
    assert [call["params"] for call in town.telegram.calls() if is_dead_end(call["params"])] == []


def is_dead_end(params: Any) -> bool:
    """Return whether a screen has buttons and none leads back, says no, or is where one begins."""
    rows = (params.get("reply_markup") or {}).get("inline_keyboard") or []
    buttons = [button for row in rows for button in row]
    return bool(buttons) and not any(leads_back(button) for button in buttons)


def leads_back(button: Any) -> bool:
    verb = button.get("callback_data", "").partition("~")[0].partition(":")[0]
    return button["text"].startswith(WAYS_BACK) or verb in BEGINNINGS


def test_who_somebody_is_would_be_found() -> None:
    for said in ("шерзодбек", "МИРҚОСИМОВ", "@sherzod_mq", "+998935550105", f"tg://user?id={UZBEK.id}"):
        assert [name for name in names(UZBEK) if name.search(said)]
    assert not [name for name in names(UZBEK) if name.search(f"{UZBEK.id}0 🦘 9956")]
