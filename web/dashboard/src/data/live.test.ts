import { expect, test } from "vitest";

import { readEvent } from "./live";

test("decimals of an event keep every digit, as those of an answer do", () => {
  const event = readEvent("signal.updated", '{"id":"1","price":67890.50,"profit_loss":-0.10,"screenshot_width":1280}');
  expect(event).toEqual({ type: "signal.updated", signal: { id: "1", price: "67890.50", profit_loss: "-0.10", screenshot_width: 1280 } });
});
