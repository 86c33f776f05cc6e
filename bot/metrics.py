"""What this process has done, counted for Prometheus.

The library is imported when something is first counted: who only looks whether anything is due need not
wait for it.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from bot.adapter import AdapterError
from storage.models import DeliveryState
from storage.rows import DeliveryRow

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

LAG_BUCKETS = (5, 15, 30, 60, 120, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 24 * 3600)
"""Seconds. The tick looks every 20; a digest waits for its list until noon UTC; after a day it has failed."""
FINISHED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED)


class Metrics:
    """The counters of one process; each begins at 0 when the process does.

    Args:
        platforms: names that are counted from the beginning, so that a first failure shows as a rise from 0.
    """

    def __init__(self, platforms: Collection[str] = ()) -> None:
        self.platforms = tuple(platforms)

    @property
    def registry(self) -> "CollectorRegistry":
        """Where the counters are; with them what the operating system says of the process."""
        return self._meters.registry

    def sent(self, place: str) -> None:
        """A part has reached its place."""
        self._meters.parts.labels(platform_of(place)).inc()

    def retried(self, place: str, error: AdapterError) -> None:
        """A part or a delivery is to be tried again because of `error`."""
        self._meters.retries.labels(platform_of(place), type(error).__name__).inc()

    def finished(self, delivery: DeliveryRow) -> None:
        """A delivery has come to its end: sent, failed for good, or skipped after all."""
        platform = platform_of(delivery.place)
        self._meters.finished.labels(platform, delivery.state.value).inc()
        if delivery.state is DeliveryState.SENT and delivery.due_at and delivery.finished_at:
            lag = (delivery.finished_at - delivery.due_at).total_seconds()
            self._meters.lag.labels(platform).observe(max(lag, 0.0))

    def skipped(self, places: Sequence[str]) -> None:
        """Deliveries to these places were planned that have nothing to send."""
        for place in places:
            self._meters.finished.labels(platform_of(place), DeliveryState.SKIPPED.value).inc()

    @cached_property
    def _meters(self) -> "_Meters":
        return _Meters(self.platforms)


class _Meters:
    """The counters themselves, in a registry of their own."""

    def __init__(self, platforms: Collection[str]) -> None:
        import prometheus_client
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

        # When each counter began is a second series for each; `process_start_time_seconds` says it once.
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # it annotates no result
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.parts = Counter(
            "daily_papers_parts_sent",
            "Messages that reached their place.",
            ["platform"],
            registry=self.registry,
        )
        self.retries = Counter(
            "daily_papers_retries",
            "Failures after which the same message is tried again; kind is the name of the error.",
            ["platform", "kind"],
            registry=self.registry,
        )
        self.finished = Counter(
            "daily_papers_deliveries_finished",
            "Deliveries that this process brought to their end since it started: sent, failed for good, or "
            "skipped for want of papers. What travels in another delivery is counted with that one.",
            ["platform", "state"],
            registry=self.registry,
        )
        self.lag = Histogram(
            "daily_papers_due_to_sent_seconds",
            "From the time when a digest was due to the moment when its last message was sent. Waiting for "
            "the list of its day to settle is part of it; what a person posts by hand is left out.",
            ["platform"],
            buckets=LAG_BUCKETS,
            registry=self.registry,
        )
        for platform in platforms:
            self.parts.labels(platform)
            self.lag.labels(platform)
            for state in FINISHED:
                self.finished.labels(platform, state.value)


def platform_of(place: str) -> str:
    """The name of a stored place's platform."""
    return place.partition(":")[0]
