"""A filter of words is answered out of what was learnt, as the index would answer it."""

from random import Random

import pytest
from sqlmodel import Session

from bot.filters.compile import compiled
from bot.filters.parser import parse
from bot.filters.syntax import And, Filter, Node, Not, Or, Text
from bot.indexing import Index
from bot.ranking.holding import is_of_words
from bot.ranking.ranking import Ranking
from storage.database import Database
from storage.search import fits, queries
from tests.factories import DAY, make_facts
from tests.fakes.clock import Clock
from tests.indexed import keep

WORDS = ("diffusion", "model", "fine", "tuning", "naive", "3d")


async def shelf(database: Database) -> Ranking:
    """Learnt from, then changed: 5 is back again, 13 has other words, 14 is withdrawn, and 15 is new."""
    papers = [make_facts(number, title=_some_words(number), abstract="") for number in range(1, 15)]
    gone = make_facts(5, title=_some_words(5), abstract="", withdrawn_at=Clock()())
    await keep(database, *papers[:4], gone, *papers[5:])
    ranking = Ranking(database, Clock())
    await Index(database).ensure()
    await ranking.ready()
    changed = make_facts(13, title="Tuning diffusion", abstract="")
    fallen = make_facts(14, title=_some_words(14), abstract="", withdrawn_at=Clock()())
    await keep(database, changed, fallen, papers[4], make_facts(15, title="Fine 3D model", abstract=""))
    return ranking


def _some_words(number: int) -> str:
    return " ".join(word for place, word in enumerate(WORDS) if number >> place % 4 & 1) or "Nothing"


def a_node(chance: Random, depth: int = 3) -> Node:
    if not depth or chance.random() < 0.3:
        return Text((chance.choice((*WORDS, "zebra")),))
    if chance.random() < 0.3:
        return Not(a_node(chance, depth - 1))
    terms = tuple(a_node(chance, depth - 1) for _ in range(chance.randint(2, 3)))
    return And(terms) if chance.random() < 0.5 else Or(terms)


async def test_words_are_found_as_the_index_finds_them(database: Database) -> None:
    ranking = await shelf(database)
    chance = Random(1)
    asked = [Filter(a_node(chance)) for _ in range(300)]

    def both(session: Session) -> list[tuple[list[int], list[int]]]:
        now = fits.standing(session)
        assert now is not None
        assert now.is_late
        learnt = ranking.learnt(session, now)
        assert learnt is not None
        assert set(learnt.late) == {5, 13, 15}
        return [
            (
                ranking.matching(session, learnt, each, DAY).tolist(),
                queries.matching_keys(session, compiled(each, DAY)).tolist(),
            )
            for each in asked
        ]

    for wanted, (held, matched) in zip(asked, await database.ask(both), strict=True):
        assert held == matched, str(wanted)


@pytest.mark.parametrize("text", ["title:model", '"fine tuning"', "diff*", "model upvotes>=1", "author:han"])
def test_what_the_words_do_not_tell_is_left_to_the_index(text: str) -> None:
    assert not is_of_words(parse(text).root)
