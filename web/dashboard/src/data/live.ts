// Live updates. The tab that holds a lock reads the event stream and passes the events to the browser's other tabs,
// because a user may have few streams, and HTTP/1.1 allows six connections.
import type { QueryClient } from "@tanstack/react-query";
import { readDecimals } from "atalaya-client";

import type { Signal } from "./client";
import { isListed, tellSignals } from "./queries";
import { accessToken } from "./session";

export type LiveEvent =
  | { type: "signal.created" | "signal.updated"; signal: Signal }
  | { type: "signal.deleted"; id: string }
  | { type: "config.updated" }
  | { type: "reset" }
  | { type: "alive" };

/** Arrival is a new signal, and when this page learned of it, in milliseconds since 1970. */
export interface Arrival {
  id: string;
  at: number;
}

const mostArrivals = 1000;

/** withArrivals adds the new signals among events, and keeps the newest. */
export function withArrivals(before: Arrival[], events: LiveEvent[]): Arrival[] {
  const at = Date.now();
  const added = events.flatMap((event) => (event.type === "signal.created" ? [{ id: event.signal.id, at }] : []));
  return added.length === 0 ? before : [...before, ...added].slice(-mostArrivals);
}

/**
 * unseen counts the arrivals that a list may lack: those reported since it was requested that are not in it. Earlier
 * arrivals are in the list or do not pass its filter.
 */
export function unseen(arrivals: Arrival[], listed: { id: string }[], asked: number): number {
  const known = new Set(listed.map((signal) => signal.id));
  return new Set(arrivals.filter((arrival) => arrival.at >= asked && !known.has(arrival.id)).map((arrival) => arrival.id)).size;
}

/** staleAfter is the silence in ms after which a stream counts as broken. It sends something every 15 s. */
export const staleAfter = 45_000;
const reconnectAfter = 3_000;

/** follow calls onEvents with the events that arrive together, until stop aborts. */
export function follow(onEvents: (events: LiveEvent[]) => void, stop: AbortSignal): void {
  const channel = new BroadcastChannel("atalaya-live");
  channel.onmessage = (message) => onEvents(message.data as LiveEvent[]);
  stop.addEventListener("abort", () => channel.close());
  const tell = (events: LiveEvent[]) => {
    onEvents(events);
    channel.postMessage(events);
  };
  navigator.locks
    .request("atalaya-live", { signal: stop }, async () => {
      let cursor = "";
      while (!stop.aborted) {
        cursor = await readStream(cursor, tell, stop).catch(() => cursor);
        if (!stop.aborted) await new Promise((resolve) => setTimeout(resolve, reconnectAfter));
      }
    })
    .catch(() => undefined); // aborted while waiting for the lock
}

/** readStream reads one connection to its end and returns the cursor to continue from. */
async function readStream(cursor: string, tell: (events: LiveEvent[]) => void, stop: AbortSignal): Promise<string> {
  const token = await accessToken();
  if (!token) return cursor;
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  if (cursor) headers["Last-Event-ID"] = cursor;
  const response = await fetch("/api/signals/stream", { headers, signal: stop });
  if (!response.ok || !response.body) return cursor;
  tell([{ type: "alive" }]);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return cursor;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) cursor = field(block, "id") ?? cursor;
    if (blocks.length > 0) tell(blocks.map((block) => readEvent(field(block, "event"), field(block, "data"))));
  }
}

function field(block: string, name: string): string | undefined {
  const line = block.split("\n").find((line) => line.startsWith(`${name}: `));
  return line?.slice(name.length + 2);
}

export function readEvent(type: string | undefined, data: string | undefined): LiveEvent {
  switch (type) {
    case "signal.created":
    case "signal.updated":
      return { type, signal: readDecimals<Signal>(data ?? "{}") };
    case "signal.deleted":
      return { type, id: (JSON.parse(data ?? "{}") as { id: string }).id };
    case "config.updated":
      return { type };
    case "reset":
      return { type };
    default:
      return { type: "alive" };
  }
}

/** applyEvents updates the loaded data. It does not insert new signals, so that a list never jumps. */
export function applyEvents(client: QueryClient, events: LiveEvent[]): void {
  const changed = new Map<string, Signal>();
  let unlisted = false; // whether a loaded list may lack something
  const stale = new Set<string>(); // the first part of the keys of what has to be read again
  for (const event of events) {
    switch (event.type) {
      case "signal.updated":
        changed.set(event.signal.id, event.signal);
        stale.add("stats");
        break;
      case "signal.created":
        unlisted = true;
        stale.add("stats").add("quota").add("deliveries").add("notifications");
        break;
      case "signal.deleted":
        stale.add("signals").add("stats");
        break;
      case "config.updated":
        stale.add("config");
        break;
      case "reset":
        void client.invalidateQueries();
        return;
    }
  }
  if (changed.size > 0) tellSignals(client, changed);
  // A changed signal may be further down, or only now pass the filter. Lists are read again when the user comes back
  // to them. They do not change while the user looks at them.
  unlisted ||= [...changed.keys()].some((id) => !isListed(client, id));
  if (unlisted) void client.invalidateQueries({ queryKey: ["signals"], refetchType: "none" });
  for (const name of stale) void client.invalidateQueries({ queryKey: [name] });
}
