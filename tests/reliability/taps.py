"""Press the buttons that a phone shows, by what they wish for instead of by their words."""

import asyncio

from simulator.client import Phone
from simulator.screen import Button, Message, NotSeen, describe
from tests.reliability.program import Stored, Telegram, until


async def calm(telegram: Telegram, store: Stored) -> None:
    """Wait until every update is confirmed and taken to its end."""
    await until(lambda: not telegram.waiting(), what="updates are not confirmed")
    async with asyncio.timeout(60):
        while not await store.settled():
            await asyncio.sleep(0.005)


async def find(phone: Phone, wish: str) -> tuple[Message, Button]:
    """Return the newest button whose data begins with `wish`. Raises NotSeen."""
    screen = await phone.screen()
    for message in reversed(screen.messages):
        for button in message.buttons:
            data = (button.data or "").partition("~")[0]
            if data == wish or data.startswith(f"{wish}:"):
                return message, button
    raise NotSeen(f"no button for {wish!r} in\n{describe(screen)}")


async def tap(phone: Phone, wish: str) -> Button:
    """Press that button; return it."""
    message, button = await find(phone, wish)
    await phone.press_button(message.id, button)
    return button
