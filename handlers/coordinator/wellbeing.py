"""Show the office how the team is: averages of weeks that are over, of at least five answers, of nobody."""

from dataclasses import dataclass

from care.outcomes import Kind
from care.wellbeing import LEAST_ANSWERS, QUESTIONS, averages, closed_weeks
from handlers.buttons import Verb
from handlers.roles import work_key
from handlers.screens import Reply, key, screen
from handlers.turn import Turn
from handlers.worker.wellbeing import SHORT
from locales.catalogue import Html
from storage import wellbeing


@dataclass(frozen=True, kw_only=True)
class TeamWellbeing:
    """What 'how the team is' does. There is no area, no person, no count, and no week that still goes on."""

    async def show(self, turn: Turn) -> Reply:
        """Show the averages of the last weeks, each from five answers on."""
        await turn.record(Kind.WELLBEING_SEEN, detail="team", role=turn.staff_actor())
        t, weeks = turn.t, closed_weeks(turn.now)
        found = await wellbeing.moods_of_team(turn.store, weeks)
        parts = [
            t("🌿 <b>How the team is</b>\nFrom 1 (bad) to 3 (good). A week is shown once it is over."),
        ]
        for week in weeks:
            shown = averages(found[week])
            if shown is None:
                said = t("not enough answers")
            else:
                said = "\n".join(f"{t.label(SHORT[one])}: {shown[one]:.1f}" for one in QUESTIONS)
            parts.append(t("<b>Week {number}</b>", number=week[-2:]) + Html(f"\n{said}"))
        parts.append(
            t("Fewer than {n} answers are never shown, and nobody sees who answered.", n=LEAST_ANSWERS)
        )
        back = key(t.label("⬅️ Back"), Verb.WELLBEING)
        return screen(Html("\n\n".join(parts)), [[back, work_key(t)]])
