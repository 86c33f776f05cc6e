"""What Slack tells of the person who asks, and what it does not tell."""

from collections.abc import AsyncIterator

import pytest

from adapters.slack.api import Api, new_pool
from adapters.slack.people import People
from bot.request import Asker
from tests.fakes.clock import Clock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office
from tests.fakes.slack_people import ENTERPRISE, OTHER_TEAM, TEAM, Channel, Person


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def people(slack: FakeSlack, clock: Clock) -> AsyncIterator[People]:
    http = new_pool()
    api = Api(slack.url, slack.token, http)
    yield People(api, clock.monotonic)
    await http.close()


def asker(people: People, user: str = "U0READER", channel: str = "C0PAPERS") -> Asker:
    return people.asker(user, channel)


async def test_a_person_has_a_zone(slack: FakeSlack, people: People) -> None:
    assert await asker(people).zone() == "Europe/Berlin"
    assert await asker(people, "U0WRITER").zone() == "America/New_York"
    assert slack.calls == ["users.info"] * 2


@pytest.mark.parametrize(
    "zone",
    ["", "Mars/Olympus", "../../etc/passwd", "America", "UTC\x00", "x" * 5000],
    ids=lambda zone: zone[:20],
)
async def test_what_is_no_zone_is_none(slack: FakeSlack, people: People, zone: str) -> None:
    slack.people["U0READER"].zone = zone
    assert await asker(people).zone() is None


@pytest.mark.parametrize(
    ("user", "channel", "manages"),
    [
        ("U0WRITER", "C0PAPERS", True),
        ("U0READER", "C0PAPERS", False),
        ("U0ADMIN", "C0PAPERS", True),
        ("U0OWNER", "G0SECRET", True),
        ("U0WRITER", "G0SECRET", True),
        ("U0WRITER", "G0HIDDEN", False),
        ("U0READER", "C0NOWHERE", False),
        ("U0NOBODY", "C0PAPERS", False),
        ("U0READER", "DU0READER", True),
        ("U0READER", "", True),
    ],
    ids=[
        "who made it", "who did not", "an admin", "an owner", "who made a private one",
        "where the bot is not", "no such channel", "no such person", "their direct messages",
        "their Home tab",
    ],
)  # fmt: skip
async def test_who_manages_a_channel(
    slack: FakeSlack, people: People, user: str, channel: str, manages: bool
) -> None:
    slack.people["U0OWNER"] = Person(owner=True)
    slack.channels["G0HIDDEN"] = Channel(private=True, bot=False)
    assert await asker(people, user, channel).manages() is manages


@pytest.mark.parametrize(
    ("user", "channels", "seen"),
    [
        ("U0WRITER", ["C0PAPERS", "G0SECRET"], {"C0PAPERS", "G0SECRET"}),
        ("U0READER", ["C0PAPERS", "G0SECRET", "C0NOWHERE"], {"C0PAPERS"}),
        ("U0WRITER", ["G0HIDDEN", "C0ARCHIVE"], set()),
        ("U0NOBODY", ["C0PAPERS"], set()),
    ],
    ids=["theirs", "not theirs", "hidden from the bot, and archived", "no such person"],
)
async def test_what_a_person_sees(
    slack: FakeSlack, people: People, user: str, channels: list[str], seen: set[str]
) -> None:
    slack.channels["G0HIDDEN"] = Channel(private=True, bot=False)
    slack.channels["C0ARCHIVE"] = Channel()
    slack.archived.add("C0ARCHIVE")
    assert await asker(people, user).sees(channels) == seen


async def test_nothing_to_see_is_not_asked_for(slack: FakeSlack, people: People) -> None:
    assert await asker(people).sees([]) == set()
    assert slack.calls == []


async def test_who_is_in_thousands_of_channels_sees_the_last_of_some_pages(
    slack: FakeSlack, people: People
) -> None:
    slack.channels.update({f"C{number:05}": Channel() for number in range(6000)})
    wanted = ["C0PAPERS", "C00500", "C04900", "C05999"]
    assert await asker(people).sees(wanted) == {"C0PAPERS", "C00500", "C04900"}
    assert slack.calls == ["users.conversations"] * 5


async def test_looking_ends_where_all_is_seen(slack: FakeSlack, people: People) -> None:
    slack.channels.update({f"C{number:05}": Channel() for number in range(6000)})
    assert await asker(people).sees(["C0PAPERS"]) == {"C0PAPERS"}
    assert slack.calls == ["users.conversations"]


@pytest.mark.parametrize("error", ["internal_error", "ratelimited", "token_revoked", "no_such_error"])
async def test_what_slack_does_not_tell_is_not_known(slack: FakeSlack, people: People, error: str) -> None:
    for method in ("users.info", "conversations.info", "users.conversations"):
        slack.refusals[method] = error
    await nothing_is_known(asker(people, "U0ADMIN"))


@pytest.mark.parametrize("scopes", [("users:read",), ("users:read", "channels:read", "groups:read")])
async def test_without_the_permissions_nothing_is_known(
    slack: FakeSlack, people: People, scopes: tuple[str, ...]
) -> None:
    slack.scopes.difference_update(scopes)
    await nothing_is_known(asker(people, "U0WRITER" if len(scopes) > 1 else "U0NOBODY"))


async def test_a_slack_that_does_not_answer_is_not_waited_for(
    slack: FakeSlack, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.people._PATIENCE", 0.05)
    slack.stuck |= {"users.info", "users.conversations"}
    await nothing_is_known(asker(people, "U0ADMIN"))


async def test_a_slack_out_of_reach_is_no_error(slack: FakeSlack, people: People) -> None:
    await slack.stop()
    await nothing_is_known(asker(people, "U0ADMIN"))


async def nothing_is_known(person: Asker) -> None:
    """Of this person, whoever it is."""
    assert await person.zone() is None
    assert not await person.manages()
    assert await person.sees(["C0PAPERS"]) == set()


async def test_an_answer_is_kept_for_two_minutes(slack: FakeSlack, people: People, clock: Clock) -> None:
    assert not await asker(people).manages()
    slack.people["U0READER"].admin = True
    assert await asker(people).zone() == "Europe/Berlin"
    assert not await asker(people).manages()
    assert slack.calls == ["users.info", "conversations.info"]
    clock.pass_time(121)
    assert await asker(people).manages()


async def test_a_failure_is_not_kept(slack: FakeSlack, people: People) -> None:
    slack.refusals["users.info"] = "internal_error"
    assert await asker(people).zone() is None
    slack.refusals.clear()
    assert await asker(people).zone() == "Europe/Berlin"


async def test_no_more_is_kept_than_five_hundred(slack: FakeSlack, people: People) -> None:
    slack.people.update({f"U{number:05}": Person() for number in range(501)})
    for number in range(501):
        await asker(people, f"U{number:05}").zone()
    await asker(people, "U00500").zone()
    assert len(slack.calls) == 501
    await asker(people, "U00000").zone()
    assert len(slack.calls) == 502


@pytest.mark.parametrize(
    ("person", "belongs"),
    [
        (Person("T0SISTER", teams=("T0SISTER", TEAM)), True),
        (Person("T0SISTER", teams=("T0SISTER",)), False),
        (Person(OTHER_TEAM), False),
        (None, False),
    ],
    ids=["of both", "of a sister", "of another company", "nobody"],
)
async def test_who_belongs_to_a_workspace_of_an_organisation(
    slack: FakeSlack, people: People, person: Person | None, belongs: bool
) -> None:
    if person:
        slack.people["W0SOMEONE"] = person
    assert await people.belongs("W0SOMEONE", TEAM, ENTERPRISE) is belongs
    assert not await people.belongs("W0SOMEONE", TEAM, "E0OTHERS")


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_nothing_is_asked_of_slack_until_a_command_wants_it(slack: FakeSlack, mode: str) -> None:
    office = Office(slack, mode)
    await office.start()
    at_start = list(slack.calls)
    await slack.command("/papers channel")
    await slack.click("channel", team=OTHER_TEAM)
    assert slack.calls == at_start
    ours, theirs = office.asked
    assert await ours.asker.zone() == "Europe/Berlin"
    await nothing_is_known(theirs.asker)
    assert slack.calls == [*at_start, "users.info"]
    await office.stop()
