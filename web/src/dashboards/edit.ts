/** Changes to a dashboard, as pure functions: the same change can be made again on a newer one. */

import type { Dashboard, Draft, Spec, Tile } from "../api/shapes";
import { kindOf } from "../insights/kinds";

/** What a member did, in words for the undo list, and how to do it to any revision. */
export interface Change {
  label: string;
  make: (draft: Draft) => Draft;
}

export const COLUMNS = 12;
export const ROWS = 12;

/** Returns what a member decided about a dashboard, without what the server keeps about it. */
export function draftOf({ name, description, tiles }: Dashboard): Draft {
  return { name, description, tiles };
}

export function rename(name: string): Change {
  return { label: "Rename the dashboard", make: (draft) => ({ ...draft, name }) };
}

export function describe(description: string): Change {
  return { label: "Change the description", make: (draft) => ({ ...draft, description }) };
}

export function renameTile(id: string, title: string): Change {
  return { label: "Rename the tile", make: onTile(id, (tile) => ({ ...tile, title })) };
}

export function resizeTile(id: string, width: number, height: number): Change {
  const size = { width: within(width, COLUMNS), height: within(height, ROWS) };
  return { label: "Resize the tile", make: onTile(id, (tile) => ({ ...tile, ...size })) };
}

/** Adds columns and rows to a tile, as it is by then: keys come faster than pages are drawn. */
export function growTile(id: string, columns: number, rows: number): Change {
  return {
    label: "Resize the tile",
    make: onTile(id, (tile) => ({
      ...tile,
      width: within(tile.width + columns, COLUMNS),
      height: within(tile.height + rows, ROWS),
    })),
  };
}

/** Moves a tile by so many places from where it is by then. */
export function shiftTile(id: string, places: number): Change {
  return {
    label: "Move the tile",
    make: (draft) => {
      const index = draft.tiles.findIndex((tile) => tile.id === id);
      return index < 0 ? draft : moveTile(id, index + places).make(draft);
    },
  };
}

/** Puts a tile where another one is; the others move up. */
export function moveTile(id: string, index: number): Change {
  return {
    label: "Move the tile",
    make: (draft) => {
      const tile = draft.tiles.find((each) => each.id === id);
      if (!tile) return draft;
      const tiles = draft.tiles.filter((each) => each.id !== id);
      tiles.splice(Math.max(0, Math.min(index, tiles.length)), 0, tile);
      return { ...draft, tiles };
    },
  };
}

export function removeTile(id: string): Change {
  return {
    label: "Delete the tile",
    make: (draft) => ({ ...draft, tiles: draft.tiles.filter((tile) => tile.id !== id) }),
  };
}

/** Puts a deleted tile back where it was. */
export function putBackTile(tile: Tile, index: number): Change {
  return {
    label: "Put the tile back",
    make: (draft) => {
      if (draft.tiles.some(({ id }) => id === tile.id)) return draft;
      return { ...draft, tiles: draft.tiles.toSpliced(index, 0, tile) };
    },
  };
}

/** Puts a copy of a tile behind it. */
export function duplicateTile(id: string, newId: string): Change {
  return {
    label: "Duplicate the tile",
    make: (draft) => ({
      ...draft,
      tiles: draft.tiles.flatMap((tile) =>
        tile.id === id ? [tile, { ...tile, id: newId, title: `${tile.title} (copy)` }] : [tile],
      ),
    }),
  };
}

export function addTile(tile: Tile): Change {
  return {
    label: "Add a tile",
    make: (draft) => ({ ...draft, tiles: [...draft.tiles, tile] }),
  };
}

/** Makes the dashboard what it was. */
export function restore(label: string, before: Draft): Change {
  return { label, make: () => before };
}

/** Returns a tile with a new id, in the size that suits its kind. */
export function newTile(title: string, spec: Spec): Tile {
  return { id: newId(), title, spec, ...kindOf(spec).tile };
}

/** Returns an id that no other tile has. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

function onTile(id: string, change: (tile: Tile) => Tile): Change["make"] {
  return (draft) => ({
    ...draft,
    tiles: draft.tiles.map((tile) => (tile.id === id ? change(tile) : tile)),
  });
}

function within(value: number, most: number): number {
  return Math.max(1, Math.min(most, Math.round(value)));
}
