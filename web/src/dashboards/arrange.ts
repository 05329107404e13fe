/** Moving and resizing tiles with the pointer: previewed while it is down, made when it is let go. */

import { type PointerEvent as ReactPointerEvent, useState } from "react";
import type { Tile } from "../api/shapes";
import { type Change, COLUMNS, moveTile, ROWS, resizeTile } from "./edit";

export const GAP = 16;
export const ROW_HEIGHT = 72;

type Press = ReactPointerEvent<HTMLElement>;

/** Returns the height in pixels of a tile that is this many rows high. */
export function heightOf(rows: number): number {
  return rows * ROW_HEIGHT + (rows - 1) * GAP;
}

/** Returns the size of a tile after its corner was dragged by a distance, in columns and rows. */
export function sizeAfter(
  tile: { width: number; height: number },
  dragged: { x: number; y: number },
  gridWidth: number,
): { width: number; height: number } {
  const column = (gridWidth + GAP) / COLUMNS;
  const row = ROW_HEIGHT + GAP;
  return {
    width: clamp(tile.width + Math.round(dragged.x / column), 2, COLUMNS),
    height: clamp(tile.height + Math.round(dragged.y / row), 2, ROWS),
  };
}

/** Previews a move or a new size of one of the tiles while the pointer is down. */
export function useArranging(tiles: readonly Tile[], onChange: (change: Change) => void) {
  const [preview, setPreview] = useState<{ id: string; change: Change } | null>(null);
  const draft = { name: "", description: "", tiles: [...tiles] };
  const shown = preview ? preview.change.make(draft).tiles : tiles;

  function follow(press: Press, id: string, move: (event: PointerEvent) => Change | null) {
    if (press.button !== 0) return;
    press.preventDefault();
    let change: Change | null = null;
    const { style } = document.body;
    style.userSelect = "none";

    function onMove(event: PointerEvent) {
      change = move(event) ?? change;
      if (change) setPreview({ id, change });
    }
    function onKey(event: KeyboardEvent) {
      if (event.key === "Escape") stop();
    }
    function onUp() {
      stop();
      if (change) onChange(change);
    }
    function stop() {
      // The handle itself moves about in the document, so it is the window that listens.
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", stop);
      window.removeEventListener("keydown", onKey);
      style.userSelect = "";
      setPreview(null);
    }
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", stop);
    window.addEventListener("keydown", onKey);
  }

  /** Call when the pointer goes down on the handle that moves a tile. */
  function startMove(press: Press, id: string) {
    let order = tiles.map((tile) => tile.id);
    let last: string | null = null;
    follow(press, id, (event) => {
      const over = tileUnder(event);
      if (over === last) return null;
      last = over;
      if (over === null || over === id) return null;
      const index = order.indexOf(over);
      if (index < 0) return null;
      order = order.filter((each) => each !== id).toSpliced(index, 0, id);
      return moveTile(id, index);
    });
  }

  /** Call when the pointer goes down on the corner that resizes a tile. */
  function startResize(press: Press, tile: Tile) {
    const grid = press.currentTarget.closest("[data-grid]");
    const gridWidth = grid?.getBoundingClientRect().width ?? 1200;
    const { clientX, clientY } = press;
    follow(press, tile.id, (event) => {
      const dragged = { x: event.clientX - clientX, y: event.clientY - clientY };
      const { width, height } = sizeAfter(tile, dragged, gridWidth);
      return resizeTile(tile.id, width, height);
    });
  }

  return { shown, active: preview?.id ?? null, startMove, startResize };
}

function tileUnder(event: PointerEvent): string | null {
  const under = document.elementFromPoint(event.clientX, event.clientY);
  return under?.closest<HTMLElement>("[data-tile]")?.dataset.tile ?? null;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
