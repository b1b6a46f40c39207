"""Say whose each area is and who stands in; areas without an owner come first and are marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from care.audit import Act, Deed
from care.directory import Area
from care.outcomes import Kind
from care.team_news import What
from handlers.buttons import Verb
from handlers.coordinator.team import Team, reach
from handlers.coordinator.team_changes import tell
from handlers.coordinator.team_words import called
from handlers.roles import HELPERS, work_key
from handlers.screens import Key, Reply, key, pairs, screen
from handlers.turn import Turn
from handlers.written import written
from locales.catalogue import N_, Html
from storage import audit, directory, posts, team
from storage.posts import NOBODY, Post
from storage.team import Member

PAGE = 8  # areas on one screen
COLLEAGUES = 12
_OWNER, _COVER = "o", "c"
_ASKED = {
    _OWNER: N_("👤 <b>Whose is the area {area}?</b>\n\nWhoever needs a person there comes to them first."),
    _COVER: N_("🛟 <b>Who stands in for the area {area}?</b>\n\nThey are asked when its owner is not there."),
}
_ACTS = {_OWNER: Act.AREA_OWNER, _COVER: Act.AREA_COVER}
_NEWS = {_OWNER: What.OWNER, _COVER: What.COVER}


@dataclass(frozen=True, slots=True)
class _Found:
    """An area, whose it is, and the names of those people."""

    area: Area
    post: Post
    names: Mapping[int, Member]


@dataclass(frozen=True, kw_only=True)
class AreaPosts:
    """What 🗺 on the screen of the team does."""

    team: Team

    async def show(self, turn: Turn) -> Reply:
        """Show the areas, those without an owner first."""
        await turn.record(Kind.TEAM_SEEN, detail="areas", role=turn.staff_actor())
        return await self._list(turn, page=(turn.press.number(0) if turn.press else None) or 0)

    async def area(self, turn: Turn) -> Reply:
        """Show one area with its owner and its cover."""
        found = await self._found(turn)
        if found is None:
            return await self._gone(turn)
        await turn.record(Kind.TEAM_SEEN, detail="area", role=turn.staff_actor(), area_id=found.area.id)
        return self._card(turn, found)

    async def choose(self, turn: Turn) -> Reply:
        """Ask who it shall be, then write it down."""
        found = await self._found(turn)
        which = turn.press.word(1) if turn.press else None
        if found is None or which not in _ASKED:
            return await self._gone(turn)
        holder = found.post.owner_id if which == _OWNER else found.post.cover_id
        able = await self._able(turn, found, which)
        if holder is not None and await team.member(turn.store, holder, reach(turn)) is None:
            return await self._gone(turn)  # of another organisation
        wanted = turn.press.word(2) if turn.press else None
        chosen = next((one for one in able if str(one.id) == wanted), None)
        if chosen is None and wanted != "none":
            return await self._whom(turn, found, which, able)
        post = _with(found.post, which, chosen.id if chosen else None)
        if post != found.post:
            await self._write(turn, found, which, post, chosen)
        after = await self._found(turn)
        return self._card(turn, after or found, toast=turn.t.label("✅ Written down"))

    async def _write(self, turn: Turn, found: _Found, which: str, post: Post, chosen: Member | None) -> None:
        await posts.set_post(turn.store, found.area.id, post)
        if chosen is not None:
            await tell(turn, chosen, _NEWS[which], area_id=found.area.id)
        deed = Deed(
            act=_ACTS[which],
            role=turn.staff_actor(),
            about="area",
            actor_id=reach(turn).staff_id,
            about_id=found.area.id,
            detail=str(chosen.id) if chosen else None,
        )
        await audit.append(turn.store, self.team.vault, deed, now=turn.now)
        act = _ACTS[which].value
        await turn.record(Kind.TEAM_CHANGED, detail=act, role=turn.staff_actor(), area_id=found.area.id)

    async def _list(self, turn: Turn, *, page: int, toast: str = "") -> Reply:
        t = turn.t
        held = await posts.posts(turn.store)
        areas = sorted(await self._areas(turn), key=lambda one: held.get(one.id, NOBODY).owner_id is not None)
        if not areas:
            text = t("🗺 There are no areas yet. Ask the operator to import the directory first.")
            return screen(text, [_back(turn)], toast=toast)
        page = min(max(page, 0), (len(areas) - 1) // PAGE)
        shown = areas[page * PAGE : (page + 1) * PAGE]
        ids = [held.get(one.id, NOBODY) for one in shown]
        names = await team.known(
            turn.store, [each for post in ids for each in (post.owner_id, post.cover_id) if each is not None]
        )
        lines = [t("🗺 <b>Whose each area is</b>")]
        lines += [self._lines(turn, _Found(one, held.get(one.id, NOBODY), names)) for one in shown]
        keys = [
            key(
                ("" if held.get(one.id, NOBODY).owner_id else "⚠️ ") + written(t, one.names),
                Verb.POST,
                one.id,
            )
            for one in shown
        ]
        turns: list[Key] = [
            *([key(t.label("◀️ Before"), Verb.POSTS, page - 1)] if page else []),
            *([key(t.label("More ▶️"), Verb.POSTS, page + 1)] if (page + 1) * PAGE < len(areas) else []),
        ]
        return screen(Html("\n\n".join(lines)), [*pairs(keys), turns, _back(turn)], toast=toast)

    def _lines(self, turn: Turn, found: _Found) -> str:
        t = turn.t
        return Html(
            "\n".join(
                [
                    t("📍 <b>{name}</b>", name=written(t, found.area.names)),
                    t("👤 Owner: {name}", name=self._name(turn, found, found.post.owner_id))
                    if found.post.owner_id is not None
                    else t("⚠️ No owner"),
                    t("🛟 Cover: {name}", name=self._name(turn, found, found.post.cover_id))
                    if found.post.cover_id is not None
                    else t("🛟 No cover"),
                ]
            )
        )

    def _name(self, turn: Turn, found: _Found, staff_id: int) -> str:
        return called(turn.t, self.team.vault, found.names.get(staff_id))

    def _card(self, turn: Turn, found: _Found, *, toast: str = "") -> Reply:
        t, area_id = turn.t, found.area.id
        rows = [
            [
                key(t.label("👤 Choose the owner"), Verb.POST_SET, area_id, _OWNER),
                key(t.label("🛟 Choose the cover"), Verb.POST_SET, area_id, _COVER),
            ],
            [key(t.label("⬅️ Areas"), Verb.POSTS), work_key(t)],
        ]
        return screen(self._lines(turn, found), rows, toast=toast)

    async def _whom(self, turn: Turn, found: _Found, which: str, able: Sequence[Member]) -> Reply:
        t, area_id = turn.t, found.area.id
        await turn.record(Kind.TEAM_SEEN, detail="asked", role=turn.staff_actor(), area_id=area_id)
        page = max(0, (turn.press.number(3) if turn.press else None) or 0)
        shown = able[page * COLLEAGUES : (page + 1) * COLLEAGUES] or able[:COLLEAGUES]
        keys = [
            key(
                ("📍 " if one.area_id == area_id else "") + called(t, self.team.vault, one),
                Verb.POST_SET,
                area_id,
                which,
                one.id,
            )
            for one in shown
        ]
        more = (page + 1) * COLLEAGUES < len(able)
        turns: list[Key] = [
            *([key(t.label("◀️ Before"), Verb.POST_SET, area_id, which, "", page - 1)] if page else []),
            *([key(t.label("More ▶️"), Verb.POST_SET, area_id, which, "", page + 1)] if more else []),
        ]
        nobody = key(t.label("➖ Nobody"), Verb.POST_SET, area_id, which, "none")
        back = [key(t.label("⬅️ Back"), Verb.POST, area_id), work_key(t)]
        text = t(_ASKED[which], area=written(t, found.area.names))
        return screen(text, [*pairs(keys), turns, [nobody], back])

    async def _able(self, turn: Turn, found: _Found, which: str) -> list[Member]:
        """Return who of one's reach may have the area, its own workers first; nobody covers themselves."""
        everybody = await team.members(turn.store, reach(turn))
        not_this = found.post.owner_id if which == _COVER else None
        able = [
            one for one in everybody if one.role in HELPERS and one.paused_at is None and one.id != not_this
        ]
        return sorted(able, key=lambda one: one.area_id != found.area.id)

    async def _areas(self, turn: Turn) -> list[Area]:
        within = frozenset(await posts.areas_of(turn.store, reach(turn).organisation_id))
        return [one for one in await directory.areas(turn.store) if one.id in within]

    async def _found(self, turn: Turn) -> _Found | None:
        wanted = turn.press.number(0) if turn.press else None
        area = next((one for one in await self._areas(turn) if one.id == wanted), None)
        if area is None:
            return None
        post = (await posts.posts(turn.store)).get(area.id, NOBODY)
        ids = [each for each in (post.owner_id, post.cover_id) if each is not None]
        return _Found(area, post, await team.known(turn.store, ids))

    async def _gone(self, turn: Turn) -> Reply:
        await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
        return await self._list(turn, page=0, toast=turn.t.label("This cannot be chosen here."))


def _with(post: Post, which: str, staff_id: int | None) -> Post:
    """Return a post with somebody else; who becomes the owner does not stand in for themselves."""
    if which == _COVER:
        return replace(post, cover_id=staff_id)
    covers = staff_id is not None and post.cover_id == staff_id
    return Post(owner_id=staff_id, cover_id=None if covers else post.cover_id)


def _back(turn: Turn) -> list[Key]:
    return [key(turn.t.label("⬅️ The team"), Verb.TEAM), work_key(turn.t)]
