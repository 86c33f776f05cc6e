"""Reads all that sending deliveries takes, for many at once, and divides those that are sent first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.adapter import Limits
from bot.delivery.job import Job, digest_of, has_content, parts_for, wanted_by
from bot.messages.thread import Served
from bot.places import parse_place
from storage import deliveries, papers, subscriptions
from storage.database import Database
from storage.models import Delivery, Paper, Part, Subscription


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows about some deliveries."""

    held: Mapping[str, list[Delivery]]
    parts: Mapping[int, list[Part]]
    heads: Mapping[int, str]
    papers: Mapping[str, Paper]
    subscriptions: Mapping[int, Subscription]


class Loader:
    """Makes jobs of deliveries.

    Args:
        limits: of the platform of a place.
        page: the address of the bot's own page; empty where it has none.
    """

    def __init__(self, database: Database, limits: Callable[[str], Limits], page: str = "") -> None:
        self._database = database
        self._limits = limits
        self._page = page

    async def jobs(self, claimed: Sequence[Delivery]) -> list[Job | Exception]:
        """A job for each delivery, without parts where it has nothing to say; or what went wrong.

        Raises DatabaseError.
        """
        known = await self._read(claimed)
        jobs = [self._job_or_problem(delivery, known) for delivery in claimed]
        made = [
            part
            for job in jobs
            if isinstance(job, Job) and job.delivery.id not in known.parts
            for part in job.parts
        ]
        if made:
            async with self._database.write() as session:
                await deliveries.add_parts(session, made)
        return jobs

    async def _read(self, claimed: Sequence[Delivery]) -> _Known:
        threads = [delivery.thread_of for delivery in claimed if delivery.thread_of is not None]
        async with self._database.read() as session:
            held = await deliveries.enclosed_in(session, [delivery.token for delivery in claimed])
            shares = [*claimed, *(share for of_one in held.values() for share in of_one)]
            named = {paper for share in shares for paper in (*share.papers, *share.rest)}
            numbers = {share.subscription_id for share in shares if share.subscription_id is not None}
            return _Known(
                held,
                await deliveries.parts_of(session, [delivery.id or 0 for delivery in claimed]),
                await deliveries.heads_of(session, threads) if threads else {},
                await papers.papers_by_id(session, named),
                {one.id or 0: one for one in await subscriptions.by_numbers(session, numbers)},
            )

    def _job_or_problem(self, delivery: Delivery, known: _Known) -> Job | Exception:
        """One delivery's mishap is its own."""
        try:
            return self._job(delivery, known)
        except Exception as problem:
            return problem

    def _job(self, delivery: Delivery, known: _Known) -> Job:
        held = known.held.get(delivery.token, [])
        shares = held or [delivery]
        head = known.heads.get(delivery.thread_of) if delivery.thread_of is not None else None
        digest = digest_of(delivery, held, known.papers)
        limits = self._limits(delivery.place)
        parts = known.parts.get(delivery.id or 0)
        if parts is None:
            parts = parts_for(delivery, digest, limits.lines) if has_content(delivery, digest, head) else []
            for part in parts:
                part.delivery_id = delivery.id or 0
        asked_by = sorted({share.subscription_id or 0 for share in shares} & known.subscriptions.keys())
        place = parse_place(delivery.place)
        served = Served(
            tuple(known.subscriptions[number] for number in asked_by),
            wanted_by(shares),
            place.direct or not place.address,
            delivery.token,
            self._page,
        )
        return Job(delivery, parts, known.papers, digest, served, limits, head, bool(held))
