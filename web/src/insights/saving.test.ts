import { expect, test } from "vitest";
import type { Spec, Tile } from "../api/shapes";
import { complete } from "./questions";
import { type Saving, withTile } from "./saving";

const spec = complete("trends", { kind: "trends", series: [{ event: "new" }] }) as Spec;
const old = complete("trends", { kind: "trends", series: [{ event: "old" }] }) as Spec;
const tiles: Tile[] = ["a", "b"].map((id) => ({ id, title: id, spec: old, width: 4, height: 3 }));
const saving: Saving = { dashboard: { id: "d" }, tile: "b", title: null, spec };

test("only the tile changes, and keeps its place, size and title", () => {
  const { tiles: after } = withTile(tiles, saving);
  expect(after).toEqual([tiles[0], { ...tiles[1], spec }]);
});

test("a tile that was deleted meanwhile comes back as a new one", () => {
  const { tiles: after, tile } = withTile([tiles[0] as Tile], { ...saving, title: "New" });
  expect(after.map((each) => each.title)).toEqual(["a", "New"]);
  expect(after[1]).toBe(tile);
});
