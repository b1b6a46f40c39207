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


async def find(phone: Phone, wish: str, *, last: bool = False) -> tuple[Message, Button]:
    """Return the first (or last) button of the newest message that has one with `wish`. Raises NotSeen."""
    screen = await phone.screen()
    for message in reversed(screen.messages):
        fitting = [button for button in message.buttons if _wishes(button, wish)]
        if fitting:
            return message, fitting[-1 if last else 0]
    raise NotSeen(f"no button for {wish!r} in\n{describe(screen)}")


def _wishes(button: Button, wish: str) -> bool:
    data = (button.data or "").partition("~")[0]
    return data == wish or data.startswith(f"{wish}:")


async def tap(phone: Phone, wish: str, *, last: bool = False) -> Button:
    """Press that button; return it."""
    message, button = await find(phone, wish, last=last)
    await phone.press_button(message.id, button)
    return button
