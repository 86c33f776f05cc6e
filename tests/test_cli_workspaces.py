"""Workspaces on the command line: listed, added by their token, removed."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack
from tests.many_workspaces import SECRET, THEIRS
from tests.processes import COMMAND
from tests.terminal import Ran


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


async def typed(slack: FakeSlack, folder: Path, *words: str, told: str = "", **environment: str) -> Ran:
    """Run `daily-papers slack` with these words, and tell it something by a pipe."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, "slack", *words, cwd=folder, stdin=PIPE, stdout=PIPE, stderr=PIPE,
        env={
            "PATH": "/usr/bin:/bin", "SLACK_API_URL": slack.url, "SLACK_BOT_TOKEN": slack.token,
            "DAILY_PAPERS_SECRET": SECRET, **environment,
        },
    )  # fmt: skip
    out, err = await process.communicate(told.encode())
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


async def test_a_workspace_is_added_listed_and_removed(slack: FakeSlack, tmp_path: Path) -> None:
    theirs = slack.neighbour(THEIRS)
    theirs.title = "Their\x1b[2J lab"
    token = theirs.install()
    assert "No workspace has installed the bot" in (await typed(slack, tmp_path, "workspaces")).err

    added = await typed(slack, tmp_path, "add", told=f"{token}\n")
    assert (added.code, added.out) == (0, "T0THEIRS, Their[2J lab, is added.\n")
    listed = await typed(slack, tmp_path, "workspaces")
    assert listed.out.startswith("T0THEIRS  Their[2J lab: since ")
    assert listed.out.endswith(", 0 subscriptions\n")

    removed = await typed(slack, tmp_path, "remove", THEIRS)
    assert removed.out.startswith("T0THEIRS is removed. An admin there")
    [row] = json.loads((await typed(slack, tmp_path, "workspaces", "--json")).out)
    assert row.keys() == {"name", "title", "installed", "removed", "subscriptions"}
    assert row["removed"]
    for ran in (added, listed, removed):
        assert token not in ran.out + ran.err
        assert ran.err == ""


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("\n", "no bot token; it begins with xoxb-"),
        ("xoxp-a-person\n", "no bot token; it begins with xoxb-"),
        ("xoxb-é\n", "no bot token"),
        ("xoxb-unknown\n", "Slack refuses the token"),
        ("xoxb-fake\n", "the workspace of SLACK_BOT_TOKEN, which needs no other token"),
    ],
    ids=["nothing", "a person's", "not ASCII", "unknown", "home's"],
)
async def test_a_token_that_is_none_is_refused(
    slack: FakeSlack, tmp_path: Path, told: str, said: str
) -> None:
    ran = await typed(slack, tmp_path, "add", told=told)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert told.strip() == "" or told.strip() not in ran.err


async def test_without_a_secret_nothing_is_kept(slack: FakeSlack, tmp_path: Path) -> None:
    ran = await typed(slack, tmp_path, "add", told="xoxb-1\n", DAILY_PAPERS_SECRET="")
    assert (ran.code, "set DAILY_PAPERS_SECRET first" in ran.err) == (1, True)


async def test_an_unknown_workspace_cannot_be_removed(slack: FakeSlack, tmp_path: Path) -> None:
    ran = await typed(slack, tmp_path, "remove", "T0NOBODY")
    assert (ran.code, "no workspace is called T0NOBODY" in ran.err) == (1, True)
