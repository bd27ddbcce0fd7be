import { expect, test } from "vitest";

import { namesIn } from "./names";

test("the names of a message are its plain members, nested ones with dots", () => {
  expect(namesIn({ s: "AAPL", px: { last: 1.5, none: null }, list: [1], empty: "" })).toEqual([
    { name: "s", value: "AAPL" },
    { name: "px.last", value: "1.5" },
  ]);
});

test("a message without names has none", () => {
  expect(namesIn(null)).toEqual([]);
  expect(namesIn("text")).toEqual([]);
});

test("a name longer than the service accepts is left out", () => {
  expect(namesIn({ ["x".repeat(61)]: 1 })).toEqual([]);
});
