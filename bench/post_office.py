"""What delivering is measured on: a platform's stand-in with a crowd, a store with a digest for each of them,
and processes that send these."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

from pydantic import SecretStr
from sqlalchemy import insert

from bot.adapter import Installed
from bot.app import open_app
from bot.cli.shell import collect_seldom
from bot.clock import utc_now
from bot.decisions import new_row, stamped
from bot.places import parse_place
from bot.settings import read_settings
from bot.workspaces import KeptWorkspaces
from storage import papers, plans
from storage.database import open_database
from storage.models import Style, Subscription
from tests.factories import DAY, NOON, make_facts, make_subscription, paper_id
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_neighbour import Neighbour

_SECRET = "0123456789abcdef0123456789abcdef"
PAPERS = 5
"""Papers of each digest, one message with a line each."""


@dataclass(frozen=True, slots=True)
class Office:
    """A platform's stand-in in a process of its own.

    Args:
        url: of its API.
        root: of the stand-in.
    """

    name: str
    url: str
    root: str

    @property
    def environment(self) -> dict[str, str]:
        """What leads a bot here."""
        token = FakeSlack().token if self.name == "slack" else FakeDiscord.token
        name = self.name.upper()
        return {
            f"{name}_BOT_TOKEN": token,
            f"{name}_API_URL": self.url.rstrip("/"),
            "DAILY_PAPERS_SECRET": _SECRET,
        }

    def tell(self, what: str, **told: object) -> Any:
        """Tell the stand-in something, see `tests.fakes.control`; its answer."""
        body = json.dumps(told).encode()
        request = Request(f"{self.root}/control/{what}", body, {"Content-Type": "application/json"})
        with urlopen(request) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None

    def seen(self) -> dict[str, Any]:
        """What stands on the platform."""
        with urlopen(f"{self.root}/control/transcript") as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def office(name: str, limits: bool = False) -> Iterator[Office]:
    """A fresh stand-in."""
    command = [
        sys.executable,
        "-m",
        f"tests.fakes.{name}",
        "--port",
        "0",
        *([] if limits else ["--no-limits"]),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        yield Office(name, url, "/".join(url.split("/")[:3]))
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


async def fill(url: str, places: list[str]) -> None:
    """A store in which a compact digest is planned for each of these places."""
    database = await open_database(url)
    columns = list(Subscription.model_fields)
    async with database.write() as session:
        facts = [make_facts(number, upvotes=number) for number in range(1, PAPERS + 1)]
        await papers.keep_papers(session, facts, NOON)
        one = make_subscription(place="", style=Style.COMPACT)
        common = {name: getattr(one, name) for name in columns}
        rows = [common | {"id": number, "place": place} for number, place in enumerate(places, 1)]
        await (await session.connection()).execute(insert(Subscription), rows)
        digest = {"papers": [paper_id(number) for number in range(PAPERS, 0, -1)], "style": Style.COMPACT}
        planned = [
            new_row(place) | digest | {"subscription_id": number, "local_date": DAY}
            for number, place in enumerate(places, 1)
        ]
        await plans.insert_deliveries(session, stamped(planned, datetime.now(UTC)))
    await database.close()


async def install(url: str, places: list[str]) -> None:
    """Keep every workspace that these places are in, in an empty store."""
    database = await open_database(url)
    kept = KeptWorkspaces(database, SecretStr(_SECRET), utc_now)
    for team in dict.fromkeys(parse_place(place).installation for place in places):
        await kept.keep(Installed("slack", team, Neighbour.token_of(team)))
    await database.close()


def start_sender(environment: dict[str, str]) -> "subprocess.Popen[str]":
    """A process that waits for a line and then sends all that is planned; see `main`."""
    command = [sys.executable, "-m", "bench.post_office"]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender did: when it began and ended, in seconds of a clock that all processes share."""

    began: float
    ended: float
    deliveries: int

    @property
    def seconds(self) -> float:
        return self.ended - self.began


def send(environments: list[dict[str, str]]) -> list[Sent]:
    """Let so many processes send at the same time; what each did."""
    processes = [start_sender(environment) for environment in environments]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [json.loads(process.communicate()[0]) for process in processes]
    return [Sent(**one) for one in told]


async def _send_all() -> Sent:
    async with open_app(read_settings()) as app:
        collect_seldom()  # as `daily-papers run` does
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        began = time.monotonic()
        outcomes = await app.sender.send_open()
        return Sent(began, time.monotonic(), len(outcomes))


def main() -> None:
    """Send all that is planned in the store that the environment names, and print what was done."""
    sent = asyncio.run(_send_all())
    print(json.dumps({"began": sent.began, "ended": sent.ended, "deliveries": sent.deliveries}))


if __name__ == "__main__":
    main()
