// Test alerts, and how an alert is read.
import { useMutation, useQuery } from "@tanstack/react-query";
import type { components } from "atalaya-client";

import { api, unwrap } from "./client";

export type Reading = components["schemas"]["ReadAlertOutputBody"];
export type AlertNames = Record<string, string[]>;

export function useTestAlert() {
  return useMutation({ mutationFn: () => unwrap(api.POST("/api/alerts/test")) });
}

/** useReading returns how a message would be read, with other names than those of the settings if any are given. */
export function useReading(body: string, names?: AlertNames) {
  return useQuery({
    queryKey: ["reading", body, names ?? null],
    queryFn: () => unwrap(api.POST("/api/alerts/read", { body: { body, ...(names ? { alert_names: names } : {}) } })),
    staleTime: Infinity,
  });
}
