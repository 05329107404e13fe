import { expect, test } from "vitest";
import { mark } from "./mark";

test("a person's mark is made of the first letters of their name", () => {
  expect(mark("Ada Lovelace").letters).toBe("AL");
  expect(mark("ada@example.org").letters).toBe("AE");
  expect(mark("Żaneta").letters).toBe("Ż");
  expect(mark("…").letters).toBe("?");
});

test("the same text has the same hue", () => {
  expect(mark("person-1").hue).toBe(mark("person-1").hue);
  expect(mark("person-1").hue).not.toBe(mark("person-2").hue);
});
