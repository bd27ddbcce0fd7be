import { useChannels } from "../../data/channels";
import { useConfig, useStats } from "../../data/queries";
import { usePreferences } from "../../preferences";
import { healthOf } from "../channels/words";

export const steps = ["url", "test", "cookies", "tradingview", "notify"] as const;
export type StepName = (typeof steps)[number];

/** useProgress says which of the first steps are done; null until that is known. */
export function useProgress(): Record<StepName, boolean> | null {
  const { copied, tested } = usePreferences().value;
  const config = useConfig().data;
  const stats = useStats().data;
  const channels = useChannels().data;
  if (!config || !stats || !channels) return null;
  const arrived = (stats.total_signals ?? 0) > 0; // test alerts are not counted
  return {
    url: copied || arrived,
    test: tested,
    cookies: config.cookies_configured && config.cookies_valid,
    tradingview: arrived,
    notify: channels.some((channel) => healthOf(channel) === "works"),
  };
}
