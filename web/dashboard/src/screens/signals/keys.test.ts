import { expect, test } from "vitest";

import { actionOf } from "./keys";

const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("letters mark, arrows move", () => {
  expect(actionOf(press("w"), true)).toEqual({ do: "mark", changes: { result: "win" } });
  expect(actionOf(press("ArrowUp"), true)).toEqual({ do: "move", by: -1 });
  expect(actionOf(press("z"), true)).toBeNull();
});

test("x selects, with shift a range, and Escape clears", () => {
  expect(actionOf(press("x"), true)).toEqual({ do: "select", range: false });
  expect(actionOf(press("X"), true)).toEqual({ do: "select", range: true });
  expect(actionOf(press("Escape"), false)).toEqual({ do: "clear" });
});

test("a shortcut of the browser is left to the browser", () => {
  expect(actionOf(press("l", { ctrlKey: true }), true)).toBeNull();
  expect(actionOf(press("w", { metaKey: true }), true)).toBeNull();
});

test("letters can be switched off, arrows and Enter stay", () => {
  expect(actionOf(press("w"), false)).toBeNull();
  expect(actionOf(press("Enter"), false)).toEqual({ do: "open" });
});
