import { expect, test } from "vitest";
import { pretty } from "./payload";

test("JSON gets line breaks and anything else stays as it was sent", () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty('{"a":')).toBe('{"a":');
});
