"""The acts of people as the control API names them: a name, JSON in, JSON out."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from simulator import acts, inline
from simulator.acts import Hand
from simulator.errors import ControlError
from simulator.world import Chat

Json = dict[str, Any]

Act = Callable[[Hand, Json], Json]


def _say(who: Hand, given: Json) -> Json:
    return who.say(given["text"], **_place(given), **_origin(who, given))


def _post(who: Hand, given: Json, content: Json) -> Json:
    """Post any content: as an answer to `reply_to`, in `thread_id`, `forwarded`, as part of `media_group`."""
    return who.post(content | _origin(who, given), **_place(given))


def _place(given: Json) -> Json:
    return {name: given.get(name) for name in ("reply_to", "thread_id")}


def _origin(who: Hand, given: Json) -> Json:
    hidden = {"type": "hidden_user", "sender_user_name": "Somebody else", "date": who.world.date()}
    album = {"media_group_id": str(given["media_group"])} if given.get("media_group") else {}
    return album | ({"forward_origin": hidden} if given.get("forwarded") else {})


def _press(who: Hand, given: Json) -> Json:
    data = given.get("data")
    if data is None:
        button = _button(who.chat, given)
        if "callback_data" not in button:
            return {"url": button.get("url")}
        data = button["callback_data"]
    flags = {"forged": bool(given.get("forged")), "stale": bool(given.get("stale"))}
    return {"query_id": who.press(given["message_id"], data, **flags)}


def _button(chat: Chat, given: Json) -> Json:
    message = chat.messages.get(given["message_id"])
    try:
        return (message.keyboard if message else [])[given["row"]][given["col"]]
    except (IndexError, KeyError) as error:
        raise ControlError("there is no such button") from error


def _location(who: Hand, given: Json) -> Json:
    point = {name: given[name] for name in ("latitude", "longitude")}
    return _post(who, given, {"location": point})


def _contact(who: Hand, given: Json) -> Json:
    person = who.person
    own: Json = {
        "phone_number": person.phone or "+70000000000",
        "first_name": person.first_name,
        "user_id": person.id,
    }
    named = {k: given[k] for k in ("phone_number", "first_name", "last_name", "user_id") if k in given}
    return _post(who, given, {"contact": named or own})


def _document(who: Hand, given: Json) -> Json:
    try:
        content = (
            base64.b64decode(given["base64"]) if "base64" in given else given.get("text", "stand-in").encode()
        )
    except binascii.Error as error:
        raise ControlError("base64 is wrong") from error
    name, kind = given.get("file_name", "document.txt"), given.get("mime_type", "text/plain")
    return _post(who, given, acts.document(who.world, name, kind, content))


def _inline(who: Hand, given: Json) -> Json:
    query, offset = given.get("query", ""), given.get("offset", "")
    return {"query_id": inline.ask(who.world, who.bot, who.person.user(), query, offset)}


def _choose(who: Hand, given: Json) -> Json:
    chosen = given["query_id"], given["result_id"]
    return inline.choose(who.world, who.bot, who.person.user(), who.chat, *chosen)


def _guest(who: Hand, given: Json) -> Json:
    return inline.mention(who.world, who.bot, who.person.user(), who.chat, given["text"])


def _block(who: Hand, *, blocked: bool) -> Json:
    who.block(blocked=blocked)
    return {"ok": True}


def _delete_topic(who: Hand, thread_id: int) -> Json:
    who.delete_topic(thread_id)
    return {"ok": True}


def _delete_account(who: Hand) -> Json:
    who.person.deactivated = True
    who.world.changed(who.chat, by_bot=False)
    return {"ok": True}


ACTS: Mapping[str, Act] = {
    "say": _say,
    "start": lambda who, given: who.start(given.get("payload") or ""),
    "press": _press,
    "edit": lambda who, given: who.edit(given["message_id"], given["text"]),
    "location": _location,
    "contact": _contact,
    "photo": lambda who, given: _post(who, given, acts.photo(who.world, given.get("caption", ""))),
    "voice": lambda who, given: _post(who, given, acts.voice(who.world, given.get("caption", ""))),
    "video_note": lambda who, given: _post(who, given, acts.video_note(who.world)),
    "sticker": lambda who, given: _post(who, given, acts.sticker(who.world)),
    "open_topic": lambda who, given: who.open_topic(given["title"]),
    "delete_topic": lambda who, given: _delete_topic(who, given["thread_id"]),
    "document": _document,
    "inline": _inline,
    "choose": _choose,
    "guest": _guest,
    "block": lambda who, _: _block(who, blocked=True),
    "unblock": lambda who, _: _block(who, blocked=False),
    "delete_account": lambda who, _: _delete_account(who),
}
