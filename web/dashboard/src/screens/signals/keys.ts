import type { SignalChanges } from "../../data/client";

/** An Action is what one key does in the list. */
export type Action =
  | { do: "move"; by: 1 | -1 }
  | { do: "mark"; changes: SignalChanges }
  | { do: "edit"; what: "profit_loss" | "tags" | "notes" }
  | { do: "select"; range: boolean }
  | { do: "clear" | "open" | "undo" | "search" | "help" };

const actions: Record<string, Action> = {
  j: { do: "move", by: 1 },
  ArrowDown: { do: "move", by: 1 },
  k: { do: "move", by: -1 },
  ArrowUp: { do: "move", by: -1 },
  w: { do: "mark", changes: { result: "win" } },
  l: { do: "mark", changes: { result: "loss" } },
  b: { do: "mark", changes: { result: "breakeven" } },
  s: { do: "mark", changes: { result: "skip" } },
  0: { do: "mark", changes: { result: "pending" } },
  p: { do: "edit", what: "profit_loss" },
  t: { do: "edit", what: "tags" },
  n: { do: "edit", what: "notes" },
  x: { do: "select", range: false },
  X: { do: "select", range: true },
  Escape: { do: "clear" },
  Enter: { do: "open" },
  u: { do: "undo" },
  "/": { do: "search" },
  "?": { do: "help" },
};

/** Pressed is what a key event says, as far as it matters here. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/**
 * actionOf returns what a key does, or null. Letters do nothing if the user switched them off
 * (WCAG 2.1.4); arrows and Enter always work.
 */
export function actionOf(event: Pressed, letters: boolean): Action | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (!letters && event.key.length === 1) return null;
  return actions[event.key] ?? null;
}
