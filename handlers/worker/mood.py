"""Ask a worker once a week how they are: three questions, three faces each, for their eyes only."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from care.outcomes import Kind
from care.roles import Role
from care.wellbeing import FACES, QUESTIONS, answers_in, week_of
from handlers import chosen
from handlers.buttons import Verb
from handlers.notice import Notice, message
from handlers.roles import work_key
from handlers.screens import Key, Reply, key, screen
from handlers.turn import Turn
from handlers.worker.wellbeing import ASKED, PICTURES
from locales.catalogue import Locale
from storage import wellbeing

NOBODY = dict.fromkeys(("referral_id", "link_id", "staff_id", "area_id", "site_id", "locale"))


@dataclass(frozen=True, kw_only=True)
class Mood:
    """What 'how are you?' and its faces do."""

    zone: ZoneInfo  # where a person's city is not known

    async def show(self, turn: Turn) -> Reply:
        """Ask the next question of this week, or keep the answers to all of them."""
        worker, t = turn.known().holds(Role.WORKER), turn.t
        week, given = await self._week(turn), answers_in(chosen.word(turn, 1))
        asked_in = chosen.word(turn, 0)
        if worker is None or given is None or asked_in not in {None, week}:
            await turn.record(Kind.REFUSED, detail="gone", role=turn.staff_actor())
            text = t("This week is over. Next Friday I ask again.")
            return screen(text, [[key(t.label("🌿 Care for you"), Verb.WELLBEING)], [work_key(t)]])
        if len(given) < len(QUESTIONS):
            await turn.record(Kind.WELLBEING_SEEN, detail="mood", role=turn.staff_actor())
            return screen(_question(t, given), [*_faces(week, given), [_back(t), work_key(t)]])
        await wellbeing.keep_mood(turn.store, worker.id, week, given)
        await turn.record(Kind.MOOD_KEPT, role=turn.staff_actor(), **NOBODY)
        faces = "".join(PICTURES[given[one]] for one in QUESTIONS)
        text = t(
            "{faces}\n\nThank you. Only you see this. If it is too much, your coordinator can help.",
            faces=faces,
        )
        return screen(text, [[_back(t)], [work_key(t)]])

    async def _week(self, turn: Turn) -> str:
        hours = await wellbeing.hours_of(turn.store, turn.known().id)
        zone = ZoneInfo(hours.zone) if hours and hours.zone else self.zone
        return week_of(turn.now.astimezone(zone).date())


async def ask(notice: Notice) -> Reply | None:
    """Ask the first question of the week; None when it was answered, or the worker is none any more."""
    worker, t = notice.person.holds(Role.WORKER), notice.t
    week = str(notice.row["params"].get("week"))
    if worker is None or await wellbeing.moods_of(notice.store, worker.id, [week]):
        return None
    head = t("🌿 How are you? Three taps, and only you see them.")
    work = [work_key(t)]
    return message(f"{head}\n\n{_question(t, {})}", [*_faces(week, {}), work])


def _question(t: Locale, given: Mapping[str, int]) -> str:
    number = len(given)
    text = t(ASKED[QUESTIONS[number]])
    return f"{number + 1}/{len(QUESTIONS)}\n\n{text}"


def _faces(week: str, given: Mapping[str, int]) -> list[list[Key]]:
    so_far = "".join(str(answer) for answer in given.values())
    return [[key(PICTURES[face], Verb.MOOD, week, f"{so_far}{face}") for face in FACES]]


def _back(t: Locale) -> Key:
    return key(t.label("🌿 Care for you"), Verb.WELLBEING)
