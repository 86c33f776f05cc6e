"""The terminal's output, read back as the messages that a person sees in it."""

import io
from dataclasses import replace
from typing import Self

from adapters.console.inbound import PLACE
from tests.fakes import Posted

_BAR = "  │"
_RULE = "─"
_WAY = "↳ "


class FakeConsole:
    """One output stream for any number of adapters.

    Its `transcript` is read from the text: a title with a rule under it begins a head, rows behind a bar
    are a reply to the head above them, or to the one that an arrow names.
    """

    place = PLACE
    direct = PLACE

    def __init__(self) -> None:
        self.output = io.StringIO()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    @property
    def transcript(self) -> list[Posted]:
        heads: dict[str, str] = {}
        posted: list[Posted] = []
        thread = ""
        for block in _blocks(self.output.getvalue()):
            number = str(len(posted) + 1)
            if block[0].startswith(_WAY):
                thread = heads[" ".join(block).removeprefix(_WAY)]
            elif block[0].startswith(_BAR):
                inside = "\n".join(row.removeprefix(_BAR).removeprefix(" ") for row in block)
                posted.append(Posted(PLACE.address, thread, number, inside, None, {}))
            elif not posted or any(not row.strip(_RULE) for row in block):
                thread = heads[_title(block)] = number
                posted.append(Posted(PLACE.address, None, number, "\n".join(block), None, {}))
            else:
                last = posted.pop()
                posted.append(replace(last, text="\n".join([last.text, *block])))
        return posted


def _blocks(output: str) -> list[list[str]]:
    """The rows between empty ones."""
    blocks: list[list[str]] = [[]]
    for row in output.splitlines():
        if row:
            blocks[-1].append(row)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _title(block: list[str]) -> str:
    """The rows above the rule, as one."""
    return " ".join(block).partition(f" {_RULE}")[0]
