"""Play both sides of a talk: bring copies to their chats, and look for what must not be in them."""

import json
from typing import Any

from care.roles import Role
from handlers.screens import Reply, Step, Way, to_json
from storage import relay_copies, schema

PERSON_ID, WORKER_ID = 5_123_456_789, 6_987_654_321
PERSON = {
    "id": PERSON_ID,
    "is_bot": False,
    "first_name": "Aziz",
    "last_name": "Karimov",
    "username": "aziz_k_77",
    "language_code": "en",
}
WORKER = {
    "id": WORKER_ID,
    "is_bot": False,
    "first_name": "Dilnoza",
    "last_name": "Yusupova",
    "username": "dilnoza_y",
    "language_code": "en",
}
PHONE = "77011234567"
MADE_TOPIC = 77


def kinds(who: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return one message of every kind that passes, with all that Telegram tells of who wrote it."""
    mention = {"type": "text_mention", "offset": 0, "length": 5, "user": who}
    file = {"file_unique_id": "u"}
    return {
        "text": {"text": "Hello, it <hurts> & more", "entities": [mention]},
        "photo": {
            "photo": [
                {**file, "file_id": "SMALL", "width": 90, "height": 90},
                {**file, "file_id": "LARGE", "width": 900, "height": 900},
            ],
            "caption": "my paper",
            "caption_entities": [mention],
        },
        "voice": {"voice": {**file, "file_id": "VOICE", "duration": 3, "mime_type": "audio/ogg"}},
        "video_note": {"video_note": {**file, "file_id": "ROUND", "length": 240, "duration": 3}},
        "sticker": {
            "sticker": {
                **file,
                "file_id": "STICKER",
                "type": "regular",
                "width": 512,
                "height": 512,
                "is_animated": False,
                "is_video": False,
                "set_name": f"{who['username']}_by_bot",
            }
        },
        "location": {"location": {"latitude": 43.2, "longitude": 76.9}},
        "venue": {
            "venue": {
                "location": {"latitude": 43.2, "longitude": 76.9},
                "title": who["first_name"],
                "address": who["last_name"],
            },
            "location": {"latitude": 43.2, "longitude": 76.9},
        },
    }


def refused(who: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return one message of every kind that does not pass."""
    file = {"file_id": "F", "file_unique_id": "u", "file_name": f"{who['last_name']}.pdf"}
    film = {"width": 9, "height": 9, "duration": 3}
    poll = {
        "id": "1",
        "question": "?",
        "options": [{"text": "a", "voter_count": 0, "persistent_id": "1"}],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
    return {
        "document": {"document": file, "caption": "my paper"},
        "animation": {"animation": {**file, **film}, "document": file},
        "audio": {"audio": {**file, "duration": 3, "performer": who["first_name"]}},
        "video": {"video": {**file, **film}},
        "contact": {"contact": {"phone_number": PHONE, "first_name": who["first_name"]}},
        "poll": {"poll": poll},
        "dice": {"dice": {"emoji": "🎲", "value": 3}},
        "forwarded": {
            "text": "from a friend",
            "forward_origin": {"type": "user", "date": 1, "sender_user": who},
        },
    }


async def begin(world: Any, **values: Any) -> tuple[Any, Any, int]:
    """Return a person who talks to a worker of their area, the worker, and the worker's staff id."""
    area = await world.area()
    worker, person = world.somebody(telegram_id=WORKER_ID), world.somebody(telegram_id=PERSON_ID)
    staff_id = await worker.hire(Role.WORKER, area_id=area, **values)
    await person.agree(area_id=area)
    await person.tap("talky")
    return person, worker, staff_id


async def talk_of(world: Any) -> dict[str, Any]:
    """Return the newest talk as it is stored."""
    return dict((await world.rows(schema.relays))[-1])


async def write(world: Any, who: Any, **content: Any) -> Reply:
    """Send a message as Telegram brings it, with all about the account, and let its copies arrive."""
    user = PERSON if who.telegram_id == PERSON_ID else {**WORKER, "id": who.telegram_id}
    reply = await who.send(**{"from": user}, **content)
    await arrive(world, reply)
    return reply


async def arrive(world: Any, reply: Reply) -> list[int]:
    """Let Telegram take what is passed on, and return the message ids that copies got."""
    found = []
    async with world.database.writing() as store:
        for step in reply.steps:
            if step.way is Way.TOPIC:
                await relay_copies.topic_made(store, step.copy, MADE_TOPIC)
            elif step.copy:
                world.messages += 1
                await relay_copies.arrived(store, step.copy, world.messages, world.now)
                found.append(world.messages)
    return found


def passed(reply: Reply, to: int) -> list[Step]:
    """Return what goes to another chat, without 'is typing'."""
    return [step for step in reply.steps if step.to == to and step.way is not Way.TYPING]


def leaks(reply: Reply, *, of: dict[str, Any]) -> list[str]:
    """Return what a reply carries of somebody's identity into another chat."""
    telling = [str(of["id"]), of["first_name"], of["last_name"], of["username"], PHONE]
    sent = [step for step in reply.steps if step.to and step.to != of["id"]]
    written = json.dumps(to_json(Reply(tuple(sent))), ensure_ascii=False)
    return [word for word in telling if word in written]
