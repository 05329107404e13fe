"""The dashboard that a new project starts with."""

from __future__ import annotations

from cairn.dashboards.dashboard import Draft
from cairn.dashboards.starter import default_dashboard


def test_the_first_dashboard_survives_being_stored_and_read() -> None:
    draft = default_dashboard()
    assert Draft.model_validate_json(draft.model_dump_json(by_alias=True)) == draft


def test_every_tile_of_the_first_dashboard_has_an_id_of_its_own() -> None:
    tiles = default_dashboard().tiles
    assert len({tile.id for tile in tiles}) == len(tiles) == 4
