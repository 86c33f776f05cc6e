"""What is wrong with a filter, where, and what to write instead: every mistake has its own sentence."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.filters.errors import FilterError
from bot.filters.parser import check_subscription, parse
from bot.filters.syntax import Filter


def error_of(text: str) -> FilterError:
    with pytest.raises(FilterError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "pointed", "corrected"),
    [
        (
            "diffusion tilte:vision",
            '          ^^^^^^ unknown field "tilte"; did you mean "title"?',
            "diffusion title:vision",
        ),
        ("tags:vision", '^^^^^ unknown field "tags"; did you mean "keyword"?', "keyword:vision"),
        ("likes>=20", '^^^^^^^ unknown field "likes"; did you mean "upvotes"?', "upvotes>=20"),
        ("votes:20", '^^^^^^ unknown field "votes"; did you mean "upvotes"?', "upvotes>=20"),
        (
            "std::vector",
            '^^^^^^^^^^^ unknown field "std"; put it in quotes to look for the text',
            '"std::vector"',
        ),
        ('zzz:"a b"', '^^^^ unknown field "zzz"; put it in quotes to look for the text', None),
        ("foo:qua*", '^^^^^^^^ unknown field "foo"; put it in quotes to look for the text', '"foo:qua"'),
        ("title:", '^^^^^^ "title:" has no value; write it as in title:reasoning', None),
        ("(title:)", ' ^^^^^^ "title:" has no value; write it as in title:reasoning', None),
        ("a title: x", "  ^^^^^^^^ no blank may stand behind the colon; write title:x", "a title:x"),
        (
            'title: "x y"',
            '^^^^^^^^^^^^ no blank may stand behind the colon; write title:"x y"',
            'title:"x y"',
        ),
        ("upvotes: 20", "^^^^^^^^^^^ no blank may stand behind the colon; write upvotes>=20", "upvotes>=20"),
        ("(a OR title:) b", '      ^^^^^^ "title:" has no value; write it as in title:reasoning', None),
        (
            "author:(a OR b)",
            "^^^^^^^^^^^^^^^ a field takes one term; write (author:a OR author:b)",
            "(author:a OR author:b)",
        ),
        (
            'by:(a b | -"x y" -(c))',
            '^^^^^^^^^^^^^^^^^^^^^^ a field takes one term; write (by:a by:b | -by:"x y" -(by:c))',
            '(by:a by:b | -by:"x y" -(by:c))',
        ),
        ("title:(a", "^^^^^^ a field takes one term; write it as in title:reasoning", None),
        ("upvotes:(1)", "^^^^^^^^ a field takes one term; write it as in upvotes>=20", None),
        ("org:(a OR by:b)", "^^^^ a field takes one term; write it as in org:nvidia", None),
        ("title:-x", '^^^^^^^^ a "-" stands before the whole term; write -title:x', "-title:x"),
        ('org:"a* "', '^^^^^^^^^ "org:" takes whole names, no "*"', 'org:"a"'),
        ("org:a﹡", '^^^^^^^ "org:" takes whole names, no "*"', "org:a"),
        ('by:"-"', "^^^^^^ there is no letter and no digit to look for; drop it", ""),
        ('a "b c', '  ^^^^ this quote is not closed; put another " behind the phrase', 'a "b c"'),
        ('a "', '  ^ this quote is not closed; put another " behind the phrase', "a "),
        (
            "(a OR (b c)",
            "^ this bracket is not closed; put a ) behind the last term, or drop it",
            "a OR (b c)",
        ),
        ("a OR b) c", "      ^ this bracket was not opened; drop it, or put a ( before", "a OR b c"),
        ("a (", "  ^ this bracket is not closed; put a ) behind the last term, or drop it", "a "),
        ("( ) a", "^^^ nothing stands inside these brackets; put a term there, or drop them", " a"),
        ("a ()", "  ^^ nothing stands inside these brackets; put a term there, or drop them", "a "),
        ("a OR", '  ^^ nothing stands right of "OR"; write "or" to look for the word', "a or"),
        ("OR a", '^^ nothing stands left of "OR"; write "or" to look for the word', "or a"),
        ("a AND", '  ^^^ nothing stands right of "AND"; write "and" to look for the word', "a and"),
        ("a AND OR b", '  ^^^ nothing stands right of "AND"; write "and" to look for the word', "a and OR b"),
        ("a NOT", '  ^^^ nothing stands right of "NOT"; write "not" to look for the word', "a not"),
        ("(a OR) b", '   ^^ nothing stands right of "OR"; write "or" to look for the word', "(a or) b"),
        ("(| a)", ' ^ nothing stands left of "|"; put a term there, or drop it', "( a)"),
        ("a || b", '  ^ nothing stands right of "|"; put a term there, or drop it', "a | b"),
        ("-OR a", '^ nothing stands right of "-"; put a term there, or drop it', "OR a"),
        ("a - b", '  ^ a "-" stands alone; put it right before what you leave out, or drop it', "a  b"),
        (
            "survey -",
            '       ^ a "-" stands alone; put it right before what you leave out, or drop it',
            "survey ",
        ),
        ("(a -)", '   ^ a "-" stands alone; put it right before what you leave out, or drop it', "(a )"),
        ("a !b", '  ^^ "!" leaves nothing out; write -b', "a -b"),
        ("title:!b", '^^^^^^^^ "!" leaves nothing out; write -title:b', "-title:b"),
        ("!!!", "^^^ there is no letter and no digit to look for; drop it", ""),
        ('a "..." b', "  ^^^^^ there is no letter and no digit to look for; drop it", "a  b"),
        ("title:??", "^^^^^^^^ there is no letter and no digit to look for; drop it", ""),
        ('author:"!"', "^^^^^^^^^^ there is no letter and no digit to look for; drop it", ""),
        ('org:"!"', "^^^^^^^ there is no letter and no digit to look for; drop it", ""),
        ("*", '^ at least two letters or digits must stand before a "*"', None),
        ("q*", '^^ at least two letters or digits must stand before a "*"', None),
        ("q*x", '^^^ at least two letters or digits must stand before a "*"', None),
        ("qu*nt", '^^^^^ a "*" stands at the end of a word; write qu*', "qu*"),
        ("quant**", '^^^^^^^ a "*" stands at the end of a word; write quant*', "quant*"),
        (
            '"quant* model"',
            '^^^^^^^^^^^^^^ a "*" stands behind one word, not inside a phrase',
            '"quant model"',
        ),
        (
            'title:"quant*"',
            '^^^^^^^^^^^^^^ a "*" stands behind one word, not inside a phrase',
            'title:"quant"',
        ),
        (
            "fine-tun*",
            '^^^^^^^^^ a "*" takes one word before it, not 2; without the "*" they are a phrase',
            "fine-tun",
        ),
        (
            "title:fine-tun*",
            '^^^^^^^^^^^^^^^ a "*" takes one word before it, not 2; without the "*" they are a phrase',
            "title:fine-tun",
        ),
        ("author:song*", '^^^^^^^^^^^^ "author:" takes whole words, no "*"', "author:song"),
        ('org:"nvidia*"', '^^^^^^^^^^^^^ "org:" takes whole names, no "*"', 'org:"nvidia"'),
        ("by:akh*", '^^^^^^^ "by:" takes whole names, no "*"', "by:akh"),
        ("upvotes:20", "^^^^^^^^^^ a comparison is missing; write upvotes>=20", "upvotes>=20"),
        ("upvotes:many", "^^^^^^^^^^^^ a comparison is missing; write upvotes>=20", None),
        ("upvotes>=20k", "^^^^^^^^^^^^ a whole number must follow; write upvotes>=20000", "upvotes>=20000"),
        ("upvotes>=1,000", "^^^^^^^^^^^^^^ a whole number must follow; write upvotes>=1000", "upvotes>=1000"),
        ("upvotes>=1.5", "^^^^^^^^^^^^ a whole number must follow, as in upvotes>=20", None),
        ("upvotes>=-1", "^^^^^^^^^^^ a whole number must follow, as in upvotes>=20", None),
        ("upvotes>", "^^^^^^^^ a number must follow, as in upvotes>=20", None),
        ("stars >= ", "^^^^^^^^ a number must follow, as in stars>=100", None),
        ("stars>1000000000", "^^^^^^^^^^^^^^^^ a number is at most 999,999,999", "stars>999999999"),
        ("upvotes==5", "^^^^^^^^^^ a whole number must follow, as in upvotes>=20", None),
        ('upvotes>="20"', "^^^^^^^^^ a number must follow, as in upvotes>=20", None),
        ("title>=x", '^^^^^^^^ "title" is not a number; write title:x', "title:x"),
        ("sort=new", "^^^^^^^^ write sort:new", "sort:new"),
        (
            "date>=2026-07-01",
            '^^^^^^^^^^^^^^^^ "date" is not a number; write since:2026-07-01',
            "since:2026-07-01",
        ),
        ("since:2026-02-30", "^^^^^^^^^^^^^^^^ no calendar has the day 2026-02-30", None),
        (
            "since:2026/7/1",
            "^^^^^^^^^^^^^^ this is neither a date nor an age; write since:2026-07-01",
            "since:2026-07-01",
        ),
        ("until:14days", "^^^^^^^^^^^^ this is neither a date nor an age; write until:14d", "until:14d"),
        ("date:1y", "^^^^^^^ this is neither a date nor an age; write date:12m", "date:12m"),
        ("date:yesterday", "^^^^^^^^^^^^^^ this is neither a date nor an age; write date:1d", "date:1d"),
        (
            "since:soon",
            "^^^^^^^^^^ this is neither a date like 2026-07-29 nor an age like 7d, 2w or 3m",
            None,
        ),
        ("since:0000-01-01", "^^^^^^^^^^^^^^^^ no calendar has the day 0000-01-01", None),
        (
            "since:12345d",
            "^^^^^^^^^^^^ this is neither a date like 2026-07-29 nor an age like 7d, 2w or 3m",
            None,
        ),
        ("has:cod", '^^^^^^^ "has:" takes code, project, media or summary; did you mean "code"?', "has:code"),
        ("has:zebra", '^^^^^^^^^ "has:" takes code, project, media or summary', None),
        ('has:"code', '    ^^^^^ this quote is not closed; put another " behind the phrase', 'has:"code"'),
        (
            "sort:newest",
            '^^^^^^^^^^^ "sort:" takes relevance, new, upvotes or trending; did you mean "new"?',
            "sort:new",
        ),
        ("sort:best", '^^^^^^^^^ "sort:" takes relevance, new, upvotes or trending', None),
        ("sort:new sort:upvotes", '         ^^^^^^^^^^^^ "sort:" can stand only once; drop one', "sort:new "),
        ("(a sort:new)", '   ^^^^^^^^ "sort:" is for the whole filter; put it outside the brackets', None),
        ("-sort:new", '^^^^^^^^^ "sort:" cannot be negated; write sort:new', "sort:new"),
        ("NOT sort:new", '^^^^^^^^^^^^ "sort:" cannot be negated; write sort:new', "sort:new"),
        (
            "id:hello",
            "^^^^^^^^ this is no arXiv identifier; write it as in id:2607.25895, or paste a link",
            None,
        ),
        (
            "id:2607.1",
            "^^^^^^^^^ this is no arXiv identifier; write it as in id:2607.25895, or paste a link",
            None,
        ),
        ("arxiv:2607", '^^^^^^ unknown field "arxiv"; did you mean "id"?', "id:2607"),
        ("(((((((((a)))))))))", "        ^ at most 8 brackets can stand inside each other", None),
    ],
)
def test_a_mistake_is_pointed_at(text: str, pointed: str, corrected: str | None) -> None:
    error = error_of(text)

    assert error.pointed == f"{text}\n{pointed}"
    assert pointed.endswith(f"^ {error}")
    assert error.corrected == corrected


def test_the_example_of_the_language() -> None:
    error = error_of("diffusion tilte:vision")

    assert str(error) == 'unknown field "tilte"; did you mean "title"?'
    assert (error.start, error.end, error.suggestion) == (10, 16, "title:")
    assert str(parse(error.corrected or "")) == "diffusion title:vision"


@pytest.mark.parametrize(
    ("text", "first", "column"),
    [
        ("“tilte:x” tilte:x", '"tilte:x" tilte:x', 10),
        ("a\n\ttilte:x", "a  tilte:x", 3),
        ("日本 tilte:x", "日本 tilte:x", 5),
        ("e\u0301 tilte:x", "e\u0301 tilte:x", 2),
        ("a\u200bb\ufeff\ud800 tilte:x", "ab tilte:x", 3),
        ("a\x00", "a�", 1),
    ],
    ids=["typographic", "blanks", "wide", "combining", "invisible", "control"],
)
def test_the_caret_stands_under_the_place_as_it_is_seen(text: str, first: str, column: int) -> None:
    rows = error_of(text).pointed.split("\n")

    assert rows[0] == first
    assert rows[1].index("^") == column


def test_of_a_long_filter_a_part_is_shown() -> None:
    words = " ".join(f"word{number}" for number in range(20))
    pointed = error_of(f"{words} tilte:x {words}").pointed

    assert pointed == (
        "… word15 word16 word17 word18 word19 tilte:x word0 word1 word2 word3 word…\n"
        '                                     ^^^^^^ unknown field "tilte"; did you mean "title"?'
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 513, "a filter has at most 512 characters, and this has 513"),
        ("\ud800\x00(" * 100_000, "a filter has at most 512 characters, and this has 300,000"),
        ("ﷺ" * 30, "a filter has at most 512 characters, and written out in full this has 542"),
        (" ".join(map(str, range(33))), "a filter has at most 32 terms; this is one too many"),
        ("(" * 500, "at most 8 brackets can stand inside each other"),
        ("(" * 9 + "a" + ")" * 9, "at most 8 brackets can stand inside each other"),
        ("\u200b\ud800", "there is no visible character to look for"),
        ("a\x00b", "a control character cannot be looked for; drop it"),
        ("a\x1b[31m", "a control character cannot be looked for; drop it"),
    ],
)
def test_a_limit_is_named(text: str, sentence: str) -> None:
    error = error_of(text)

    assert str(error) == sentence
    error.pointed.encode()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("x" * 512, "x" * 64),
        (" ".join(f"{number:02}" for number in range(32)), " ".join(f"{number:02}" for number in range(32))),
        ("(" * 8 + "a" + ")" * 8, "a"),
        ("(a) " * 9, "a"),
        ("-" * 511 + "a", "-a"),
    ],
    ids=["characters", "terms", "brackets inside each other", "brackets side by side", "signs"],
)
def test_what_is_at_a_limit_is_taken(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@pytest.mark.parametrize("bound", ["since", "until", "date"])
@pytest.mark.parametrize("wanted", ["a {}:7d", "a OR ({}:2026-07-01 b)", "-{}:0d sort:new", "a -(b {}:1w)"])
def test_a_subscription_has_no_days(wanted: str, bound: str) -> None:
    text = wanted.format(bound)
    with pytest.raises(
        FilterError, match=f'a subscription takes no "{bound}:", because its schedule'
    ) as caught:
        check_subscription(parse(text))

    assert caught.value.text[caught.value.start : caught.value.end].startswith(f"{bound}:")


@pytest.mark.parametrize("text", ["", "a -b has:code upvotes>3 sort:new", "(a OR by:b) id:2607.00001"])
def test_a_subscription_may_have_everything_else(text: str) -> None:
    check_subscription(parse(text))


_TYPED = """title: author: org: by: id: has: sort: since: upvotes >= = < : code new 7d 2026-07-01 2607.00001
    OR AND NOT | - -- ( ) " * a qu* fine-tuning “ ” – NEAR( col: & ! :* ' ; DROP ¶ ß ﷺ ﬁ ½ ２ ʼ""".split()
_PIECES = st.sampled_from([*_TYPED, "\x00", "\u200b", "\ud800"])
scrambled = st.lists(_PIECES | st.just(" ")).map("".join)


def filter_or_error(text: str) -> Filter | FilterError:
    try:
        return parse(text)
    except FilterError as error:
        return error


@given(st.text() | scrambled | st.text(st.sampled_from('()"|-*: :>=<~ab\u00e9本ß\t')))
@example("(")
@example("-")
@example('"')
@example("title:(")
@example("\u00ad")
def test_every_text_at_all_is_a_filter_or_an_error(text: str) -> None:
    result = filter_or_error(text)

    if isinstance(result, FilterError):
        assert 0 <= result.start <= result.end <= len(result.text)
        assert result.corrected != result.text
        assert result.pointed.count("\n") == 1
        f"{result.pointed}{result}".encode()
    else:
        assert parse(str(result)) == result
