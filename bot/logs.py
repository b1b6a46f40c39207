"""Log what happened, never about whom: events, ids and counts; no token, name, phone or text of a message.

Three nets, one behind the other. An event of ours keeps only fields that are known to be harmless. All else
that reaches Python's logging (libraries, warnings, crashes) is reduced to its logger, its level, its place in
the code and the kind of the exception: a library may put a token into an address, and a message into the text
of an error. At last, every finished line is searched for the secrets of the settings.
"""

import asyncio
import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

OURS = ("bot", "care", "handlers", "locales", "simulator", "storage", "__main__")
LIBRARIES = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncio",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "telegram",
    "uvicorn",
    "uvicorn.access",
    "uvicorn.error",
)
# fmt: off
NUMBERS = frozenset({  # besides these: every name that ends in _id, _s or _ms, and is none of SOMEBODY
    "attempt", "attempts", "bytes", "changed", "copy", "count", "done", "due", "expired", "failed",
    "found", "handled", "kept", "lag", "lane", "left", "ms", "offset", "open", "people", "places",
    "port", "removed", "row", "seconds", "sends", "sent", "size", "status", "taken", "total", "tries",
    "unknown", "waiting",
})
WORDS = frozenset({
    "area", "clinic", "command", "database", "error", "fault", "format", "holder", "job", "kind",
    "language", "level", "locale", "mark", "method", "mode", "region", "result", "role", "route", "schema",
    "site", "state", "step", "table", "topic", "verb", "version", "where",
})
# fmt: on
SOMEBODY = frozenset({"telegram_id", "chat_id", "user_id", "from_id", "contact_id", "message_id"})
SHOWN = 8  # frames of a traceback, innermost first
HIDDEN = "(hidden)"

_CAPITALS = "Bad|BotFather|Can|Conflict|Forbidden|Found|Many|Not|Request|Requests|Telegram|Too|Unauthorized"
_PLAIN = re.compile(rf"(?:(?:[a-z]+|[A-Z_]+|{_CAPITALS})(?:[ ,;:'@/.-]|$)+)+")  # no name begins in lower case
_NUMBER_NAME = re.compile(r"[a-z_]{1,40}_(id|s|ms)")
_LOGGER = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}")
_WORD = re.compile(r"[A-Za-z0-9_.:+/-]{1,80}")
_LONG_NUMBER = re.compile(r"[0-9][0-9 ()-]{5,}[0-9]")  # a phone, a Telegram id, half a token
_TOKEN = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{16,}")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(
    *, level: str = "info", style: str = "console", secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send all logs of this process to `stream` (default: standard error), through the nets.

    `level` is debug, info, warning or error; `style` is console or json. Crashes that nobody catches, in the
    main program, in threads and where Python ignores them, become log lines too.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Formatter(_json if style == "json" else _console, secrets))
    handler.addFilter(_is_wanted)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(_LEVELS[level])
    logging.raiseExceptions = False  # its complaint would print the arguments of the message
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, _hand_over],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed
    sys.unraisablehook = _unraisable


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Log what a task left uncaught, without its text."""
    loop.set_exception_handler(_task_crashed)


def error_words(error: BaseException | None) -> dict[str, str]:
    """Return the kinds of an error and its causes, and where in the code it came from; nothing it says."""
    if error is None:
        return {}
    kinds: list[str] = []
    link: BaseException | None = error
    while link is not None and len(kinds) < SHOWN:
        kinds.append(type(link).__name__)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    places = _places(error.__traceback__)
    return {"error": " < ".join(kinds), **({"trace": " < ".join(places)} if places else {})}


class _Formatter(logging.Formatter):
    """Render a record as one harmless line."""

    def __init__(self, render: Callable[[Mapping[str, Any]], str], secrets: Iterable[str]) -> None:
        super().__init__()
        self._render = render
        self._secrets = sorted(_with_halves(secrets), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = self._render(_harmless(record))
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return _TOKEN.sub(HIDDEN, line)


def _with_halves(secrets: Iterable[str]) -> set[str]:
    """Return the secrets and, of a token, what stands on either side of its colon."""
    whole = {secret for secret in secrets if secret}
    halves = {half for secret in whole for half in secret.split(":") if len(half) >= 6}
    return whole | halves


def _is_wanted(record: logging.LogRecord) -> bool:
    """Drop what a library says below a warning, even when the library was told to say more."""
    return isinstance(record.msg, _Event) or record.levelno >= logging.WARNING


class _Event(dict[str, Any]):
    """The fields of an event of ours, on their way through Python's logging."""


def _hand_over(_: Any, __: str, fields: Mapping[str, Any]) -> tuple[tuple[_Event], dict[str, Any]]:
    return (_Event(fields),), {}


def _harmless(record: logging.LogRecord) -> dict[str, Any]:
    """Return the fields of a line, in the order in which they are shown."""
    head = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name if _LOGGER.fullmatch(record.name) else HIDDEN,
    }
    if isinstance(record.msg, _Event):
        return head | _kept(record.msg)
    place = f"{Path(record.pathname).name}:{record.lineno}"
    error = record.exc_info[1] if record.exc_info else None
    return head | {"event": "library", "where": place} | error_words(error)


def _kept(event: _Event) -> dict[str, Any]:
    """Return the harmless fields of an event; the others are counted."""
    said = str(event.get("event", ""))
    kept: dict[str, Any] = {"event": said if _is_plain(said) else HIDDEN}
    dropped = 0
    for name, value in event.items():
        if name in {"event", "level", "exc_info", "stack_info"}:
            continue
        shown = _value(name, value.value if isinstance(value, Enum) else value)
        if shown is None:
            dropped += 1
        else:
            kept[name] = shown
    return kept | error_words(_error_of(event.get("exc_info"))) | ({"dropped": dropped} if dropped else {})


def _value(name: str, value: Any) -> Any:
    """Return the value when both it and its name are harmless, else None."""
    if isinstance(value, bool | int | float):
        is_harmless = name in NUMBERS or (_NUMBER_NAME.fullmatch(name) and name not in SOMEBODY)
        return value if is_harmless else None
    if not isinstance(value, str) or _LONG_NUMBER.search(value):
        return None
    if name == "reason":
        return value if _is_plain(value) else None  # what the Bot API says
    return value if name in WORDS and _WORD.fullmatch(value) else None


def _is_plain(text: str) -> bool:
    """Return whether these are words of a program: no digits, no names, no other script."""
    return len(text) <= 120 and _PLAIN.fullmatch(text) is not None


def _error_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _places(traceback: TracebackType | None) -> list[str]:
    """Return file, line and function of the innermost frames, innermost first."""
    places: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        file = Path(code.co_filename)
        places.append(f"{file.parent.name}/{file.name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[: -SHOWN - 1 : -1]


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=True)


def _console(fields: Mapping[str, Any]) -> str:
    rest = [
        f"{name}={value}" for name, value in fields.items() if name not in {"time", "level", "event", "trace"}
    ]
    trace = [f"trace={fields['trace']}"] if "trace" in fields else []
    return " ".join([str(fields["time"]), f"{fields['level']:<8}", str(fields["event"]), *rest, *trace])


def _crashed(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").error("crashed", exc_info=error)


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    logging.getLogger("bot").error("crashed", exc_info=crash.exc_value)


def _unraisable(fault: "sys.UnraisableHookArgs") -> None:
    logging.getLogger("bot").error("ignored", exc_info=fault.exc_value)


def _task_crashed(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    error = context.get("exception")
    known = error if isinstance(error, BaseException) else None
    logging.getLogger("asyncio").error("left", exc_info=known)
