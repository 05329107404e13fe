import type { Polygon } from "geojson";
import { expect, test } from "vitest";
import { inOnePiece } from "./outlines";

function polygon(...ring: [number, number][]): Polygon {
  return { type: "Polygon", coordinates: [ring] };
}

test("a country on both sides of the 180th meridian is drawn in one piece", () => {
  expect(inOnePiece(polygon([170, 60], [-170, 60], [-170, 70]))).toEqual(
    polygon([170, 60], [190, 60], [190, 70]),
  );
});

test("a country on one side stays as it is", () => {
  const country = polygon([-120, 30], [-70, 30], [-70, 50]);
  expect(inOnePiece(country)).toEqual(country);
});
