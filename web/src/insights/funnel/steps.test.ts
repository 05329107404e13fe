import { expect, test } from "vitest";
import { isOptional, stepName, stepOf, waysOf } from "./steps";

const [view, search] = [{ event: "View" }, { event: "Search" }];

test("a step with one way that must be taken is a plain selection", () => {
  expect(stepOf([view], false)).toEqual(view);
  expect(waysOf(view)).toEqual([view]);
});

test("alternatives and optional steps say so", () => {
  const step = stepOf([view, search], true);
  expect(waysOf(step)).toEqual([view, search]);
  expect(isOptional(step)).toBe(true);
  expect(stepName(step)).toBe("View or Search");
  expect(isOptional(stepOf([view], true))).toBe(true);
});

test("a step keeps its name when it becomes plain", () => {
  expect(stepOf([view], false, "Looked")).toEqual({ event: "View", label: "Looked" });
  expect(stepName(stepOf([view, search], false, "Looked"))).toBe("Looked");
});
