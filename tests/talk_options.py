"""A typed line as the options that a person would choose on Discord, which has no bare text."""

import re

from tests.fakes.discord_files import Upload
from tests.fakes.discord_options import Chosen, Value

_NUMBERED = re.compile(r"(pause|resume|delete|why)\s+(\d+)")
_EDIT = re.compile(r"edit\s+(\d+)(?:\s+(.*))?")
_TURN = re.compile(r"channel(?:\s+(\d+))?\s+(on|off|pause|resume)(?:\s+(in .*))?")
_POST = re.compile(r"channel(?:\s+(\d+))?(?:\s+(.*))?")
_NAME = re.compile(r"channel\s+(name|unname)\s+<@(\d+)>")
_SETTING = re.compile(r"settings\s+(zone|time|quiet)\s+(\S+)")
_WISH = re.compile(
    r"(?P<filter>.*?)(?:(?:^|\s+)(?P<when>daily|weekly|each)(?:\s+(?P<weekday>[a-z]{3}))?(?:\s+(?P<time>\S+:\S+))?)?"
    r"(?:(?:^|\s+)on\s+(?P<days>\S+))?(?:(?:^|\s+)in\s+(?P<zone>\S+))?"
    r"(?:(?:^|\s+)style\s+(?P<style>\S+))?(?:(?:^|\s+)most\s+(?P<most>\d+))?"
    r"(?:(?:^|\s+)least\s+(?P<least>\d+))?(?:(?:^|\s+)explain\s+(?P<explain>\S+))?"
    r"(?:(?:^|\s+)late\s+(?P<late>\S+))?"
)


def chosen(text: str) -> tuple[str, dict[str, Value]]:
    """The subcommand and its options, of what follows `/papers`."""
    if found := _NUMBERED.fullmatch(text):
        return found[1], {"number": int(found[2])}
    if found := _EDIT.fullmatch(text):
        return "edit", {"number": int(found[1]), **_wished(found[2])}
    if found := _NAME.fullmatch(text):
        return found[1], {"who": Chosen(found[2])}
    if found := _TURN.fullmatch(text):
        return "channel", {"turn": found[2], **_post(found[1]), **_wished(found[3])}
    if found := _POST.fullmatch(text):
        return "channel", {**_wished(found[2]), **_post(found[1])}
    if found := _SETTING.fullmatch(text):
        return "settings", {found[1]: found[2]}
    name, _, rest = text.partition(" ")
    options: dict[str, dict[str, Value]] = {
        "subscribe": _wished(rest),
        "import": {"file": Upload(rest.encode(), name="subscriptions.json")},
        "search": {"filter": rest},
        "help": {"topic": rest} if rest else {},
    }
    assert name in options or not rest or text == "forget me", f"Discord has no options for {text}"
    return name, options.get(name, {})


def _post(number: str | None) -> dict[str, Value]:
    return {"post": int(number)} if number else {}


def _wished(text: str | None) -> dict[str, Value]:
    found = _WISH.fullmatch(text or "")
    assert found, f"the words behind a filter come in another order: {text}"
    said = {name: value for name, value in found.groupdict().items() if value}
    if day := said.pop("weekday", said.pop("days", None)):
        said["day"] = day
    return {name: int(value) if name in ("most", "least") else value for name, value in said.items()}
