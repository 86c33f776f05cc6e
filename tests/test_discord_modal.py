"""A form as Discord's modal: within every limit, whatever stands in it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.discord.modal import command_in, fields_in, modal
from bot.forms import Choice, Field, Form
from tests.fakes.discord_modals import modal_problems, submission
from tests.fakes.discord_rules import CONTRACT, request_problems

TEXTS = st.text(max_size=60) | st.just("words " * 2000) | st.text("\x00\u202e\n ", max_size=5)
NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True) | TEXTS
CHOICES = st.lists(st.builds(Choice, TEXTS, TEXTS), max_size=30).map(tuple)
FIELDS = st.builds(
    Field,
    NAMES,
    TEXTS,
    value=TEXTS,
    hint=TEXTS,
    choices=st.just(()) | CHOICES,
    longest=st.integers(min_value=-1, max_value=10_000),
)
FORMS = st.builds(Form, TEXTS, TEXTS, st.lists(FIELDS, max_size=8).map(tuple))
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"

patient = settings(suppress_health_check=[HealthCheck.too_slow])


@patient
@given(FORMS)
def test_any_form_is_within_the_limits(form: Form) -> None:
    shown = modal(form)
    assert shown is None or list(modal_problems(shown)) == []


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@settings(patient, max_examples=50)
@given(FORMS)
def test_any_form_is_what_the_contract_says(form: Form) -> None:
    shown = modal(form)
    assert shown is None or request_problems("POST", CALLBACK, {"type": 9, "data": shown}) == []


@patient
@given(st.lists(st.builds(Field, NAMES, TEXTS, value=st.text("abc 12", max_size=60)), min_size=1, max_size=5))
def test_what_is_left_as_it_was_comes_back(fields: list[Field]) -> None:
    shown = modal(Form("Edit", "edit 3", tuple(fields)))
    if shown is not None:
        said = fields_in(submission(shown, {}))
        assert command_in(shown["custom_id"]) == "edit 3"
        by_name = {field.name: " ".join(field.value.split()) for field in fields}
        assert said == {name: by_name[name] for name in said}


def shown_component(field: Field) -> dict[str, Any]:
    shown = modal(Form("Edit", "edit 3", (field,)))
    assert shown is not None
    [row] = shown["components"]
    return {"label": row["label"], **row["component"]}


def test_a_value_is_never_too_long_to_be_left_as_it_is() -> None:
    shown = shown_component(Field("filter", "Filter", value="x" * 30, longest=20))
    assert (shown["value"], shown["max_length"]) == ("x" * 30, 30)


def test_choices_that_discord_does_not_take_are_left_out() -> None:
    choices = (Choice("", "Nothing"), Choice("x" * 101, "Long"), Choice("a", "\u200b"), Choice("b", ""))
    options = shown_component(Field("style", "Style", choices=choices))["options"]
    assert [(option["label"], option["value"]) for option in options] == [("b", "b")]


def test_where_no_choice_is_left_it_is_typed() -> None:
    assert shown_component(Field("style", "Style", choices=(Choice("", "Nothing"),)))["type"] == 4


def test_a_choice_stands_there_once() -> None:
    same = (Choice("a", "One"), Choice("a", "Other"), Choice("b", "Third"))
    options = shown_component(Field("style", "Style", value="a", choices=same))["options"]
    assert [option["value"] for option in options] == ["a", "b"]


def test_the_last_fields_are_dropped() -> None:
    shown = modal(Form("Edit", "edit 3", tuple(Field(letter, letter) for letter in "abcdefg")))
    assert shown is not None
    assert [row["label"] for row in shown["components"]] == list("abcde")
