import { expect, test } from "vitest";
import { divided, edgesIn, wayOf } from "./ranges";
import { lengthsIn } from "./retention/lengths";

test("edges ascend and are there once, however they are typed", () => {
  expect(edgesIn("100, 10;10 1.5")).toEqual([1.5, 10, 100]);
  expect(edgesIn("10, ten")).toBeNull();
  expect(edgesIn("")).toBeNull();
});

test("columns are whole and keep their order", () => {
  expect(lengthsIn("3, 7, 3")).toEqual([3, 7, 3]);
  expect(lengthsIn("")).toEqual([]);
  expect(lengthsIn("0")).toBeNull();
  expect(lengthsIn("1.5")).toBeNull();
});

test("a property divides in one way at a time", () => {
  const wide = divided({ of: "event", name: "amount", quantiles: 4 }, "width");
  expect(wide).toEqual({ of: "event", name: "amount", width: 10 });
  expect(wayOf(wide)).toBe("width");
  expect(wayOf(divided(wide, "values"))).toBe("values");
});
