"""A phone for tests: typed, asynchronous access to the control API of a running simulator.

async with Simulator(url) as telegram:
    phone = telegram.phone(ALISHER)
    await phone.start("CODE")
    await phone.wait_for_text("Тил")
    await phone.press("Ўзбекча")
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp

from simulator.cast import PLACES
from simulator.screen import Button, Message, NotSeen, Screen, describe, find_button, screen_of
from simulator.world import Person

Json = dict[str, Any]

PATIENCE_S = 10.0


class ControlRefused(AssertionError):
    """The simulator refused an act: a button that is not there, a blocked bot."""


class Simulator:
    """A connection to a running simulator."""

    def __init__(self, url: str) -> None:
        """Talk to the simulator at this base URL."""
        self.url = url
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the connection."""
        self._session = aiohttp.ClientSession(self.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self, method: str, path: str, *, query: Json | None = None, body: Json | None = None
    ) -> Any:
        """Send one request to the control API. Raises ControlRefused with its explanation."""
        if self._session is None:
            raise RuntimeError("use `async with Simulator(url)`")
        params = {key: str(value) for key, value in (query or {}).items() if value is not None}
        async with self._session.request(method, f"/sim{path}", params=params, json=body) as answer:
            result = await answer.json()
        if answer.status >= 400:
            raise ControlRefused(result.get("error", result))
        return result

    def phone(self, person: Person | int, *, chat_id: int | None = None) -> "Phone":
        """Return the phone of a person, open at the chat with the bot or at a group."""
        number = person if isinstance(person, int) else person.id
        return Phone(self, number, chat_id or number)

    async def reset(self) -> None:
        """Forget everything but the demo people."""
        await self.call("POST", "/reset")

    async def add_person(self, first_name: str, **fields: Any) -> "Phone":
        """Add somebody and return the phone."""
        added = await self.call("POST", "/people", body={"first_name": first_name, **fields})
        return self.phone(int(added["id"]))

    async def add_group(
        self, title: str, members: list[int], *, kind: str = "supergroup", forum: bool = False
    ) -> int:
        """Make a group or channel with the bot in it, with topics if `forum`, and return its id."""
        given = {"title": title, "members": members, "kind": kind, "forum": forum}
        made = await self.call("POST", "/groups", body=given)
        return int(made["id"])

    async def inject(self, update: Json, *, update_id: int | None = None) -> int | None:
        """Queue an update exactly as given and return its id."""
        result = await self.call("POST", "/updates", body={"update": update, "update_id": update_id})
        return None if result["update_id"] is None else int(result["update_id"])

    async def pending(self) -> list[Json]:
        """Return the updates that wait for the bot."""
        waiting: list[Json] = await self.call("GET", "/updates")
        return waiting

    async def redeliver(self, update_id: int) -> None:
        """Hand an update out once more."""
        await self.call("POST", f"/updates/{update_id}/redeliver")

    async def fault(self, **fields: Any) -> None:
        """Add a fault; the fields of simulator.faults.Fault, and `seconds` it lasts."""
        await self.call("POST", "/faults", body=fields)

    async def heal(self) -> None:
        """Remove all faults."""
        await self.call("DELETE", "/faults")

    async def calls(
        self,
        method: str | None = None,
        *,
        chat_id: int | None = None,
        after: int = 0,
        count: int = 1,
        wait_s: float = 0,
    ) -> list[Json]:
        """Return API calls of the bot, oldest first; waits up to `wait_s` until there are `count`."""
        query = {"method": method, "chat_id": chat_id, "after": after, "count": count, "wait_s": wait_s}
        listed: list[Json] = await self.call("GET", "/calls", query=query)
        return listed

    async def clock(self) -> Json:
        """Return offset_s, now and next_due."""
        shown: Json = await self.call("GET", "/clock")
        return shown

    async def advance(self, seconds: float) -> None:
        """Move the clock."""
        await self.call("POST", "/clock", body={"advance_s": seconds})

    async def to_next_due(self) -> None:
        """Move the clock to the bot's next due message. Raises ControlRefused when there is none."""
        await self.call("POST", "/clock", body={"to_next_due": True})

    async def file(self, file_id: str) -> bytes:
        """Return the content of a file that was sent."""
        if self._session is None:
            raise RuntimeError("use `async with Simulator(url)`")
        async with self._session.get(f"/sim/files/{file_id}") as answer:
            return await answer.read()


@dataclass(slots=True)
class Phone:
    """One person's phone at one chat; remembers when the person last did something."""

    simulator: Simulator
    person_id: int
    chat_id: int
    anonymous: bool = False
    acted: int = 0  # the world's seq at the last act

    async def act(self, name: str, **fields: Any) -> Any:
        """Do something by its name in the control API and return the result."""
        body = {"chat_id": self.chat_id, "anonymous": self.anonymous, **fields}
        answer = await self.simulator.call("POST", f"/people/{self.person_id}/{name}", body=body)
        self.acted = answer["seq"]
        return answer["result"]

    async def say(self, text: str, **fields: Any) -> int:
        """Write a text and return its message id; the fields are those of `send`."""
        return await self.send("say", text=text, **fields)

    async def send(self, kind: str, **fields: Any) -> int:
        """Send a photo, voice, video_note, sticker, location …, and return its message id.

        Fields: reply_to (a message id), thread_id (of a topic), forwarded, media_group, caption.
        """
        return int((await self.act(kind, **fields))["message_id"])

    async def start(self, payload: str = "") -> None:
        """Press START, with a payload as after a deep link."""
        await self.act("start", payload=payload)

    async def edit(self, message_id: int, text: str) -> None:
        """Edit an own text or caption."""
        await self.act("edit", message_id=message_id, text=text)

    async def press(self, label: str | re.Pattern[str]) -> str | None:
        """Press a button by (part of) its label: the newest message that has one, else the keyboard below.

        An exact label goes before a part of one. Returns the query's id, the URL of a link button, or None.
        """
        screen = await self.screen()
        for message in reversed(screen.messages):
            button = find_button(message.buttons, label)
            if button is not None:
                return await self.press_button(message.id, button)
        key = find_button([Button(text) for text in screen.keys], label)
        if key is None:
            raise NotSeen(f"no button {label!r} in\n{describe(screen)}")
        await self._press_key(screen, key.text)
        return None

    async def press_button(self, message_id: int, button: Button) -> str | None:
        """Press a button of a message that may be long edited; a link button's URL is returned."""
        if button.data is None:
            return button.url
        result = await self.act("press", message_id=message_id, data=button.data, stale=True)
        return str(result["query_id"])

    async def press_data(self, message_id: int, data: str) -> str:
        """Press with forged callback data."""
        return str((await self.act("press", message_id=message_id, data=data, forged=True))["query_id"])

    async def _press_key(self, screen: Screen, label: str) -> None:
        rows = screen.raw["reply_keyboard"]["keyboard"]
        key = next(key for row in rows for key in row if key["text"] == label)
        if key.get("request_contact"):
            await self.act("contact")
        elif key.get("request_location"):
            await self.share_location(*PLACES[0][1:])
        else:
            await self.say(label)

    async def share_location(self, latitude: float, longitude: float) -> None:
        """Send a place, in degrees."""
        await self.act("location", latitude=latitude, longitude=longitude)

    async def share_contact(self, **fields: Any) -> None:
        """Send the own contact, or any other: phone_number, first_name, last_name, user_id."""
        await self.act("contact", **fields)

    async def inline(self, query: str, *, offset: str = "", wait_s: float = PATIENCE_S) -> Json:
        """Type a query behind the bot's name and return its cards, with their `query_id`."""
        asked = (await self.act("inline", query=query, offset=offset))["query_id"]
        answer = await self.simulator.call("GET", f"/inline/{asked}", query={"wait_s": wait_s})
        if answer is None:
            raise NotSeen(f"no cards for {query!r} within {wait_s} s")
        return {"query_id": asked, **answer}

    async def block(self) -> None:
        """Block the bot."""
        await self.act("block")

    async def unblock(self) -> None:
        """Unblock the bot."""
        await self.act("unblock")

    async def screen(self) -> Screen:
        """Return the chat as it is now."""
        return screen_of(await self.simulator.call("GET", f"/chats/{self.chat_id}"))

    async def messages(self) -> tuple[Message, ...]:
        """Return all messages that are there, oldest first."""
        return (await self.screen()).messages

    async def newest(self) -> Message:
        """Return the bot's newest message."""
        return (await self.screen()).newest

    async def wait_for(self, wanted: Callable[[Screen], bool], *, timeout_s: float = PATIENCE_S) -> Screen:
        """Return the first screen for which `wanted` is true. Raises NotSeen with the screen when late."""
        end = time.monotonic() + timeout_s
        screen = await self.screen()
        while not wanted(screen):
            left = end - time.monotonic()
            if left <= 0:
                raise NotSeen(f"not seen within {timeout_s} s; the chat shows\n{describe(screen)}")
            query = {"after": screen.seq, "timeout_s": left}
            screen = screen_of(await self.simulator.call("GET", f"/chats/{self.chat_id}/wait", query=query))
        return screen

    async def wait_for_text(self, text: str, *, timeout_s: float = PATIENCE_S) -> Screen:
        """Return when the bot's newest message contains the text."""
        return await self.wait_for(lambda screen: screen.shows(text), timeout_s=timeout_s)

    async def reply(self, *, timeout_s: float = PATIENCE_S) -> Message:
        """Return the bot's newest message once it wrote, edited or deleted something after the last act."""
        acted = self.acted
        return (await self.wait_for(lambda screen: screen.bot_seq > acted, timeout_s=timeout_s)).newest

    async def silence(self, *, for_s: float) -> None:
        """Make sure that the bot writes nothing for this long after the last act; NotSeen if it does."""
        try:
            written = await self.reply(timeout_s=for_s)
        except NotSeen:
            return
        raise NotSeen(f"the bot should have kept silent, but wrote {written.text!r}")

    async def toast(self, *, timeout_s: float = PATIENCE_S) -> str:
        """Return the text of the newest answer to a press since the last act (empty when it had none)."""
        acted = self.acted

        def answered(screen: Screen) -> bool:
            return any(a["seq"] > acted for a in screen.raw["answers"])

        screen = await self.wait_for(answered, timeout_s=timeout_s)
        return str(screen.raw["answers"][-1]["text"])


async def until(condition: Callable[[], bool], *, timeout_s: float = PATIENCE_S) -> None:
    """Wait for something inside the test's own process. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.01)
