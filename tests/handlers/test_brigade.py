"""Places for several people: kept at once, confirmed one by one, and nobody learns what others said."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete

from bot.brigades import give_back
from care.brigade import MOST_OPEN_OF_WORKERS
from care.lock_screen import telling
from care.message_kinds import Kind
from care.places import Use
from care.roles import Role
from handlers.buttons import Verb
from handlers.notices import Notices
from handlers.screens import Reply, Way
from storage import people, schema

ALMATY = ZoneInfo("Asia/Almaty")


class Site:
    """A clinic with two places every half hour, 17:00 to 20:00, and a foreman."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def begin(self) -> "Site":
        self.area = await self.world.area()
        self.clinic = await self.world.clinic(self.area)
        self.foreman = self.world.somebody()
        await self.foreman.agree()
        return self

    async def keep(self, number: int = 5, *, who: Any = None, day: str = "20261126") -> list[str]:
        """Keep places as a foreman does, and return the codes of the links."""
        someone = who or self.foreman
        await someone.tap(f"bgd:{number}:{self.clinic}:{day}")
        await someone.press("Yes, keep them")
        return self.codes(someone)

    def codes(self, someone: Any) -> list[str]:
        texts = [step.text for step in someone.shown.steps if "?start=" in step.text]
        return [text.partition("?start=")[2].split()[0] for text in texts]

    async def man(self, *, agreed: bool = True) -> Any:
        someone = self.world.somebody()
        if agreed:
            await someone.agree()
        return someone

    async def kept(self) -> list[Any]:
        rows = await self.world.rows(schema.bookings, use=Use.BRIGADE.value)
        return [row for row in rows if row["cancelled_at"] is None]

    async def job(self) -> None:
        await give_back(self.world.database, now=self.world.now)

    async def notice(self, to: Any, kind: Kind) -> Reply | None:
        """Word what is planned for somebody."""
        person = await to.person()
        notices = Notices(words=self.world.words, vault=self.world.vault, zone=ALMATY)
        [row] = await self.world.rows(schema.due, kind=kind.value, person_id=person.id)
        async with self.world.database.writing() as store:
            english = self.world.words["en"]
            reply = await notices.render(kind, row, person, english, store, self.world.now)
        assert reply is None or telling(reply.steps[0].text) is None
        return reply


def keeping(someone: Any, *, mine: bool = False) -> str:
    """Return the button that keeps the proposed places: all for others, or one for who asks."""
    found = [one.data for one in someone.keys if one.data.startswith(f"{Verb.BRIGADE_KEEP.value}:")]
    return str(next(one for one in found if one.endswith(":me") is mine))


async def answer(site: Site, code: str, said: str) -> Any:
    """Let a man open a link and say yes or no."""
    man = await site.man()
    await man.command(f"/start {code}")
    await man.press(said)
    if said == "No":
        await man.press("give it back")
    return man


@pytest.fixture
async def site(world: Any) -> Site:
    return await Site(world).begin()


async def test_a_foreman_keeps_places_in_a_few_taps_and_gets_a_link_for_each_man(site: Site) -> None:
    foreman = site.foreman
    await foreman.command("/book")
    await foreman.press("For several people")
    await foreman.tap("bg:5")
    assert "Choose a day" in foreman.text
    await foreman.press(Verb.BRIGADE_DAY, nth=2)
    assert "5 places" in foreman.text
    assert await site.world.rows(schema.due, kind="nudge", state="pending") == []
    await foreman.press("Yes, keep them")

    card, *letters = foreman.shown.steps
    assert len(letters) == 5
    assert {step.way for step in letters} == {Way.SEND}
    assert len({step.text.partition("?start=")[2].split()[0] for step in letters}) == 5
    assert all("1 Example Street" in step.text for step in letters)
    assert "Clinic A" not in "".join(step.text for step in letters)
    assert "Kept until" in card.text
    assert len(await site.kept()) == 5
    [made] = await site.world.rows(schema.outcomes, kind="brigade-made")
    assert (made["detail"], made["clinic_id"]) == ("5", site.clinic)


async def test_men_of_one_brigade_come_at_times_next_to_each_other(site: Site) -> None:
    await site.keep(5)

    starts = sorted(row["local_start"] for row in await site.kept())
    assert starts == [f"2026-11-26T{hour}" for hour in ("17:00", "17:00", "17:30", "17:30", "18:00")]


async def test_another_time_can_be_chosen(site: Site) -> None:
    await site.foreman.tap(f"bgd:3:{site.clinic}:20261126")
    await site.foreman.press("Another time")
    await site.foreman.press("19:30")
    await site.foreman.press("Yes, keep them")

    starts = sorted(row["local_start"][-5:] for row in await site.kept())
    assert starts == ["19:00", "19:30", "19:30"]


async def test_my_visits_lead_to_the_places_that_one_keeps_while_they_are_kept(site: Site) -> None:
    await site.keep(2)

    await site.foreman.command("/visits")
    assert "no visit ahead" in site.foreman.text
    await site.foreman.press("The places you keep")
    assert Verb.BRIGADE_BACK in site.foreman.wishes

    site.world.wait(days=10)
    await site.foreman.command("/visits")
    assert Verb.BRIGADE not in site.foreman.wishes


async def test_no_code_is_kept(site: Site) -> None:
    codes = await site.keep(2)

    assert len(codes) == 2
    assert {len(row["code_hash"]) for row in await site.world.rows(schema.brigade_places)} == {32}
    kept = [row for table in schema.metadata.sorted_tables for row in await site.world.rows(table)]
    for value in (value for row in kept for value in row.values()):
        said = value if isinstance(value, bytes) else str(value).encode()
        assert not any(code.encode() in said for code in codes)


async def test_the_same_press_twice_keeps_places_once(site: Site) -> None:
    await site.foreman.tap(f"bgd:3:{site.clinic}:20261126")
    data = keeping(site.foreman)

    await site.foreman.tap(data)
    await site.foreman.tap(data)

    assert len(await site.kept()) == 3
    assert site.codes(site.foreman) == []
    assert "3 places" in site.foreman.text


async def test_a_foreman_keeps_places_once_at_a_time_and_a_worker_for_several(site: Site) -> None:
    await site.keep(2)
    await site.keep(2, day="20261127")
    assert "You keep places for others already" in site.foreman.text
    assert len(await site.kept()) == 2

    worker = site.world.somebody()
    await worker.hire(Role.WORKER, area_id=site.area)
    for day in ("20261127", "20261128", "20261130", "20261201", "20261202"):
        assert len(await site.keep(2, who=worker, day=day)) == 2
    await site.keep(2, who=worker, day="20261205")
    assert "You keep places for others already" in worker.text
    await worker.tap("bg")
    assert worker.wishes.count(Verb.BRIGADE_CARD) == MOST_OPEN_OF_WORKERS


async def test_where_fewer_are_free_that_number_is_offered_and_nothing_is_kept(site: Site) -> None:
    others = [site.world.somebody() for _ in range(5)]
    for hour, other in zip(("1700", "1730", "1800", "1830", "1900"), others, strict=True):
        await other.agree()
        await other.tap(f"bky:{site.clinic}:20261126{hour}")
    await site.foreman.tap(f"bgd:7:{site.clinic}:20261126")
    data = keeping(site.foreman)
    late = site.world.somebody()
    await late.agree()
    await late.tap(f"bky:{site.clinic}:202611261930")

    await site.foreman.tap(data)

    assert "Somebody was quicker" in site.foreman.text
    assert await site.kept() == []
    assert await site.world.count(schema.brigades) == 0


async def test_a_clinic_with_few_places_says_how_many_it_has_on_its_best_day(site: Site) -> None:
    async with site.world.database.writing() as store:
        await store.execute(delete(schema.sessions).where(schema.sessions.c.weekday > 0))
        await store.execute(schema.sessions.update().values(capacity=1))

    await site.foreman.tap(f"bgc:10:{site.clinic}")

    assert "does not have 10 free places on one day" in site.foreman.text
    await site.foreman.press("Take 6 places")
    await site.foreman.press("Yes, keep them")
    assert len(await site.kept()) == 6


async def test_a_man_says_yes_alone_and_has_a_visit_like_any_other(site: Site) -> None:
    code = (await site.keep(3))[1]
    man = await site.man()

    await man.command(f"/start {code}")
    assert "A place is kept for you" in man.text
    await man.press("Yes")

    assert "You are booked" in man.text
    person = await man.person()
    [visit] = await site.world.rows(schema.bookings, person_id=person.id)
    assert (visit["use"], visit["use_id"], visit["held_until"]) == ("visit", None, None)
    [referral] = await site.world.rows(schema.referrals, person_id=person.id)
    assert (referral["state"], visit["referral_id"]) == ("booked", referral["id"])
    assert len(await site.world.rows(schema.due, booking_id=visit["id"])) == 3
    outcomes = await site.world.outcomes()
    assert outcomes.count("brigade-confirmed") == outcomes.count("booked") == 1
    assert len(await site.kept()) == 2


async def test_a_stranger_chooses_a_language_agrees_and_has_the_place(site: Site) -> None:
    code = (await site.keep(2))[0]
    man = await site.man(agreed=False)

    await man.command(f"/start {code}")
    await man.press("English")
    assert "A place is kept for you" in man.text
    assert await man.person() is None
    await man.press("Yes")
    assert "May I remember you?" in man.text
    await man.press("I agree")

    assert "You are booked" in man.text
    person = await man.person()
    assert (person.locale, person.link_id) == ("en", None)


async def test_who_comes_by_a_workers_brigade_is_looked_after_by_that_worker(site: Site) -> None:
    worker = site.world.somebody()
    staff = await worker.hire(Role.WORKER, area_id=site.area)
    link = await site.world.link(staff_id=staff, area_id=site.area)
    new, known = await site.keep(2, who=worker)
    stranger, friend = await site.man(agreed=False), await site.man()

    await stranger.command(f"/start {new}")
    await stranger.press("English")
    await stranger.press("Yes")
    await stranger.press("I agree")
    await friend.command(f"/start {known}")
    assert "who sent you this link looks after you and sees your visit" in friend.text
    assert "Your group is not told" not in friend.text
    await friend.press("Yes")

    for man in (stranger, friend):
        person = await man.person()
        assert (person.link_id, person.area_id) == (link, site.area)
        assert person.episode.staff_id == staff


async def test_a_worker_reads_what_is_true_and_gets_no_word_of_who_answered(site: Site) -> None:
    worker = site.world.somebody()
    staff = await worker.hire(Role.WORKER, area_id=site.area)
    await site.world.link(staff_id=staff, area_id=site.area)
    await worker.tap("bg:new")
    assert "You are not told who says what" not in worker.text
    assert "Who says yes becomes one of your people" in worker.text
    code, other = await site.keep(2, who=worker)
    assert "Your group is not told" not in worker.text

    man = await answer(site, code, "Yes")

    assert (await man.person()).episode.staff_id == staff
    assert await site.world.rows(schema.due, kind="booked") == []
    colleague = site.world.somebody()
    hired = await colleague.hire(Role.WORKER, area_id=site.area)
    theirs = await site.world.link(code="Gh3kQ9xLm2Zt7PbV", short_code="HJ7K2N", staff_id=hired)
    looked_after = await site.man()
    async with site.world.database.writing() as store:
        await people.change(store, (await looked_after.person()).id, link_id=theirs)
    await looked_after.command(f"/start {other}")
    assert "Your group is not told what you say" in looked_after.text, "who sent it learns nothing of them"


async def test_a_letter_is_turned_to_the_language_of_who_gets_it(site: Site) -> None:
    every = dict.fromkeys(site.world.words, "1 Example Street")
    async with site.world.database.writing() as store:
        await store.execute(schema.clinics.update().values(address=every, names=every))
        await store.execute(schema.cities.update().values(names=every))
    codes = await site.keep(2)
    _, *letters = site.foreman.shown.steps
    names = dict(site.world.words.choices)
    for which, letter in enumerate(letters):
        keys = [key for row in letter.rows for key in row]
        assert [key.label for key in keys] == [names[code] for code in names if code != "en"]
        for key, code in zip(keys, [one for one in names if one != "en"], strict=True):
            await site.foreman.tap(key.data or "")
            [shown] = site.foreman.shown.steps
            assert shown.way is Way.SHOW, "the letter itself, to be forwarded"
            assert site.codes(site.foreman) == [codes[which]]
            assert shown.text.startswith(f"{code}‧")
            assert names["en"] in site.foreman.labels
    [brigade] = await site.world.rows(schema.brigades)
    for forged in (f"bgl:{brigade['id']}:ru:9", f"bgl:{brigade['id']}:ru:-1", f"bgl:{brigade['id']}:xx:0"):
        await site.foreman.tap(forged)
        assert site.codes(site.foreman) == codes


async def test_a_man_gives_the_place_back_and_nobody_is_told(site: Site) -> None:
    code = (await site.keep(2))[0]
    man = await site.man(agreed=False)
    before = await site.world.count(schema.due)

    await man.command(f"/start {code}")
    await man.press("English")
    await man.press("No")
    assert "Nobody is told" in man.text
    await man.press("give it back")

    assert await man.person() is None
    assert await site.world.count(schema.due) == before
    await man.command(f"/start {code}")
    assert "No place is kept behind this link now" in man.text
    assert (await site.world.outcomes()).count("brigade-declined") == 1


@pytest.mark.parametrize("how", ["used", "declined", "late", "given back", "forgotten"])
async def test_a_link_that_is_good_no_more_shows_how_to_book_oneself(site: Site, how: str) -> None:
    code = (await site.keep(2))[0]
    other = await site.man()
    if how in {"used", "declined"}:
        await other.command(f"/start {code}")
        await other.press("Yes" if how == "used" else "No")
        if how == "declined":
            await other.press("give it back")
    elif how == "late":
        site.world.wait(hours=49)
    elif how == "given back":
        await site.foreman.press("Give places back")
        await site.foreman.press("Yes, give them back")
    else:
        await site.foreman.command("/forget")
        await site.foreman.press("Yes")
    man = await site.man()

    await man.command(f"/start {code}")

    assert Verb.BOOK in man.wishes
    assert Verb.BRIGADE_YES not in man.wishes
    if how != "forgotten":
        assert "No place is kept behind this link now" in man.text
    for data in (f"bgy:{code}", f"bgn:{code}:y"):
        await man.tap(data)
        assert "No place is kept behind this link now" in man.text
    assert len(await site.world.rows(schema.bookings, person_id=(await man.person()).id)) == 0


async def test_who_said_yes_finds_the_visit_behind_the_link_also_after_moving_it(site: Site) -> None:
    code = (await site.keep(2))[0]
    man = await site.man()
    await man.command(f"/start {code}")
    await man.press("Yes")
    [visit] = await site.world.rows(schema.bookings, person_id=(await man.person()).id)

    await man.command(f"/start {code}")
    assert "Ticket" in man.text
    await man.tap(f"mvy:{visit['id']}:{site.clinic}:202611271900")
    await man.command(f"/start {code}")

    assert "19:00" in man.text


async def test_links_that_are_shown_again_are_the_same_whatever_was_answered(site: Site) -> None:
    codes = await site.keep(4)
    for code, answer in zip(codes, ("Yes", "No"), strict=False):
        man = await site.man()
        await man.command(f"/start {code}")
        await man.press(answer)
        if answer == "No":
            await man.press("give it back")

    await site.foreman.tap("bg")
    shown = site.foreman.text
    await site.foreman.press("Send the links again")

    assert sorted(site.codes(site.foreman)) == sorted(codes)
    assert "4 places" in shown
    await site.foreman.press("Pictures to scan")
    pictures = [step for step in site.foreman.shown.steps if step.way is Way.QR]
    assert sorted(step.content.partition("=")[2] for step in pictures) == sorted(codes)


async def test_a_foreman_who_opens_the_links_learns_nothing_of_the_answers(site: Site) -> None:
    codes = await site.keep(5)

    async def opened() -> list[tuple[str, list[str]]]:
        seen = []
        for code in codes:
            await site.foreman.command(f"/start {code}")
            seen.append((site.foreman.text, site.foreman.labels))
        return seen

    before = await opened()
    assert all("one of your links" in text for text, _ in before)
    for code, answer in zip(codes, ("Yes", "No", "Yes", "Yes", "No"), strict=True):
        man = await site.man()
        await man.command(f"/start {code}")
        await man.press(answer)
        if answer == "No":
            await man.press("give it back")
        assert await opened() == before


async def test_a_foreman_takes_one_of_the_places_himself_and_gets_links_for_the_others(site: Site) -> None:
    await site.foreman.tap(f"bgd:3:{site.clinic}:20261126")
    await site.foreman.tap(keeping(site.foreman, mine=True))

    assert len(site.codes(site.foreman)) == len(await site.kept()) == 2
    assert "You are booked" in site.foreman.text
    assert "2 places" in site.foreman.text
    [visit] = await site.world.rows(schema.bookings, person_id=(await site.foreman.person()).id)
    assert (visit["use"], visit["local_start"]) == ("visit", "2026-11-26T17:00")
    assert {"brigade-made", "booked"} <= set(await site.world.outcomes())
    await site.foreman.press("My visits")
    assert "17:00" in "".join(site.foreman.labels)


async def test_who_has_a_visit_that_day_is_not_asked_whether_one_place_is_theirs(site: Site) -> None:
    await site.foreman.tap(f"bgd:2:{site.clinic}:20261126")
    late = keeping(site.foreman, mine=True)
    await site.foreman.tap(f"bky:{site.clinic}:202611261930")

    await site.foreman.tap(late)

    assert "You already have a visit on this day" in site.foreman.text
    assert await site.kept() == []
    assert await site.world.count(schema.brigades) == 0
    assert "one is for me" not in "".join(site.foreman.labels)
    await site.foreman.press("Yes, keep them")
    assert len(await site.kept()) == 2


async def test_one_place_too_few_for_who_asks_keeps_nothing_and_books_nothing(site: Site) -> None:
    await site.foreman.tap(f"bgd:2:{site.clinic}:20261126")
    data = keeping(site.foreman, mine=True)
    async with site.world.database.writing() as store:
        await store.execute(delete(schema.sessions).where(schema.sessions.c.weekday > 0))

    await site.foreman.tap(data)

    assert "Somebody was quicker" in site.foreman.text
    assert await site.world.count(schema.bookings) == 0


async def test_nothing_that_a_foreman_presses_tells_what_was_answered(site: Site) -> None:
    async with site.world.database.writing() as store:
        await store.execute(schema.sessions.update().values(capacity=1))  # each link has a time of its own
    codes = await site.keep(2)
    [brigade] = await site.world.rows(schema.brigades)
    presses = [
        *(f"/start {code}" for code in codes),
        *(f"{verb}:{code}{end}" for code in codes for verb, end in (("bgy", ""), ("bgn", ""), ("bgn", ":y"))),
        *(f"bgs:{brigade['id']} bgl:{brigade['id']} bgb:{brigade['id']} bg".split()),
        *(f"bkc:{site.clinic} bkd:{site.clinic}:20261126 bgc:5:{site.clinic}".split()),
    ]

    async def seen() -> list[tuple[str, list[str]]]:
        found = []
        for data in presses:
            command = data.startswith("/")
            await (site.foreman.command(data) if command else site.foreman.tap(data))
            found.append((site.foreman.text, site.foreman.labels))
        return found

    before = await seen()
    assert "one of your links" in before[0][0]
    assert before[2] == before[0]
    for code, said in zip(codes, ("Yes", "No"), strict=True):
        await answer(site, code, said)
        assert await seen() == before
    assert await site.world.rows(schema.bookings, person_id=(await site.foreman.person()).id) == []
    await site.foreman.command(f"/start {codes[0]}")
    await site.foreman.press("Book an examination")
    assert "The soonest free places" in site.foreman.text


async def test_a_place_that_a_man_gave_back_is_free_for_others_when_the_time_is_over(site: Site) -> None:
    async with site.world.database.writing() as store:
        await store.execute(schema.sessions.update().values(capacity=1))
    code = (await site.keep(2))[0]
    await answer(site, code, "No")
    other = await site.man()
    await other.tap(f"bky:{site.clinic}:202611261700")
    assert "You are booked" not in other.text

    site.world.wait(hours=48)
    await site.job()
    await other.tap(f"bky:{site.clinic}:202611261700")

    assert "You are booked" in other.text


async def test_who_has_a_visit_that_day_keeps_it_and_the_place_stays_for_another(site: Site) -> None:
    code = (await site.keep(2))[0]
    man = await site.man()
    await man.tap(f"bky:{site.clinic}:202611261930")

    await man.command(f"/start {code}")
    await man.press("Yes")

    assert "You already have a visit on this day" in man.text
    assert len(await site.kept()) == 2


async def test_what_nobody_took_is_given_back_in_time_and_who_asked_hears_the_same_always(
    site: Site,
) -> None:
    codes = await site.keep(3)
    man = await site.man()
    await man.command(f"/start {codes[0]}")
    await man.press("Yes")
    await site.job()
    assert len(await site.kept()) == 2

    site.world.wait(hours=48)
    await site.job()
    await site.job()

    assert await site.kept() == []
    assert len(await site.world.rows(schema.bookings, person_id=(await man.person()).id)) == 1
    reply = await site.notice(site.foreman, Kind.BRIGADE_OVER)
    assert reply is not None
    assert not any(character.isdigit() for character in reply.steps[0].text)
    assert (await site.world.outcomes()).count("brigade-given-back") == 1
    other = await site.man()
    await site.keep(2, who=other, day="20261202")
    site.world.wait(hours=48)
    await site.job()
    same = await site.notice(other, Kind.BRIGADE_OVER)
    assert same is not None
    assert same.steps[0].text == reply.steps[0].text


async def test_who_asked_is_reminded_without_any_number_of_answers(site: Site) -> None:
    await site.keep(3)
    [row] = await site.world.rows(schema.due, kind="brigade-soon")
    [brigade] = await site.world.rows(schema.brigades)
    assert row["due_at"] == brigade["confirm_until"] - timedelta(hours=12)
    site.world.now = row["due_at"]

    reply = await site.notice(site.foreman, Kind.BRIGADE_SOON)

    assert reply is not None
    assert "remind everybody" in reply.steps[0].text
    await site.foreman.tap(f"bgb:{brigade['id']}:y")
    assert await site.notice(site.foreman, Kind.BRIGADE_SOON) is None


async def test_giving_back_asks_first_and_leaves_the_visits(site: Site) -> None:
    codes = await site.keep(3)
    man = await site.man()
    await man.command(f"/start {codes[2]}")
    await man.press("Yes")

    await site.foreman.tap("bg")
    await site.foreman.press("Give places back")
    assert len(await site.kept()) == 2
    await site.foreman.press("Yes, give them back")

    assert await site.kept() == []
    assert not any(character.isdigit() for character in site.foreman.text)
    assert len(await site.world.rows(schema.bookings, person_id=(await man.person()).id)) == 1


async def test_another_ones_brigade_is_like_one_that_is_not_there(site: Site) -> None:
    await site.keep(2)
    [brigade] = await site.world.rows(schema.brigades)
    stranger = await site.man()

    for verb in ("bgs", "bgl", "bgb"):
        seen = []
        for number in (brigade["id"], 4_611_686_018_427_387_904):
            await stranger.tap(f"{verb}:{number}:y")
            seen.append(stranger.text)
        assert seen[0] == seen[1] == "These places are not kept any more."
    assert len(await site.kept()) == 2
    await stranger.tap(f"bgk:2:{site.clinic}:202611271700:{brigade['id']}")
    assert [row["person_id"] for row in await site.world.rows(schema.brigades)] == [brigade["person_id"]]


async def test_forgetting_the_foreman_frees_what_nobody_took_and_leaves_the_visits(site: Site) -> None:
    codes = await site.keep(3)
    man = await site.man()
    await man.command(f"/start {codes[0]}")
    await man.press("Yes")
    person = await site.foreman.person()

    async with site.world.database.writing() as store:
        await people.forget(store, person, [], now=site.world.now)

    assert await site.kept() == []
    assert await site.world.count(schema.brigades) == 0
    assert await site.world.count(schema.brigade_places) == 0
    assert len(await site.world.rows(schema.bookings, person_id=(await man.person()).id)) == 1


async def test_a_pasted_link_works_as_well(site: Site) -> None:
    code = (await site.keep(2))[0]
    man = await site.man()

    await man.say(f"https://t.me/hamroh_bot?start={code}")

    assert "A place is kept for you" in man.text


@pytest.mark.parametrize(
    "data", ["bg:99", "bg:1", "bgd:5:999:20261126", "bgk:5", "bgt:3:1", "bgk:5:1:202611261700"]
)
async def test_forged_buttons_lead_to_the_beginning(site: Site, data: str) -> None:
    await site.foreman.tap(data)

    assert site.foreman.text
    assert await site.kept() == []


async def test_the_worker_for_somebody_without_telegram_takes_the_place_for_them(site: Site) -> None:
    worker = site.world.somebody()
    await worker.hire(Role.WORKER, area_id=site.area)
    code = (await site.keep(2))[0]
    await worker.command("/newperson")
    await worker.tap("new:ru")
    await worker.press("They agree")

    await worker.command(f"/start {code}")
    await worker.press("Yes")

    [client] = await site.world.rows(schema.people, telegram_hash=None)
    [visit] = await site.world.rows(schema.bookings, person_id=client["id"])
    assert visit["use"] == "visit"


async def test_who_asked_hears_once_that_the_clinic_closed_and_may_keep_other_places(site: Site) -> None:
    codes = await site.keep(3)
    desk = site.world.somebody()
    await desk.hire(Role.REGISTRAR, clinic_id=site.clinic)
    await desk.command("/closed")
    await desk.press("Thu")
    await desk.press("Closed all day")
    await desk.press("Yes, it is so")

    reply = await site.notice(site.foreman, Kind.BRIGADE_LOST)

    assert reply is not None
    assert not any(character.isdigit() for character in reply.steps[0].text)
    assert await site.kept() == []
    man = await site.man()
    await man.command(f"/start {codes[0]}")
    assert "No place is kept behind this link now" in man.text
    assert len(await site.keep(2, day="20261127")) == 2
