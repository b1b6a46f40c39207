"""Texts as Telegram stores them: trimmed, measured in UTF-16 units, with commands and links found in them."""

import re
from typing import Any

from simulator.errors import bad_request
from simulator.html_entities import EntityError, parse_html, utf16_length

Json = dict[str, Any]

TEXT_LIMIT = 4096  # UTF-16 units, after parsing
CAPTION_LIMIT = 1024
_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("url", re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,:;!?)]", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.])[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")),
)


def formatted(text: str, parse_mode: str | None, entities: list[Json] | None) -> tuple[str, list[Json]]:
    """Return text and entities of what a bot or a person wrote, trimmed. Raises ApiError on wrong markup."""
    if parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request(
                "unsupported parse_mode"
                if parse_mode.lower() not in {"markdown", "markdownv2"}
                else "the simulator knows parse_mode HTML only"
            )
        try:
            text, entities = parse_html(text)
        except EntityError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    text, kept = _trimmed(text, entities or [])
    return text, sorted(kept + _found(text, kept), key=lambda e: (e["offset"], -e["length"]))


def check_text(text: str) -> None:
    """Refuse an empty or too long message text. Raises ApiError."""
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request("message is too long")


def check_caption(text: str) -> None:
    """Refuse a too long caption. Raises ApiError."""
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    cut = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    length = utf16_length(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] - cut + entity["length"], length)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return text, kept


def _found(text: str, taken: list[Json]) -> list[Json]:
    """Find commands, links, addresses and mentions outside of links and code."""
    closed = [e for e in taken if e["type"] in {"code", "pre", "text_link"}]
    found: list[Json] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            end = start + utf16_length(match[0])
            if not any(e["offset"] < end and start < e["offset"] + e["length"] for e in closed + found):
                found.append({"type": kind, "offset": start, "length": end - start})
    return found
