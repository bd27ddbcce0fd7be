import { expect, test } from "vitest";

import { viewsOf } from "./viewStore";

test("views are read back, and what is none is left out", () => {
  expect(viewsOf([{ name: "Longs", values: { direction: "LONG", evil: "x", q: 7 } }, { name: "", values: {} }, null, "x", { name: "n" }])).toEqual([
    { name: "Longs", values: { direction: "LONG" } },
  ]);
  expect(viewsOf({})).toEqual([]);
});
