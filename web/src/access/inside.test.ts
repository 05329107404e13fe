import { expect, test } from "vitest";
import { inside } from "./inside";

test("after signing in one goes on to the page one wanted", () => {
  expect(inside("/p/1/people?search=ada#top")).toBe("/p/1/people?search=ada#top");
});

test("a link cannot lead to another site after signing in", () => {
  for (const path of ["https://evil.example", "//evil.example/x", "/\\evil.example", "evil", ""]) {
    expect(inside(path)).toBe("/");
  }
  expect(inside(undefined)).toBe("/");
});
