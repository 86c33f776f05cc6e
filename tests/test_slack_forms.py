"""A Form becomes a modal that Slack accepts, whatever is in it, and comes back as it was filled in."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from adapters.slack.back import Back, recalled, remembered
from adapters.slack.forms import FORM, complaints, filled, modal
from bot.forms import Choice, Field, Form
from tests.fakes.slack_view_rules import view_complaints
from tests.fakes.slack_views import Modal

BACK = Back("C0PAPERS", "https://hooks.slack.com/1", replace=True)
DAYS = tuple(Choice(value, value.title()) for value in ("daily", "weekly", "each"))
EDIT = Form(
    "Edit subscription 3",
    "edit 3",
    (
        Field("filter", "Which papers", "diffusion -survey", "agents has:code", longest=2000),
        Field("when", "How often", "weekly", choices=DAYS),
        Field("time", "At", hint="09:00", longest=5),
    ),
)


def elements(form: Form) -> list[dict[str, Any]]:
    """The inputs of a form."""
    view = modal(form, BACK)
    assert view
    assert view_complaints(view, "modal") == []
    return [block["element"] for block in view["blocks"]]


def one(field: Field) -> dict[str, Any]:
    """The input of a form with only this field."""
    (element,) = elements(Form("Title", "x", (field,)))
    return element


def test_a_form_has_its_fields_in_order() -> None:
    view = modal(EDIT, BACK)
    assert view
    assert view_complaints(view, "modal") == []
    assert (view["type"], view["callback_id"]) == ("modal", FORM)
    labels = [view[name]["text"] for name in ("title", "submit", "close")]
    assert labels == ["Edit subscription 3", "Save", "Cancel"]
    assert [block["block_id"] for block in view["blocks"]] == ["filter", "when", "time"]
    assert [block["label"]["text"] for block in view["blocks"]] == ["Which papers", "How often", "At"]
    assert all(block["optional"] for block in view["blocks"])
    text, menu, line = (block["element"] for block in view["blocks"])
    assert (text["initial_value"], text["multiline"], text["max_length"]) == ("diffusion -survey", True, 2000)
    assert text["placeholder"]["text"] == "agents has:code"
    assert menu["initial_option"] == menu["options"][1]
    assert [option["value"] for option in menu["options"]] == ["daily", "weekly", "each"]
    assert (line["multiline"], line["max_length"], "initial_value" in line) == (False, 5, False)


def test_what_was_not_touched_comes_back_as_it_stood() -> None:
    view = modal(EDIT, BACK)
    assert view
    submitted = view | {"state": Modal("U0READER", view).state({})}
    assert filled(submitted) == (
        "edit 3", BACK, {"filter": "diffusion -survey", "when": "weekly", "time": ""},
    )  # fmt: skip


def test_what_was_typed_and_chosen_comes_back() -> None:
    view = modal(EDIT, BACK)
    assert view
    typed = {"filter": "cats\x00<!channel>", "when": "each", "time": ""}
    found = filled(view | {"state": Modal("U0READER", view).state(typed)})
    assert found
    assert found[2] == typed


@pytest.mark.parametrize(
    ("longest", "multiline", "most"),
    [(512, False, 512), (513, True, 513), (3000, True, 3000), (3001, True, None), (100_000, True, None)],
)
def test_a_long_field_is_a_large_one_and_above_three_thousand_has_no_limit(
    longest: int, multiline: bool, most: int | None
) -> None:
    element = one(Field("file", "File", longest=longest))
    assert (element["multiline"], element.get("max_length")) == (multiline, most)


def test_what_stands_in_a_field_is_never_cut_and_never_called_too_long() -> None:
    for length in (600, 3000, 3001, 10_000):
        element = one(Field("filter", "Filter", "x" * length, longest=512))
        assert element["initial_value"] == "x" * length
        assert element.get("max_length", length) == length


def test_a_value_that_is_no_choice_leaves_the_menu_open() -> None:
    assert "initial_option" not in one(Field("when", "When", "monthly", choices=DAYS))


def test_of_many_choices_the_one_that_stands_is_kept() -> None:
    zones = tuple(Choice(f"Zone/{n}", f"Zone {n}") for n in range(400))
    menu = one(Field("zone", "Zone", "Zone/399", choices=zones))
    assert len(menu["options"]) == 100
    assert menu["initial_option"]["value"] == "Zone/399"
    assert menu["options"][0]["value"] == "Zone/0"


def test_choices_that_slack_cannot_show_leave_a_line_to_type() -> None:
    assert one(Field("x", "X", choices=(Choice("", "Nothing"),)))["type"] == "plain_text_input"
    assert one(Field("x", "X", choices=(Choice("v" * 151, "Long"),)))["type"] == "plain_text_input"


@pytest.mark.parametrize(
    "form",
    [Form("Title", "x" * 3000, EDIT.fields), Form("Title", "x", ())],
    ids=["a command too long to keep", "nothing to fill in"],
)
def test_a_form_that_slack_cannot_show_is_none(form: Form) -> None:
    assert modal(form, BACK) is None


@pytest.mark.parametrize("back", [BACK, Back(home=True), Back("D0ABC", "https://hooks.slack.com/é\u2028")])
def test_a_form_remembers_its_way_back(back: Back) -> None:
    assert recalled(remembered('edit "3"\n', back)) == ('edit "3"\n', back)


def test_errors_stand_under_their_fields() -> None:
    fields = {"filter": "(", "when": "never", "time": ""}
    errors = {
        "filter": "This bracket\nis not closed.\x00",
        "zone": "No such field.",
        "time": "",
        "when": "x" * 999,
    }
    shown = complaints(errors, fields)
    assert shown.keys() == {"filter", "when"}
    assert shown["filter"] == "This bracket is not closed."
    assert len(shown["when"]) == 300
    assert complaints({"zone": "No such field."}, fields) == {}


HOSTILE = st.text(max_size=40) | st.sampled_from(
    ["\x00", "\ud800", " ", "<!channel>", "a\nb", "\u202e", "x" * 400, "y" * 10_000]
)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
CHOICES = st.lists(st.builds(Choice, HOSTILE, HOSTILE), max_size=120).map(tuple)
FIELDS = st.builds(Field, NAMES, HOSTILE, HOSTILE, HOSTILE, CHOICES, st.integers(0, 200_000))


@settings(max_examples=100)
@given(HOSTILE, HOSTILE, HOSTILE, st.lists(FIELDS, max_size=5, unique_by=lambda field: field.name))
def test_slack_accepts_any_form(title: str, command: str, submit: str, fields: list[Field]) -> None:
    form = Form(title, command, tuple(fields), submit)
    view = modal(form, BACK)
    if view is None:
        assert not fields or len(command) > 500
        return
    assert view_complaints(view, "modal") == []
    View(**view).validate_json()
    state = Modal("U0READER", view).state({})
    if command:
        found = filled(view | {"state": state})
        assert found
        assert (found[0], found[1]) == (command, BACK)
        assert found[2].keys() == {field.name for field in fields}
