"""What the web page says where something is not as it was asked for."""

from bot.filters.syntax import Filter
from bot.markup import Line, Span, line
from bot.text import cut

_ECHO = 80
NO_LIST_YET = (
    "No list has been read so far. The bot reads the newest one within some minutes; try again then."
)
OUT_OF_ORDER = "The store of papers does not answer now. Please try again in a minute."
BUSY = "Many people search just now. Please try again in a minute."
MISHAP = "That went wrong on our side, and it is in the log. Trying again may help."
NO_PAGE = "There is nothing at this address. The search finds papers, and the newest list has its own page."
NO_FEED = (
    "There is no feed at this address; perhaps it has moved. /papers feed in the chat says where yours is."
)
NO_MAIL = "This bot sends no mail. Every filter is a feed, though: the page of feeds says how to follow it."
MAIL_NOT_READY = (
    "Mail is not ready here; whoever runs the bot finds why in its log. "
    "Every filter is a feed, though: the page of feeds says how to follow it."
)
TOO_LONG = "That is more than this page takes. Please go back, and send less."
TOO_SLOW = "What you sent did not come in time. Please go back, and send it again."
NO_FORM = "This address takes what is filled in on a page. Please go back to that page, and try again."
BAD_NUMBER = "The number of a page is a whole number from 1 on: write for example page=2."
BAD_SORTING = "A list is sorted by trending or by new: write sort=trending or sort=new."


def bad_period(problem: str) -> str:
    """An address that names no day, week or month."""
    return f"This address names no list: {problem}."


def no_list(name: str) -> str:
    """A day, week or month of which no list is known."""
    return f"No papers are known for {name}."


def empty_list(name: str, weekend: bool, grows: bool) -> str:
    """A day, week or month whose lists are empty.

    Args:
        weekend: it is a Saturday or a Sunday.
        grows: it may still get papers.
    """
    said = f"No papers are listed for {name} so far." if grows else f"No papers were listed for {name}."
    return f"{said} On weekends that is usual." if weekend else said


def no_paper(identifier: str) -> str:
    """A paper that was on no list."""
    return f"{cut(identifier, _ECHO)} was on none of the daily lists that the bot has read."


def no_identifier(text: str) -> str:
    """An address that names no paper."""
    return f"“{cut(text, _ECHO)}” is no arXiv identifier; write for example 2607.25895."


def blamed(terms: Filter) -> Line:
    """The terms without which something would be found."""
    written = Span(cut(str(terms), 300), code=True)
    return line("It is ", written, " that leaves none; without it there are some.")
