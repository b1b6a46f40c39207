import os
import re
from pathlib import Path

import pytest

from bot import settings as settings_module
from bot.settings import Listen, Settings, SettingsFault, load
from storage.vault import new_key

TOKEN = "7123456789:AAF-canaryCanaryCanaryCanaryCanary1"
SECRET = "canary-webhook-secret-0123456789"
KEY = new_key()
PASSWORD = "canaryPassword77"
GOOD = {"HAMROH_BOT_TOKEN": TOKEN, "HAMROH_SECRET_KEYS": KEY}
WEBHOOK = {**GOOD, "HAMROH_WEBHOOK_URL": "https://bot.example.org/hook", "HAMROH_WEBHOOK_SECRET": SECRET}
POSTGRES = f"postgresql+asyncpg://hamroh:{PASSWORD}@db.example.org/hamroh"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.upper().startswith("HAMROH_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def give(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def without(values: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if key != name}


BAD = [
    ("BOT_TOKEN", {"HAMROH_BOT_TOKEN": ""}, "empty"),
    ("BOT_TOKEN", {"HAMROH_BOT_TOKEN": "   "}, "empty"),
    ("BOT_TOKEN", {"HAMROH_BOT_TOKEN": "canaryCanary"}, "no bot token"),
    ("BOT_TOKEN", {"HAMROH_BOT_TOKEN": "canary:AAF-canaryCanaryCanaryCanaryCanary1"}, "no bot token"),
    ("BOT_TOKEN", {"HAMROH_BOT_TOKEN": f"'{TOKEN}'"}, "no bot token"),
    ("BOT_TOKEN", {"HAMROH_BOT_TOKEN": TOKEN.replace("-", " ")}, "no bot token"),
    ("BOT_TOKEN", {"HAMROH_BOT_TOKEN": "7123456789:canary"}, "too short"),
    ("API_BASE_URL", {"HAMROH_API_BASE_URL": "canary.example.org"}, "https://HOST"),
    ("API_BASE_URL", {"HAMROH_API_BASE_URL": "ftp://canary.example.org"}, "https://HOST"),
    ("API_BASE_URL", {"HAMROH_API_BASE_URL": "http://:8081"}, "https://HOST"),
    ("API_BASE_URL", {"HAMROH_API_BASE_URL": "http://canary.example.org:99999"}, "https://HOST"),
    ("API_BASE_URL", {"HAMROH_API_BASE_URL": f"https://me:{PASSWORD}@example.org"}, "https://HOST"),
    ("DATABASE_URL", {"HAMROH_DATABASE_URL": "canary.db"}, "sqlite+aiosqlite"),
    ("DATABASE_URL", {"HAMROH_DATABASE_URL": "sqlite:///canary.db"}, "sqlite+aiosqlite"),
    ("DATABASE_URL", {"HAMROH_DATABASE_URL": "sqlite+aiosqlite://"}, "must name a file"),
    ("DATABASE_URL", {"HAMROH_DATABASE_URL": "sqlite+aiosqlite:///:memory:"}, "must name a file"),
    ("DATABASE_URL", {"HAMROH_DATABASE_URL": POSTGRES.replace("+asyncpg", "")}, "postgresql+asyncpg"),
    (
        "DATABASE_URL",
        {**GOOD, "HAMROH_DATABASE_URL": "mysql://me:canaryPassword77@h/d"},
        "postgresql+asyncpg",
    ),
    ("DATABASE_URL", {**GOOD, "HAMROH_DATABASE_URL": POSTGRES.removesuffix("/hamroh")}, "DATABASE"),
    ("DATABASE_URL", {**GOOD, "HAMROH_DATABASE_URL": POSTGRES.replace("db.", "db:port.")}, "DATABASE"),
    ("SECRET_KEYS", {"HAMROH_DATABASE_URL": POSTGRES}, "missing"),
    ("SECRET_KEYS", {"HAMROH_SECRET_KEYS": "canary"}, "in place 1"),
    ("SECRET_KEYS", {"HAMROH_SECRET_KEYS": f"{KEY},"}, "in place 2"),
    ("SECRET_KEYS", {"HAMROH_SECRET_KEYS": f"{KEY},{KEY[:-8]}"}, "in place 2"),
    ("SECRET_KEYS", {"HAMROH_SECRET_KEYS": f"{KEY},{KEY}"}, "twice"),
    ("ADMIN_IDS", {"HAMROH_ADMIN_IDS": "canary"}, "in place 1"),
    ("ADMIN_IDS", {"HAMROH_ADMIN_IDS": "77001234567,"}, "in place 2"),
    ("ADMIN_IDS", {"HAMROH_ADMIN_IDS": "77001234567;5"}, "in place 1"),
    ("ADMIN_IDS", {"HAMROH_ADMIN_IDS": "-77001234567"}, "in place 1"),
    ("ADMIN_IDS", {"HAMROH_ADMIN_IDS": "0"}, "in place 1"),
    ("ADMIN_IDS", {"HAMROH_ADMIN_IDS": "9999999999999999"}, "in place 1"),
    ("WEBHOOK_URL", {**WEBHOOK, "HAMROH_WEBHOOK_URL": "http://canary.example.org/hook"}, "https://"),
    ("WEBHOOK_URL", {**WEBHOOK, "HAMROH_WEBHOOK_URL": "canary.example.org/hook"}, "https://"),
    ("WEBHOOK_URL", {**WEBHOOK, "HAMROH_WEBHOOK_URL": "https:///canary"}, "https://"),
    ("WEBHOOK_URL", {**WEBHOOK, "HAMROH_WEBHOOK_URL": "https://me:canaryPassword77@h.org/"}, "https://"),
    ("WEBHOOK_URL", {**WEBHOOK, "HAMROH_WEBHOOK_URL": "https://canary.example.org:8000/"}, "port"),
    ("WEBHOOK_URL", without(WEBHOOK, "HAMROH_WEBHOOK_URL"), "missing"),
    ("WEBHOOK_SECRET", without(WEBHOOK, "HAMROH_WEBHOOK_SECRET"), "missing"),
    ("WEBHOOK_SECRET", {**WEBHOOK, "HAMROH_WEBHOOK_SECRET": "canary"}, "16 to 256"),
    ("WEBHOOK_SECRET", {**WEBHOOK, "HAMROH_WEBHOOK_SECRET": "canary" * 43}, "16 to 256"),
    ("WEBHOOK_SECRET", {**WEBHOOK, "HAMROH_WEBHOOK_SECRET": "canary secret with blanks"}, "16 to 256"),
    ("BOT_TOKEN", without(WEBHOOK, "HAMROH_BOT_TOKEN"), "missing"),
    ("LISTEN", {"HAMROH_LISTEN": "canary"}, "HOST:PORT"),
    ("LISTEN", {"HAMROH_LISTEN": ":8080"}, "HOST:PORT"),
    ("LISTEN", {"HAMROH_LISTEN": "127.0.0.1:65536"}, "HOST:PORT"),
    ("LISTEN", {"HAMROH_LISTEN": "127.0.0.1:canary"}, "HOST:PORT"),
    ("DIRECTORY", {"HAMROH_DIRECTORY": "no-such-canary"}, "does not exist"),
    ("TIMEZONE", {"HAMROH_TIMEZONE": "Canary"}, "time zone"),
    ("TIMEZONE", {"HAMROH_TIMEZONE": TOKEN}, "time zone"),
    ("TIMEZONE", {"HAMROH_TIMEZONE": "../etc/canary"}, "time zone"),
    ("LOG_LEVEL", {"HAMROH_LOG_LEVEL": "canary"}, "debug, info, warning or error"),
    ("LOG_FORMAT", {"HAMROH_LOG_FORMAT": "canary"}, "console or json"),
    ("BOT_TOKENS", {"HAMROH_BOT_TOKENS": TOKEN}, "did you mean HAMROH_BOT_TOKEN?"),
    ("DATABASE", {"HAMROH_DATABASE": POSTGRES}, "did you mean HAMROH_DATABASE_URL?"),
    ("CANARY", {"HAMROH_CANARY": TOKEN}, "no setting"),
]


@pytest.mark.parametrize(("name", "given", "reason"), BAD)
def test_a_bad_configuration_is_refused_with_its_name_and_reason_and_no_value(
    monkeypatch, name, given, reason
):
    give(monkeypatch, **given)

    assert complaint(name, reason) == "refused"


def complaint(name: str, reason: str) -> str:
    """Load the settings of the environment; return what became of it."""
    try:
        load()
    except SettingsFault as refused:
        if refused.__cause__ is not None:
            return "its cause was told"
        told = "\n".join(refused.faults)
        if any(value in told for value in (TOKEN, SECRET, KEY, PASSWORD)):
            return "a secret was told"
        if "anary" in told.replace("HAMROH_CANARY", ""):
            return "a value was told"
        is_named = any(f"HAMROH_{name} " in fault and reason in fault for fault in refused.faults)
        return "refused" if is_named else "refused for something else"
    return "accepted"


ANYTHING = re.compile(".*")
ELSEWHERE = {"HAMROH_API_BASE_URL": "https://api.example.org"}  # where a token may look like anything
GUARDS = [
    ("BOT_TOKEN", {**ELSEWHERE, "HAMROH_BOT_TOKEN": f"'{TOKEN}'"}, "_TOKEN", ANYTHING),
    ("WEBHOOK_SECRET", {**WEBHOOK, "HAMROH_WEBHOOK_SECRET": "canary"}, "_WEBHOOK_SECRET", ANYTHING),
    ("WEBHOOK_SECRET", without(WEBHOOK, "HAMROH_WEBHOOK_SECRET"), "_crossed", lambda _: ()),
    ("SECRET_KEYS", {"HAMROH_DATABASE_URL": POSTGRES}, "_crossed", lambda _: ()),
    ("DATABASE_URL", {"HAMROH_DATABASE_URL": "sqlite+aiosqlite://"}, "database_fault", lambda _: None),
    ("SECRET_KEYS", {"HAMROH_SECRET_KEYS": "canary"}, "Vault", list),
    ("TIMEZONE", {"HAMROH_TIMEZONE": "Canary"}, "available_timezones", lambda: {"Canary"}),
    ("BOT_TOKENS", {"HAMROH_BOT_TOKENS": TOKEN}, "_is_unknown", lambda _: False),
]


@pytest.mark.parametrize(("name", "given", "guard", "removed"), GUARDS)
def test_without_its_guard_a_bad_configuration_is_accepted(monkeypatch, name, given, guard, removed):
    """The negative control: each of these is refused because of one guard."""
    give(monkeypatch, **given)
    assert complaint(name, "") == "refused"

    monkeypatch.setattr(settings_module, guard, removed)

    assert complaint(name, "") == "accepted"


def test_the_own_words_of_the_library_would_tell_a_secret(monkeypatch):
    """The negative control: without our sentences the value stands in the fault."""
    monkeypatch.setattr(settings_module, "_sentence", str)
    give(monkeypatch, HAMROH_BOT_TOKEN=f"'{TOKEN}'")

    assert complaint("BOT_TOKEN", "no bot token") == "a secret was told"


def test_there_are_forty_bad_configurations_and_more():
    assert len(BAD) >= 40


def test_all_faults_are_told_at_once(monkeypatch):
    give(
        monkeypatch,
        HAMROH_BOT_TOKEN="nonsense",
        HAMROH_TIMEZONE="Asia/Almati",
        HAMROH_WEBHOOK_SECRET=SECRET,
        HAMROH_ADMIN_ID="5",
    )

    with pytest.raises(SettingsFault) as refused:
        load()

    assert len(refused.value.faults) == 4
    assert "did you mean Asia/Almaty?" in str(refused.value)


def test_nothing_at_all_is_the_simulator_on_a_sqlite_file():
    settings = load()

    assert settings.bot_token is None
    assert settings.sqlite_file == Path("hamroh.db")
    assert settings.listen == ("127.0.0.1", 8080)


def test_good_values_become_values_of_the_program(monkeypatch, tmp_path):
    other = new_key()
    give(
        monkeypatch,
        **WEBHOOK,
        HAMROH_DATABASE_URL=POSTGRES,
        HAMROH_ADMIN_IDS=" 12, 34 ,12",
        HAMROH_API_BASE_URL="http://127.0.0.1:8081/",
        HAMROH_DIRECTORY=str(tmp_path),
        HAMROH_LISTEN="[::1]:9000",
        HAMROH_LOG_LEVEL="DEBUG",
    )
    monkeypatch.setenv("HAMROH_SECRET_KEYS", f"{other}, {KEY}")

    settings = load()

    assert settings.admin_ids == (12, 34)
    assert settings.secret_keys == (other, KEY)
    assert settings.api_base_url == "http://127.0.0.1:8081"
    assert settings.listen == Listen("::1", 9000)
    assert settings.log_level == "debug"
    assert settings.sqlite_file is None
    assert set(settings.secrets) == {TOKEN, SECRET, PASSWORD, other, KEY}


def test_a_short_token_is_enough_for_another_server(monkeypatch):
    give(monkeypatch, HAMROH_BOT_TOKEN="1:test", HAMROH_API_BASE_URL="http://127.0.0.1:8081")

    assert load().bot_token == "1:test"


def test_the_file_is_read_and_the_environment_wins(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("HAMROH_TIMEZONE=Asia/Tashkent\nHAMROH_LOG_FORMAT=json\nOTHER=1\n")
    give(monkeypatch, HAMROH_TIMEZONE="Asia/Bishkek")

    settings = load()

    assert (settings.timezone, settings.log_format) == ("Asia/Bishkek", "json")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"HAMROH_LOG_LEVEL=\xff\xfe", "UTF-8"),
        (b"HAMROH_LOG_LEVEL='info\n", "line 1"),
        (b"HAMROH_LOGLEVEL=info\n", "did you mean HAMROH_LOG_LEVEL?"),
        (f"HAMROH_BOT_TOKEN={TOKEN}x y\n".encode(), "HAMROH_BOT_TOKEN"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(tmp_path, content, reason):
    (tmp_path / ".env").write_bytes(content)

    with pytest.raises(SettingsFault, match=reason) as refused:
        load()

    assert TOKEN not in str(refused.value)


def test_secrets_are_not_in_the_representation(monkeypatch):
    give(monkeypatch, **WEBHOOK, HAMROH_DATABASE_URL=POSTGRES)

    shown = repr(load())

    assert not [secret for secret in (TOKEN, SECRET, KEY, PASSWORD) if secret in shown]


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().timezone = "Asia/Tashkent"
