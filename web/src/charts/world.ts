/** The countries of the world: their outlines, and their codes. Loaded with the first map. */

import codes from "i18n-iso-countries/codes.json";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import topology from "world-atlas/countries-110m.json";
import { registerMap } from "./echarts";
import { inOnePiece } from "./outlines";

const ANTARCTICA = "010";

export const WORLD = "world";

/** Makes the outlines known to ECharts; each country is named by its two-letter code. */
export function loadWorld(): void {
  const world = topology as unknown as Topology<{ countries: GeometryCollection }>;
  const letters = new Map(
    (codes as string[][]).map(([two = "", , numeric = ""]) => [numeric, two]),
  );
  const { features } = feature(world, world.objects.countries);
  const named = features
    .filter(({ id }) => id !== ANTARCTICA)
    .map((country) => ({
      ...country,
      geometry: inOnePiece(country.geometry),
      properties: { name: letters.get(String(country.id)) ?? String(country.properties) },
    }));
  registerMap(WORLD, { type: "FeatureCollection", features: named } as never);
}
