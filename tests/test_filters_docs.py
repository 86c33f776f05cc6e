"""What docs/filters.md says is so."""

import re
from pathlib import Path

import pytest

from bot.filters.errors import FilterError
from bot.filters.fields import FIELDS, Field
from bot.filters.order import trend
from bot.filters.parser import DEPTH, LENGTH, TERMS, check_subscription, parse
from tests.factories import DAY

TEXT = (Path(__file__).parents[1] / "docs" / "filters.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in row.strip("|").split(" | ")] for row in TEXT.splitlines() if row.startswith("|")
]
EXAMPLES = [row[0].strip("`") for row in ROWS if len(row) == 2 and row[0].startswith("`")]
FIELD_ROWS = [row for row in ROWS if len(row) == 4 and row[0].startswith("`")]
_SIGNS = {"-", "*", ">=", "<=", ">", "<", "=", "7d", "2w", "3m"}
QUOTED = [
    quoted
    for quoted in re.findall(r"`([^`\n]+)`", TEXT)
    if quoted not in _SIGNS and quoted.rstrip(":") not in FIELDS
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_a_filter(example: str) -> None:
    assert parse(example).root is not None


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 9
    assert set(EXAMPLES) < set(QUOTED)


@pytest.mark.parametrize("quoted", QUOTED)
def test_whatever_is_quoted_is_a_filter_or_a_word_of_it(quoted: str) -> None:
    said = parse(quoted) if quoted not in ("OR", "AND", "NOT") else None
    assert said is None or str(said)


def test_every_field_is_explained() -> None:
    assert [row[0].strip("`").rstrip(":") for row in FIELD_ROWS] == list(FIELDS)


@pytest.mark.parametrize(("row", "field"), list(zip(FIELD_ROWS, FIELDS.values(), strict=True)))
def test_a_field_is_explained_as_it_is(row: list[str], field: Field) -> None:
    choices = f": {', '.join(f'`{choice}`' for choice in field.choices)}" if field.choices else ""

    assert row[1:] == [field.meaning + choices, f"`{field.example}`", "yes" if field.subscribable else "no"]
    if field.subscribable:
        check_subscription(parse(field.example))
    else:
        with pytest.raises(FilterError):
            check_subscription(parse(field.example))


def test_the_limits_are_those() -> None:
    assert f"at most {LENGTH} characters" in TEXT
    assert f"{TERMS} terms, and {DEPTH} brackets" in TEXT


def test_the_error_is_that() -> None:
    with pytest.raises(FilterError) as caught:
        parse("diffusion tilte:vision")
    assert f"```\n{caught.value.pointed}\n```" in TEXT


def test_the_last_example_is_kept_so() -> None:
    assert str(parse('has:code "Diffusion"  -survey')) == "diffusion -survey has:code"
    assert '`has:code "Diffusion"  -survey` is kept as `diffusion -survey has:code`' in TEXT


def test_the_formula_is_that() -> None:
    assert "(upvotes + 1) / (days + 2)²" in TEXT
    assert trend(3, DAY, DAY) == (3 + 1) / (0 + 2) ** 2
