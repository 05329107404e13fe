"""A question like another product's has its defaults, and the page says which."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from cairn.insights.answer import Spec
from cairn.insights.presets import PRESETS
from cairn.insights.registry import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "insights" / "presets.md").read_text("utf-8")
LEAST: dict[str, dict[str, Any]] = {
    "trends": {"series": [{}]},
    "funnel": {"steps": [{"event": "a"}, {"event": "b"}]},
    "attribution": {"conversion": {"event": "a"}},
}
QUESTION: TypeAdapter[Spec] = TypeAdapter(Spec)
FILLED = [(peer, kind) for peer, kinds in PRESETS.items() for kind in kinds]


@pytest.mark.parametrize(("peer", "kind"), FILLED)
def test_a_question_takes_the_options_it_leaves_out_from_its_peer(peer: Any, kind: str) -> None:
    asked = {"kind": kind, "like": peer, **LEAST.get(kind, {})}
    spec = QUESTION.validate_python(asked).model_dump(mode="json", by_alias=True)
    options = PRESETS[peer][kind]
    assert {name: spec[name] for name in options} == options


def test_what_a_question_says_itself_stays() -> None:
    asked = {"kind": "retention", "like": "mixpanel", "match": "on"}
    spec = QUESTION.validate_python(asked).model_dump()
    assert (spec["match"], spec["clock"]) == ("on", "rolling")


def test_a_question_written_out_reads_back_as_itself() -> None:
    spec = QUESTION.validate_python({"kind": "retention", "like": "amplitude"})
    assert QUESTION.validate_json(spec.model_dump_json(by_alias=True)) == spec


def test_an_unknown_product_is_refused() -> None:
    with pytest.raises(ValidationError, match="like"):
        QUESTION.validate_python({"kind": "retention", "like": "spreadsheet"})


def test_the_page_lists_every_preset() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| `(\{.*\})` \|$", PAGE, re.MULTILINE)
    told = {(peer, kind): json.loads(options) for peer, kind, options in rows}
    assert told == {(peer, kind): PRESETS[peer][kind] for peer, kind in FILLED}
    assert {kind for _, kind in FILLED} <= {kind.name for kind in KINDS}
