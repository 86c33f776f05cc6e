"""What every command shares: settings, logs, the app, and one sentence for whatever goes wrong."""

import gc
import sys
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, redirect_stdout
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Settings

UseCase = Callable[["App"], Awaitable[int]]


class Failed(Exception):
    """A command could not do what was asked. The text says in one sentence what to do."""


def run(
    use_case: UseCase,
    prepare: "Callable[[Settings], Settings] | None" = None,
    verbose: bool = False,
    quiet_stdout: bool = False,
) -> None:
    """Open the app, run a use case, and exit with its code. What goes wrong is for `explain` to say.

    Args:
        prepare: changes the settings before they are used.
        verbose: log outcomes, not warnings alone.
        quiet_stdout: whatever is printed on the way goes to standard error, so that `answer` alone
            reaches standard output.
    """
    import asyncio
    import logging

    from bot.app import open_app
    from bot.logs import configure_logs
    from bot.settings import read_settings

    async def opened(settings: "Settings") -> int:
        async with open_app(settings) as app:
            return await use_case(app)

    collect_seldom()
    settings = read_settings()
    settings = prepare(settings) if prepare else settings
    level = logging.INFO if verbose else logging.WARNING
    configure_logs(settings.log == "json", level, settings.secrets)
    with redirect_stdout(sys.stderr) if quiet_stdout else nullcontext():
        code = asyncio.run(opened(settings))
    raise typer.Exit(code)


def collect_seldom() -> None:
    """Let Python look for garbage in cycles less often than by itself. Planning makes a dozen short-lived
    containers for each subscription, none of them in a cycle, and looked at a fifth of the time."""
    gc.set_threshold(10_000, 20, 50)


def explain(problem: Exception) -> int:
    """Say what went wrong in one sentence, and give the exit code."""
    from bot.adapter import AdapterError
    from bot.entrance import EntranceError
    from bot.filters.errors import FilterError
    from bot.places import PlaceError
    from bot.roles import NoSuchRole
    from bot.schedule import ScheduleError
    from bot.settings import SettingsError
    from bot.source import SourceError
    from storage.database import DatabaseError

    while isinstance(problem, ExceptionGroup):
        problem = problem.exceptions[0]
    if isinstance(problem, SettingsError):
        return fail(f"these settings are wrong, see .env.example:\n{problem}", 2)
    if isinstance(problem, PlaceError | ScheduleError | FilterError | NoSuchRole):
        return fail(str(problem), 2)
    if isinstance(problem, Failed | AdapterError | EntranceError | SourceError | DatabaseError):
        return fail(str(problem))
    if isinstance(problem, BrokenPipeError):
        return 1
    return fail(f"unexpected problem, please report it: {type(problem).__name__}: {problem}")


def fail(sentence: str, code: int = 1) -> int:
    """Say on standard error what went wrong, and give the exit code."""
    end = "" if sentence.endswith((".", "?", "!")) else "."
    typer.echo(f"daily-papers: {sentence}{end}", err=True)
    return code


def answer(text: str) -> None:
    """Print what was asked for on standard output, whatever `run` has redirected."""
    typer.echo(text, file=sys.__stdout__)


def note(text: str) -> None:
    """Print something beside the answer, on standard error."""
    typer.echo(text, err=True)
