"""What /api/daily_papers answers, as `PaperFacts`. Pure but for the log.

A record is `{"paper": {...}, ...}`, where what the list knows stands outside and what the paper's page knows
inside; some answers are flat, with both in one. The shape grew from 2024 on, so every field but the
identifier, the title and a day may be absent. Parsed by hand, because an archive holds thousands.
"""

from datetime import date
from typing import Any

from adapters.huggingface import fields
from bot.identifiers import find_identifier
from bot.logs import log
from bot.source import Listing, PaperFacts

# Characters. arXiv takes titles of some 250 and abstracts of 1,920; what is longer here is cut.
LONGEST_TITLE = 500
LONGEST_ABSTRACT = 10_000
LONGEST_SUMMARY = 1_000
LONGEST_NAME = 200
LONGEST_KEYWORD = 100
# Entries. The largest collaborations on arXiv have some 3,000 authors; the recorded lists have up to 402.
MOST_AUTHORS = 3_000
MOST_KEYWORDS = 50
MOST_MEDIA = 20

# In early 2024 `mediaUrl` held the picture that links show, which is `thumbnail` now.
_THUMBNAILS = "/social-thumbnails/"

_Object = dict[str, Any]


class _Unusable(ValueError):
    """Why a record is left out."""


def parse_listing(items: list[Any], asked: date | None) -> Listing:
    """Read decoded records; an identifier that comes twice counts once, as it came first.

    Args:
        asked: the day that was asked for, which a record without a day of its own was listed on.
    """
    papers: dict[str, PaperFacts] = {}
    skipped = 0
    for item in items:
        try:
            identifier = _identifier(item)
            if identifier not in papers:
                papers[identifier] = _facts(identifier, item, asked)
        except _Unusable as problem:
            skipped += 1
            log.warning("record_skipped", reason=str(problem), id=_shown_identifier(item))
    return Listing(list(papers.values()), skipped)


def parse_found(items: list[Any]) -> list[PaperFacts]:
    """Read what a search found, in its order; a paper that no list had is dated by its publication."""
    papers: dict[str, PaperFacts] = {}
    for item in items:
        try:
            identifier = _identifier(item)
            published = fields.day(item.get("paper", item).get("publishedAt"))
            papers.setdefault(identifier, _facts(identifier, item, published))
        except _Unusable as problem:
            log.info("record_skipped", reason=str(problem), id=_shown_identifier(item))
    return list(papers.values())


def _facts(identifier: str, item: _Object, asked: date | None) -> PaperFacts:
    paper: _Object = item.get("paper", item)
    login, name = _account(item.get("submittedBy"), paper.get("submittedOnDailyBy"))
    organization, organization_name = _account(
        paper.get("organization"), item.get("organization"), item.get("submitterOrganization")
    )
    media = fields.addresses(item.get("mediaUrls") or paper.get("mediaUrls"), MOST_MEDIA)
    thumbnail, old_media = fields.address(item.get("thumbnail")), fields.address(item.get("mediaUrl"))
    if old_media and _THUMBNAILS in old_media:
        thumbnail = thumbnail or old_media
    elif old_media and not media:
        media = [old_media]
    return PaperFacts(
        id=identifier,
        listed_on=_listed_on(item, paper, asked),
        published_on=fields.day(paper.get("publishedAt")),
        title=_title(item, paper),
        abstract=fields.text(paper.get("summary") or item.get("summary"), LONGEST_ABSTRACT) or "",
        authors=fields.names(paper.get("authors"), LONGEST_NAME, MOST_AUTHORS),
        upvotes=fields.number(paper.get("upvotes")) or 0,
        comments=fields.number(item.get("numComments")) or 0,
        submitter=login,
        submitter_name=name,
        summary=fields.text(paper.get("ai_summary"), LONGEST_SUMMARY),
        keywords=fields.texts(paper.get("ai_keywords"), LONGEST_KEYWORD, MOST_KEYWORDS),
        code_url=fields.address(paper.get("githubRepo")),
        code_stars=fields.number(paper.get("githubStars")),
        project_url=fields.address(paper.get("projectPage")),
        organization=organization,
        organization_name=organization_name,
        media_urls=media,
        thumbnail_url=thumbnail,
        withdrawn_at=fields.moment(paper.get("withdrawnAt")),
    )


def _identifier(item: object) -> str:
    paper = item.get("paper", item) if isinstance(item, dict) else None
    if not isinstance(paper, dict):
        raise _Unusable("it is no object")
    raw = paper.get("id")
    if not isinstance(raw, str) or len(raw) > LONGEST_NAME or not (found := find_identifier(raw)):
        raise _Unusable("it has no arXiv identifier")
    return found


def _shown_identifier(item: object) -> str | None:
    try:
        return _identifier(item)
    except _Unusable:
        return None


def _title(item: _Object, paper: _Object) -> str:
    """The paper's own title, or the list's where only that one is free of LaTeX."""
    given = [raw for raw in (paper.get("title"), item.get("title")) if isinstance(raw, str) and raw.strip()]
    plain = [raw for raw in given if "\\" not in raw and "$" not in raw]
    title = fields.text(next(iter(plain or given), None), LONGEST_TITLE)
    if not title:
        raise _Unusable("it has no title")
    return title


def _listed_on(item: _Object, paper: _Object, asked: date | None) -> date:
    """The day of the list. Before March 2025 only the outer `publishedAt` may tell; in a flat record that
    is arXiv's date, which says nothing of the list."""
    found = fields.day(paper.get("submittedOnDailyAt")) or asked
    if not found and paper is not item:
        found = fields.day(item.get("publishedAt"))
    if not found:
        raise _Unusable("it has no day")
    return found


def _account(*candidates: object) -> tuple[str | None, str | None]:
    """Login and full name of the first candidate that has either. `name` is the login, but for
    `submittedOnDailyBy` of some answers, which has `user` alone."""
    for account in candidates:
        if isinstance(account, dict):
            login = fields.text(account.get("name"), LONGEST_NAME) or fields.text(
                account.get("user"), LONGEST_NAME
            )
            full = fields.text(account.get("fullname"), LONGEST_NAME)
            if login or full:
                return login, full
    return None, None
