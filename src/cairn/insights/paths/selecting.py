"""From an item of a path back to the events that it stands for, to make a funnel of a path."""

from __future__ import annotations

from itertools import takewhile

from cairn.insights.paths.items import ADDRESSES, literally, wildcard
from cairn.insights.paths.spec import BETWEEN, PathsSpec
from cairn.model.event import IDENTITY_EVENTS
from cairn.query.filters import All, Any_, Condition, Filter, Property, Selector
from cairn.query.sequences import EVENT_NAME


def selector_of(spec: PathsSpec, item: str) -> Selector | None:
    """Return the selector of an item's events, which take a question's filter besides.

    There is none for `…`, after replacements, where events with a filter are excepted, and where calls
    that only say who someone is are on paths.
    """
    unknown = spec.replacements or any(other.filter for other in spec.except_events)
    unknown = unknown or any(event.event in IDENTITY_EVENTS for event in spec.events)
    if unknown or item == BETWEEN:
        return None
    if spec.by is None and not spec.groups and spec.events == (Selector(),):
        return Selector(event=item)
    parts = [_spelled(spec, item), *_on_paths(spec)]
    return Selector(filter=All(all=tuple(parts)), label=item)


def _spelled(spec: PathsSpec, item: str) -> Filter:
    """Return the filter that an event's item is this one."""
    by_name = _is(spec, EVENT_NAME, item)
    if spec.by is None:
        return by_name
    has_text: list[Filter] = [Condition(property=spec.by, operator="is_not", values=("",))]
    has_text.append(Condition(property=spec.by, operator="is_set"))
    no_text: list[Filter] = [Condition(property=spec.by, operator="is_not_set")]
    no_text.append(Condition(property=spec.by, values=("",)))
    if spec.by_on:
        has_text.append(Condition(property=EVENT_NAME, values=spec.by_on))
        no_text.append(Condition(property=EVENT_NAME, operator="is_not", values=spec.by_on))
    return Any_(
        any=(
            All(all=(*has_text, _is(spec, spec.by, item))),
            All(all=(Any_(any=tuple(no_text)), by_name)),
        )
    )


def _is(spec: PathsSpec, prop: Property, item: str) -> Filter:
    """Return the filter that a text becomes this item, which no earlier group takes."""
    if item in spec.groups:
        here = Condition(property=prop, operator="matches", values=(wildcard(item),))
        others = tuple(takewhile(lambda group: group != item, spec.groups))
    else:
        here = Condition(property=prop, values=(item,))
        if prop in ADDRESSES:
            pattern = "^/+$" if item == "/" else f"^{literally(item)}/*$"
            here = Condition(property=prop, operator="matches", values=(pattern,))
        others = spec.groups
    if not others:
        return here
    not_others = Condition(
        property=prop, operator="not_matches", values=tuple(map(wildcard, others))
    )
    return All(all=(here, not_others))


def _on_paths(spec: PathsSpec) -> list[Filter]:
    """Return the filters that an event is one of those on paths."""
    parts: list[Filter] = []
    if spec.events != (Selector(),):
        wanted = [All(all=_asked(event)) for event in spec.events]
        parts.append(wanted[0] if len(wanted) == 1 else Any_(any=tuple(wanted)))
    names = tuple(event.event for event in spec.except_events if event.event is not None)
    if names:
        parts.append(Condition(property=EVENT_NAME, operator="is_not", values=names))
    return parts


def _asked(event: Selector) -> tuple[Filter, ...]:
    parts: list[Filter] = []
    if event.event is not None:
        parts.append(Condition(property=EVENT_NAME, values=(event.event,)))
    if event.filter is not None:
        parts.append(event.filter)
    return tuple(parts)
