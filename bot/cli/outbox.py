"""`deliveries`: what went out or failed to, and putting a failed one back."""

from typing import Annotated

import typer

from bot.cli.root import JsonOption, app
from bot.cli.shell import run


@app.command()
def deliveries(
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what failed, or left a message out.")
    ] = False,
    retry: Annotated[
        list[int] | None,
        typer.Option(min=1, metavar="ID", help="Put a failed delivery back; may be given several times."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the latest deliveries, or put failed ones back. Newest first, 50 at the most."""
    from bot.cli import letters

    if retry:
        run(lambda opened: letters.retry(opened, retry, as_json), quiet_stdout=as_json)
    run(lambda opened: letters.show(opened, failed, as_json), quiet_stdout=as_json)
