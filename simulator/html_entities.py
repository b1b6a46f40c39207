"""parse_mode HTML into text and entities, refused as Telegram refuses it, and back into HTML for tests.

Rules read in tdlib/td, MessageEntity.cpp, parse_html. Offsets of entities count UTF-16 units, those in
errors UTF-8 bytes.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
WRITTEN = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,7})|#([0-9]{1,7})|(lt|gt|amp|quot)(?![A-Za-z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACE = re.compile(r"\s*")


class EntityError(ValueError):
    """The markup is wrong; the text is what Telegram says."""


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int  # UTF-16 units
    start: int  # characters of the plain text


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(markup: str) -> tuple[str, list[Json]]:
    """Return the plain text and its entities, outer before inner. Raises EntityError."""
    return _Parser(markup).parse()


class _Parser:
    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.at = 0
        self.plain: list[str] = []
        self.length = 0  # of the plain text, UTF-16 units
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        while self.at < len(self.markup):
            character = self.markup[self.at]
            if character == "&":
                self.write(self.reference() or self.take())
            elif character != "<":
                self.write(self.take())
            elif self.markup.startswith("</", self.at):
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.plain), self.entities

    def take(self) -> str:
        self.at += 1
        return self.markup[self.at - 1]

    def write(self, text: str) -> None:
        self.plain.append(text)
        self.length += utf16_length(text)

    def reference(self) -> str | None:
        match = _REFERENCE.match(self.markup, self.at)
        if match is None:
            return None
        code = int(match[1], 16) if match[1] else int(match[2] or 0)
        if not match[3] and not 0 < code < 0x10FFFF:
            return None
        self.at = match.end()
        return _NAMED[match[3]] if match[3] else chr(code)

    def byte(self, position: int) -> int:
        return len(self.markup[:position].encode("utf-8", "surrogatepass"))

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.markup, self.at)
        found = match[0] if match else ""
        self.at += len(found)
        return found

    def peek(self) -> str:
        return self.markup[self.at : self.at + 1]

    def start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self.skip(re.compile(r"[^\s>]*"))
        if not self.peek():
            raise EntityError(f"Unclosed start tag at byte offset {self.byte(begin)}")
        tag = name.lower()
        if tag not in TAGS:
            raise EntityError(f'Unsupported start tag "{tag}" at byte offset {self.byte(begin)}')
        argument = self.attributes(tag, begin)
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(begin)}')
        self.open.append(_Open(tag, argument, self.length, len("".join(self.plain))))

    def attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while True:
            self.skip(_SPACE)
            if self.peek() == ">":
                return argument
            name = self.skip(_ATTRIBUTE_NAME)
            if not name:
                raise EntityError(
                    f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(begin)}'
                )
            self.skip(_SPACE)
            if self.peek() == "=":
                self.at += 1
                argument = _argument(tag, name, self.value(tag, begin)) or argument
            elif not self.peek():
                raise EntityError(f'Unclosed start tag "{tag}" at byte offset {self.byte(begin)}')
            elif (tag, name) == ("blockquote", "expandable"):
                argument = "1"

    def value(self, tag: str, begin: int) -> str:
        self.skip(_SPACE)
        quote = self.peek()
        if not quote:
            raise EntityError(f'Unclosed start tag "{tag}" at byte offset {self.byte(begin)}')
        token_at = self.at
        if quote not in "'\"":
            token = self.skip(_TOKEN).lower()
            if self.peek() and self.peek() != ">" and not self.peek().isspace():
                raise EntityError(f"Unexpected end of name token at byte offset {self.byte(token_at)}")
        else:
            token = self.quoted(quote)
        if not self.peek():
            raise EntityError(f"Unclosed start tag at byte offset {self.byte(begin)}")
        return token

    def quoted(self, quote: str) -> str:
        self.at += 1
        value: list[str] = []
        while self.peek() and self.peek() != quote:
            value.append((self.reference() if self.peek() == "&" else None) or self.take())
        self.at += 1
        return "".join(value)

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise EntityError(f"Unexpected end tag at byte offset {self.byte(begin)}")
        self.at += 2
        found = self.skip(re.compile(r"[^\s>]*")).lower()
        self.skip(_SPACE)
        if self.peek() != ">":
            raise EntityError(f"Unclosed end tag at byte offset {self.byte(begin)}")
        self.at += 1
        opened = self.open.pop()
        if found and found != opened.tag:
            where = f"Unmatched end tag at byte offset {self.byte(begin)}"
            raise EntityError(f'{where}, expected "</{opened.tag}>", found "</{found}>"')
        if self.length > opened.offset:
            self.close(opened)

    def close(self, opened: _Open) -> None:
        entity: Json = {
            "type": TAGS[opened.tag],
            "offset": opened.offset,
            "length": self.length - opened.offset,
        }
        if opened.tag == "a":
            entity["url"] = opened.argument or "".join(self.plain)[opened.start :]
            if not is_link(entity["url"]):
                return
        elif opened.tag == "tg-emoji":
            if not opened.argument.isdigit():
                raise EntityError("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "pre" and self.swallow_code(entity):
            return
        self.entities.append(entity)

    def swallow_code(self, pre: Json) -> bool:
        """Make <pre><code class="language-x"> one entity, as Telegram does."""
        last = self.entities[-1] if self.entities else {}
        same = (last.get("type"), last.get("offset"), last.get("length")) == (
            "code",
            pre["offset"],
            pre["length"],
        )
        if same:
            last["type"] = "pre"
        return same


def _argument(tag: str, name: str, value: str) -> str:
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return "1" if (tag, name) == ("blockquote", "expandable") else ""


def is_link(url: str) -> bool:
    """Return whether Telegram takes the URL: tg:…, or http(s) with a dot in the host; the scheme may lack."""
    if url.lower().startswith("tg:"):
        return bool(re.match(r"tg:(//)?[\w-]+", url.lower()))
    match = re.match(r"(?:(\w+)://)?(?:[^@/?#]*@)?([^:/?#\s]+|\[[0-9a-f:]+\])", url.lower())
    if match is None or (match[1] or "http") not in {"http", "https"}:
        return False
    return "." in match[2] or match[2].startswith("[")


def to_html(text: str, entities: list[Json]) -> str:
    """Return the text as HTML that parse_html would read back; for tests that look at formatting."""
    units = text.encode("utf-16-le", "surrogatepass")
    edges: list[tuple[int, int, int, str]] = []
    for order, entity in enumerate(sorted(entities, key=lambda e: (e["offset"], -e["length"]))):
        opening, closing = _tags(entity)
        edges.append((entity["offset"], 1, order, opening))
        edges.append((entity["offset"] + entity["length"], 0, -order, closing))
    written, at = [], 0
    for position, _, _, tag in sorted(edges):
        written += [
            html.escape(units[at * 2 : position * 2].decode("utf-16-le", "replace"), quote=False),
            tag,
        ]
        at = position
    return "".join(written) + html.escape(units[at * 2 :].decode("utf-16-le", "replace"), quote=False)


def _tags(entity: Json) -> tuple[str, str]:
    if entity["type"] == "text_link":
        return f'<a href="{html.escape(entity["url"])}">', "</a>"
    name = WRITTEN.get(entity["type"])
    return (f"<{name}>", f"</{name}>") if name else ("", "")
