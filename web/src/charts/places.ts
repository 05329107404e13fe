/** Countries as a reader knows them. */

import type { Places } from "../api/shapes";

type Place = Places["places"][number];

const names = new Intl.DisplayNames(undefined, { type: "region" });

/** Returns the name of a country in the reader's language, its code when it has none. */
export function countryName(code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Returns the countries by their numbers, the largest first. */
export function ranked(places: readonly Place[]): Place[] {
  return [...places].sort((a, b) => b.value - a.value || a.code.localeCompare(b.code));
}
