"""What is kept of people, and of what they changed."""

from storage import changes, people
from storage.database import Database
from storage.models import Change
from storage.people import MOST_NOTICES
from tests.factories import NOON, PLACE

ADA = "slack:T1:U1"


async def test_a_person_is_known_from_the_first_request_on(database: Database) -> None:
    async with database.write() as session:
        assert await people.person(session, ADA) is None
        known = await people.known_person(session, ADA, None, NOON)
        assert (known.place, known.zone, known.created_at) == (None, None, NOON)
    async with database.write() as session:
        await people.known_person(session, ADA, "slack:@U1", NOON)
    async with database.write() as session:
        assert (await people.known_person(session, ADA, None, NOON)).place == "slack:@U1"


async def test_notices_are_said_once_and_not_piled_up(database: Database) -> None:
    async with database.write() as session:
        ada = await people.known_person(session, ADA, None, NOON)
        assert await people.notices(session, ADA) == []
        for number in range(MOST_NOTICES + 2):
            await people.notify(session, ada, f"notice {number}")
        await people.notify(session, ada, "notice 5")

    async with database.write() as session:
        assert await people.notices(session, ADA)
        said = await people.take_notices(session, ADA)
    assert said == [f"notice {number}" for number in (2, 3, 4, 6, 7, 8, 9, 10, 11, 5)]
    async with database.write() as session:
        assert await people.take_notices(session, ADA) == []
        assert await people.take_notices(session, "nobody") == []


async def test_the_audit_list_of_a_place(database: Database) -> None:
    async with database.write() as session:
        for number in range(1, 5):
            place = PLACE if number != 3 else "discord:1"
            change = Change(
                token=f"t{number}", subscription_id=1, place=place, who=ADA, at=NOON, what=f"change {number}"
            )
            await changes.add_change(session, change)

    async with database.write() as session:
        assert [line.what for line in await changes.changes_at(session, PLACE, 2)] == ["change 4", "change 2"]
        latest = await changes.change_by_token(session, "t4")
        assert latest is not None
        assert await changes.newest_change(session, 1) == latest.id
        latest.undone = True
        assert await changes.newest_change(session, 1) == 3
        assert await changes.newest_change(session, 9) == 0
        assert await changes.change_by_token(session, "guessed") is None
