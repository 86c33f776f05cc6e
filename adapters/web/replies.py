"""A neutral Reply as what a page shows, and a form that was filled in as what a Reply answers. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from adapters.web.desk import mistake_in
from bot.forms import Form
from bot.markup import Message
from bot.messages import forms
from bot.request import LONGEST_FILE, Refusal, Reply

COMMAND = "q"
"""What a page calls the command that a form or a button stands for, as links do (`bot.links.ASKED`)."""
OPENER = "from"
"""The command that showed a form, so that it can be shown again beside what is wrong with it."""
_FIELD = re.compile(r"[A-Za-z_]{1,64}")
_FILE = "file"
_STATUS = {Refusal.UNKNOWN: 404, Refusal.GONE: 410, Refusal.TOO_MANY: 429}
_OWN_FORMS = {"vacation": forms.vacation, "import": forms.take_in}
"""Forms for commands that have none in a chat, where a date is typed and a file attached."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form, or a button, as a browser sends it.

    Args:
        opener: the command whose answer showed the form; empty for a button.
        fields: None for a button.
        file: None where none was handed in.
    """

    command: str
    opener: str
    fields: Mapping[str, str] | None
    file: str | None


def filled(sent: Mapping[str, str]) -> Filled:
    """What was sent; a field that no form of ours could have is left out."""
    fields = {name: text for name, text in sent.items() if _FIELD.fullmatch(name)}
    command, opener = (fields.pop(name, "").strip() for name in (COMMAND, OPENER))
    file = fields.pop(_FILE, None)
    if file is not None and len(file.encode(errors="replace")) > LONGEST_FILE:
        file = ""
    return Filled(command, opener, fields or None, file)


def form_of(command: str, reply: Reply) -> Form | None:
    """The form that is shown with the answer to a command."""
    own = _OWN_FORMS.get(command.casefold())
    return reply.form or (own() if own else None)


def said_beside(form: Form | None, reply: Reply) -> tuple[Message, ...]:
    """The messages that are shown with a form: none where they tell how to type what is filled in there, or
    what stands at its fields."""
    if form is None or not reply.errors.keys() <= {one.name for one in form.fields}:
        return reply.messages
    return reply.messages if form == forms.vacation() and not reply.errors else ()


def kept(form: Form, said: Mapping[str, str]) -> Form:
    """A form with what was filled in."""
    fields = [replace(one, value=said.get(one.name, one.value)) for one in form.fields]
    return replace(form, fields=tuple(fields))


def mistake_at(form: Form) -> str:
    """The filter that stands in a form with carets under what is wrong; empty where nothing is."""
    found = [mistake_in(one.value)["pointed"] for one in form.fields if one.name == "filter"]
    return "".join(found)


def status_of(reply: Reply) -> int:
    """Of HTTP."""
    if reply.refusal:
        return _STATUS[reply.refusal]
    return 400 if reply.errors else 200
