"""Who is who: ids become persons, and persons are joined only when someone says so."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from cairn.identity.resolve import Resolution, ids_of, resolve
from cairn.model.event import Event
from cairn.store.base import Known, Merge

_numbers = itertools.count()


def track(distinct_id: str, *, known: bool = False, was: str | None = None) -> Event:
    return event("open", distinct_id, known, was)


def identify(user: str, was: str | None = None) -> Event:
    return event("$identify", user, True, was)


def alias(user: str, was: str) -> Event:
    return event("$alias", user, True, was)


def event(name: str, distinct_id: str, known: bool, was: str | None) -> Event:
    number = next(_numbers)
    return Event(
        id=str(number),
        event=name,
        time_us=number,
        received_us=number,
        distinct_id=distinct_id,
        is_known=known,
        previous_id=was,
    )


class People:
    """A store of people in memory, which takes resolutions as the real one does."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.known: set[int] = set()
        self.count = 0

    def take(self, events: Sequence[Event]) -> Resolution:
        stored = {
            name: Known(self.ids[name], self.ids[name] in self.known, None)
            for name in ids_of(events)
            if name in self.ids
        }
        resolution = resolve(events, stored, self.count)
        assert [new.person for new in resolution.new_persons] == list(
            range(self.count, self.count + len(resolution.new_persons))
        )
        assert not resolution.distinct_ids.keys() & self.ids.keys()
        self.count += len(resolution.new_persons)
        self.ids.update(resolution.distinct_ids)
        for merge in resolution.merges:
            self.merge(merge)
        self.known |= resolution.known
        for done, person in zip(events, resolution.people, strict=True):
            assert self.ids[done.distinct_id] == person
        return resolution

    def merge(self, merge: Merge) -> None:
        assert merge.source != merge.target
        if merge.source in self.known:
            self.known.add(merge.target)
        for name, person in self.ids.items():
            if person == merge.source:
                self.ids[name] = merge.target

    def groups(self) -> set[frozenset[str]]:
        return {
            frozenset(name for name in self.ids if self.ids[name] == person)
            for person in self.ids.values()
        }


def groups(*batches: Sequence[Event]) -> set[frozenset[str]]:
    people = People()
    for batch in batches:
        people.take(batch)
    return people.groups()


def parted(*parts: str) -> set[frozenset[str]]:
    return {frozenset(part.split()) for part in parts}


def test_what_was_done_anonymously_becomes_the_users() -> None:
    people = People()
    people.take([track("anon")])
    people.take([track("ann", known=True)])
    resolution = people.take([identify("ann", was="anon")])
    assert resolution.merges == [Merge(source=0, target=1)]
    assert people.groups() == parted("anon ann")


def test_an_anonymous_person_who_becomes_a_new_user_stays_the_same_person() -> None:
    people = People()
    people.take([track("anon")])
    resolution = people.take([identify("ann", was="anon")])
    assert not resolution.merges
    assert not resolution.new_persons
    assert resolution.known == {0}


def test_a_second_user_of_the_same_device_is_another_person() -> None:
    assert groups([track("anon"), identify("ann", "anon"), identify("bob", "anon")]) == parted(
        "anon ann", "bob"
    )


def test_two_known_persons_are_joined_only_by_an_alias() -> None:
    events = [identify("ann"), identify("bob"), identify("ann", "bob")]
    assert groups(events) == parted("ann", "bob")
    assert groups([*events, alias("ann", "bob")]) == parted("ann bob")


def test_one_user_on_two_devices_is_one_person() -> None:
    assert groups([track("phone"), track("laptop")], [identify("ann", "phone")], [
        track("ann", known=True, was="laptop")
    ]) == parted("ann phone laptop")  # fmt: skip


def test_ids_that_stand_for_nobody_join_nobody() -> None:
    events = [identify("ann", "undefined"), identify("bob", "undefined"), identify("null", "x")]
    assert groups([*events, alias("ann", "guest"), track("x")]) == parted("ann", "bob", "null", "x")


def test_of_persons_joined_in_one_batch_the_users_properties_win() -> None:
    before = track("anon")
    before.person_properties = {"plan": "free", "source": "ad"}
    user = identify("ann")
    user.person_properties = {"plan": "pro"}
    resolution = People().take([before, user, identify("ann", "anon")])
    assert resolution.person_properties == {0: {"plan": "pro", "source": "ad"}}


IDS = [f"id{i}" for i in range(6)] + ["guest"]
streams = st.lists(
    st.builds(
        event,
        st.sampled_from(["open", "$identify", "$identify", "$alias"]),
        st.sampled_from(IDS),
        st.booleans(),
        st.none() | st.sampled_from(IDS),
    ),
    max_size=30,
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(stream=streams, cuts=st.lists(st.integers(0, 30), max_size=6))
def test_cutting_the_stream_into_batches_elsewhere_changes_nothing(
    stream: list[Event], cuts: list[int]
) -> None:
    edges = [0, *sorted(cuts), len(stream)]
    cut, one_by_one, whole = People(), People(), People()
    for first, last in itertools.pairwise(edges):
        cut.take(stream[first:last])
    for single in stream:
        one_by_one.take([single])
    whole.take(stream)
    assert cut.groups() == one_by_one.groups() == whole.groups()
    for people in (cut, whole):
        for name, person in people.ids.items():
            assert (person in people.known) == (one_by_one.ids[name] in one_by_one.known)
