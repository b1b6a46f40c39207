"""Updates of any shape are read or refused, and none is ever stumbled over."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.incoming import Contact, Incoming, What, read

ANNA: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "Anna", "language_code": "ru"}
BOT: dict[str, Any] = {"id": 42, "is_bot": True, "first_name": "Hamroh"}
CHAT: dict[str, Any] = {"id": 7, "type": "private", "first_name": "Anna"}
CROWD: dict[str, Any] = {"id": -100500, "type": "supergroup", "title": "Builders"}
HEAD: dict[str, Any] = {"message_id": 5, "date": 1_790_000_000, "chat": CHAT, "from": ANNA}
SHOWN: dict[str, Any] = HEAD | {"from": BOT, "text": "Choose"}
PRESS: dict[str, Any] = {
    "id": "q1",
    "from": ANNA,
    "chat_instance": "1",
    "data": "home~ru",
    "message": SHOWN,
}
CHANGE: dict[str, Any] = {
    "chat": CHAT,
    "from": ANNA,
    "date": 1_790_000_000,
    "old_chat_member": {"user": BOT, "status": "member"},
    "new_chat_member": {"user": BOT, "status": "kicked", "until_date": 0},
}
SMALL: dict[str, Any] = {"file_id": "small", "width": 90, "height": 60}
LARGE: dict[str, Any] = {"file_id": "large", "width": 600, "height": 400}
IN_TOPIC: dict[str, Any] = {
    "message_thread_id": 77,
    "is_topic_message": True,
    "reply_to_message": {"message_id": 77, "forum_topic_created": {"name": "Lark"}},
}
COMMAND = {"type": "bot_command", "offset": 0, "length": 5}


def message(**content: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": HEAD | content}


def in_crowd(**content: Any) -> dict[str, Any]:
    return message(chat=CROWD, **content)


def press(**content: Any) -> dict[str, Any]:
    return {"update_id": 1, "callback_query": PRESS | content}


def change(**content: Any) -> dict[str, Any]:
    return {"update_id": 1, "my_chat_member": CHANGE | content}


def without(update: dict[str, Any], *path: str) -> dict[str, Any]:
    """Return the update without what the path leads to."""
    name, *rest = path
    if rest:
        return update | {name: without(update[name], *rest)}
    return {key: value for key, value in update.items() if key != name}


def said(update: dict[str, Any], **expected: Any) -> None:
    found = read(update)
    assert found is not None
    assert {name: getattr(found, name) for name in expected} == expected


UNDERSTOOD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("text", message(text="hello"), {"what": What.MESSAGE, "sent": "text", "text": "hello", "private": True}),
    ("who wrote", message(text="x"), {"sender_id": 7, "chat_id": 7, "message_id": 5, "language_code": "ru"}),
    ("empty text", message(text=""), {"sent": "text", "text": ""}),
    (
        "answer to a bot in a group",
        in_crowd(text="x", reply_to_message=HEAD | {"from": BOT | {"username": "Hamroh_bot"}}),
        {"answered_to": "Hamroh_bot"},
    ),
    ("answer to a person in a group", in_crowd(text="x", reply_to_message=HEAD), {"answered_to": ""}),
    (
        "mention of a guest between two people",
        {"update_id": 1, "guest_message": HEAD | {"text": "@hamroh_bot hi", "guest_query_id": "g1"}},
        {"what": What.GUEST, "private": False, "query_id": "g1", "text": "@hamroh_bot hi"},
    ),
    (
        "inline query",
        {"update_id": 1, "inline_query": {"id": "i1", "from": ANNA, "query": "cough", "offset": "10"}},
        {"what": What.INLINE, "query_id": "i1", "text": "cough", "offset": "10", "sender_id": 7},
    ),
    (
        "chosen card",
        {"update_id": 1, "chosen_inline_result": {"result_id": "test-cost", "from": ANNA, "query": "x"}},
        {"what": What.CHOSEN, "data": "test-cost", "text": "", "sender_id": 7},
    ),
    ("no content", message(), {"sent": "", "text": ""}),
    ("caption", message(photo=[], caption="is it free"), {"sent": "photo", "text": "is it free"}),
    ("voice", message(voice={"file_id": "f"}), {"sent": "voice", "text": "", "file_id": "f"}),
    ("the largest photo", message(photo=[SMALL, LARGE, SMALL]), {"sent": "photo", "file_id": "large"}),
    ("round video", message(video_note={"file_id": "f"}), {"sent": "video_note", "file_id": "f"}),
    ("sticker", message(sticker={"file_id": "f", "emoji": "👍"}), {"sent": "sticker", "file_id": "f"}),
    ("a document has an author", message(document={"file_id": "f"}), {"sent": "document", "file_id": ""}),
    ("file id of an odd type", message(voice={"file_id": 5}), {"sent": "voice", "file_id": ""}),
    ("file id of odd letters", message(voice={"file_id": "\ud83d"}), {"file_id": ""}),
    ("file id without end", message(voice={"file_id": "f" * 10**6}), {"file_id": ""}),
    ("file of an odd shape", message(voice=["f"]), {"sent": "voice", "file_id": ""}),
    ("photo of odd shapes", message(photo=[5, {"file_id": "f", "width": "x"}]), {"file_id": "f"}),
    ("photo that is none", message(photo={"file_id": ["f"]}), {"file_id": ""}),
    ("reply", message(text="x", reply_to_message=HEAD), {"replied_to": 5}),
    ("reply to nothing", message(text="x", reply_to_message=[5]), {"replied_to": None}),
    (
        "reply to an odd number",
        message(text="x", reply_to_message={"message_id": True}),
        {"replied_to": None},
    ),
    (
        "reply to a huge number",
        message(text="x", reply_to_message={"message_id": 2**63}),
        {"replied_to": None},
    ),
    ("topic", in_crowd(text="x", **IN_TOPIC), {"thread_id": 77, "replied_to": None, "private": False}),
    (
        "reply in a topic",
        in_crowd(text="x", **IN_TOPIC | {"reply_to_message": HEAD}),
        {"thread_id": 77, "replied_to": 5},
    ),
    ("a thread of replies", in_crowd(text="x", message_thread_id=77), {"thread_id": None}),
    (
        "topic of an odd type",
        in_crowd(text="x", **IN_TOPIC | {"message_thread_id": "77"}),
        {"thread_id": None},
    ),
    ("press in a topic", press(message=SHOWN | {"chat": CROWD} | IN_TOPIC), {"thread_id": 77}),
    ("forward", message(text="x", forward_origin={"type": "hidden_user"}), {"forwarded": True}),
    ("forward of an odd shape", message(text="x", forward_origin=None), {"forwarded": True}),
    ("not forwarded", message(text="x"), {"forwarded": False, "album": "", "file_id": ""}),
    ("one of an album", message(photo=[LARGE], media_group_id="1"), {"album": "1"}),
    ("album of an odd type", message(photo=[LARGE], media_group_id=1), {"album": ""}),
    ("album without end", message(photo=[LARGE], media_group_id="1" * 10**6), {"album": ""}),
    ("a screen that answered no message", press(), {"quoted": None}),
    ("a screen that answered a text", press(message=SHOWN | {"reply_to_message": "hi"}), {"quoted": None}),
    ("sticker of odd shape", message(sticker=5), {"sent": "sticker"}),
    ("animation is no document", message(document={}, animation={}), {"sent": "animation"}),
    ("new kind of message", message(hologram={"file_id": "f"}), {"sent": ""}),
    ("pinned", message(pinned_message=HEAD), {"sent": "pinned_message"}),
    ("place", message(location={"latitude": 43.2, "longitude": 76}), {"location": (43.2, 76.0)}),
    (
        "venue is a place",
        message(
            venue={"location": {"latitude": 1, "longitude": 2}}, location={"latitude": 1, "longitude": 2}
        ),
        {"sent": "venue", "location": (1.0, 2.0)},
    ),
    ("pole", message(location={"latitude": -90, "longitude": 180}), {"location": (-90.0, 180.0)}),
    (
        "contact",
        message(contact={"phone_number": "+77001234567", "first_name": "A", "user_id": 7}),
        {"contact": Contact(phone="+77001234567", telegram_id=7)},
    ),
    (
        "contact without Telegram",
        message(contact={"phone_number": "1", "first_name": "A"}),
        {"contact": Contact(phone="1", telegram_id=None)},
    ),
    ("no language", without(message(text="x"), "message", "from", "language_code"), {"language_code": ""}),
    ("null language", message(text="x", **{"from": ANNA | {"language_code": None}}), {"language_code": ""}),
    ("nobody", without(message(text="x"), "message", "from"), {"sender_id": None, "by_program": False}),
    ("empty sender", message(text="x", **{"from": {}}), {"sender_id": None}),
    ("a bot", message(text="x", **{"from": BOT}), {"by_program": True}),
    ("a channel's voice", in_crowd(text="x", sender_chat=CROWD), {"by_program": True, "private": False}),
    ("through a bot", message(text="x", via_bot=BOT), {"by_program": True}),
    ("group", in_crowd(text="/help me", entities=[COMMAND]), {"private": False, "called": ("/help",)}),
    (
        "mention after an emoji",
        in_crowd(text="👋 @hamroh_bot", entities=[{"type": "mention", "offset": 3, "length": 11}]),
        {"called": ("@hamroh_bot",)},
    ),
    (
        "entity past the end",
        in_crowd(text="hi", entities=[{"type": "mention", "offset": 10**6, "length": 2**62}]),
        {"called": ("",)},
    ),
    ("half a letter", in_crowd(text="👋", entities=[COMMAND | {"length": 1}]), {"called": ("�",)}),
    ("entities of odd shape", in_crowd(text="hi", entities="bold"), {"called": ()}),
    ("entity without type", in_crowd(text="hi", entities=[{}]), {"called": ()}),
    ("entity of an odd type", in_crowd(text="hi", entities=[{"type": ["mention"]}]), {"called": ()}),
    ("entities in private", message(text="/help", entities=[7]), {"called": ()}),
    ("lone surrogate", in_crowd(text="\ud83d", entities=[COMMAND]), {"text": "\ud83d"}),
    ("edit", {"update_id": 1, "edited_message": HEAD | {"text": "no"}}, {"what": What.EDITED, "text": "no"}),
    ("press", press(), {"what": What.PRESS, "data": "home~ru", "query_id": "q1", "editable": True}),
    ("where pressed", press(), {"chat_id": 7, "message_id": 5, "sender_id": 7, "private": True}),
    ("photo pressed", press(message=without(SHOWN, "text")), {"editable": False}),
    ("old message pressed", press(message=SHOWN | {"date": 0}), {"editable": False, "message_id": 5}),
    (
        "no message pressed",
        without(press(), "callback_query", "message"),
        {"chat_id": 7, "message_id": None, "private": True, "editable": False},
    ),
    ("pressed in a group", press(message=SHOWN | {"chat": CROWD}), {"private": False, "chat_id": -100500}),
    ("game pressed", without(press(game_short_name="g"), "callback_query", "data"), {"data": ""}),
    ("null data", press(data=None), {"data": ""}),
    (
        "a screen under a question",
        press(message=SHOWN | {"reply_to_message": HEAD | {"text": "why"}}),
        {"asked": "why"},
    ),
    ("a screen under a screen", press(message=SHOWN | {"reply_to_message": SHOWN}), {"asked": ""}),
    ("a screen under nothing", press(message=SHOWN | {"reply_to_message": 5}), {"asked": ""}),
    (
        "a screen under nobody's text",
        press(message=SHOWN | {"reply_to_message": {"text": "x"}}),
        {"asked": ""},
    ),
    ("blocked", change(), {"what": What.MEMBERSHIP, "gone": True, "sender_id": 7}),
    ("back", change(new_chat_member={"status": "member"}), {"gone": False}),
    ("put out of a group", change(chat=CROWD), {"private": False, "gone": True}),
    ("channel", {"update_id": 1, "channel_post": HEAD | {"text": "news"}}, {"what": What.OTHER}),
    ("poll", {"update_id": 1, "poll": {"id": "1"}}, {"what": What.OTHER}),
    ("nothing at all", {"update_id": 1}, {"what": What.OTHER, "update_id": 1}),
    ("what no one knows yet", {"update_id": 1, "thought": 5}, {"what": What.OTHER}),
    ("unknown fields", message(text="x", aura={"deep": [1]}) | {"extra": None}, {"text": "x"}),
]

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("message is a text", {"update_id": 1, "message": "hello"}),
    ("message is null", {"update_id": 1, "message": None}),
    ("message is a list", {"update_id": 1, "message": [HEAD]}),
    ("no chat", without(message(text="x"), "message", "chat")),
    ("chat is a number", message(text="x", chat=7)),
    ("chat without id", message(text="x", chat={"type": "private"})),
    ("chat id is a text", message(text="x", chat=CHAT | {"id": "7"})),
    ("chat id is a truth", message(text="x", chat=CHAT | {"id": True})),
    ("chat id is a fraction", message(text="x", chat=CHAT | {"id": 7.0})),
    ("chat id is too large", message(text="x", chat=CHAT | {"id": 2**63})),
    ("chat without type", message(text="x", chat={"id": 7})),
    ("sender is a text", message(text="x", **{"from": "Anna"})),
    ("sender is null", message(text="x", **{"from": None})),
    ("sender without id", message(text="x", **{"from": {"is_bot": False}})),
    ("language is a number", message(text="x", **{"from": ANNA | {"language_code": 5}})),
    ("no message id", without(message(text="x"), "message", "message_id")),
    ("message id is null", message(text="x", message_id=None)),
    ("text is a number", message(text=5)),
    ("text is null", message(text=None)),
    ("text is a list", message(text=["a"])),
    ("caption is a map", message(photo=[], caption={})),
    ("place is a text", message(location="here")),
    ("place is empty", message(location={})),
    ("place off the earth", message(location={"latitude": 91, "longitude": 0})),
    ("place beyond numbers", message(location={"latitude": math.nan, "longitude": math.inf})),
    ("place is a truth", message(location={"latitude": True, "longitude": False})),
    ("venue without a place", message(venue={"title": "Clinic", "location": 5})),
    ("contact is a text", message(contact="+7700")),
    ("contact without number", message(contact={"first_name": "A"})),
    ("contact of an odd owner", message(contact={"phone_number": "1", "user_id": "7"})),
    ("entity is a number", in_crowd(text="hi", entities=[5])),
    ("entity without offset", in_crowd(text="hi", entities=[{"type": "mention", "length": 1}])),
    ("press is null", {"update_id": 1, "callback_query": None}),
    ("press by nobody", without(press(), "callback_query", "from")),
    ("press by an odd one", press(**{"from": {"id": None}})),
    ("press without id", without(press(), "callback_query", "id")),
    ("press with a number", press(id=5)),
    ("press with odd data", press(data=["home"])),
    ("pressed message is a text", press(message="Choose")),
    ("pressed message without chat", press(message=without(SHOWN, "chat"))),
    ("pressed message in an odd chat", press(message=SHOWN | {"chat": 7})),
    ("pressed message without id", press(message=without(SHOWN, "message_id"))),
    ("mention without a query", {"update_id": 1, "guest_message": HEAD | {"text": "hi"}}),
    ("query by nobody", {"update_id": 1, "inline_query": {"id": "i1", "query": "x", "offset": ""}}),
    ("query without id", {"update_id": 1, "inline_query": {"from": ANNA, "query": "x", "offset": ""}}),
    ("query with a number", {"update_id": 1, "inline_query": {"id": "i1", "from": ANNA, "query": 5}}),
    ("card without a name", {"update_id": 1, "chosen_inline_result": {"from": ANNA, "query": "x"}}),
    ("change is a list", {"update_id": 1, "my_chat_member": []}),
    ("change by nobody", without(change(), "my_chat_member", "from")),
    ("change of nothing", without(change(), "my_chat_member", "new_chat_member")),
    ("change without status", change(new_chat_member={})),
]


@pytest.mark.parametrize(
    ("update", "expected"), [pytest.param(update, expected, id=name) for name, update, expected in UNDERSTOOD]
)
def test_what_can_be_understood_is_read(update: dict[str, Any], expected: dict[str, Any]) -> None:
    said(update, **expected)


@pytest.mark.parametrize("update", [pytest.param(update, id=name) for name, update in REFUSED])
def test_what_lacks_something_needed_is_refused(update: dict[str, Any]) -> None:
    assert read(update) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from([what.value for what in What])


def is_sound(found: Incoming | None) -> None:
    """Hold what everybody behind `read` relies on."""
    if found is None:
        return
    assert isinstance(found.text, str)
    assert isinstance(found.data, str)
    assert -(2**63) <= found.chat_id < 2**63
    assert found.sender_id is None or -(2**63) <= found.sender_id < 2**63
    assert isinstance(found.file_id, str)
    assert all(isinstance(one, int | None) for one in (found.replied_to, found.thread_id))
    assert isinstance(found.forwarded, bool)
    assert isinstance(found.album, str)
    assert found.location is None or all(math.isfinite(degrees) for degrees in found.location)


@given(st.dictionaries(KINDS | st.text(max_size=8), JSON, max_size=3))
def test_no_json_is_ever_stumbled_over(update: dict[str, Any]) -> None:
    is_sound(read(update | {"update_id": 1}))


def paths(value: Any, *before: Any) -> list[tuple[Any, ...]]:
    """Return the way to every value inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[tuple[Any, ...]] = [before] if before else []
    return found + [path for name, inner in items for path in paths(inner, *before, name)]


def spoiled(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """Return the value with what the path leads to replaced."""
    name, *rest = path
    new = spoiled(value[name], tuple(rest), by) if rest else by
    return (
        value | {name: new}
        if isinstance(value, dict)
        else [new if number == name else one for number, one in enumerate(value)]
    )


WHOLE: tuple[dict[str, Any], ...] = (
    in_crowd(text="/help @you", entities=[COMMAND, {"type": "mention", "offset": 6, "length": 4}]),
    message(location={"latitude": 43.2, "longitude": 76.9}),
    message(contact={"phone_number": "+77001234567", "user_id": 7}),
    press(message=SHOWN | {"reply_to_message": HEAD | {"text": "why"}}),
    change(),
    message(photo=[SMALL, LARGE], caption="x", reply_to_message=HEAD, forward_origin={}, media_group_id="1"),
    message(voice={"file_id": "f"}, reply_to_message={"message_id": 4}),
    in_crowd(text="x", **IN_TOPIC),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.sampled_from(WHOLE), JSON)
def test_a_good_update_with_one_value_spoiled_is_read_or_refused(
    data: st.DataObject, update: dict[str, Any], by: Any
) -> None:
    path = data.draw(st.sampled_from([path for path in paths(update) if path != ("update_id",)]))

    is_sound(read(spoiled(update, path, by)))
