"""`daily-papers`: the command line. Commands import what they need when they run, so that help is quick."""

import sys

from typer.exceptions import Abort, TyperException

from bot.cli import outbox  # noqa: F401  (its commands join the others)
from bot.cli.root import app
from bot.cli.shell import explain, fail


def _sentence(problem: TyperException) -> str:
    """What was wrong with the words, on one line."""
    said = " ".join(problem.format_message().replace("Value error, ", "").split())
    return f"{said.rstrip('.')}; see daily-papers --help" if "--" not in said else said


def main() -> None:
    """Run one command and exit: 0 done, 1 failed, 2 wrong use. Every error is one sentence."""
    try:
        code = app(standalone_mode=False)
    except TyperException as problem:
        code = fail(_sentence(problem), problem.exit_code)
    except (Abort, KeyboardInterrupt):
        code = 130
    except Exception as problem:
        code = explain(problem)
    sys.exit(code or 0)
