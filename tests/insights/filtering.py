"""Which events a question means, by the book: one event and one condition at a time."""

from __future__ import annotations

import operator
import re

from cairn.model.event import IDENTITY_EVENTS
from cairn.model.values import text_of
from cairn.query.filters import All, Any_, Condition, Filter, InCohort, Selector, number_of
from insights.history import Act

_ORDER = {
    "greater": operator.gt,
    "at_least": operator.ge,
    "less": operator.lt,
    "at_most": operator.le,
}


def wanted(act: Act, selector: Selector, filter: Filter | None) -> bool:
    """Return whether an event is one that a selector and the question's filter mean."""
    if selector.event is None:
        named = act.event not in IDENTITY_EVENTS
    else:
        named = act.event == selector.event
    return named and holds(selector.filter, act) and holds(filter, act)


def holds(filter: Filter | None, act: Act) -> bool:
    """Return whether an event satisfies a filter."""
    if filter is None:
        return True
    if isinstance(filter, All):
        return all(holds(part, act) for part in filter.all)
    if isinstance(filter, Any_):
        return any(holds(part, act) for part in filter.any)
    if isinstance(filter, InCohort):
        return act.text(filter.property) == ("in" if filter.in_ else "out")
    text = act.text(filter.property)
    if filter.operator.startswith("not_") or filter.operator == "is_not":
        return not any(_satisfies(text, filter, value) for value in _texts(filter))
    if filter.operator in ("is_set", "is_not_set"):
        return (text is not None) == (filter.operator == "is_set")
    return any(_satisfies(text, filter, value) for value in _texts(filter))


def _texts(condition: Condition) -> list[str]:
    return [text_of(value) or "" for value in condition.values]


def _satisfies(text: str | None, condition: Condition, value: str) -> bool:
    """Return whether a text satisfies the positive form of a condition for one value."""
    if text is None:
        return False
    if condition.operator in ("is", "is_not"):
        return text == value
    if condition.operator in ("contains", "not_contains"):
        return value.lower() in text.lower()
    if condition.operator in ("matches", "not_matches"):
        return re.search(value, text) is not None
    number, limit = number_of(text), number_of(value)
    return number is not None and limit is not None and _ORDER[condition.operator](number, limit)
