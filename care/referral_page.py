"""Write the page of the documentation about referrals from the moves that the code knows.

`make referral-page` writes it; a test holds that docs/referral.md is what it says.
"""

from care.referral import ENDS, MOVES, OPEN, RETURNS, Move, Return, State, shown_to_workers
from care.roles import Actor

_TITLES = {
    Actor.PERSON: "the person",
    Actor.WORKER: "outreach worker",
    Actor.REGISTRAR: "registrar",
    Actor.CLINICIAN: "clinician",
    Actor.COORDINATOR: "coordinator",
    Actor.ADMIN: "administrator",
    Actor.JOB: "the program",
}
_BEGINNING = State.REACHED
_LEAD = """# The referral

<!-- Made by `make referral-page` from care/referral.py: change the moves there, not here. -->

A referral is one episode of one person, from the first contact to the end of care. The program makes only
the moves below. Another one is refused, and the refusal says why: the episode has ended, there is no such
step from where it stands, or somebody else makes this step. A worker acts for people without Telegram, so
what a person may do, a worker may do for them; coordinators and administrators stand in for the desk."""


def page() -> str:
    """Return the page, Markdown with a Mermaid diagram; it ends with a line break."""
    parts = [_LEAD, "## Diagram", _diagram(), "## Moves", _table(), "## Ends that are taken back", _returns()]
    parts += ["## Who sees what", _seen()]
    return "\n\n".join(parts) + "\n"


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {_name(_BEGINNING)}"]
    drawn = [move for move in MOVES if move.to not in ENDS]
    pairs = {(source, move.to) for move in drawn for source in move.sources if source is not move.to}
    lines += [
        f"    {_name(source)} --> {_name(to)}"
        for source, to in sorted(pairs, key=lambda pair: (_order(pair[0]), _order(pair[1])))
    ]
    for end in sorted(ENDS, key=_order):
        sources = frozenset().union(*(move.sources for move in MOVES if move.to is end))
        if sources != OPEN:
            lines += [f"    {_name(source)} --> {_name(end)}" for source in sorted(sources, key=_order)]
        lines.append(f"    {_name(end)} --> [*]")
    lines.append("```")
    everywhere = [move.to.value for move in MOVES if move.to in ENDS and move.sources == OPEN]
    ways = " or ".join(f"*{one}*" for one in everywhere)
    return "\n".join([*lines, "", f"Not drawn: from every open state a referral may go to {ways}."])


def _table() -> str:
    lines = ["| to | from | who | when |", "|---|---|---|---|"]
    lines += [
        f"| **{move.to}** | {_sources(move)} | {_who(move)} | {move.meaning} |"
        for move in sorted(MOVES, key=lambda move: _order(move.to))
    ]
    return "\n".join(lines)


def _returns() -> str:
    lines = ["| end | who | how long | when |", "|---|---|---|---|"]
    lines += [
        f"| **{', '.join(end.value for end in sorted(way.ends, key=_order))}** | {_who(way)} "
        f"| {way.within.days} {'day' if way.within.days == 1 else 'days'} | {way.meaning} |"
        for way in RETURNS
    ]
    return "\n".join(
        [
            "The episode then stands where it stood before its end, unless the next one has begun. A visit "
            "that is booked after an end begins the next one. Another result of the same visit, which a "
            "clinician writes, lets an episode go on from *result-ready*, whatever ended it: nobody can tell "
            "by it what the first one was.",
            "",
            *lines,
        ]
    )


def _seen() -> str:
    hidden = [state for state in State if shown_to_workers(state) is not state]
    shown = sorted({shown_to_workers(state).value for state in hidden})
    return (
        "Outreach workers, coordinators and registrars never see a result. For them "
        f"{_listed([state.value for state in hidden])} look like *{shown[0]}*, so the screen is the same "
        "whatever the result was."
    )


def _sources(move: Move) -> str:
    if move.sources == OPEN:
        return "every open state"
    return ", ".join(state.value for state in sorted(move.sources, key=_order))


def _who(step: Move | Return) -> str:
    return ", ".join(title for actor, title in _TITLES.items() if actor in step.by)


def _listed(words: list[str]) -> str:
    return f"{', '.join(f'*{word}*' for word in words[:-1])} and *{words[-1]}*"


def _name(state: State) -> str:
    return state.value.replace("-", "_")


def _order(state: State) -> int:
    return list(State).index(state)
