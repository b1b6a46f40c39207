"""Word what somebody of the team is told about their own work, when it is still true."""

from collections.abc import Mapping
from dataclasses import replace

from care.team_news import What
from handlers.buttons import Verb
from handlers.clinic_card import home_key
from handlers.coordinator.team_words import called
from handlers.notice import Notice, message
from handlers.roles import OVERSEERS, menu, role_name, work_key
from handlers.screens import Reply, key
from handlers.written import written
from locales.catalogue import N_
from storage import directory, posts, team
from storage.posts import NOBODY
from storage.team import Member
from storage.vault import Vault

WORDS: Mapping[What, str] = {  # a lock screen shows these: a role and an area, never a clinic
    What.JOINED: N_("🎟 {who} has accepted the invite: {post}."),
    What.PAUSED: N_(
        "⏸ Your work as {post} rests for now. Colleagues look after your people meanwhile. "
        "Your coordinator can tell you more."
    ),
    What.RESUMED: N_("▶️ Welcome back! You work again as {post}."),
    What.MOVED: N_("📍 Your work has moved. You are now: {post}."),
    What.ENDED: N_(
        "💚 Your work here as {post} has ended. Thank you for everybody you were there for. "
        "Colleagues look after your people now. You can ask me anything, as before."
    ),
    What.HANDED: N_("🤝 The people you looked after are with a colleague now."),
    What.OWNER: N_("🗺 The area {area} is yours now. Whoever needs a person there comes to you first."),
    What.COVER: N_("🛟 You stand in for the area {area} now, when its owner is not there."),
}


async def team_news(notice: Notice, vault: Vault) -> Reply | None:
    """Tell somebody what changed in their work."""
    t, staff_id, area_id = notice.t, notice.about("staff"), notice.about("area")
    what = What(str(notice.row["params"].get("what")))
    found = (await team.known(notice.store, [staff_id])).get(staff_id) if staff_id is not None else None
    if found is None or not await _is_true(notice, what, found, area_id):
        return None
    area = await _area(notice, area_id if area_id is not None else found.area_id)
    post = ", ".join(part for part in (role_name(t, found.role), area) if part)
    text = t(WORDS[what], who=called(t, vault, found), post=post, area=area)
    rows = [[work_key(t)]] if notice.person.roles else [[home_key(t)]]
    if what is What.JOINED:
        rows = [[key(t.label("👤 Show"), Verb.MEMBER, found.id)], *rows]
    return replace(message(text, rows), menu=menu(t, notice.person))


async def log_changed(notice: Notice) -> Reply | None:
    """Tell coordinators and administrators that somebody changed the audit log."""
    t = notice.t
    if notice.person.holds(*OVERSEERS) is None:
        return None
    text = t("🚨 Somebody has changed the log of the team. Tell the operator now.")
    return message(text, [[key(t.label("📜 What was changed"), Verb.AUDIT)], [work_key(t)]])


async def _is_true(notice: Notice, what: What, found: Member, area_id: int | None) -> bool:
    """Return whether it still is as it was when the message was planned."""
    if what is What.ENDED:
        return found.ended_at is not None and notice.person.holds(found.role) is None
    if found.ended_at is not None:
        return False
    if what is What.JOINED:
        return notice.person.holds(*OVERSEERS) is not None
    if what is What.PAUSED:
        return found.paused_at is not None
    if found.paused_at is not None:
        return False
    if what is What.MOVED:
        return area_id is None or found.area_id == area_id
    if what in {What.OWNER, What.COVER} and area_id is not None:
        post = (await posts.posts(notice.store)).get(area_id, NOBODY)
        return found.id == (post.owner_id if what is What.OWNER else post.cover_id)
    return True


async def _area(notice: Notice, area_id: int | None) -> str:
    area = await directory.area(notice.store, area_id, also_retired=True) if area_id is not None else None
    return written(notice.t, area.names) if area else ""
