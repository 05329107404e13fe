import { expect, test } from "vitest";
import { begin, changed, redone, undone } from "./history";

test("changes are taken back and made again, in order", () => {
  const two = changed(changed(begin("a"), "b", 1_000), "c", 3_000);
  const back = undone(undone(two));
  expect([undone(two).present, back.present]).toEqual(["b", "a"]);
  expect(redone(redone(back)).present).toBe("c");
});

test("typing is one change", () => {
  const typed = ["p", "pr", "pro"].reduce(
    (history, text, i) => changed(history, text, 5_000 + i * 100),
    changed(begin("x"), "y", 1_000),
  );
  expect(undone(typed).present).toBe("y");
});

test("a new change forgets what was undone", () => {
  const forked = changed(undone(changed(begin("a"), "b", 1_000)), "c", 5_000);
  expect(redone(forked).present).toBe("c");
  expect(undone(forked).present).toBe("a");
});

test("there is nothing before the beginning and nothing after the end", () => {
  const history = begin("a");
  expect(undone(history)).toBe(history);
  expect(redone(history)).toBe(history);
});
