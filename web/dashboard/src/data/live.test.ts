import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import type { Signal } from "./client";
import { applyEvents, readEvent } from "./live";

test("decimals of an event keep every digit, as those of an answer do", () => {
  const event = readEvent("signal.updated", '{"id":"1","price":67890.50,"profit_loss":-0.10,"screenshot_width":1280}');
  expect(event).toEqual({ type: "signal.updated", signal: { id: "1", price: "67890.50", profit_loss: "-0.10", screenshot_width: 1280 } });
});

test("a change of a signal that a list lacks makes the list stale, and one that it holds is shown at once", () => {
  const client = new QueryClient();
  const signal = (id: string, result = "pending") => ({ id, result }) as Signal;
  const key = ["signals", { result: "win" }];
  client.setQueryData(key, { pages: [{ data: [signal("1"), signal("2")] }], pageParams: [undefined] });
  const stale = () => client.getQueryState(key)?.isInvalidated;
  applyEvents(client, [{ type: "signal.updated", signal: signal("2", "loss") }]);
  expect([stale(), JSON.stringify(client.getQueryData(key)).includes("loss")]).toEqual([false, true]);
  applyEvents(client, [{ type: "signal.updated", signal: signal("3", "win") }]);
  expect([stale(), JSON.stringify(client.getQueryData(key)).includes('"3"')]).toEqual([true, false]);
  client.setQueryData(key, { pages: [{ data: [] }], pageParams: [undefined] });
  applyEvents(client, [{ type: "signal.created", signal: signal("4") }]);
  expect(stale()).toBe(true);
});
