"""Let somebody leave the team by themselves: whoever is erased works here no more, and loses nobody."""

from care.audit import Act, Deed
from care.ownership import Reason
from care.roles import Actor
from handlers.turn import Turn
from storage import audit, team
from storage.handover import hand_over
from storage.vault import Vault


async def leave(turn: Turn, vault: Vault, *, zone: str) -> None:
    """End all roles of the sender, paused ones too; people, talks and company go to colleagues.

    `zone` is as for `storage.ownership.team`.
    """
    held = await team.of_person(turn.store, turn.known().id)
    for one in held:
        await team.end(turn.store, one.id, now=turn.now)
    for one in held:  # after all of them have ended, so that nothing goes to another role of the same person
        await hand_over(turn.store, one.id, reason=Reason.LEFT, now=turn.now, zone=zone)
    for one in held:
        deed = Deed(act=Act.LEFT, role=Actor(one.role), about="staff", actor_id=one.id, about_id=one.id)
        await audit.append(turn.store, vault, deed, now=turn.now)
