import { createContext, useContext } from "react";

import type { Arrival } from "../data/live";

/** What the event stream has told: the newest signals, and since when it is silent. */
export const LiveContext = createContext<{ arrivals: Arrival[]; staleSince: number | null }>({ arrivals: [], staleSince: null });

export function useLive() {
  return useContext(LiveContext);
}
