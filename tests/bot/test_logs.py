import ast
import asyncio
import gc
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest
import structlog

from bot import logs
from storage.vault import new_key

TOKEN = "7123456789:AAFcanaryCanaryCanaryCanaryCanary12"
SECRETS = [TOKEN, "canary-webhook-secret-0123456789", "canaryPassword77", new_key(), new_key()]
HALVES = [*SECRETS, *TOKEN.split(":")]
CANARIES = [
    *SECRETS,
    *TOKEN.split(":"),
    f"https://api.telegram.org/bot{TOKEN}/getMe",
    *[f"77{number:09}" for number in range(10001, 10011)],  # Telegram ids
    *[f"+7 701 555 {number:02} {number:02}" for number in range(10, 20)],  # phones
    *["Рустам Каримов", "Дилноза", "Gʻayrat Toʻxtayev", "Айгүл Сәрсенбаева", "Ҷамшед", "Rustam Karimov"],
    *[f"я кашляю {number} недели и боюсь депортации" for number in range(2, 10)],
    *[f"yoʻtalim {number} haftadan beri bor" for number in range(2, 10)],
    "<b>bold text of a message</b>",
]


class Verb(Enum):
    """A closed word, as events have them."""

    BOOK = "book"


@pytest.fixture(params=["console", "json"])
def lines(request: pytest.FixtureRequest, logs_put_back: None) -> io.StringIO:
    """What a program at debug level writes."""
    stream = io.StringIO()
    logs.configure(level="debug", style=request.param, secrets=SECRETS, stream=stream)
    return stream


def fail(canary: str) -> None:
    try:
        raise OSError(f"cannot reach {canary}")
    except OSError as error:
        raise ValueError(canary, {"text": canary}) from error


def caught(canary: str) -> ValueError:
    try:
        fail(canary)
    except ValueError as error:
        return error
    raise AssertionError


def say_everywhere(canary: str) -> None:
    """Put a canary wherever something could be logged."""
    ours = structlog.get_logger("bot.intake")
    ours.debug(f"got {canary}")
    for field in (
        "text",
        "name",
        "phone",
        "token",
        "url",
        "kind",
        "fault",
        "reason",
        "topic",
        "person",
        "x_id",
    ):
        ours.info("said", **{field: canary})
    ours.warning("said", payload={"text": canary}, items=[canary], **{f"f{canary}": 1, canary: canary})
    for field in ("telegram_id", "chat_id", "user_id", "phone", "contact"):
        ours.info("written", **{field: 77000010001})
    ours.bind(text=canary).error("failed", exc_info=caught(canary))
    try:
        fail(canary)
    except ValueError:
        ours.exception("failed")
        logging.getLogger("bot.polling").exception("failed with %s", canary)
    for name in (*logs.LIBRARIES, "some.library", canary):
        library = logging.getLogger(name)
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            library.log(level, "request %s", canary, exc_info=caught(canary), extra={"text": canary})
    logging.getLogger("bot").warning("badly %d formatted", canary)


class Cursed:
    """Something that fails when it is thrown away."""

    def __init__(self, canary: str) -> None:
        self.canary = canary

    def __del__(self) -> None:
        fail(self.canary)


async def crash_everywhere(canary: str) -> None:
    """Leave a fault where nobody catches it."""
    loop = asyncio.get_running_loop()
    logs.watch(loop)
    task = loop.create_task(asyncio.to_thread(fail, canary), name=canary)
    await asyncio.wait([task])
    del task
    thread = threading.Thread(target=fail, args=(canary,), name=canary)
    thread.start()
    thread.join()
    cursed = Cursed(canary)
    del cursed
    error = caught(canary)
    sys.excepthook(type(error), error, error.__traceback__)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(canary, UserWarning, stacklevel=1)


def hits(text: str) -> list[str]:
    plain = text + "".join(str(json.loads(line)) for line in text.splitlines() if line.startswith("{"))
    return [canary for canary in [*CANARIES, "77000010001"] if canary in plain]


async def test_no_canary_reaches_the_logs_at_debug_level(lines, capfd):
    for canary in CANARIES:
        say_everywhere(canary)
        await crash_everywhere(canary)
    gc.collect()  # tasks whose faults nobody fetched say so when they are thrown away
    await asyncio.sleep(0)

    text = lines.getvalue()
    shown = capfd.readouterr()
    assert len(CANARIES) >= 50
    assert text.count("\n") > 20 * len(CANARIES)
    assert hits(text) == []
    assert hits(shown.out + shown.err) == []
    for word in ("недел", "haftadan", "Рустам", "bold"):
        assert word not in text
        assert json.dumps(word)[1:-1] not in text


def test_the_same_canaries_are_found_where_nothing_is_held_back():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    library = logging.getLogger("some.library")
    library.addHandler(handler)

    for canary in CANARIES:
        library.error("request %s", canary)

    library.removeHandler(handler)
    assert set(hits(stream.getvalue())) >= set(CANARIES)


def told(record: logging.LogRecord) -> dict[str, str]:
    """Return a record as it is."""
    return {"time": "", "level": "", "event": record.getMessage()}


def test_with_the_first_nets_off_people_are_found_and_secrets_are_still_hidden(lines, monkeypatch):
    """The negative control of the nets for what events and libraries say."""
    monkeypatch.setattr(logs, "_harmless", told)

    for canary in CANARIES:
        structlog.get_logger("bot.intake").info("said", text=canary)
        logging.getLogger("some.library").error("request %s", canary)

    found = set(hits(lines.getvalue()))
    assert found >= {canary for canary in CANARIES if not any(secret in canary for secret in HALVES)}
    assert found.isdisjoint(SECRETS)


def test_with_all_nets_off_secrets_are_found(logs_put_back, monkeypatch):
    """The negative control of the last net: nobody told it the secrets, and it knows no token."""
    monkeypatch.setattr(logs, "_harmless", told)
    monkeypatch.setattr(logs, "_TOKEN", re.compile(r"(?!)"))
    stream = io.StringIO()
    logs.configure(level="debug", stream=stream)

    for canary in CANARIES:
        logging.getLogger("some.library").error("request %s", canary)

    assert set(hits(stream.getvalue())) >= set(CANARIES)


def test_an_event_keeps_ids_counts_and_closed_words(lines):
    structlog.get_logger("bot.intake").info(
        "update set aside", update_id=5, tries=3, verb=Verb.BOOK, seconds=0.5
    )

    line = lines.getvalue()
    for part in ("update set aside", "update_id", "book", "bot.intake", "info", "0.5"):
        assert part in line


def test_an_exception_shows_its_kinds_and_where_it_came_from(lines):
    structlog.get_logger("bot.intake").error("failed", exc_info=caught("canary"))

    assert "ValueError < OSError" in lines.getvalue()
    assert "bot/test_logs.py" in lines.getvalue()
    assert " fail" in lines.getvalue()


def test_libraries_below_a_warning_are_not_heard_even_when_told_to_talk(lines):
    library = logging.getLogger("httpx")
    library.setLevel(logging.DEBUG)

    library.info("HTTP Request")

    assert lines.getvalue() == ""


def test_info_hides_what_is_said_for_debugging(logs_put_back):
    stream = io.StringIO()
    logs.configure(level="info", stream=stream)

    structlog.get_logger("bot.intake").debug("quiet")
    structlog.get_logger("bot.intake").info("loud")

    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()


def events_in(module: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(module.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
            and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}
        ):
            yield node


def named_by(node: ast.expr) -> list[str]:
    """What an event may be called; a digit stands for what is not written there."""
    if isinstance(node, ast.IfExp):
        return [*named_by(node.body), *named_by(node.orelse)]
    return [str(node.value) if isinstance(node, ast.Constant) else "0"]


def test_every_event_is_named_by_a_constant_that_the_logs_let_through():
    root = Path(logs.__file__).parents[1]
    modules = [path for folder in logs.OURS[:-1] for path in (root / folder).rglob("*.py")]
    calls = [(path, call) for path in modules for call in events_in(path)]

    wrong = [
        f"{path}:{call.lineno}"
        for path, call in calls
        if not call.args or not all(map(logs._is_plain, named_by(call.args[0])))
    ]

    assert calls
    assert wrong == []


def test_every_field_of_our_events_is_let_through():
    root = Path(logs.__file__).parents[1]
    modules = [path for folder in logs.OURS[:-1] for path in (root / folder).rglob("*.py")]
    names = {
        (str(keyword.arg), f"{path.name}:{call.lineno}")
        for path in modules
        for call in events_in(path)
        for keyword in call.keywords
    }

    known = logs.NUMBERS | logs.WORDS | {"exc_info", "reason"}
    strange = {
        where
        for name, where in names
        if name not in known and (not logs._NUMBER_NAME.fullmatch(name) or name in logs.SOMEBODY)
    }

    assert strange == set()
