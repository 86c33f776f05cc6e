"""What every platform says of itself before its library is loaded."""

import subprocess
import sys

import pytest

from bot.adapter import platforms
from bot.places import parse_place
from bot.settings import Settings
from tests.fakes.world import NAMES, world_of
from tests.shared import SHARED

LIBRARIES = ("aiohttp", "aiosmtplib", "discord", "jinja2", "rich", "slack_bolt", "slack_sdk")
NEEDED = {
    "discord": {"DISCORD_BOT_TOKEN"},
    "email": {"SMTP_URL", "EMAIL_FROM"},
    "slack": {"SLACK_BOT_TOKEN"},
}
TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DISCORD_BOT_TOKEN", "SMTP_URL", "EMAIL_FROM")


@pytest.mark.parametrize("name", NAMES)
def test_a_platform_describes_itself(name: str) -> None:
    platform = platforms()[name]
    assert platform.name == name
    for example in platform.example.split(" or "):
        place = parse_place(example)
        assert place.platform == name
        assert platform.address.fullmatch(place.address)
    assert platform.limits.lines > 0
    assert platform.limits.cards > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_platform_says_what_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*TOKENS, "DISCORD_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    settings = Settings(_env_file=None)  # type: ignore[call-arg] # pydantic-settings adds it
    missing = platforms()[name].missing(settings)
    assert bool(missing) == (name != "console")
    assert set(missing) == NEEDED.get(name, set())


@pytest.mark.parametrize("name", NAMES)
async def test_an_adapter_is_what_its_platform_says(name: str) -> None:
    async with world_of(name) as world:
        made = world.platform.create(world.settings(), SHARED)
        assert (made.name, made.limits) == (name, world.platform.limits)
        assert world.platform.missing(world.settings()) == []
        await made.stop()


def test_descriptions_load_no_library() -> None:
    program = f"""
import sys
from bot.adapter import platforms
print(sorted(platforms()), sorted(set({LIBRARIES}) & set(sys.modules)))
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == f"{sorted(NAMES)} []\n"
