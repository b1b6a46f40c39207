"""All that exists in the simulated Telegram: people, groups, bots, their chats, messages and files."""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from simulator.clock import Clock
from simulator.faults import Fault
from simulator.updates import UpdateQueue

Json = dict[str, Any]
GroupKind = Literal["group", "supergroup", "channel"]

DEFAULT_BOT_ID = 100_000
CALLS_KEPT = 100_000  # API calls remembered for limit checks


@dataclass(slots=True)
class Person:
    """Somebody with a phone."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    phone: str | None = None
    role: str = ""  # shown on the page only
    deactivated: bool = False

    def names(self) -> Json:
        """Return the name fields that User and private Chat objects share."""
        fields = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {key: value for key, value in fields.items() if value}

    def user(self) -> Json:
        """Return the person as a Bot API User."""
        user: Json = {"id": self.id, "is_bot": False, **self.names()}
        return user | {"language_code": self.language_code} if self.language_code else user


@dataclass(slots=True)
class Group:
    """A group, supergroup or channel; its id is negative."""

    id: int
    title: str
    kind: GroupKind
    members: set[int] = field(default_factory=set)
    is_forum: bool = False  # has topics
    topics: dict[int, str] = field(default_factory=dict)  # thread → name; without the general one

    def chat(self) -> Json:
        """Return the group as a Bot API Chat."""
        chat: Json = {"id": self.id, "type": self.kind, "title": self.title}
        return chat | {"is_forum": True} if self.is_forum else chat


@dataclass(slots=True)
class Message:
    """One message of a chat, as its Bot API object, and what the object does not say."""

    json: Json
    outgoing: bool  # written by the bot
    former_keyboards: list[list[list[Json]]] = field(default_factory=list)
    deleted: bool = False
    reactions: list[Json] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The message_id."""
        return int(self.json["message_id"])

    @property
    def keyboard(self) -> list[list[Json]]:
        """The rows of inline buttons, empty when there are none."""
        rows: list[list[Json]] = self.json.get("reply_markup", {}).get("inline_keyboard", [])
        return rows


@dataclass(slots=True)
class Chat:
    """What one bot and one person (or group) have written to each other."""

    id: int
    messages: dict[int, Message] = field(default_factory=dict)
    started: bool = False  # the person wrote first, so the bot may write
    blocked: bool = False  # by the person; in a group: the bot is no member
    reply_keyboard: Json | None = None
    answers: list[Json] = field(default_factory=list)  # to presses: toasts and alerts, oldest first
    action: Json | None = None  # what sendChatAction shows
    seq: int = 0  # world.seq of the last change of any kind
    bot_seq: int = 0  # world.seq of the last message the bot wrote, edited or deleted


@dataclass(slots=True)
class CallbackQuery:
    """A press that waits for its answer."""

    id: str
    chat_id: int
    person_id: int
    pressed_at: float  # simulated, seconds since 1970
    answered: bool = False


@dataclass(slots=True)
class InlineQuery:
    """Something typed behind the bot's name, which waits for cards."""

    asked_at: float  # simulated, seconds since 1970
    answer: Json | None = None


@dataclass(slots=True)
class Bot:
    """One bot: its profile, its chats and what waits for it."""

    id: int
    username: str
    name: str
    token: str | None = None  # None until a program comes with one
    chats: dict[int, Chat] = field(default_factory=dict)
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    queries: dict[str, CallbackQuery] = field(default_factory=dict)
    inline_queries: dict[str, InlineQuery] = field(default_factory=dict)
    guest_queries: dict[str, int] = field(default_factory=dict)  # query → chat of the mention
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)  # (scope, language) → commands
    profile: dict[tuple[str, str], str] = field(default_factory=dict)  # (field, language) → text

    def user(self) -> Json:
        """Return the bot as a Bot API User."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that somebody sent."""

    id: str
    name: str
    content: bytes
    mime_type: str
    kind: str = ""  # photo, voice …: a file can only be sent again as what it is; empty: as anything

    @property
    def path(self) -> str:
        """The file_path that getFile names."""
        return f"files/{self.id}/{self.name}"


class World:
    """The whole state; everything runs in one event loop, so a plain method is a transaction."""

    def __init__(self, people: Iterable[Person] = (), *, username: str = "hamroh_demo_bot") -> None:
        """Begin with these people and one bot that no program has claimed yet."""
        self.username = username
        self.clock = Clock()
        self.closing = asyncio.Event()
        self.seq = 0
        self.bots: list[Bot] = []
        self._cast = tuple(people)
        self._changed = asyncio.Event()
        self.reset()

    def reset(self) -> None:
        """Forget everything but the first people; programs must come with their tokens again."""
        former = self.bots
        for bot in former:
            bot.updates.close()
        self.people = {person.id: replace(person) for person in self._cast}
        self.groups: dict[int, Group] = {}
        self.bots = [Bot(id=DEFAULT_BOT_ID, username=self.username, name="Hamroh")]
        if former:  # a bot that goes on must not take new updates for repeats
            self.bot.updates.next_id = former[0].updates.next_id
        self.files: dict[str, StoredFile] = {}
        self.faults: list[Fault] = []
        self.calls: deque[Json] = deque(maxlen=CALLS_KEPT)
        self.clock.offset_s, self.clock.next_due = 0.0, None
        self._numbers, self._call_numbers = itertools.count(1), itertools.count(1)
        self.announce()

    @property
    def bot(self) -> Bot:
        """The first bot: the one the people of the page write to."""
        return self.bots[0]

    def bot_of(self, token: str) -> Bot:
        """Return the bot of a token; the first token ever seen belongs to the page's bot."""
        for bot in self.bots:
            if bot.token == token:
                return bot
        bot_id = int(token.partition(":")[0])
        if self.bot.token is None:
            self.bot.token, self.bot.id = token, bot_id
            return self.bot
        bot = Bot(id=bot_id, username=f"bot_{bot_id}_bot", name=f"Bot {bot_id}", token=token)
        self.bots.append(bot)
        return bot

    def chat_json(self, chat_id: int) -> Json:
        """Return the Bot API Chat of a person or group. Raises KeyError when there is none."""
        if chat_id in self.groups:
            return self.groups[chat_id].chat()
        return {"id": chat_id, "type": "private", **self.people[chat_id].names()}

    def chat(self, bot: Bot, chat_id: int) -> Chat:
        """Return the bot's chat with a person or group, made when it is new."""
        return bot.chats.setdefault(chat_id, Chat(id=chat_id, seq=self.seq))

    def number(self) -> int:
        """Return a number nobody had before: for messages, queries, files."""
        return next(self._numbers)

    def count_call(self) -> int:
        """Return the number of the next API call."""
        return next(self._call_numbers)

    def date(self) -> int:
        """Return the simulated time as the Bot API writes it."""
        return int(self.clock.timestamp())

    def keep_file(self, name: str, content: bytes, mime_type: str, *, kind: str = "") -> StoredFile:
        """Store a file and return it with its id."""
        file_id = f"SIMFILE{self.number():06d}"
        stored = StoredFile(file_id, name.replace("/", "_") or "file", content, mime_type, kind)
        self.files[stored.id] = stored
        return stored

    def changed(self, chat: Chat, *, by_bot: bool) -> None:
        """Note that a chat looks different now, and wake whoever waits for that."""
        self.announce()
        chat.seq = self.seq
        if by_bot:
            chat.bot_seq = self.seq

    def changed_everywhere(self, bot: Bot) -> None:
        """Note that all chats of a bot look different: its menu or its description."""
        self.announce()
        for chat in bot.chats.values():
            chat.seq = self.seq

    def announce(self) -> None:
        """Wake everybody who waits for a change of anything."""
        self.seq += 1
        before, self._changed = self._changed, asyncio.Event()
        before.set()

    def next_change(self) -> asyncio.Event:
        """Return the event that the next change sets."""
        return self._changed
