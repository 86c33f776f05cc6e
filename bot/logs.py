"""Logging: structured, one line an outcome, to standard error; secrets are blotted out.

structlog is imported with the first line that is logged: it costs a fifth of a second, and most
commands log nothing.
"""

import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

_BLOT = "***"
_SHORTEST_SECRET = 6


@dataclass(frozen=True, slots=True)
class _Choice:
    """What `configure_logs` was given, until the first line needs it."""

    json: bool
    level: int
    secrets: tuple[str, ...]


_choice = _Choice(json=False, level=logging.WARNING, secrets=())
_configured = False


class Logger:
    """Logs an event by name with fields: `log.info("ingested", papers=20)`. No message texts, no secrets."""

    def info(self, event: str, **fields: Any) -> None:
        self._log(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        self._log(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Any) -> None:
        self._log(logging.ERROR, event, fields)

    def exception(self, event: str, **fields: Any) -> None:
        """An error with the traceback of the exception that is being handled."""
        self._log(logging.ERROR, event, {**fields, "exc_info": True})

    def _log(self, level: int, event: str, fields: dict[str, Any]) -> None:
        if level >= _choice.level:
            _configure()
            import structlog

            structlog.get_logger().log(level, event, **fields)


log = Logger()


class _LibraryHandler(logging.Handler):
    """Takes what libraries log; its formatter is made with the first record."""

    def emit(self, record: logging.LogRecord) -> None:
        if self.formatter is None:
            self.setFormatter(_library_formatter())
        sys.stderr.write(self.format(record) + "\n")


def configure_logs(json: bool, level: int, secrets: Iterable[str] = ()) -> None:
    """Say how to log, from now on, our own events and the libraries'.

    Args:
        json: a JSON object a line, for machines; else text for people.
        level: a level of `logging`; libraries speak from WARNING on, whatever it is.
        secrets: values that are replaced by stars wherever they stand.
    """
    global _choice, _configured
    longest_first = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len)[::-1]
    _choice = _Choice(json, level, tuple(longest_first))
    _configured = False
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _LibraryHandler)]:
        root.removeHandler(handler)
    root.addHandler(_LibraryHandler())
    root.setLevel(max(level, logging.WARNING))


def _configure() -> None:
    global _configured
    import structlog

    if not _configured:
        _configured = True
        structlog.configure(
            processors=[*_processors(), _renderer()],
            wrapper_class=structlog.make_filtering_bound_logger(_choice.level),
            logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        )


def _library_formatter() -> logging.Formatter:
    import structlog

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_processors(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer()],
    )


def _processors() -> "list[Processor]":
    import structlog

    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _blot,
    ]


def _renderer() -> "Processor":
    import structlog

    if _choice.json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _blot(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """A last line of defence: no caller passes a secret, but a library's exception may quote one."""
    blotted: EventDict = _without_secrets(event)
    return blotted


def _without_secrets(value: Any) -> Any:
    """The value with stars for secrets, in whatever lists and dicts they hide."""
    if isinstance(value, str):
        for secret in _choice.secrets:
            value = value.replace(secret, _BLOT)
        return value
    if isinstance(value, dict):
        return {name: _without_secrets(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(item) for item in value]
    return value
