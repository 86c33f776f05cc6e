"""`daily-papers`: the command line. Commands import what they need when they run, so that help is quick."""

import sys

from typer import BadParameter
from typer.exceptions import Abort, TyperException

from bot.cli import outbox, version  # noqa: F401  (what they have joins the others)
from bot.cli.root import app
from bot.cli.shell import explain, fail, note


def _sentence(problem: TyperException) -> str:
    """What was wrong with the words, on one line."""
    said = _wanted_number(problem) or " ".join(problem.format_message().replace("Value error, ", "").split())
    return f"{said.rstrip('.')}; see daily-papers --help" if "--" not in said else said


def _wanted_number(problem: TyperException) -> str | None:
    """What to write for an option that takes numbers of a range: Typer says it in words for programmers. None
    where something else is wrong."""
    option = getattr(problem, "param", None)
    least, most = getattr(option, "min", None), getattr(option, "max", None)
    if not isinstance(problem, BadParameter) or option is None or least is None:
        return None
    numbers = f"{least} to {most}" if most is not None else f"{least} or more"
    return f"{option.opts[-1]} takes a whole number: write {numbers}"


def main() -> None:
    """Run one command and exit: 0 done, 1 failed, 2 wrong use. Every error is one sentence."""
    try:
        code = app(standalone_mode=False)
    except TyperException as problem:
        code = problem.exit_code
        if problem.format_message().startswith("Usage:"):  # nothing was typed, so that this is the help
            note(problem.format_message())
        else:
            fail(_sentence(problem))
    except (Abort, KeyboardInterrupt):
        code = 130
    except Exception as problem:
        code = explain(problem)
    sys.exit(code or 0)
