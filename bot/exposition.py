"""What `/metrics` answers: the counters of the process, and gauges of what the store holds now.

The gauges are made anew for each answer, so that none can stay behind from an earlier one.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from bot.metrics import Metrics
from bot.readiness import Listening, age_seconds
from storage.overview import UNFINISHED, Overview

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus's text format: https://prometheus.io/docs/instrumenting/exposition_formats/"""


def exposition(
    metrics: Metrics, overview: Overview | None, platforms: Mapping[str, Listening], now: datetime
) -> bytes:
    """The text that Prometheus reads.

    Args:
        overview: None where the database cannot be read; its gauges are missing then.
        platforms: those that are to listen, by name.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    gauges = CollectorRegistry()
    database = _gauge(
        gauges, "database_up", "1 while the database answers; else 0, and its gauges are missing."
    )
    database.set(overview is not None)
    listening = _gauge(gauges, "platform_listening", "1 while the platform listens for commands.", "platform")
    for name, platform in platforms.items():
        listening.labels(name).set(platform.now)
    if overview is not None:
        _add_backlog(gauges, overview, metrics.platforms, now)
        _add_source(gauges, overview, now)
    return generate_latest(gauges) + generate_latest(metrics.registry)


def _add_backlog(
    gauges: "CollectorRegistry", overview: Overview, platforms: Collection[str], now: datetime
) -> None:
    """What is open; 0 for a platform where nothing is."""
    number = _gauge(
        gauges,
        "deliveries",
        "Deliveries in the database that are not finished, of all processes; enclosed travel in another one. "
        "Finished ones are counted by daily_papers_deliveries_finished_total.",
        "state",
        "platform",
    )
    depth = _gauge(
        gauges, "queue_depth", "Pending deliveries that may be sent now, those put off left out.", "platform"
    )
    oldest = _gauge(
        gauges,
        "oldest_due_seconds",
        "How long ago the oldest delivery that is not finished was due; 0 where there is none.",
        "platform",
    )
    for platform in {*platforms, *(one.platform for one in overview.backlog)}:
        for state in UNFINISHED:
            number.labels(state.value, platform).set(0)
        here = [one for one in overview.backlog if one.platform == platform]
        for one in here:
            number.labels(one.state.value, platform).set(one.number)
        depth.labels(platform).set(sum(one.ready for one in here))
        oldest.labels(platform).set(max((age_seconds(one.oldest, now) or 0.0 for one in here), default=0.0))


def _add_source(gauges: "CollectorRegistry", overview: Overview, now: datetime) -> None:
    """How fresh the papers are; left out while nothing is known of them."""
    age = age_seconds(overview.read_at, now)
    if age is not None:
        _gauge(gauges, "source_age_seconds", "Seconds since the source of papers last answered.").set(age)
    if overview.newest is not None:
        day = datetime.combine(overview.newest, time(), UTC)
        meaning = "The day of the newest edition with papers: its midnight in UTC."
        _gauge(gauges, "newest_edition_timestamp_seconds", meaning).set(day.timestamp())


def _gauge(gauges: "CollectorRegistry", name: str, meaning: str, *labels: str) -> "Gauge":
    from prometheus_client import Gauge

    return Gauge(f"daily_papers_{name}", meaning, labels, registry=gauges)
