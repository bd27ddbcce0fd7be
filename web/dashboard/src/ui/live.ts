import { createContext, useContext } from "react";

/** What the event stream told since the list was read. */
export const LiveContext = createContext<{ arrived: number; staleSince: number | null; seen: () => void }>({
  arrived: 0,
  staleSince: null,
  seen: () => undefined,
});

export function useLive() {
  return useContext(LiveContext);
}
