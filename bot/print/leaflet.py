"""What stands on a poster or a card: plain words in one or several languages, and the way in."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of one language."""

    headline: str
    about: str
    facts: tuple[str, ...]
    person: str  # who is here for the reader; may be empty
    scan: str
    type: str  # how to use the code by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaflet:
    """Everything that is printed."""

    address: str  # of the link
    code: str  # short, as it is written: "HJ7K 2MXX"
    said: tuple[Said, ...]  # at least one


def read(content: str) -> Leaflet:
    """Read what `handlers.worker.leaflet.content` wrote. Raises KeyError or TypeError for anything else."""
    values = json.loads(content)
    said = tuple(Said(**{**each, "facts": tuple(each["facts"])}) for each in values["said"])
    return Leaflet(address=values["address"], code=values["code"], said=said)
