import { expect, test } from "vitest";
import { matching, type Place } from "./matching";

function place(label: string, group: string): Place {
  return { key: label, label, group, go: () => undefined };
}

const places = [
  place("Weekly growth", "Dashboard"),
  place("Growth", "Dashboard"),
  place("Signed up", "Event"),
];

function labels(typed: string): string[] {
  return matching(places, typed).map(({ label }) => label);
}

test("everything is there while nothing is typed, in its order", () => {
  expect(labels("")).toEqual(["Weekly growth", "Growth", "Signed up"]);
});

test("what begins with the text comes first", () => {
  expect(labels("grow")).toEqual(["Growth", "Weekly growth"]);
});

test("words match in any order, and the kind of place counts as one", () => {
  expect(labels("growth week")).toEqual(["Weekly growth"]);
  expect(labels("event up")).toEqual(["Signed up"]);
  expect(labels("nowhere")).toEqual([]);
});
