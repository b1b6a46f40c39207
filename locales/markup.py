"""Fill texts with values: HTML for messages, plain for buttons."""

import re
from collections.abc import Mapping
from html import escape

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)\}")


class Html(str):
    """Text that is HTML already, so that it is not escaped again when it is put into another text."""

    __slots__ = ()


def html(value: object) -> str:
    """Write a value as HTML: text is escaped unless it is `Html`, numbers are written plainly."""
    return value if isinstance(value, Html) else escape(plain(value), quote=False).replace('"', "&quot;")


def plain(value: object) -> str:
    """Write a value as text; a whole number in a float loses its fraction."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def fill_html(text: str, fields: Mapping[str, object]) -> Html:
    """Put escaped `fields` in the place of their names in braces; raises KeyError for a missing field."""
    return Html(_fill(text, {name: html(value) for name, value in fields.items()}))


def fill_plain(text: str, fields: Mapping[str, object]) -> str:
    """Put `fields` in the place of their names in braces; raises KeyError for a missing field."""
    return _fill(text, {name: plain(value) for name, value in fields.items()})


def _fill(text: str, fields: Mapping[str, str]) -> str:
    if "{" not in text and "}" not in text:
        return text
    return PLACEHOLDER.sub(lambda found: fields[found[1]] if found[1] else found[0][0], text)
