import { expect, test } from "vitest";

import { untilSaid } from "./untilSaid";

const says = (...states: string[]) => {
  let asked = 0;
  return { ask: async () => ({ data: { state: states[Math.min(asked++, states.length - 1)]! } }), asked: () => asked };
};

test("a check that waits behind captures is asked for again until TradingView has spoken", async () => {
  const service = says("pending", "pending", "alive");
  expect((await untilSaid(service.ask)).data.state).toBe("alive");
  expect(service.asked()).toBe(3);
});

test("a check that never comes to an end is given up, and so is one that is refused", async () => {
  const service = says("pending");
  expect((await untilSaid(service.ask)).data.state).toBe("pending");
  expect(service.asked()).toBe(15);
  await expect(untilSaid(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
});
