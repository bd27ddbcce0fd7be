// Edits of many signals at once.
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap, type SignalChanges } from "./client";
import type { Filters } from "./queries";

export interface BulkEdit {
  ids?: string[];
  filter?: Filters;
  expected_count?: number;
  changes?: unknown[];
  set?: SignalChanges;
  add_tags?: string[];
  remove_tags?: string[];
  delete?: boolean;
}

/** useBulk edits signals in one transaction; the answer's before undoes it. */
export function useBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BulkEdit) => unwrap<{ count: number; before: unknown[] }>(api.POST("/api/signals/bulk" as never, { body } as never) as never),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["signals"] });
      void client.invalidateQueries({ queryKey: ["signal"] });
      void client.invalidateQueries({ queryKey: ["stats"] });
    },
  });
}
