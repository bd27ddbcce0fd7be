import { useMemo, useRef, useState } from "react";

import { bulkFilter, useBulk, type BulkEdit } from "../../data/bulk";
import { ApiError, type Signal } from "../../data/client";
import type { Filters } from "../../data/queries";
import { formatCount } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { useProblem } from "../../ui/problem";
import { useToast } from "../../ui/toast";

/** Edit is what is done to the selected signals. */
export type Edit = Pick<BulkEdit, "set" | "add_tags" | "remove_tags" | "delete">;

/** Selection is a set of signals: some of the list, or all that the filters let through. */
export interface Selection {
  count: number;
  all: boolean;
  has: (id: string) => boolean;
  toggle: (index: number) => void;
  /** range selects from the row that was toggled last to this one. */
  range: (index: number) => void;
  selectAll: (count: number) => void;
  clear: () => void;
  edit: (edit: Edit) => void;
}

const none: ReadonlySet<string> = new Set();
export const mostNamed = 500; // signals that one request may name

export function useSelection(signals: Signal[], filters: Filters): Selection {
  const text = useText();
  const language = useLanguage();
  const toast = useToast();
  const problem = useProblem();
  const bulk = useBulk();
  const [ids, setIDs] = useState(none);
  const [expected, setExpected] = useState<number | null>(null); // of all that the filters let through
  const anchor = useRef(0);

  const key = useMemo(() => JSON.stringify(filters), [filters]);
  const [of, setOf] = useState(key);
  if (of !== key) {
    // Another filter shows other signals, so the selection is cleared.
    setOf(key);
    setIDs(none);
    setExpected(null);
  }
  const clear = () => {
    setIDs(none);
    setExpected(null);
  };
  const count = expected ?? ids.size;

  const refused = (error: Error) => {
    const moved = error instanceof ApiError && error.status === 409;
    toast.say({ message: moved ? text("bulk.moved") : problem(error) });
  };
  const edit = (what: Edit) => {
    const body: BulkEdit = expected !== null ? { filter: bulkFilter(filters), expected_count: expected, ...what } : { ids: [...ids].slice(0, mostNamed), ...what };
    bulk.edit.mutate(body, {
      onError: refused,
      onSuccess: ({ count: changed, before }) => {
        clear();
        const message = text(what.delete ? "bulk.deleted" : "bulk.done", { count: formatCount(language, changed) });
        const undo = () => bulk.undo.mutate(before, { onSuccess: () => toast.say({ message: text("app.undone") }), onError: refused });
        toast.say(what.delete || before.length === 0 ? { message } : { message, undo });
      },
    });
  };

  return {
    count,
    all: expected !== null,
    has: (id) => expected !== null || ids.has(id),
    toggle: (index) => {
      const id = signals[index]?.id;
      if (!id) return;
      anchor.current = index;
      setExpected(null);
      setIDs((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      });
    },
    range: (index) => {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      setExpected(null);
      setIDs((before) => new Set([...before, ...signals.slice(from, to + 1).map((signal) => signal.id)].slice(0, mostNamed)));
    },
    selectAll: setExpected,
    clear,
    edit,
  };
}
