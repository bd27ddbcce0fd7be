import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "./client";
import { useStats, type Filters } from "./queries";

const demo = { origin: "demo" as const };

async function countDemo(): Promise<number> {
  const list = await unwrap(api.GET("/api/signals", { params: { query: { ...demo, limit: 1 } } }));
  return list.total ?? 0;
}

/** useDemo returns how many demo signals there are, and whether there is nothing else. */
export function useDemo(): { signals: number; alone: boolean } {
  const signals = useQuery({ queryKey: ["demo"], queryFn: countDemo }).data ?? 0;
  const own = useStats().data?.total_signals;
  return { signals, alone: signals > 0 && own === 0 };
}

/** useCounted returns the filters for statistics. They leave demo signals out, unless there are no others. */
export function useCounted(filters: Filters): Filters {
  return useDemo().alone ? { ...filters, ...demo } : filters;
}

/** useRemoveDemo deletes every demo signal with its picture. */
export function useRemoveDemo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const body = { filter: { ...demo, result: "all" as const }, expected_count: await countDemo(), delete: true };
      return unwrap(api.POST("/api/signals/bulk", { body }));
    },
    onSuccess: () => client.resetQueries(),
  });
}
