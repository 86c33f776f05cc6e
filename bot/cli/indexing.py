"""`reindex`."""

import time

from bot.app import App
from bot.cli.bars import bar
from bot.cli.shell import answer
from bot.text import counted


async def reindex(app: App) -> int:
    """Make the search index and what ranking has learnt anew, with a bar on a terminal.

    Raises DatabaseError.
    """
    began = time.perf_counter()
    with bar() as shown:
        task = shown.add_task("Indexing papers", total=None)
        papers = await app.index.rebuild(lambda done, of: shown.update(task, completed=done, total=of))
        shown.update(task, description="Learning to rank", total=None)
        await app.ranking.learn()
    answer(f"{counted(papers, 'paper')} indexed in {time.perf_counter() - began:.1f} seconds.")
    return 0
