"""The bundled sample edition: real facts, our own sentences."""

import json
import re
import subprocess
import sys
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

import adapters.huggingface
from adapters.huggingface import create_sample
from bot.settings import read_settings
from bot.source import Source, source_factory
from tests.recorded import needs_recorded, recorded

DAY = date(2026, 7, 29)
EDITION = Path(adapters.huggingface.__file__).with_name("sample_edition.json")


def sample() -> Source:
    return create_sample(read_settings())


async def test_the_newest_edition_is_the_sample() -> None:
    listing = await sample().newest()

    assert len(listing.papers) == 20
    assert listing.skipped == 0
    assert {paper["listed_on"] for paper in listing.papers} == {DAY}
    assert sum(paper["upvotes"] for paper in listing.papers) == 277


async def test_it_has_its_own_day_and_no_other() -> None:
    source = sample()

    assert await source.fetch(DAY) == await source.newest()
    assert (await source.fetch(date(2026, 7, 30))).papers == []
    await source.close()
    await source.close()


async def test_it_comes_under_the_name_sample() -> None:
    assert "sample" in entry_points(group="daily_papers.sources").names
    assert source_factory("sample") is create_sample


def test_it_imports_no_library_for_http_or_markup() -> None:
    program = (
        "import asyncio, sys, adapters.huggingface as h, bot.settings as s;"
        "asyncio.run(h.create_sample(s.read_settings()).newest());"
        "print({'aiohttp', 'markdownify', 'pylatexenc'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


async def test_summaries_of_one_plain_sentence_stand_in_for_abstracts() -> None:
    for paper in (await sample().newest()).papers:
        assert paper["abstract"] == paper["summary"]
        assert 90 <= len(paper["summary"] or "") <= 160, paper["id"]
        assert re.fullmatch(r"[A-Z][^.!?]*\.", paper["summary"] or ""), paper["id"]


def test_the_file_is_read_as_people_write() -> None:
    text = EDITION.read_text(encoding="utf-8")

    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    assert "Déjà Vu" in text


@needs_recorded
async def test_the_facts_are_those_that_were_recorded() -> None:
    from adapters.huggingface.records import parse_listing

    real = {paper["id"]: paper for paper in parse_listing(recorded(DAY), DAY).papers}
    for paper in (await sample().newest()).papers:
        own = {"abstract", "summary", "keywords"}
        assert {k: v for k, v in paper.items() if k not in own} == {
            k: v for k, v in real.pop(paper["id"]).items() if k not in own
        }
    assert not real


@needs_recorded
@pytest.mark.parametrize(
    "item", json.loads(EDITION.read_text(encoding="utf-8")), ids=lambda item: item["paper"]["id"]
)
def test_a_summary_shares_no_six_words_in_a_row_with_the_abstract(item: dict[str, Any]) -> None:
    abstract = next(r["paper"]["summary"] for r in recorded(DAY) if r["paper"]["id"] == item["paper"]["id"])

    assert not runs(item["paper"]["ai_summary"]) & runs(abstract)


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + 6]) for at in range(len(words) - 5)}
