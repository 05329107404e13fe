import { expect, test } from "vitest";
import { definitionOf, NEW_CONDITION, NEW_RULE, type Rules, rulesOf } from "./rules";

const RULES: Rules = {
  join: "all",
  rules: [
    { ...NEW_RULE, selector: { event: "Bought", filter: null }, times: 3 },
    { ...NEW_RULE, did: false, selector: { event: "Left", filter: null }, days: null },
    { type: "is", condition: { property: { of: "person", name: "plan" }, values: ["pro"] } },
    { type: "in", cohort: "abc", inside: false },
  ],
};

test("rules come back from their definition unchanged", () => {
  const definition = definitionOf(RULES);
  expect(definition && rulesOf(definition)).toEqual(RULES);
});

test("a rule that is not finished is left out, and no rule is no cohort", () => {
  expect(definitionOf({ join: "any", rules: [NEW_CONDITION] })).toBeNull();
  expect(definitionOf({ ...RULES, rules: [...RULES.rules, NEW_CONDITION] })).toEqual(
    definitionOf(RULES),
  );
});

test("a definition that says more than rules can is left as it is", () => {
  const nested = { all: [{ any: [] }] };
  expect(rulesOf(nested)).toBeNull();
  expect(rulesOf({ ids: ["a"] })).toBeNull();
  expect(rulesOf({ not: { not: { cohort: "abc" } } })).toEqual({
    join: "all",
    rules: [{ type: "in", cohort: "abc", inside: true }],
  });
});
