import { expect, test } from "vitest";
import type { Draft, Spec, Tile } from "../api/shapes";
import {
  duplicateTile,
  growTile,
  moveTile,
  putBackTile,
  removeTile,
  renameTile,
  resizeTile,
  restore,
  shiftTile,
} from "./edit";

const spec = { kind: "trends", series: [{}] } as unknown as Spec;

function tile(id: string): Tile {
  return { id, title: id, spec, width: 6, height: 4 };
}

const draft: Draft = { name: "Overview", description: "", tiles: ["a", "b", "c"].map(tile) };

function order(changed: Draft): string {
  return changed.tiles.map(({ id }) => id).join("");
}

test("a tile moves to a place and the others keep their order", () => {
  expect(order(moveTile("a", 2).make(draft))).toBe("bca");
  expect(order(moveTile("c", 0).make(draft))).toBe("cab");
  expect(order(moveTile("b", 99).make(draft))).toBe("acb");
});

test("a change to a tile that somebody else deleted changes nothing", () => {
  expect(moveTile("gone", 0).make(draft)).toEqual(draft);
  expect(renameTile("gone", "x").make(draft)).toEqual(draft);
  expect(removeTile("gone").make(draft)).toEqual(draft);
});

test("a tile stays between one cell and the whole width", () => {
  const [first] = resizeTile("a", 40, 0).make(draft).tiles;
  expect([first?.width, first?.height]).toEqual([12, 1]);
});

test("a copy lies behind its tile and has an id of its own", () => {
  expect(order(duplicateTile("a", "z").make(draft))).toBe("azbc");
});

test("what was undone is as it was before", () => {
  const changed = removeTile("b").make(draft);
  expect(restore("Undo", draft).make(changed)).toEqual(draft);
});

test("a deleted tile comes back to its place, once", () => {
  const back = putBackTile(tile("b"), 1);
  const changed = removeTile("b").make(draft);
  expect(order(back.make(changed))).toBe("abc");
  expect(order(back.make(draft))).toBe("abc");
});

test("keys that come faster than the page is drawn add up", () => {
  const [first] = growTile("a", -1, 0).make(growTile("a", 0, 1).make(draft)).tiles;
  const [before] = draft.tiles;
  expect(first?.width).toBe((before?.width ?? 0) - 1);
  expect(first?.height).toBe((before?.height ?? 0) + 1);
  expect(order(shiftTile("a", 1).make(shiftTile("a", 1).make(draft)))).toBe("bca");
  expect(order(shiftTile("a", -1).make(draft))).toBe("abc");
  expect(shiftTile("gone", 1).make(draft)).toEqual(draft);
});
