import { useMemo } from "react";
import { useSearchParams } from "wouter";

import type { Filters } from "../../data/queries";
import { isTextKey, useText, type TextKey } from "../../i18n";

// prettier-ignore
export const names = ["result", "ticker", "exchange", "indicator", "signal_type", "direction", "interval", "tag", "event_kind",
  "hour", "weekday", "session", "us_session", "counted", "day", "week", "month", "status", "from", "to", "q",
  "pnl_from", "pnl_to", "r_from", "r_to", "origin"] as const;
export type Name = (typeof names)[number];
export type Values = Partial<Record<Name, string>>;

/** useFilters reads and writes the filters in the page's URL, so that a view can be bookmarked. */
export function useFilters() {
  const [params, setParams] = useSearchParams();
  const query = params.toString();
  const filters = useMemo(() => {
    const all = new URLSearchParams(query);
    return Object.fromEntries(names.flatMap((name) => (all.get(name) ? [[name, all.get(name)]] : []))) as Filters;
  }, [query]);
  const setFilters = (next: Values) => {
    setParams(new URLSearchParams(Object.entries(next).filter(([, value]) => value)), { replace: true });
  };
  return { filters, setFilters, active: Object.keys(filters).length > 0 };
}

// The filters whose values have texts, with what their keys begin with.
const prefixes: Partial<Record<Name, string>> = { result: "result", status: "picture", session: "session", us_session: "us_session", counted: "counted", weekday: "weekday", origin: "origin", event_kind: "event", direction: "direction" };

/** useFilterText returns a function that returns a filter in words: "Result: win". */
export function useFilterText() {
  const text = useText();
  return (name: Name, value: string): string => {
    const key = `${prefixes[name]}.${value}`;
    const shown = value === "none" ? text("stats.nothing") : isTextKey(key) ? text(key) : value;
    return `${text(`filter.${name}` as TextKey)}: ${shown}`;
  };
}
