"""What ranking learns from papers, and how it orders them."""

import numpy as np
import pytest

from bot.filters.analysis import stems
from bot.ranking.corpus import CorpusBuilder
from bot.ranking.learning import learn
from bot.ranking.model import Model, Text
from bot.ranking.order import ordered_keys, promoted
from bot.ranking.packing import packed, unpacked
from tests.recorded import needs_recorded, recorded, recorded_days

TOPICS = {
    "diffusion": "denoising noise image generation sampling score guidance latent pixels".split(),
    "retrieval": "passages index query documents dense ranking corpus search reranking".split(),
    "robots": "manipulation grasping policy arm control trajectories demonstrations gripper motion".split(),
}


def text(title: str, abstract: str = "") -> Text:
    return stems(title), stems(abstract)


def library(*papers: tuple[str, str]) -> Model:
    """What is learnt from these titles and abstracts; their keys are 1, 2, …"""
    builder = CorpusBuilder()
    for key, (title, abstract) in enumerate(papers, 1):
        builder.add(key, *text(title, abstract))
    return learn(builder.built())


def order(model: Model, question: str, keys: list[int] | None = None, **late: Text) -> list[int]:
    """The keys in the order of the answer; late papers by `k7=text`."""
    query = model.query(stems(question))
    wanted = None if keys is None else np.array(keys, np.int64)
    found, _ = ordered_keys(
        model, query, wanted, {int(key[1:]): model.folded_in(said) for key, said in late.items()}
    )
    return list(found.tolist())


def topical_papers(papers: int = 60) -> list[tuple[str, str]]:
    """Papers of three topics in turn, each of some words of its topic."""
    chance = np.random.default_rng(7)
    made = []
    for number in range(papers):
        words = TOPICS[list(TOPICS)[number % len(TOPICS)]]
        made.append((" ".join(chance.choice(words, 3)), " ".join(chance.choice(words, 30))))
    return made


@pytest.mark.parametrize(
    ("question", "papers", "best"),
    [
        ("quantization", [("Pruning", "quantization"), ("Quantization", "pruning")], 2),
        ("quantization", [("Models", "quantization"), ("Models", "quantization " + "and more " * 40)], 1),
        ("sparse attention", [("Sparse coding", "x"), ("Sparse attention", "x"), ("Attention", "x")], 2),
        ("quantum widgets", [("Widgets", "x"), ("Widgets", "x"), ("Quantum", "x")], 3),
        ("are there papers about the widgets", [("The papers that are there", "x"), ("Widgets", "x")], 2),
    ],
    ids=["title counts more", "long texts count less", "both words", "rare words count more", "silent words"],
)
def test_words(question: str, papers: list[tuple[str, str]], best: int) -> None:
    assert order(library(*papers, ("Other things", "y z")), question)[0] == best


def test_words_side_by_side_lead_in_whatever_order() -> None:
    apart = ("Some title", "chain of events and of thought about reasoning")
    together = ("Some title", "events and reasoning about thought of chain of")
    model = library(apart, together, ("Other", "words"))
    query = model.query(stems("chain of thought"))
    ranked = ordered_keys(model, query, None, {})
    texts = {1: text(*apart), 2: text(*together)}
    keys, scores = promoted(model, query, ranked, texts)
    assert keys.tolist() == [2, 1]
    assert scores[0] > scores[1]


def test_a_paper_without_the_word_lies_near_where_its_neighbours_have_it() -> None:
    model = library(*topical_papers())
    query = model.query(stems("denoising"))
    near = model.nearness(query, np.arange(len(model.keys)))
    by_topic = [near[at::3].mean() for at in range(3)]
    assert by_topic[0] > max(by_topic[1:]) + 0.5


def test_only_the_papers_in_question_are_ordered_and_none_of_them_is_lost() -> None:
    model = library(("Alpha", "beta"), ("Beta", "gamma"), ("Gamma", "alpha"))
    assert order(model, "alpha", [2, 3]) == [3, 2]
    assert sorted(order(model, "alpha", [1, 2, 3, 99])) == [1, 2, 3, 99]
    assert order(model, "alpha") == [1, 3]


def test_a_late_paper_is_scored_as_if_it_had_been_learnt_from() -> None:
    papers = topical_papers()
    model = library(*papers)
    query = model.query(stems("denoising latent"))
    keys, scores = ordered_keys(model, query, np.arange(1, 61), {})
    learnt = dict(zip(keys.tolist(), scores.tolist(), strict=True))
    for key in (1, 4, 7):
        assert model.score_of(query, model.folded_in(text(*papers[key - 1]))) == pytest.approx(
            learnt[key], abs=0.02
        )


def test_a_changed_paper_is_scored_by_its_new_words_alone() -> None:
    model = library(("Alpha", "beta"), ("Beta", "gamma"))
    assert order(model, "alpha") == [1]
    assert order(model, "alpha", None, k1=text("Delta", "beta")) == []
    assert order(model, "delta", None, k1=text("Delta", "beta")) == [1]


def test_the_same_papers_give_the_same_bytes_and_the_bytes_the_same_model() -> None:
    first, second = library(*topical_papers()), library(*topical_papers())
    assert packed(first) == packed(second)
    again = unpacked(packed(first))
    assert again.vocabulary == first.vocabulary
    assert again.means == first.means
    for name in ("start", "papers", "impacts"):
        assert np.array_equal(getattr(again.postings, name), getattr(first.postings, name))
    for name in ("row_of", "rows", "scales"):
        assert np.array_equal(getattr(again.space, name), getattr(first.space, name))
    assert np.array_equal(again.points, first.points)
    assert np.array_equal(again.keys, first.keys)


@pytest.mark.parametrize(
    "papers",
    [[], [("", "")], [("One", "two")], [("¶", "名 前")] * 3, [("Same", "same same")] * 40],
    ids=["none", "empty", "one", "foreign", "all alike"],
)
def test_few_or_strange_papers_are_learnt_from_too(papers: list[tuple[str, str]]) -> None:
    model = unpacked(packed(library(*papers)))
    everything = list(range(1, len(papers) + 1))
    assert sorted(order(model, "same two 名 nothing", everything)) == everything


def test_papers_like_one_come_from_its_topic() -> None:
    model = library(*topical_papers())
    words = " ".join(TOPICS["robots"])
    query = model.like(text(words, words))
    keys, _ = ordered_keys(model, query, None, {})
    assert [key % 3 for key in keys[:15].tolist()] == [0] * 15


@needs_recorded
def test_a_month_of_papers_is_told_apart() -> None:
    """Each title finds its own paper among all abstracts."""
    papers = [item["paper"] for day in recorded_days() if day.year == 2026 for item in recorded(day)]
    builder = CorpusBuilder()
    for key, paper in enumerate(papers, 1):
        builder.add(key, [], stems(paper["summary"]))
    model = learn(builder.built())
    first = [order(model, paper["title"])[:10] for paper in papers]
    found = [key in answer for key, answer in enumerate(first, 1)]
    assert sum(found) / len(found) > 0.9
