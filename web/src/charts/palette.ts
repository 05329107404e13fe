/**
 * The colours of charts. Neighbours in the list stay apart for people with any colour blindness,
 * and every colour has a contrast of at least 3 to 1 with its background (`palette.test.ts`).
 */

export type Scheme = "light" | "dark";

const SERIES: Record<Scheme, readonly string[]> = {
  light: ["#0b6e69", "#d86d16", "#5e256e", "#2687c7", "#6e650e", "#38279d", "#c0758f", "#900d2c"],
  dark: ["#3fc1b4", "#ec940d", "#846eea", "#d55a42", "#fec93a", "#af6d97", "#80ebb0", "#be90fe"],
};

export interface Ink {
  text: string;
  faint: string;
  line: string;
  surface: string;
}

const INK: Record<Scheme, Ink> = {
  light: { text: "#292524", faint: "#6b655f", line: "#e7e5e4", surface: "#ffffff" },
  dark: { text: "#e7e5e4", faint: "#a8a29e", line: "#3a3633", surface: "#1c1a18" },
};

/** Returns the colour of the series with this index; colours repeat after the eighth. */
export function seriesColor(index: number, scheme: Scheme): string {
  const colors = SERIES[scheme];
  return colors[index % colors.length] as string;
}

/** Returns the colours of axes, labels and backgrounds. */
export function ink(scheme: Scheme): Ink {
  return INK[scheme];
}

const OTHER: Record<Scheme, string> = { light: "#a8a29e", dark: "#78716c" };

/** Returns the colour of what stands for all the rest. */
export function otherColor(scheme: Scheme): string {
  return OTHER[scheme];
}

const RAMPS: Record<Scheme, readonly [string, string]> = {
  light: ["#eef5f4", "#0b6e69"],
  dark: ["#1f2b2a", "#3fc1b4"],
};

/** Returns the colours of nothing and of the most, for values that are told by colour. */
export function ramp(scheme: Scheme): readonly [string, string] {
  return RAMPS[scheme];
}

/** How many colours there are before they repeat. */
export const COLORS = SERIES.light.length;
