"""Reads all that sending deliveries takes, for many at once, and divides those that are sent first."""

from collections.abc import Callable, Sequence

from sqlmodel import Session

from bot.adapter import Limits
from bot.delivery.job import Job, digest_of, has_content, parts_for, wanted_by
from bot.delivery.journal import ClaimLost
from bot.links import Links
from bot.messages.thread import Served
from bot.places import parse_place
from bot.ways import Ways
from storage.claims import still_held
from storage.contents import Contents, add_parts, contents_of
from storage.database import Database, DatabaseError
from storage.rows import DeliveryRow


class Loader:
    """Makes jobs of deliveries.

    Args:
        limits: of the platform of a place.
        links: see `bot.delivery.sender.Sender`.
        page: the address of the bot's own page; empty where it has none.
    """

    def __init__(
        self,
        database: Database,
        limits: Callable[[str], Limits],
        links: Links | None = None,
        page: str = "",
    ) -> None:
        self._database = database
        self._limits = limits
        self._links = links
        self._page = page

    async def jobs(self, claimed: Sequence[DeliveryRow]) -> list[Job | Exception]:
        """A job for each delivery, without parts where it has nothing to say; or what went wrong, ClaimLost
        among it.

        Raises DatabaseError.
        """
        try:
            return await self._made_at_once(claimed)
        except DatabaseError:
            raise
        except Exception:  # of one of them: the others are read without it
            return [await self._made_alone(delivery) for delivery in claimed]

    async def _made_at_once(self, claimed: Sequence[DeliveryRow]) -> list[Job | Exception]:
        return await self._database.change(lambda session: self._made(session, claimed))

    async def _made_alone(self, delivery: DeliveryRow) -> Job | Exception:
        try:
            [job] = await self._made_at_once([delivery])
        except DatabaseError:
            raise
        except Exception as problem:
            return problem
        return job

    def _made(self, session: Session, claimed: Sequence[DeliveryRow]) -> list[Job | Exception]:
        """In one transaction: while a delivery is divided into its messages nobody takes any of it away."""
        held = {delivery.id for delivery in still_held(session, claimed)}
        known = contents_of(session, [delivery for delivery in claimed if delivery.id in held])
        jobs = [
            self._job_or_problem(delivery, known) if delivery.id in held else ClaimLost()
            for delivery in claimed
        ]
        made = [
            part
            for job in jobs
            if isinstance(job, Job) and job.delivery.id not in known.parts
            for part in job.parts
        ]
        if made:
            add_parts(session, made)
        return jobs

    def _job_or_problem(self, delivery: DeliveryRow, known: Contents) -> Job | Exception:
        """One delivery's mishap is its own."""
        try:
            return self._job(delivery, known)
        except Exception as problem:
            return problem

    def _job(self, delivery: DeliveryRow, known: Contents) -> Job:
        held = known.held.get(delivery.token, [])
        shares = held or [delivery]
        head = known.heads.get(delivery.thread_of) if delivery.thread_of is not None else None
        digest = digest_of(delivery, held, known.papers)
        limits = self._limits(delivery.place)
        parts = known.parts.get(delivery.id)
        if parts is None:
            parts = parts_for(delivery, digest, limits) if has_content(delivery, digest, head) else []
        asked_by = sorted({share.subscription_id or 0 for share in shares} & known.subscriptions.keys())
        place = parse_place(delivery.place)
        served = Served(
            tuple(known.subscriptions[number] for number in asked_by),
            wanted_by(shares),
            place.direct or not place.address,
            delivery.token,
            self._page,
        )
        opt_in = known.opt_ins.get(delivery.token)
        generation, ways = known.generations.get(delivery.place), None
        if self._links and (opt_in or generation is not None):
            ways = Ways(self._links, place, generation or 0)
        if opt_in and ways is None:  # without the link the mail would ask for nothing
            parts = []
        return Job(delivery, parts, known.papers, digest, served, limits, head, bool(held), ways, opt_in)
