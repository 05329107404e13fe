/** Ways to cut the numbers of a property into ranges, as values. */

import type { Property } from "../api/shapes";

/** A property that divides an answer: by each of its values, or by ranges of its numbers. */
export type Divider = Property & {
  edges?: number[] | null;
  width?: number | null;
  quantiles?: number | null;
};

export type Way = "values" | "width" | "quantiles" | "edges";

/** Returns how a property divides. */
export function wayOf({ edges, width, quantiles }: Divider): Way {
  if (edges) return "edges";
  if (width) return "width";
  return quantiles ? "quantiles" : "values";
}

/** Returns the property divided in another way, with numbers to begin with. */
export function divided({ of = "event", name }: Divider, way: Way): Divider {
  const property = { of, name };
  if (way === "width") return { ...property, width: 10 };
  if (way === "quantiles") return { ...property, quantiles: 4 };
  if (way === "edges") return { ...property, edges: [10, 100] };
  return property;
}

/** Returns the numbers in a text, ascending and each once; null when there are none. */
export function edgesIn(text: string): number[] | null {
  const numbers = text
    .split(/[;,\s]+/)
    .filter(Boolean)
    .map(Number);
  if (numbers.length === 0 || numbers.some((number) => !Number.isFinite(number))) return null;
  return [...new Set(numbers)].sort((a, b) => a - b);
}
