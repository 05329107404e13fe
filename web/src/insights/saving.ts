/** Keeping a question as a tile of a dashboard. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { editOf, getDashboard, postDashboard, putDashboard } from "../api/dashboards";
import type { Dashboard, Spec, Tile } from "../api/shapes";
import { kindOf } from "./kinds";

const ATTEMPTS = 4;

/** What to keep, and where. Without a tile a new one is added; without a dashboard, a new one too. */
export interface Saving {
  dashboard: { id: string } | { name: string };
  tile: string | null;
  title: string | null;
  spec: Spec;
}

/** Where a question was kept. */
export interface Saved {
  dashboard: Dashboard;
  tile: Tile;
}

/**
 * Keeps a question in a dashboard. Only this tile changes, so when somebody else changed the
 * dashboard in between, the change is made again on what they left.
 */
export function useSaveTile(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (saving: Saving) => save(projectId, saving),
    onSuccess: ({ dashboard }) => {
      client.setQueryData(["project", projectId, "dashboard", dashboard.id], dashboard);
      return client.invalidateQueries({ queryKey: ["project", projectId, "dashboards"] });
    },
  });
}

async function save(projectId: string, saving: Saving): Promise<Saved> {
  if ("name" in saving.dashboard) {
    const tile = newTile(saving);
    const draft = { name: saving.dashboard.name, description: "", tiles: [tile] };
    const dashboard = await postDashboard(projectId, draft);
    return { dashboard, tile };
  }
  const { id } = saving.dashboard;
  for (let attempt = 1; ; attempt++) {
    const current = await getDashboard(projectId, id);
    const { tiles, tile } = withTile(current.tiles, saving);
    try {
      const dashboard = await putDashboard(projectId, id, editOf(current, { tiles }));
      return { dashboard, tile };
    } catch (error) {
      const lost = error instanceof ApiError && error.status === 409;
      if (!lost || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Returns the tiles with the question kept: in its tile, or in a new one when that is gone. */
export function withTile(tiles: readonly Tile[], saving: Saving): { tiles: Tile[]; tile: Tile } {
  const old = tiles.find((tile) => tile.id === saving.tile);
  if (!old) {
    const tile = newTile(saving);
    return { tiles: [...tiles, tile], tile };
  }
  const tile = { ...old, title: saving.title ?? old.title, spec: saving.spec };
  return { tiles: tiles.map((each) => (each.id === old.id ? tile : each)), tile };
}

function newTile({ spec, title }: Saving): Tile {
  return { id: freshId(), title: title ?? "", spec, ...kindOf(spec).tile };
}

/** Returns an id that no other tile has, also where there is no HTTPS. */
function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
