import { expect, test } from "vitest";
import type { Condition, Filter, Operator, Value } from "../api/shapes";
import { asGroup, conditionsIn, isComplete, usable, withOperator, withPart } from "./filters";

function on(name: string, operator: Operator, ...values: Value[]): Condition {
  return { property: { of: "event", name }, operator, values };
}

test("a lone condition becomes a group, to add others to it", () => {
  expect(asGroup(on("plan", "is", "pro"))).toEqual({ all: [on("plan", "is", "pro")] });
  expect(asGroup(null)).toEqual({ all: [] });
});

test("a condition is complete when it has what its operator needs", () => {
  expect(isComplete(on("plan", "is"))).toBe(false);
  expect(isComplete(on("plan", "is", ""))).toBe(false);
  expect(isComplete(on("", "is", "pro"))).toBe(false);
  expect(isComplete(on("plan", "is_set"))).toBe(true);
  expect(isComplete(on("amount", "greater", "ten"))).toBe(false);
  expect(isComplete(on("amount", "greater", "10"))).toBe(true);
});

test("an unfinished part never makes a filter that nothing satisfies", () => {
  const filter: Filter = { all: [on("plan", "is", "pro"), { any: [on("country", "is")] }] };
  expect(usable(filter)).toEqual({ all: [on("plan", "is", "pro")] });
  expect(usable({ any: [on("country", "is")] })).toBeNull();
});

test("values that the new operator cannot take go", () => {
  expect(withOperator(on("n", "is", "5", "many"), "greater").values).toEqual(["5"]);
  expect(withOperator(on("n", "is", "a", "b"), "contains").values).toEqual(["a"]);
  expect(withOperator(on("n", "is", "a"), "is_not").values).toEqual(["a"]);
  expect(withOperator(on("n", "is", "a"), "is_set").values).toEqual([]);
});

test("removing the last part removes the group", () => {
  const group = { any: [on("a", "is", "1"), on("b", "is", "2")] };
  const one = withPart(group, 0, null);
  expect(one).toEqual({ any: [on("b", "is", "2")] });
  expect(one && withPart(one, 0, null)).toBeNull();
});

test("conditions are counted through all groups", () => {
  expect(conditionsIn({ all: [on("a", "is"), { any: [on("b", "is"), on("c", "is")] }] })).toBe(3);
});
