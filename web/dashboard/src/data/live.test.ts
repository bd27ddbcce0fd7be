import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import type { Signal } from "./client";
import { applyEvents, readEvent, unseen, withArrivals } from "./live";

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

test("a new signal counts as unseen until a list that was asked for later has been read, whenever its event came", () => {
  const created = (id: string) => ({ type: "signal.created" as const, signal: { id } as Signal });
  const before = Date.now();
  const arrivals = withArrivals(withArrivals([], [created("a"), { type: "alive" }]), [created("b"), created("b")]);
  expect(unseen(arrivals, [], before)).toBe(2);
  expect(unseen(arrivals, [{ id: "b" }], before)).toBe(1); // the list was quicker than the event
  expect(unseen(arrivals, [], Date.now() + 1)).toBe(0); // they do not pass its filter
});
