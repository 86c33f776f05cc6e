"""The way back to a person, and how a form remembers it: Slack says of a form only what we wrote into it.

Pure.
"""

import json
from dataclasses import asdict, dataclass

from adapters.slack.api import words


@dataclass(frozen=True, slots=True)
class Back:
    """Where an answer goes.

    Args:
        channel: where it was asked; empty in the Home tab.
        url: takes five answers within half an hour; empty in the Home tab.
        replace: the answer takes the place of the message whose button was clicked.
        home: the answer is shown in the person's Home tab.
    """

    channel: str = ""
    url: str = ""
    replace: bool = False
    home: bool = False


def remembered(command: str, back: Back) -> str:
    """What a form keeps (`private_metadata`): the command that it fills in, and the way back."""
    return json.dumps({"command": command, **asdict(back)}, ensure_ascii=False, separators=(",", ":"))


def recalled(kept: str) -> tuple[str, Back] | None:
    """The command and the way back that a form kept, neither of them checked; None if there is none."""
    try:
        found = json.loads(kept)
    except (ValueError, RecursionError):
        return None
    if not (isinstance(found, dict) and words(found, "command")):
        return None
    flags = {name: found.get(name) is True for name in ("replace", "home")}
    return words(found, "command"), Back(words(found, "channel"), words(found, "url"), **flags)
