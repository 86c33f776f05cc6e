"""Records of the API become facts, one field at a time, whatever may come."""

from datetime import UTC, date, datetime
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.huggingface.fields import MOST_NUMBER
from adapters.huggingface.records import (
    LONGEST_ABSTRACT,
    LONGEST_TITLE,
    MOST_AUTHORS,
    MOST_KEYWORDS,
    parse_listing,
)
from bot.source import PaperFacts
from tests.logs import captured_logs

DAY = date(2026, 7, 29)


def record(**changes: Any) -> dict[str, Any]:
    """A record; `paper__title="x"` changes the inner part, `title="x"` the outer, `...` removes."""
    item: dict[str, Any] = {
        "paper": {
            "id": "2607.00001",
            "title": "A Title",
            "summary": "An abstract.",
            "authors": [{"name": "Ada", "hidden": False}],
            "publishedAt": "2026-07-27T10:00:00.000Z",
            "submittedOnDailyAt": "2026-07-29T00:00:00.000Z",
            "upvotes": 3,
        },
        "title": "A Title",
    }
    for name, value in changes.items():
        part, key = (item["paper"], name[7:]) if name.startswith("paper__") else (item, name)
        if value is ...:
            part.pop(key)
        else:
            part[key] = value
    return item


def parse(**changes: Any) -> PaperFacts:
    listing = parse_listing([record(**changes)], None)
    assert listing.skipped == 0
    return listing.papers[0]


FIELDS: dict[str, tuple[dict[str, Any], str, Any]] = {
    "version is stripped": ({"paper__id": "2607.25895v2"}, "id", "2607.25895"),
    "identifier of before 2007": ({"paper__id": "cs/0112017v1"}, "id", "cs/0112017"),
    "title of the list where it is plain": (
        {"paper__title": r"\textbf{A} B", "title": "A B"},
        "title",
        "A B",
    ),
    "own title where the other has LaTeX": (
        {"paper__title": "A\n B", "title": r"$\textit{A}$ B"},
        "title",
        "A B",
    ),
    "title of the list alone": ({"paper__title": ..., "title": "Outer"}, "title", "Outer"),
    "long title is cut": (
        {"paper__title": "x" * 10_000_000, "title": ...},
        "title",
        "x" * (LONGEST_TITLE - 1) + "…",
    ),
    "abstract of the list": ({"paper__summary": None, "summary": "Outer."}, "abstract", "Outer."),
    "no abstract": ({"paper__summary": ...}, "abstract", ""),
    "hidden author": ({"paper__authors": [{"name": "A", "hidden": True}, {"name": "B"}]}, "authors", ["B"]),
    "author twice": (
        {"paper__authors": [{"name": "B"}, {"name": "A"}, {"name": " B "}]},
        "authors",
        ["B", "A"],
    ),
    "authors as texts": ({"paper__authors": ["A", 1, None]}, "authors", []),
    "author in LaTeX": ({"paper__authors": [{"name": 'J\\"urgen'}]}, "authors", ["Jürgen"]),
    "upvotes as text": ({"paper__upvotes": "12"}, "upvotes", 0),
    "upvotes as a whole float": ({"paper__upvotes": 12.0}, "upvotes", 12),
    "upvotes as a fraction": ({"paper__upvotes": 12.5}, "upvotes", 0),
    "upvotes true": ({"paper__upvotes": True}, "upvotes", 0),
    "upvotes below zero": ({"paper__upvotes": -1}, "upvotes", 0),
    "upvotes without end": ({"paper__upvotes": 10**30}, "upvotes", MOST_NUMBER),
    "upvotes infinite": ({"paper__upvotes": float("inf")}, "upvotes", 0),
    "no stars known": ({}, "code_stars", None),
    "zero stars": ({"paper__githubStars": 0}, "code_stars", 0),
    "day before UTC midnight": ({"paper__submittedOnDailyAt": "2026-07-30T01:00:00+09:00"}, "listed_on", DAY),
    "day of the outer date": (
        {"paper__submittedOnDailyAt": ..., "publishedAt": "2024-05-28T03:14:41.021Z"},
        "listed_on",
        date(2024, 5, 28),
    ),
    "date that is none": ({"paper__publishedAt": "yesterday"}, "published_on", None),
    "date beyond time": ({"paper__publishedAt": "9999-12-31T23:59:59-23:00"}, "published_on", None),
    "withdrawn": (
        {"paper__withdrawnAt": "2026-07-30T10:00:00Z"},
        "withdrawn_at",
        datetime(2026, 7, 30, 10, tzinfo=UTC),
    ),
    "submitter's login": ({"submittedBy": {"name": "ada", "fullname": "Ada L."}}, "submitter", "ada"),
    "submitter by user": ({"paper__submittedOnDailyBy": {"user": "ada"}}, "submitter", "ada"),
    "organisation of the submitter": ({"submitterOrganization": {"name": "meta"}}, "organization", "meta"),
    "organisation of the paper first": (
        {"paper__organization": {"name": "a"}, "submitterOrganization": {"name": "b"}},
        "organization",
        "a",
    ),
    "keywords once": ({"paper__ai_keywords": ["x", "x", "", "$k$-NN"]}, "keywords", ["x", "k-NN"]),
    "media of the paper": (
        {"paper__mediaUrls": ["https://a.org/x.mp4"]},
        "media_urls",
        ["https://a.org/x.mp4"],
    ),
    "old media": ({"mediaUrl": "https://a.org/x.mp4"}, "media_urls", ["https://a.org/x.mp4"]),
    "old thumbnail": (
        {"mediaUrl": "https://cdn.org/social-thumbnails/papers/1.png"},
        "thumbnail_url",
        "https://cdn.org/social-thumbnails/papers/1.png",
    ),
    "old thumbnail is no media": ({"mediaUrl": "https://cdn.org/social-thumbnails/1.png"}, "media_urls", []),
}


@pytest.mark.parametrize(("changes", "field", "expected"), FIELDS.values(), ids=FIELDS.keys())
def test_a_field_is_read(changes: dict[str, Any], field: str, expected: Any) -> None:
    assert dict(parse(**changes))[field] == expected


ADDRESSES = {
    "https://github.com/a/b": True,
    " https://github.com/a/b ": True,
    "HTTP://3.148.244.109:5000/": True,
    "https://[::1]:80/x?y=z#w": True,
    "https://münchen.example/ü": True,
    "javascript:alert(1)": False,
    "ftp://a.org": False,
    "https://": False,
    "https:///path": False,
    "https://user:password@a.org": False,
    "https://a.org/<script>": False,
    "https://a.org/a b": False,
    "https://a.org/\u202egnp": False,
    "https://a.org/\x00": False,
    "//a.org": False,
    "https://a.org/" + "x" * 3_000: False,
}


@pytest.mark.parametrize(("address", "kept"), ADDRESSES.items(), ids=[repr(a)[:40] for a in ADDRESSES])
def test_only_addresses_of_the_web_are_kept(address: str, kept: bool) -> None:
    assert parse(paper__projectPage=address)["project_url"] == (address.strip() if kept else None)


def test_lists_have_an_end() -> None:
    paper = parse(
        paper__authors=[{"name": f"Author {n}"} for n in range(10_000)],
        paper__ai_keywords=[f"word {n}" for n in range(10_000)],
        paper__summary="word " * 1_000_000,
    )
    assert (len(paper["authors"]), len(paper["keywords"])) == (MOST_AUTHORS, MOST_KEYWORDS)
    assert len(paper["abstract"]) <= LONGEST_ABSTRACT


def test_a_flat_record_is_read_too() -> None:
    flat = record()["paper"] | {"numComments": 4}

    assert parse_listing([flat], None).papers[0] == parse(numComments=4)


def test_a_flat_record_without_a_day_takes_the_day_that_was_asked() -> None:
    flat = record(paper__submittedOnDailyAt=...)["paper"]

    assert parse_listing([flat], DAY).papers[0]["listed_on"] == DAY
    assert parse_listing([flat], None).skipped == 1


def test_a_paper_that_comes_twice_is_kept_once_as_it_came_first() -> None:
    listing = parse_listing([record(), record(paper__id="2607.00001v3", paper__upvotes=9)], None)

    assert [paper["upvotes"] for paper in listing.papers] == [3]
    assert listing.skipped == 0


UNUSABLE: dict[str, tuple[Any, str]] = {
    "no object": ("secret words", "it is no object"),
    "inner is no object": ({"paper": ["secret words"]}, "it is no object"),
    "no identifier": (record(paper__id=...), "it has no arXiv identifier"),
    "a path": (record(paper__id="../../etc/passwd"), "it has no arXiv identifier"),
    "a number": (record(paper__id=2607.25895), "it has no arXiv identifier"),
    "no title": (record(paper__title=" \u200b", title=None), "it has no title"),
    "no day": (record(paper__submittedOnDailyAt="secret words"), "it has no day"),
}


@pytest.mark.parametrize(("item", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_record_that_cannot_be_used_is_logged_and_the_rest_is_kept(item: Any, reason: str) -> None:
    with captured_logs() as logs:
        listing = parse_listing([item, record(paper__id="2607.00002")], None)

    assert [paper["id"] for paper in listing.papers] == ["2607.00002"]
    assert listing.skipped == 1
    assert [(log["event"], log["reason"], log["log_level"]) for log in logs] == [
        ("record_skipped", reason, "warning")
    ]
    assert "secret" not in str(logs)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "user", "fullname"]), inner)
    ),
    max_leaves=5,
)
INNER = sorted(
    "id title summary authors publishedAt submittedOnDailyAt upvotes ai_summary ai_keywords githubRepo "
    "githubStars projectPage organization submittedOnDailyBy mediaUrls withdrawnAt".split()
)
OUTER = sorted(
    "paper title summary publishedAt numComments submittedBy organization submitterOrganization mediaUrl "
    "mediaUrls thumbnail".split()
)


@given(
    st.dictionaries(st.sampled_from(INNER), JSON),
    st.dictionaries(st.sampled_from(OUTER), JSON),
    st.booleans(),
)
def test_any_json_in_any_field_gives_facts_of_the_right_types_or_none(
    inner: dict[str, Any], outer: dict[str, Any], flat: bool
) -> None:
    item = record()
    item["paper"] |= inner
    listing = parse_listing([item["paper"] | outer if flat else item | outer], DAY)

    assert len(listing.papers) + listing.skipped == 1
    for paper in listing.papers:
        assert list(paper) == list(PaperFacts.__annotations__)
        for field, kind in get_type_hints(PaperFacts).items():
            assert is_a(dict(paper)[field], kind), field


def is_a(value: object, kind: Any) -> bool:
    if get_origin(kind) is list:
        return isinstance(value, list) and all(isinstance(one, get_args(kind)) for one in value)
    return type(value) in (get_args(kind) or (kind,))
