"""The commands that set one platform up, and their options. Nothing is imported here that `--help` does not
need."""

from typing import Annotated

import typer

from bot.cli.shell import run

slack = typer.Typer(help="Set up Slack.", no_args_is_help=True, rich_markup_mode=None)
discord = typer.Typer(help="Set up Discord.", no_args_is_help=True, rich_markup_mode=None)


@slack.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="The bot's public address, to do without Socket Mode.")
    ] = None,
) -> None:
    """Print the app manifest to paste at api.slack.com/apps."""
    from bot.cli import guides

    guides.show("slack", "manifest", url)


@discord.command()
def invite() -> None:
    """Print the link that invites the bot to a server."""
    from bot.cli import guides

    guides.show("discord", "invite")


@slack.command()
def workspaces(
    as_json: Annotated[bool, typer.Option("--json", help="For programs; docs/cli.md has the shape.")] = False,
) -> None:
    """List the workspaces that have installed the bot. That of SLACK_BOT_TOKEN is not among them."""
    from bot.cli import workspaces

    run(lambda opened: workspaces.show(opened, "slack", as_json))


@slack.command()
def add() -> None:
    """Add a workspace by its bot token. It is asked for, or read from standard input."""
    from bot.cli import workspaces

    run(lambda opened: workspaces.add(opened, "slack"))


@slack.command()
def remove(
    team: Annotated[str, typer.Argument(metavar="TEAM", help="As in `slack workspaces`: T0123.")],
) -> None:
    """Forget a workspace's token, and pause all that goes there."""
    from bot.cli import workspaces

    run(lambda opened: workspaces.remove(opened, "slack", team))
