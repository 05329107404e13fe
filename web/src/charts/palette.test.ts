import { describe, expect, test } from "vitest";
import { COLORS, ink, type Scheme, seriesColor } from "./palette";

type Rgb = [number, number, number];

/** Matrices for full dichromacy on linear RGB, after Machado, Oliveira and Fernandes (2009). */
const DICHROMACY: Record<string, readonly Rgb[]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function times(matrix: readonly Rgb[], [r, g, b]: Rgb): Rgb {
  return matrix.map(([x, y, z]) => Math.max(0, x * r + y * g + z * b)) as Rgb;
}

function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: string, b: string, matrix: readonly Rgb[]): number {
  const [x, y] = [oklab(times(matrix, linear(a))), oklab(times(matrix, linear(b)))];
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, b] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const SCHEMES: Scheme[] = ["light", "dark"];

describe.each(SCHEMES)("in the %s scheme", (scheme) => {
  test.each(Object.entries(DICHROMACY))("the first four colours differ with %s", (_, matrix) => {
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < i; j++)
        expect(
          distance(seriesColor(i, scheme), seriesColor(j, scheme), matrix),
          `colours ${j} and ${i}`,
        ).toBeGreaterThan(0.08);
  });

  test.each(Object.entries(DICHROMACY))("neighbouring colours differ with %s", (_, matrix) => {
    for (let i = 1; i < COLORS; i++)
      expect(
        distance(seriesColor(i, scheme), seriesColor(i - 1, scheme), matrix),
        `colours ${i - 1} and ${i}`,
      ).toBeGreaterThan(0.1);
  });

  test("every colour stands out from the background", () => {
    for (let i = 0; i < COLORS; i++)
      expect(contrast(seriesColor(i, scheme), ink(scheme).surface)).toBeGreaterThanOrEqual(3);
  });

  test("faint text is readable", () => {
    expect(contrast(ink(scheme).faint, ink(scheme).surface)).toBeGreaterThanOrEqual(4.5);
  });
});
