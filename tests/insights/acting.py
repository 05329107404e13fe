"""Who acts, by the book: the same events, told as those of sessions or accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cairn.model.actor import Actor
from cairn.model.event import IDENTITY_EVENTS
from cairn.query.filters import Property
from insights.history import Act

_PAUSE_US = 30 * 60 * 1_000_000
_SESSION = Property(name="$session")
_ACCOUNT = Property(name="$account")


def acts_of_actors(acts: Sequence[Act], actor: Actor) -> list[Act]:
    """Return the events of actors, each with the number of its actor as its person."""
    if actor == "person":
        return list(acts)
    known: dict[object, int] = {}
    if actor == "account":
        return [
            replace(act, person=known.setdefault(account, len(known)))
            for act in acts
            if (account := act.text(_ACCOUNT)) is not None
        ]
    out = []
    for person in sorted({act.person for act in acts}):
        before: Act | None = None
        pauses = 0
        for act in acts:
            if act.person != person or act.event in IDENTITY_EVENTS:
                continue
            session = act.text(_SESSION)
            after_pause = before is None or act.time_us - before.time_us > _PAUSE_US
            after_named = before is not None and before.text(_SESSION) is not None
            if session is None and (after_pause or after_named):
                pauses += 1
            key = (person, session, pauses if session is None else None)
            out.append(replace(act, person=known.setdefault(key, len(known))))
            before = act
    return sorted(out, key=lambda act: (act.time_us, act.arrival))
