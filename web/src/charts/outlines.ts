/** Outlines on a flat map. */

import type { Geometry, Position } from "geojson";

/**
 * Returns an outline without lines that run across the whole map: what lies beyond the 180th meridian
 * is drawn on the side where the rest of it is.
 */
export function inOnePiece(geometry: Geometry): Geometry {
  if (geometry.type === "Polygon") {
    return { ...geometry, coordinates: geometry.coordinates.map(unbroken) };
  }
  if (geometry.type !== "MultiPolygon") return geometry;
  return { ...geometry, coordinates: geometry.coordinates.map((rings) => rings.map(unbroken)) };
}

function unbroken(ring: Position[]): Position[] {
  const longitudes = ring.map(([longitude = 0]) => longitude);
  if (Math.max(...longitudes) - Math.min(...longitudes) <= 180) return ring;
  return ring.map(([longitude = 0, latitude = 0]) => [
    longitude < 0 ? longitude + 360 : longitude,
    latitude,
  ]);
}
