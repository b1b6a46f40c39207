"""Tell the owner of an area about a new place: a place, or none?"""

from handlers.buttons import Verb
from handlers.notice import Notice, message, staff_rows
from handlers.screens import Reply, key
from handlers.site_card import KINDS, label
from storage import sites


async def told(notice: Notice) -> Reply | None:
    """Name the place, with a button for each judgement; None when it was judged since, or is not theirs."""
    site_id, t = notice.about("site"), notice.t
    place = await sites.one(notice.store, site_id, notice.person.roles) if site_id is not None else None
    if place is None:
        return None
    text = t(
        "📍 A new place in your area: {name} ({kind})", name=label(t, place), kind=t.label(KINDS[place.kind])
    )
    if place.confirmed:
        who = t("A colleague has put it on the list.")
    else:
        who = t("Somebody from outside the team told about it. Is it a place where we should go?")
    return message(
        f"{text}\n{who}",
        [
            [
                key(t.label("✅ It is a place"), Verb.SITE_OK, place.id, "y"),
                key(t.label("❌ Not a place"), Verb.SITE_OK, place.id, "n"),
            ],
            [key(t.label("🗺 On the map"), Verb.SITE_MAP, place.id)],
            *staff_rows(notice),
        ],
    )
