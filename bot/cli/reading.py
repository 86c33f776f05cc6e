"""`ingest`, `digest` and `paper`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from bot import digest as digests
from bot.app import App
from bot.cli.bars import bar
from bot.cli.sending import find_edition
from bot.cli.shell import Failed, answer, note
from bot.identifiers import find_identifier
from bot.ingest import Ingested, days_between
from bot.markup import Message, plain
from bot.messages import answers, thread
from bot.messages.thread import Served
from bot.messages.words import day_name
from bot.places import Place
from bot.source import SourceError
from bot.text import counted
from storage import papers
from storage.models import Paper, PartKind, Style

_LONG_RANGE = 5
_SETTLED_DAYS = 2


async def ingest(app: App, first: date | None, last: date | None) -> int:
    """Read a range of days, or the newest edition and what is open before it. Raises SourceError."""
    if first is None or last is None:
        for edition in await app.ingest.catch_up(_SETTLED_DAYS):
            answer(_describe(edition))
        await _learn(app)
        return 0
    days = list(days_between(first, last))
    read = 0
    try:
        with _progress(len(days)) as advance:
            async for edition in app.ingest.days(days, advance):
                read += 1
                if len(days) <= _LONG_RANGE:
                    answer(_describe(edition))
    except SourceError as problem:
        await _learn(app)
        raise SourceError(_stopped(days[read:], problem)) from problem
    await _learn(app)
    if len(days) > _LONG_RANGE:
        answer(f"{counted(len(days), 'day')} read, from {day_name(first)} to {day_name(last)}.")
    return 0


async def _learn(app: App) -> None:
    """Let ranking learn from what was read, should there be enough of it."""
    await app.index.ensure()
    await app.ranking.learn_if_due()


@contextmanager
def _progress(days: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal where there are many days; gives what moves it by one."""
    if days <= _LONG_RANGE:
        yield lambda: None
        return
    with bar() as shown:
        task = shown.add_task("Reading editions", total=days)
        yield lambda: shown.advance(task)


def _stopped(left: list[date], problem: SourceError) -> str:
    if len(left) == 1:
        return str(problem)
    rest = f"--since {left[0].isoformat()} --until {left[-1].isoformat()}"
    return f"{problem}; to go on, run daily-papers ingest {rest}"


def _describe(read: Ingested) -> str:
    if not read.papers:
        return f"No papers are listed on {day_name(read.day)}."
    skipped = f", {counted(read.skipped, 'record')} could not be read" if read.skipped else ""
    return f"{day_name(read.day)}: {counted(read.papers, 'paper')}, {read.new} new{skipped}."


async def digest(app: App, day: date | None, form: str, style: str, most: int | None) -> int:
    """Print what would be posted. Raises SourceError, Failed."""
    edition = await find_edition(app, day)
    async with app.database.read() as session:
        listed = digests.standing(await papers.papers_listed(session, edition.day, edition.day))
    if not listed:
        note(f"No papers are listed on {day_name(edition.day)}.")
        if form == "json":
            answer("[]")
        return 0
    content = digests.arrange(listed, most)
    platform = form if form in ("slack", "discord") else "console"
    lines = app.connections.platform(platform).limits.lines
    by_id = {paper.id: paper for paper in listed}
    messages: list[tuple[PartKind, list[Paper], Message]] = []
    for part in digests.parts(content, Style(style), lines):
        shown = [by_id[paper] for paper in part.papers]
        messages.append((part.kind, shown, thread.part(part.kind, shown, content, Style(style), Served())))
    await _print(app, form, messages)
    return 0


async def _print(app: App, form: str, messages: list[tuple[PartKind, list[Paper], Message]]) -> None:
    if form == "json":
        parts = [_part_as_json(kind, shown, message) for kind, shown, message in messages]
        answer(json.dumps(parts, ensure_ascii=False, indent=2))
    elif form == "markdown":
        from bot.markdown import markdown

        answer("\n\n".join(markdown(message) for _, _, message in messages))
    elif form == "console":
        for position, (_, _, message) in enumerate(messages):
            await show(app, message, f"digest.{position}")
    else:
        preview = app.connections.platform(form).preview
        answer(json.dumps([preview(message) for _, _, message in messages], ensure_ascii=False, indent=2))


def _part_as_json(kind: PartKind, shown: list[Paper], message: Message) -> dict[str, Any]:
    card = shown[0] if kind is PartKind.CARD else None
    paper = card and {"id": card.id, "title": card.title, "upvotes": card.upvotes, "url": card.url}
    return {"kind": kind.value, "text": plain(message), "paper": paper}


async def show(app: App, message: Message, key: str) -> None:
    """Print a message on the terminal, as the console's adapter does."""
    console = await app.connections.adapter("console")
    await console.send(Place("console", ""), message, key)


async def paper(app: App, text: str, as_json: bool) -> int:
    """Show one paper of the store. Raises Failed where the store has it not."""
    identifier = find_identifier(text)
    if identifier is None:
        raise Failed(f'"{text}" is not an arXiv identifier; write for example 2607.25895')
    async with app.database.read() as session:
        found = (await papers.papers_by_id(session, [identifier])).get(identifier)
    if found is None:
        raise Failed(
            f"{identifier} is in no edition of the store; read its day with `daily-papers ingest --date DATE`"
        )
    if as_json:
        known = found.model_dump(mode="json", exclude={"release"})  # our own bookkeeping
        answer(json.dumps({**known, "url": found.url}, ensure_ascii=False, indent=2))
    else:
        await show(app, answers.paper(found), "paper")
    return 0
