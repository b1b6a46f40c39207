"""The Bot API methods of the simulator: which parameters each takes, and what does the work."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from simulator import editing, inline, profile, sending, topics
from simulator import validation as check
from simulator.chats import Call
from simulator.errors import ApiError, bad_request
from simulator.validation import Kind
from simulator.world import Bot, World

Json = dict[str, Any]


async def get_updates(call: Call) -> list[Json]:
    """getUpdates."""
    p, queue = call.params, call.bot.updates
    if "allowed_updates" in p:
        queue.allowed = set(p["allowed_updates"]) or None
    limit = min(max(p.get("limit", 100), 1), 100)
    return await queue.poll(
        p.get("offset", 0), limit, min(max(p.get("timeout", 0), 0), 50), now=call.world.clock.timestamp()
    )


def set_webhook(call: Call) -> bool:
    """setWebhook; plain http is allowed here, since everything stays on this machine."""
    p, queue = call.params, call.bot.updates
    if p.get("drop_pending_updates"):
        queue.pending.clear()
    if "allowed_updates" in p:
        queue.allowed = set(p["allowed_updates"]) or None
    url, secret = p.get("url", ""), p.get("secret_token", "")
    if not url:
        queue.set_webhook(None)
        return True
    if not url.startswith(("http://", "https://")):
        raise bad_request("invalid webhook URL specified")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = min(max(p.get("max_connections", 40), 1), 100)
    queue.set_webhook({"url": url, "secret": secret, "max_connections": connections})
    return True


def get_webhook_info(call: Call) -> Json:
    """getWebhookInfo."""
    queue = call.bot.updates
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(queue.pending)}
    if queue.webhook is not None:
        info |= {"url": queue.webhook["url"], "max_connections": queue.webhook["max_connections"]}
    if queue.allowed:
        info["allowed_updates"] = sorted(queue.allowed)
    return info | queue.last_error


def agree(_: Call) -> bool:
    """logOut, close: nothing to do."""
    return True


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its work and its parameters."""

    run: Callable[[Call], Any]
    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)


_T, _I, _B, _J, _F, _N = check.text, check.integer, check.boolean, check.structure, check.file, check.number
_CHAT: Mapping[str, Kind] = {"chat_id": check.chat_id}
_SEND: Mapping[str, Kind] = {
    "message_thread_id": _I,
    "direct_messages_topic_id": _I,
    "disable_notification": _B,
    "protect_content": _B,
    "allow_paid_broadcast": _B,
    "message_effect_id": _T,
    "business_connection_id": _T,
    "reply_parameters": _J,
    "reply_markup": _J,
}
_CAPTION: Mapping[str, Kind] = {"caption": _T, "parse_mode": _T, "caption_entities": _J}
_TEXT: Mapping[str, Kind] = {"parse_mode": _T, "entities": _J, "link_preview_options": _J}
_ABOVE: Mapping[str, Kind] = {"show_caption_above_media": _B}
_TARGET: Mapping[str, Kind] = {
    "chat_id": check.chat_id,
    "message_id": _I,
    "inline_message_id": _T,
    "reply_markup": _J,
    "business_connection_id": _T,
}
_POINT: Mapping[str, Kind] = {"latitude": _N, "longitude": _N}
_LIVE: Mapping[str, Kind] = {
    "horizontal_accuracy": _N,
    "live_period": _I,
    "heading": _I,
    "proximity_alert_radius": _I,
}
_LANGUAGE: Mapping[str, Kind] = {"language_code": _T}
_SCOPED: Mapping[str, Kind] = {"scope": _J, "language_code": _T}
_HOOK: Mapping[str, Kind] = {
    "url": _T,
    "certificate": _F,
    "ip_address": _T,
    "max_connections": _I,
    "allowed_updates": _J,
    "drop_pending_updates": _B,
    "secret_token": _T,
}

METHODS: Mapping[str, Method] = {
    "getMe": Method(profile.get_me),
    "logOut": Method(agree),
    "close": Method(agree),
    "getUpdates": Method(
        get_updates, optional={"offset": _I, "limit": _I, "timeout": _I, "allowed_updates": _J}
    ),
    "setWebhook": Method(set_webhook, optional=_HOOK),
    "deleteWebhook": Method(set_webhook, optional={"drop_pending_updates": _B}),
    "getWebhookInfo": Method(get_webhook_info),
    "sendMessage": Method(sending.send_message, {**_CHAT, "text": _T}, {**_SEND, **_TEXT}),
    "sendPhoto": Method(
        sending.send_photo, {**_CHAT, "photo": _F}, {**_SEND, **_CAPTION, **_ABOVE, "has_spoiler": _B}
    ),
    "sendDocument": Method(
        sending.send_document,
        {**_CHAT, "document": _F},
        {**_SEND, **_CAPTION, "thumbnail": _F, "disable_content_type_detection": _B},
    ),
    "sendVoice": Method(sending.send_voice, {**_CHAT, "voice": _F}, {**_SEND, **_CAPTION, "duration": _I}),
    "sendVideoNote": Method(
        sending.send_video_note,
        {**_CHAT, "video_note": _F},
        {**_SEND, "duration": _I, "length": _I, "thumbnail": _F},
    ),
    "createForumTopic": Method(
        topics.create_forum_topic, {**_CHAT, "name": _T}, {"icon_color": _I, "icon_custom_emoji_id": _T}
    ),
    "sendSticker": Method(sending.send_sticker, {**_CHAT, "sticker": _F}, {**_SEND, "emoji": _T}),
    "sendLocation": Method(sending.send_location, {**_CHAT, **_POINT}, {**_SEND, **_LIVE}),
    "sendVenue": Method(
        sending.send_venue,
        {**_CHAT, **_POINT, "title": _T, "address": _T},
        {**_SEND, "foursquare_id": _T, "foursquare_type": _T, "google_place_id": _T, "google_place_type": _T},
    ),
    "sendContact": Method(
        sending.send_contact,
        {**_CHAT, "phone_number": _T, "first_name": _T},
        {**_SEND, "last_name": _T, "vcard": _T},
    ),
    "copyMessage": Method(
        sending.copy_message,
        {**_CHAT, "from_chat_id": check.chat_id, "message_id": _I},
        {**_SEND, **_CAPTION, **_ABOVE, "video_start_timestamp": _I},
    ),
    "sendChatAction": Method(
        sending.send_chat_action,
        {**_CHAT, "action": _T},
        {"message_thread_id": _I, "business_connection_id": _T},
    ),
    "editMessageText": Method(editing.edit_text, {"text": _T}, {**_TARGET, **_TEXT}),
    "editMessageCaption": Method(editing.edit_caption, {}, {**_TARGET, **_CAPTION, **_ABOVE}),
    "editMessageReplyMarkup": Method(editing.edit_reply_markup, {}, _TARGET),
    "deleteMessage": Method(editing.delete_message, {**_CHAT, "message_id": _I}),
    "deleteMessages": Method(editing.delete_messages, {**_CHAT, "message_ids": _J}),
    "setMessageReaction": Method(
        editing.set_message_reaction, {**_CHAT, "message_id": _I}, {"reaction": _J, "is_big": _B}
    ),
    "answerCallbackQuery": Method(
        editing.answer_callback_query,
        {"callback_query_id": _T},
        {"text": _T, "show_alert": _B, "url": _T, "cache_time": _I},
    ),
    "answerInlineQuery": Method(
        inline.answer_inline_query,
        {"inline_query_id": _T, "results": _J},
        {"cache_time": _I, "is_personal": _B, "next_offset": _T, "button": _J},
    ),
    "answerGuestQuery": Method(inline.answer_guest_query, {"guest_query_id": _T, "result": _J}),
    "setMyCommands": Method(profile.set_my_commands, {"commands": _J}, _SCOPED),
    "getMyCommands": Method(profile.get_my_commands, {}, _SCOPED),
    "deleteMyCommands": Method(profile.delete_my_commands, {}, _SCOPED),
    "setMyName": Method(partial(profile.set_profile, field="name"), {}, {"name": _T, **_LANGUAGE}),
    "getMyName": Method(partial(profile.get_profile, field="name"), {}, _LANGUAGE),
    "setMyDescription": Method(
        partial(profile.set_profile, field="description"), {}, {"description": _T, **_LANGUAGE}
    ),
    "getMyDescription": Method(partial(profile.get_profile, field="description"), {}, _LANGUAGE),
    "setMyShortDescription": Method(
        partial(profile.set_profile, field="short_description"), {}, {"short_description": _T, **_LANGUAGE}
    ),
    "getMyShortDescription": Method(partial(profile.get_profile, field="short_description"), {}, _LANGUAGE),
    "getChat": Method(profile.get_chat, _CHAT),
    "getChatMember": Method(profile.get_chat_member, {**_CHAT, "user_id": _I}),
    "leaveChat": Method(profile.leave_chat, _CHAT),
    "getFile": Method(profile.get_file, {"file_id": _T}),
}
_BY_NAME = {name.lower(): method for name, method in METHODS.items()}


async def run(world: World, bot: Bot, name: str, given: Mapping[str, Any]) -> Any:
    """Check the parameters of a call, do it, and return its result. Raises ApiError."""
    method = _BY_NAME.get(name.lower())
    if method is None:
        raise ApiError(404, "Not Found: method not found")
    result = method.run(Call(world, bot, check.parameters(given, method.required, method.optional)))
    return await result if isinstance(result, Awaitable) else result
