"""Workspaces are kept sealed, seen by every process, and removed with all that goes there."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.adapter import InstallationGone, InstallationRemoved, Installed, Temporary
from bot.delivery.circuits import Circuits
from bot.messages.reasons import REMOVED
from bot.workspaces import KeptWorkspaces, end_installation
from storage.database import Database
from storage.models import DeliveryState, SubscriptionState
from tests.factories import NOON
from tests.fakes.clock import Clock
from tests.stored import planned, reserve, stored_subscription, subscribe

SECRET, ANOTHER = SecretStr("0" * 32), SecretStr("1" * 32)
THEIRS = Installed("slack", "T0THEIRS", "xoxb-theirs", "B1", "Theirs", "E1")


def workspaces(
    database: Database, secret: SecretStr | None = SECRET, clock: Clock | None = None
) -> KeptWorkspaces:
    return KeptWorkspaces(database, secret, clock or Clock(NOON))


async def raw(database: Database, statement: str) -> list[str]:
    async with database.write() as session:
        done = await (await session.connection()).execute(text(statement))
        return [str(row) for row in done] if done.returns_rows else []


async def test_a_workspace_is_kept_and_no_token_can_be_read(database: Database) -> None:
    await workspaces(database).keep(THEIRS)
    assert await workspaces(database).installed("slack", "T0THEIRS") == THEIRS
    [row] = await raw(database, "SELECT * FROM installation")
    assert "T0THEIRS" in row
    assert "xoxb" not in row


async def test_a_token_does_not_open_under_another_secret(database: Database) -> None:
    await workspaces(database).keep(THEIRS)
    with pytest.raises(InstallationGone, match=r"T0THEIRS cannot be opened.*set that one again, or install"):
        await workspaces(database, ANOTHER).installed("slack", "T0THEIRS")
    with pytest.raises(InstallationGone, match="set DAILY_PAPERS_SECRET first"):
        await workspaces(database, None).installed("slack", "T0THEIRS")


async def test_a_token_that_was_moved_to_another_row_does_not_open_there(database: Database) -> None:
    kept = workspaces(database)
    await kept.keep(THEIRS)
    await kept.keep(Installed("slack", "T0FURTHER", "xoxb-further"))
    theirs = "(SELECT token FROM installation WHERE name = 'T0THEIRS')"
    await raw(database, f"UPDATE installation SET token = {theirs} WHERE name = 'T0FURTHER'")
    with pytest.raises(InstallationGone, match="sealed for slack:T0THEIRS, not for slack:T0FURTHER"):
        await kept.installed("slack", "T0FURTHER")


async def test_a_token_that_cannot_be_opened_pauses_nothing(database: Database) -> None:
    """Whoever runs the bot has to act; the workspace has done nothing."""
    await workspaces(database).keep(THEIRS)
    await subscribe(database, place="slack:T0THEIRS/C1")
    with pytest.raises(InstallationGone) as refused:
        await workspaces(database, ANOTHER).installed("slack", "T0THEIRS")
    assert not isinstance(refused.value, InstallationRemoved)
    assert (await stored_subscription(database)).state is SubscriptionState.ACTIVE


async def test_two_processes_see_each_other_s(two_databases: tuple[Database, Database]) -> None:
    one, other = map(workspaces, two_databases)
    await one.keep(THEIRS)
    assert (await other.installed("slack", "T0THEIRS")).token == "xoxb-theirs"
    await other.remove("slack", "T0THEIRS")
    with pytest.raises(InstallationRemoved, match="removed from this workspace"):
        await one.installed("slack", "T0THEIRS")


async def test_a_removal_pauses_and_cancels_what_goes_there_and_a_new_token_takes_it_up(
    database: Database,
) -> None:
    kept = workspaces(database)
    await kept.keep(THEIRS)
    places = ["slack:T0THEIRS/C1", "slack:T0THEIRS/@U1", "slack:T0THEIRSTOO/C1", "slack:C1", "discord:1"]
    numbers = [await subscribe(database, place=place) for place in places]
    paused = await subscribe(
        database, place=places[0], state=SubscriptionState.PAUSED, reason="the channel is archived"
    )
    for place in places:
        await reserve(database, 1, place=place)
    assert await kept.remove("slack", "T0THEIRS")

    rows = [await stored_subscription(database, number) for number in numbers]
    assert [row.reason for row in rows] == [REMOVED, REMOVED, None, None, None]
    assert [row.state for row in await planned(database)] == [DeliveryState.FAILED] * 2 + [
        DeliveryState.PENDING
    ] * 3
    assert await kept.keep(THEIRS) == 2
    rows = [await stored_subscription(database, number) for number in (*numbers, paused)]
    assert [row.reason for row in rows] == [None] * 5 + ["the channel is archived"]
    assert [row.state for row in rows] == [SubscriptionState.ACTIVE] * 5 + [SubscriptionState.PAUSED]


async def test_a_failure_of_before_pauses_nothing_in_a_workspace_that_is_installed_anew(
    database: Database,
) -> None:
    kept = workspaces(database)
    await kept.keep(THEIRS)
    await subscribe(database, place="slack:T0THEIRS/C1")
    await kept.remove("slack", "T0THEIRS")
    await kept.keep(THEIRS)
    async with database.write() as session:
        assert await end_installation(session, "slack", "T0THEIRS", NOON) == 0
    assert (await stored_subscription(database)).state is SubscriptionState.ACTIVE


async def test_a_removal_that_is_about_an_earlier_token_removes_nothing(database: Database) -> None:
    clock = Clock(NOON)
    kept = workspaces(database, clock=clock)
    await kept.keep(THEIRS)
    assert not await kept.remove("slack", "T0THEIRS", token="xoxb-former")
    assert not await kept.remove("slack", "T0THEIRS", before=NOON - timedelta(seconds=1))
    assert (await kept.installed("slack", "T0THEIRS")).token == "xoxb-theirs"
    assert await kept.remove("slack", "T0THEIRS", token="xoxb-theirs", before=NOON)
    assert await kept.remove("slack", "T0THEIRS")


async def test_where_it_never_was_it_says_so(database: Database) -> None:
    with pytest.raises(InstallationRemoved, match="not installed in T0NOBODY; install it there"):
        await workspaces(database).installed("slack", "T0NOBODY")


async def test_without_the_database_no_workspace_is_known_for_now(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("a table that is not there is no outage of a server")
    await raw(database, "DROP TABLE installation")
    with pytest.raises(Temporary, match="cannot be used now"):
        await workspaces(database).installed("slack", "T0THEIRS")


def test_a_workspace_that_comes_back_is_not_left_alone() -> None:
    circuits = Circuits()
    circuits.failed("slack:T0THEIRS", InstallationRemoved("removed"), 1.0)
    circuits.check("slack:T0THEIRS", 1.0)
