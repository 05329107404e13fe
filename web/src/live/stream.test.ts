import { expect, test } from "vitest";
import { arrival, type Item, matching, NOTHING_YET, paused, received, rejection } from "./stream";

function event(id: string, name = "Viewed", properties: Record<string, unknown> = {}): Item {
  return arrival({
    id,
    event: name,
    time: "2024-05-01T10:00:00Z",
    received: "2024-05-01T10:00:01Z",
    person: "p1",
    distinct_id: "ada",
    properties,
    status: "accepted",
  });
}

const refused = rejection({
  received: "2024-05-01T10:00:02Z",
  reason: "no event name",
  hint: "Send one.",
  payload: '{"type":"track"}',
});

test("the newest item comes first", () => {
  const stream = received(received(NOTHING_YET, [event("1"), event("2")]), [event("3")]);
  expect(stream.items.map((item) => item.key)).toEqual(["3", "2", "1"]);
});

test("what is sent again after a break of the line is shown and counted once", () => {
  const once = received(NOTHING_YET, [event("1"), refused]);
  const again = received(once, [event("1"), refused, event("2")]);
  expect([again.items.length, again.accepted, again.rejected]).toEqual([3, 2, 1]);
});

test("a paused list stands still and loses nothing", () => {
  const still = received(paused(received(NOTHING_YET, [event("1")]), true), [event("2")]);
  expect([still.items.length, still.waiting.length, still.accepted]).toEqual([1, 1, 2]);
  expect(paused(still, false).items.map((item) => item.key)).toEqual(["2", "1"]);
});

test("the list is searched in names, ids, properties and reasons", () => {
  const items = [event("1", "Bought", { plan: "Pro" }), event("2"), refused];
  expect(matching(items, "all", "pro").map((item) => item.key)).toEqual(["1"]);
  expect(matching(items, "all", "no event")).toEqual([refused]);
  expect(matching(items, "arrival", "")).toHaveLength(2);
  expect(matching(items, "rejection", "ada")).toEqual([]);
});
