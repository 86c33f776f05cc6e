"""The command line as people and scripts meet it."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.slack import FakeSlack
from tests.terminal import Terminal

DAY = date(2026, 7, 29)
MORNING = "2026-07-29T05:00Z"
AT_NINE = "2026-07-29T07:00Z"  # 09:00 in Paris


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Terminal:
    """An empty folder, no settings but the bundled edition as source."""
    monkeypatch.chdir(tmp_path)
    for name in ("DAILY_PAPERS_DATABASE_URL", "SLACK_BOT_TOKEN", "DISCORD_BOT_TOKEN", "DISCORD_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    typed = Terminal(monkeypatch, capfd)
    typed.set(DAILY_PAPERS_SOURCE="sample")
    return typed


def test_from_a_subscription_to_the_thread_and_never_twice(terminal: Terminal) -> None:
    subscribed = terminal.type(
        "subscribe", "console:", "--at", "09:00", "--zone", "Europe/Paris", "--now", MORNING
    )
    assert subscribed.code == 0
    assert "every paper to console:, Mon–Fri at 09:00 Europe/Paris" in subscribed.out
    assert "next: Wed 29 Jul 2026, 09:00 Europe/Paris" in subscribed.out

    assert terminal.type("ingest", "--date", "2026-07-29").out == "Wed 29 Jul 2026: 20 papers, 20 new.\n"
    assert terminal.type("deliver", "--now", MORNING).err == "Nothing is due.\n"

    delivered = terminal.type("deliver", "--now", AT_NINE, "--json")
    [outcome] = delivered.json
    assert delivered.code == 0
    assert outcome.keys() == {"subscription", "place", "state", "reason", "papers"}
    assert (outcome["subscription"], outcome["place"], outcome["state"]) == (1, "console:", "sent")
    assert outcome["reason"] is None
    assert len(set(outcome["papers"])) == 20
    assert "Daily Papers · Wed 29 Jul 2026 · 20 papers, 277 upvotes" in delivered.err

    assert terminal.type("deliver", "--now", AT_NINE, "--json").json == []
    again = terminal.type("post", "console:", "--date", "2026-07-29")
    assert "20 papers listed, all posted here before" in again.err
    assert again.out == ""
    forced = terminal.type("post", "console:", "--date", "2026-07-29", "--again")
    assert forced.code == 0
    assert "20 papers, 277 upvotes" in forced.out


def test_the_papers_of_deliver_stand_in_the_order_of_the_digest(terminal: Terminal) -> None:
    terminal.type("subscribe", "console:", "--now", MORNING)
    terminal.type("ingest", "--date", "2026-07-29")
    parts = terminal.type("digest", "--date", "2026-07-29", "--for", "json").json
    head, *cards = parts

    assert (head["kind"], head["paper"]) == ("head", None)
    assert {card["kind"] for card in cards} == {"card"}
    votes = [(-card["paper"]["upvotes"], card["paper"]["id"]) for card in cards]
    assert votes == sorted(votes)
    assert all(card["paper"]["title"] in card["text"] for card in cards)
    assert all(card["paper"]["url"].endswith(card["paper"]["id"]) for card in cards)
    [outcome] = terminal.type("deliver", "--now", "2026-07-29T10:00Z", "--json").json
    assert outcome["papers"] == [card["paper"]["id"] for card in cards]


def test_subscriptions_as_json(terminal: Terminal) -> None:
    terminal.type("subscribe", "slack:C0123", "--zone", "europe/paris", "--days", "mon,sat", "--now", MORNING)
    [row] = terminal.type("subscriptions", "--json").json
    assert row == {
        "id": 1,
        "place": "slack:C0123",
        "filter": "",
        "state": "active",
        "next": "2026-08-01T09:00:00+02:00",
        "style": "thread",
        "reason": None,
        "cadence": "daily",
        "owner": None,
    }
    assert terminal.type("unsubscribe", "1").code == 0
    assert terminal.type("subscriptions", "--json").json == []


def test_the_command_line_does_what_a_chat_does(terminal: Terminal) -> None:
    made = terminal.type(
        "subscribe", "console:", "dexterous", "--cadence", "weekly", "--explain", "--now", MORNING
    )
    assert 'papers about "dexterous" to console:, Mon at 09:00 UTC' in made.out
    assert "says so when there is nothing" in made.out
    assert "paused" in terminal.type("pause", "1").out
    assert terminal.type("subscriptions", "--json").json[0]["state"] == "paused"
    assert "next: Mon 3 Aug 2026, 09:00 UTC" in terminal.type("resume", "1", "--now", MORNING).out
    assert "No digest has been due so far" in terminal.type("why", "console:", "--now", MORNING).out


def test_a_platform_that_is_not_set_up_is_named_wherever_its_subscriptions_are(terminal: Terminal) -> None:
    for place in ("slack:C0123", "slack:C0124", "email:ann@example.org", "console:"):
        terminal.type("subscribe", place, "--now", MORNING)
    slack = "slack is not set up: set SLACK_BOT_TOKEN; until then nothing is sent there.\n"
    mail = "email is not set up: set SMTP_URL and EMAIL_FROM; until then nothing is sent there.\n"
    for words in (["subscriptions"], ["subscriptions", "--json"]):
        assert terminal.type(*words).err == mail + slack
    assert terminal.type("why", "slack:C0123").err == slack
    assert terminal.type("why", "console:").err == ""
    terminal.set(SLACK_BOT_TOKEN="xoxb-1")
    assert terminal.type("why", "slack:C0123").err == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--cadence", "each"],
            "console:, as soon as an edition has settled; a message for each paper; next: ",
        ),
        (["--days", "mon-sun"], "console:, every day at 09:00 UTC; a message for each paper; next: "),
        (
            ["--max", "5"],
            "console:, Mon–Fri at 09:00 UTC; a message for each paper; the best 5 papers, the rest one click",
        ),
    ],
    ids=["each", "every day", "the best"],
)
def test_a_subscription_is_told_in_one_sentence(terminal: Terminal, options: list[str], said: str) -> None:
    made = terminal.type("subscribe", "console:", *options, "--now", MORNING)
    assert made.out.startswith(f"Subscription 1: every paper to {said}")


def test_why_names_what_came_and_what_did_not(terminal: Terminal) -> None:
    terminal.type("subscribe", "console:", "dexterous has:code author:nobody", "--now", MORNING)
    terminal.type("ingest", "--date", "2026-07-29")
    terminal.type("deliver", "--now", "2026-07-29T10:00Z")
    told = terminal.type("why", "console:", "--now", "2026-07-29T11:00Z").out
    assert "Wed 29 Jul 2026: 20 new papers, and none matches." in told
    assert "Closest in the last digest:" in told
    assert 'papers by "nobody"' in told


def test_all_is_every_paper(terminal: Terminal) -> None:
    made = terminal.type("subscribe", "console:", "all", "--now", MORNING)
    assert made.out.startswith("Subscription 1: every paper to console:")


def test_a_subscription_is_tried_before_it_is_made(terminal: Terminal) -> None:
    terminal.type("ingest", "--date", "2026-07-29")
    refused = terminal.type("subscribe", "console:", "kettles", "--now", "2026-07-29T12:00Z")
    assert (refused.code, refused.out) == (1, "")
    assert "this matches none of the 20 papers of the last 30 days" in refused.err
    sure = terminal.type("subscribe", "console:", "kettles", "--sure", "--now", "2026-07-29T12:00Z")
    assert (sure.code, sure.out[:14]) == (0, "Subscription 1")
    again = terminal.type("subscribe", "console:", "kettles", "--sure", "--now", "2026-07-29T12:00Z")
    assert (again.code, "Subscription 1 is there already" in again.out) == (0, True)
    day = terminal.type("subscribe", "console:", "kettles date:2026-07-29", "--sure")
    assert (day.code, 'a subscription takes no "date:"' in day.err) == (2, True)
    assert len(terminal.type("subscriptions", "--json").json) == 1

    for now in ("2026-07-28T12:00Z", "2026-09-29T12:00Z"):
        early = terminal.type("subscribe", "console:", "teapots", "--now", now)
        assert "I have no papers of the last 30 days to try it on." in early.err
        terminal.type("unsubscribe", early.out.split()[1].rstrip(":"))

    made = terminal.type("subscribe", "console:", "agents", "--now", "2026-07-29T12:00Z")
    assert "On the one list that I have of the last 30 days this would have sent" in made.err
    assert "Other subscriptions there: 1." in made.err


def test_a_filter_may_be_several_words_and_one_may_begin_with_a_minus(terminal: Terminal) -> None:
    words = ("robot", "-survey", "upvotes>=5", "--at", "08:00", "-benchmark")
    made = terminal.type("subscribe", "console:", *words, "--now", MORNING)
    assert (made.code, "at 08:00 UTC" in made.out) == (0, True)
    quoted = terminal.type("subscribe", "console:", "robot -survey upvotes>=5 -benchmark", "--now", MORNING)
    assert quoted.code == 0
    apart, together = terminal.type("subscriptions", "--json").json
    assert apart["filter"] == together["filter"] != ""


def test_a_sunday_is_skipped_with_its_reason(terminal: Terminal) -> None:
    terminal.type("subscribe", "console:", "--days", "mon-sun", "--now", "2026-07-26T08:00Z")
    terminal.type("ingest", "--date", "2026-07-26")
    [outcome] = terminal.type("deliver", "--now", "2026-07-26T09:00Z", "--json").json
    assert (outcome["state"], outcome["papers"]) == ("skipped", [])
    assert outcome["reason"] == "No papers were listed on Sun 26 Jul 2026."


def test_who_waits_is_named(terminal: Terminal) -> None:
    terminal.type("subscribe", "console:", "--now", MORNING)
    waiting = terminal.type("deliver", "--now", "2026-07-29T09:00Z", "--json")
    assert waiting.json == []
    assert "waits for the list of Wed 29 Jul 2026, which has not been read yet" in waiting.err


@pytest.mark.parametrize("style", ["thread", "compact"])
def test_max_keeps_the_best_and_counts_the_rest(terminal: Terminal, style: str) -> None:
    terminal.type("subscribe", "console:", "--max", "3", "--style", style, "--now", MORNING)
    terminal.type("ingest", "--date", "2026-07-29")
    delivered = terminal.type("deliver", "--now", "2026-07-29T10:00Z", "--json")
    assert delivered.json[0]["papers"] == ["2607.25895", "2607.24223", "2607.25565"]
    assert "The 3 papers with the most upvotes; 17 more on the page of the day" in " ".join(
        delivered.err.split()
    )
    assert ("│" in delivered.err) == (style == "thread")


def test_digest_for_each_reader(terminal: Terminal) -> None:
    slack = terminal.type("digest", "--for", "slack").json
    discord = terminal.type("digest", "--for", "discord").json
    assert len(slack) == len(discord) == 21
    assert "## [Daily Papers" in terminal.type("digest", "--for", "markdown").out
    assert "277 upvotes" in terminal.type("digest").out
    assert terminal.type("deliver", "--json").json == []  # nothing was posted


def test_paper_by_any_name(terminal: Terminal) -> None:
    terminal.type("ingest")
    paper = terminal.type("paper", "https://arxiv.org/abs/2607.25895v1", "--json").json
    assert paper["id"] == "2607.25895"
    assert paper["listed_on"] == "2026-07-29"
    assert paper["url"] == "https://huggingface.co/papers/2607.25895"
    documented = re.findall(
        r"`(\w+)`", Path(__file__).parents[1].joinpath("docs/cli.md").read_text().split("## `paper")[1]
    )
    assert set(documented) == paper.keys()
    assert "HiFi-UMI" in terminal.type("paper", "2607.25895").out


def test_who_neither_sends_nor_shows_anything_is_told_what_to_set(terminal: Terminal) -> None:
    terminal.set(DAILY_PAPERS_HTTP="off")
    ran = terminal.type("run")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("daily-papers: no platform is set up")
    ran = terminal.type("run", "--only", "web")
    assert (ran.code, ran.err.splitlines()[-1]) == (
        1,
        "daily-papers: DAILY_PAPERS_HTTP is off; set it to a host and a port to be reached over HTTP.",
    )


def test_a_long_range_is_read_whole_and_briefly(terminal: Terminal) -> None:
    read = terminal.type("ingest", "--since", "2026-07-20", "--until", "2026-07-31")
    assert read.out == "12 days read, from Mon 20 Jul 2026 to Fri 31 Jul 2026.\n"
    assert len(terminal.type("digest", "--date", "2026-07-29", "--for", "json").json) == 21


def test_demo_shows_the_thread_once_and_says_why_not_twice(terminal: Terminal, tmp_path: Path) -> None:
    terminal.set(DAILY_PAPERS_SOURCE="huggingface", DAILY_PAPERS_SOURCE_URL="http://127.0.0.1:9")
    first = terminal.type("demo")
    assert first.code == 0
    assert "this is the bundled edition of Wed 29 Jul 2026." in first.err
    assert first.err.splitlines()[1:] == ["As a web page: make page, or daily-papers demo --serve."]
    assert first.out.count("https://huggingface.co/papers/") == 20
    assert max(map(len, first.out.splitlines())) <= 80

    second = terminal.type("demo")
    assert second.code == 0
    assert "all posted here before" in second.out
    assert "https://huggingface.co/papers/" not in second.out
    assert [path.name for path in tmp_path.glob("*.db")] == ["demo.db"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["subscribe", "slack"], 2, '"slack" is not a place'),
        (["subscribe", "irc:#papers"], 2, 'no platform is called "irc"'),
        (["subscribe", "slack:general"], 2, "write slack:C0123 or slack:@U0123"),
        (["subscribe", "discord:general"], 2, "write discord:1234 or discord:@1234"),
        (["subscribe", "console:", "--at", "9"], 2, '"9" is not a time'),
        (["subscribe", "console:", "--at", "24:00"], 2, "is not a time"),
        (["subscribe", "console:", "--zone", "Mars/Olympus"], 2, '"Mars/Olympus" is not a time zone'),
        (["subscribe", "console:", "--days", "mon-someday"], 2, "is not a list of weekdays"),
        (["subscribe", "console:", "--max", "0"], 2, "--max takes a whole number: write 1 to 1000."),
        (["subscribe", "console:", "--min", "many"], 2, "--min takes a whole number: write 1 to 100."),
        (["search", "x", "--limit", "101"], 2, "--limit takes a whole number: write 1 to 100."),
        (["deliveries", "--retry", "0"], 2, "--retry takes a whole number: write 1 or more."),
        (["subscribe", "console:", "--style", "loud"], 2, "--style"),
        (["subscribe", "console:", "--now", "tomorrow"], 2, '"tomorrow" is not a moment'),
        (["subscribe", "console:", "--now", "9999-12-31T23:59Z"], 2, "out of range"),
        (["subscribe", "console:", "title:"], 2, "title:"),
        (["subscribe", "console:", "--cadence", "weekly", "--days", "mon,tue"], 2, "comes on one day"),
        (["pause", "7"], 1, "there is no subscription 7"),
        (["why", "irc:#papers"], 2, 'no platform is called "irc"'),
        (["subscribe"], 2, "PLACE"),
        (["subscribe", "console:", "--cadnce", "weekly"], 2, 'no option "--cadnce"'),
        (["subscribe", "--sur", "console:"], 2, 'no option "--sur"'),
        (["unsubscribe", "7"], 1, "there is no subscription 7"),
        (["unsubscribe", "one"], 2, "one"),
        (["resume", "7"], 1, "there is no subscription 7"),
        (["ingest", "--date", "29.7.2026"], 2, '"29.7.2026" is not a date'),
        (["ingest", "--since", "2026-07-29"], 2, "--since and --until go together"),
        (["ingest", "--since", "2026-07-29", "--until", "2026-07-01"], 2, "the earlier day first"),
        (["ingest", "--date", "2026-07-29", "--since", "2026-07-29"], 2, "either --date or"),
        (["digest", "--date", "2031-01-01"], 1, "there is no edition of Wed 1 Jan 2031"),
        (["digest", "--for", "paper"], 2, "--for"),
        (["post", "slack:C0123"], 1, "slack is not set up: set SLACK_BOT_TOKEN"),
        (["paper", "that one"], 1, '"that one" is not an arXiv identifier'),
        (["paper", "2401.00001"], 1, "in no edition of the store"),
        (["discord", "invite"], 1, "DISCORD_BOT_TOKEN"),
        (["dance"], 2, "dance"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_an_error_is_one_sentence_that_says_what_to_do(
    terminal: Terminal, words: list[str], code: int, sentence: str
) -> None:
    ran = terminal.type(*words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("daily-papers: ")
    assert sentence in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "sentences"),
    [
        (
            {"DAILY_PAPERS_DATABASE_URL": "mysql://x:hunter22@h/d"},
            ["DAILY_PAPERS_DATABASE_URL: write sqlite"],
        ),
        (
            {"DAILY_PAPERS_HTTP": "everywhere", "DAILY_PAPERS_LOG": "xml", "DAILY_PAPERS_SETTLE_QUIET": "-1"},
            [
                "DAILY_PAPERS_HTTP: write a host",
                "DAILY_PAPERS_LOG: write text or json",
                "DAILY_PAPERS_SETTLE_QUIET: write minutes",
            ],
        ),
        (
            {
                **{"DAILY_PAPERS_SETTLE_QUIET": "an hour", "DAILY_PAPERS_SOURCE_ATTEMPTS": "9" * 5_000},
                **{"DISCORD_REQUESTS_PER_SECOND": "1.5", "DAILY_PAPERS_TRUST_PROXY": "perhaps"},
                "DAILY_PAPERS_SETTLE_EARLIEST": "nine",
            },
            [
                "DAILY_PAPERS_SETTLE_QUIET: write a whole number",
                "DAILY_PAPERS_SOURCE_ATTEMPTS: write a whole number",
                "DISCORD_REQUESTS_PER_SECOND: write a whole number",
                "DAILY_PAPERS_TRUST_PROXY: write true or false",
                "DAILY_PAPERS_SETTLE_EARLIEST: write a time in UTC, for example 12:00",
            ],
        ),
        ({"DAILY_PAPERS_DATABASE_URL": "postgresql://u:hunter22@127.0.0.1:9/d"}, ["database at 127.0.0.1"]),
        ({"DAILY_PAPERS_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, ["database at /nowhere/at/all.db"]),
        (
            {"DAILY_PAPERS_DATABASE_URL": "postgresql://u:hunter22@hunter22@h/d"},
            ["write it as %40"],
        ),
        ({"DAILY_PAPERS_DATABASE_URL": "postgresql://u:hunter22[x@h/d"}, ["database"]),
        ({"DAILY_PAPERS_SETTLE_EARLIEST": "13:00"}, ["a time before DAILY_PAPERS_SETTLE_DEADLINE"]),
        (
            {"PUBLIC_URL": "papers.example.org", "DAILY_PAPERS_SECRET": "hunter22"},
            ["PUBLIC_URL: write an address", "DAILY_PAPERS_SECRET: write at least 32"],
        ),
        ({"DAILY_PAPERS_SOURCE": "nature"}, ["no source is called nature", "huggingface or sample"]),
    ],
    ids=[
        "scheme",
        "all at once",
        "no values",
        "unreachable",
        "no folder",
        "@",
        "bracket",
        "times",
        "addresses",
        "source",
    ],
)
def test_wrong_settings_are_named_and_secrets_are_not(
    terminal: Terminal, environment: dict[str, str], sentences: list[str]
) -> None:
    terminal.set(**environment)
    ran = terminal.type("subscriptions")
    assert ran.code in (1, 2)
    for sentence in sentences:
        assert sentence in ran.err
    assert "hunter22" not in ran.err
    assert "Traceback" not in ran.err


def test_settings_come_from_a_file_too(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DAILY_PAPERS_DATABASE_URL=sqlite:///elsewhere.db\nSLACK_BOT_TOKEN=\n")
    terminal.type("subscribe", "console:")
    assert (tmp_path / "elsewhere.db").exists()


def test_the_manifest_is_json_to_paste(terminal: Terminal) -> None:
    manifest: dict[str, Any] = terminal.type("slack", "manifest").json
    assert manifest["features"]["slash_commands"][0]["command"] == "/papers"


def test_the_invitation_is_a_link(terminal: Terminal) -> None:
    terminal.set(DISCORD_BOT_TOKEN="MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.not-a-real-token")
    assert terminal.type("discord", "invite").out.startswith("https://discord.com/oauth2/authorize?")


def test_a_place_that_was_refused_is_paused_and_can_be_resumed(terminal: Terminal) -> None:
    """Slack says that the channel is archived; the subscription waits for a person."""
    import asyncio
    import threading

    ready, done = threading.Event(), threading.Event()
    slack = FakeSlack()

    async def serve() -> None:
        async with slack:
            slack.fail_next("gone")
            ready.set()
            await asyncio.to_thread(done.wait)

    server = threading.Thread(target=lambda: asyncio.run(serve()))
    server.start()
    ready.wait()
    terminal.set(SLACK_BOT_TOKEN=slack.token, SLACK_API_URL=slack.url)
    terminal.type("subscribe", str(slack.place), "--now", MORNING)
    terminal.type("ingest", "--date", "2026-07-29")
    failed = terminal.type("deliver", "--now", "2026-07-29T10:00Z", "--json")
    assert (failed.code, failed.json[0]["state"]) == (1, "failed")
    [row] = terminal.type("subscriptions", "--json").json
    assert (row["state"], row["next"]) == ("paused", None)
    assert "archived" in row["reason"]

    resumed = terminal.type("resume", "1", "--now", "2026-07-29T11:00Z")
    assert "next: Thu 30 Jul 2026" in resumed.out
    assert json.loads(terminal.type("subscriptions", "--json").out)[0]["state"] == "active"
    done.set()
    server.join()


def test_no_bar_leaves_an_empty_line_where_there_is_no_terminal(terminal: Terminal) -> None:
    read = terminal.type("ingest", "--since", "2026-07-20", "--until", "2026-07-31")
    assert (read.code, read.err) == (0, "")
    made = terminal.type("reindex")
    assert made.out.startswith("20 papers indexed in ")
    assert (made.code, made.err) == (0, "")
