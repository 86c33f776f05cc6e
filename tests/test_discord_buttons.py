"""Buttons as Discord's rows of components: five rows of five, and no custom id twice."""

import pytest

from adapters.discord.render import render
from bot.markup import Button, Card, Message, Span

URL = "https://huggingface.co/papers/2607.1"

BUTTONS: dict[str, tuple[Button, list[str]]] = {
    "plain": (Button("More", "paper 1"), ["papers:paper 1"]),
    "today": (Button("Today", ""), ["papers:"]),
    "as long as can be": (Button("More", "x" * 93), ["papers:" + "x" * 93]),
    "too long": (Button("More", "x" * 94), []),
    "without a label": (Button("\u200b", "today"), []),
    "a form": (Button("Edit", "edit 3", form=True), ["papers-form:edit 3"]),
    "a form as long as can be": (Button("Edit", "x" * 88, form=True), ["papers-form:" + "x" * 88]),
    "a form without room for its sign": (Button("Edit", "x" * 93, form=True), ["papers:" + "x" * 93]),
    "a form too long": (Button("Edit", "x" * 94, form=True), []),
}


@pytest.mark.parametrize(("button", "ids"), BUTTONS.values(), ids=BUTTONS)
def test_buttons(button: Button, ids: list[str]) -> None:
    shown = render(Message("Title", buttons=(button, button)))["components"]
    assert [one["custom_id"] for row in shown for one in row["components"]] == ids


def card(*commands: str) -> Card:
    return Card(Span("Tigers", URL), buttons=tuple(Button(command, command) for command in commands))


def numbered(count: int, name: str = "b") -> list[str]:
    return [f"{name}{number}" for number in range(count)]


ROWS: dict[str, tuple[tuple[Card, ...], list[str], list[list[str]]]] = {
    "of two cards and the message": (
        (card("pause 1", "edit 1"), card("resume 2")),
        ["settings"],
        [["pause 1", "edit 1"], ["resume 2"], ["settings"]],
    ),
    "a card without buttons": ((card(), card("resume 2")), [], [["resume 2"]]),
    "a card with many": ((card(*numbered(6)),), [], [numbered(5), ["b5"]]),
    "five cards": (tuple(card(name) for name in "abcde"), [], [[name] for name in "abcde"]),
    "five cards and the message share": (
        tuple(card(name, name * 2) for name in "abcde"),
        ["settings"],
        [["a", "aa", "b", "bb", "c"], ["cc", "d", "dd", "e", "ee"], ["settings"]],
    ),
    "the message keeps a row": (
        tuple(card(*numbered(5, name)) for name in "vwxyz"),
        numbered(10),
        [*(numbered(5, name) for name in "vwxy"), numbered(5)],
    ),
    "the message takes what is left": (
        (card("a"),),
        numbered(30),
        [["a"], *(numbered(25)[start : start + 5] for start in range(0, 20, 5))],
    ),
    "what is there already": ((card("a", "b"), card("b", "c")), ["c", "d"], [["a", "b"], ["c"], ["d"]]),
}


@pytest.mark.parametrize(("cards", "commands", "expected"), ROWS.values(), ids=ROWS)
def test_rows_of_buttons(cards: tuple[Card, ...], commands: list[str], expected: list[list[str]]) -> None:
    buttons = tuple(Button(command, command) for command in commands)
    shown = render(Message("Title", cards=cards, buttons=buttons))["components"]
    assert [[button["label"] for button in row["components"]] for row in shown] == expected
