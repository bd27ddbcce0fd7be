import { expect, test } from "vitest";

import { InTurn } from "./inTurn";

test("what has one key goes in turn, also after a failure, and other keys do not wait", async () => {
  const turns = new InTurn();
  const order: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const first = turns.do("a", async () => {
    await held;
    order.push("first");
    throw new Error("refused");
  });
  const second = turns.do("a", async () => void order.push("second"));
  await turns.do("b", async () => void order.push("other"));
  expect(turns.busy("a")).toBe(true);
  release();
  await expect(first).rejects.toThrow("refused");
  await second;
  expect(order).toEqual(["other", "first", "second"]);
  expect(turns.busy("a")).toBe(false);
});
