"""What cannot be done because of what was said, as answers: the same words for every command."""

import re
from collections.abc import Awaitable

from bot.filters.errors import FilterError
from bot.kept_filters import ForgottenError
from bot.messages import search
from bot.messages import subscriptions as messages
from bot.request import Reply, Request
from bot.schedule import ScheduleError
from bot.subscribing import MOST, TooManyError
from bot.wishes import WishError

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but for blanks and new lines, and halves of surrogate pairs. No keyboard types them, and
PostgreSQL keeps neither (docs: "Character Types"; NUL is no character there)."""


def unseen(request: Request) -> Reply | None:
    """What is answered where somebody says what nobody can see; None where they do not. A file says it for
    itself."""
    for name, text in {"filter": request.text, **(request.fields or {})}.items():
        if _UNSEEN.search(text):
            return wrong("there is a character in it that nobody sees; please type it anew", name)
    return None


def wrong(sentence: str, field: str = "filter") -> Reply:
    """Something cannot be read: said in the form where there is one, and as a message."""
    return Reply((messages.wrong(sentence),), errors={field: sentence})


def unreadable(error: FilterError) -> Reply:
    """A filter cannot be read."""
    return Reply((search.unreadable(error),), errors={"filter": str(error)})


async def or_refusal(answer: Awaitable[Reply]) -> Reply:
    """An answer, or why it cannot be given."""
    try:
        return await answer
    except FilterError as error:
        return unreadable(error)
    except WishError as problem:
        return wrong(str(problem), problem.field)
    except ScheduleError as problem:
        return wrong(str(problem), "when")
    except ForgottenError:
        return Reply((search.forgotten(),))
    except TooManyError:
        return Reply((messages.too_many(MOST),))
