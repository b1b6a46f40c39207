"""The beginning of the journey on the chat page in Chromium, kept as a picture for the docs."""

import os
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from locales.catalogue import Words
from simulator.cast import ALISHER
from tests.journeys.test_journey import hire
from tests.journeys.whole import whole

CHROMIUM = Path(os.environ.get("HAMROH_TEST_CHROMIUM", "/usr/bin/chromium"))
PICTURES = os.environ.get("HAMROH_TEST_PICTURES")  # a folder, such as docs/images: keep the picture there
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("logs_put_back"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}"),
]


async def test_a_person_books_on_the_page(sqlite_url: str, tmp_path: Path) -> None:
    t = Words.load()["uz"]
    answer = t.answer("how-tb-spreads")
    assert answer is not None
    async with whole(sqlite_url) as world, async_playwright() as playwright:
        await hire(world, "uz")
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        page = await browser.new_page(viewport={"width": 1400, "height": 900})
        await page.goto(world.telegram.url)
        shown = page.locator(f".phone[data-person='{ALISHER.id}']")
        await shown.get_by_role("button", name="START").click()
        await shown.get_by_role("button", name="Oʻzbekcha").click()
        await expect(shown.locator(".theirs").last).to_contain_text("Hamroh")
        phone = world.phone(ALISHER.id)
        await world.say(phone, answer.title)
        await expect(shown.locator(".theirs").last).to_contain_text(answer.title)
        await world.say(phone, "/book")
        for label in ("✅ I agree",):
            await shown.get_by_role("button", name=t.label(label)).last.click()
        await world.calm()
        await world.tap(phone, "bkt")
        await world.tap(phone, "bky")
        booked = t.label("🗓 My visits")
        await expect(shown.get_by_role("button", name=booked).last).to_be_visible()
        picture = (Path(PICTURES) if PICTURES else tmp_path) / "journey-booked.png"
        await shown.screenshot(path=picture)
        assert 0 < picture.stat().st_size < 300_000
        await browser.close()
