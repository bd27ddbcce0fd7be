import { expect, test } from "vitest";

import { fallPercent, nearest } from "./equityAxis";

test("the point under the pointer is the nearest, whatever was left out between them", () => {
  const points = [1, 2, 50, 51, 100].map((position) => ({ position }));
  expect([-0.1, 0, 0.2, 0.3, 0.75, 1, 1.5].map((share) => nearest(points, share))).toEqual([0, 0, 1, 2, 3, 4, 4]);
});

test("a fall is a share of the start balance and the peak", () => {
  expect(fallPercent("-50", "100", "900")).toBe("-5.0");
  expect(fallPercent("-50", "0", "0")).toBeNull();
});
