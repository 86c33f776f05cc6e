"""What is logged while a test looks."""

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from structlog.testing import capture_logs

from bot.logs import configure_logs, log


@contextmanager
def captured_logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """Every event from INFO on. structlog is set up with the first line, which would end a capture."""
    configure_logs(json=False, level=logging.INFO)
    log.error("set_up")
    with capture_logs() as lines:
        yield lines
    configure_logs(json=False, level=logging.WARNING)
    log.error("set_up")
