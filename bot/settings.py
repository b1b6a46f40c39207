"""Read the settings from the environment and `.env`; say all that is wrong with them at once.

No sentence about a fault repeats a value: a token pasted into the wrong line must not end up in a log.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import available_timezones

from dotenv.parser import parse_stream
from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.addresses import DATABASE, TELEGRAM, database_fault, is_port, web_address, webhook_faults
from storage.vault import Vault, VaultFault

PREFIX = "HAMROH_"
ENV_FILE = Path(".env")
_FOR_TESTS = PREFIX + "TEST_"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}")
_TELEGRAMS_TOKEN = re.compile(r"[0-9]{6,20}:[A-Za-z0-9_-]{30,200}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")  # at most 256: Bot API, setWebhook, secret_token
_HIGHEST_ID = 2**52  # Bot API, User.id: at most 52 significant bits


class SettingsFault(Exception):
    """The settings cannot be used; `faults` says why, one sentence each."""

    def __init__(self, faults: Iterable[str]) -> None:
        """Keep the sentences, each once."""
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(self.faults))


class Listen(NamedTuple):
    """Where the web server listens."""

    host: str
    port: int  # 0: any free one


class Settings(BaseSettings):
    """What the operator decided. Secrets are left out of its `repr`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file_encoding="utf-8", frozen=True, extra="ignore", validate_default=False
    )

    bot_token: str | None = Field(default=None, repr=False)  # None: the simulator
    api_base_url: str = TELEGRAM  # without a slash at the end
    database_url: str = Field(default="sqlite+aiosqlite:///hamroh.db", repr=False)
    admin_ids: Annotated[tuple[int, ...], NoDecode] = Field(default=(), repr=False)  # Telegram ids
    secret_keys: Annotated[tuple[str, ...], NoDecode] = Field(default=(), repr=False)  # newest first
    webhook_url: str | None = Field(default=None, repr=False)  # None: long polling
    webhook_secret: str | None = Field(default=None, repr=False)
    listen: Annotated[Listen, NoDecode] = Listen("127.0.0.1", 8080)
    directory: Path | None = None
    timezone: str = "Asia/Almaty"  # IANA name
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    sends_per_second: int = 30  # messages over all chats, 1 to 10,000; Telegram takes about 30

    @property
    def sqlite_file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        url = make_url(self.database_url)
        return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """All values that must never be shown, for the logs to know."""
        password = make_url(self.database_url).password
        found = (self.bot_token, self.webhook_secret, password and str(password), *self.secret_keys)
        return tuple(secret for secret in found if secret)

    @field_validator("*", mode="before")
    @classmethod
    def _not_empty(cls, value: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            raise ValueError("is there, but empty: give it a value, or remove its line")
        return value.strip() if isinstance(value, str) else value

    @field_validator("bot_token")
    @classmethod
    def _check_token(cls, token: str) -> str:
        if not _TOKEN.fullmatch(token):
            raise ValueError("is no bot token: expected digits, a colon and letters, as @BotFather gives it")
        return token

    @field_validator("api_base_url")
    @classmethod
    def _check_api(cls, text: str) -> str:
        if web_address(text) is None:
            raise ValueError("is no address of a Bot API server: expected https://HOST or http://HOST:PORT")
        return text.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, text: str) -> str:
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise ValueError(DATABASE) from None
        if fault := database_fault(url):
            raise ValueError(fault)
        return text

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        ids = [part.strip() for part in value.split(",")]
        for number, part in enumerate(ids, start=1):
            if not re.fullmatch(r"[0-9]{1,16}", part) or not 0 < int(part) < _HIGHEST_ID:
                raise ValueError(
                    f"has no Telegram id in place {number}: expected numbers with commas between them, "
                    "as in 123456789,987654321"
                )
        return tuple(dict.fromkeys(int(part) for part in ids))

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        keys = tuple(part.strip() for part in value.split(","))
        for number, key in enumerate(keys, start=1):
            try:
                Vault([key])
            except VaultFault as error:
                raise ValueError(f"has no key in place {number}: {error}") from None
        if len(set(keys)) < len(keys):
            raise ValueError("names one key twice: write each key once, newest first")
        return keys

    @field_validator("webhook_url")
    @classmethod
    def _check_webhook(cls, text: str) -> str:
        url = web_address(text)
        if url is None or (url.scheme == "http" and url.hostname not in {"127.0.0.1", "localhost", "::1"}):
            raise ValueError("must be an https:// address with a host name, and without a password or '#'")
        return text

    @field_validator("webhook_secret")
    @classmethod
    def _check_webhook_secret(cls, secret: str) -> str:
        if not _WEBHOOK_SECRET.fullmatch(secret):
            raise ValueError(
                "must be 16 to 256 letters, digits, '_' or '-'; make one with `hamroh key --webhook`"
            )
        return secret

    @field_validator("listen", mode="before")
    @classmethod
    def _split_listen(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        host, colon, port = value.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not colon or not re.fullmatch(r"[A-Za-z0-9.:_-]+", host) or not is_port(port):
            raise ValueError("must be HOST:PORT with a port up to 65535, as in 127.0.0.1:8080")
        return Listen(host, int(port))

    @field_validator("directory")
    @classmethod
    def _check_directory(cls, folder: Path) -> Path:
        if not folder.is_dir():
            raise ValueError("names a folder that does not exist or cannot be entered")
        return folder

    @field_validator("timezone")
    @classmethod
    def _check_zone(cls, name: str) -> str:
        zones = available_timezones()
        if name not in zones:
            near = difflib.get_close_matches(name, zones, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"is no IANA time zone, as in Asia/Almaty{hint}")
        return name

    @field_validator("sends_per_second", mode="before")
    @classmethod
    def _check_rate(cls, value: Any) -> Any:
        if not re.fullmatch(r"[0-9]{1,5}", str(value)) or not 1 <= int(value) <= 10_000:
            raise ValueError("must be a whole number from 1 to 10000; Telegram takes about 30")
        return int(value)

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @model_validator(mode="wrap")
    @classmethod
    def _together(cls, given: Any, handler: ValidatorFunctionWrapHandler) -> "Settings":
        """Report the faults of single values and those between them in one go."""
        raw = {name: str(value) for name, value in given.items()} if isinstance(given, Mapping) else {}
        crossed = list(_crossed(raw))
        try:
            settings: Settings = handler(given)
        except ValidationError as error:
            raise SettingsFault([*map(_sentence, error.errors()), *crossed]) from None
        if crossed:
            raise SettingsFault(crossed)
        return settings


_CHOICES = {"log_level": "debug, info, warning or error", "log_format": "console or json"}


def load(env_file: Path = ENV_FILE) -> Settings:
    """Read the settings: the environment wins over `env_file`. Raises SettingsFault with all faults."""
    names, faults = _names_in(env_file)
    readable: dict[str, Any] = {"_env_file": env_file if names else None}
    faults += [_unknown(name) for name in sorted({*names, *map(str.upper, os.environ)}) if _is_unknown(name)]
    try:
        settings = Settings(**readable)
    except SettingsFault as error:
        raise SettingsFault([*error.faults, *faults]) from None
    if faults:
        raise SettingsFault(faults)
    return settings


def _names_in(env_file: Path) -> tuple[set[str], list[str]]:
    """Return the names in the file, in capitals, and what is wrong with its lines."""
    try:
        with env_file.open(encoding="utf-8") as lines:
            bindings = list(parse_stream(lines))
    except FileNotFoundError:
        return set(), []
    except UnicodeDecodeError:
        return set(), [f"{env_file} is not written in UTF-8: save it in that encoding"]
    except OSError as error:
        return set(), [f"{env_file} cannot be read ({error.strerror}): let the program read it, or move it"]
    faults = [
        f"{env_file}, line {binding.original.line}: expected NAME=value"
        for binding in bindings
        if binding.error
    ]
    return {binding.key.upper() for binding in bindings if binding.key}, faults


def _is_unknown(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(_FOR_TESTS) and name not in _known()


def _known() -> list[str]:
    return [PREFIX + name.upper() for name in Settings.model_fields]


def _unknown(name: str) -> str:
    known = [one.removeprefix(PREFIX) for one in _known()]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), known, n=1)
    return f"{name} is no setting of Hamroh" + (f"; did you mean {PREFIX}{near[0]}?" if near else "")


def _sentence(error: Mapping[str, Any]) -> str:
    """Put pydantic's finding in our words, without the value."""
    field = str(error["loc"][0]) if error["loc"] else "?"
    reason = error.get("ctx", {}).get("error")
    if isinstance(reason, ValueError):
        return f"{PREFIX}{field.upper()} {reason}"
    return f"{PREFIX}{field.upper()} must be {_CHOICES.get(field, 'a text')}"


def _crossed(raw: Mapping[str, str]) -> Iterable[str]:
    """Find what is wrong between the values; a value that is wrong by itself is reported elsewhere."""
    at_telegram = raw.get("api_base_url", TELEGRAM).rstrip("/") == TELEGRAM
    token = raw.get("bot_token", "").strip()
    if at_telegram and _TOKEN.fullmatch(token) and not _TELEGRAMS_TOKEN.fullmatch(token):
        yield f"{PREFIX}BOT_TOKEN is too short for a token of Telegram: copy all of it from @BotFather"
    if raw.get("database_url", "").startswith("postgresql") and "secret_keys" not in raw:
        yield (
            f"{PREFIX}SECRET_KEYS is missing: with PostgreSQL the keys are yours to keep; "
            "make one with `hamroh key`"
        )
    yield from webhook_faults(raw, at_telegram=at_telegram)
