"""The page to subscribe by mail. What is filled in goes to `OptIns`, and its answer is shown."""

from collections.abc import Mapping, Sequence

from aiohttp import web
from aiohttp.web import Request, RouteDef

from adapters.web.answers import ASK, HTML, NEVER, Answer
from adapters.web.desk import Desk, asked, mistake_in
from adapters.web.finding import Finding
from adapters.web.posted import posted
from adapters.web.replies import status_of
from bot.schedule import WEEKDAYS, zone_names

PATH = "/subscribe"
TRAP = "topic"
"""A field that no person sees, and that no browser knows to fill in."""
_FILLED = {"email": "", "filter": "", "every": "daily", "day": "mon", "time": "09:00", "zone": "UTC"}
"""What stands in the form at first."""
_TOLD = ("email", "filter", "when", "zone")
"""What `OptIns.request` calls the fields that it finds wrong."""


class Enrolling:
    """Handlers. A form on a stranger's page may lead here too: all it brings about is the mail that asks, as
    often as `OptIns` lets a network and a mailbox."""

    def __init__(self, desk: Desk, finding: Finding) -> None:
        self._desk = desk
        self._finding = finding

    @property
    def routes(self) -> Sequence[RouteDef]:
        return [
            web.get(PATH, self._desk.guarded(self.form)),
            web.get(f"{PATH}/preview", self._desk.guarded(self.preview)),
            web.post(PATH, self._desk.guarded(self.ask)),
        ]

    async def form(self, request: Request) -> Answer:
        """The empty form, but for what somebody comes with; an address is in no link."""
        self._desk.sign_up()
        brought = {name: asked(request, name) or usual for name, usual in _FILLED.items() if name != "email"}
        return await self._form(request, _FILLED | brought)

    async def preview(self, request: Request) -> Answer:
        """The part of the form that changes while a filter is typed."""
        text = asked(request, "q")
        _, values = await self._finding.found(text, 1)
        return Answer.of(self._desk.renderer.render("taste.html", values | mistake_in(text)), HTML, ASK)

    async def ask(self, request: Request) -> Answer:
        """Let the owner of the mailbox be asked; or say what is wrong, each thing at its field."""
        opt_ins, form = self._desk.sign_up(), await posted(request)
        said = {name: form.get(name, usual) for name, usual in _FILLED.items()}
        reply = await opt_ins.request(
            {
                "email": said["email"],
                "filter": said["filter"],
                "when": when_of(said),
                "zone": said["zone"],
            },
            self._desk.addresses.asker(request),
            self._desk.services.clock(),
            trapped=bool(form.get(TRAP)),
        )
        if reply.errors:
            return await self._form(request, said, reply.errors)
        return self._desk.page(
            request,
            "told.html",
            PATH,
            NEVER,
            status_of(reply),
            title=reply.messages[0].title or "Subscribe by mail",
            messages=reply.messages,
        )

    async def _form(
        self, request: Request, said: Mapping[str, str], errors: Mapping[str, str] | None = None
    ) -> Answer:
        _, values = await self._finding.found(said["filter"].strip(), 1)
        return self._desk.page(
            request,
            "enrol.html",
            PATH,
            NEVER if errors else ASK,
            400 if errors else 200,
            {"filter": said["filter"]} if not errors else None,
            **values | mistake_in(said["filter"]),
            said=said,
            errors={name: (errors or {}).get(name, "") for name in _TOLD},
            fresh=not errors and said["zone"] == _FILLED["zone"],
            weekdays=WEEKDAYS,
            zones=zone_names(),
        )


def when_of(said: Mapping[str, str]) -> str:
    """What the fields `every`, `day` and `time` say, as `bot.wishes` reads it."""
    if said["every"] == "each":
        return "each"
    day = f" {said['day']}" if said["every"] == "weekly" else ""
    return f"{said['every']}{day} {said['time']}"
