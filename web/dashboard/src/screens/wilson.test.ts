import { expect, test } from "vitest";

import { wilson } from "./wilson";

test("the interval is Wilson's, within 0 and 100", () => {
  const rounded = (wins: number, n: number) => {
    const i = wilson(wins, n);
    return i && [Number(i.low.toFixed(2)), Number(i.high.toFixed(2))];
  };
  expect(rounded(0, 0)).toBeNull();
  expect(rounded(0, 1)).toEqual([0, 79.35]);
  expect(rounded(1, 1)).toEqual([20.65, 100]);
  expect(rounded(5, 10)).toEqual([23.66, 76.34]);
  expect(rounded(10, 10)).toEqual([72.25, 100]);
  expect(rounded(62, 100)).toEqual([52.21, 70.9]);
});
