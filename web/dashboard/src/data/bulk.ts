// Edits of many signals at once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "atalaya-client";

import { api, unwrap } from "./client";
import type { Filters } from "./queries";

export type BulkEdit = components["schemas"]["BulkInputBody"];
export type SignalChange = components["schemas"]["SignalChange"];

export const mostByFilter = 10_000; // signals that one edit by filter may change
const undonePerRequest = 2_000; // old values that surely fit into a request

const send = (body: BulkEdit) => unwrap(api.POST("/api/signals/bulk", { body }));

/** bulkFilter returns the list's filter as an edit takes it, because every value in a URL is text. */
export function bulkFilter(filters: Filters): NonNullable<BulkEdit["filter"]> {
  const { weekday, ...rest } = filters;
  return { result: "all", ...rest, ...(weekday === undefined ? {} : { weekday: Number(weekday) }) } as NonNullable<BulkEdit["filter"]>;
}

async function undo(before: SignalChange[]) {
  for (let at = 0; at < before.length; at += undonePerRequest) await send({ changes: before.slice(at, at + undonePerRequest) });
}

/** deleteAll deletes every signal, however many there are. It returns how many were deleted. */
async function deleteAll(): Promise<number> {
  for (let deleted = 0; ; ) {
    const { total, data } = await unwrap(api.GET("/api/signals", { params: { query: { limit: 200 } } }));
    if (data.length === 0) return deleted;
    const few = total !== null && total <= mostByFilter;
    const answer = await send({ ...(few ? { filter: bulkFilter({}), expected_count: total } : { ids: data.map((signal) => signal.id) }), delete: true });
    deleted += answer.count;
  }
}

/** useBulk edits signals in one transaction, undoes an edit by the old values in its answer, or deletes all signals. */
export function useBulk() {
  const client = useQueryClient();
  const onSettled = () => {
    for (const name of ["signals", "signal", "stats"]) void client.invalidateQueries({ queryKey: [name] });
  };
  return {
    edit: useMutation({ mutationFn: send, onSettled }),
    undo: useMutation({ mutationFn: undo, onSettled }),
    deleteAll: useMutation({ mutationFn: deleteAll, onSettled }),
  };
}
