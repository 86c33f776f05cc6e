"""What somebody wants of a subscription, as it is typed, as a form says it, and as it is said again."""

from collections.abc import Callable
from datetime import time
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule import parse_zone, short_zone
from bot.wishes import MOST_PAPERS, Wish, WishError, merged, spoken, wish_in, wish_of
from storage.models import Cadence, Style

DAILY, WEEKLY, EACH = Cadence.DAILY, Cadence.WEEKLY, Cadence.EACH
NINE = time(9)
WORKDAYS = frozenset(range(5))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", {}),
        ("diffusion models", {"filter": "diffusion models"}),
        ("diffusion daily", {"filter": "diffusion", "cadence": DAILY}),
        ("diffusion daily 09:00", {"filter": "diffusion", "cadence": DAILY, "local_time": NINE}),
        ("diffusion DAILY at 9:00", {"filter": "diffusion", "cadence": DAILY, "local_time": NINE}),
        ("diffusion at 09:00", {"filter": "diffusion", "local_time": NINE}),
        ("weekly", {"cadence": WEEKLY}),
        ("x weekly mon 09:00", {"filter": "x", "cadence": WEEKLY, "weekdays": {0}, "local_time": NINE}),
        ("x weekly on sunday", {"filter": "x", "cadence": WEEKLY, "weekdays": {6}}),
        ("x weekly 09:00 on tue", {"filter": "x", "cadence": WEEKLY, "weekdays": {1}, "local_time": NINE}),
        ("upvotes>=50 each", {"filter": "upvotes>=50", "cadence": EACH}),
        ("x on mon-fri", {"filter": "x", "weekdays": WORKDAYS}),
        ("x on mon, wed – thu", {"filter": "x", "weekdays": {0, 2, 3}}),
        ("x in europe/paris", {"filter": "x", "zone": "Europe/Paris"}),
        (
            "x in America/Argentina/ComodRivadavia",
            {"filter": "x", "zone": "America/Argentina/ComodRivadavia"},
        ),
        ("x in utc", {"filter": "x", "zone": "UTC"}),
        ("x in zone Japan", {"filter": "x", "zone": "Japan"}),
        ("x style thread", {"filter": "x", "style": Style.THREAD}),
        ("x most 10 least 3", {"filter": "x", "most": 10, "least": 3}),
        ("x most all least 0", {"filter": "x", "most": 0, "least": 0}),
        ("x explain on", {"filter": "x", "explain": True}),
        ("x by email a+b@c.org", {"filter": "x", "email": "a+b@c.org"}),
        ("x by email a@c.org weekly", {"filter": "x", "email": "a@c.org", "cadence": WEEKLY}),
        ("work by email", {"filter": "work by email"}),
        ("x late append explain off", {"filter": "x", "late": True, "explain": False}),
        (
            "diffusion -survey daily 08:30 on sat,sun in Asia/Tokyo style compact most 5",
            {
                "filter": "diffusion -survey",
                "cadence": DAILY,
                "local_time": time(8, 30),
                "weekdays": {5, 6},
                "zone": "Asia/Tokyo",
                "style": Style.COMPACT,
                "most": 5,
            },
        ),
        ("x Europe/Paris", {"filter": "x", "zone": "Europe/Paris"}),
        (
            "x daily 09:00 europe/paris",
            {"filter": "x", "cadence": DAILY, "local_time": NINE, "zone": "Europe/Paris"},
        ),
        ("x America/New_York daily", {"filter": "x", "cadence": DAILY, "zone": "America/New_York"}),
        ("x at 9am UTC", {"filter": "x", "local_time": NINE, "zone": "UTC"}),
        ("x every day", {"filter": "x", "cadence": DAILY}),
        ("x each day at 09:00", {"filter": "x", "cadence": DAILY, "local_time": NINE}),
        ("x every week on tue", {"filter": "x", "cadence": WEEKLY, "weekdays": {1}}),
        ("x every weekday", {"filter": "x", "cadence": DAILY, "weekdays": WORKDAYS}),
        ("x weekdays", {"filter": "x", "weekdays": WORKDAYS}),
        ("x on weekdays", {"filter": "x", "weekdays": WORKDAYS}),
        ("x weekdays 9am", {"filter": "x", "weekdays": WORKDAYS, "local_time": NINE}),
        ("x on weekends", {"filter": "x", "weekdays": {5, 6}}),
        ("x every monday", {"filter": "x", "cadence": WEEKLY, "weekdays": {0}}),
        ("x Every Monday 09:00", {"filter": "x", "cadence": WEEKLY, "weekdays": {0}, "local_time": NINE}),
        ("x each tue and thu", {"filter": "x", "cadence": DAILY, "weekdays": {1, 3}}),
        ("x on mondays", {"filter": "x", "weekdays": {0}}),
        ("x on tuesdays and thursdays 9:00", {"filter": "x", "weekdays": {1, 3}, "local_time": NINE}),
        ("x on mon, tue, and fri", {"filter": "x", "weekdays": {0, 1, 4}}),
        ("x tue,thu 09:00", {"filter": "x", "weekdays": {1, 3}, "local_time": NINE}),
        ("x monday at 09:00", {"filter": "x", "weekdays": {0}, "local_time": NINE}),
        (
            "x daily mon-fri 09:00",
            {"filter": "x", "cadence": DAILY, "weekdays": WORKDAYS, "local_time": NINE},
        ),
        ("x daily on sat 09:00", {"filter": "x", "cadence": DAILY, "weekdays": {5}, "local_time": NINE}),
        (
            "x daily 18:30 mon-sun",
            {"filter": "x", "cadence": DAILY, "local_time": time(18, 30), "weekdays": set(range(7))},
        ),
        ("x daily 8:30 pm", {"filter": "x", "cadence": DAILY, "local_time": time(20, 30)}),
        ("x daily 9am", {"filter": "x", "cadence": DAILY, "local_time": NINE}),
        ("x weekly mon 9 p.m.", {"filter": "x", "cadence": WEEKLY, "weekdays": {0}, "local_time": time(21)}),
        ("x at most 10 at least 3", {"filter": "x", "most": 10, "least": 3}),
        ("@0123456789abcdef sure daily", {"filter": "@0123456789abcdef sure", "cadence": DAILY}),
    ],
)
def test_a_line_is_read_from_its_end(typed: str, said: dict[str, Any]) -> None:
    assert wish_in(typed) == Wish(
        **{**said, **({"weekdays": frozenset(said["weekdays"])} if "weekdays" in said else {})}
    )


@pytest.mark.parametrize(
    "typed",
    [
        "diffusion in Japan",
        "each paper",
        "daily news -survey",
        "planning at scale",
        "most 10 papers",
        '"a paper each"',
        '"learning in Europe/Paris"',
        '"daily 09:00"',
        "attention on sunflowers",
        "a text on monoliths",
        "beach",
        "thread style",
        "vision/language",
        "text/image daily activities",
        "Europe/Paris weather",
        "asia/pacific news",
        "qwen2.5",
        "gpt 4.1",
        "llama 3 8b",
        "pass at 1",
        "recall at 10",
        "imagenet top-1",
        "top 10 accuracy",
        "max pooling",
        "monthly active users",
        "weekly supervised segmentation",
        "daily activities recognition",
        "every day objects",
        "every token",
        "days",
        "mondays",
        "black friday",
        "agents monday",
        "friday and robinson",
        "sun sat",
        "team UTC",
        "ratio 4:1",
        "compact",
        "thread",
        "explain",
        "9am to noon",
        '"18:30"',
        "“18:30” robots",
        'title:"25:00 hours"',
        'daily "9.30"',
        '"top 10"',
        '"monthly"',
        '"Europe/Pariss"',
    ],
)
def test_a_filter_may_hold_any_of_the_words(typed: str) -> None:
    assert wish_in(typed) == Wish(filter=typed)


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ("x daily 25:00", "when", '"25:00" is not a time'),
        ("x at 9:99", "time", '"9:99" is not a time'),
        ("x daily 9", "when", "with its minutes, for example daily 09:00"),
        ("x every day at 9", "when", "with its minutes"),
        ("x every monday 9", "when", "with its minutes"),
        ("x daily 9.30", "when", 'with its minutes, for example daily 09:00; in quotes, "9.30" stays in the'),
        ("x daily 0930", "when", "with its minutes"),
        ("x daily at noon", "when", "with its minutes"),
        ("x daily 13:00 pm", "when", '"13:00 pm" is not a time'),
        (
            "x 18:30",
            "when",
            "write 18:30 at the end and say how often, for example daily 18:30 in Europe/Paris",
        ),
        ("x 8:30 pm", "when", "write 8:30 pm at the end and say how often, for example daily 8:30 pm in"),
        ("x 18:30 robots", "when", 'in quotes, "18:30" stays in the filter'),
        ("x daily 18:30 in Paris", "when", "for example daily 18:30 in Europe/Paris"),
        ("x 25:00 -survey", "when", '"25:00" is not a time; write hours and minutes'),
        ("x 9am", "when", "write 9am at the end"),
        ("x monthly", "when", "monthly is not one of daily, weekly and each; write one of them"),
        ("x every morning in UTC", "when", "every morning is not one of"),
        ("x each morning", "when", "each morning is not one of"),
        ("x every weekday at 9 am in Paris", "when", "for example daily 9 am in Europe/Paris"),
        ("x mon-fri", "days", 'write on mon-fri; in quotes, "mon-fri" stays in the filter'),
        ("x tuesday and friday most 5", "days", "write on tuesday and friday"),
        ("x max 10", "most", 'write most 10; in quotes, "max 10" stays in the filter'),
        ("x top 10 daily", "most", "write most 10"),
        ("x limit 5", "most", "write most 5"),
        ("x min 3", "least", "write least 3"),
        ("x daily 09:00 Europe/Pariss", "zone", '"Europe/Pariss" is not a time zone; write a name such as'),
        ("x daily mon 09:00 on tue", "when", "the weekday is said twice"),
        ("x each on mon", "when", "each comes as soon as an edition has settled"),
        ("x daily 9:0 in Europe/Paris", "when", "with its minutes"),
        ("x daily weekly", "when", "is said twice"),
        ("x weekly mon 09:00 on tue,wed", "when", "the weekday is said twice"),
        ("x most 5 most 6", "most", "is said twice"),
        ("x in Mars/Olympus", "zone", '"Mars/Olympus" is not a time zone'),
        ("x in zone here", "zone", '"here" is not a time zone'),
        ("x most 101", "most", f"write 1 to {MOST_PAPERS}, or all"),
        ("x most 9999", "most", '"9999" is no number of papers'),
        ("x least ١٢", "least", "is no number of papers"),
        ("x at ١٢:٠٠", "time", "is not a time"),
        ("x weekly on mon-fri", "when", "a weekly digest comes on one day"),
    ],
)
def test_what_cannot_be_read_names_its_field(typed: str, field: str, says: str) -> None:
    with pytest.raises(WishError) as caught:
        wish_in(typed)
    assert (caught.value.field, says in str(caught.value)) == (field, True), str(caught.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, {}),
        ({"filter": " diffusion "}, {"filter": "diffusion"}),
        ({"filter": ""}, {"filter": ""}),
        ({"when": "daily 9:00", "zone": " UTC "}, {"cadence": DAILY, "local_time": NINE, "zone": "UTC"}),
        ({"when": "Weekly Friday 09:00"}, {"cadence": WEEKLY, "weekdays": {4}, "local_time": NINE}),
        ({"when": "mon-fri 09:00"}, {"weekdays": WORKDAYS, "local_time": NINE}),
        ({"when": "09:00"}, {"local_time": NINE}),
        ({"when": "every Friday 9am"}, {"cadence": WEEKLY, "weekdays": {4}, "local_time": NINE}),
        ({"when": "each"}, {"cadence": EACH}),
        ({"when": "every day"}, {"cadence": DAILY}),
        (
            {"when": "daily 09:00 mon-fri", "days": "sat"},
            {"cadence": DAILY, "weekdays": WORKDAYS, "local_time": NINE},
        ),
        ({"days": "weekdays", "time": "9 am"}, {"weekdays": WORKDAYS, "local_time": NINE}),
        (
            {"when": "weekly mon 09:00", "days": "mon-fri"},
            {"cadence": WEEKLY, "weekdays": {0}, "local_time": NINE},
        ),
        ({"when": "daily", "days": "sat,sun"}, {"cadence": DAILY, "weekdays": {5, 6}}),
        ({"time": "09:00"}, {"local_time": NINE}),
        ({"zone": "japan"}, {"zone": "Japan"}),
        ({"most": "", "least": ""}, {"most": 0, "least": 0}),
        ({"most": "all", "least": "none"}, {"most": 0, "least": 0}),
        ({"zone": "", "style": " ", "explain": ""}, {}),
        ({"explain": "yes", "late": "next"}, {"explain": True, "late": False}),
        ({"colour": "red"}, {}),
    ],
)
def test_a_form_says_the_same(fields: dict[str, str], said: dict[str, Any]) -> None:
    days = {"weekdays": frozenset(said["weekdays"])} if "weekdays" in said else {}
    assert wish_of(fields) == Wish(**{**said, **days})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"when": "sometimes"}, "when"),
        ({"when": "every"}, "when"),
        ({"when": "every 09:00"}, "when"),
        ({"when": "mon 09:00 tue"}, "when"),
        ({"when": "daily 09:00 or so"}, "when"),
        ({"days": "caturday"}, "days"),
        ({"days": "mon-tue-wed"}, "days"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": "x" * 100_000}, "zone"),
        ({"style": "forum"}, "style"),
        ({"most": "-1"}, "most"),
        ({"most": "1e2"}, "most"),
        ({"most": "9" * 5000}, "most"),
        ({"least": "many"}, "least"),
        ({"explain": "perhaps"}, "explain"),
        ({"late": "never"}, "late"),
        ({"when": "weekly 09:00", "days": "mon,tue"}, "when"),
    ],
)
def test_a_mistake_in_a_form_names_its_field(fields: dict[str, str], field: str) -> None:
    with pytest.raises(WishError) as caught:
        wish_of(fields)
    assert caught.value.field == field
    assert len(str(caught.value)) < 250


def test_of_two_wishes_the_second_counts() -> None:
    first, second = wish_in("x daily 09:00 most 5"), wish_of({"when": "08:00", "explain": "on"})
    assert merged(first, second) == wish_in("x daily 08:00 most 5 explain on")
    assert merged(first, Wish()) == first
    assert Wish().is_empty
    assert not Wish(least=0).is_empty


_WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1)
_BOUNDS = st.none() | st.integers(0, MOST_PAPERS)
_ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """All that can be said beside a filter; `each` has no time of its own."""
    cadence = draw(st.none() | st.sampled_from(Cadence))
    weekly, timed = cadence is WEEKLY, cadence is not Cadence.EACH
    return Wish(
        cadence=cadence,
        local_time=draw(st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)))
        if timed
        else None,
        weekdays=draw(
            st.none() | (st.integers(0, 6).map(lambda day: frozenset({day})) if weekly else _WEEKDAYS)
        )
        if timed
        else None,
        zone=draw(st.none() | _ZONES),
        style=draw(st.none() | st.sampled_from(Style)),
        most=draw(_BOUNDS),
        least=draw(_BOUNDS),
        explain=draw(st.none() | st.booleans()),
        late=draw(st.none() | st.booleans()),
    )


@given(wishes(), st.sampled_from(["", "diffusion -survey", "@0123456789abcdef sure", "news in Japan"]))
def test_what_is_spoken_is_read_back(wish: Wish, words: str) -> None:
    read = wish_in(f"{words} {spoken(wish)}")
    assert merged(read, Wish(filter="")) == merged(wish, Wish(filter=""))
    assert (read.filter or "") == words


@pytest.mark.parametrize("more", [{"time": "09:00"}, {"days": "mon-fri"}, {"days": "mon", "time": "7:00"}])
def test_each_has_no_time_in_a_form_either(more: dict[str, str]) -> None:
    with pytest.raises(WishError, match="at no time or weekday of its own") as wrong:
        wish_of({"filter": "diffusion", "when": "each", **more})
    assert wrong.value.field == "when"
    assert wish_of({"when": "each", **dict.fromkeys(more, "")}) == Wish(cadence=Cadence.EACH)


def attempt(read: Callable[[Any], Wish], said: Any) -> Wish | WishError:
    """What is read, or the mistake."""
    try:
        return read(said)
    except WishError as problem:
        return problem


_PIECES = st.sampled_from("daily weekly each every day on mon and in UTC at 09:00 pm most 5 x".split())


@given(st.text(max_size=200) | st.lists(_PIECES, max_size=20).map(" ".join))
def test_whatever_is_typed_is_a_wish_or_a_clear_mistake(typed: str) -> None:
    read = attempt(wish_in, typed)
    if isinstance(read, WishError):
        assert all((str(read), read.field))
    else:
        assert " ".join(typed.split()).startswith(read.filter or "")


_FIELDS = ("filter", "when", "days", "time", "zone", "style", "most", "least", "explain", "late")


@given(st.dictionaries(st.sampled_from(_FIELDS), st.text(max_size=30)))
def test_whatever_a_form_holds_is_a_wish_or_a_clear_mistake(fields: dict[str, str]) -> None:
    read = attempt(wish_of, fields)
    if isinstance(read, WishError):
        assert read.field in fields
    else:
        assert read.filter == (fields["filter"].strip() if "filter" in fields else None)


def test_every_zone_can_be_typed() -> None:
    for name in available_timezones() - {"localtime", "Factory"}:
        assert wish_in(f"x {spoken(Wish(zone=parse_zone(name).key))}").zone == short_zone(name)
