"""Drive the conversations as people do: real updates in, replies out, over a real SQLite file.

`world` is the bot with its store and a clock that can be moved; `world.somebody()` is a person with a phone.
A test module that needs conversations of its own overrides the fixture `routes`. Every reply is checked for
what Telegram would refuse, so that no test has to.
"""

import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, create_engine, func, insert, select
from telegram import Message, Update

from care.person import Person
from care.roles import Role
from handlers.buttons import MOST_BYTES, Verb, parse
from handlers.dispatch import Dispatch, no_forum
from handlers.incoming import read
from handlers.routes import Routes
from handlers.screens import SILENCE, Key, Reply, Step, Way, from_json, screen, to_json
from handlers.strangers import Strangers
from handlers.turn import Turn
from locales.catalogue import Locale, Words
from locales.language import Language, read_language
from storage import people, schema, staff
from storage.engine import Database, open_database
from storage.vault import Vault, new_key

MONDAY_NOON = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 12:00 in Almaty
BOT = {"id": 42, "is_bot": True, "first_name": "Hamroh", "username": "hamroh_bot"}
ADMIN_ID = 900
ROOT = Path(__file__).parents[2]
_TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"}


@dataclass(kw_only=True, repr=False)  # asyncio writes down what fixtures return: all words, else
class World:
    """The bot, its store and its clock."""

    database: Database
    vault: Vault
    words: Words
    strangers: Strangers
    dispatch: Dispatch
    now: datetime = MONDAY_NOON
    updates: int = 1000
    messages: int = 500
    people: list["Chatter"] = field(default_factory=list)

    def somebody(self, *, language: str = "en", telegram_id: int | None = None) -> "Chatter":
        """Return a new person with a phone in `language` (Telegram's language_code)."""
        chatter = Chatter(self, telegram_id or 7001 + len(self.people), language)
        self.people.append(chatter)
        return chatter

    async def answer(self, **parts: Any) -> Reply:
        """Handle one update in one transaction, as intake does."""
        self.updates += 1
        raw = {"update_id": self.updates, **parts}
        assert Update.de_json(raw, None), "Telegram sends nothing that its library cannot read"
        update = read(raw)
        assert update is not None
        async with self.database.writing() as store:
            reply = await self.dispatch.answer(update, store, self.now)
        assert_telegram_takes(reply)
        return from_json(to_json(reply))

    def wait(self, **duration: float) -> None:
        """Move the clock: `wait(hours=2)`."""
        self.now += timedelta(**duration)

    async def add(self, table: Table, **values: Any) -> int:
        """Put a row into the store and return its id."""
        async with self.database.writing() as store:
            done = await store.execute(insert(table).values(**values))
            return int(values.get("id") or done.inserted_primary_key[0])

    async def rows(self, table: Table, **where: Any) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a table whose columns have these values."""
        statement = select(table).where(*(table.c[name] == value for name, value in where.items()))
        async with self.database.reading() as store:
            return (await store.execute(statement)).mappings().all()

    async def outcomes(self) -> list[str]:
        """Return the kinds of all outcomes, in the order they happened."""
        return [row["kind"] for row in await self.rows(schema.outcomes)]

    async def count(self, table: Table) -> int:
        """Return how many rows a table holds."""
        async with self.database.reading() as store:
            return int((await store.execute(select(func.count()).select_from(table))).scalar_one())

    async def area(self, *, name: str = "Area A", zone: str = "Asia/Almaty") -> int:
        """Add an area in a city in a region of its own, and return the area's id."""
        number = await self.count(schema.areas) + 1
        region = await self.add(schema.regions, code=f"region{number}", names={"en": f"Region {number}"})
        city = await self.add(
            schema.cities, code=f"city{number}", region_id=region, zone=zone, names={"en": f"City {number}"}
        )
        return await self.add(
            schema.areas,
            code=f"area{number}",
            city_id=city,
            names={"en": name},
            latitude=43.2,
            longitude=76.9,
        )

    async def clinic(self, area_id: int, *, name: str = "Clinic A") -> int:
        """Add a clinic that sees two people every half hour, Monday to Saturday 17:00 to 20:00."""
        number = await self.count(schema.clinics) + 1
        clinic = await self.add(
            schema.clinics,
            code=f"clinic{number}",
            area_id=area_id,
            names={"en": name},
            address={"en": "1 Example Street"},
            directions={"en": "Bus 10 to the market"},
            hours={"en": "Mon-Sat 17:00-20:00"},
            bring={"en": "Nothing"},
            latitude=43.21 + number / 100,
            longitude=76.91,
        )
        for weekday in range(6):
            await self.add(
                schema.sessions,
                clinic_id=clinic,
                weekday=weekday,
                starts="17:00",
                ends="20:00",
                slot_minutes=30,
                capacity=2,
            )
        return clinic

    async def link(self, *, code: str = "Fh3kQ9xLm2Zt7PbV", short_code: str = "HJ7K2M", **values: Any) -> int:
        """Add a worker's link: staff_id=, area_id=, site_id=, ended_at=."""
        row = {"id": people.random_id(), "kind": "worker", "created_at": self.now, **values}
        return await self.add(schema.links, code=code, short_code=short_code, **row)

    async def close(self) -> None:
        """Close the store."""
        await self.database.close()


@dataclass
class Chatter:
    """Somebody with a phone, in their private chat with the bot."""

    world: World
    telegram_id: int
    language: str
    shown: Reply = SILENCE  # the last reply that was not silence
    asked: dict[str, Any] | None = None  # the text that the screen on the phone replied to
    location_asked: str | None = None

    async def say(self, text: str) -> Reply:
        """Type a text."""
        return await self.send(text=text)

    async def command(self, text: str) -> Reply:
        """Send a command: `command("/start CODE")`."""
        first = text.split(" ", maxsplit=1)[0]
        return await self.send(
            text=text, entities=[{"type": "bot_command", "offset": 0, "length": len(first)}]
        )

    async def send(self, **content: Any) -> Reply:
        """Send a message with any content: `send(location={"latitude": 43.2, "longitude": 76.9})`."""
        message = self._message(**content)
        return self._see(await self.world.answer(message=message), asked=message)

    async def share_location(self, latitude: float, longitude: float) -> Reply:
        """Share a place."""
        return await self.send(location={"latitude": latitude, "longitude": longitude})

    async def edit(self, text: str) -> Reply:
        """Edit an earlier text."""
        message = self._message(text=text, edit_date=_seconds(self.world.now))
        return self._see(await self.world.answer(edited_message=message), asked=message)

    async def press(self, button: str | Verb, *, nth: int = 0) -> Reply:
        """Press a button of the screen: by a part of its label, or by what it wishes for."""
        keys = [key for key in self.keys if key.data and _fits(key, button)]
        assert len(keys) > nth, f"no button {button!r} among {self.labels}"
        return await self.tap(keys[nth].data or "")

    async def tap(self, data: str) -> Reply:
        """Send callback data of any kind: old, foreign, forged."""
        return self._see(await self.world.answer(callback_query=self._query(data)), asked=self.asked)

    async def block(self, *, blocked: bool = True) -> Reply:
        """Block the bot, or come back."""
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        change = {
            "chat": self._chat,
            "from": self._user,
            "date": _seconds(self.world.now),
            "old_chat_member": _member(before),
            "new_chat_member": _member(after),
        }
        return await self.world.answer(my_chat_member=change)

    async def agree(self, *, locale: str = "en", **values: Any) -> Person:
        """Become a person whom the bot remembers, without the screens for it."""
        given = {"consent_version": "test", "link_id": None, "area_id": None, **values}
        async with self.world.database.writing() as store:
            return await people.add(
                store, self.world.vault, self.telegram_id, locale=locale, now=self.world.now, **given
            )

    async def hire(self, role: Role, **values: Any) -> int:
        """Give the person a role (area_id=, clinic_id=) and return its id; they agree before."""
        person = await self.person() or await self.agree()
        async with self.world.database.writing() as store:
            return await staff.add(store, person.id, role, now=self.world.now, **values)

    async def person(self) -> Person | None:
        """Return what the store knows about this person, or None."""
        hashes = self.world.vault.hashes(str(self.telegram_id))
        async with self.world.database.reading() as store:
            return await people.by_hash(store, hashes)

    @property
    def texts(self) -> list[str]:
        """The texts of the last reply, HTML."""
        return [step.text for step in self.shown.steps if step.text]

    @property
    def text(self) -> str:
        """All texts of the last reply, HTML."""
        return "\n".join(self.texts)

    @property
    def keys(self) -> list[Key]:
        """The buttons of the last reply."""
        return [item for step in self.shown.steps for row in step.rows for item in row]

    @property
    def labels(self) -> list[str]:
        """The labels of the buttons of the last reply."""
        return [item.label for item in self.keys]

    @property
    def wishes(self) -> list[Verb]:
        """What the buttons of the last reply wish for."""
        presses = [parse(item.data) for item in self.keys if item.data]
        return [press.verb for press in presses if press]

    def _see(self, reply: Reply, *, asked: dict[str, Any] | None) -> Reply:
        if reply.steps:
            self.shown, self.asked = reply, asked if reply.quotes or asked is self.asked else None
        return reply

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.telegram_id, "type": "private", "first_name": "Aziz"}

    @property
    def _user(self) -> dict[str, Any]:
        return {
            "id": self.telegram_id,
            "is_bot": False,
            "first_name": "Aziz",
            "language_code": self.language,
        }

    def _message(self, **content: Any) -> dict[str, Any]:
        self.world.messages += 1
        head = {"message_id": self.world.messages, "date": _seconds(self.world.now), "chat": self._chat}
        return {**head, "from": self._user, **content}

    def _query(self, data: str) -> dict[str, Any]:
        message = self._message(text=self.texts[0] if self.texts else "…") | {"from": BOT}
        if self.asked is not None:
            message["reply_to_message"] = self.asked
        return {
            "id": str(self.world.updates),
            "from": self._user,
            "chat_instance": "1",
            "data": data,
            "message": message,
        }


def assert_telegram_takes(reply: Reply) -> None:
    """Fail for what Telegram would refuse, and for a screen nobody can leave."""
    assert len(reply.toast) <= 200
    for step in reply.steps:
        assert_words(step)
        for row in step.rows:
            assert 0 < len(row) <= 8
            for item in row:
                assert item.label.strip()
                assert not re.search(r"&\w+;|<[/a-z]|\{|\}", item.label), item.label
                assert (item.data is None) != (item.url is None)
                assert len((item.data or "").encode()) <= MOST_BYTES
                assert item.data is None or parse(item.data), f"unreadable {item.data}"


def assert_words(step: Step) -> None:
    """Fail when the text is missing, too long, not HTML that Telegram knows, or has a placeholder left."""
    if step.way in {Way.SHOW, Way.SEND}:
        assert step.text.strip(), "a message without text"
    assert len(step.text) <= (4096 if step.way in {Way.SHOW, Way.SEND} else 1024)
    assert not re.search(r"[{}]", step.text), f"a placeholder is left in {step.text!r}"
    checker = _Html()
    checker.feed(step.text)
    checker.close()
    assert not checker.open, f"unclosed {checker.open} in {step.text!r}"


class _Html(HTMLParser):
    """Check that tags are Telegram's and closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in _TAGS, f"Telegram knows no <{tag}>"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def _fits(item: Key, button: str | Verb) -> bool:
    if isinstance(button, Verb):
        press = parse(item.data or "")
        return press is not None and press.verb is button
    return button.lower() in item.label.lower()


def _member(status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": BOT, "status": status, **until}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


async def _placeholder(turn: Turn) -> Reply:
    wish = turn.press.verb.value if turn.press else "text"
    return screen(f"[{wish}]")


async def _no_answer(turn: Turn) -> Reply | None:
    return None


async def _no_group(store: object, message: Message, now: datetime) -> Reply:
    return SILENCE


class _Marked(Mapping[tuple[str | None, str], tuple[str, ...]]):
    """Every English text, marked."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __getitem__(self, message: tuple[str | None, str]) -> tuple[str, ...]:
        return (f"{self.code}‧{message[1]}",)

    def __iter__(self) -> Iterator[tuple[str | None, str]]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _marked(english: Locale, language: Language) -> Locale:
    return replace(
        english,
        code=language.code,
        name=language.name,
        formats=language.formats,
        messages=_Marked(language.code),
        answers={
            topic: answer.written(lambda text: f"{language.code}‧{text}")
            for topic, answer in english.answers.items()
        },
    )


def table(**parts: Any) -> Routes:
    """Return routes where what is not given answers with its name in brackets."""
    every = (
        "ask_consent",
        "ask_language",
        "unknown_command",
        "stale",
        "shared_location",
        "other",
    )
    nothing = {"buttons": {}, "commands": {}, "texts": (), "captions": (), "shared_contact": _no_answer}
    return Routes(**(dict.fromkeys(every, _placeholder) | nothing | parts))


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, made once."""
    file = tmp_path_factory.mktemp("store") / "empty.db"
    engine = create_engine(f"sqlite:///{file}")
    schema.metadata.create_all(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def words() -> Words:
    """English, and every other language as English marked with its code: "ru‧Choose your language".

    So a conversation is tested in all languages before it is translated, and a text in the wrong one is seen.
    """
    english = Words.load(strict=False)["en"]
    folders = [path.parent for path in (ROOT / "locales").glob("*/language.toml")]
    languages = sorted((one for each in folders for one in read_language(each)), key=lambda one: one.order)
    locales = {one.code: english if one.code == "en" else _marked(english, one) for one in languages}
    return Words(locales, tuple(languages), {})


@pytest.fixture
def vault() -> Vault:
    return Vault([new_key()])


@pytest.fixture
def strangers() -> Strangers:
    return Strangers()


@pytest.fixture
def in_group() -> Any:
    """What answers groups; override it to try the real one."""
    return _no_group


@pytest.fixture
def in_forum() -> Any:
    """What answers staff groups; override it to try the real one."""
    return no_forum


@pytest.fixture
def card_chosen() -> Any:
    """What counts a card that was sent; override it to try the real one."""
    return _no_group


@pytest.fixture(scope="session")
def whole(words: Words) -> Iterator[Any]:
    """The module that lists all conversations, with the search made once: that takes seconds."""
    import handlers.table as listing

    search = listing.make_search(words)
    danger = listing.make_danger(search)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "make_search", lambda _: search)
        patch.setattr(listing, "make_danger", lambda _: danger)
        yield listing


@pytest.fixture
def routes(whole: Any, words: Words, vault: Vault, strangers: Strangers) -> Routes:
    """All conversations, as the program has them.

    A test module may override it: `return make_table(buttons={Verb.X: Route(mine)})`.
    """
    parts = whole.Parts(
        words=words, vault=vault, strangers=strangers, zone="Asia/Almaty", username="hamroh_bot"
    )
    return whole.conversations(parts).routes


@pytest.fixture
def make_table() -> Any:
    """The function `table`, for test modules that make their own routes."""
    return table


@pytest.fixture
def store_file(empty_store: Path, tmp_path: Path) -> Path:
    """A fresh SQLite file."""
    return Path(shutil.copyfile(empty_store, tmp_path / "hamroh.db"))


@pytest.fixture
async def world(
    store_file: Path,
    words: Words,
    vault: Vault,
    strangers: Strangers,
    routes: Routes,
    in_group: Any,
    in_forum: Any,
    card_chosen: Any,
) -> AsyncIterator[World]:
    """The bot with a fresh store, on a Monday at noon in Almaty."""
    dispatch = Dispatch(
        vault=vault,
        words=words,
        routes=routes,
        strangers=strangers,
        admin_ids=frozenset({ADMIN_ID}),
        in_group=in_group,
        in_forum=in_forum,
        card_chosen=card_chosen,
    )
    database = open_database(f"sqlite+aiosqlite:///{store_file}")
    world = World(database=database, vault=vault, words=words, strangers=strangers, dispatch=dispatch)
    yield world
    await world.close()
