"""arXiv identifiers, as people paste them. Pure."""

import re

_IDENTIFIER = r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/\d{7}"
_TYPED = re.compile(rf"(?:arxiv:)?({_IDENTIFIER})(?:v\d+)?", re.IGNORECASE | re.ASCII)
_LINKED = re.compile(
    r"<?(?:https?://)?(?:(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)|huggingface\.co/papers|hf\.co/papers"
    r"|(?:www\.)?alphaxiv\.org/(?:abs|pdf)|doi\.org/10\.48550(?=/arxiv\.))/(?:arxiv\.)?"
    rf"({_IDENTIFIER})(?:v\d+)?(?:\.pdf)?/?(?:[?#]\S*)?>?",
    re.IGNORECASE | re.ASCII,
)

_MENTIONED = re.compile(
    r"(?<![\w.])(\d{4}\.\d{4,5}|[a-z-]{1,20}(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?!\w)", re.IGNORECASE | re.ASCII
)
_MOST_MENTIONED = 20


def find_identifier(text: str) -> str | None:
    """The identifier that `text` is, or links to: `2607.25895`, `arXiv:2607.25895v2`, `cs/0112017`, a link
    to arXiv or to the paper's page. Without its version; None for anything else."""
    found = _TYPED.fullmatch(text.strip()) or _LINKED.fullmatch(text.strip())
    return found[1] if found else None


def identifiers_in(text: str) -> list[str]:
    """What may be identifiers within `text`, in links or alone, each once in their order; 20 at most."""
    return list(dict.fromkeys(found[1] for found in _MENTIONED.finditer(text)))[:_MOST_MENTIONED]
