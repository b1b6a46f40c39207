"""What Telegram refuses: wrong parameters, keyboards, commands, places; ApiError in Telegram's words."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from simulator.errors import ApiError, bad_request
from simulator.html_entities import is_link, utf16_length

Json = dict[str, Any]

CALLBACK_DATA_LIMIT = 64  # bytes
BUTTONS_LIMIT = 100
COMMAND = re.compile(r"/?([a-z0-9_]{1,32})")
ACTIONS = {
    *("typing", "find_location", "choose_sticker"),
    *("upload_photo", "upload_video", "upload_voice", "upload_document", "upload_video_note"),
    *("record_video", "record_voice", "record_video_note"),
}


class Upload(bytes):
    """The content of an uploaded file, with its name and type."""

    name: str = "file"
    mime_type: str = "application/octet-stream"


def text(value: Any, name: str) -> str:
    """Return a string; JSON bodies may hold other types, which Telegram refuses."""
    if not isinstance(value, str):
        raise bad_request(f'field "{name}" must be of type String')
    return value


def integer(value: Any, name: str) -> int:
    """Return a whole number given as such or as text."""
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,18}", str(value)):
        raise bad_request(f'parameter "{name}" must be an Integer')
    return int(value)


def number(value: Any, name: str) -> float:
    """Return a number given as such or as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise bad_request(f'parameter "{name}" must be a Float') from None


def boolean(value: Any, name: str) -> bool:
    """Return a truth value given as such or as text."""
    if value in (True, "true", "True", "1", "yes"):
        return True
    if value in (False, "false", "False", "0", "no", ""):
        return False
    raise bad_request(f'parameter "{name}" must be a Boolean')


def chat_id(value: Any, name: str) -> int | str:
    """Return a chat's number, or @name."""
    if value in ("", None):
        raise bad_request(f"{name} is empty")
    return str(value) if str(value).startswith("@") else integer(value, name)


def structure(value: Any, name: str) -> Any:
    """Return a list or object given as such or as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name} JSON object") from None


def file(value: Any, name: str) -> Upload | str:
    """Return an uploaded file, or the file_id (or address) that stands for one."""
    if isinstance(value, Upload):
        if not value:
            raise bad_request("file must be non-empty")
        return value
    return text(value, name)


Kind = Callable[[Any, str], Any]


def parameters(given: Mapping[str, Any], required: Mapping[str, Kind], optional: Mapping[str, Kind]) -> Json:
    """Return the typed parameters of a call.

    Telegram ignores parameters it does not know; the simulator refuses them, so that a typing error is seen.
    """
    unknown = sorted(set(given) - set(required) - set(optional))
    if unknown:
        raise bad_request(
            f'unknown parameter "{unknown[0]}" (Telegram would ignore it, the simulator does not)'
        )
    for name in required:
        if given.get(name) is None or given[name] == "":
            raise _missing(name)
    kinds = {**optional, **required}
    return {name: kinds[name](value, name) for name, value in given.items() if value is not None}


def _missing(name: str) -> ApiError:
    if name == "text":
        return bad_request("message text is empty")
    if name in {"chat_id", "latitude", "longitude"}:
        return bad_request(f"{name} is empty")
    if name in {"photo", "document", "voice", "video_note", "sticker"}:
        return bad_request(f"there is no {name} in the request")
    return bad_request(f'parameter "{name}" is required')


def reply_markup(markup: Any) -> Json:
    """Check a keyboard of any kind and return it with its buttons as objects."""
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kinds = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"} & set(markup)
    if len(kinds) != 1:
        raise bad_request(
            "reply markup must be one of inline_keyboard, keyboard, remove_keyboard, force_reply"
        )
    if "inline_keyboard" in markup:
        _fields("InlineKeyboardMarkup", markup, {"inline_keyboard"})
        rows = _rows(markup, "inline_keyboard", "of the InlineKeyboardMarkup must be an Array of Arrays")
        return {"inline_keyboard": [[_inline_button(b) for b in row] for row in rows if row]}
    if "keyboard" in markup:
        allowed = {"keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "selective"}
        _fields("ReplyKeyboardMarkup", markup, allowed | {"input_field_placeholder"})
        rows = _rows(markup, "keyboard", "must be an Array of Arrays")
        return markup | {"keyboard": [[_key(b) for b in row] for row in rows if row]}
    _fields("reply markup", markup, kinds | {"selective", "input_field_placeholder"})
    return dict(markup)


def _fields(what: str, given: Json, allowed: set[str]) -> None:
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise bad_request(
            f'unknown field "{unknown[0]}" in {what} (the simulator refuses what Telegram would ignore)'
        )


def _rows(markup: Json, name: str, wanted: str) -> list[list[Any]]:
    rows = markup[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" {wanted}')
    if sum(map(len, rows)) > BUTTONS_LIMIT:
        raise bad_request("reply markup is too long")
    return rows


_INLINE_KINDS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}  # fmt: skip


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    _fields("InlineKeyboardButton", button, _INLINE_KINDS | {"text", "style", "icon_custom_emoji_id"})
    if not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    kinds = [kind for kind in _INLINE_KINDS if button.get(kind) is not None and button[kind] != ""]
    if not kinds:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(kinds) > 1:
        raise bad_request(f"an inline keyboard button must have exactly one of {', '.join(sorted(kinds))}")
    _check_target(button)
    return dict(button)


def _check_target(button: Json) -> None:
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str):
            raise bad_request(
                'can\'t parse inline keyboard button: field "callback_data" must be of type String'
            )
        if len(data.encode()) > CALLBACK_DATA_LIMIT:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not is_link(str(button["url"])):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _key(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    requests = {
        "request_contact",
        "request_location",
        "request_users",
        "request_chat",
        "request_poll",
        "web_app",
    }
    _fields(
        "KeyboardButton", button, requests | {"text", "style", "icon_custom_emoji_id", "request_managed_bot"}
    )
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    return dict(button)


def commands(value: Any) -> list[Json]:
    """Check a list of BotCommand."""
    if not isinstance(value, list):
        raise bad_request("expected an Array of BotCommand")
    if len(value) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(item) for item in value]


def _command(item: Any) -> Json:
    if not isinstance(item, dict) or not {"command", "description"} >= set(item) or len(item) != 2:
        raise bad_request("can't parse BotCommand: command and description are expected")
    match = COMMAND.fullmatch(str(item["command"]))
    if match is None:
        raise bad_request("BOT_COMMAND_INVALID")
    description = str(item["description"]).strip()
    if not description:
        raise bad_request("command description must be non-empty")
    if utf16_length(description) > 256:
        raise bad_request("command description length must not exceed 256")
    return {"command": match[1], "description": description}


def place(latitude: float, longitude: float) -> Json:
    """Check a point on the earth, in degrees."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong geo coordinates specified")
    return {"latitude": latitude, "longitude": longitude}


def image_size(content: bytes) -> tuple[int, int]:
    """Return width and height of a picture, in pixels; (800, 600) for kinds whose header is not read."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if content.startswith((b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        return 800, 600
    raise bad_request("IMAGE_PROCESS_FAILED")
