"""Look at the addresses among the settings: of the Bot API, the webhook and the store."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import URL

TELEGRAM = "https://api.telegram.org"
DATABASE = "must be sqlite+aiosqlite:///FILE or postgresql+asyncpg://NAME:PASSWORD@HOST/DATABASE"
WEBHOOK_PORTS = (443, 80, 88, 8443)  # Bot API, setWebhook, notes


def webhook_faults(raw: Mapping[str, str], *, at_telegram: bool) -> Iterable[str]:
    """Find what is wrong between the webhook's values; one that is wrong by itself is reported elsewhere."""
    if "webhook_url" in raw and "webhook_secret" not in raw:
        yield "HAMROH_WEBHOOK_SECRET is missing: make one with `hamroh key --webhook`"
    if "webhook_secret" in raw and "webhook_url" not in raw:
        yield "HAMROH_WEBHOOK_URL is missing: HAMROH_WEBHOOK_SECRET is of use only with it"
    if "webhook_url" in raw and "bot_token" not in raw:
        yield "HAMROH_BOT_TOKEN is missing: a webhook needs a bot"
    url = web_address(raw.get("webhook_url", ""))
    if url is None or not at_telegram:
        return
    if url.scheme == "http":
        yield "HAMROH_WEBHOOK_URL must begin with https://: Telegram writes to nothing else"
    if (url.port or 443) not in WEBHOOK_PORTS:
        yield "HAMROH_WEBHOOK_URL must have the port 443, 80, 88 or 8443: Telegram writes to no other"


def database_fault(url: URL) -> str | None:
    """Return what is wrong with the address of the store, or None."""
    if url.drivername == "postgresql+asyncpg":
        return None if url.database and url.host else DATABASE
    if url.drivername != "sqlite+aiosqlite":
        return DATABASE
    if not url.database or url.database == ":memory:" or url.query:
        return "must name a file, as in sqlite+aiosqlite:///hamroh.db: what is kept in memory only is lost"
    return None


def web_address(text: str) -> SplitResult | None:
    """Return the parts of an address, or None when it is none, or holds a password, query or fragment."""
    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError:
        return None
    plain = not (url.username or url.password or url.query or url.fragment or re.search(r"\s", text.strip()))
    return url if url.scheme in {"https", "http"} and url.hostname and port != 0 and plain else None


def is_port(text: str) -> bool:
    """Return whether `text` is the number of a port; 0 means any free one."""
    return bool(re.fullmatch(r"[0-9]{1,5}", text)) and int(text) <= 65535
