"""Who sent an update, whatever it looks like, and where its answer goes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import Destination
from bot.senders import destination, sender
from handlers.incoming import Incoming, What
from handlers.screens import Reply, screen

REPLY = screen("Hello")
TYPED = Incoming(update_id=1, what=What.MESSAGE, chat_id=7, private=True, sender_id=7, message_id=5)
PRESSED = replace(TYPED, what=What.PRESS, query_id="q1", editable=True)


@pytest.mark.parametrize(
    ("raw", "who"),
    [
        ({"message": {"from": {"id": 7}, "chat": {"id": -5}}}, 7),
        ({"edited_message": {"from": {"id": 7}}}, 7),
        ({"callback_query": {"from": {"id": 7}, "message": {"chat": {"id": -5}}}}, 7),
        ({"my_chat_member": {"from": {"id": 7}, "chat": {"id": 7}}}, 7),
        ({"inline_query": {"from": {"id": 7}}}, 7),
        ({"chosen_inline_result": {"from": {"id": 7}}}, 7),
        ({"guest_message": {"from": {"id": 7}, "chat": {"id": -5}}}, 7),
        ({"channel_post": {"chat": {"id": -1001}}}, -1001),
        ({"message": {"chat": {"id": 7}}}, 7),
        ({"message": {"from": {"id": "7"}, "chat": {"id": 8}}}, 8),
        ({"message": {"from": {"id": True}, "chat": None}}, None),
        ({"message": "hello", "callback_query": {"from": {"id": 7}}}, 7),
        ({"message": []}, None),
        ({"poll": {"id": "1"}}, None),
        ({}, None),
    ],
)
def test_the_sender_is_found_or_nobody_is(raw: dict[str, Any], who: int | None) -> None:
    assert sender(raw) == who


FIELDS = st.sampled_from(["message", "callback_query", "channel_post", "from", "chat", "id", "other"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(FIELDS, JSON, max_size=3))
def test_no_shape_of_an_update_is_stumbled_over(raw: dict[str, Any]) -> None:
    who = sender(raw)

    assert who is None or type(who) is int


def test_a_text_in_private_is_answered_below_it() -> None:
    assert destination(TYPED, REPLY) == Destination(chat_id=7)


def test_a_text_in_private_is_quoted_where_the_reply_says_so() -> None:
    assert destination(TYPED, replace(REPLY, quotes=True)).reply_to == 5


def test_in_a_group_it_is_seen_whom_the_answer_is_for() -> None:
    to = destination(replace(TYPED, chat_id=-100, private=False), REPLY)

    assert (to.chat_id, to.private, to.reply_to) == (-100, False, 5)


@pytest.mark.parametrize("reply", [REPLY, replace(REPLY, quotes=True)])
def test_a_press_is_answered_on_its_message(reply: Reply) -> None:
    assert destination(PRESSED, reply) == Destination(
        chat_id=7, callback_query_id="q1", message_id=5, editable=True
    )


def test_a_press_of_an_old_message_is_answered_below() -> None:
    assert not destination(replace(PRESSED, editable=False), REPLY).editable


def test_a_destination_survives_being_kept() -> None:
    to = destination(PRESSED, REPLY)

    assert Destination(**to.to_json()) == to


def test_a_guest_answers_through_the_query_and_to_no_message() -> None:
    mention = replace(TYPED, what=What.GUEST, private=False, chat_id=-5, query_id="g1")

    assert destination(mention, REPLY) == Destination(chat_id=-5, private=False, guest_query_id="g1")
