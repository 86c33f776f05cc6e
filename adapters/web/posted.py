"""What is sent to a page: the fields of a form, as long as they are few and short."""

from urllib.parse import parse_qsl

from aiohttp import ClientError
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import Request, RequestPayloadError

from adapters.web.answers import Problem
from bot.messages import pages as messages
from bot.request import LONGEST_FILE

MOST_BYTES = 4 * LONGEST_FILE
"""Of a whole form: the longest file that is taken, pasted, and written as addresses are."""
_MOST_FIELDS = 40
_KIND = "application/x-www-form-urlencoded"
_BROKEN = (RequestPayloadError, HttpProcessingError, ClientError, OSError)


async def posted(request: Request) -> dict[str, str]:
    """The fields of a form by their names; of those that are there twice, the last. Raises Problem."""
    if request.content_type != _KIND:
        raise Problem(415, "No form", messages.NO_FORM)
    body = bytearray()
    try:
        async for piece in request.content.iter_any():
            body += piece
            if len(body) > MOST_BYTES:
                raise Problem(413, "Too long", messages.TOO_LONG)
        text = body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except TimeoutError:
        raise Problem(408, "Too slow", messages.TOO_SLOW) from None
    except (*_BROKEN, ValueError):
        raise Problem(400, "No form", messages.NO_FORM) from None
