"""Rules of the house that no linter knows. Import-linter holds those of the layers."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import bot
from storage.models import Delivery, Paper, PaperFacts, Part, Subscription

ROOT = Path(bot.__file__).parents[1]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "bot").rglob("*.py")
)
HEAVY = {"sqlmodel", "sqlalchemy", "aiohttp", "pydantic", "pydantic_settings", "rich", "asyncio"}


def loaded_by(*modules: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds when it has imported these modules."""
    program = f"import sys, {', '.join(modules)}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_the_core_imports_no_adapter_and_no_chat_library() -> None:
    assert len(MODULES) > 30
    loaded = loaded_by(*MODULES)

    assert {"bot", "storage"} <= loaded
    assert not loaded & {"adapters", "discord", "slack_sdk", "slack_bolt", "aiohttp"}


def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_by("bot.cli.root")

    assert "typer" in loaded
    assert not loaded & HEAVY


def test_the_store_knows_nothing_of_the_bot() -> None:
    assert "bot" not in loaded_by("storage.papers", "storage.deliveries", "storage.subscriptions")


def test_a_paper_s_columns_are_the_facts_of_a_source_and_two_of_the_store() -> None:
    assert list(Paper.model_fields) == [*PaperFacts.__annotations__, "first_seen_at", "release"]


@pytest.mark.parametrize("table", [Subscription, Delivery, Part], ids=lambda table: table.__name__)
def test_a_table_names_a_place_and_no_platform(table: type[SQLModel]) -> None:
    """A neutral row with a guild or a team in it would be the lowest common denominator of today."""
    words = {word for name in table.model_fields for word in name.split("_")}

    assert not words & {"slack", "discord", "guild", "team", "channel", "workspace", "ts"}


def test_every_module_is_of_a_size_that_is_read_in_one_go() -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for package in ("bot", "adapters", "storage")
        for path in (ROOT / package).rglob("*.py")
    }

    assert {path: length for path, length in lengths.items() if length > 300} == {}
