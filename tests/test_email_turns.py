"""Many mails and few connections: who waits for one is not written down as being sent."""

import asyncio
from collections import Counter
from typing import Any

from adapters.email import CONNECTIONS
from bot.app import open_app
from bot.delivery.sender import ROUNDS
from bot.settings import read_settings
from storage.models import Delivery, DeliveryState, Part, PartState
from tests.factories import make_delivery
from tests.fakes.smtp import FakeSmtp
from tests.stored import all_rows, keep, list_papers

MAILS = ROUNDS * CONNECTIONS + 10


class Held(FakeSmtp):
    """Takes a mail when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0
        self.full, self.may_go = asyncio.Event(), asyncio.Event()

    async def handle_DATA(self, *arguments: Any) -> str:  # noqa: N802
        self.given += 1
        if self.given == CONNECTIONS:
            self.full.set()
        await self.may_go.wait()
        return await super().handle_DATA(*arguments)


async def test_a_mail_waits_for_its_connection_before_it_counts_as_being_sent(database_url: str) -> None:
    async with Held() as smtp:
        settings = read_settings(
            DAILY_PAPERS_DATABASE_URL=database_url, SMTP_URL=smtp.url, EMAIL_FROM="papers@example.com"
        )
        async with open_app(settings) as app:
            await list_papers(app.database, 1)
            async with app.database.write() as session:
                for number in range(MAILS):
                    place = f"email:a{number}@example.org"
                    await keep(session, make_delivery(1, place=place, direct=True))

            sending = asyncio.create_task(app.sender.send_open())
            async with asyncio.timeout(60):
                await smtp.full.wait()
            async with app.database.read() as session:
                parts = Counter(part.state for part in await all_rows(session, Part))
                claimed = Counter(row.state for row in await all_rows(session, Delivery))
            assert parts[PartState.SENDING] == CONNECTIONS
            assert claimed[DeliveryState.SENDING] == ROUNDS * CONNECTIONS

            smtp.may_go.set()
            outcomes = await sending
            assert [outcome.state for outcome in outcomes] == [DeliveryState.SENT] * MAILS
            assert sorted(smtp.recipients) == sorted(f"a{number}@example.org" for number in range(MAILS))
