"""A filter as a condition that `storage.search` answers on either database. Pure."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from bot.filters.analysis import stem
from bot.filters.days import resolve
from bot.filters.facts import BOUNDS, COMPARISONS, Fact
from bot.filters.syntax import (
    And,
    Author,
    Feature,
    Filter,
    Has,
    Identifier,
    Node,
    Not,
    Number,
    Or,
    Organization,
    Part,
    Quantity,
    Submitter,
    Text,
)
from storage.search.conditions import AllOf, AnyOf, Column, Condition, Facts, Term, Without
from storage.search.documents import SearchDocument as Document

_COLUMNS = {Part.TITLE: Column.TITLE, Part.ABSTRACT: Column.ABSTRACT, Part.KEYWORD: Column.KEYWORDS}
_FEATURES = {
    Feature.CODE: Document.has_code,
    Feature.PROJECT: Document.has_project,
    Feature.MEDIA: Document.has_media,
    Feature.SUMMARY: Document.has_summary,
}
_QUANTITIES = {
    Quantity.UPVOTES: Document.upvotes,
    Quantity.STARS: Document.stars,
    Quantity.COMMENTS: Document.comments,
}


def compiled(wanted: Filter, today: date) -> Condition:
    """The condition that selects what `wanted` matches; its order is left to who asks.

    Args:
        today: the day from which ages are counted, in UTC.
    """
    return AllOf() if wanted.root is None else _condition(wanted.root, today)


def _condition(node: Node, today: date) -> Condition:
    if isinstance(node, And):
        return AllOf(tuple(_condition(term, today) for term in node.terms))
    if isinstance(node, Or):
        return AnyOf(tuple(_condition(term, today) for term in node.terms))
    if isinstance(node, Not):
        return Without(_condition(node.term, today))
    if isinstance(node, Text):
        column = _COLUMNS[node.part] if node.part else None
        return Term(node.words if node.prefix else tuple(map(stem, node.words)), column, node.prefix)
    if isinstance(node, Author):
        return Term(node.words, Column.AUTHORS)
    return Facts(_clause(node, today))


def _clause(node: Fact, today: date) -> ColumnElement[bool]:
    if isinstance(node, Organization):
        return or_(col(Document.organization) == node.name, col(Document.organization_name) == node.name)
    if isinstance(node, Submitter):
        return or_(col(Document.submitter) == node.name, col(Document.submitter_name) == node.name)
    if isinstance(node, Identifier):
        return col(Document.paper_id) == node.id
    if isinstance(node, Has):
        return col(_FEATURES[node.feature]).is_(True)
    if isinstance(node, Number):
        return _compared(COMPARISONS[node.comparison], _QUANTITIES[node.quantity], node.value)
    return _compared(BOUNDS[node.bound], Document.listed_day, resolve(node.value, today).toordinal())


def _compared(operator: Callable[[Any, Any], Any], column: int, value: int) -> ColumnElement[bool]:
    """The comparison that Python's operator makes, made of a column."""
    return cast("ColumnElement[bool]", operator(col(column), value))
