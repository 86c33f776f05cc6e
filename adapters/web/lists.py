"""The pages of days, weeks and months, and of one paper."""

from collections import OrderedDict
from collections.abc import Hashable
from functools import partial

from aiohttp.web import Request

from adapters.web.answers import Answer, Problem
from adapters.web.bibtex import bibtex
from adapters.web.chart import HEIGHT, WIDTH, chart
from adapters.web.desk import Desk, Handler, page_number
from adapters.web.drawing import heading, is_whole, name_of, path_of_list
from bot.identifiers import find_identifier
from bot.messages import pages as messages
from bot.pages import Edition, Sorting
from bot.periods import Period, PeriodError, Span, period_of, read_period

_KEPT = 64
"""Pages that are kept drawn; each has some 60 KB at most."""
_SATURDAY = 5
_LABELS = {Span.DAY: "Day", Span.WEEK: "Week", Span.MONTH: "Month"}


class Lists:
    """Handlers of the pages of papers. A list is drawn anew when it stands otherwise than it did."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pages = desk.services.pages
        self._drawn: OrderedDict[Hashable, tuple[object, Answer]] = OrderedDict()

    async def home(self, request: Request) -> Answer:
        """The newest day."""
        return await self._list(request, await self._pages.newest(), newest=True)

    def of(self, span: Span) -> Handler:
        """The handler of a day, a week or a month."""
        return partial(self._named, span)

    async def _named(self, span: Span, request: Request) -> Answer:
        try:
            period = read_period(span, request.match_info["name"])
        except PeriodError as problem:
            raise Problem(400, "No such list", messages.bad_period(str(problem))) from None
        return await self._list(request, period)

    async def _list(self, request: Request, period: Period, newest: bool = False) -> Answer:
        sorting, number = _sorting(request), page_number(request)
        base = self._desk.addresses.base(request)
        key = (base, period, sorting, number, newest)
        if key in self._drawn and self._drawn[key][0] == await self._pages.standing(period):
            self._drawn.move_to_end(key)
            return self._drawn[key][1]
        edition = await self._pages.edition(period, sorting, number)
        if edition.standing.polled_at is None and not newest:
            said = messages.no_list(name_of(period))
            raise Problem(404, "No such list", said, edition.before, edition.after)
        answer = self._draw(request, edition, newest)
        self._drawn[key] = (edition.standing, answer)
        self._drawn.move_to_end(key)
        while len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        return answer

    def _draw(self, request: Request, edition: Edition, newest: bool) -> Answer:
        period, sorting = edition.period, edition.sorting
        above, title = heading(period)
        return self._desk.page(
            request,
            "list.html",
            path_of_list(period),
            query={
                "sort": None if sorting is Sorting.TRENDING else sorting.value,
                "page": edition.number if edition.number > 1 else None,
            },
            edition=edition,
            above=above,
            heading=title,
            spans=[(_LABELS[one.span], one, one.span is period.span) for one in edition.spans],
            whole=is_whole(edition),
            newest=newest,
            nothing=messages.NO_LIST_YET if edition.standing.polled_at is None
            else messages.empty_list(title, _is_weekend(period), not is_whole(edition)),
        )  # fmt: skip

    async def paper(self, request: Request) -> Answer:
        """One paper."""
        name = request.match_info["name"]
        identifier = find_identifier(name)
        if identifier is None:
            raise Problem(404, "No such paper", messages.no_identifier(name))
        async with self._desk.turn():  # for those that are like it
            one = await self._pages.paper(identifier)
        if one is None:
            raise Problem(404, "No such paper", messages.no_paper(identifier))
        return self._desk.page(
            request,
            "paper.html",
            f"/papers/{one.paper.id}",
            one=one,
            paper=one.paper,
            bibtex=bibtex(one.paper),
            chart=chart(one.votes),
            box=(WIDTH, HEIGHT),
            list_day=period_of(Span.DAY, one.paper.listed_on),
        )


def _is_weekend(period: Period) -> bool:
    return period.span is Span.DAY and period.first.weekday() >= _SATURDAY


def _sorting(request: Request) -> Sorting:
    try:
        return Sorting(request.query.get("sort", Sorting.TRENDING.value))
    except ValueError:
        raise Problem(400, "No such order", messages.BAD_SORTING) from None
