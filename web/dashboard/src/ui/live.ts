import { createContext, useContext } from "react";

import type { Arrival } from "../data/live";

/** LiveContext holds what the event stream has reported: the newest signals, and since when (ms since 1970) it is silent. */
export const LiveContext = createContext<{ arrivals: Arrival[]; staleSince: number | null }>({ arrivals: [], staleSince: null });

export function useLive() {
  return useContext(LiveContext);
}
