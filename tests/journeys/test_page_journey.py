"""The journey on the chat page in Chromium: whole in either script, its beginning in the other languages."""

import contextlib
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from locales.catalogue import Words
from simulator.cast import ALISHER, COORDINATOR, REGISTRAR
from simulator.client import Phone
from tests.journeys import test_journey as journey
from tests.journeys.whole import Whole, whole
from tests.reliability.program import until
from tests.reliability.taps import find

CHROMIUM = Path(os.environ.get("HAMROH_TEST_CHROMIUM", "/usr/bin/chromium"))
PICTURES = os.environ.get("HAMROH_TEST_PICTURES")  # a folder, such as docs/images: keep the pictures there
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
WORDS = Words.load()
LANGUAGES = [code for code in WORDS if code != "en"]
WHOLE = LANGUAGES if PICTURES else ["ru", "uz"]  # Cyrillic and Latin letters
pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("logs_put_back"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]
REMINDER = re.compile("⏰|👋")  # in either wording


@dataclass
class OnPage:
    """The world, with what people press and type done on the page."""

    world: Whole
    columns: dict[int, Locator]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)

    async def tap(self, phone: Phone, wish: str, *, last: bool = False) -> None:
        """Press the button on the page that the phone would press."""
        message, button = await find(phone, wish, last=last)
        before = self.world.telegram.last_id
        on_screen = self.columns[phone.person_id].locator(f".message[data-id='{message.id}']")
        await on_screen.get_by_role("button", name=button.text, exact=True).last.click()
        await until(lambda: self.world.telegram.last_id > before)
        await self.world.calm()

    async def say(self, phone: Phone, said: str) -> None:
        box = self.columns[phone.person_id].locator("textarea")
        await box.fill(said)
        before = self.world.telegram.last_id
        await box.press("Enter")
        await until(lambda: self.world.telegram.last_id > before)
        await self.world.calm()


@contextlib.asynccontextmanager
async def page_of(world: Whole) -> AsyncIterator[tuple[Page, Any, dict[int, Locator]]]:
    """Open the page; yield it, the world with people who act on it, and each person's column."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        page = await browser.new_page(viewport={"width": 2200, "height": 1000})
        await page.goto(world.telegram.url)
        people = (ALISHER.id, REGISTRAR.id, COORDINATOR.id)
        columns = {person: page.locator(f".phone[data-person='{person}']") for person in people}
        yield page, OnPage(world, columns), columns
        await browser.close()


@pytest.mark.parametrize("code", WHOLE)
async def test_from_a_workers_link_to_a_kept_visit_on_the_page(
    code: str, sqlite_url: str, tmp_path: Path
) -> None:
    t = WORDS[code]
    async with whole(sqlite_url) as world, page_of(world) as (page, on_page, columns):
        worker = await journey.hire(world, code)
        link = await world.store.one("SELECT code FROM links")
        phone = world.phone(ALISHER.id)

        await journey.choose_language(on_page, phone, link, code)
        await journey.ask(on_page, phone, t)
        await journey.check(on_page, phone, t)
        await journey.book(on_page, phone)
        booked = columns[ALISHER.id].get_by_role("button", name=t.label("🗓 My visits"))
        await expect(booked.last).to_be_visible()
        await columns[ALISHER.id].screenshot(path=picture(tmp_path, f"journey-booked-{code}.png"))
        await world.until_sent("visit-eve")
        await expect(columns[ALISHER.id].locator(".theirs").last).to_contain_text(REMINDER)
        await journey.move(on_page, phone)
        await expect(columns[ALISHER.id].locator(".theirs").last).to_contain_text(await hour(world))
        await journey.come(on_page)
        await journey.see_it_in_the_numbers(on_page, worker, t)
        await expect(columns[COORDINATOR.id].locator(".theirs").last).to_contain_text(t.label("Came")[:3])
        await page.screenshot(path=picture(tmp_path, f"journey-end-{code}.png"))

        journey.check_everything_shown(world, code)


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code not in WHOLE])
async def test_from_a_workers_link_to_the_choice_of_a_day_on_the_page(code: str, sqlite_url: str) -> None:
    async with whole(sqlite_url) as world, page_of(world) as (_, on_page, columns):
        await journey.hire(world, code)
        phone = world.phone(ALISHER.id)

        await journey.choose_language(on_page, phone, await world.store.one("SELECT code FROM links"), code)
        await journey.ask(on_page, phone, WORDS[code])
        await on_page.say(phone, "/book")
        for wish in ("agree", "book:all", "bkc"):
            await on_page.tap(phone, wish)
        _, day = await find(phone, "bkd")
        await expect(columns[ALISHER.id].get_by_role("button", name=day.text).last).to_be_visible()

        journey.check_everything_shown(world, code)


async def hour(world: Whole) -> str:
    """Return the hour of the visit, as it is said at the clinic."""
    starts_at = await world.store.one("SELECT starts_at FROM bookings WHERE cancelled_at IS NULL")
    begins = datetime.fromisoformat(str(starts_at)).replace(tzinfo=UTC)
    return begins.astimezone(ZoneInfo("Asia/Almaty")).strftime("%H:%M")


def picture(folder: Path, name: str) -> Path:
    return (Path(PICTURES) if PICTURES else folder) / name
