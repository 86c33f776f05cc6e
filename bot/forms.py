"""A form that a person fills in, before any platform's look. Its answer is a Request with `fields`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values.

    Args:
        value: what comes back.
        label: what the person sees.
    """

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form.

    Args:
        name: letters and underscores; what the answer calls it.
        label: at most 45 characters.
        value: what stands in it at first.
        hint: an example, shown where the field is empty; at most 100 characters.
        choices: the person chooses one of these instead of typing.
        longest: most characters that can be typed.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    longest: int = 512


@dataclass(frozen=True, slots=True)
class Form:
    """Fields to fill in, the most important first: a platform that shows fewer drops those at the end.

    Args:
        title: at most 24 characters.
        command: the text of the Request that the filled-in form becomes.
    """

    title: str
    command: str
    fields: tuple[Field, ...]
    submit: str = "Save"
