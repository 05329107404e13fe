import { expect, test } from "vitest";
import { heightOf, sizeAfter } from "./arrange";

const tile = { width: 6, height: 4 };
const GRID = 1184; // twelve columns of 84 and eleven gaps of 16

test("a tile grows by the columns and rows that its corner passes", () => {
  expect(sizeAfter(tile, { x: 100, y: 88 }, GRID)).toEqual({ width: 7, height: 5 });
  expect(sizeAfter(tile, { x: -210, y: -176 }, GRID)).toEqual({ width: 4, height: 2 });
});

test("less than half a column changes nothing", () => {
  expect(sizeAfter(tile, { x: 49, y: -43 }, GRID)).toEqual(tile);
});

test("a tile is never wider than the grid nor too small to read", () => {
  expect(sizeAfter(tile, { x: 9_000, y: 9_000 }, GRID)).toEqual({ width: 12, height: 12 });
  expect(sizeAfter(tile, { x: -9_000, y: -9_000 }, GRID)).toEqual({ width: 2, height: 2 });
});

test("a tile covers the gaps between its rows", () => {
  expect(heightOf(1)).toBe(72);
  expect(heightOf(4)).toBe(336);
});
