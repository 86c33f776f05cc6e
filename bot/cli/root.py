"""The commands and their options. Nothing is imported here that `--help` does not need."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.platforms import discord, slack
from bot.cli.shell import run
from bot.cli.values import read_date, read_filter, read_moment, read_number

app = typer.Typer(
    name="daily-papers",
    help="Hugging Face's Daily Papers, where research groups talk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(slack, name="slack")
app.add_typer(discord, name="discord")


class StyleChoice(StrEnum):
    """How a digest is posted."""

    thread = "thread"
    compact = "compact"


class CadenceChoice(StrEnum):
    """How often a digest comes."""

    daily = "daily"
    weekly = "weekly"
    each = "each"


class Format(StrEnum):
    """What `digest` prints."""

    console = "console"
    slack = "slack"
    discord = "discord"
    markdown = "markdown"
    json = "json"


PlaceArgument = Annotated[
    str,
    typer.Argument(
        metavar="PLACE",
        help="slack:C0123, slack:@U0123, discord:1234, discord:@1234, email:ann@example.org, console:.",
    ),
]
NumberArgument = Annotated[
    int, typer.Argument(parser=read_number, metavar="ID", help="As in `subscriptions`.")
]
DateOption = Annotated[
    date | None, typer.Option("--date", parser=read_date, metavar="DATE", help="An edition: 2026-07-29.")
]
NowOption = Annotated[
    datetime | None,
    typer.Option(
        "--now", parser=read_moment, metavar="ISO", help="The moment that counts, for trying things out."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs; docs/cli.md has the shape.")]
StyleOption = Annotated[StyleChoice, typer.Option("--style", help="A thread, or one line a paper.")]
MaxOption = Annotated[
    int | None, typer.Option("--max", min=1, max=1000, metavar="N", help="At most N papers on their own.")
]


@app.command()
def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Show it as a web page, on DAILY_PAPERS_HTTP, until Ctrl-C.")
    ] = False,
) -> None:
    """Show the newest edition here as a thread, without a token.

    It comes from huggingface.co, or is the bundled one where that is out of reach, and is kept in demo.db,
    which no other command reads.
    """
    from bot.cli import demo

    run(demo.serve if serve else demo.demo, demo.prepare)


@app.command("run")
def serve(
    console: Annotated[
        bool, typer.Option("--console", help="Talk to it in this terminal too; needs no token.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="What this process is for: plan, deliver, ingest, learn, slack, discord, web."),
    ] = None,
) -> None:
    """Run the bot until Ctrl-C. It reads editions, posts what is due, and answers /papers."""
    from bot.cli import serving

    run(lambda opened: serving.serve(opened, console, only or []), verbose=not console)


@app.command()
def ingest(
    day: DateOption = None,
    since: Annotated[
        date | None, typer.Option(parser=read_date, metavar="DATE", help="First of a range.")
    ] = None,
    until: Annotated[
        date | None, typer.Option(parser=read_date, metavar="DATE", help="Last of a range.")
    ] = None,
) -> None:
    """Read the newest edition, a day, or a range of days."""
    from bot.cli import reading

    if day and (since or until):
        raise typer.BadParameter("use either --date or --since and --until")
    if bool(since) != bool(until) or (since and until and since > until):
        raise typer.BadParameter("--since and --until go together, the earlier day first")
    run(lambda opened: reading.ingest(opened, since or day, until or day))


@app.command()
def digest(
    day: DateOption = None,
    form: Annotated[Format, typer.Option("--for", help="Who reads it.")] = Format.console,
    style: StyleOption = StyleChoice.thread,
    most: MaxOption = None,
) -> None:
    """Print what would be posted, and post nothing. The newest edition by default."""
    from bot.cli import reading

    run(lambda opened: reading.digest(opened, day, form.value, style.value, most))


@app.command()
def paper(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="An arXiv identifier or a link.")],
    as_json: JsonOption = False,
) -> None:
    """Show one paper of the store."""
    from bot.cli import reading

    run(lambda opened: reading.paper(opened, identifier, as_json))


@app.command(context_settings={"ignore_unknown_options": True})
def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="FILTER", help='Such as "diffusion -survey has:code", or a question.'),
    ],
    limit: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="At most N papers.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Find papers in the store, best first."""
    from bot.cli import searching

    text = read_filter(words)
    run(lambda opened: searching.search(opened, text, limit, as_json))


@app.command()
def reindex() -> None:
    """Make the search index and what ranking has learnt anew. The bot keeps both by itself."""
    from bot.cli import indexing

    run(indexing.reindex)


@app.command()
def post(
    place: PlaceArgument,
    day: DateOption = None,
    style: StyleOption = StyleChoice.thread,
    most: MaxOption = None,
    again: Annotated[bool, typer.Option("--again", help="Post what the place got before once more.")] = False,
) -> None:
    """Post an edition to a place now. What it got before is not posted again."""
    from bot.cli import sending

    run(lambda opened: sending.post(opened, place, day, style.value, most, again))


@app.command()
def deliver(now: NowOption = None, as_json: JsonOption = False) -> None:
    """Send all that is due, and exit. Made for cron and scheduled workflows."""
    from bot.cli import sending

    run(lambda opened: sending.deliver(opened, now, as_json), quiet_stdout=as_json)


@app.command(context_settings={"ignore_unknown_options": True})
def subscribe(
    place: PlaceArgument,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="FILTER", help="As in `search`; without one: every paper.")
    ] = None,
    cadence: Annotated[
        CadenceChoice, typer.Option(help="How often; each: as soon as a list has settled.")
    ] = (CadenceChoice.daily),
    at: Annotated[str | None, typer.Option(metavar="HH:MM", help="Local time.", show_default="09:00")] = None,
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Such as Europe/Paris.")] = "UTC",
    days: Annotated[
        str | None, typer.Option(metavar="DAYS", help="Such as mon,wed; else mon-fri, or mon where weekly.")
    ] = None,
    style: StyleOption = StyleChoice.thread,
    most: MaxOption = None,
    least: Annotated[
        int | None, typer.Option("--min", min=1, max=100, metavar="N", help="Fewer papers wait for the next.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say so on a day without papers.")] = False,
    append_late: Annotated[
        bool, typer.Option("--append-late", help="Late papers join the thread of their day.")
    ] = False,
    sure: Annotated[bool, typer.Option("--sure", help="Though no recent paper matches.")] = False,
    now: NowOption = None,
) -> None:
    """Post a digest to a place on these days at this time."""
    from bot.cli import subscribing

    read_filter([place])  # a mistyped option would stand there
    text = read_filter(words or [])
    typed = subscribing.Typed(
        place,
        text,
        cadence.value,
        at,
        zone,
        days,
        style.value,
        most,
        least,
        explain,
        append_late,
        sure,
    )
    run(lambda opened: subscribing.subscribe(opened, typed, now))


@app.command()
def subscriptions(as_json: JsonOption = False) -> None:
    """List the subscriptions and when each is next due."""
    from bot.cli import subscribing

    run(lambda opened: subscribing.show(opened, as_json))


@app.command()
def unsubscribe(number: NumberArgument) -> None:
    """End a subscription."""
    from bot.cli import subscribing

    run(lambda opened: subscribing.unsubscribe(opened, number))


@app.command()
def pause(number: NumberArgument) -> None:
    """Let nothing come of a subscription until it is resumed."""
    from bot.cli import subscribing

    run(lambda opened: subscribing.pause(opened, number))


@app.command()
def why(place: PlaceArgument, now: NowOption = None) -> None:
    """Say what came to a place, what did not, and why."""
    from bot.cli import subscribing

    run(lambda opened: subscribing.why(opened, place, now))


@app.command()
def resume(number: NumberArgument, now: NowOption = None) -> None:
    """Take up a paused subscription again."""
    from bot.cli import subscribing

    run(lambda opened: subscribing.resume(opened, number, now))
