"""`--version`."""

from typing import Annotated

import typer

from bot.cli.root import app


def _show(asked: bool) -> None:
    """Print the version of what is installed, and exit."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"daily-papers {version('daily-papers-bot')}")
        raise typer.Exit


@app.callback()
def daily_papers(
    version: Annotated[
        bool, typer.Option("--version", callback=_show, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """What stands before the command."""
