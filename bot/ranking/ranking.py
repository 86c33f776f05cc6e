"""Puts the papers of a search into order, and learns from the store's papers from time to time.

Learning takes seconds to minutes and happens in the background; papers that came since are scored with what
was learnt before, out of their own words.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from bot.clock import Clock
from bot.daemon import in_daemon
from bot.filters.analysis import stems
from bot.filters.compile import compiled
from bot.filters.syntax import Filter
from bot.logs import log
from storage.database import Database
from storage.search import fits, queries, upkeep
from storage.search.fits import DocumentText, RankingFit, Standing

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.ranking.corpus import Corpus, Floats, Integers
    from bot.ranking.model import Late, Model, Query, Text

FORMAT = 1
"""Raised when what is learnt, or its bytes, change; what another version has learnt is learnt anew."""
MOST_LATE = 1000
"""Papers since the latest learning that are scored one by one; there are more only until the next one."""
_MANY_LATE = 300
_SHARE_LATE = 0.1
_EVERY = timedelta(days=1)
_GIVEN_UP = timedelta(hours=1)
"""After so long a learning that has not ended is taken for dead; until then nobody begins another unasked."""
_READ = 2000


class Ranked(NamedTuple):
    """Keys of documents, best first, and the score of each."""

    keys: "Integers"
    scores: "Floats"


class Learnt(NamedTuple):
    """What orders papers: the model, and the papers that it has not learnt from, by key."""

    model: "Model"
    late: "Mapping[int, Late]"


class Ranking:
    """The ranking of one store. What is given a session is to be asked by `Database.ask`.

    Args:
        clock: the real time (UTC).
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._loading = asyncio.Lock()
        self._learning = asyncio.Lock()
        self._kept: tuple[int, Model] | None = None
        self._late: tuple[Model | None, dict[DocumentText, Late]] = (None, {})

    def learnt(self, session: "Session", now: Standing) -> Learnt | None:
        """What was learnt last; None where that is first to be learnt or loaded, see `ready`."""
        model = self._loaded(now)
        if model is None:
            return None
        return Learnt(model, self._come_since(session, model) if now.is_late else {})

    async def ready(self) -> "Model":
        """What was learnt last; learns now where nothing was that can be used. The index must be there.

        Raises DatabaseError.
        """
        while True:
            now = await self._database.ask(fits.standing)
            assert now is not None
            if not _is_usable(now):
                await self._learn_once()
            elif model := self._loaded(now) or await self._load():
                return model

    def rank(
        self, session: "Session", learnt: Learnt, words: Iterable[str], keys: "Integers", most: int
    ) -> Ranked:
        """The best of these documents in order; their score says how well they answer `words`.

        Args:
            words: folded, unstemmed.
            most: at most so many.
        """
        query = learnt.model.query(stem for word in words for stem in stems(word))
        return _ranked(session, learnt, query, keys, most)

    def matching(self, session: "Session", learnt: Learnt, wanted: Filter, today: date) -> "Integers":
        """The keys of the documents that a filter selects, ascending."""
        from bot.ranking.holding import holding_keys, is_of_words

        if wanted.root is None or len(learnt.late) == MOST_LATE or not is_of_words(wanted.root):
            return queries.matching_keys(session, compiled(wanted, today))
        return holding_keys(learnt.model, learnt.late, wanted.root, queries.fallen_keys(session))

    def similar(self, session: "Session", learnt: Learnt, key: int, most: int) -> Ranked | None:
        """Documents like one, without it; None where it is not there."""
        texts = fits.texts_of(session, [key])
        if key not in texts:
            return None
        query = learnt.model.like(_text(texts[key]))
        ranked = _ranked(session, learnt, query, None, most + 1)
        others = ranked.keys != key
        return Ranked(ranked.keys[others][:most], ranked.scores[others][:most])

    async def learn_if_due(self) -> bool:
        """Learn where enough has changed since the last time; whether it did. Raises DatabaseError."""
        if self._learning.locked() or not await self._is_due():
            return False
        await self.learn()
        return True

    async def learn(self) -> int:
        """Learn from all papers; from how many. Raises DatabaseError."""
        async with self._learning:
            async with self._database.write() as session:
                number = await fits.begin_fit(session, self._clock())
            generation, corpus = await self._database.ask(_corpus)
            data = await in_daemon(partial(_packed, corpus))
            async with self._database.write() as session:
                now = await upkeep.state(session)
                if (now.generation if now else 0) == generation:
                    learnt = RankingFit(
                        number=number,
                        format=FORMAT,
                        generation=generation,
                        papers=len(corpus),
                        fitted_at=self._clock(),
                    )
                    await fits.keep_fit(session, learnt, data)
            log.info("ranking_learnt", papers=len(corpus))
            return len(corpus)

    async def _learn_once(self) -> None:
        """Learn, or wait for the learning that is going on."""
        if not self._learning.locked():
            await self.learn()
        async with self._learning:
            pass

    async def _is_due(self) -> bool:
        now = await self._database.ask(fits.standing)
        if now is None or not now.complete:
            return False
        if now.begun_at is not None and self._clock() - now.begun_at < _GIVEN_UP:
            return False
        if not _is_usable(now) or now.fitted_at is None:
            return True
        late = await self._database.ask(fits.count_late) if now.is_late else 0
        many = late > min(_MANY_LATE, _SHARE_LATE * now.papers)
        return late > 0 and (many or self._clock() - now.fitted_at > _EVERY)

    def _loaded(self, now: Standing) -> "Model | None":
        kept = self._kept  # another thread may replace it at any moment
        return kept[1] if kept and _is_usable(now) and kept[0] == now.number else None

    async def _load(self) -> "Model | None":
        """Read what was learnt last, unless somebody has just done so; None where it cannot be used."""
        async with self._loading:
            found = await self._database.ask(self._newest)
            if found is None:
                return None
            self._kept = found
            return found[1]

    def _newest(self, session: "Session") -> "tuple[int, Model] | None":
        from bot.ranking.packing import unpacked

        now = fits.standing(session)
        if now is None or not _is_usable(now):
            return None
        return now.number, self._loaded(now) or unpacked(fits.fit_data(session))

    def _come_since(self, session: "Session", model: "Model") -> "dict[int, Late]":
        """The papers that the model has not learnt from; most were read by an earlier search as well."""
        by, known = self._late
        if by is not model:
            known = {}
        read = fits.late_texts(session, MOST_LATE)
        late = {text: known.get(text) or model.folded_in(_text(text)) for text in read}
        self._late = model, late
        return {text.key: paper for text, paper in late.items()}


def _ranked(session: "Session", learnt: Learnt, query: "Query", keys: "Integers | None", most: int) -> Ranked:
    from bot.ranking.order import LEADERS, ordered_keys, promoted

    ranked = Ranked(*ordered_keys(learnt.model, query, keys, learnt.late, max(most, LEADERS)))
    if len(query.weights) > 1:
        read = fits.texts_of(session, ranked.keys[:LEADERS].tolist())
        texts = {key: _text(text) for key, text in read.items()}
        ranked = Ranked(*promoted(learnt.model, query, ranked, texts))
    return Ranked(ranked.keys[:most], ranked.scores[:most])


def _is_usable(now: Standing) -> bool:
    return now.number > 0 and now.format == FORMAT and now.learnt_generation == now.generation


def _text(read: DocumentText) -> "Text":
    title = stems(read.title)
    for keyword in read.keywords:
        title += stems(keyword)
    return title, stems(read.abstract)


def _corpus(session: "Session") -> "tuple[int, Corpus]":
    """All papers, as they are now, and the generation of their keys."""
    from bot.ranking.corpus import CorpusBuilder

    now = fits.standing(session)
    builder = CorpusBuilder()
    after = 0
    while read := fits.texts_behind(session, after, _READ):
        for text in read:
            builder.add(text.key, *_text(text))
        after = read[-1].key
    return now.generation if now else 0, builder.built()


def _packed(corpus: "Corpus") -> bytes:
    from bot.ranking.learning import learn
    from bot.ranking.packing import packed

    return packed(learn(corpus))
