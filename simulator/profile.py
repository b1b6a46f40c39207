"""Methods about the bot itself: its profile, its commands, and what it may know of chats and files."""

import json
import re
from typing import Any

from simulator import validation as check
from simulator.chats import Call, known_chat
from simulator.errors import bad_request
from simulator.world import Bot

Json = dict[str, Any]

SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
PROFILE_LIMITS = {"name": 64, "description": 512, "short_description": 120}  # characters


def get_me(call: Call) -> Json:
    """getMe."""
    return call.bot.user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(call: Call) -> str:
    scope = call.params.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    names = SCOPES[scope["type"]]
    if set(scope) != {"type", *names}:
        raise bad_request(f"can't parse BotCommandScope: expected {', '.join(('type', *names))}")
    numbers = {name: check.integer(scope[name], name) for name in names}
    if "chat_id" in numbers:
        known_chat(Call(call.world, call.bot, numbers))
    return scope_key(scope["type"], **numbers)


def scope_key(kind: str, **numbers: int) -> str:
    """Return the key under which commands of a scope are kept."""
    return json.dumps([kind, *numbers.values()])


def _language(call: Call) -> str:
    language: str = call.params.get("language_code", "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return language


def set_my_commands(call: Call) -> bool:
    """setMyCommands."""
    call.bot.commands[_scope(call), _language(call)] = check.commands(call.params["commands"])
    call.world.changed_everywhere(call.bot)
    return True


def delete_my_commands(call: Call) -> bool:
    """deleteMyCommands."""
    call.bot.commands.pop((_scope(call), _language(call)), None)
    call.world.changed_everywhere(call.bot)
    return True


def get_my_commands(call: Call) -> list[Json]:
    """getMyCommands: exactly those of this scope and language."""
    return call.bot.commands.get((_scope(call), _language(call)), [])


def commands_shown(bot: Bot, chat_id: int, language: str | None) -> list[Json]:
    """Return the command menu a person sees: of the narrowest scope that has one, own language first."""
    wide = "all_private_chats" if chat_id > 0 else "all_group_chats"
    for scope in (scope_key("chat", chat_id=chat_id), scope_key(wide), scope_key("default")):
        for code in (language or "", ""):
            if (scope, code) in bot.commands:
                return bot.commands[scope, code]
    return []


def set_profile(call: Call, field: str) -> bool:
    """setMyName, setMyDescription, setMyShortDescription."""
    text = call.params.get(field, "")
    if len(text) > PROFILE_LIMITS[field]:
        raise bad_request(f"{field.replace('_', ' ')} length must not exceed {PROFILE_LIMITS[field]}")
    call.bot.profile[field, _language(call)] = text
    if field == "name" and not _language(call) and text:
        call.bot.name = text
    call.world.changed_everywhere(call.bot)
    return True


def get_profile(call: Call, field: str) -> Json:
    """getMyName, getMyDescription, getMyShortDescription."""
    default = call.bot.name if field == "name" else ""
    fallback = call.bot.profile.get((field, ""), default)
    return {field: call.bot.profile.get((field, _language(call))) or fallback}


def get_chat(call: Call) -> Json:
    """getChat."""
    chat = known_chat(call)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return call.world.chat_json(chat.id) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def get_chat_member(call: Call) -> Json:
    """getChatMember."""
    chat, user_id = known_chat(call), call.params["user_id"]
    if user_id == call.bot.id:
        status = "left" if chat.blocked else "member"
        return {"user": call.bot.user(), "status": status}
    if user_id not in call.world.people:
        raise bad_request("user not found")
    group = call.world.groups.get(chat.id)
    inside = user_id == chat.id if group is None else user_id in group.members
    return {"user": call.world.people[user_id].user(), "status": "member" if inside else "left"}


def leave_chat(call: Call) -> bool:
    """leaveChat."""
    chat = known_chat(call)
    if chat.id > 0:
        raise bad_request("chat member status can't be changed in private chats")
    chat.blocked = True
    call.world.changed(chat, by_bot=False)
    return True


def get_file(call: Call) -> Json:
    """getFile."""
    stored = call.world.files.get(call.params["file_id"])
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return {
        "file_id": stored.id,
        "file_unique_id": stored.id,
        "file_size": len(stored.content),
        "file_path": stored.path,
    }
