"""`search`: the papers of the store that fit a filter."""

import json
from shlex import quote

from bot.app import App
from bot.cli.reading import show
from bot.cli.shell import answer, note
from bot.filters.describe import describe
from bot.filters.errors import FilterError
from bot.filters.question import read_question
from bot.filters.syntax import Filter
from bot.messages import search as messages
from bot.search import Hit

_WRONG = 2


async def search(app: App, text: str, limit: int, as_json: bool) -> int:
    """Print what a filter finds, best first; 2 where it cannot be read."""
    try:
        wanted = read_question(text)
    except FilterError as problem:
        note(f"daily-papers: this filter cannot be read:\n{problem.pointed}")
        return _WRONG
    found = await app.search.find(wanted, app.clock().date(), limit)
    if as_json:
        answer(json.dumps([_as_json(hit) for hit in found.hits], ensure_ascii=False, indent=2))
    elif found.hits:
        await show(app, messages.listing(found), "search")
    if not found.hits:
        note(await _nothing(app, wanted))
    return 0


async def _nothing(app: App, wanted: Filter) -> str:
    """That nothing was found, and which term is to blame for it."""
    today = app.clock().date()
    if not (await app.search.find(Filter(), today, 1)).total:
        return "The store has no papers yet; `daily-papers ingest` reads the newest."
    said = f"The store has no {describe(Filter(wanted.root))}."
    blocking = await app.search.blocking(wanted, today)
    if blocking is None:
        return said
    blamed, rest = blocking
    return f"{said} Without {blamed} there are some: daily-papers search {quote(str(rest))}"


def _as_json(hit: Hit) -> dict[str, object]:
    paper = hit.paper
    return {
        "id": paper.id,
        "title": paper.title,
        "score": hit.score,
        "listed": paper.listed_on.isoformat(),
        "upvotes": paper.upvotes,
        "url": paper.url,
    }
